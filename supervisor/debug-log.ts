/** At the level `debug`, the log tells what every actor hears: their lives, and no requests. */

import type { Logger } from 'pino';
import type { InspectionEvent } from 'xstate';

/** An inspector for the root of the tree. */
export function debugEvents(log: Logger): (event: InspectionEvent) => void {
  return (event) => {
    if (event.type !== '@xstate.event' || !log.isLevelEnabled('debug')) return;
    const { id = '' } = event.actorRef as { readonly id?: string };
    log.debug({ actor: id, event: event.event.type }, 'event');
  };
}
