/** The snapshot of an actor as a state of xstate 4, and what goes with it. */

import type { AnyActorRef, AnyEventObject, AnyTransitionDefinition } from 'xstate';
import type { Delay, Transition } from '../protocol.ts';
import type { Masking } from './masking.ts';
import { actionName, afterName, eventName, guardName } from './names.ts';
import { withoutSecrets } from './secrets.ts';
import {
  type ActorShape,
  machineOf,
  type ScheduledEvent,
  type SnapshotShape,
  snapshotOf,
  typeOf,
} from './shapes.ts';

const CHILDREN_MAX = 100;
const ACTIONS_MAX = 50;
const TYPE_CHARS_MAX = 200;

/** An event as SCXML has it, as JSON. */
export function eventJson(
  event: AnyEventObject,
  origin: string | undefined,
  masking: Masking,
  chars_max: number,
): string {
  const name = nameJson(event);
  const from = origin === undefined ? '' : `,"origin":${JSON.stringify(origin)}`;
  const data = masking.json(event, chars_max);
  return `{"name":${name},"data":${data},"$$type":"scxml","type":"external"${from}}`;
}

/** A state for `State.create` of xstate 4, as JSON. */
export function stateJson(
  actor: AnyActorRef,
  event: AnyEventObject,
  masking: Masking,
  chars: { readonly context: number; readonly event: number },
): string {
  const snapshot: SnapshotShape = snapshotOf(actor) ?? { status: 'active' };
  const data = masking.json(event, chars.event);
  const isMachine = machineOf(snapshot) !== undefined;
  const rest = JSON.stringify({
    value: isMachine ? snapshot.value : snapshot.status,
    historyValue: isMachine ? histories(snapshot) : undefined,
    children: isMachine ? children(snapshot) : {},
    done: snapshot.status !== 'active',
    tags: isMachine ? [...(snapshot.tags ?? [])] : [],
    ...{ actions: [], activities: {}, configuration: [], events: [], transitions: [] },
    _sessionid: actor.sessionId,
  });
  const name = nameJson(event);
  const _event = `{"name":${name},"data":${data},"$$type":"scxml","type":"external"}`;
  const context = masking.json(contextOf(actor, snapshot), chars.context);
  return `${rest.slice(0, -1)},"context":${context},"event":${data},"_event":${_event}}`;
}

function nameJson(event: AnyEventObject): string {
  return JSON.stringify(withoutSecrets(typeOf(event).slice(0, TYPE_CHARS_MAX)));
}

/** That of a machine; for an effect what it was given and what it has come to. */
function contextOf(actor: AnyActorRef, snapshot: SnapshotShape): unknown {
  if (machineOf(snapshot) !== undefined) return snapshot.context;
  const { status, context, output, error } = snapshot;
  const input = (actor as ActorShape).options?.input;
  return {
    ...(input !== undefined && { input }),
    ...(context !== undefined && { context }),
    ...(output !== undefined && { output }),
    ...(status === 'error' && { error }),
  };
}

function histories({ historyValue = {} }: SnapshotShape): Record<string, string[]> | undefined {
  const entries = Object.entries(historyValue);
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.map(([id, nodes]) => [id, nodes.map((node) => node.id)]));
}

function children({ children = {} }: SnapshotShape): Record<string, { id: string }> {
  const told: Record<string, { id: string }> = {};
  let count = 0;
  for (const id in children) {
    if (++count > CHILDREN_MAX) break;
    told[id] = { id };
  }
  return told;
}

/** A transition that was taken. */
export function transitionOf(definition: AnyTransitionDefinition): Transition {
  const { source, target, guard, actions } = definition;
  return {
    from: source.id,
    to: target?.map(({ id }) => id) ?? [],
    event: eventName(definition),
    ...(guard !== undefined && { guard: guardName(guard) }),
    actions: actions.slice(0, ACTIONS_MAX).map(actionName),
  };
}

/** The timer of an `after` by the name that xstate 4 has for its event, others by their event. */
export function delayOf({ event, startedAt, delay }: ScheduledEvent, actor: AnyActorRef): Delay {
  return { event: timerName(event.type, actor), started_ms: startedAt, delay_ms: delay };
}

const AFTER = 'xstate.after.';

/** `xstate.after.` DELAY `.` STATE: both may have dots in them. */
function timerName(type: string, actor: AnyActorRef): string {
  if (!type.startsWith(AFTER)) return type;
  const nodes = machineOf(snapshotOf(actor))?.idMap;
  for (let dot = type.indexOf('.', AFTER.length); dot > 0; dot = type.indexOf('.', dot + 1)) {
    const state = type.slice(dot + 1);
    if (nodes?.has(state) === true) return afterName(type.slice(AFTER.length, dot), state);
  }
  return type;
}
