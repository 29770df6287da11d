/** At the level `debug`, the log tells what every actor hears: their lives, and no requests. */

import type { Logger } from 'pino';
import type { AnyActorRef, InspectionEvent, Subscription } from 'xstate';

/**
 * Has the actors below a root looked at while the log is at `debug`, and only then: xstate makes
 * several objects an event for whoever looks.
 */
export function logEventsAtDebug({ system }: AnyActorRef, log: Logger): void {
  let looking: Subscription | undefined;
  const look = () => {
    const wanted = log.isLevelEnabled('debug');
    if (wanted) looking ??= system.inspect({ next: tell });
    else looking?.unsubscribe();
    if (!wanted) looking = undefined;
  };
  const tell = (event: InspectionEvent) => {
    if (event.type !== '@xstate.event') return;
    const { id = '' } = event.actorRef as { readonly id?: string };
    log.debug({ actor: id, event: event.event.type }, 'event');
  };
  // A program that embeds the daemon may bring a log of its own.
  if ('on' in log) log.on('level-change', look);
  look();
}
