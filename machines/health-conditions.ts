/**
 * What is amiss, check by check: pure functions. A reading is what one check says of one thing; a
 * condition is what is to be thought of that thing after all checks so far. In between is the
 * hysteresis: a condition gets worse once its reading has been bad as often in a row as its
 * patience says, and better only after `BETTER_CHECKS` readings in a row that are better.
 */

export type HealthState = 'healthy' | 'degraded' | 'failing';

/** How many checks in a row have to say so before a thing counts as that. */
export interface Patience {
  readonly degraded: number;
  readonly failing: number;
}

export interface Reading {
  /** What it is about, such as `heartbeat engine:0`: the same at every check. */
  readonly what: string;
  readonly state: HealthState;
  /** What is wrong, in a sentence without a full stop; empty when healthy. */
  readonly reason: string;
  readonly value: number | string;
  /** What the value should stay below, or be. */
  readonly limit: number | string;
  readonly patience: Patience;
}

export interface Condition {
  readonly what: string;
  /** `healthy`: it was bad, but not often enough yet. */
  readonly state: HealthState;
  /** When it came to be in that state, by the monitor's clock. */
  readonly since_ms: number;
  /** The last reading that was bad. */
  readonly reading: Reading;
  /** Readings in a row that were bad, and those of them that were `failing`. */
  readonly bad: number;
  readonly failing: number;
  /** Readings in a row that were better than the condition is. */
  readonly better: number;
}

/** A condition that began, got worse or better, or ended. */
export interface Change {
  readonly what: string;
  readonly from: HealthState;
  readonly to: HealthState;
  readonly reason: string;
  readonly value: number | string;
  readonly limit: number | string;
  /** When it came to be in the state `from`; for one that begins, now. */
  readonly since_ms: number;
}

/**
 * Good checks in a row after which something is better. Two may fall between two troubles of one
 * kind, as of an engine that dies, is started and dies again; with three, whoever watches sees one
 * trouble and not three, and it is still over in a quarter of a minute by default.
 */
export const BETTER_CHECKS = 3;

const RANK: Readonly<Record<HealthState, number>> = { healthy: 0, degraded: 1, failing: 2 };

/** The worst of some states. */
export function worst(states: Iterable<{ readonly state: HealthState }>): HealthState {
  let found: HealthState = 'healthy';
  for (const { state } of states) if (RANK[state] > RANK[found]) found = state;
  return found;
}

/**
 * The conditions after one more check, and what has changed. What a check says nothing about (an
 * engine's thread that is gone) is as good as well.
 */
export function judge(
  conditions: readonly Condition[],
  readings: readonly Reading[],
  now_ms: number,
): { conditions: Condition[]; changes: Change[] } {
  const before = new Map(conditions.map((condition) => [condition.what, condition]));
  const after: Condition[] = [];
  const changes: Change[] = [];
  const note = (known: Condition | undefined, next: Condition) => {
    const from = known?.state ?? 'healthy';
    if (next.state !== from) changes.push(changeOf(from, known?.since_ms ?? now_ms, next));
    if (next.state !== 'healthy' || next.bad > 0) after.push(next);
  };
  for (const reading of readings) {
    const known = before.get(reading.what);
    before.delete(reading.what);
    if (reading.state !== 'healthy') note(known, worsened(known, reading, now_ms));
    else if (known !== undefined) note(known, bettered(known, now_ms));
  }
  for (const known of before.values()) note(known, bettered(known, now_ms));
  return { conditions: after, changes };
}

function worsened(known: Condition | undefined, reading: Reading, now_ms: number): Condition {
  const { what, patience } = reading;
  const bad = (known?.bad ?? 0) + 1;
  const failing = reading.state === 'failing' ? (known?.failing ?? 0) + 1 : 0;
  const was = known?.state ?? 'healthy';
  const isBetter = RANK[reading.state] < RANK[was];
  const better = isBetter ? (known?.better ?? 0) + 1 : 0;
  const state = better >= BETTER_CHECKS ? reading.state : worse(was, bad, failing, patience);
  const moved = state !== was;
  return {
    ...{ what, state, reading, bad, failing },
    better: moved ? 0 : better,
    since_ms: moved ? now_ms : (known?.since_ms ?? now_ms),
  };
}

function worse(was: HealthState, bad: number, failing: number, patience: Patience): HealthState {
  if (failing >= patience.failing) return 'failing';
  return was === 'healthy' && bad >= patience.degraded ? 'degraded' : was;
}

function bettered(known: Condition, now_ms: number): Condition {
  const better = known.better + 1;
  const over = known.state === 'healthy' || better >= BETTER_CHECKS;
  const state = over ? 'healthy' : known.state;
  const since_ms = state === known.state ? known.since_ms : now_ms;
  return { ...known, state, since_ms, bad: 0, failing: 0, better };
}

function changeOf(
  from: HealthState,
  since_ms: number,
  { state, what, reading }: Condition,
): Change {
  const { reason, value, limit } = reading;
  return { what, from, to: state, reason, value, limit, since_ms };
}
