/** Deaths and restarts in the tree, counted by kinds of children: there are not many of those. */

import type { Decision } from '../../machines/supervision/index.ts';

/** Kinds of reasons, by what the sentences say: a label must not have a value for each sentence. */
const REASONS: readonly (readonly [string, RegExp])[] = [
  ['memory', /heap|out of memory|ERR_WORKER_OUT_OF_MEMORY/i],
  ['heartbeat', /nothing was heard of/],
  ['deadline', /did not stop when it was told|went on for .* after the job|in time/],
  ['exit', /ended with code/],
];

/** What is started again now and then; of other parts the first restart makes the entry. */
const RESTARTABLE = ['engine', 'engine_worker', 'job', 'job_worker', 'listener'];

/** By child, or by child and kind of reason. */
export class Tally {
  /** From 0, so that the first one is seen to be an increase. */
  readonly restarts: Map<string, number> = new Map(RESTARTABLE.map((child) => [child, 0]));
  readonly deaths: Map<string, Map<string, number>> = new Map();

  /** What the supervisors decide. */
  hear(decision: Decision): void {
    if (decision.kind === 'restarted') this.restarted(kindOf(decision.child));
    else if (decision.kind === 'died' && decision.abnormal) {
      this.died(kindOf(decision.child), decision.reason);
    }
  }

  restarted(child: string): void {
    this.restarts.set(child, (this.restarts.get(child) ?? 0) + 1);
  }

  died(child: string, reason: string): void {
    const kind = REASONS.find(([, pattern]) => pattern.test(reason))?.[0] ?? 'defect';
    let reasons = this.deaths.get(child);
    if (reasons === undefined) {
      reasons = new Map();
      this.deaths.set(child, reasons);
    }
    reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
  }
}

/** `engine:3` is an `engine`, and `listener:unix` a `listener`. */
function kindOf(child: string): string {
  return child.replace(/:.*$/, '').replaceAll(' ', '_');
}
