/**
 * The `calls` effect of a job thread: its place in the queue of jobs, from the moment the thread
 * can take parts until it is lost.
 */

import { fromCallback } from 'xstate';
import { GoxError } from '../../conf/errors.ts';
import type { CallsCommand, EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import type { JobLink } from '../engines/thread.ts';
import { reportFigures } from '../vitals.ts';
import type { JobQueue, JobRunner } from './jobs.ts';

export type JobCallsEvent = CallsCommand | { type: 'worker.attached'; link: JobLink };

/** What the threads of jobs share. */
export interface JobRegistry {
  readonly jobs: JobQueue;
  /** Where a thread finds its place in the queue, by its number. */
  readonly jobCalls: Map<number, { send(event: JobCallsEvent): void }>;
}

export function jobCallsEffect({ jobs, jobCalls }: JobRegistry) {
  return fromCallback<CallsCommand, EngineChildInput>(({ input, receive, sendBack, self }) => {
    const report = sendBack as (event: EngineEvent) => void;
    let runner: JobRunner | undefined;
    const detach = (error: GoxError) => {
      if (runner !== undefined) jobs.detach(runner, error);
      runner = undefined;
    };
    jobCalls.set(input.index, self as unknown as { send(event: JobCallsEvent): void });
    reportFigures(self, () => ({
      in_flight: runner?.job === undefined ? 0 : 1,
      job: runner?.job ?? 'none',
      ...jobs.figures(),
    }));
    receive((event: JobCallsEvent) => {
      switch (event.type) {
        case 'worker.attached':
          runner = jobs.attach(input.index, event.link);
          return;
        case 'calls.check': {
          jobs.expire();
          const late_ms = runner === undefined ? undefined : jobs.overdue(runner);
          if (late_ms !== undefined) report({ type: 'part.overdue', late_ms });
          return;
        }
        case 'calls.wait':
          if (runner !== undefined) jobs.release(runner, event.reason);
          runner = undefined;
          return;
        case 'calls.fail':
          detach(new GoxError(event.code, `job:${input.index} ended: ${event.reason}`));
          return;
        case 'calls.refuse':
          detach(new GoxError('GOX_ENGINE_FAILED', `job:${input.index} ended: ${event.reason}`));
          jobs.rest(input.index, event.reason);
      }
    });
    return () => {
      detach(new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.'));
      jobs.refuse(new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.'));
      jobCalls.delete(input.index);
    };
  });
}
