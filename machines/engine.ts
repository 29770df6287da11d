/**
 * One engine, or one job thread: a worker thread and the queue of calls into it.
 *
 *     starting → replaying → ready{idle|busy} → lost{judged|backoff} → starting → …
 *        └─ short of something → (a wait) → starting        lost too often → failed, or cooling off
 *     ready{resting} → starting
 *
 * The queue (`calls`) lives as long as the engine, the `worker` as long as its thread: calls that
 * arrive while the thread is away wait in the queue. Calls never pass through this machine:
 * sessions speak to the queue and the queue to the worker, so a request costs no transition here.
 *
 * `replaying`: projects are made anew in the thread, from what is kept of them; those that are
 * there by then are served meanwhile. Without such projects it is `ready` at once.
 *
 * `resting`: only the first engine starts its thread at once, so that the first requests are
 * answered soon; each further one with its first call. Most daemons have a single project, and one
 * thread less to start and to keep.
 *
 * What ends a thread is told apart. A death counts, and too many of them are the engine's end. A
 * thread that could not be started for want of descriptors or memory does not count: that passes.
 * Nor does a job thread that had to be ended because its job was cancelled. An engine that lost too
 * many ends as failed, and is its supervisor's business.
 *
 * The first death in some time is made good at once, and so is each for which a spare thread is
 * there; otherwise the waits of the policy come first. Deaths that are known to be the fault of a
 * request, which is not run any more, are forgiven once a thread is there again.
 *
 * One that is to go `retires` first: it goes on as it is, is given nothing new, and is stopped by
 * its supervisor when it has nothing left. What that means for an engine and for a job thread is in
 * `actors/`.
 */

import {
  assign,
  type EventObject,
  enqueueActions,
  raise,
  sendParent,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import { type Config, workerRestarts } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';
import { type EngineEvent, reasonOf } from './engine-events.ts';
import { backoff, type RestartPolicyEvent, restartPolicyMachine } from './restart-policy.ts';
import { DEATHS_MAX, type Death } from './supervision/index.ts';

export type { EngineEvent, WorkerEnd } from './engine-events.ts';

export interface EngineInput {
  /** An engine has projects, and fails when it cannot be kept; job threads may be missing. */
  kind: 'engine' | 'job';
  /** Its number among those of its kind, from 0. */
  index: number;
  /** Whether its thread starts with its first call. */
  rests?: boolean;
  config: Config;
  random: () => number;
  /** Of the clock that drives its timers. */
  now_ms: () => number;
}

/** What an engine tells its supervisor once it can take calls. */
type EngineReport = { type: 'engine.ready'; id: string };

export interface EngineState {
  restarts: number;
  /** Since a thread last came to be. */
  shortages: number;
  /** Whether there was ever a thread. */
  began: boolean;
  /** Why the last thread ended. */
  reason: string;
  /** When the last thread was started. */
  since_ms: number;
  /** Of its threads, the latest last. */
  deaths: readonly Death[];
  retiring: boolean;
  /** Whether projects have to be made anew in its thread. */
  replaying: boolean;
  /** Deaths of requests that were given up, to be forgiven. */
  blamed: number;
}

export interface EngineChildInput {
  index: number;
  config: Config;
}

export type CallsCommand =
  | { type: 'calls.check' }
  /** There is no worker yet, and here is why. */
  | { type: 'calls.wait'; reason: string }
  | { type: 'calls.fail'; code: 'GOX_ENGINE_LOST' | 'GOX_REQUEST_TIMEOUT'; reason: string }
  | { type: 'calls.refuse'; reason: string };

/** For jobs that take seconds at most: nobody's save waits for somebody's picture. */
export const QUICK_JOB_THREADS = 1;

/** A thread that has not said it is ready by then is taken for dead; it takes some 100 ms. */
const START_TIMEOUT_MS = 10_000;
/** The least wait before a thread is tried again that the system had nothing left for. */
const SHORTAGE_WAIT_MS_MIN = 100;
/** An engine that never had a thread is given up then, by default after some 10 s. */
const START_SHORTAGES_MAX = 6;

const REPLAYS = {
  idle: { target: '#engine.replaying.idle', actions: 'note replay' },
  busy: { target: '#engine.replaying.busy', actions: 'note replay' },
} as const;
const REPLAYED = {
  idle: { target: '#engine.ready.idle', actions: 'note replay' },
  busy: { target: '#engine.ready.busy', actions: 'note replay' },
} as const;

/** Of a thread that was there. */
const DEATHS = {
  // Whatever it wanted for, its projects are gone.
  'worker.short': {
    guard: 'is an engine',
    target: '#engine.lost',
    actions: ['note reason', 'fail calls'],
  },
  'worker.stalled': { target: '#engine.lost', actions: ['note reason', 'fail calls'] },
  'call.overdue': { target: '#engine.lost', actions: ['note reason', 'time calls out'] },
} as const;

export const engineMachine = setup({
  types: {
    context: {} as EngineInput & EngineState,
    events: {} as EngineEvent,
    input: {} as EngineInput,
    output: {} as { failure: string } | undefined,
  },
  actors: {
    worker: effect<EventObject, EngineChildInput>('worker'),
    calls: effect<CallsCommand, EngineChildInput>('calls'),
    'restart policy': restartPolicyMachine,
  },
  guards: {
    /** Provided: whether a thread is there that only has to be taken. */
    'a spare is there': () => false,
    'has to replay': ({ context }) => context.replaying,
    rests: ({ context }) => context.rests === true,
    'is an engine': ({ context }) => context.kind === 'engine',
    'cannot begin': ({ context: { kind, began, shortages } }) =>
      kind === 'engine' && !began && shortages >= START_SHORTAGES_MAX,
  },
  actions: {
    'start calls': spawnChild('calls', {
      id: 'calls',
      input: ({ context }) => ({ index: context.index, config: context.config }),
    }),
    'start policy': spawnChild('restart policy', {
      id: 'restart policy',
      input: ({ context }) => ({
        settings: workerRestarts(context.config),
        lasting: context.kind === 'job',
        prompt: context.kind === 'engine',
        random: context.random,
      }),
    }),
    'start worker': spawnChild('worker', {
      id: 'worker',
      input: ({ context }) => ({ index: context.index, config: context.config }),
    }),
    'note start': assign({ since_ms: ({ context }) => context.now_ms() }),
    'note death': assign({
      deaths: ({ context: { deaths, now_ms, since_ms, reason } }) => {
        const at_ms = now_ms();
        const lived_ms = at_ms - since_ms;
        const fate = 'restart' as const;
        const death = { path: 'worker', at_ms, lived_ms, abnormal: true, reason, fate };
        return [...deaths, death].slice(-DEATHS_MAX);
      },
    }),
    'stop worker': stopChild('worker'),
    'stop calls': stopChild('calls'),
    'stop policy': stopChild('restart policy'),
    'check again': raise({ type: 'check' }, { id: 'check', delay: 'check interval' }),
    'check calls': enqueueActions((to) => {
      tell(to, 'calls', { type: 'calls.check' } satisfies CallsCommand);
    }),
    'keep calls waiting': enqueueActions((to) => {
      const { reason } = to.context;
      tell(to, 'calls', { type: 'calls.wait', reason } satisfies CallsCommand);
    }),
    'fail calls': enqueueActions((to) => {
      const { reason } = to.context;
      const code = 'GOX_ENGINE_LOST';
      tell(to, 'calls', { type: 'calls.fail', code, reason } satisfies CallsCommand);
    }),
    'time calls out': enqueueActions((to) => {
      const { reason } = to.context;
      const code = 'GOX_REQUEST_TIMEOUT';
      tell(to, 'calls', { type: 'calls.fail', code, reason } satisfies CallsCommand);
    }),
    'refuse calls': enqueueActions((to) => {
      const { reason } = to.context;
      tell(to, 'calls', { type: 'calls.refuse', reason } satisfies CallsCommand);
    }),
    'report failure': enqueueActions((to) => {
      tell(to, 'restart policy', { type: 'child.failed' } satisfies RestartPolicyEvent);
    }),
    'tell of spare': enqueueActions((to) => {
      tell(to, 'restart policy', { type: 'restart.early' } satisfies RestartPolicyEvent);
    }),
    'note blame': assign({
      blamed: ({ context, event }) =>
        context.blamed + (event.type === 'calls.blamed' ? event.deaths : 0),
    }),
    'forgive deaths': enqueueActions((to) => {
      const count = to.context.blamed;
      if (count === 0) return;
      tell(to, 'restart policy', { type: 'failures.forgiven', count } satisfies RestartPolicyEvent);
    }),
    'forget blame': assign({ blamed: 0 }),
    'note retirement': assign({ retiring: ({ event }) => event.type === 'engine.retire' }),
    'note replay': assign({ replaying: ({ event }) => event.type === 'replay.begun' }),
    'count restart': assign({ restarts: ({ context }) => context.restarts + 1 }),
    'count shortage': assign({ shortages: ({ context }) => context.shortages + 1 }),
    'forget shortages': assign({ shortages: 0, began: true }),
    'note reason': assign({ reason: ({ event }) => reasonOf(event) }),
    'say ready': sendParent(
      ({ self }) => ({ type: 'engine.ready', id: self.id }) satisfies EngineReport,
    ),
    /** Provided: say that an engine lost its worker, and why. */
    'announce loss': () => {},
    /** Provided: say that a worker is started in the place of a lost one. */
    'announce restart': () => {},
    /** Provided: say that a worker could not be started, and why. */
    'announce shortage': () => {},
    /** Provided: say that a thread was ended because its job was cancelled and it went on. */
    'announce replacement': () => {},
    /** Provided: say that a job thread is left alone for some time, and why. */
    'announce pause': () => {},
  },
  delays: {
    'start timeout': START_TIMEOUT_MS,
    /** How late a time-out of a request may be noticed. */
    'check interval': ({ context }) =>
      Math.max(10, Math.min(1000, context.config.performance.request_timeout_ms / 4)),
    'shortage wait': ({ context }) =>
      Math.max(SHORTAGE_WAIT_MS_MIN, backoff(workerRestarts(context.config), context.shortages)),
  },
}).createMachine({
  id: 'engine',
  context: ({ input }) => ({
    ...{ ...input, restarts: 0, shortages: 0, began: false },
    ...{ reason: '', since_ms: 0, deaths: [], retiring: false, replaying: false, blamed: 0 },
  }),
  initial: 'beginning',
  entry: ['start calls', 'start policy', 'check again'],
  on: {
    check: { actions: ['check calls', 'check again'] },
    'engine.retire': { actions: 'note retirement' },
    'engine.stay': { actions: 'note retirement' },
    'replay.begun': { actions: 'note replay' },
    'replay.ended': { actions: 'note replay' },
    'calls.blamed': { actions: 'note blame' },
    'child.stop': '.stopped',
    'worker.proven': { actions: 'forget shortages' },
    'worker.exited': { target: '.lost', actions: ['note reason', 'fail calls'] },
    'worker.short': [
      { guard: 'cannot begin', target: '.failed', actions: 'note reason' },
      { target: '.short', actions: 'note reason' },
    ],
    'xstate.error.actor.worker': { target: '.lost', actions: ['note reason', 'fail calls'] },
    // Without its queue or its policy it cannot go on, whoever failed and why.
    'xstate.error.actor.*': { target: '.failed', actions: 'note reason' },
    'calls.failed': { target: '.failed', actions: 'note reason' },
  },
  states: {
    beginning: {
      always: [
        { guard: 'rests', target: 'ready.resting', actions: 'say ready' },
        { target: 'starting' },
      ],
    },
    starting: {
      entry: ['start worker', 'note start'],
      on: {
        'worker.ready': [
          {
            guard: 'has to replay',
            target: 'replaying',
            actions: ['forget shortages', 'say ready'],
          },
          { guard: 'is an engine', target: 'ready', actions: ['forget shortages', 'say ready'] },
          { target: 'ready', actions: 'say ready' },
        ],
      },
      after: { 'start timeout': { target: 'lost', actions: ['note reason', 'fail calls'] } },
    },
    replaying: {
      initial: 'idle',
      states: {
        idle: { on: { 'work.begun': 'busy', 'replay.ended': REPLAYED.idle } },
        busy: { on: { 'work.ended': 'idle', 'replay.ended': REPLAYED.busy } },
      },
      on: { ...DEATHS, 'replay.overdue': DEATHS['worker.stalled'] },
    },
    ready: {
      entry: ['forgive deaths', 'forget blame'],
      initial: 'idle',
      states: {
        idle: { on: { 'work.begun': 'busy', 'replay.begun': REPLAYS.idle } },
        busy: { on: { 'work.ended': 'idle', 'replay.begun': REPLAYS.busy } },
        resting: { on: { 'calls.waiting': '#engine.starting' } },
      },
      on: {
        ...DEATHS,
        'part.overdue': {
          target: 'starting',
          actions: [
            ...(['note reason', 'announce replacement', 'stop worker'] as const),
            ...(['fail calls', 'count restart'] as const),
          ],
        },
      },
    },
    lost: {
      entry: ['stop worker', 'note death', 'announce loss', 'report failure'],
      initial: 'judged',
      states: {
        /** The restart policy, which has the wait, says what becomes of it. */
        judged: {
          on: {
            'restart.planned': [
              {
                guard: 'a spare is there',
                target: '#engine.starting',
                actions: ['tell of spare', 'count restart', 'announce restart'],
              },
              { target: 'backoff' },
            ],
          },
        },
        backoff: {},
      },
      on: {
        'worker.exited': {},
        'worker.short': {},
        'restart.due': { target: 'starting', actions: ['count restart', 'announce restart'] },
        'restart.deferred': 'cooling off',
        'restart.refused': [{ guard: 'is an engine', target: 'failed' }, { target: 'missing' }],
      },
    },
    /** The system had nothing left for a thread. */
    short: {
      entry: ['stop worker', 'count shortage', 'announce shortage', 'keep calls waiting'],
      on: { 'worker.exited': {}, 'worker.short': {} },
      after: { 'shortage wait': 'starting' },
    },
    /** A job thread that died too often; the others go on. */
    'cooling off': {
      entry: ['announce pause', 'refuse calls'],
      on: {
        'restart.due': { target: 'starting', actions: ['count restart', 'announce restart'] },
      },
    },
    /** A job thread that must not be restarted; the daemon can do without. */
    missing: { entry: 'refuse calls' },
    /** An engine that used up its restarts, or a defect. */
    failed: {
      type: 'final',
      entry: ['stop worker', 'refuse calls'],
      output: ({ context }) => ({ failure: context.reason }),
    },
    stopped: {
      type: 'final',
      entry: ['stop worker', 'stop calls', 'stop policy'],
    },
  },
  output: ({ event }) => ('output' in event ? (event.output as { failure: string }) : undefined),
});
