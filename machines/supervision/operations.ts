/** How operations go on: children are asked to stop, stopped by force, waited for and started. */

import {
  type Addition,
  type Child,
  enter,
  find,
  type Hands,
  isAlive,
  noteDeath,
  type Operation,
  planChildren,
  settle,
  stopTimer,
  type Turn,
} from './book.ts';
import { stopPlan } from './plan.ts';
import { DEATHS_MAX } from './records.ts';

type NewOperation = Pick<Operation, 'cause' | 'stops' | 'starts' | 'wait_ms'>;

/** An operation that does nothing. */
export const NOTHING: NewOperation = {
  cause: undefined,
  stops: [],
  starts: [],
  wait_ms: undefined,
};

/** Adds one, and returns its key. */
export function addOperation({ book, now_ms }: Turn, operation: NewOperation): number {
  book.operations_ever += 1;
  const key = book.operations_ever;
  book.operations.push({ ...operation, key, since_ms: now_ms, waiting: false });
  return key;
}

/** Takes children out of what is under way, which ends where nothing is left of it. */
export function withdraw(turn: Turn, ids: readonly string[]): void {
  const { book, hands } = turn;
  const others = (list: readonly string[]) => list.filter((id) => !ids.includes(id));
  for (const operation of book.operations) {
    operation.stops = others(operation.stops);
    operation.starts = others(operation.starts);
  }
  for (const operation of book.operations.filter(isOver)) stopWaiting(hands, operation);
  dropFinished(turn);
}

function stopWaiting(hands: Hands, { waiting, key }: Operation): void {
  if (waiting) hands.cancel(`due:${key}`);
}

function isOver({ stops, starts }: Operation): boolean {
  return stops.length === 0 && starts.length === 0;
}

/** Drops the operations of which nothing is left, and notes when their restarts were done. */
function dropFinished({ book, now_ms }: Turn): void {
  const over = book.operations.filter(isOver).map(({ key }) => key);
  if (over.length === 0) return;
  book.operations = book.operations.filter(({ key }) => !over.includes(key));
  book.restarts = book.restarts.map((one) =>
    over.includes(one.operation) ? { ...one, done_ms: now_ms } : one,
  );
}

/** Does of all operations what can be done at once. */
export function advance(turn: Turn): void {
  const { book, hands, now_ms } = turn;
  for (const operation of book.operations) {
    while (hasAdvanced(turn, operation));
    const { cause, since_ms } = operation;
    if (cause === undefined || !isOver(operation)) continue;
    hands.report({ kind: 'restarted', child: cause, took_ms: now_ms - since_ms });
  }
  dropFinished(turn);
}

/** Whether there is more to do of it at once. */
function hasAdvanced(turn: Turn, operation: Operation): boolean {
  const { book, hands } = turn;
  const [stop] = operation.stops;
  if (stop !== undefined) {
    const child = find(book, stop);
    if (child !== undefined && isAlive(child)) {
      if (child.phase !== 'stopping') askToStop(turn, child);
      if (isAlive(child)) return false;
    }
    operation.stops = operation.stops.slice(1);
    return true;
  }
  if (operation.waiting) return false;
  if (operation.wait_ms !== undefined) {
    operation.waiting = true;
    const event = { type: 'supervisor.due', key: operation.key } as const;
    hands.set(`due:${operation.key}`, operation.wait_ms, event);
    return false;
  }
  const [start] = operation.starts;
  if (start === undefined) return false;
  const child = find(book, start);
  if (child?.phase === 'down' && !child.held && !mustWait(turn, child)) begin(turn, child);
  if (child !== undefined && !child.held && child.phase !== 'ready') return false;
  operation.starts = operation.starts.slice(1);
  return true;
}

/** The wait of an operation is over. */
export function due({ book }: Turn, key: number): void {
  const operation = book.operations.find((one) => one.key === key);
  if (operation === undefined) return;
  operation.waiting = false;
  operation.wait_ms = undefined;
}

/**
 * Two that share a ready event and do not say their id in it start one after the other, or the word
 * of one would be taken for that of the other.
 */
function mustWait({ book }: Turn, { spec, named }: Child): boolean {
  return book.children.some(
    (other) =>
      other.phase === 'starting' &&
      other.spec.ready !== undefined &&
      other.spec.ready.event === spec.ready?.event &&
      !(named && other.named),
  );
}

function begin(turn: Turn, child: Child): void {
  const { hands, now_ms } = turn;
  const { spec, starts: nth } = child;
  const { id, ready } = spec;
  hands.report({ kind: 'started', child: id, nth });
  hands.spawn(spec);
  child.started_ms = now_ms;
  child.starts += 1;
  enter(turn, child, 'starting', ready?.within_ms);
  if (ready === undefined) hands.remind({ type: 'supervisor.begun', id, nth: child.starts });
}

export function becomeReady(
  turn: Turn,
  child: Child,
  info: Readonly<Record<string, unknown>>,
): void {
  const { hands, now_ms } = turn;
  const { id } = child.spec;
  const took_ms = now_ms - child.phase_ms;
  hands.report({ kind: 'ready', child: id, nth: child.starts - 1, took_ms, info });
  enter(turn, child, 'ready');
  child.began = true;
  if (child.fresh !== undefined) enlist(turn, child.fresh);
  child.fresh = undefined;
  settle(turn, child, 'up');
}

/** What was added by hand belongs to the next life of the supervisor too, if it would last. */
function enlist({ book }: Turn, { spec, before }: Addition): void {
  if (spec.restart === 'temporary') return;
  const others = book.spec.children.filter(({ id }) => id !== spec.id);
  book.spec = { ...book.spec, children: placed(others, spec, before, ({ id }) => id) };
}

/** A list with one more, before that of an id, or at the end. */
export function placed<T>(
  list: readonly T[],
  one: T,
  before: string | undefined,
  idOf: (one: T) => string,
): T[] {
  const index = list.findIndex((other) => idOf(other) === before);
  const at = index === -1 ? list.length : index;
  return [...list.slice(0, at), one, ...list.slice(at)];
}

function askToStop(turn: Turn, child: Child): void {
  const { book, hands } = turn;
  const { id, shutdown } = child.spec;
  if (shutdown === 'kill') {
    kill(turn, child, undefined);
    return;
  }
  hands.report({ kind: 'stopping', child: id, now: book.now });
  hands.ask(id, book.now);
  enter(turn, child, 'stopping', shutdown === 'infinity' ? undefined : shutdown);
}

/** Stops a child by force, because it is to be stopped so or because of what it is late for. */
export function kill(turn: Turn, child: Child, why: string | undefined): void {
  const { book, hands, now_ms } = turn;
  const { id } = child.spec;
  const late = why !== undefined;
  const took_ms = child.phase === 'stopping' ? now_ms - child.phase_ms : 0;
  hands.report({
    ...{ kind: 'killed', child: id, late, took_ms },
    lived_ms: now_ms - child.started_ms,
  });
  takeOverDeaths(turn, child);
  if (late) {
    noteDeath(turn, child, { abnormal: true, reason: why }, 'stopping');
    const { outcome } = book;
    if (outcome?.kind === 'stopped') book.outcome = { ...outcome, forced: true };
  }
  hands.drop(id);
  becomeDown(turn, child);
}

/** What is known below a child that ends stays known. */
export function takeOverDeaths({ book, hands }: Turn, { spec }: Child): void {
  const below = hands.deathsOf(spec.id);
  if (below.length === 0) return;
  const all = [...book.deaths, ...below.map((one) => ({ ...one, path: `${spec.id}/${one.path}` }))];
  book.deaths = all.sort((a, b) => a.at_ms - b.at_ms).slice(-DEATHS_MAX);
}

/** A child is gone, for now at least; one that is temporary for good. */
export function becomeDown(turn: Turn, child: Child): void {
  enter(turn, child, 'down');
  settle(turn, child, 'down');
  // What was added by hand and never became ready was not added.
  const never = child.fresh !== undefined && child.held;
  if (child.leaving) remove(turn, child);
  else if (child.spec.restart === 'temporary' || never) forget(turn, child);
}

export function forget({ book }: Turn, child: Child): void {
  book.children = book.children.filter((one) => one !== child);
}

/** Forgets a child for good: no next life of the supervisor begins with it either. */
export function remove(turn: Turn, child: Child): void {
  const { book, hands } = turn;
  const { id } = child.spec;
  forget(turn, child);
  const children = book.spec.children.filter((one) => one.id !== id);
  if (children.length < book.spec.children.length) book.spec = { ...book.spec, children };
  hands.report({ kind: 'deleted', child: id });
}

/** Begins the end: everything under way gives way to the stop of all children. */
export function stopAll(turn: Turn): void {
  const { book, hands } = turn;
  const { outcome } = book;
  if (outcome === undefined) return;
  hands.report({ kind: 'shutting down', outcome });
  for (const operation of book.operations) stopWaiting(hands, operation);
  for (const child of book.children) {
    if (child.phase === 'starting') stopTimer(turn, child);
    settle(turn, child, 'up', 'the supervisor is stopping');
  }
  const stops = stopPlan(planChildren(book));
  book.ending = true;
  book.operations = [];
  addOperation(turn, { ...NOTHING, stops });
  const { stop_within_ms } = book.spec;
  if (stop_within_ms !== undefined) {
    hands.set('all', stop_within_ms, { type: 'supervisor.overdue' });
  }
}

/** Tells those that are stopping to wait for nobody, and those to come. */
export function hurry({ book, hands }: Turn): void {
  book.now = true;
  const { hurry_within_ms } = book.spec;
  if (hurry_within_ms !== undefined) {
    hands.cancel('all');
    hands.set('all', hurry_within_ms, { type: 'supervisor.overdue' });
  }
  for (const { phase, spec } of book.children) {
    if (phase === 'stopping') hands.ask(spec.id, true);
  }
}

/** Stops by force whatever is left, the last started first. */
export function killAll(turn: Turn): void {
  const { book } = turn;
  const { hurry_within_ms, stop_within_ms } = book.spec;
  const within_ms = book.now ? (hurry_within_ms ?? stop_within_ms) : stop_within_ms;
  for (const child of book.children.filter(isAlive).reverse()) {
    kill(turn, child, `the supervisor had not stopped within ${within_ms} ms`);
  }
}
