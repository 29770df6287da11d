/** How a turn reaches actors and timers: by what xstate lets an action enqueue. */

import type { AnyActorRef, AnyEventObject, EventObject } from 'xstate';
import type { Book, Hands, Reminder, Turn } from './book.ts';
import { draftOf } from './book.ts';
import { deathsBelow } from './deaths.ts';
import { advance } from './operations.ts';
import { hasOrphans, stopOrphans } from './orphans.ts';
import { type Decision, endOf } from './records.ts';
import type { Settled } from './requests.ts';

/** What of the world outside a supervisor is given. */
export interface Ports {
  /** Of a clock that only goes forward, the same that drives the timers. */
  readonly now_ms: () => number;
  /** Uniform in [0, 1), for the jitter of waits. */
  readonly random: () => number;
  readonly report: (decision: Decision) => void;
}

/** The part of `enqueueActions` that is used here. */
export interface Scope<E extends EventObject> {
  readonly context: Book;
  readonly event: E;
  readonly self: AnyActorRef;
  readonly enqueue: {
    (action: () => void): void;
    assign(change: Partial<Book>): void;
    sendTo(actor: AnyActorRef, event: AnyEventObject): void;
    spawnChild(logic: string, options: { id: string; input: unknown }): void;
    stopChild(id: string): void;
    raise(event: Reminder, options: { id: string; delay: number }): void;
    cancel(timer: string): void;
    emit(event: Settled): void;
  };
}

/** One turn: changes a copy of the book, goes on with what is under way, and keeps the copy. */
export function takeTurn<E extends EventObject>(
  scope: Scope<E>,
  ports: Ports,
  change: (turn: Turn, event: E) => void,
): void {
  const book = draftOf(scope.context);
  const now_ms = ports.now_ms();
  const hands = handsOf(scope, ports, now_ms);
  const turn: Turn = { book, hands, now_ms, random: ports.random };
  change(turn, scope.event);
  // Once the end is decided, nothing else begins.
  if (book.outcome === undefined || book.ending) advance(turn);
  scope.enqueue.assign(book);
  const { _parent: parent, id } = scope.self;
  if (parent === undefined || book.spec === scope.context.spec) return;
  scope.enqueue.sendTo(parent, { type: 'supervisor.changed', id, spec: book.spec });
}

function handsOf(
  { self, enqueue }: Pick<Scope<never>, 'self' | 'enqueue'>,
  ports: Ports,
  at_ms: number,
): Hands {
  const child = (id: string): AnyActorRef | undefined => self.getSnapshot().children[id];
  return {
    spawn: ({ logic, id, input }) => enqueue.spawnChild(logic, { id, input }),
    ask: (id, now) => {
      const actor = child(id);
      // One that has ended has said so, and it will be heard.
      if (actor === undefined || !isActive(actor)) return;
      enqueue.sendTo(actor, { type: 'child.stop', now });
    },
    drop: (id) => {
      const actor = child(id);
      if (hasOrphans(actor)) enqueue(() => stopOrphans(actor));
      enqueue.stopChild(id);
    },
    endOf: (id) => {
      const actor = child(id);
      // One of the same id may be in the place of the one that has ended.
      if (actor === undefined || isActive(actor)) return undefined;
      return endOf(actor.getSnapshot());
    },
    deathsOf: (id) => {
      const actor = child(id);
      return actor === undefined ? [] : deathsBelow(actor);
    },
    remind: (event) => enqueue.sendTo(self, event),
    set: (timer, delay_ms, event) => enqueue.raise(event, { id: timer, delay: delay_ms }),
    cancel: (timer) => enqueue.cancel(timer),
    report: (decision) => {
      const supervisor = pathOf(self);
      enqueue(() => tellReport(ports, { at_ms, supervisor, ...decision }));
    },
    settle: (request, reason) => {
      const why = reason === undefined ? {} : { reason };
      enqueue.emit({ type: 'supervisor.settled', request, ...why });
    },
  };
}

/** Of the actor from the root of the tree, which itself is not named. */
export function pathOf(actor: AnyActorRef): string {
  const ids: string[] = [];
  for (let one = actor; one._parent !== undefined; one = one._parent) ids.unshift(one.id);
  return ids.join('/');
}

export function isActive(actor: AnyActorRef | undefined): boolean {
  return actor?.getSnapshot().status === 'active';
}

/** A report that throws does not take down what it reports. */
export function tellReport({ report }: Pick<Ports, 'report'>, decision: Decision): void {
  try {
    report(decision);
  } catch {
    // There is nobody to tell.
  }
}
