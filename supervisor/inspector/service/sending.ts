/**
 * Events that viewers send to actors. A wrong one must not be felt by the service: what no
 * transition takes is refused, and what throws in an actor leaves that actor as it was.
 */

import type { AnyActorRef, AnyEventObject } from 'xstate';
import type { Answer, SendEvent, Taken } from '../protocol.ts';
import type { Known, Living } from './living.ts';
import type { InspectorOptions } from './options.ts';
import { hasEnded, machineOf, type SnapshotShape, snapshotOf } from './shapes.ts';

/** What comes of an event; nothing when it was sent, or might be. */
type Outcome = Pick<Answer, 'error' | 'ends'>;

type Questions = Pick<InspectorOptions, 'refuse' | 'ends' | 'takes'>;

const TEXT_CHARS_MAX = 300;
const GONE = 'that actor is gone';

export class Sending {
  readonly #living: Living;
  readonly #questions: Questions;

  constructor(living: Living, questions: Questions) {
    this.#living = living;
    this.#questions = questions;
  }

  /** Sends it, or only says whether it might be. */
  send(command: SendEvent): Outcome {
    const { event, origin } = eventIn(command.event);
    if (event === undefined) {
      return { error: 'an event is an object with the key `type`, a text' };
    }
    if (event.type === '' || event.type === '*' || event.type.startsWith('xstate.')) {
      return {
        error: `events of the type '${event.type.slice(0, 100)}' are those of xstate itself`,
      };
    }
    const actor = this.#find(typeof command.service === 'string' ? command.service : origin);
    if (actor === undefined) return { error: GONE };
    try {
      return this.#judge(actor, event, command) ?? this.#deliver(actor, event);
    } catch (error) {
      return { error: `it cannot be told whether it may be sent: ${inWords(error)}` };
    }
  }

  /** What an actor may be sent, where its service says that. */
  takes(service: unknown): Pick<Answer, 'error' | 'takes'> {
    const actor = this.#find(service);
    if (actor === undefined) return { error: GONE };
    const all: readonly Taken[] | undefined = this.#questions.takes?.(actor);
    if (all === undefined) return {};
    return { takes: all.filter(({ type, example }) => !notTaken(actor, { ...example, type })) };
  }

  #find(session: unknown): AnyActorRef | undefined {
    const known = typeof session === 'string' ? this.#living.bySession(session) : undefined;
    return known === undefined || hasEnded(known.actor) ? undefined : known.actor;
  }

  /** Undefined when it is to be sent. */
  #judge(actor: AnyActorRef, event: AnyEventObject, command: SendEvent): Outcome | undefined {
    const error = this.#questions.refuse?.(actor, event) ?? notTaken(actor, event);
    if (error !== undefined) return { error };
    const ends = this.#questions.ends?.(actor, event);
    if (command.check === true) return ends === undefined ? {} : { ends };
    if (ends === undefined || command.confirmed === ends) return undefined;
    return { error: `that has to be confirmed, since it ends ${ends}`, ends };
  }

  #deliver(actor: AnyActorRef, event: AnyEventObject): Outcome {
    const thrown = contained([...this.#living.all], () => actor.send(event));
    if (thrown === undefined) return {};
    const by = thrown.actor === actor ? 'it' : `${thrown.actor.id}, which it was passed on to,`;
    return { error: `${by} has thrown, and is as it was before: ${inWords(thrown.error)}` };
  }
}

/** Why a machine would do nothing; anything else takes whatever comes. */
function notTaken(actor: AnyActorRef, event: AnyEventObject): string | undefined {
  const snapshot = snapshotOf(actor);
  if (machineOf(snapshot) === undefined) return undefined;
  const { can } = snapshot as unknown as { can(event: AnyEventObject): boolean };
  try {
    if (can.call(snapshot, event)) return undefined;
  } catch (error) {
    return `a guard has thrown at it: ${inWords(error)}`;
  }
  return `no transition takes it in the state ${JSON.stringify(snapshot?.value)}`;
}

interface Thrown {
  readonly actor: AnyActorRef;
  readonly error: unknown;
}

interface LogicShape {
  transition(snapshot: SnapshotShape, event: AnyEventObject, scope: ScopeShape): unknown;
}

interface ScopeShape {
  readonly defer: (call: () => void) => void;
}

/**
 * Runs something while none of these actors fails: what throws in one, by the first who did, is
 * returned. It keeps the snapshot that it had; nothing is started or sent of what it had begun.
 * What its actions had done by then is done.
 */
function contained(living: readonly Known[], run: () => void): Thrown | undefined {
  let thrown: Thrown | undefined;
  const restore = living.map(({ actor }) => {
    const shape = actor as unknown as { logic: LogicShape };
    const { logic } = shape;
    const transition: LogicShape['transition'] = (snapshot, event, scope) => {
      const deferred: (() => void)[] = [];
      const own: ScopeShape = { ...scope, defer: (call) => deferred.push(call) };
      try {
        const next = logic.transition(snapshot, event, own);
        for (const call of deferred) scope.defer(call);
        return next;
      } catch (error) {
        thrown ??= { actor, error };
        return snapshot;
      }
    };
    shape.logic = Object.create(logic, { transition: { value: transition } });
    return () => {
      shape.logic = logic;
    };
  });
  try {
    run();
  } finally {
    for (const put of restore) put();
  }
  return thrown;
}

function inWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text;
}

/** As it is, or as SCXML has it, with the session that it is for. */
function eventIn(text: unknown): { event?: AnyEventObject; origin?: string } {
  const value = typeof text === 'string' ? json(text) : undefined;
  const { $$type, data, origin } = (value ?? {}) as Record<string, unknown>;
  if ($$type === 'scxml' && isEvent(data)) {
    return { event: data, ...(typeof origin === 'string' && { origin }) };
  }
  return isEvent(value) ? { event: value } : {};
}

function isEvent(value: unknown): value is AnyEventObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return typeof (value as { readonly type?: unknown }).type === 'string';
}

/** Undefined for what is no JSON. */
export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
