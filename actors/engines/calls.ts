/** The `calls` effect of an engine: the queue of calls into it, as others see it. */

import { fromCallback } from 'xstate';
import type { CallsCommand, EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import { reportFigures } from '../vitals.ts';
import { showWork } from '../watch.ts';
import { showPresent } from './present.ts';
import { CallQueue } from './queue.ts';
import type { CallsEvent, CallsRef, CallsRegistry } from './registry.ts';

/**
 * Flights under way to one engine. A second one would wait in the engine for the first, and leave
 * with what there is by then, while with one alone the next fills up.
 */
const FLIGHTS_MAX = 1;

/** The `calls` effect of an engine. */
export function callsEffect(registry: CallsRegistry, flights_max = FLIGHTS_MAX) {
  return fromCallback<CallsCommand, EngineChildInput>(({ input, receive, sendBack, self }) => {
    const report = sendBack as (event: EngineEvent) => void;
    const queue: CallQueue = new CallQueue(input, registry, report, flights_max, () =>
      work.touch(),
    );
    const work = showWork(self, () => queue.busy, report);
    const ref = self as unknown as CallsRef;
    registry.calls.set(input.index, ref);
    showPresent(ref, () => queue.present);
    registry.projects.engineCame(input.index);
    queue.begin();
    reportFigures(self, () => queue.figures());
    receive((event: CallsEvent) => queue.receive(event));
    return () => {
      if (registry.stopping()) queue.stop();
      else queue.leave('it was stopped');
      registry.calls.delete(input.index);
      work.end();
    };
  });
}
