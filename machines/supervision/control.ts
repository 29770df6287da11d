/** What can be asked of a supervisor while it runs. Questions are answered from its snapshot. */

import type { ActorRef, AnyActorRef, EventObject, SnapshotFrom } from 'xstate';
import { type Book, type Child, find, isDue } from './book.ts';
import { deathsBelow } from './deaths.ts';
import type { Death } from './records.ts';
import type { RequestEvent, Settled } from './requests.ts';
import type { ChildSpec, FullSpec, SupervisorSettings } from './spec.ts';
import type { SupervisorEvent, SupervisorLogic } from './supervisor.ts';

export type SupervisorRef = ActorRef<
  SnapshotFrom<SupervisorLogic>,
  SupervisorEvent,
  Settled & EventObject
>;

export interface ChildInfo {
  readonly id: string;
  readonly kind: FullSpec['kind'];
  /** `waiting`: down, and to be started by what is under way. */
  readonly state: Child['phase'] | 'waiting';
  /** How often it was started. */
  readonly starts: number;
}

export interface ChildCounts {
  readonly specs: number;
  /** Started and not ended. */
  readonly active: number;
  readonly supervisors: number;
  readonly workers: number;
}

/** In the order of their start. */
export function whichChildren(ref: SupervisorRef): readonly ChildInfo[] {
  const book = bookOf(ref);
  return book.children.map(({ spec: { id, kind }, phase, starts }) => {
    const state = phase === 'down' && isDue(book, id) ? 'waiting' : phase;
    return { id, kind, state, starts };
  });
}

export function countChildren(ref: SupervisorRef): ChildCounts {
  const { children } = bookOf(ref);
  const supervisors = children.filter(({ spec }) => spec.kind === 'supervisor').length;
  return {
    specs: children.length,
    active: children.filter(({ phase }) => phase !== 'down').length,
    supervisors,
    workers: children.length - supervisors,
  };
}

/** With its defaults; undefined when there is no such child. */
export function getChildSpec(ref: SupervisorRef, id: string): FullSpec | undefined {
  return find(bookOf(ref), id)?.spec;
}

/** The last 100 deaths of the supervisor and of all below it, the latest last. */
export function deaths(ref: AnyActorRef): readonly Death[] {
  return deathsBelow(ref);
}

/**
 * Adds a child, the last in the order or before the one of the given id; resolves when it is ready.
 */
export function startChild(ref: SupervisorRef, spec: ChildSpec, before?: string): Promise<void> {
  const place = before === undefined ? {} : { before };
  return ask(ref, (request) => ({
    ...{ type: 'supervisor.request', request, what: 'start', spec },
    ...place,
  }));
}

/** Stops a child, which stays down until `restartChild`; resolves when it is down. */
export function terminateChild(ref: SupervisorRef, id: string): Promise<void> {
  return ask(ref, (request) => ({ type: 'supervisor.request', request, what: 'terminate', id }));
}

/** Starts a child that is down; resolves when it is ready. */
export function restartChild(ref: SupervisorRef, id: string): Promise<void> {
  return ask(ref, (request) => ({ type: 'supervisor.request', request, what: 'restart', id }));
}

/** Forgets a child that is down. */
export function deleteChild(ref: SupervisorRef, id: string): Promise<void> {
  return ask(ref, (request) => ({ type: 'supervisor.request', request, what: 'delete', id }));
}

/** Stops a child and forgets it; resolves when it is gone. */
export function removeChild(ref: SupervisorRef, id: string): Promise<void> {
  return ask(ref, (request) => ({ type: 'supervisor.request', request, what: 'remove', id }));
}

/** Has other settings count from the next death, or the next stop. */
export function adjust(ref: SupervisorRef, settings: Partial<SupervisorSettings>): Promise<void> {
  return ask(ref, (request) => ({
    ...{ type: 'supervisor.request', request, what: 'adjust', settings },
  }));
}

/** A request that a supervisor refused, with its reason as the message. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

let requests = 0;

/** @throws RefusedError, as the rejection of the promise */
function ask(ref: SupervisorRef, event: (request: number) => RequestEvent): Promise<void> {
  requests += 1;
  const request = requests;
  return new Promise((resolve, reject) => {
    const over = () => reject(new RefusedError('the supervisor has ended'));
    if (ref.getSnapshot().status !== 'active') {
      over();
      return;
    }
    const ends = ref.subscribe({ complete: over, error: over });
    const answers = ref.on('supervisor.settled', (settled) => {
      if (settled.request !== request) return;
      answers.unsubscribe();
      ends.unsubscribe();
      if (settled.reason === undefined) resolve();
      else reject(new RefusedError(settled.reason));
    });
    ref.send(event(request));
  });
}

function bookOf(ref: SupervisorRef): Book {
  return ref.getSnapshot().context;
}
