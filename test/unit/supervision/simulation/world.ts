/** Runs a history with the library under a simulated clock, and notes what can be seen of it. */

import {
  type AnyActorRef,
  type AnyEventObject,
  assign,
  createActor,
  type EventObject,
  fromCallback,
  type InspectionEvent,
  SimulatedClock,
  sendParent,
  sendTo,
  setup,
  spawnChild,
} from 'xstate';
import {
  type ChildSpec,
  type Decision,
  deaths,
  dynamic,
  type SupervisorSpec,
  supervisor,
} from '../../../../machines/supervision/index.ts';
import {
  type End,
  type History,
  isEffect,
  type Life,
  type Node,
  nodeOf,
  type Outside,
  type SupervisorNode,
} from './history.ts';

/** What is compared with the model. */
export interface Account {
  /** In order: `12.5 +a/b` started, `?` and `!` asked to stop, `-` gone, `*` heard at the top. */
  readonly log: readonly string[];
  readonly outcome: string;
  readonly deaths: readonly string[];
}

/** What must hold whatever the model says. */
export interface Remains extends Account {
  readonly faults: readonly string[];
}

/** Goes from one timer to the next, so that each sees its own time. */
class SteppingClock extends SimulatedClock {
  readonly #dues = new Map<number, number>();

  override setTimeout(fn: (...args: never[]) => void, timeout: number): number {
    const id = super.setTimeout(() => {
      this.#dues.delete(id);
      (fn as () => void)();
    }, timeout);
    this.#dues.set(id, this.now() + timeout);
    return id;
  }

  override clearTimeout(id: number): void {
    this.#dues.delete(id);
    super.clearTimeout(id);
  }

  get pending(): number {
    return this.#dues.size;
  }

  runUntil(until_ms: number): void {
    for (;;) {
      const due = Math.min(...this.#dues.values());
      if (due > until_ms) break;
      this.set(due);
    }
    this.set(until_ms);
  }
}

/** The random numbers of every run. */
export const HALF = 0.5;

/** The one that runs: the logics are made once, since that takes longer than most runs. */
let world: World;

export class World {
  readonly clock = new SteppingClock();
  readonly #history: History;
  readonly #log: string[] = [];
  readonly #faults: string[] = [];
  #requests = 0;
  readonly #lives = new Map<string, number>();
  /** By path, what is not yet cleaned up. */
  readonly alive = new Set<string>();
  /** By path, how to have a worker throw. */
  readonly shootable = new Map<string, () => void>();

  readonly #inspect: ((event: InspectionEvent) => void) | undefined;

  constructor(history: History, inspect?: (event: InspectionEvent) => void) {
    this.#history = history;
    this.#inspect = inspect;
  }

  run(until_ms: number): Remains {
    const root = this.#start();
    for (const one of this.#history.outside) {
      this.clock.setTimeout(() => {
        if (one.what === 'shoot') this.shootable.get(one.path)?.();
        else if (one.what === 'start') this.#startDynamic(root, one.path, one.number);
        else if (one.what === 'request') this.#request(root, one);
        else if (one.what === 'adjust') this.#adjust(root, one);
        else if (isActive(root)) {
          root.send({ type: 'supervisor.stop', by: 'outside', now: one.now });
        }
      }, one.at_ms);
    }
    this.clock.runUntil(until_ms);
    const snapshot = root.getSnapshot();
    const outcome = snapshot.status === 'done' ? JSON.stringify(snapshot.output) : snapshot.status;
    const noted = deaths(root).map(
      ({ path, at_ms, reason, fate }) =>
        `${at_ms} ${path.replace(/pool:\d+\//, '')} ${fate}: ${reason}`,
    );
    if (snapshot.status === 'done' && Object.keys(snapshot.children).length > 0) {
      this.#faults.push('the ended root has children');
    }
    if (snapshot.status === 'error') this.#faults.push(`the root failed: ${snapshot.error}`);
    const log = [...this.#log];
    if (isActive(root)) root.stop();
    this.#checkEmpty(root);
    return { log, outcome, deaths: noted, faults: this.#faults };
  }

  /** Nothing may be left of a tree that has ended or was stopped. */
  #checkEmpty(root: AnyActorRef): void {
    for (const path of this.alive) this.#faults.push(`${path} is an orphan`);
    const { _scheduledEvents: timers } = root.system.getSnapshot();
    for (const id of Object.keys(timers)) this.#faults.push(`a timer is left: ${id}`);
  }

  #start() {
    world = this;
    const root = createActor(LOGIC, {
      clock: this.clock,
      input: { spec: specOf(this.#history.root) },
      ...(this.#inspect === undefined ? {} : { inspect: this.#inspect }),
    });
    root.subscribe({ error: () => {} });
    return root.start();
  }

  #startDynamic(root: AnyActorRef, path: string, number: number | undefined): void {
    const actor = actorAt(root, path);
    if (actor === undefined || !isActive(actor)) return;
    actor.send({ type: 'dynamic.start', input: {}, ...(number === undefined ? {} : { number }) });
  }

  #request(root: AnyActorRef, asked: Outside & { what: 'request' }): void {
    const { path, request: what, id, before } = asked;
    const actor = actorAt(root, path);
    if (actor === undefined || !isActive(actor)) return;
    this.#requests += 1;
    const request = this.#requests;
    actor.on('supervisor.settled', (settled) => {
      if (settled.request !== request) return;
      this.note(`= ${what} ${path}/${id}: ${settled.reason ?? 'done'}`);
    });
    const parent = supervisorAt(this.#history.root, path);
    const node = parent === undefined ? undefined : nodeOf(parent, id);
    const more =
      what === 'start' ? { spec: node === undefined ? { id, logic: '?' } : childOf(node) } : { id };
    const place = what === 'start' && before !== undefined ? { before } : {};
    actor.send({ type: 'supervisor.request', request, what, ...more, ...place });
  }

  #adjust(root: AnyActorRef, { path, restarts }: Outside & { what: 'adjust' }): void {
    const actor = actorAt(root, path);
    if (actor === undefined || !isActive(actor)) return;
    const asked = { request: -1, what: 'adjust', settings: { restarts } };
    actor.send({ type: 'supervisor.request', ...asked });
  }

  note(what: string): void {
    this.#log.push(`${this.clock.now()} ${what}`);
  }

  fault(what: string): void {
    this.#faults.push(what);
  }

  /** The next life of the worker at a path begins. */
  begin(path: string): { life: Life; facts: WorkerFacts } {
    const nth = this.#lives.get(path) ?? 0;
    this.#lives.set(path, nth + 1);
    this.note(`+${path}`);
    return { life: this.#history.life(path, nth), facts: factsOf(this.#history.root, path) };
  }
}

/** What a worker does; `tell` is how its kind speaks and ends. */
function play(
  path: string,
  { life, facts }: { life: Life; facts: WorkerFacts },
  tell: { parent(event: EventObject): void; end(how: End): void },
): { ask(now: boolean): void; over(): void } {
  const here = world;
  const { clock } = here;
  if (here.alive.has(path)) here.fault(`there are two ${path} at ${clock.now()}`);
  here.alive.add(path);
  let gone = false;
  const timers = new Set<number>();
  const after = (ms: number, action: () => void): void => {
    if (ms === 0) action();
    else timers.add(clock.setTimeout(action, ms));
  };
  const end = (how: End): void => {
    if (gone) return;
    gone = true;
    here.note(`-${path}`);
    tell.end(how);
  };
  here.shootable.set(path, () => end('throw'));
  const { ready } = facts;
  const word = { type: ready, ...(facts.named ? { id: facts.id } : {}), more: 1 };
  if (life.throws_at_start) after(0, () => end('throw'));
  else {
    if (ready !== '' && life.ready_ms !== undefined) after(life.ready_ms, () => tell.parent(word));
    const ends = life.end;
    if (ends !== undefined) after(ends.at_ms, () => end(ends.how));
    for (const { at_ms, what } of life.noise) {
      after(at_ms, () => tell.parent(noiseOf(what, facts, path)));
    }
  }
  return {
    ask: (now) => {
      if (gone) return;
      here.note(`${now ? '!' : '?'}${path}`);
      const { stop, hurry_ms } = life;
      const ms = now && hurry_ms !== undefined ? hurry_ms : stop?.after_ms;
      if (ms !== undefined) after(ms, () => end(stop?.how ?? 'throw'));
    },
    over: () => {
      here.alive.delete(path);
      if (!gone) here.note(`-${path}`);
      gone = true;
      if (!life.haunts) for (const timer of timers) clock.clearTimeout(timer);
    },
  };
}

const EFFECT = fromCallback<AnyEventObject>(({ self, sendBack, receive }) => {
  const path = pathOf(self);
  const begun = world.begin(path);
  if (begun.life.throws_at_start) {
    world.note(`-${path}`);
    throw new Error('throw');
  }
  const end = () => self.send({ type: 'test.throw' });
  const part = play(path, begun, { parent: sendBack, end });
  receive((event) => {
    if (event.type === 'test.throw') throw new Error('throw');
    if (event.type === 'child.stop') part.ask(event.now);
  });
  return part.over;
});

const SCRIPT = fromCallback<AnyEventObject, { machine: AnyActorRef }>(
  ({ input: { machine }, sendBack, receive }) => {
    const path = pathOf(machine);
    const part = play(path, world.begin(path), {
      parent: (event) => sendBack({ type: 'test.say', event }),
      end: (how) => sendBack({ type: 'test.end', how }),
    });
    receive((event) => part.ask(event.now));
    return part.over;
  },
);

const MACHINE = setup({
  types: { context: {} as { how: End }, events: {} as AnyEventObject },
  actors: { script: SCRIPT },
}).createMachine({
  initial: 'on',
  context: { how: 'end' },
  entry: spawnChild('script', { id: 'script', input: ({ self }) => ({ machine: self }) }),
  on: {
    'test.say': { actions: sendParent(({ event }) => event.event) },
    'child.stop': { actions: sendTo('script', ({ event }) => event) },
    'test.end': [
      {
        guard: ({ event }) => event.how === 'throw',
        actions: () => {
          throw new Error('throw');
        },
      },
      { target: '.off', actions: assign({ how: ({ event }) => event.how }) },
    ],
  },
  states: { on: {}, off: { type: 'final' } },
  output: ({ context: { how } }) => (how === 'failure' ? { failure: how } : undefined),
});

const OPTIONS = {
  now_ms: () => world.clock.now(),
  random: () => HALF,
  report: (decision: Decision) => {
    if (decision.kind === 'heard') world.note(`* ${textOf(decision.event)}`);
  },
};
const WORKERS = { effect: EFFECT, machine: MACHINE };
const LOGIC = supervisor({
  logics: { ...WORKERS, dynamic: dynamic({ logics: WORKERS, ...OPTIONS }) },
  ...OPTIONS,
});

export interface WorkerFacts {
  readonly id: string;
  /** Its ready event; empty when it has none. */
  readonly ready: string;
  readonly named: boolean;
  readonly effect: boolean;
}

export function noiseOf(
  what: 'noise' | 'ready' | 'wrong',
  { ready }: WorkerFacts,
  path: string,
): AnyEventObject {
  if (what === 'noise' || ready === '') return { type: 'noise', path };
  return { type: ready, ...(what === 'wrong' ? { id: 'nobody' } : {}), path };
}

export function textOf(event: AnyEventObject): string {
  return JSON.stringify(event);
}

export function factsOf(root: SupervisorNode, path: string): WorkerFacts {
  let node: Node = root;
  for (const id of path.split('/')) {
    if (node.kind !== 'supervisor')
      return { id, ready: '', named: false, effect: isEffect(root, path) };
    node = nodeOf(node, id) as Node;
  }
  if (node.kind !== 'worker') return { id: node.id, ready: '', named: false, effect: false };
  return { id: node.id, ready: node.ready?.event ?? '', named: node.named, effect: node.effect };
}

export function supervisorAt(root: SupervisorNode, path: string): SupervisorNode | undefined {
  let node: Node | undefined = root;
  for (const id of path === '' ? [] : path.split('/')) {
    node = node?.kind === 'supervisor' ? nodeOf(node, id) : undefined;
  }
  return node?.kind === 'supervisor' ? node : undefined;
}

function actorAt(root: AnyActorRef, path: string): AnyActorRef | undefined {
  let actor: AnyActorRef | undefined = root;
  for (const id of path === '' ? [] : path.split('/')) actor = actor?.getSnapshot().children?.[id];
  return actor;
}

function isActive(actor: AnyActorRef): boolean {
  return actor.getSnapshot().status === 'active';
}

function pathOf(actor: AnyActorRef): string {
  const ids: string[] = [];
  for (let one = actor; one._parent !== undefined; one = one._parent) {
    if (!one.id.startsWith('pool:')) ids.unshift(one.id);
  }
  return ids.join('/');
}

export function specOf(node: SupervisorNode): SupervisorSpec {
  const { strategy, restarts, auto_shutdown, stop_within_ms, children } = node;
  return {
    ...{ strategy, restarts, auto_shutdown, children: children.map(childOf) },
    ...(stop_within_ms === undefined ? {} : { stop_within_ms }),
  };
}

function childOf(node: Node): ChildSpec {
  const { id, restart, shutdown, significant, escalates } = node;
  const base = { id, restart, shutdown, significant, escalates };
  if (node.kind === 'supervisor') return { ...base, supervises: specOf(node) };
  if (node.kind === 'dynamic') {
    const { children_max, pool_size, template } = node;
    const { effect, ...rest } = template;
    const input = {
      ...{ children_max, pool_size },
      template: { name: 'd', logic: effect ? 'effect' : 'machine', ...rest },
    };
    return { ...base, logic: 'dynamic', input };
  }
  const ready = node.ready === undefined ? {} : { ready: node.ready };
  return { ...base, logic: node.effect ? 'effect' : 'machine', ...ready };
}
