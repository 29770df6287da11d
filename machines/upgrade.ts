/**
 * The daemon's own replacement by another process, without a client being refused.
 *
 *     idle → starting → waiting → handing over → handed over
 *       ↑       └──────────┴────────────┤
 *       └───────────────────────── taking back
 *
 * `starting`: the successor comes up; it has the listening sockets and accepts nothing. `waiting`:
 * it could take over, and jobs that are under way get some time to end. `handing over`: no request
 * is read any more, those that were are answered, and connections and projects are given to the
 * successor. Whoever asked is answered before that: their connection is one of them. Until the
 * successor says that it runs, everything can be taken back, and is, when it ends, or is too slow.
 * `handed over`: the daemon has only to end; the root does that.
 */

import { assign, enqueueActions, sendTo, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';

/** What is known of a process that can take over. */
export interface ReadySuccessor {
  readonly pid: number;
  readonly version: string;
}

/** What became of the wish, for who asked. */
export type UpgradeOutcome =
  | ({ readonly kind: 'handing over' } & ReadySuccessor)
  /** All is as it was. */
  | {
      readonly kind: 'failed';
      readonly reason: string;
      /** The code with which the successor ended. */
      readonly exit_code?: number | undefined;
      /** The last lines that it wrote. */
      readonly talk: readonly string[];
    }
  /** It was not even tried. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stopping' };

export interface UpgradeInput {
  config: Config;
}

export type UpgradeEvent =
  /** `answer` is called once. */
  | { type: 'upgrade.asked'; by: string; answer: (outcome: UpgradeOutcome) => void }
  | ({ type: 'successor.ready' } & ReadySuccessor)
  | {
      type: 'successor.failed';
      reason: string;
      exit_code?: number | undefined;
      talk: readonly string[];
    }
  /** No job is under way. */
  | { type: 'work.quiet' }
  /** The successor has everything. */
  | { type: 'estate.gone' }
  /** It has nothing, and is gone. */
  | { type: 'estate.back' }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export type UpgradeCommand =
  /** Say when no job is under way. */
  | { type: 'estate.look' }
  | { type: 'estate.hand_over' }
  /** End the successor and go on as before. */
  | { type: 'estate.take_back' };

export interface UpgradeContext extends UpgradeInput {
  by: string;
  answer: ((outcome: UpgradeOutcome) => void) | undefined;
  successor: ReadySuccessor | undefined;
  failure: Extract<UpgradeOutcome, { kind: 'failed' }> | undefined;
}

const ESTATE = 'estate';

/** All is as it was: to the log, and to who asked if they have had no answer. */
const REPORT = ['announce failure', 'answer failure', 'forget asker'] as const;

/** By default a start takes some tenths of a second; on a disk that is slow, some seconds. */
const START_MS = 60_000;
/** Beyond the time in which requests end: taking over is a matter of some tenths of a second. */
const TAKE_OVER_MS = 30_000;
/** It ends the successor, which has two seconds for that. */
const TAKE_BACK_MS = 30_000;

export const upgradeMachine = setup({
  types: {
    context: {} as UpgradeContext,
    events: {} as UpgradeEvent,
    input: {} as UpgradeInput,
  },
  actors: { estate: effect<UpgradeCommand, UpgradeInput>('estate') },
  guards: {
    /** Provided: why it cannot be, if it cannot. */
    'cannot be': () => false,
  },
  actions: {
    'note asker': assign(({ context, event }) => {
      if (event.type !== 'upgrade.asked') return context;
      const { by, answer } = event;
      return { by, answer, successor: undefined, failure: undefined };
    }),
    /** Provided: answers why it cannot be. */
    'refuse asker': () => {},
    'say busy': ({ event }) => {
      if (event.type === 'upgrade.asked')
        event.answer({ kind: 'refused', reason: 'another upgrade is under way' });
    },
    'say stopping': ({ event }) => {
      if (event.type === 'upgrade.asked') event.answer({ kind: 'stopping' });
    },
    'start estate': spawnChild('estate', {
      id: ESTATE,
      input: ({ context: { config } }) => ({ config }),
    }),
    'drop estate': stopChild(ESTATE),
    'look for jobs': sendTo(ESTATE, { type: 'estate.look' }),
    'hand over': sendTo(ESTATE, { type: 'estate.hand_over' }),
    'take back': enqueueActions((to) => tell(to, ESTATE, { type: 'estate.take_back' })),
    'note successor': assign({
      successor: ({ event }) => {
        if (event.type !== 'successor.ready') return undefined;
        return { pid: event.pid, version: event.version };
      },
    }),
    'note failure': assign({ failure: ({ event }) => failureOf(event) }),
    'answer ready': ({ context: { answer, successor } }) => {
      if (successor !== undefined) answer?.({ kind: 'handing over', ...successor });
    },
    'answer failure': ({ context: { answer, failure } }) => {
      if (failure !== undefined) answer?.(failure);
    },
    'answer stopping': ({ context: { answer } }) => answer?.({ kind: 'stopping' }),
    'forget asker': assign({ answer: undefined }),
    /** Provided: say that it begins. */
    'announce start': () => {},
    /** Provided: say that the successor takes over now. */
    'announce hand over': () => {},
    /** Provided: say why all is as it was. */
    'announce failure': () => {},
    /** Provided: have the daemon end. */
    'end daemon': () => {},
  },
  delays: {
    /** May be provided. */
    start: START_MS,
    jobs: ({ context: { config } }) => config.performance.shutdown_timeout_ms,
    'hand over': ({ context: { config } }) => config.performance.shutdown_timeout_ms + TAKE_OVER_MS,
    'take back': TAKE_BACK_MS,
  },
}).createMachine({
  id: 'upgrade',
  context: ({ input }) => ({
    ...input,
    ...{ by: '', answer: undefined, successor: undefined, failure: undefined },
  }),
  initial: 'idle',
  on: {
    'upgrade.asked': { actions: 'say busy' },
    'child.stop': { target: '.ended', actions: ['answer stopping', 'forget asker'] },
    'successor.failed': { target: '.taking back', actions: 'note failure' },
    // It catches whatever may fail, so that this is a defect.
    'xstate.error.actor.*': {
      target: '.idle',
      actions: ['note failure', 'drop estate', ...REPORT],
    },
  },
  states: {
    idle: {
      on: {
        'upgrade.asked': [
          { guard: 'cannot be', actions: 'refuse asker' },
          { target: 'starting', actions: 'note asker' },
        ],
      },
    },
    starting: {
      entry: ['announce start', 'start estate'],
      on: { 'successor.ready': { target: 'waiting', actions: 'note successor' } },
      after: { start: { target: 'taking back', actions: 'note failure' } },
    },
    waiting: {
      entry: 'look for jobs',
      on: { 'work.quiet': 'handing over' },
      after: { jobs: 'handing over' },
    },
    'handing over': {
      entry: ['announce hand over', 'answer ready', 'forget asker', 'hand over'],
      on: { 'estate.gone': 'handed over' },
      after: { 'hand over': { target: 'taking back', actions: 'note failure' } },
    },
    'taking back': {
      entry: 'take back',
      on: {
        'estate.back': { target: 'idle', actions: ['drop estate', ...REPORT] },
        'successor.failed': {},
      },
      after: { 'take back': { target: 'idle', actions: ['drop estate', ...REPORT] } },
    },
    'handed over': {
      entry: 'end daemon',
      on: { 'successor.failed': {}, 'xstate.error.actor.*': {} },
    },
    ended: { type: 'final' },
  },
});

function failureOf(event: UpgradeEvent): Extract<UpgradeOutcome, { kind: 'failed' }> {
  if (event.type === 'successor.failed') {
    const { reason, exit_code, talk } = event;
    return { kind: 'failed', reason, exit_code, talk };
  }
  const reason =
    'error' in event ? `a defect of the daemon: ${event.error}` : 'it was not ready in time';
  return { kind: 'failed', reason, talk: [] };
}
