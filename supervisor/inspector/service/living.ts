/** The actors that are told of, parents first. */

import type { AnyActorRef, AnyEventObject, AnyTransitionDefinition } from 'xstate';
import type { ActorVitals, Stopped } from '../protocol.ts';
import { hasEnded, type SnapshotShape, snapshotOf } from './shapes.ts';

export interface Known {
  readonly actor: AnyActorRef;
  /** By which it is told of: its session id, unless another system has the same. */
  readonly session: string;
  readonly parent: string | undefined;
  born_ms: number | undefined;
  /** Whether viewers that keep up have heard of it. */
  announced: boolean;
  /** The one that it had when it was last looked at. */
  snapshot: SnapshotShape | undefined;
  /** The event that led to it; once it is told only its type is kept. */
  event: AnyEventObject;
  /** Taken since it was last told. */
  transitions: AnyTransitionDefinition[];
  /** Events since the last vitals. */
  events: number;
  /** What the last vitals said beside that, as JSON. */
  described: string;
  vitals: Omit<ActorVitals, 'events'>;
}

/** Actors that are looked at to count those that are not told of. */
const SURVEYED_MAX = 20_000;
/** Ends that are kept for viewers who do not keep up. */
const ENDS_MAX = 500;

export class Living {
  readonly #roots: readonly AnyActorRef[];
  readonly #actors_max: number;
  readonly #byActor = new Map<AnyActorRef, Known>();
  readonly #bySession = new Map<string, Known>();
  /** Messages about the last that ended, by their session. */
  readonly ends = new Map<string, Stopped>();
  /** Living actors that are not told of. */
  hidden = 0;

  constructor(roots: readonly AnyActorRef[], actors_max: number) {
    this.#roots = roots;
    this.#actors_max = actors_max;
  }

  /** Parents before their children. */
  get all(): Iterable<Known> {
    return this.#byActor.values();
  }

  of(actor: AnyActorRef): Known | undefined {
    return this.#byActor.get(actor);
  }

  bySession(session: string): Known | undefined {
    return this.#bySession.get(session);
  }

  has(session: string): boolean {
    return this.#bySession.has(session);
  }

  get full(): boolean {
    return this.#byActor.size >= this.#actors_max;
  }

  /** Walks the trees from their roots; calls `found` with each actor that was not known. */
  survey(found: (known: Known) => void = () => {}): void {
    const queue: AnyActorRef[] = [...this.#roots];
    this.hidden = 0;
    for (const actor of queue) {
      if (hasEnded(actor)) continue;
      if (this.#byActor.has(actor)) {
        // It is there already.
      } else {
        const known = this.add(actor, undefined);
        if (known !== undefined) found(known);
      }
      const { children = {} } = snapshotOf(actor) ?? {};
      for (const id in children) {
        const child = children[id];
        if (queue.length >= SURVEYED_MAX) break;
        if (child !== undefined) queue.push(child);
      }
    }
  }

  /** Undefined, and counted as hidden, when there are too many or its parent is hidden. */
  add(actor: AnyActorRef, born_ms: number | undefined): Known | undefined {
    const { _parent } = actor as { readonly _parent?: AnyActorRef };
    const parent = _parent === undefined ? undefined : this.#byActor.get(_parent);
    if (this.full || (_parent !== undefined && parent === undefined)) {
      this.hidden++;
      return undefined;
    }
    const known: Known = {
      ...{ actor, session: this.#sessionFor(actor), parent: parent?.session, born_ms },
      ...{ announced: false, snapshot: undefined, event: { type: 'xstate.init' } },
      ...{ transitions: [], events: 0, described: '', vitals: {} },
    };
    this.#byActor.set(actor, known);
    this.#bySession.set(known.session, known);
    return known;
  }

  remove(known: Known, end: Stopped): void {
    this.#byActor.delete(known.actor);
    this.#bySession.delete(known.session);
    this.ends.set(known.session, end);
    const [oldest] = this.ends.keys();
    if (this.ends.size > ENDS_MAX && oldest !== undefined) this.ends.delete(oldest);
  }

  /** Says more of an end that is kept. */
  explain(end: Stopped): void {
    if (this.ends.has(end.sessionId)) this.ends.set(end.sessionId, end);
  }

  clear(): void {
    this.#byActor.clear();
    this.#bySession.clear();
    this.ends.clear();
    this.hidden = 0;
  }

  /** Two copies of xstate in one program count their sessions each from 0. */
  #sessionFor({ sessionId }: AnyActorRef): string {
    let session = sessionId;
    for (let copy = 2; this.#bySession.has(session); copy++) session = `${sessionId}/${copy}`;
    return session;
  }
}
