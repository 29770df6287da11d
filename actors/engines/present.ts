/** What engines work at, kept beside their queues for who looks, as the vitals of actors are. */

import type { Figures } from '../vitals.ts';
import type { Present } from './flight.ts';
import type { CallsRef } from './registry.ts';

const presents = new WeakMap<CallsRef, () => Present | undefined>();

/** Has `read` called whenever somebody looks what the engine of a queue works at. */
export function showPresent(queue: CallsRef, read: () => Present | undefined): void {
  presents.set(queue, read);
}

/** What the engine of a queue works at, if anything. */
export function presentOf(queue: CallsRef): Present | undefined {
  return presents.get(queue)?.();
}

/** The method that an engine runs, and for how long; nothing of one that is idle. */
export function runningIn(present: Present | undefined): Figures {
  if (present === undefined) return {};
  const { call, age_ms } = present;
  return { running: call.spec?.name ?? 'a request', running_ms: Math.round(age_ms) };
}
