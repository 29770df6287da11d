/**
 * Watches the systems while somebody looks, and tells together what has happened, some 20 times a
 * second. What happens is only noted, which takes less than a microsecond; it is masked and made
 * text when it is told, and only so much of it as there is time for.
 */

import type { AnyActorRef, AnyEventObject, InspectionEvent, Subscription } from 'xstate';
import type { ActorVitals, Dropped, Stopped } from '../protocol.ts';
import type { Encoding } from './encoding.ts';
import type { Flows } from './flows.ts';
import type { Known, Living } from './living.ts';
import type { Description, InspectorLimits, ShownMessage } from './options.ts';
import { type Entry, Queue } from './queue.ts';
import { hasEnded, type SnapshotShape, typeOf } from './shapes.ts';
import type { Timers } from './timers.ts';

/** One message to viewers that keep up. */
export interface Telling {
  readonly kind: 'register' | 'state' | 'event' | 'stop';
  readonly session: string;
  /** Undefined when nobody keeps up: then it is only counted. */
  readonly text: string | undefined;
}

export interface FeedDeps {
  readonly roots: readonly AnyActorRef[];
  readonly living: Living;
  readonly encoding: Encoding;
  readonly timers: Timers;
  readonly flows: Flows;
  readonly limits: InspectorLimits;
  readonly describe: (actor: AnyActorRef) => Description | undefined;
  readonly reason: (actor: AnyActorRef) => string | undefined;
  /** Of ours. */
  readonly onDefect: (error: unknown) => void;
}

const TRANSITIONS_MAX = 16;
/** For states, and for events; what is left over waits, but for the first few. */
const BUDGET_MS = 5;
const AT_LEAST = 20;
/** By one telling, so that a page is not flooded either. */
const EVENTS_MAX = 100;

export class Feed {
  readonly #deps: FeedDeps;
  readonly #queue: Queue;
  #subscriptions: Subscription[] = [];
  #ended: { readonly known: Known; readonly end: Stopped }[] = [];
  /** Since the start; a viewer counts from what it was when it came. */
  readonly dropped: { -readonly [K in keyof Dropped]: Dropped[K] } = {
    ...{ events: 0, states: 0, messages: 0 },
  };

  constructor(deps: FeedDeps) {
    this.#deps = deps;
    this.#queue = new Queue(deps.limits.events_max);
  }

  /** From now on it is told what happens; who lives is in `living`. */
  start(): void {
    const { roots, living } = this.#deps;
    const systems = new Set(roots.map(({ system }) => system));
    const next = (event: InspectionEvent): void => {
      try {
        this.#note(event);
      } catch (error) {
        // Thrown on, it would be the end of the actor.
        this.#deps.onDefect(error);
      }
    };
    this.#subscriptions = [...systems].map((system) => system.inspect({ next }));
    living.survey((known) => this.#queue.register(known, Date.now()));
    for (const known of living.all) known.born_ms ??= this.#describe(known)?.born_ms;
  }

  stop(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    this.#subscriptions = [];
    this.#queue.clear();
    this.#ended = [];
    this.#deps.living.clear();
  }

  /** A message of the service itself; false when it is left out. */
  show({ to, from, event, flow, left_out = 0 }: ShownMessage): boolean {
    const { living, flows } = this.#deps;
    const known = living.of(to);
    const shown =
      known !== undefined &&
      flows.takes(flow) &&
      this.#queue.show({
        ...{ known, event, at_ms: Date.now(), flow, sampled: true },
        from: from === undefined ? undefined : living.of(from)?.session,
      });
    if (known !== undefined) known.events++;
    this.dropped.messages += left_out + (shown ? 0 : 1);
    return shown;
  }

  #note(event: InspectionEvent): void {
    switch (event.type) {
      case '@xstate.event':
        this.#noteEvent(event.actorRef as AnyActorRef, event.sourceRef, event.event);
        return;
      case '@xstate.microstep':
        if (event._transitions.length > 0) {
          const known = this.#deps.living.of(event.actorRef as AnyActorRef);
          if (known === undefined) return;
          known.transitions.push(...event._transitions);
          if (known.transitions.length > TRANSITIONS_MAX) {
            known.transitions.splice(0, known.transitions.length - TRANSITIONS_MAX);
          }
        }
        return;
      case '@xstate.snapshot':
        this.#noteSnapshot(event.actorRef as AnyActorRef, event.event, event.snapshot);
        return;
      case '@xstate.actor': {
        const now_ms = Date.now();
        const known = this.#deps.living.add(event.actorRef as AnyActorRef, now_ms);
        if (known !== undefined) this.#queue.register(known, now_ms);
      }
    }
  }

  #noteEvent(actor: AnyActorRef, source: unknown, event: AnyEventObject): void {
    const { living } = this.#deps;
    const sender = source === undefined ? undefined : living.of(source as AnyActorRef);
    const known = living.of(actor);
    if (known !== undefined) {
      known.events++;
      const at_ms = Date.now();
      if (this.#queue.event({ known, event, at_ms, from: sender?.session })) this.dropped.events++;
    }
    // The last words of one that threw: there is no snapshot of that.
    if (sender !== undefined && typeOf(event).startsWith('xstate.error.actor.')) {
      if (hasEnded(sender.actor)) this.#end(sender);
    }
  }

  #noteSnapshot(actor: AnyActorRef, event: AnyEventObject, snapshot: SnapshotShape): void {
    const known = this.#deps.living.of(actor);
    if (known === undefined) return;
    const changed = known.snapshot !== snapshot || known.transitions.length > 0;
    if (changed) {
      known.snapshot = snapshot;
      known.event = event;
      if (this.#queue.state(known, Date.now())) this.dropped.states++;
    }
    if (typeOf(event) === 'xstate.stop' || snapshot.status !== 'active') this.#end(known);
  }

  #end(known: Known): void {
    const { living, encoding } = this.#deps;
    const end = encoding.stop(known, Date.now());
    living.remove(known, end);
    this.#ended.push({ known, end });
    if (known.announced) return;
    // It came and went between two tellings.
    this.dropped.states++;
    this.#queue.forget(known);
  }

  /**
   * What has happened since the last time, in order. With `encode` off nobody keeps up, and nothing
   * is made text.
   */
  tell(encode: boolean): Telling[] {
    const { timers } = this.#deps;
    timers.forget();
    const told: { readonly order: number; readonly telling: Telling }[] = [];
    /** As many as there is time for; how many those were. */
    const tellSome = (entries: readonly Entry[]): number => {
      const end_ms = performance.now() + BUDGET_MS;
      for (const [index, entry] of entries.entries()) {
        if (encode && index > AT_LEAST && performance.now() > end_ms) return index;
        const { kind, known, order } = entry;
        if (!known.announced && kind !== 'register') {
          // Of an actor that nobody heard of.
          if (kind === 'event') this.dropped.events++;
          continue;
        }
        const text = encode ? this.#text(entry) : undefined;
        told.push({ order, telling: { kind, session: known.session, text } });
        this.#settle(entry);
      }
      return entries.length;
    };
    // Each has its time: however many states there are, some events are told.
    tellSome(this.#queue.changes);
    const events = this.#queue.takeEvents();
    this.#queue.putBack(events.slice(tellSome(events.slice(0, EVENTS_MAX))));
    told.sort((one, other) => one.order - other.order);
    const tellings = told.map(({ telling }) => telling);
    for (const { known, end: noted } of this.#ended) {
      this.#queue.forget(known);
      const end = this.#explained(known, noted);
      tellings.push({ kind: 'stop', session: known.session, text: JSON.stringify(end) });
    }
    this.#ended = [];
    return tellings;
  }

  /** By now its parent knows why it had to be stopped, if there was a reason. */
  #explained(known: Known, end: Stopped): Stopped {
    if (end.status !== 'stopped') return end;
    const reason = this.#deps.reason(known.actor);
    if (reason === undefined) return end;
    const explained = this.#deps.encoding.died(end, reason);
    this.#deps.living.explain(explained);
    return explained;
  }

  #text(entry: Entry): string {
    const { encoding } = this.#deps;
    if (entry.kind === 'event') return encoding.event(entry);
    if (entry.kind === 'register') return encoding.register(entry.known);
    return encoding.state(entry.known, entry.at_ms);
  }

  #settle({ kind, known }: Entry): void {
    if (kind === 'register') {
      known.announced = true;
      this.#queue.registers.delete(known);
    } else if (kind === 'state') {
      this.#queue.states.delete(known);
      known.transitions = [];
      // Its payload is not kept for as long as somebody looks.
      known.event = { type: typeOf(known.event) };
    }
  }

  /** About an actor that lives no more. */
  endOf(session: string): Stopped {
    const end = this.#deps.living.ends.get(session);
    const forgotten = { type: 'service.stop', at_ms: Date.now(), status: 'stopped' } as const;
    return end ?? { ...forgotten, sessionId: session };
  }

  /** Looks for what no event tells: roots that threw, and room for actors that were hidden. */
  sweep(): void {
    const { living } = this.#deps;
    for (const known of [...living.all]) if (hasEnded(known.actor)) this.#end(known);
    if (living.hidden === 0) return;
    living.survey((known) => {
      known.born_ms = this.#describe(known)?.born_ms;
      this.#queue.register(known, Date.now());
    });
  }

  /** Vitals of actors of which something has changed since the last time, and of all of them. */
  vitals(): { changed: Record<string, ActorVitals>; all: () => Record<string, ActorVitals> } {
    const changed: Record<string, ActorVitals> = {};
    for (const known of this.#deps.living.all) {
      const { born_ms: _, ...vitals } = this.#describe(known) ?? {};
      const described = JSON.stringify(vitals);
      if (known.events === 0 && described === known.described) continue;
      known.described = described;
      known.vitals = vitals;
      changed[known.session] = { events: known.events, ...vitals };
      known.events = 0;
    }
    const all = (): Record<string, ActorVitals> => {
      const whole: Record<string, ActorVitals> = {};
      for (const { session, vitals } of this.#deps.living.all) {
        whole[session] = changed[session] ?? { events: 0, ...vitals };
      }
      return whole;
    };
    return { changed, all };
  }

  #describe({ actor }: Known): Description | undefined {
    return this.#deps.describe(actor);
  }
}
