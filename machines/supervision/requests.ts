/** What is asked of a supervisor while it runs: to start, stop, start again or forget a child. */

import { type Child, find, isAlive, isDue, newChild, settle, type Turn } from './book.ts';
import { addOperation, becomeDown, NOTHING, placed, remove, withdraw } from './operations.ts';
import {
  type ChildSpec,
  checkChild,
  checkSettings,
  fullSpec,
  SpecError,
  type SupervisorSettings,
} from './spec.ts';

/**
 * `request` names it in the answer, `supervisor.settled`. A child that is started stands before the
 * one called `before`, or at the end.
 */
export type RequestEvent = { type: 'supervisor.request'; request: number } & (
  | { what: 'start'; spec: ChildSpec; before?: string }
  | { what: 'terminate' | 'restart' | 'delete' | 'remove'; id: string }
  | { what: 'adjust'; settings: Partial<SupervisorSettings> }
);

/** What a supervisor emits when a request is done, or with the reason why it is refused. */
export interface Settled {
  readonly type: 'supervisor.settled';
  readonly request: number;
  readonly reason?: string;
}

/** Ids that the children of one supervisor may have in its life; xstate forgets none of them. */
const IDS_MAX = 1000;

/** Refuses a request because of the state the supervisor is in. */
export function refuse({ hands }: Turn, event: RequestEvent, reason: string): void {
  // A spec that is refused may be anything.
  const { id = '' }: { id?: unknown } = event.what === 'start' ? Object(event.spec) : event;
  const child = String(id);
  hands.report({ kind: 'refused', child, reason });
  hands.settle(event.request, reason);
}

export function carryOutRequest(
  turn: Turn,
  event: RequestEvent,
  logics: readonly string[],
  path: string,
): void {
  if (event.what === 'start') {
    start(turn, event, logics, path);
    return;
  }
  if (event.what === 'adjust') {
    adjust(turn, event, path);
    return;
  }
  const child = find(turn.book, event.id);
  if (child === undefined) {
    refuse(turn, event, 'there is no such child');
  } else if (event.what === 'terminate' || event.what === 'remove') {
    child.leaving ||= event.what === 'remove';
    terminate(turn, child, event.request);
  } else if (isAlive(child) || isDue(turn.book, event.id)) {
    refuse(turn, event, isAlive(child) ? 'it is running' : 'it is about to be started again');
  } else if (event.what === 'restart') {
    if (isBusy(turn, event)) return;
    child.held = false;
    raise(turn, child, event.request);
  } else {
    remove(turn, child);
    turn.hands.settle(event.request);
  }
}

/** Refuses a start beside others where children depend on each other. */
function isBusy(turn: Turn, event: RequestEvent): boolean {
  const { operations, spec } = turn.book;
  if (spec.strategy === 'one_for_one' || operations.length === 0) return false;
  refuse(turn, event, 'other children are being stopped or started; ask again when that is done');
  return true;
}

function start(
  turn: Turn,
  event: RequestEvent & { what: 'start' },
  logics: readonly string[],
  path: string,
): void {
  const { book, hands } = turn;
  const { spec, before } = event;
  if (!isSound(turn, event, () => checkChild(spec, book.spec, logics, path))) return;
  const { id } = spec;
  if (find(book, id) !== undefined) {
    refuse(turn, event, 'there is a child of this id');
    return;
  }
  if (before !== undefined && find(book, before) === undefined) {
    refuse(turn, event, `there is no child '${before}' to stand before`);
    return;
  }
  if (isBusy(turn, event)) return;
  if (!book.ids.includes(id)) {
    if (book.ids.length >= IDS_MAX) {
      refuse(turn, event, `there were ${IDS_MAX} ids; use ids again, or dynamic children`);
      return;
    }
    book.ids = [...book.ids, id];
  }
  const child = newChild(fullSpec(spec));
  child.fresh = { spec, before };
  book.children = placed(book.children, child, before, (one) => one.spec.id);
  hands.report({ kind: 'added', child: id });
  raise(turn, child, event.request);
}

/** What is in force from the next death, or the next stop. */
function adjust(turn: Turn, event: RequestEvent & { what: 'adjust' }, path: string): void {
  const { book, hands } = turn;
  const { settings, request } = event;
  if (!isSound(turn, event, () => checkSettings(settings, path))) return;
  book.spec = { ...book.spec, ...settings };
  hands.settle(request);
}

/** Whether a check passes; what does not pass is refused. */
function isSound(turn: Turn, event: RequestEvent, check: () => void): boolean {
  try {
    check();
    return true;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    refuse(turn, event, error.message);
    return false;
  }
}

/**
 * Starts a child on the clock's next turn: what one of the same id may have said before it was
 * stopped has been heard by then.
 */
function raise(turn: Turn, child: Child, request: number): void {
  child.waiters = [...child.waiters, { request, want: 'up' }];
  addOperation(turn, { ...NOTHING, starts: [child.spec.id], wait_ms: 0 });
}

function terminate(turn: Turn, child: Child, request: number): void {
  const { id } = child.spec;
  settle(turn, child, 'up', 'it was stopped');
  withdraw(turn, [id]);
  child.held = true;
  child.waiters = [...child.waiters, { request, want: 'down' }];
  if (isAlive(child)) addOperation(turn, { ...NOTHING, stops: [id] });
  else becomeDown(turn, child);
}
