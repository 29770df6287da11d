/**
 * The configuration of the daemon while it runs, and how it comes to another.
 *
 *     starting → idle → reading → applying → resting → idle → …
 *         └───────┴────────┴─────────┴──────────┴──→ stopping → stopped
 *
 * `reading`: the sources are read again and checked as a whole, and nothing has changed yet.
 * `applying`: what has changed is taken over, one part of the daemon after the other; a part that
 * cannot makes those before it go back. So a reload comes to all of the new configuration or to
 * none of it, and everybody who asked is told which.
 *
 * One reload at a time. Whoever asks while one is under way has missed what it read, and is
 * answered by another one after it, however many ask. Who asks while the daemon starts waits until
 * it is up; who asks while it stops is refused.
 */

import { assign, type EventObject, setup } from 'xstate';
import type { Change } from '../conf/changes.ts';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';

/** What was read, and passed all checks. */
export interface Found {
  readonly config: Config;
  readonly live: readonly Change[];
  readonly waiting: readonly Change[];
  readonly warnings: readonly string[];
}

/** What became of a reload. */
export type ReloadOutcome =
  | {
      readonly kind: 'applied';
      readonly applied: readonly Change[];
      readonly restart_needed: readonly Change[];
      readonly warnings: readonly string[];
    }
  /** All is as it was; each problem is a sentence. */
  | { readonly kind: 'refused'; readonly problems: readonly string[] }
  | { readonly kind: 'stopping' };

export interface Asker {
  /** For the log. */
  readonly by: string;
  /** Called once. */
  readonly answer?: ((outcome: ReloadOutcome) => void) | undefined;
}

export type ConfigurationEvent =
  | ({ type: 'reload.asked' } & Asker)
  /** The whole tree has started; the daemon begins to stop. */
  | { type: 'daemon.running' }
  | { type: 'daemon.stopping' }
  | { type: 'reader.found'; found: Found }
  | { type: 'reader.refused'; problems: readonly string[] }
  | { type: 'applier.done'; applied: readonly Change[]; restart_needed: readonly Change[] }
  | { type: 'applier.refused'; problems: readonly string[] }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export interface ConfigurationContext {
  /** Those who have asked since the last reload began, and those whom it is for. */
  next: readonly Asker[];
  current: readonly Asker[];
  found: Found | undefined;
  outcome: ReloadOutcome | undefined;
}

/** A file, and those that it names; on a disk that answers these are milliseconds. */
const READ_TIMEOUT_MS = 10_000;
/** Each part has a limit of its own; this only bounds what they might get wrong. */
const APPLY_TIMEOUT_MS = 300_000;
/** Reading takes some ten ms of the main thread: no storm of signals has it do nothing else. */
const REST_MS = 100;

export const configurationMachine = setup({
  types: {
    context: {} as ConfigurationContext,
    events: {} as ConfigurationEvent,
  },
  actors: {
    reader: effect<EventObject, undefined>('reader'),
    applier: effect<EventObject, Found>('applier'),
  },
  guards: {
    /** Provided: whether the daemon is up already, when this is started anew. */
    'is up': () => false,
    'somebody has asked': ({ context }) => context.next.length > 0,
  },
  actions: {
    'note asker': assign({
      next: ({ context: { next }, event }) => {
        if (event.type !== 'reload.asked') return next;
        const { by, answer } = event;
        // A signal waits for no answer, so many of them are one.
        if (answer === undefined && next.some((one) => one.by === by)) return next;
        return [...next, { by, answer }];
      },
    }),
    'begin reload': assign({ current: ({ context }) => context.next, next: [], found: undefined }),
    'note found': assign({
      found: ({ event }) => (event.type === 'reader.found' ? event.found : undefined),
    }),
    'note outcome': assign({ outcome: ({ context, event }) => outcomeOf(event, context.found) }),
    answer: ({ context: { current, outcome } }) => {
      if (outcome !== undefined) for (const one of current) one.answer?.(outcome);
    },
    'forget askers': assign({ current: [] }),
    'refuse all': ({ context: { current, next } }) => {
      for (const one of [...current, ...next]) one.answer?.({ kind: 'stopping' });
    },
    'forget all': assign({ current: [], next: [] }),
    'refuse asker': ({ event }) => {
      if (event.type === 'reload.asked') event.answer?.({ kind: 'stopping' });
    },
    /** Provided: say that a reload begins, and who asked for it. */
    'announce reload': () => {},
    /** Provided: say what became of it. */
    'announce outcome': () => {},
  },
  delays: {
    'read timeout': READ_TIMEOUT_MS,
    'apply timeout': APPLY_TIMEOUT_MS,
    rest: REST_MS,
  },
}).createMachine({
  id: 'configuration',
  context: { next: [], current: [], found: undefined, outcome: undefined },
  initial: 'starting',
  on: {
    'reload.asked': { actions: 'note asker' },
    'daemon.stopping': '.stopping',
    'child.stop': '.stopped',
  },
  states: {
    starting: {
      on: { 'daemon.running': 'idle' },
      always: { guard: 'is up', target: 'idle' },
    },
    idle: {
      always: { guard: 'somebody has asked', target: 'reading' },
    },
    reading: {
      entry: ['begin reload', 'announce reload'],
      invoke: { src: 'reader', id: 'reader' },
      on: {
        'reader.found': { target: 'applying', actions: 'note found' },
        'reader.refused': { target: 'resting', actions: 'note outcome' },
        'xstate.error.actor.*': { target: 'resting', actions: 'note outcome' },
      },
      after: { 'read timeout': { target: 'resting', actions: 'note outcome' } },
    },
    applying: {
      invoke: { src: 'applier', id: 'applier', input: ({ context }) => context.found as Found },
      on: {
        'applier.done': { target: 'resting', actions: 'note outcome' },
        'applier.refused': { target: 'resting', actions: 'note outcome' },
        'xstate.error.actor.*': { target: 'resting', actions: 'note outcome' },
      },
      after: { 'apply timeout': { target: 'resting', actions: 'note outcome' } },
    },
    /** However many ask, reloads take a small part of the time. */
    resting: {
      entry: ['announce outcome', 'answer', 'forget askers'],
      after: { rest: 'idle' },
    },
    stopping: {
      entry: ['refuse all', 'forget all'],
      on: { 'reload.asked': { actions: 'refuse asker' }, 'daemon.stopping': {} },
    },
    stopped: { type: 'final', entry: ['refuse all', 'forget all'] },
  },
});

function outcomeOf(event: ConfigurationEvent, found: Found | undefined): ReloadOutcome {
  switch (event.type) {
    case 'applier.done': {
      const { applied, restart_needed } = event;
      return { kind: 'applied', applied, restart_needed, warnings: found?.warnings ?? [] };
    }
    case 'reader.refused':
    case 'applier.refused':
      return { kind: 'refused', problems: event.problems };
    default:
      return { kind: 'refused', problems: [problemOf(event, found)] };
  }
}

function problemOf(event: ConfigurationEvent, found: Found | undefined): string {
  if ('error' in event) return `a defect of the daemon: ${event.error}`;
  if (found === undefined) {
    return `reading the configuration was not done within ${READ_TIMEOUT_MS} ms`;
  }
  const late = `taking the configuration over was not done within ${APPLY_TIMEOUT_MS} ms`;
  return `${late}; what was taken over by then counts: ask again, or restart the daemon`;
}
