/**
 * Random histories of supervisors: a tree, what each life of each worker does, and what is asked
 * from outside, all from one seed. Times are multiples of 2^-20 ms, so that their sums are exact
 * and nothing happens at the same time by chance.
 */

import type { RestartType, Strategy } from '../../../../machines/supervision/index.ts';
import type { RestartSettings } from '../../../../machines/supervision/window.ts';

export type End = 'throw' | 'end' | 'failure';

/** What one life of a worker does. Times are from its start, or from when it is asked to stop. */
export interface Life {
  readonly throws_at_start: boolean;
  /** When it says that it is ready; never when undefined. */
  readonly ready_ms: number | undefined;
  readonly end: { readonly at_ms: number; readonly how: End } | undefined;
  /** How it ends when it is asked to stop; never when undefined. */
  readonly stop: { readonly after_ms: number; readonly how: End } | undefined;
  /** The same when it is told not to wait. */
  readonly hurry_ms: number | undefined;
  /** When it says what concerns nobody here, or that it is ready once more. */
  readonly noise: readonly { readonly at_ms: number; readonly what: 'noise' | 'ready' | 'wrong' }[];
  /** Whether it goes on speaking when it is gone. */
  readonly haunts: boolean;
}

export interface WorkerNode {
  readonly kind: 'worker';
  readonly id: string;
  readonly effect: boolean;
  readonly restart: RestartType;
  readonly shutdown: number | 'infinity' | 'kill';
  readonly significant: boolean;
  readonly escalates: boolean;
  /** What it says when it is ready, and for how long that is waited for. */
  readonly ready: { readonly event: string; readonly within_ms: number } | undefined;
  /** Whether it says its id then. */
  readonly named: boolean;
}

export interface DynamicNode {
  readonly kind: 'dynamic';
  readonly id: string;
  readonly restart: RestartType;
  readonly shutdown: number | 'infinity' | 'kill';
  readonly significant: boolean;
  readonly escalates: boolean;
  readonly children_max: number;
  readonly pool_size: number;
  readonly template: {
    readonly effect: boolean;
    readonly restart: RestartType;
    readonly shutdown: number | 'kill';
    readonly restarts: RestartSettings;
  };
}

export interface SupervisorNode {
  readonly kind: 'supervisor';
  readonly id: string;
  readonly restart: RestartType;
  readonly shutdown: number | 'infinity' | 'kill';
  readonly significant: boolean;
  readonly escalates: boolean;
  readonly strategy: Strategy;
  readonly restarts: RestartSettings;
  readonly auto_shutdown: 'never' | 'any_significant' | 'all_significant';
  readonly stop_within_ms: number | undefined;
  readonly children: readonly Node[];
  /** Workers that may be added while it runs. */
  readonly spare: readonly WorkerNode[];
}

export type Node = WorkerNode | DynamicNode | SupervisorNode;

export type Outside = { readonly at_ms: number } & (
  | { readonly what: 'stop'; readonly now: boolean }
  /** Has a worker throw, if it lives. */
  | { readonly what: 'shoot'; readonly path: string }
  | { readonly what: 'start'; readonly path: string; readonly number: number | undefined }
  /** Of the supervisor at a path. */
  | {
      readonly what: 'request';
      readonly path: string;
      readonly request: Request;
      readonly id: string;
      /** Of a start: the child that it is to stand before. */
      readonly before?: string | undefined;
    }
  | { readonly what: 'adjust'; readonly path: string; readonly restarts: RestartSettings }
);

export type Request = 'start' | 'terminate' | 'restart' | 'delete' | 'remove';

export interface History {
  readonly root: SupervisorNode;
  readonly outside: readonly Outside[];
  /** Of the life of that number, from 0, at that path; asked for as they begin. */
  life(path: string, nth: number): Life;
}

/** A small generator of numbers that is good enough for tests: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** From 0 to `below - 1`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  ms(max: number): number {
    return Math.floor(this.next() * max * 2 ** 20) / 2 ** 20;
  }
}

export function randomHistory(seed: number): History {
  const random = new Random(seed);
  const root = randomSupervisor(random, '', 2);
  const paths = pathsOf(root, '');
  const dynamics = paths.filter(({ node }) => node.kind === 'dynamic');
  const workers = paths.filter(({ node }) => node.kind === 'worker');
  const outside: Outside[] = [];
  for (let shots = random.below(4); shots > 0 && workers.length > 0; shots -= 1) {
    const { path } = random.of(...workers);
    outside.push({ at_ms: random.ms(3000), what: 'shoot', path });
    // A storm: another one at the same moment.
    const at_ms = outside.at(-1)?.at_ms ?? 0;
    if (random.chance(0.3))
      outside.push({ at_ms, what: 'shoot', path: random.of(...workers).path });
  }
  for (let starts = random.below(12); starts > 0 && dynamics.length > 0; starts -= 1) {
    const number = random.chance(0.2) ? random.below(5) : undefined;
    const { path } = random.of(...dynamics);
    outside.push({ at_ms: random.ms(3000), what: 'start', path, number });
  }
  if (random.chance(0.3)) outside.push(...randomRequests(random, root, paths));
  if (random.chance(0.7)) outside.push({ at_ms: random.ms(4000), what: 'stop', now: false });
  if (random.chance(0.3)) outside.push({ at_ms: random.ms(4500), what: 'stop', now: true });
  const calm = random.next() * 0.8;
  const life = (path: string, nth: number): Life =>
    randomLife(new Random(seed ^ hash(`${path}#${nth}`)), nth === 0, calm, isEffect(root, path));
  return { root, outside, life };
}

/** What an operator asks: to stop a child and start it again or forget it, or to add one. */
function randomRequests(
  random: Random,
  root: SupervisorNode,
  paths: readonly { path: string; node: Node }[],
): Outside[] {
  const asked: Outside[] = [];
  const supervisors = [
    { path: '', node: root },
    ...paths.filter(({ node }) => node.kind === 'supervisor'),
  ];
  for (let stories = 1 + random.below(3); stories > 0; stories -= 1) {
    const { path, node } = random.of(...supervisors);
    const children = node.kind === 'supervisor' ? node.children : [];
    const added = random.chance(0.4);
    const id = added ? random.of('x', 'y') : random.of(...children.map((child) => child.id));
    let at_ms = random.ms(2000);
    const steps = [
      ...(added ? (['start'] as const) : []),
      random.of<Request>('terminate', 'terminate', 'remove'),
      random.of<Request>('restart', 'delete', 'terminate', 'remove'),
      random.of<Request>('restart', 'delete', 'start'),
    ];
    for (const request of steps) {
      const before = random.chance(0.3) ? random.of('a', 'b', 'x') : undefined;
      asked.push({ at_ms, what: 'request', path, request, id, before });
      at_ms += random.of(0, random.ms(30), random.ms(400));
    }
    if (random.chance(0.3)) {
      const restarts = randomRestarts(random);
      asked.push({ at_ms: random.ms(2000), what: 'adjust', path, restarts });
    }
  }
  return asked;
}

/** A life without events: ready at once, obedient. */
export function calmLife(effect: boolean): Life {
  const how = effect ? 'throw' : 'end';
  return {
    ...{ throws_at_start: false, ready_ms: 0, end: undefined, stop: { after_ms: 0, how } },
    ...{ hurry_ms: undefined, noise: [], haunts: false },
  };
}

function randomLife(random: Random, first: boolean, calm: number, effect: boolean): Life {
  if (random.chance(calm)) return calmLife(effect);
  // Rarely, or few trees would ever run.
  const trouble = first ? 0.02 : 0.1;
  const how = (): End => (effect ? 'throw' : random.of('throw', 'end', 'failure'));
  const noise = Array.from({ length: random.below(3) }, () => ({
    at_ms: random.ms(500),
    what: random.of('noise' as const, 'ready' as const, 'wrong' as const),
  }));
  return {
    throws_at_start: random.chance(trouble),
    ready_ms: random.chance(trouble)
      ? undefined
      : random.of(0, random.ms(20), random.ms(first ? 50 : 300)),
    end: random.chance(0.5) ? { at_ms: random.ms(1500), how: how() } : undefined,
    stop: random.chance(0.15)
      ? undefined
      : { after_ms: random.of(0, random.ms(100), random.ms(600)), how: how() },
    hurry_ms: random.chance(0.3) ? random.ms(20) : undefined,
    noise: random.chance(0.3) ? noise : [],
    haunts: random.chance(0.3),
  };
}

function randomSupervisor(random: Random, id: string, depth: number): SupervisorNode {
  const auto_shutdown = random.chance(0.2)
    ? random.of('any_significant' as const, 'all_significant' as const)
    : 'never';
  const length = 1 + random.below(depth === 2 ? 4 : 2);
  const children = Array.from({ length }, (_, index): Node => {
    const name = `${'abcd'[index]}`;
    const kind = random.next();
    const restart = random.of<RestartType>('permanent', 'permanent', 'transient', 'temporary');
    const shutdown = random.of<WorkerNode['shutdown']>(random.ms(300) + 1, 'infinity', 'kill');
    const mayMatter = auto_shutdown !== 'never' && restart !== 'permanent';
    const base = {
      ...{ restart, shutdown, significant: mayMatter && random.chance(0.6) },
      escalates: restart !== 'temporary' && random.chance(0.1),
    };
    if (kind < 0.3 && depth > 0) {
      return { ...randomSupervisor(random, name, depth - 1), ...base };
    }
    if (kind < 0.45) return { ...randomDynamic(random, name), ...base };
    return { ...randomWorker(random, name), ...base };
  });
  const spare = ['x', 'y'].map((name) => randomWorker(random, name));
  return {
    ...{ kind: 'supervisor', id, restart: 'permanent', shutdown: 'infinity', significant: false },
    escalates: false,
    strategy: random.of('one_for_one', 'one_for_all', 'rest_for_one'),
    restarts: randomRestarts(random),
    auto_shutdown,
    stop_within_ms: random.chance(0.3) ? random.ms(600) + 1 : undefined,
    ...{ children, spare },
  };
}

function randomWorker(random: Random, id: string): WorkerNode {
  const ready = { event: random.of('up', 'up', `${id}.ready`), within_ms: 30 + random.ms(270) };
  return {
    ...{ kind: 'worker', id, effect: random.chance(0.6), significant: false, escalates: false },
    restart: random.of<RestartType>('permanent', 'transient', 'temporary'),
    shutdown: random.of<WorkerNode['shutdown']>(random.ms(300) + 1, 'infinity', 'kill'),
    ready: random.chance(0.5) ? ready : undefined,
    named: random.chance(0.5),
  };
}

function randomDynamic(random: Random, id: string): DynamicNode {
  return {
    ...{ kind: 'dynamic', id, restart: 'permanent', shutdown: 'infinity', significant: false },
    escalates: false,
    children_max: 1 + random.below(5),
    pool_size: 1 + random.below(3),
    template: {
      effect: random.chance(0.6),
      restart: random.of('temporary', 'temporary', 'transient', 'permanent'),
      shutdown: random.of<number | 'kill'>(random.ms(300) + 1, 'kill'),
      restarts: randomRestarts(random),
    },
  };
}

function randomRestarts(random: Random): RestartSettings {
  const restart_delay_ms = random.of(0, random.ms(50), random.ms(200));
  return {
    restart_on_failure: random.chance(0.95),
    max_restart_attempts: random.below(5),
    window_ms: random.of(random.ms(300) + 1, random.ms(3000) + 1),
    restart_delay_ms,
    restart_delay_ms_max: restart_delay_ms + random.ms(300),
    backoff_factor: random.of(1, 2),
    jitter: random.of(0, 0.5),
    ...(random.chance(0.3) ? { reset_after_ms: random.ms(300) } : {}),
  };
}

/** A child or a spare of a supervisor. */
export function nodeOf({ children, spare }: SupervisorNode, id: string): Node | undefined {
  return [...children, ...spare].find((one) => one.id === id);
}

/** Every node below one, with its path. */
export function pathsOf(node: SupervisorNode, above: string): { path: string; node: Node }[] {
  return node.children.flatMap((child) => {
    const path = above === '' ? child.id : `${above}/${child.id}`;
    return [{ path, node: child }, ...(child.kind === 'supervisor' ? pathsOf(child, path) : [])];
  });
}

/** Whether the worker at a path is an effect rather than a machine. */
export function isEffect(root: SupervisorNode, path: string): boolean {
  let node: Node | undefined = root;
  for (const id of path.split('/')) {
    if (node?.kind === 'dynamic') return node.template.effect;
    node = node?.kind === 'supervisor' ? nodeOf(node, id) : undefined;
  }
  return node?.kind === 'worker' && node.effect;
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const char of text) value = Math.imul(value ^ char.charCodeAt(0), 0x01000193);
  return value >>> 0;
}
