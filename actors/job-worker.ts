/**
 * The `worker` effect of a job thread. The thread itself starts with its first part: a daemon that
 * never renders or exports has none.
 */

import type { Logger } from 'pino';
import { type EventObject, fromCallback } from 'xstate';
import type { EngineDefect, EngineOptions } from '../engine/port.ts';
import type { EngineChildInput, EngineEvent } from '../machines/engine.ts';
import type { JobRegistry } from './job-calls.ts';
import { type JobLink, type LinkedThread, startJobThread } from './thread.ts';
import { reportFigures } from './vitals.ts';

export interface JobWorkerDeps extends JobRegistry {
  readonly log: Logger;
  readonly options: EngineOptions;
  /** Shared by all endpoints: how many threads poll. */
  readonly polling: SharedArrayBuffer;
}

export function jobWorkerEffect({ jobCalls, log, options, polling }: JobWorkerDeps) {
  return fromCallback<EventObject, EngineChildInput>(({ input, sendBack, self }) => {
    const { index } = input;
    const say = sendBack as (event: EngineEvent) => void;
    let started: LinkedThread<JobLink> | undefined;
    let stopped = false;
    let reason: string | undefined;

    const start = () => {
      const linked = startJobThread(`job:${index}`, options, polling);
      const { thread } = linked;
      started = linked;
      thread.on('message', ({ method, stack }: EngineDefect) => {
        log.error({ job_thread: index, method, stack }, 'a defect in a job');
      });
      thread.on('error', (error) => {
        reason = error instanceof Error ? error.message : String(error);
        log.error({ job_thread: index, err: error }, 'a job thread failed');
      });
      thread.on('exit', (code) => {
        if (stopped) return;
        say({ type: 'worker.exited', reason: reason ?? `its thread ended with code ${code}` });
      });
      return linked;
    };
    const link: JobLink = {
      run: (order) => (started ?? start()).link.run(order),
      forget: (job) => started?.link.forget(job),
    };
    jobCalls.get(index)?.send({ type: 'worker.attached', link });
    say({ type: 'worker.ready' });
    reportFigures(self, () => ({ thread: started?.thread.threadId ?? 'not started' }));
    return () => {
      stopped = true;
      started?.end();
    };
  });
}
