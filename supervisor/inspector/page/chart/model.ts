/**
 * A machine as its chart shows it: plain data, made from a machine of xstate 4, which is what a
 * page gets of any service. Ids of states are those that xstate gives them.
 */

import type { StateNode } from 'xstate4';

export interface ChartNode {
  readonly id: string;
  /** The last part of its id; of the machine itself all of it. */
  readonly key: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** The key of the state in which it begins. */
  readonly initial?: string;
  /** Names of actions. */
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  readonly invoke: readonly { readonly id: string; readonly src: string }[];
  readonly description?: string;
  readonly tags: readonly string[];
  readonly states: readonly ChartNode[];
  readonly transitions: readonly ChartTransition[];
}

export interface ChartTransition {
  /** As it is read: `after 200 ms`, `always`, `done of worker`, or the type of an event. */
  readonly event: string;
  readonly eventType: string;
  /** Ids; none of them when it only acts. */
  readonly targets: readonly string[];
  readonly guard?: string;
  readonly actions: readonly string[];
  /** In ms, or the name of a delay. */
  readonly delay?: number | string;
  /** Whether it stays inside of its state, which is then neither left nor entered again. */
  readonly internal: boolean;
}

/** The chart of a machine, or of one of its states. Throws what xstate throws of a bad one. */
export function chartOf(node: StateNode): ChartNode {
  const { initial, description } = node;
  return {
    id: node.id,
    key: node.key,
    type: node.type,
    ...(initial === undefined ? {} : { initial: String(initial) }),
    ...(description === undefined ? {} : { description }),
    entry: namesOf(node.onEntry),
    exit: namesOf(node.onExit),
    invoke: node.invoke.map(({ id, src }) => ({ id, src: nameOf(src) })),
    tags: node.tags ?? [],
    states: Object.values(node.states).map(chartOf),
    transitions: node.transitions.map(transitionOf),
  };
}

function transitionOf(transition: StateNode['transitions'][number]): ChartTransition {
  const { eventType, target, cond, actions, internal } = transition;
  const delay = 'delay' in transition ? transition.delay : undefined;
  return {
    event: eventText(eventType),
    eventType,
    targets: target?.map(({ id }) => id) ?? [],
    ...(cond === undefined ? {} : { guard: guardName(cond) }),
    actions: namesOf(actions),
    ...(typeof delay === 'number' || typeof delay === 'string' ? { delay } : {}),
    internal: internal === true || target === undefined,
  };
}

/** The parts of the types of events that xstate makes itself, of both its versions. */
const MADE_BY_XSTATE: readonly (readonly [RegExp, (part: string) => string])[] = [
  [/^$/, () => 'always'],
  [/^xstate\.after\((.*?)\)#/, delayText],
  [/^xstate\.after\.(.+?)\.[^.]/, delayText],
  [/^(?:done\.invoke|xstate\.done\.actor)\.(.*)$/, (child) => `done of ${any(child)}`],
  [/^(?:error\.platform|xstate\.error\.actor)\.(.*)$/, (child) => `error of ${any(child)}`],
  [/^(?:xstate\.)?done\.state\.(.*)$/, (state) => `done of ${state}`],
];

/** The type of an event as a person reads it; the same for both versions of xstate. */
export function eventText(type: string): string {
  for (const [pattern, text] of MADE_BY_XSTATE) {
    const match = pattern.exec(type);
    if (match !== null) return text(match[1] ?? '');
  }
  return type === '*' ? 'any event' : type;
}

function delayText(delay: string): string {
  return /^\d+$/.test(delay) ? `after ${delay} ms` : `after ${delay}`;
}

function any(child: string): string {
  return child === '*' ? 'any child' : child;
}

function guardName(guard: NonNullable<StateNode['transitions'][number]['cond']>): string {
  return 'name' in guard && typeof guard.name === 'string' ? guard.name : guard.type;
}

/** Without what xstate does itself for its timers. */
function namesOf(actions: readonly { type: string; event?: unknown }[]): string[] {
  return actions
    .filter(({ type }) => !/^xstate\.(send|cancel)$/.test(type))
    .map(({ type }) => type.replace(/^xstate\./, ''));
}

function nameOf(src: string | { type: string }): string {
  return typeof src === 'string' ? src : src.type;
}

/** The states of a machine by id, each after its parent. */
export type StatesById = ReadonlyMap<string, { state: ChartNode; parent: string | undefined }>;

export function statesById(machine: ChartNode): StatesById {
  const states = new Map<string, { state: ChartNode; parent: string | undefined }>();
  const add = (state: ChartNode, parent: string | undefined): void => {
    states.set(state.id, { state, parent });
    for (const child of state.states) add(child, state.id);
  };
  add(machine, undefined);
  return states;
}

/** Whether a state is another one or below it. Ids do not tell, since they can be given. */
export function isWithin(states: StatesById, id: string, ancestor: string): boolean {
  for (let at: string | undefined = id; at !== undefined; at = states.get(at)?.parent) {
    if (at === ancestor) return true;
  }
  return false;
}
