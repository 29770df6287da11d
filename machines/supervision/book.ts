/**
 * What a supervisor knows of its children and of what is under way, as plain data, and the turn in
 * which one event changes it. Nothing here or in the files that change the book (`operations.ts`,
 * `ends.ts`, `requests.ts`) knows xstate: what has to be done with actors and timers is asked of
 * the `Hands`, in order.
 */

import type { PlanChild } from './plan.ts';
import {
  DEATHS_MAX,
  type Death,
  type DecisionBody,
  type End,
  type Fate,
  type SupervisorOutcome,
} from './records.ts';
import { type ChildSpec, type FullSpec, fullSpec, type SupervisorSpec } from './spec.ts';
import type { Restart } from './window.ts';

export type Phase = 'down' | 'starting' | 'ready' | 'stopping';

export interface Child {
  spec: FullSpec;
  phase: Phase;
  /** Since when it is in this phase. */
  phase_ms: number;
  started_ms: number;
  /** How often it was started; tells the timers of one life from those of the next. */
  starts: number;
  /** Whether it was ever ready. */
  began: boolean;
  /** Stopped by hand, to stay so. */
  held: boolean;
  /** Added by hand, and not yet ready: what it was added as, and before whom. */
  fresh: Addition | undefined;
  /** To be forgotten when it is down. */
  leaving: boolean;
  /** Whether its ready event is known to have its id. */
  named: boolean;
  /** Whether the timer of its phase runs: of becoming ready, or of stopping. */
  timed: boolean;
  /** Who at run time waits for it to be up, or down. */
  waiters: readonly Waiter[];
}

export interface Addition {
  readonly spec: ChildSpec;
  readonly before: string | undefined;
}

export interface Waiter {
  readonly request: number;
  readonly want: 'up' | 'down';
}

/** Stops one after another, then a wait, then starts one after another, each until it is ready. */
export interface Operation {
  readonly key: number;
  /** The death of whom it follows, if it is a restart. */
  readonly cause: string | undefined;
  readonly since_ms: number;
  stops: readonly string[];
  /** Before the starts; undefined when there is none, or when it is over. */
  wait_ms: number | undefined;
  waiting: boolean;
  starts: readonly string[];
}

/** A restart that counts, and the key of the operation that carries it out. */
export interface CountedRestart extends Restart {
  readonly operation: number;
}

export interface Book {
  /** What its next life would begin with. */
  spec: SupervisorSpec;
  /** In the order of their start. */
  children: Child[];
  operations: Operation[];
  operations_ever: number;
  restarts: readonly CountedRestart[];
  deaths: readonly Death[];
  /** Whether all children were ready once. */
  began: boolean;
  /** Set when the end has begun. */
  outcome: SupervisorOutcome | undefined;
  /** Whether the stop of all children is under way. */
  ending: boolean;
  /** The children have been told to stop without waiting for anybody. */
  now: boolean;
  /** Every id that a child ever had: xstate keeps something for each. */
  ids: readonly string[];
}

/** What a supervisor sends itself, at once or later. */
export type Reminder =
  /** A child that says nothing of being ready has started. */
  | { type: 'supervisor.begun'; id: string; nth: number }
  /** A child has not become ready, or has not stopped, in time. */
  | { type: 'supervisor.late'; id: string; nth: number }
  /** The wait of an operation is over. */
  | { type: 'supervisor.due'; key: number }
  /** Stopping took longer than `stop_within_ms`. */
  | { type: 'supervisor.overdue' };

export interface Hands {
  spawn(spec: FullSpec): void;
  ask(id: string, now: boolean): void;
  /** Stops a child at once and drops it, or drops what has ended. */
  drop(id: string): void;
  /** How a child ended; undefined while it has not. */
  endOf(id: string): End | undefined;
  /** The deaths noted by the child and below it, with paths from there. */
  deathsOf(id: string): readonly Death[];
  remind(event: Reminder): void;
  /** The same later; a timer that is set is cancelled before it is set again. */
  set(timer: string, delay_ms: number, event: Reminder): void;
  cancel(timer: string): void;
  report(decision: DecisionBody): void;
  /** Answers a request of the run time; with a reason when it is refused. */
  settle(request: number, reason?: string): void;
}

export interface Turn {
  readonly book: Book;
  readonly hands: Hands;
  readonly now_ms: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export function newBook(spec: SupervisorSpec): Book {
  return {
    ...{ spec, operations: [], operations_ever: 0, restarts: [], deaths: [] },
    ...{ began: false, outcome: undefined, ending: false, now: false },
    ids: spec.children.map(({ id }) => id),
    children: spec.children.map((child) => ({
      ...newChild(fullSpec(child)),
      // Those that start together say who they are, or one's word would be taken for another's.
      named: spec.start === 'together',
    })),
  };
}

export function newChild(spec: FullSpec): Child {
  return {
    ...{ spec, phase: 'down', phase_ms: 0, started_ms: 0, starts: 0 },
    ...{ began: false, held: false, fresh: undefined, leaving: false },
    ...{ named: false, timed: false, waiters: [] },
  };
}

/** A copy that a turn may change. */
export function draftOf(book: Book): Book {
  return {
    ...book,
    children: book.children.map((child) => ({ ...child })),
    operations: book.operations.map((operation) => ({ ...operation })),
  };
}

export function find({ children }: Book, id: string): Child | undefined {
  return children.find(({ spec }) => spec.id === id);
}

/** The child that an event says is ready. */
export function readyChild(
  { children }: Book,
  { type, id }: { type: string; id?: unknown },
): Child | undefined {
  return children.find(
    ({ spec, phase }) =>
      phase === 'starting' && spec.ready?.event === type && (id === undefined || id === spec.id),
  );
}

export function isAlive({ phase }: Child): boolean {
  return phase !== 'down';
}

export function isDue({ operations }: Book, id: string): boolean {
  return operations.some(({ starts }) => starts.includes(id));
}

export function planChildren(book: Book): PlanChild[] {
  return book.children.map((child) => {
    const { spec, held } = child;
    const alive = isAlive(child);
    const due = !alive && isDue(book, spec.id);
    return { id: spec.id, restart: spec.restart, alive, due, held };
  });
}

/** A child enters a phase, of which it must have come to the end within so long. */
export function enter(turn: Turn, child: Child, phase: Phase, within_ms?: number): void {
  const { id } = child.spec;
  stopTimer(turn, child);
  child.phase = phase;
  child.phase_ms = turn.now_ms;
  if (within_ms === undefined) return;
  child.timed = true;
  const event = { type: 'supervisor.late', id, nth: child.starts } as const;
  turn.hands.set(`child:${id}`, within_ms, event);
}

export function stopTimer({ hands }: Turn, child: Child): void {
  if (child.timed) hands.cancel(`child:${child.spec.id}`);
  child.timed = false;
}

export function noteDeath(turn: Turn, child: Child, end: End, fate: Fate): void {
  const { book, now_ms } = turn;
  const { abnormal, reason } = end;
  const lived_ms = now_ms - child.started_ms;
  const death = { path: child.spec.id, at_ms: now_ms, lived_ms, abnormal, reason, fate };
  book.deaths = [...book.deaths, death].slice(-DEATHS_MAX);
}

/** Answers those who wait for a child to be up, or down. */
export function settle({ hands }: Turn, child: Child, want: Waiter['want'], reason?: string): void {
  for (const waiter of child.waiters) {
    if (waiter.want !== want) continue;
    if (reason !== undefined) hands.report({ kind: 'refused', child: child.spec.id, reason });
    hands.settle(waiter.request, reason);
  }
  child.waiters = child.waiters.filter((waiter) => waiter.want !== want);
}
