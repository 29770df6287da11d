/**
 * The `calls` effect of a job thread: its place among those that parts of jobs are given to, from
 * the moment the thread can take parts until it is lost.
 */

import { fromCallback } from 'xstate';
import { GoxError } from '../../conf/errors.ts';
import type { CallsCommand, EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import type { JobLink } from '../engines/thread.ts';
import { reportFigures } from '../vitals.ts';
import { showWork } from '../watch.ts';
import type { Jobs } from './jobs.ts';
import type { JobRunner } from './parts.ts';

export type JobCallsEvent = CallsCommand | { type: 'worker.attached'; link: JobLink };

/** What the threads of jobs share. */
export interface JobRegistry {
  readonly jobs: Jobs;
  /** Whether the whole daemon ends. */
  readonly stopping: () => boolean;
  /** Where a thread finds its place in the queue, by its number. */
  readonly jobCalls: Map<number, { send(event: JobCallsEvent): void }>;
}

export function jobCallsEffect({ jobs, jobCalls, stopping }: JobRegistry) {
  return fromCallback<CallsCommand, EngineChildInput>(({ input, receive, sendBack, self }) => {
    const report = sendBack as (event: EngineEvent) => void;
    const { parts } = jobs;
    let runner: JobRunner | undefined;
    const detach = (error: GoxError) => {
      const lost = runner;
      runner = undefined;
      if (lost !== undefined) parts.detach(lost, error);
    };
    jobCalls.set(input.index, self as unknown as { send(event: JobCallsEvent): void });
    reportFigures(self, () => ({
      in_flight: runner?.parts === undefined ? 0 : 1,
      job: runner?.parts?.number ?? 'none',
      ...jobs.figures(),
    }));
    const work = showWork(self, () => runner?.parts !== undefined, report);
    receive((event: JobCallsEvent) => {
      switch (event.type) {
        case 'worker.attached':
          runner = parts.attach(input.index, event.link, {
            overdue: (late_ms) => report({ type: 'part.overdue', late_ms }),
            turned: () => work.touch(),
          });
          return;
        case 'calls.check':
          if (runner !== undefined) parts.check(runner);
          return;
        case 'calls.wait': {
          const short = runner;
          runner = undefined;
          if (short !== undefined) parts.release(short, event.reason);
          return;
        }
        case 'calls.fail':
          detach(new GoxError(event.code, `job:${input.index} ended: ${event.reason}`));
          return;
        case 'calls.refuse':
          detach(new GoxError('GOX_ENGINE_FAILED', `job:${input.index} ended: ${event.reason}`));
          parts.rest(input.index, event.reason);
      }
    });
    return () => {
      if (stopping()) {
        const error = new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
        detach(error);
        jobs.refuse(error);
      } else {
        detach(new GoxError('GOX_ENGINE_FAILED', `job:${input.index} ended: it was stopped`));
      }
      jobCalls.delete(input.index);
      work.end();
    };
  });
}
