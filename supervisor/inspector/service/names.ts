/** What a machine of xstate 5 consists of, by names that fit into one of xstate 4. */

import type { AnyTransitionDefinition } from 'xstate';

/** Names that the language gives to functions which stand in a definition without one. */
const INLINE: ReadonlySet<string> = new Set(['', 'entry', 'exit', 'actions', 'guard', 'delay']);

/** Actions, guards and their makers are strings, objects or functions with further keys. */
interface Named {
  readonly name?: unknown;
  readonly type?: unknown;
  readonly event?: unknown;
  readonly src?: unknown;
  readonly to?: unknown;
  readonly actorRef?: unknown;
  readonly sendId?: unknown;
  readonly guards?: unknown;
  readonly stateValue?: unknown;
}

function isNamed(value: unknown): value is Named {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `close the door`, `raise check`, `send stop to worker`, `inline`. */
export function actionName(action: unknown): string {
  if (typeof action === 'string') return action;
  if (!isNamed(action)) return 'inline';
  const type = text(action.type);
  if (type === undefined) return functionName(action);
  if (typeof action !== 'function' || !type.startsWith('xstate.')) return type;
  return [builtIn(type.slice('xstate.'.length)), detail(action)].filter(Boolean).join(' ');
}

function builtIn(type: string): string {
  const words: Readonly<Record<string, string>> = {
    sendTo: 'send',
    spawnChild: 'start',
    stopChild: 'stop',
    enqueueActions: 'several',
  };
  return words[type] ?? type;
}

function detail(action: Named): string | undefined {
  const event = isNamed(action.event) ? text(action.event.type) : undefined;
  const to = text(action.to);
  if (event !== undefined) return to === undefined ? event : `${event} to ${to}`;
  if (to !== undefined) return `to ${to}`;
  return text(action.src) ?? text(action.actorRef) ?? text(action.sendId);
}

function functionName(value: Named): string {
  const name = text(value.name) ?? '';
  return INLINE.has(name) ? 'inline' : name;
}

/** `is open`, `not is open`, `a and b`, `in open.idle`, `inline`. */
export function guardName(guard: unknown, depth = 0): string {
  if (typeof guard === 'string') return guard;
  if (!isNamed(guard)) return 'inline';
  const kind = text(guard.name);
  const { guards } = guard;
  if (Array.isArray(guards) && depth < 4) {
    const names = guards.map((one) => guardName(one, depth + 1));
    if (kind === 'not') return `not ${names.join()}`;
    const joined = names.join(` ${kind} `);
    return depth === 0 ? joined : `(${joined})`;
  }
  if (kind === 'stateIn' && 'stateValue' in guard) {
    const { stateValue } = guard;
    return `in ${typeof stateValue === 'string' ? stateValue : JSON.stringify(stateValue)}`;
  }
  return text(guard.type) ?? functionName(guard);
}

/** The type of its event, as xstate 4 names it where it makes one itself. */
export function eventName({ eventType, source, ...rest }: AnyTransitionDefinition): string {
  const { delay } = rest as { readonly delay?: unknown };
  if (delay !== undefined) return afterName(String(delay), source.id);
  // A descriptor that somebody wrote stays what it is.
  if (source.config.on !== undefined && Object.hasOwn(source.config.on, eventType))
    return eventType;
  if (eventType === `xstate.done.state.${source.id}`) return `done.state.${source.id}`;
  for (const { id } of source.invoke) {
    if (eventType === `xstate.done.actor.${id}`) return `done.invoke.${id}`;
    if (eventType === `xstate.error.actor.${id}`) return `error.platform.${id}`;
  }
  return eventType;
}

/** Of the event at the end of a delay. */
export function afterName(delay: string, state: string): string {
  return `xstate.after(${delay})#${state}`;
}
