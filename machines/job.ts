/**
 * One job: long work that a request became, done in parts by the threads of jobs.
 *
 *     waiting ⇄ running{stage → handing over} → done
 *        └──────────┴─→ cancelling → cancelled | failed | abandoned
 *
 * `work` is the job's place among the parts (`actors/jobs`): it answers the request and says facts
 * of the parts; here is decided what follows. `waiting`: no thread has a part. `handing over`: the
 * parts are done, and the engine of the project makes the result of what they hand over.
 * `cancelling`: the request has been answered, and parts that still run were told to stop; only
 * what the engine is taking over it answers itself. Why it ends decides whether it was `cancelled`
 * or has `failed`. `abandoned`: something of it went on beyond the grace; its threads are replaced.
 *
 * No job lives longer than its deadline and the grace: both are timers of this machine, and hold in
 * every state. It hears of stages and never of single parts.
 */

import { assign, raise, sendTo, setup, spawnChild } from 'xstate';
import { GoxError } from '../conf/errors.ts';
import { effect } from './effects.ts';

export interface JobInput {
  /** What clients know it by; never used again. */
  number: number;
  /** How long it may take, and which of two limits says so. */
  timeout_ms: number;
  limit: 'limits.job_timeout_ms' | 'timeout_ms of the request';
  /** How long it waits for threads that cannot be started. */
  patience_ms: number;
}

export interface JobContext extends JobInput {
  /** Which stage of its parts runs, from 0. */
  stage: number;
  /** Why it ends before it is done; empty until then. */
  reason: string;
  /** What its request is answered with, unless a part has answered it. */
  why: GoxError | undefined;
}

export type JobEvent =
  /** A thread has a part, and none had one before. */
  | { type: 'part.begun' }
  /** No thread has a part any more: those that had could not be started. */
  | { type: 'parts.stalled' }
  /** The parts of this stage are next. */
  | { type: 'stage.begun'; stage: number }
  /** The last part has the answer, or one that failed. */
  | { type: 'parts.answered'; failed: boolean }
  /** The last part has something for the engine. */
  | { type: 'parts.handed_over' }
  /** The engine, or the queue before it, has answered the request. */
  | { type: 'call.answered'; failed: boolean }
  /** A thread died with a part, or there is none to be had. */
  | { type: 'parts.failed'; why: GoxError }
  /** Said after `work.stop`: nothing of it runs any more. */
  | { type: 'parts.stopped' }
  | { type: 'job.cancel'; why: GoxError }
  | { type: 'patience.over' };

/** The states in which jobs end. */
export type JobEnd = 'done' | 'cancelled' | 'failed' | 'abandoned';

export type JobCommand =
  /** Answer the request as the part did. */
  | { type: 'work.answer' }
  | { type: 'work.hand_over' }
  /** Answer the request with `why`, tell what runs to stop, and say when it has. */
  | { type: 'work.stop'; why: GoxError | undefined }
  /** Say `parts.failed` if no thread can be started at this moment. */
  | { type: 'work.look' }
  /** Have the threads replaced that still run parts. */
  | { type: 'work.abandon' }
  /** Forget the job; it came to this end. */
  | { type: 'work.end'; as: JobEnd; reason: string };

/**
 * How long what was told to stop may go on. Loops look once a block, but the largest of files are
 * read and packed in pieces that take seconds.
 */
export const GRACE_MS = 5000;

/** How often one that has lost patience looks whether there is a thread after all. */
const LOOK_MS = 1000;

export const jobMachine = setup({
  types: {
    context: {} as JobContext,
    events: {} as JobEvent,
    input: {} as JobInput,
  },
  actors: { work: effect<JobCommand, { number: number }>('work') },
  actions: {
    'start work': spawnChild('work', {
      id: 'work',
      input: ({ context }) => ({ number: context.number }),
    }),
    /** Provided: makes the job known to whoever lists jobs. */
    introduce: () => {},
    'be patient': raise({ type: 'patience.over' }, { id: 'patience', delay: 'patience' }),
    'look again': raise({ type: 'patience.over' }, { id: 'patience', delay: 'look' }),
    'look for a thread': sendTo('work', { type: 'work.look' }),
    'note stage': assign({
      stage: ({ context, event }) => (event.type === 'stage.begun' ? event.stage : context.stage),
    }),
    'note why': assign(({ event }) =>
      'why' in event ? { why: event.why, reason: event.why.message } : {},
    ),
    'note deadline': assign(({ context: { limit } }) => {
      const why = new GoxError('GOX_REQUEST_TIMEOUT', `The job took longer than ${limit} allows.`);
      return { why, reason: why.message };
    }),
    'note failure': assign({ reason: 'it was answered with an error' }),
    'pass on the answer': sendTo('work', { type: 'work.answer' }),
    'hand over': sendTo('work', { type: 'work.hand_over' }),
    'stop work': sendTo('work', ({ context: { why } }) => ({ type: 'work.stop', why })),
    'abandon work': sendTo('work', { type: 'work.abandon' }),
    'end work': sendTo('work', ({ context: { reason } }, { as }: { as: JobEnd }) => ({
      ...{ type: 'work.end', as, reason },
    })),
  },
  guards: {
    'is under way': ({ context }) => context.reason === '',
    'went well': ({ event }) => 'failed' in event && !event.failed,
    'was called off': ({ context: { why } }) =>
      why?.code === 'GOX_CANCELLED' || why?.code === 'GOX_SHUTTING_DOWN',
  },
  delays: {
    deadline: ({ context }) => context.timeout_ms,
    patience: ({ context }) => context.patience_ms,
    look: LOOK_MS,
    grace: GRACE_MS,
  },
}).createMachine({
  id: 'job',
  context: ({ input }) => ({ ...input, stage: 0, reason: '', why: undefined }),
  entry: ['introduce', 'start work', 'be patient'],
  initial: 'waiting',
  on: {
    'job.cancel': { target: '.cancelling', actions: 'note why' },
    'parts.failed': { target: '.cancelling', actions: 'note why' },
    'patience.over': { actions: ['look for a thread', 'look again'] },
  },
  after: { deadline: { guard: 'is under way', target: '.cancelling', actions: 'note deadline' } },
  states: {
    waiting: { on: { 'part.begun': 'running' } },
    running: {
      initial: 'stage',
      on: { 'parts.stalled': 'waiting' },
      states: {
        stage: {
          on: {
            'stage.begun': { actions: 'note stage' },
            'parts.handed_over': 'handing over',
            'parts.answered': [
              { guard: 'went well', target: '#job.done', actions: 'pass on the answer' },
              { target: '#job.cancelling', actions: ['pass on the answer', 'note failure'] },
            ],
          },
        },
        'handing over': {
          entry: 'hand over',
          on: {
            'call.answered': [
              { guard: 'went well', target: '#job.done' },
              { target: '#job.failed', actions: 'note failure' },
            ],
          },
        },
      },
    },
    cancelling: {
      entry: 'stop work',
      after: { grace: 'abandoned' },
      on: {
        // It ends already, and for the first reason there was.
        'job.cancel': {},
        'parts.failed': {},
        'patience.over': {},
        'parts.stopped': [{ guard: 'was called off', target: 'cancelled' }, { target: 'failed' }],
        'call.answered': [
          // The engine was done before it saw that it should stop.
          { guard: 'went well', target: 'done' },
          { guard: 'was called off', target: 'cancelled' },
          { target: 'failed' },
        ],
      },
    },
    done: { type: 'final', entry: { type: 'end work', params: { as: 'done' } } },
    cancelled: { type: 'final', entry: { type: 'end work', params: { as: 'cancelled' } } },
    failed: { type: 'final', entry: { type: 'end work', params: { as: 'failed' } } },
    abandoned: {
      type: 'final',
      entry: ['abandon work', { type: 'end work', params: { as: 'abandoned' } }],
    },
  },
});
