/**
 * What is told of actors, as texts. One that cannot be read, for whatever reason, is told of as
 * such: it may not hide the others.
 */

import type { AnyActorRef } from 'xstate';
import type { Received, Registered, Stated, Stopped } from '../protocol.ts';
import type { Definitions } from './definition.ts';
import type { Known } from './living.ts';
import type { Masking } from './masking.ts';
import type { InspectorLimits } from './options.ts';
import type { Happening } from './queue.ts';
import { machineOf, snapshotOf } from './shapes.ts';
import { delayOf, eventJson, stateJson, transitionOf } from './state.ts';
import type { Timers } from './timers.ts';

const LAST_CHARS_MAX = 2000;
const NAME_CHARS_MAX = 200;
const DELAYS_MAX = 50;

export class Encoding {
  readonly #masking: Masking;
  readonly #definitions: Definitions;
  readonly #timers: Timers;
  readonly #chars: { readonly context: number; readonly event: number };
  readonly #event_chars: number;
  readonly #onDefect: (error: unknown) => void;

  constructor(
    masking: Masking,
    definitions: Definitions,
    timers: Timers,
    { context_chars_max, event_chars_max }: InspectorLimits,
    onDefect: (error: unknown) => void,
  ) {
    this.#onDefect = onDefect;
    this.#masking = masking;
    this.#definitions = definitions;
    this.#timers = timers;
    this.#chars = { context: context_chars_max, event: event_chars_max };
    this.#event_chars = event_chars_max;
  }

  register(known: Known): string {
    return this.#readable(
      () => this.#register(known),
      () => this.#register({ ...known, actor: unreadable(known.actor) }),
    );
  }

  #register({ actor, session, parent, born_ms, event }: Known): string {
    const machine = machineOf(snapshotOf(actor));
    const source = sourceOf(actor.src, machine?.id);
    return JSON.stringify({
      type: 'service.register',
      machine:
        machine === undefined
          ? this.#definitions.effect(source ?? actor.id)
          : this.#definitions.machine(machine),
      state: stateJson(actor, event, this.#masking, this.#chars),
      id: actor.id,
      sessionId: session,
      ...(parent !== undefined && { parent }),
      ...(source !== undefined && { source }),
      kind: machine === undefined ? 'effect' : 'machine',
      ...(born_ms !== undefined && { born_ms }),
    } satisfies Registered);
  }

  state(known: Known, at_ms: number): string {
    return this.#readable(
      () => this.#state(known, at_ms),
      () => this.#state({ ...known, actor: unreadable(known.actor), transitions: [] }, at_ms),
    );
  }

  #state({ actor, session, event, transitions }: Known, at_ms: number): string {
    const delays = this.#timers.of(actor).slice(0, DELAYS_MAX);
    return JSON.stringify({
      type: 'service.state',
      state: stateJson(actor, event, this.#masking, this.#chars),
      sessionId: session,
      at_ms,
      transitions: transitions.map(transitionOf),
      delays: delays.map((timer) => delayOf(timer, actor)),
    } satisfies Stated);
  }

  event({ known, event, at_ms, from, sampled, flow }: Happening): string {
    return JSON.stringify({
      type: 'service.event',
      event: eventJson(event, from, this.#masking, this.#event_chars),
      sessionId: known.session,
      at_ms,
      ...(from !== undefined && { from }),
      ...(sampled && { sampled }),
      ...(flow !== undefined && { flow: flow.slice(0, NAME_CHARS_MAX) }),
    } satisfies Received);
  }

  #readable(text: () => string, instead: () => string): string {
    try {
      return text();
    } catch (error) {
      this.#onDefect(error);
      return instead();
    }
  }

  stop({ actor, session }: Known, at_ms: number): Stopped {
    const { status, output, error } = snapshotOf(actor) ?? { status: 'stopped' };
    const last = status === 'done' ? output : status === 'error' ? error : undefined;
    return {
      type: 'service.stop',
      sessionId: session,
      at_ms,
      // A transition function that is stopped keeps its status.
      status: status === 'active' ? 'stopped' : status,
      ...(last !== undefined && { last: this.#masking.json(last, LAST_CHARS_MAX) }),
    };
  }

  /** The end of one that was stopped since it had died. */
  died(end: Stopped, reason: string): Stopped {
    return { ...end, status: 'error', last: this.#masking.json(reason, LAST_CHARS_MAX) };
  }
}

/** Stands for an actor of whose snapshot nothing can be read. */
function unreadable({ id, sessionId, system }: AnyActorRef): AnyActorRef {
  const snapshot = { status: 'active', context: '(unreadable)' };
  return { id, sessionId, system, src: undefined, getSnapshot: () => snapshot } as never;
}

/** Logic that has no name in a definition is itself the source. */
function sourceOf(src: unknown, machine: string | undefined): string | undefined {
  return (typeof src === 'string' ? src : machine)?.slice(0, NAME_CHARS_MAX);
}
