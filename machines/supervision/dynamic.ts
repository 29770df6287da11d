/**
 * A supervisor of children that come and go, all made from one template: OTP's simple_one_for_one.
 *
 *     running → stopping → ended
 *
 * Each child has a number from 0 to `children_max - 1`, which is used again after its end; its id
 * is `name:number`. They are spread over pools (`dynamic-pool.ts`), which hide nothing: what a
 * child says to its parent goes on to the parent of this machine.
 */

import {
  type AnyActorRef,
  type AnyEventObject,
  type EventObject,
  enqueueActions,
  setup,
} from 'xstate';
import { dynamicPool, type PoolInput, type PoolReport } from './dynamic-pool.ts';
import { type Ports, pathOf, tellReport } from './hands.ts';
import { Numbers } from './numbers.ts';
import {
  causedBy,
  DEATHS_MAX,
  type Death,
  type DecisionBody,
  type End,
  type Fate,
  type SupervisorOutcome,
} from './records.ts';
import { checkTemplate, type DynamicSpec, type Template } from './spec.ts';
import type { SupervisorOptions } from './supervisor.ts';
import { judge, type Restart } from './window.ts';

export type DynamicEvent =
  /** `number`: of a caller that has a free list of its own; the child's input gets it too. */
  | { type: 'dynamic.start'; input: object; number?: number }
  | { type: 'dynamic.tell'; number: number; event: EventObject }
  | { type: 'dynamic.tell_all'; event: EventObject }
  | { type: 'dynamic.stop'; now: boolean; by?: string }
  | { type: 'child.stop'; now: boolean }
  | { type: 'dynamic.due'; number: number }
  | PoolReport
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** What it tells its parent, beside what its children say. */
export type DynamicReport =
  | { type: 'dynamic.ended'; number: number; reason?: string }
  | { type: 'dynamic.refused'; input: object; why: 'full' | 'number taken' | 'stopping' };

/** A child from its first start to its last end. */
interface Life {
  /** Kept for those that may be started again only. */
  readonly input: object | undefined;
  since_ms: number;
  starts: number;
  /** Down, until the wait before its restart is over. */
  waiting: boolean;
}

export interface DynamicContext {
  readonly template: Required<Omit<Template, 'restarts'>> & Pick<Template, 'restarts'>;
  readonly pool_size: number;
  readonly numbers: Numbers;
  /** By number; changed in place, as the numbers are. */
  readonly lives: Map<number, Life>;
  /** Pools that were started. */
  readonly pools: number;
  readonly restarts: readonly Restart[];
  readonly deaths: readonly Death[];
  readonly outcome: SupervisorOutcome | undefined;
}

const POOL_SIZE = 64;
const SHUTDOWN_MS = 5000;

export type DynamicLogic = ReturnType<typeof dynamic>;

/**
 * The logic of a supervisor of dynamic children.
 *
 * @throws SpecError from its start, as the error of the actor, when the template cannot be
 */
export function dynamic(options: SupervisorOptions) {
  const names = Object.keys(options.logics);
  return parts(options).createMachine({
    id: 'dynamic',
    context: ({ input: { template, children_max, pool_size = POOL_SIZE } }) => {
      checkTemplate({ template, children_max, pool_size }, names);
      return {
        template: { restart: 'temporary', shutdown: SHUTDOWN_MS, ...template },
        ...{ pool_size, numbers: new Numbers(children_max), lives: new Map(), pools: 0 },
        ...{ restarts: [], deaths: [], outcome: undefined },
      };
    },
    initial: 'running',
    on: {
      'dynamic.tell': { actions: 'pass to one' },
      'dynamic.tell_all': { actions: 'pass to all' },
      'dynamic.pool.ended': { actions: 'note end' },
      'xstate.done.actor.*': { actions: 'fail' },
      'xstate.error.actor.*': { actions: 'fail' },
      'xstate.*': {},
      '*': { actions: 'pass on' },
    },
    states: {
      running: {
        on: {
          'dynamic.start': { actions: 'start' },
          'dynamic.due': { actions: 'start again' },
          'dynamic.stop': { target: 'stopping', actions: 'note who asks' },
          'child.stop': { target: 'stopping', actions: 'note who asks' },
        },
        always: { guard: 'gave up', target: 'stopping' },
      },
      stopping: {
        entry: 'stop all',
        on: {
          'dynamic.start': { actions: 'refuse' },
          'dynamic.due': {},
          'dynamic.stop': { actions: 'stop pools' },
          'child.stop': { actions: 'stop pools' },
        },
        always: { guard: 'all have ended', target: 'ended' },
      },
      ended: { type: 'final', entry: 'say ended' },
    },
    output: ({ context }) => context.outcome ?? { kind: 'stopped', by: 'nobody', forced: false },
  });
}

function parts(options: SupervisorOptions) {
  const { now_ms, random = () => 0, report, wrap = (logic) => logic } = options;
  const actors = { pool: wrap(dynamicPool(options.logics)) };
  /** Of the child of a number, or of the machine itself. */
  const tell = (scope: Scope, body: DecisionBody): void => {
    if (report === undefined) return;
    const decision = { at_ms: now_ms(), supervisor: pathOf(scope.self), ...body };
    scope.enqueue(() => tellReport({ report }, decision));
  };
  return setup({
    types: {
      context: {} as DynamicContext,
      events: {} as DynamicEvent,
      input: {} as DynamicSpec,
      output: {} as SupervisorOutcome,
    },
    actors,
    guards: {
      'gave up': ({ context }) => context.outcome !== undefined,
      'all have ended': ({ context }) => context.numbers.size === 0,
    },
    actions: {
      start: enqueueActions((scope) => {
        if (scope.event.type === 'dynamic.start') start(scope, scope.event, now_ms(), tell);
      }),
      'start again': enqueueActions((scope) => {
        if (scope.event.type !== 'dynamic.due') return;
        startAgain(scope, scope.event.number, now_ms(), tell);
      }),
      refuse: enqueueActions(({ event, self, enqueue }) => {
        if (event.type !== 'dynamic.start') return;
        say({ self, enqueue }, refusal(event.input, 'stopping'));
      }),
      'pass to one': enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'dynamic.tell' || !context.numbers.has(event.number)) return;
        const pool = `pool:${Math.floor(event.number / context.pool_size)}`;
        enqueue.sendTo(pool, { ...event, type: 'dynamic.pool.tell' });
      }),
      'pass to all': enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'dynamic.tell_all') return;
        for (let pool = 0; pool < context.pools; pool += 1) {
          enqueue.sendTo(`pool:${pool}`, { ...event, type: 'dynamic.pool.tell_all' });
        }
      }),
      'note end': enqueueActions((scope) => {
        if (scope.event.type !== 'dynamic.pool.ended') return;
        noteEnd(scope, scope.event, { now_ms, random }, tell);
      }),
      'note who asks': enqueueActions(({ event, enqueue }) => {
        const by = ('by' in event && event.by) || 'its supervisor';
        enqueue.assign({ outcome: { kind: 'stopped', by, forced: false } });
      }),
      'stop all': enqueueActions((scope) => {
        const { outcome } = scope.context;
        if (outcome !== undefined) tell(scope, { kind: 'shutting down', outcome });
        stopAll(scope);
      }),
      'stop pools': enqueueActions((scope) => stopPools(scope)),
      'say ended': enqueueActions((scope) => {
        const { outcome } = scope.context;
        if (outcome !== undefined) tell(scope, { kind: 'ended', outcome });
      }),
      // A pool does nothing but what is written here: its defect is one of this machine.
      fail: ({ event }) => {
        throw 'error' in event ? event.error : new Error('a pool has ended');
      },
      'pass on': enqueueActions(({ event, self, enqueue }) => {
        if (self._parent !== undefined) enqueue.sendParent(event);
      }),
    },
  });
}

/** The part of `enqueueActions` that is used here. */
interface Scope {
  readonly context: DynamicContext;
  readonly event: EventObject;
  readonly self: AnyActorRef;
  readonly enqueue: {
    (action: () => void): void;
    assign(change: Partial<DynamicContext>): void;
    sendTo(actor: string, event: AnyEventObject): void;
    sendParent(event: AnyEventObject): void;
    spawnChild(logic: 'pool', options: { id: string; input: PoolInput }): void;
    raise(event: DynamicEvent, options: { id: string; delay: number }): void;
    cancel(timer: string): void;
  };
}

type Tell = (scope: Scope, body: DecisionBody) => void;

/** To the parent, if there is one. */
function say(
  { self, enqueue }: Pick<Scope, 'self'> & { enqueue: Pick<Scope['enqueue'], 'sendParent'> },
  event: DynamicReport,
): void {
  if (self._parent !== undefined) enqueue.sendParent(event);
}

function refusal(input: object, why: (DynamicReport & { type: 'dynamic.refused' })['why']) {
  return { type: 'dynamic.refused', input, why } satisfies DynamicReport;
}

function start(
  scope: Scope,
  { input, number: given }: { input: object; number?: number },
  now_ms: number,
  tell: Tell,
): void {
  const { numbers, lives, template } = scope.context;
  const number = given === undefined ? numbers.take() : given;
  if (number === undefined || (given !== undefined && !numbers.claim(given))) {
    say(scope, refusal(input, given === undefined ? 'full' : 'number taken'));
    return;
  }
  const kept = template.restart === 'temporary' ? undefined : input;
  lives.set(number, { input: kept, since_ms: now_ms, starts: 1, waiting: false });
  tell(scope, { kind: 'started', child: `${template.name}:${number}`, nth: 0 });
  startInPool(scope, number, input);
}

function startInPool({ context, enqueue }: Scope, number: number, input: object): void {
  const { name, logic, shutdown } = context.template;
  const pool = Math.floor(number / context.pool_size);
  for (let index = context.pools; index <= pool; index += 1) {
    enqueue.spawnChild('pool', { id: `pool:${index}`, input: { name, logic, shutdown } });
  }
  if (pool >= context.pools) enqueue.assign({ pools: pool + 1 });
  enqueue.sendTo(`pool:${pool}`, { type: 'dynamic.pool.start', number, input });
}

function startAgain(scope: Scope, number: number, now_ms: number, tell: Tell): void {
  const { lives, template } = scope.context;
  const life = lives.get(number);
  if (life?.input === undefined || !life.waiting) return;
  tell(scope, { kind: 'started', child: `${template.name}:${number}`, nth: life.starts });
  life.waiting = false;
  life.since_ms = now_ms;
  life.starts += 1;
  startInPool(scope, number, life.input);
}

function noteEnd(
  scope: Scope,
  { number, end, killed }: PoolReport,
  ports: Pick<Ports, 'now_ms' | 'random'>,
  tell: Tell,
): void {
  const { context, enqueue } = scope;
  const { template, lives, outcome } = context;
  const life = lives.get(number);
  if (life === undefined) return;
  const child = `${template.name}:${number}`;
  const at_ms = ports.now_ms();
  const lived_ms = at_ms - life.since_ms;
  const again =
    template.restart === 'permanent' || (template.restart === 'transient' && end.abnormal);
  let fate: Fate = 'none';
  if (outcome !== undefined) fate = 'stopping';
  else if (again) fate = planRestart(scope, number, end, at_ms, ports.random, tell);
  if (killed !== undefined) {
    tell(scope, { kind: 'killed', child, late: killed === 'late', took_ms: 0, lived_ms });
    if (outcome?.kind === 'stopped' && killed === 'late') {
      enqueue.assign({ outcome: { ...outcome, forced: true } });
    }
  } else {
    tell(scope, { kind: 'died', child, lived_ms, fate, ...end });
  }
  if (end.abnormal) {
    const { reason } = end;
    const death = { path: child, at_ms, lived_ms, abnormal: true, reason, fate };
    enqueue.assign({ deaths: [...context.deaths, death].slice(-DEATHS_MAX) });
  }
  if (fate !== 'restart') free(scope, number, end);
}

/** Grants the restart of a child, or gives up. */
function planRestart(
  scope: Scope,
  number: number,
  end: End,
  at_ms: number,
  random: () => number,
  tell: Tell,
): Fate {
  const { context, enqueue } = scope;
  const { restarts: settings, name } = context.template;
  const life = context.lives.get(number);
  if (settings === undefined || life === undefined) return 'none';
  const child = `${name}:${number}`;
  const { max_restart_attempts: max, window_ms } = settings;
  const { reason } = end;
  const verdict = judge(settings, context.restarts, at_ms, random);
  if (!verdict.granted) {
    tell(scope, { kind: 'gave up', child, reason, max, window_ms });
    enqueue.assign({ outcome: causedBy('gave up', child, end) });
    return 'gave up';
  }
  const { nth, restarts } = verdict;
  const delay_ms = restarts.at(-1)?.delay_ms ?? 0;
  enqueue.assign({ restarts });
  life.waiting = true;
  enqueue.raise({ type: 'dynamic.due', number }, { id: `due:${number}`, delay: delay_ms });
  const plan = { stops: [], starts: [child], nth, max, delay_ms };
  tell(scope, { kind: 'restart planned', child, reason, ...plan });
  return 'restart';
}

function free({ context, self, enqueue }: Scope, number: number, end: End): void {
  context.lives.delete(number);
  context.numbers.giveBack(number);
  const why = end.abnormal ? { reason: end.reason } : {};
  say({ self, enqueue }, { type: 'dynamic.ended', number, ...why });
}

function stopAll(scope: Scope): void {
  const { context, enqueue } = scope;
  for (const [number, { waiting }] of context.lives) {
    if (!waiting) continue;
    enqueue.cancel(`due:${number}`);
    free(scope, number, { abnormal: false, reason: 'stopped' });
  }
  stopPools(scope);
}

function stopPools({ context, event, enqueue }: Scope): void {
  const now = 'now' in event && event.now === true;
  for (let pool = 0; pool < context.pools; pool += 1) {
    enqueue.sendTo(`pool:${pool}`, { type: 'dynamic.pool.stop', now });
  }
}
