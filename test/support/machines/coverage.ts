/**
 * Which states and transitions machines have, by their definition, and which of them were really
 * entered and taken, by what xstate says of each step (`inspect`). What a test meant to do does not
 * count.
 */

import type { AnyStateMachine, AnyStateNode, InspectionEvent } from 'xstate';

/** A transition as xstate holds it in a state. */
type Transition = NonNullable<AnyStateNode['always']>[number];

export interface Coverage {
  readonly machine: string;
  /** Names of all there are, and whether they were reached. */
  readonly states: ReadonlyMap<string, boolean>;
  readonly transitions: ReadonlyMap<string, boolean>;
}

/** Notes the steps of machines, those below others too; what it was not given it leaves out. */
export class Recorder {
  readonly #machines: ReadonlyMap<string, Record<'states' | 'transitions', Map<string, boolean>>>;
  /** Types of events that machines have sent themselves, as `machine type`. */
  readonly #own = new Set<string>();
  /** Events that nobody sent but the test. */
  readonly #given = new Set<string>();

  constructor(machines: readonly AnyStateMachine[]) {
    unreached(machines.map(({ id }) => id));
    this.#machines = new Map(
      machines.map(({ id, root }) => {
        const states = nodesBelow(root).map(nameOfState);
        const transitions = [root, ...nodesBelow(root)].flatMap(transitionsOf).map(nameOf);
        return [id, { states: unreached(states), transitions: unreached(transitions) }];
      }),
    );
  }

  /** To be given to `createActor`. */
  readonly inspect = (event: InspectionEvent): void => {
    if (event.type === '@xstate.microstep') this.#note(event._transitions, event.snapshot);
    if (event.type !== '@xstate.event') return;
    const { logic } = event.actorRef as { logic?: Partial<AnyStateMachine> };
    const what = `${logic?.id} ${event.event.type}`;
    if (event.sourceRef === event.actorRef) this.#own.add(what);
    else if (event.sourceRef === undefined) this.#given.add(what);
  };

  get coverage(): readonly Coverage[] {
    return [...this.#machines].map(([machine, reached]) => ({ machine, ...reached }));
  }

  /**
   * What proves nothing: events that a test has sent a machine though only the machine itself, its
   * clock or xstate can. Time and children that end are to bring them about.
   */
  get forged(): readonly string[] {
    return [...this.#given].filter(
      (what) => this.#own.has(what) || / xstate\.(?!init|stop)/.test(what),
    );
  }

  #note(taken: readonly Transition[], snapshot: object): void {
    const { machine, _nodes } = snapshot as { machine: AnyStateMachine; _nodes: AnyStateNode[] };
    const reached = this.#machines.get(machine.id);
    if (reached === undefined) return;
    for (const transition of taken) {
      reached.transitions.set(nameOf(transition), true);
      // A pseudo-state is never among those that a machine is in.
      for (const node of transition.target ?? []) {
        if (node.type === 'history') reached.states.set(nameOfState(node), true);
      }
      // One that is left at once is in no snapshot.
      for (let node = transition.source; node.parent !== undefined; node = node.parent) {
        reached.states.set(nameOfState(node), true);
      }
    }
    for (const node of _nodes) {
      if (node.parent !== undefined) reached.states.set(nameOfState(node), true);
    }
  }
}

/** What was not reached, a line each. */
export function missing(all: readonly Coverage[]): string[] {
  return all.flatMap(({ machine, states, transitions }) => [
    ...not(states).map((name) => `${machine}: the state ${name}`),
    ...not(transitions).map((name) => `${machine}: the transition ${name}`),
  ]);
}

/** All there is, a line each. */
export function listing(all: readonly Coverage[]): string[] {
  return all.flatMap(({ machine, states, transitions }) => [
    ...[...states.keys()].map((name) => `${machine}: the state ${name}`),
    ...[...transitions.keys()].map((name) => `${machine}: the transition ${name}`),
  ]);
}

/** A table: machine, states reached and all, transitions reached and all. */
export function table(all: readonly Coverage[]): string {
  const share = (of: ReadonlyMap<string, boolean>) => `${of.size - not(of).length}/${of.size}`;
  const rows = all.map(({ machine, states, transitions }) => [
    ...[machine, share(states), share(transitions)],
  ]);
  const lines = [['machine', 'states', 'transitions'], ...rows.sort()].map(
    ([name = '', states = '', transitions = '']) =>
      `${name.padEnd(16)}${states.padStart(8)}${transitions.padStart(13)}`,
  );
  return `${lines.join('\n')}\n`;
}

function not(of: ReadonlyMap<string, boolean>): string[] {
  return [...of].filter(([, reached]) => !reached).map(([name]) => name);
}

/** Throws when two have one name. */
function unreached(names: readonly string[]): Map<string, boolean> {
  const found = new Map(names.map((name) => [name, false]));
  if (found.size !== names.length) throw new Error(`two have one name among: ${names.join(', ')}`);
  return found;
}

function nodesBelow(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).flatMap((below) => [below, ...nodesBelow(below)]);
}

function transitionsOf(node: AnyStateNode): Transition[] {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
}

function nameOfState({ path }: AnyStateNode): string {
  return path.join('.') || '(any)';
}

/** What xstate calls the event of a delay: its name, and the state that it is of. */
const AFTER = /^xstate\.after\.(.*?)\.\w.*$/;

/** Such as `open.idle, work.begun → open.busy`; one of several candidates with its number. */
function nameOf(transition: Transition): string {
  const { source, eventType, target } = transition;
  const rivals = (eventType === '' ? source.always : source.transitions.get(eventType)) ?? [];
  const which = rivals.length > 1 ? ` (${rivals.indexOf(transition) + 1} of ${rivals.length})` : '';
  const event = eventType === '' ? 'always' : eventType.replace(AFTER, 'after $1');
  const to = target?.map(nameOfState).join() ?? 'no other';
  return `${nameOfState(source)}, ${event}${which} → ${to}`;
}
