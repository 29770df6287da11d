/**
 * What a page knows of a service, from the messages it heard: actors with their states, events,
 * snapshots, figures. Bounded in every part. A service that was started again is another world.
 */

import type { Delay, Greeting, Transition, Vitals } from '../../protocol.ts';
import type { Heard, HeardState, Letter } from './messages.ts';
import { Ring } from './ring.ts';
import { stateText } from './state-text.ts';
import { Timeline } from './timeline.ts';

/** Some minutes of a busy service, and what a page may take. */
const EVENTS_MAX = 20_000;
const EVENTS_BYTES_MAX = 32 << 20;
/** The dead below one parent, and in all. */
const DEAD_SIBLINGS_MAX = 24;
const DEAD_MAX = 400;
/** A character in memory, and what is around the values that are made of it. */
const BYTES_PER_CHARACTER = 2;

export interface Death {
  /** Unix time. */
  readonly at_ms: number;
  readonly status: string;
  /** Its last words: output, error, reason. */
  readonly last: string | undefined;
  readonly lived_ms: number | undefined;
}

export interface Actor {
  readonly session: string;
  readonly id: string;
  /** Session id; undefined for the root. */
  readonly parent: string | undefined;
  /** Ids from below the root down to it, between slashes; empty for the root. */
  readonly path: string;
  source: string | undefined;
  kind: 'machine' | 'effect';
  /** Of xstate 4; undefined for who died before the page came. */
  machine: unknown;
  born_ms: number | undefined;
  state: HeardState;
  state_text: string;
  last: Transition | undefined;
  delays: readonly Delay[];
  restarts: number | undefined;
  /** Share of a core, where the service knows it. */
  load: number | undefined;
  figures: Readonly<Record<string, number | string>> | undefined;
  /** Events a second, smoothed. */
  rate: number;
  events: number;
  death: Death | undefined;
  /** Sessions, in the order in which they came. */
  readonly children: Set<string>;
}

export interface EventEntry {
  /** Rises with time. */
  readonly number: number;
  readonly at_ms: number;
  readonly to: string;
  readonly from: string | undefined;
  readonly name: string;
  /** The event itself. */
  readonly data: unknown;
  readonly flow: string | undefined;
  readonly sampled: boolean;
  readonly bytes: number;
}

export class World {
  readonly actors = new Map<string, Actor>();
  readonly roots = new Set<string>();
  readonly events: Ring<EventEntry> = new Ring<EventEntry>(EVENTS_MAX, EVENTS_BYTES_MAX);
  readonly timeline: Timeline = new Timeline();
  /** Types of events that were seen, with how often; bounded. */
  readonly types = new Map<string, number>();
  greeting: Greeting | undefined;
  /** Unix time of the service less that of the page. */
  skew_ms = 0;
  dropped: Vitals['dropped'] = { events: 0, states: 0, messages: 0 };
  hidden = 0;
  /** Events a second, of all actors, as the service counts them. */
  rate = 0;
  alive = 0;
  dead = 0;
  /** The dead that were forgotten for want of room. */
  buried = 0;
  /** Changes when an actor comes, dies or is forgotten. */
  shape = 0;
  #number = 0;
  #vitals_ms: number | undefined;
  /** In the order of their deaths. */
  readonly #deaths = new Set<string>();
  /** The dead whose parents were not told of yet, by the path of their parent. */
  readonly #orphans = new Map<string, Actor[]>();

  apply({ message, at_ms, size }: Letter): void {
    const bytes = size * BYTES_PER_CHARACTER;
    switch (message.type) {
      case 'service.register':
        this.#register(message, at_ms, bytes);
        break;
      case 'service.state':
        this.#changeState(message, at_ms, bytes);
        break;
      case 'service.event':
        this.#receive(message, at_ms, bytes);
        break;
      case 'service.stop':
        this.#stop(message, at_ms);
        break;
      case 'service.greeting':
        this.#greet(message, at_ms);
        break;
      case 'service.vitals':
        this.#takeVitals(message);
        break;
      case 'service.answer':
        break;
    }
  }

  /** Unix time of the service, as far as it is known. */
  now(page_now_ms: number): number {
    return page_now_ms + this.skew_ms;
  }

  byPath(path: string): Actor | undefined {
    for (const actor of this.actors.values()) {
      if (actor.path === path && actor.death === undefined) return actor;
    }
    return undefined;
  }

  /** The sessions of an actor and all below it. */
  subtree(session: string): Set<string> {
    const found = new Set([session]);
    for (const each of found) {
      for (const child of this.actors.get(each)?.children ?? []) found.add(child);
    }
    return found;
  }

  #register(message: Heard & { type: 'service.register' }, heard_ms: number, bytes: number): void {
    const { sessionId, id, state, machine, source, kind, born_ms, parent } = message;
    const known = this.actors.get(sessionId);
    const facts = {
      source,
      kind: kind ?? 'machine',
      machine,
      born_ms,
      state: heardState(state),
      state_text: stateText(state?.value),
      delays: [],
    };
    if (known !== undefined) {
      Object.assign(known, facts);
    } else {
      const above = parent === undefined ? undefined : this.actors.get(parent);
      const path = above === undefined ? '' : pathBelow(above.path, id);
      const actor = { ...newActor(sessionId, id, above?.session, path), ...facts };
      this.#add(actor);
      this.alive += 1;
      for (const orphan of this.#orphans.get(path) ?? []) this.#addDead(orphan, actor);
      this.#orphans.delete(path);
    }
    this.#shoot(sessionId, this.now(heard_ms), [], [], bytes);
  }

  #add(actor: Actor): void {
    this.actors.set(actor.session, actor);
    const above = actor.parent === undefined ? undefined : this.actors.get(actor.parent);
    (above?.children ?? this.roots).add(actor.session);
    this.shape += 1;
  }

  #changeState(message: Heard & { type: 'service.state' }, heard_ms: number, bytes: number): void {
    const actor = this.actors.get(message.sessionId);
    if (actor === undefined) return;
    actor.state = heardState(message.state);
    actor.state_text = stateText(message.state.value);
    actor.delays = message.delays ?? [];
    const transitions = message.transitions ?? [];
    actor.last = transitions.at(-1) ?? actor.last;
    const at_ms = message.at_ms ?? this.now(heard_ms);
    this.#shoot(actor.session, at_ms, transitions, actor.delays, bytes);
  }

  #shoot(
    session: string,
    at_ms: number,
    transitions: readonly Transition[],
    delays: readonly Delay[],
    bytes: number,
  ): void {
    const state = this.actors.get(session)?.state;
    if (state === undefined) return;
    const number = this.#number++;
    this.timeline.add(session, { number, at_ms, state, transitions, delays, bytes });
  }

  #receive(message: Heard & { type: 'service.event' }, heard_ms: number, bytes: number): void {
    const { sessionId, event, from, flow, sampled } = message;
    const name = String(event?.name ?? '');
    const actor = this.actors.get(sessionId);
    if (actor !== undefined) actor.events += 1;
    if (this.types.has(name) || this.types.size < TYPES_MAX) {
      this.types.set(name, (this.types.get(name) ?? 0) + 1);
    }
    this.events.push({
      number: this.#number++,
      at_ms: message.at_ms ?? this.now(heard_ms),
      to: sessionId,
      from,
      name,
      data: event?.data,
      flow,
      sampled: sampled === true,
      bytes: bytes + ENTRY_BYTES,
    });
  }

  #stop(message: Heard & { type: 'service.stop' }, heard_ms: number): void {
    const actor = this.actors.get(message.sessionId);
    if (actor === undefined || actor.death !== undefined) return;
    const at_ms = message.at_ms ?? this.now(heard_ms);
    const { born_ms } = actor;
    actor.death = {
      at_ms,
      status: message.status ?? 'stopped',
      last: message.last,
      lived_ms: born_ms === undefined ? undefined : at_ms - born_ms,
    };
    actor.rate = 0;
    actor.load = undefined;
    actor.delays = [];
    this.alive -= 1;
    this.#mourn(actor);
  }

  /** Keeps a dead actor, and forgets those that died before it and are too many. */
  #mourn(actor: Actor): void {
    this.dead += 1;
    this.shape += 1;
    this.#deaths.add(actor.session);
    const above = actor.parent === undefined ? undefined : this.actors.get(actor.parent);
    const siblings = [...(above?.children ?? this.roots)].filter((one) => this.#deaths.has(one));
    if (siblings.length > DEAD_SIBLINGS_MAX) {
      const [first] = [...this.#deaths].filter((one) => siblings.includes(one));
      if (first !== undefined) this.#forget(first);
    }
    for (const first of this.#deaths) {
      if (this.dead <= DEAD_MAX) break;
      this.#forget(first);
    }
  }

  #forget(session: string): void {
    const actor = this.actors.get(session);
    if (actor === undefined) return;
    for (const child of actor.children) this.#forget(child);
    this.actors.delete(session);
    const above = actor.parent === undefined ? undefined : this.actors.get(actor.parent);
    (above?.children ?? this.roots).delete(session);
    this.timeline.forget(session);
    if (this.#deaths.delete(session)) {
      this.dead -= 1;
      this.buried += 1;
    } else {
      this.alive -= 1;
    }
    this.shape += 1;
  }

  #greet(greeting: Greeting, heard_ms: number): void {
    this.greeting = greeting;
    this.skew_ms = greeting.now_ms - heard_ms;
    for (const [index, { path, at_ms, lived_ms, reason }] of greeting.dead.entries()) {
      const slash = path.lastIndexOf('/');
      const above = path.slice(0, Math.max(0, slash));
      const actor = newActor(`dead before:${index}`, path.slice(slash + 1), undefined, path);
      actor.death = { at_ms, status: 'error', last: reason, lived_ms };
      const parent = this.byPath(above);
      if (parent !== undefined) this.#addDead(actor, parent);
      else this.#orphans.set(above, [...(this.#orphans.get(above) ?? []), actor]);
    }
  }

  #addDead(actor: Actor, parent: Actor): void {
    this.#add({ ...actor, parent: parent.session });
    this.#mourn({ ...actor, parent: parent.session });
  }

  #takeVitals(vitals: Vitals): void {
    this.dropped = vitals.dropped;
    this.hidden = vitals.hidden;
    const span_ms = vitals.at_ms - (this.#vitals_ms ?? vitals.at_ms - 500);
    this.#vitals_ms = vitals.at_ms;
    const seconds = Math.max(0.05, span_ms / 1000);
    let events = 0;
    for (const actor of this.actors.values()) {
      const told = vitals.actors[actor.session];
      events += told?.events ?? 0;
      const rate_now = (told?.events ?? 0) / seconds;
      actor.rate = actor.rate < 0.02 && rate_now === 0 ? 0 : (actor.rate + rate_now) / 2;
      if (told === undefined) continue;
      actor.restarts = told.restarts ?? actor.restarts;
      actor.load = told.load ?? actor.load;
      actor.figures = told.figures ?? actor.figures;
    }
    this.rate = (this.rate + events / seconds) / 2;
    if (this.rate < 0.02) this.rate = 0;
  }
}

/** What an entry takes beside its text. */
const ENTRY_BYTES = 200;
const TYPES_MAX = 200;

function newActor(session: string, id: string, parent: string | undefined, path: string): Actor {
  return {
    session,
    id,
    parent,
    path,
    source: undefined,
    kind: 'effect',
    machine: undefined,
    born_ms: undefined,
    state: { value: undefined, context: undefined },
    state_text: '',
    last: undefined,
    delays: [],
    restarts: undefined,
    load: undefined,
    figures: undefined,
    rate: 0,
    events: 0,
    death: undefined,
    children: new Set(),
  };
}

/** Without what else the receiver keeps with a state. */
function heardState(state: HeardState | undefined): HeardState {
  const { value, context, tags } = state ?? { value: undefined, context: undefined };
  return { value, context, ...(tags === undefined ? {} : { tags }) };
}

function pathBelow(above: string, id: string): string {
  return above === '' ? id : `${above}/${id}`;
}
