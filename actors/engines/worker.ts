/** The `worker` effect: the thread of an engine, from its start to its death. */

import type { Logger } from 'pino';
import { type EventObject, fromCallback } from 'xstate';
import type { EngineDefect } from '../../engine/port/layout.ts';
import type { EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import { pathOf } from '../about.ts';
import type { Pulses } from '../health/pulses.ts';
import type { HeapThreads } from '../heap/snapshots.ts';
import { reportFigures } from '../vitals.ts';
import type { CallsRegistry } from './registry.ts';
import type { Spares } from './spare.ts';
import { endOf, startEngineThread, type ThreadOptions } from './thread.ts';

export interface WorkerDeps extends CallsRegistry {
  readonly log: Logger;
  readonly spares: Spares;
  readonly threads: ThreadOptions;
  readonly pulses: Pulses;
  /** The threads that run, by their actors: `engine:0`. */
  readonly heaps: HeapThreads;
}

/** The `worker` effect of an engine. */
export function workerEffect({ calls, log, threads, pulses, heaps, spares }: WorkerDeps) {
  return fromCallback<EventObject, EngineChildInput>(({ input, sendBack, self }) => {
    const { index } = input;
    const say = sendBack as (event: EngineEvent) => void;
    const spare = spares.take();
    let started: ReturnType<typeof startEngineThread>;
    try {
      started = spare ?? startEngineThread(`engine:${index}`, threads);
    } catch (error) {
      say(endOf(error));
      return undefined;
    }
    const { thread, link, pulse, busy, end } = started;
    const forget = heaps.add(`engine:${index}`, thread);
    let stopped = false;
    let unwatch = () => {};
    let failure: unknown;

    const serve = () => {
      if (stopped) return;
      calls.get(index)?.send({ type: 'worker.attached', link });
      // Not before: a start has a deadline of its own.
      unwatch = pulses.watch(`engine:${index}`, pulse, (silent_ms) =>
        say({ type: 'worker.stalled', silent_ms }),
      );
      say({ type: 'worker.ready' });
    };
    if (spare === undefined) {
      link.stats().then(serve, (error: unknown) => {
        if (!stopped) say(endOf(error));
      });
    }
    thread.on('message', ({ method, stack }: EngineDefect) => {
      log.error({ actor: pathOf(self), method, stack }, 'a defect in an engine');
    });
    thread.on('error', (error) => {
      failure = error;
      log.error({ actor: pathOf(self), err: error }, 'an engine failed');
    });
    thread.on('exit', (code) => {
      if (!stopped) say(endOf(failure, code));
    });
    reportFigures(self, () => ({ thread: thread.threadId, busy_ms: busy() }));
    if (spare !== undefined) serve();
    return () => {
      stopped = true;
      unwatch();
      forget();
      end();
    };
  });
}
