/** The `log` effect: at the level `debug` the log tells what actors hear, which is no requests. */

import type { Logger } from 'pino';
import {
  type AnyActorRef,
  type EventObject,
  fromCallback,
  type InspectionEvent,
  type Subscription,
} from 'xstate';
import { pathOf } from './about.ts';
import { reportFigures } from './vitals.ts';

export function logEffect(log: Logger) {
  return fromCallback<EventObject, undefined>(({ self, system }) => {
    reportFigures(self, () => ({ level: log.level }));
    return watchLog(log, system);
  });
}

/**
 * Has the actors of the tree looked at while the log is at `debug`, and only then: xstate makes
 * several objects an event for whoever looks.
 *
 * @returns ends it
 */
export function watchLog(log: Logger, system: AnyActorRef['system']): () => void {
  let looking: Subscription | undefined;
  const tell = (event: InspectionEvent) => {
    if (event.type !== '@xstate.event') return;
    const actor = pathOf(event.actorRef as AnyActorRef);
    log.debug({ actor, event: event.event.type }, 'event');
  };
  const look = () => {
    const wanted = log.isLevelEnabled('debug');
    if (wanted) looking ??= system.inspect({ next: tell });
    else looking?.unsubscribe();
    if (!wanted) looking = undefined;
  };
  // A program that embeds the daemon may bring a log of its own.
  const changes = 'on' in log;
  if (changes) log.on('level-change', look);
  look();
  return () => {
    if (changes) log.off('level-change', look);
    looking?.unsubscribe();
  };
}
