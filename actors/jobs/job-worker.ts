/**
 * The `worker` effect of a job thread. The thread itself starts with its first part: a daemon that
 * never renders or exports has none.
 */

import type { Logger } from 'pino';
import { type EventObject, fromCallback } from 'xstate';
import type { EngineDefect, PartOrder } from '../../engine/port/layout.ts';
import type { EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import { pathOf } from '../about.ts';
import {
  endOf,
  type JobLink,
  type LinkedThread,
  startJobThread,
  type ThreadOptions,
} from '../engines/thread.ts';
import type { Pulses } from '../health/pulses.ts';
import type { HeapThreads } from '../heap/snapshots.ts';
import { reportFigures } from '../vitals.ts';
import type { JobRegistry } from './job-calls.ts';

export interface JobWorkerDeps extends JobRegistry {
  readonly log: Logger;
  readonly threads: ThreadOptions;
  readonly pulses: Pulses;
  readonly heaps: HeapThreads;
}

export function jobWorkerEffect({ jobCalls, log, threads, pulses, heaps }: JobWorkerDeps) {
  return fromCallback<EventObject, EngineChildInput>(({ input, sendBack, self }) => {
    const { index } = input;
    const say = sendBack as (event: EngineEvent) => void;
    let started: LinkedThread<JobLink> | undefined;
    let stopped = false;
    let proven = false;
    let unwatch = () => {};
    let forget = () => {};
    let failure: unknown;

    const start = () => {
      const linked = startJobThread(`job:${index}`, threads);
      const { thread, pulse } = linked;
      forget = heaps.add(`job:${index}`, thread);
      // Not before: a thread that is not there yet has no pulse.
      thread.on('online', () => {
        if (stopped) return;
        unwatch = pulses.watch(`job:${index}`, pulse, (silent_ms) =>
          say({ type: 'worker.stalled', silent_ms }),
        );
      });
      thread.on('message', ({ method, stack }: EngineDefect) => {
        log.error({ actor: pathOf(self), method, stack }, 'a defect in a job');
      });
      thread.on('error', (error) => {
        failure = error;
        log.error({ actor: pathOf(self), err: error }, 'a job thread failed');
      });
      thread.on('exit', (code) => {
        if (!stopped) say(endOf(failure, code));
      });
      return linked;
    };
    const run = async (order: PartOrder) => {
      try {
        started ??= start();
      } catch (error) {
        say(endOf(error));
        // As with a thread that dies: the part is never answered, and its machine decides.
        return new Promise<undefined>(() => {});
      }
      const answer = await started.link.run(order);
      if (!stopped && !proven) say({ type: 'worker.proven' });
      proven = true;
      return answer;
    };
    const link: JobLink = {
      run,
      forget: (job) => started?.link.forget(job),
    };
    jobCalls.get(index)?.send({ type: 'worker.attached', link });
    say({ type: 'worker.ready' });
    reportFigures(self, () => {
      if (started === undefined) return { thread: 'not started' };
      const { thread, busy } = started;
      return { thread: thread.threadId, busy_ms: busy() };
    });
    return () => {
      stopped = true;
      unwatch();
      forget();
      started?.end();
    };
  });
}
