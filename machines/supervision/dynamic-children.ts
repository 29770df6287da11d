/** What a supervisor of dynamic children does with one of them, or with all. */

import type { AnyActorRef, AnyEventObject, EventObject } from 'xstate';
import type { PoolInput, PoolReport } from './dynamic-pool.ts';
import type { Ports } from './hands.ts';
import { pathOf, tellReport } from './hands.ts';
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
import type { DynamicSpec, Template } from './spec.ts';
import { counting, judge, type Restart, type Verdict } from './window.ts';

export type DynamicEvent =
  /** `number`: of a caller that has a free list of its own; the child's input gets it too. */
  | { type: 'dynamic.start'; input: object; number?: number }
  | { type: 'dynamic.tell'; number: number; event: EventObject }
  | { type: 'dynamic.tell_all'; event: EventObject }
  | { type: 'dynamic.stop'; now: boolean; by?: string }
  | { type: 'child.stop'; now: boolean }
  | Reminder
  | PoolReport
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** What it tells its parent, beside what its children say. */
export type DynamicReport =
  | { type: 'dynamic.ended'; number: number; reason?: string }
  | { type: 'dynamic.refused'; input: object; why: 'full' | 'number taken' | 'stopping' };

/** A restart that counts, and of whom. */
interface NumberedRestart extends Restart {
  readonly number: number;
}

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
  readonly restarts: readonly NumberedRestart[];
  readonly deaths: readonly Death[];
  readonly outcome: SupervisorOutcome | undefined;
}

/** Of 8, 16, 32 and 64, this was the fastest where a thousand children start and end. */
const POOL_SIZE = 16;
const SHUTDOWN_MS = 5000;

export function newContext({
  template,
  children_max,
  pool_size = POOL_SIZE,
}: DynamicSpec): DynamicContext {
  return {
    template: { restart: 'temporary', shutdown: SHUTDOWN_MS, ...template },
    ...{ pool_size, numbers: new Numbers(children_max), lives: new Map(), pools: 0 },
    ...{ restarts: [], deaths: [], outcome: undefined },
  };
}

/** What it sends itself. */
type Reminder = { type: 'dynamic.due'; number: number } | { type: 'dynamic.give_up' };

/** The part of `enqueueActions` that is used here. */
interface DynamicScope<E extends EventObject> {
  readonly context: DynamicContext;
  readonly event: E;
  readonly self: AnyActorRef;
  readonly enqueue: {
    (action: () => void): void;
    assign(change: Partial<DynamicContext>): void;
    sendTo(actor: string, event: AnyEventObject): void;
    sendParent(event: AnyEventObject): void;
    spawnChild(logic: 'pool', options: { id: string; input: PoolInput }): void;
    raise(event: Reminder, options?: { id: string; delay: number }): void;
    cancel(timer: string): void;
  };
}

type DynamicPorts = Pick<Ports, 'now_ms' | 'random'> & Partial<Ports>;

/** One event and what it brings about. */
class DynamicTurn {
  readonly context: DynamicContext;
  readonly enqueue: DynamicScope<never>['enqueue'];
  readonly now_ms: number;
  readonly #self: AnyActorRef;
  readonly #ports: DynamicPorts;

  constructor({ context, enqueue, self }: DynamicScope<EventObject>, ports: DynamicPorts) {
    this.context = context;
    this.enqueue = enqueue;
    this.now_ms = ports.now_ms();
    this.#self = self;
    this.#ports = ports;
  }

  get random(): () => number {
    return this.#ports.random;
  }

  report(decision: DecisionBody): void {
    const { report } = this.#ports;
    if (report === undefined) return;
    const whole = { at_ms: this.now_ms, supervisor: pathOf(this.#self), ...decision };
    this.enqueue(() => tellReport({ report }, whole));
  }

  /** To the parent, if there is one. */
  say(event: AnyEventObject): void {
    if (this.#self._parent !== undefined) this.enqueue.sendParent(event);
  }
}

export function takeDynamicTurn<E extends EventObject>(
  scope: DynamicScope<E>,
  ports: DynamicPorts,
  change: (turn: DynamicTurn, event: E) => void,
): void {
  change(new DynamicTurn(scope, ports), scope.event);
}

/** What a child has said goes on to the parent of all. */
export function passOn(turn: DynamicTurn, event: AnyEventObject): void {
  turn.say(event);
}

function refusal(input: object, why: (DynamicReport & { type: 'dynamic.refused' })['why']) {
  return { type: 'dynamic.refused', input, why } satisfies DynamicReport;
}

export function refuse(turn: DynamicTurn, event: DynamicEvent): void {
  if (event.type === 'dynamic.start') turn.say(refusal(event.input, 'stopping'));
}

/** Starts a child under the number that is given, or any that is free. */
export function start(turn: DynamicTurn, event: DynamicEvent): void {
  if (event.type !== 'dynamic.start') return;
  const { input, number: given } = event;
  const { context, now_ms } = turn;
  const { numbers, lives, template } = context;
  const number = given === undefined ? numbers.take() : given;
  if (number === undefined || (given !== undefined && !numbers.claim(given))) {
    turn.say(refusal(input, given === undefined ? 'full' : 'number taken'));
    return;
  }
  const kept = template.restart === 'temporary' ? undefined : input;
  lives.set(number, { input: kept, since_ms: now_ms, starts: 1, waiting: false });
  turn.report({ kind: 'started', child: `${template.name}:${number}`, nth: 0 });
  startInPool(turn, number, input);
}

function startInPool({ context, enqueue }: DynamicTurn, number: number, input: object): void {
  const { name, logic, shutdown } = context.template;
  const pool = Math.floor(number / context.pool_size);
  for (let index = context.pools; index <= pool; index += 1) {
    enqueue.spawnChild('pool', { id: `pool:${index}`, input: { name, logic, shutdown } });
  }
  if (pool >= context.pools) enqueue.assign({ pools: pool + 1 });
  enqueue.sendTo(`pool:${pool}`, { type: 'dynamic.pool.start', number, input });
}

/** The wait before the restart of a child is over. */
export function startAgain(turn: DynamicTurn, event: DynamicEvent): void {
  if (event.type !== 'dynamic.due') return;
  const { number } = event;
  const { context, enqueue, now_ms } = turn;
  const { lives, template, restarts } = context;
  const life = lives.get(number);
  if (life?.input === undefined || !life.waiting) return;
  enqueue.assign({
    restarts: restarts.map((one) =>
      one.number === number && one.done_ms === undefined ? { ...one, done_ms: now_ms } : one,
    ),
  });
  turn.report({ kind: 'started', child: `${template.name}:${number}`, nth: life.starts });
  life.waiting = false;
  life.since_ms = now_ms;
  life.starts += 1;
  startInPool(turn, number, life.input);
}

/** A child has ended, by itself or not. */
export function noteEnd(turn: DynamicTurn, event: DynamicEvent): void {
  if (event.type !== 'dynamic.pool.ended') return;
  const { number, end, killed } = event;
  const { context, enqueue, now_ms } = turn;
  const { template, lives, outcome } = context;
  const life = lives.get(number);
  if (life === undefined) return;
  const child = `${template.name}:${number}`;
  const lived_ms = now_ms - life.since_ms;
  const { fate, verdict } = judgeEnd(turn, end);
  if (killed === undefined) {
    turn.report({ kind: 'died', child, lived_ms, fate, ...end });
  } else {
    const late = killed === 'late';
    turn.report({ kind: 'killed', child, late, took_ms: 0, lived_ms });
    if (late && outcome?.kind === 'stopped') {
      enqueue.assign({ outcome: { ...outcome, forced: true } });
    }
  }
  if (end.abnormal) {
    const { abnormal, reason } = end;
    const death = { path: child, at_ms: now_ms, lived_ms, abnormal, reason, fate };
    enqueue.assign({ deaths: [...context.deaths, death].slice(-DEATHS_MAX) });
  }
  if (verdict !== undefined) carryOut(turn, number, end, verdict);
  if (fate !== 'restart') free(turn, number, end);
}

/** With a verdict where the restart type asks for a restart. */
function judgeEnd(
  { context, now_ms, random }: DynamicTurn,
  { abnormal }: End,
): { fate: Fate; verdict?: Verdict } {
  const { restart, restarts: settings } = context.template;
  if (context.outcome !== undefined) return { fate: 'stopping' };
  const again = restart === 'permanent' || (restart === 'transient' && abnormal);
  if (!again || settings === undefined) return { fate: 'none' };
  const verdict = judge(settings, context.restarts, now_ms, random);
  return { fate: verdict.granted ? 'restart' : 'gave up', verdict };
}

/** Plans the restart of a child, or gives up. */
function carryOut(turn: DynamicTurn, number: number, end: End, verdict: Verdict): void {
  const { context, enqueue, now_ms } = turn;
  const { restarts: settings, name } = context.template;
  const life = context.lives.get(number);
  if (settings === undefined || life === undefined) return;
  const child = `${name}:${number}`;
  const { max_restart_attempts: max, window_ms } = settings;
  const { reason } = end;
  if (!verdict.granted) {
    turn.report({ kind: 'gave up', child, reason, max, window_ms });
    enqueue.assign({ outcome: causedBy('gave up', child, end) });
    enqueue.raise({ type: 'dynamic.give_up' });
    return;
  }
  const { nth, delay_ms } = verdict;
  const counted = { at_ms: now_ms, done_ms: undefined, number };
  enqueue.assign({ restarts: [...counting(settings, context.restarts, now_ms), counted] });
  life.waiting = true;
  enqueue.raise({ type: 'dynamic.due', number }, { id: `due:${number}`, delay: delay_ms });
  const plan = { stops: [], starts: [child], nth, max, delay_ms };
  turn.report({ kind: 'restart planned', child, reason, ...plan });
}

function free(turn: DynamicTurn, number: number, { abnormal, reason }: End): void {
  const { lives, numbers } = turn.context;
  lives.delete(number);
  numbers.giveBack(number);
  const told: DynamicReport = { type: 'dynamic.ended', number };
  turn.say(abnormal ? { ...told, reason } : told);
}

export function passToOne({ context, enqueue }: DynamicTurn, event: DynamicEvent): void {
  if (event.type !== 'dynamic.tell' || !context.numbers.has(event.number)) return;
  const pool = `pool:${Math.floor(event.number / context.pool_size)}`;
  enqueue.sendTo(pool, { ...event, type: 'dynamic.pool.tell' });
}

export function passToAll(turn: DynamicTurn, event: DynamicEvent): void {
  if (event.type === 'dynamic.tell_all')
    tellPools(turn, { ...event, type: 'dynamic.pool.tell_all' });
}

function tellPools({ context, enqueue }: DynamicTurn, event: AnyEventObject): void {
  for (let pool = 0; pool < context.pools; pool += 1) enqueue.sendTo(`pool:${pool}`, event);
}

/** Begins the end: those that wait to be started again have ended, the others are asked to stop. */
export function stopAll(turn: DynamicTurn, event: DynamicEvent): void {
  const { context, enqueue } = turn;
  const { outcome, lives } = context;
  if (outcome !== undefined) turn.report({ kind: 'shutting down', outcome });
  for (const [number, { waiting }] of lives) {
    if (!waiting) continue;
    enqueue.cancel(`due:${number}`);
    free(turn, number, { abnormal: false, reason: 'stopped' });
  }
  stopPools(turn, event);
}

export function stopPools(turn: DynamicTurn, event: DynamicEvent): void {
  tellPools(turn, { type: 'dynamic.pool.stop', now: 'now' in event && event.now });
}

export function sayEnded(turn: DynamicTurn): void {
  const { outcome } = turn.context;
  if (outcome !== undefined) turn.report({ kind: 'ended', outcome });
}
