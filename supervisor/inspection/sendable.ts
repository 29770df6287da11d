/**
 * Events that an admin may send to the daemon's actors by the inspector: what asks for something.
 * Most events tell what has happened, and whoever says so without that has the daemon believe what
 * is not; others carry what no JSON can say. Of those that may be sent the payload is checked.
 */

import type { TObject } from 'typebox';
import type { AnyActorRef, AnyEventObject, AnyStateMachine, EventObject } from 'xstate';
import { Type } from '../../conf/type.ts';
import { fault, faultMessage } from '../../engine/catalogue/fault.ts';
import type { ConfigurationEvent } from '../../machines/configuration.ts';
import type { ConnectionEvent } from '../../machines/connection.ts';
import type { EngineEvent } from '../../machines/engine.ts';
import type { HttpEvent } from '../../machines/http.ts';
import type { InspectorEvent } from '../../machines/inspector.ts';
import type { LeaksEvent } from '../../machines/leaks.ts';
import type { ListenerEvent } from '../../machines/listener.ts';
import type { SocketsEvent } from '../../machines/sockets.ts';
import type { SpareEvent } from '../../machines/spare.ts';
import type { DynamicEvent, SupervisorEvent } from '../../machines/supervision/index.ts';
import type { Taken } from '../inspector/protocol.ts';

/** What ends by an event, for the words of it. */
export type Ending = 'actor' | 'thread' | 'client' | 'inspector';

interface Sendable {
  readonly payload?: TObject;
  /** A payload that is right. */
  readonly example?: Readonly<Record<string, unknown>>;
  readonly ends?: Ending;
}

type Sendables = ReadonlyMap<string, Sendable>;

const closed = { additionalProperties: false };
const NOTHING = Type.Object({}, closed);

/** Of a machine that takes events `E`. */
function sendables<E extends EventObject>(of: { readonly [T in E['type']]?: Sendable }): Sendables {
  return new Map(Object.entries<Sendable>(of as Readonly<Record<string, Sendable>>));
}

const STOP: Sendable = {
  payload: Type.Object({ now: Type.Boolean() }, closed),
  example: { now: false },
  ends: 'actor',
};

/** It stops what runs in a thread, for a reason that tells of so many milliseconds. */
function overdue(member: string): Sendable {
  const payload = Type.Object({ [member]: Type.Number({ minimum: 0 }) }, closed);
  return { payload, example: { [member]: 0 }, ends: 'thread' };
}

/** By the id of the machine. */
const SENDABLE: ReadonlyMap<string, Sendables> = new Map(
  Object.entries({
    supervisor: sendables<SupervisorEvent>({
      'child.stop': STOP,
      'supervisor.stop': {
        payload: Type.Object(
          { by: Type.String({ maxLength: 200 }), now: Type.Optional(Type.Boolean()) },
          closed,
        ),
        example: { by: 'the inspector' },
        ends: 'actor',
      },
    }),
    dynamic: sendables<DynamicEvent>({ 'child.stop': STOP }),
    configuration: sendables<ConfigurationEvent>({ 'child.stop': STOP }),
    http: sendables<HttpEvent>({ 'child.stop': STOP }),
    listener: sendables<ListenerEvent>({ 'child.stop': STOP }),
    sockets: sendables<SocketsEvent>({ 'child.stop': STOP }),
    engine: sendables<EngineEvent>({
      check: {},
      'call.overdue': overdue('age_ms'),
      'part.overdue': overdue('late_ms'),
      'worker.stalled': overdue('silent_ms'),
      'calls.failed': {
        payload: Type.Object({ reason: Type.String({ maxLength: 200 }) }, closed),
        example: { reason: 'a trial' },
        ends: 'actor',
      },
      'child.stop': STOP,
    }),
    spare: sendables<SpareEvent>({ 'child.stop': STOP }),
    connection: sendables<ConnectionEvent>({
      'child.stop': { ...STOP, ends: 'client' },
      'connection.yield': { ends: 'client' },
      'frame.overdue': { ends: 'client' },
      'output.overdue': { ends: 'client' },
    }),
    inspector: sendables<InspectorEvent>({
      'child.stop': { ...STOP, ends: 'inspector' },
      'inspector.off': { ends: 'inspector' },
    }),
    leaks: sendables<LeaksEvent>({ 'debug.on': {}, 'debug.off': {} }),
  }),
);

/** Undefined for an effect. */
function machineOf(actor: AnyActorRef): AnyStateMachine | undefined {
  return (actor.getSnapshot() as { readonly machine?: AnyStateMachine }).machine;
}

function sendablesOf(actor: AnyActorRef): Sendables | undefined {
  return SENDABLE.get(machineOf(actor)?.id ?? '');
}

/** Why an actor may not be sent that event. */
export function refusalOf(actor: AnyActorRef, event: AnyEventObject): string | undefined {
  if (machineOf(actor) === undefined) {
    return 'an effect takes only what its machine tells it: send it to that';
  }
  const { type, ...payload } = event;
  const sendable = sendablesOf(actor)?.get(type);
  if (sendable === undefined) {
    return `'${type.slice(0, 100)}' is only for the daemon itself to say, when it is so`;
  }
  const found = fault(sendable.payload ?? NOTHING, payload);
  return found === undefined ? undefined : faultMessage('payload', found);
}

/** What of the actor, or of more than it, ends by that event. */
export function endingOf(actor: AnyActorRef, { type }: AnyEventObject): Ending | undefined {
  return sendablesOf(actor)?.get(type)?.ends;
}

/** What an actor may be sent, with payloads that are right. */
export function takenBy(actor: AnyActorRef): readonly Taken[] {
  return [...(sendablesOf(actor) ?? [])].map(([type, { example }]) =>
    example === undefined ? { type } : { type, example },
  );
}
