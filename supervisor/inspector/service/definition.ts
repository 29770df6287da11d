/**
 * The definition of a machine of xstate 5 as one of xstate 4, which its `createMachine` takes.
 * Every state has the id that it has here, every target is such an id, and what would be run is a
 * name.
 */

import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import type { Masking } from './masking.ts';
import { actionName, eventName, guardName } from './names.ts';

type StateNode = AnyStateMachine['root'];
type Config = Record<string, unknown>;
type Transitions = Record<string, Config[]>;

const META_CHARS_MAX = 1000;
const DESCRIPTION_CHARS_MAX = 500;

/** JSON of machines, of each definition once. */
export class Definitions {
  readonly #masking: Masking;
  readonly #machines = new WeakMap<object, string>();
  readonly #effects = new Map<string, string>();

  constructor(masking: Masking) {
    this.#masking = masking;
  }

  machine(machine: AnyStateMachine): string {
    // What is provided with other implementations still has its definition.
    let json = this.#machines.get(machine.config);
    if (json === undefined) {
      json = JSON.stringify({
        predictableActionArguments: true,
        ...this.#state(machine.root),
      });
      this.#machines.set(machine.config, json);
    }
    return json;
  }

  /** What is no machine, with the states that its snapshot may have. */
  effect(name: string): string {
    let json = this.#effects.get(name);
    if (json === undefined) {
      const final = { type: 'final' };
      json = JSON.stringify({
        predictableActionArguments: true,
        id: name,
        initial: 'active',
        states: { active: {}, done: final, error: final, stopped: final },
      });
      if (this.#effects.size >= EFFECTS_MAX) this.#effects.clear();
      this.#effects.set(name, json);
    }
    return json;
  }

  #state(node: StateNode): Config {
    const { config } = node;
    const states = Object.values(node.states as Record<string, StateNode>);
    const initial = node.initial?.target?.[0]?.key;
    return compact({
      id: node.id,
      type: ['parallel', 'final', 'history'].includes(node.type) ? node.type : undefined,
      initial: node.type === 'compound' ? initial : undefined,
      history: node.type === 'history' ? node.history || 'shallow' : undefined,
      target: node.type === 'history' ? historyTarget(node) : undefined,
      // Not those of the node, among which are the timers of `after`.
      entry: actionNames(config.entry),
      exit: actionNames(config.exit),
      ...this.#transitions(node),
      invoke: this.#invoke(node),
      tags: node.tags.length > 0 ? node.tags : undefined,
      description: describe(node.description),
      meta: this.#meta(node.meta),
      states:
        states.length > 0
          ? Object.fromEntries(states.map((state) => [state.key, this.#state(state)]))
          : undefined,
    });
  }

  /** Those that belong to an `invoke` are there. */
  #transitions(node: StateNode): Config {
    // Events may be called `constructor`.
    const on: Transitions = Object.create(null);
    const after: Transitions = Object.create(null);
    let onDone: Config[] | undefined;
    for (const transitions of node.transitions.values()) {
      for (const transition of transitions) {
        const { delay } = transition as { readonly delay?: unknown };
        const name = eventName(transition);
        const config = this.#transition(transition);
        if (delay !== undefined) {
          push(after, String(delay), config);
        } else if (name === `done.state.${node.id}` && node.parent !== undefined) {
          onDone ??= [];
          onDone.push(config);
        } else if (!isOfInvoke(name, node)) {
          push(on, name, config);
        }
      }
    }
    return {
      on: filled(on),
      after: filled(after),
      onDone,
      always: node.always?.map((transition) => this.#transition(transition)),
    };
  }

  #transition(transition: AnyTransitionDefinition): Config {
    const { target, guard, actions, reenter, description, meta } = transition;
    return compact({
      target: target?.map(({ id }) => `#${id}`),
      cond: guard === undefined ? undefined : guardName(guard),
      actions: actionNames(actions),
      internal: !reenter,
      description: describe(description),
      meta: this.#meta(meta),
    });
  }

  #invoke(node: StateNode): Config[] | undefined {
    if (node.invoke.length === 0) return undefined;
    const ofEvent = (event: string): Config[] | undefined =>
      node.transitions.get(event)?.map((transition) => this.#transition(transition));
    return node.invoke.map(({ id, src }) =>
      compact({
        id,
        src,
        onDone: isWritten(node, `xstate.done.actor.${id}`)
          ? undefined
          : ofEvent(`xstate.done.actor.${id}`),
        onError: isWritten(node, `xstate.error.actor.${id}`)
          ? undefined
          : ofEvent(`xstate.error.actor.${id}`),
      }),
    );
  }

  #meta(meta: unknown): unknown {
    if (meta === undefined) return undefined;
    return JSON.parse(this.#masking.json(meta, META_CHARS_MAX));
  }
}

const EFFECTS_MAX = 1000;

function isWritten(node: StateNode, event: string): boolean {
  return node.config.on !== undefined && Object.hasOwn(node.config.on, event);
}

function isOfInvoke(name: string, node: StateNode): boolean {
  return node.invoke.some(
    ({ id }) => name === `done.invoke.${id}` || name === `error.platform.${id}`,
  );
}

/** Where a history goes that has nothing to remember. */
function historyTarget(node: StateNode): string | undefined {
  const { target } = node.config as { readonly target?: unknown };
  if (typeof target !== 'string') return undefined;
  if (target.startsWith('#')) return target;
  let found = node.parent;
  for (const key of target.split('.')) found = found?.states[key];
  return found === undefined ? undefined : `#${found.id}`;
}

function actionNames(actions: unknown): string[] | undefined {
  if (actions === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(actions) ? actions : [actions];
  return list.length > 0 ? list.map(actionName) : undefined;
}

function describe(description: unknown): string | undefined {
  return typeof description === 'string' ? description.slice(0, DESCRIPTION_CHARS_MAX) : undefined;
}

function push(transitions: Transitions, event: string, config: Config): void {
  const list = transitions[event] ?? [];
  list.push(config);
  transitions[event] = list;
}

function filled(transitions: Transitions): Transitions | undefined {
  return Object.keys(transitions).length > 0 ? transitions : undefined;
}

function compact(config: Config): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}
