/** What the machine of an engine, or of a job thread, hears, and what it says of a death. */

import type { WorkEvent } from './effects.ts';
import type { RestartVerdict } from './restart-policy.ts';

/** How a thread ended: died, or never came to be for want of something. */
export type WorkerEnd = { type: 'worker.exited' | 'worker.short'; reason: string };

/** Facts from the worker and the queue, and verdicts of the restart policy. */
export type EngineEvent =
  | WorkerEnd
  | { type: 'worker.ready' }
  /** A job thread, which says that it is ready before it is started, has done something. */
  | { type: 'worker.proven' }
  /** The request that runs did not stop when it was told to. */
  | { type: 'call.overdue'; age_ms: number }
  /** The same of a part of a job that was cancelled. */
  | { type: 'part.overdue'; late_ms: number }
  /** A request is given up, of which so many threads have died. */
  | { type: 'calls.blamed'; deaths: number }
  /** There is something to do, and no thread to do it. */
  | { type: 'calls.waiting' }
  /** A defect. */
  | { type: 'calls.failed'; reason: string }
  /** Projects are made anew in its thread; all of them are there. */
  | { type: 'replay.begun' }
  | { type: 'replay.ended' }
  /** One has been made anew for too long. */
  | { type: 'replay.overdue'; age_ms: number }
  /** Nothing was heard of its thread for too long, in time in which the process ran. */
  | { type: 'worker.stalled'; silent_ms: number }
  /** Time to look for calls that take too long. */
  | { type: 'check' }
  | RestartVerdict
  | WorkEvent
  /** It is to go, when it has nothing to do any more; it is to stay after all. */
  | { type: 'engine.retire' }
  | { type: 'engine.stay' }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** Why the thread ended. */
export function reasonOf(event: EngineEvent): string {
  switch (event.type) {
    case 'worker.exited':
    case 'worker.short':
    case 'calls.failed':
      return event.reason;
    case 'worker.stalled': {
      const silent = `nothing was heard of its thread for ${Math.round(event.silent_ms)} ms`;
      return `${silent}, past health.heartbeat_timeout_ms: it hangs`;
    }
    case 'call.overdue': {
      const ran = `a request ran for ${Math.round(event.age_ms)} ms`;
      return `${ran}, past performance.request_timeout_ms, and did not stop when it was told to`;
    }
    case 'replay.overdue': {
      return `a project was being made anew for ${Math.round(event.age_ms)} ms`;
    }
    case 'part.overdue': {
      const late = `${Math.round(event.late_ms)} ms`;
      return `a part of a job went on for ${late} after the job had ended`;
    }
    default:
      return 'error' in event ? String(event.error) : 'its thread did not start in time';
  }
}
