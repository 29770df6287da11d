/**
 * The listening sockets of the daemon, which outlive the listeners that accept from them.
 *
 *     binding → held → closing → closed
 *        └────────┴───────┴→ failed
 *
 * The `holder` effect binds them, or takes those that a service manager has bound, and holds them
 * until this stops. A change of the configuration is the holder's business too: it is carried out
 * as a whole or not at all, and answered; so it passes through here without a state of its own.
 */

import { assign, sendParent, sendTo, setup, spawnChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect } from './effects.ts';

/**
 * Why a socket cannot be had. `busy`: another process holds the path. `taken`: another has the
 * port. `denied`: this user may not. `wrong`: what is asked for cannot be. `refused`:
 * anything else of the system.
 */
export type ListenFailure = 'busy' | 'taken' | 'forbidden' | 'wrong' | 'refused';

/** The kinds of sockets, each with a listener of its own. */
export type SocketKind = 'unix' | 'tcp';

export interface SocketsInput {
  config: Config;
}

/** What became of a change: where clients can connect now, or why all is as it was. */
export type SocketsOutcome =
  | {
      readonly ok: true;
      readonly addresses: readonly string[];
      /** Keys that were changed and count from the next start only. */
      readonly waits: readonly string[];
    }
  | { readonly ok: false; readonly code: ListenFailure; readonly reason: string };

type Answer = (outcome: SocketsOutcome) => void;

export type SocketsEvent =
  | { type: 'holder.bound'; addresses: readonly string[] }
  | { type: 'holder.failed'; code: ListenFailure; reason: string }
  | { type: 'holder.closed' }
  /** Another configuration is to be gone by; `answer` is called once, whatever happens. */
  | { type: 'sockets.change'; config: Config; answer: Answer }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export type HolderCommand =
  | { type: 'holder.change'; config: Config; answer: Answer }
  | { type: 'holder.close' };

/** Said to the supervisor once clients can connect. */
type SocketsReport = { type: 'sockets.ready'; id: string; addresses: readonly string[] };

/** With which it ends when it failed. */
export interface SocketsFailure {
  failure: string;
  code: ListenFailure;
}

export const socketsMachine = setup({
  types: {
    context: {} as SocketsInput & { addresses: readonly string[]; failure: SocketsFailure },
    events: {} as SocketsEvent,
    input: {} as SocketsInput,
    output: {} as SocketsFailure | undefined,
  },
  actors: { holder: effect<HolderCommand, SocketsInput>('holder') },
  actions: {
    'start holder': spawnChild('holder', {
      id: 'holder',
      input: ({ context }) => ({ config: context.config }),
    }),
    'close holder': sendTo('holder', { type: 'holder.close' }),
    'change sockets': sendTo('holder', ({ event }) => ({
      ...(event as SocketsEvent & { type: 'sockets.change' }),
      type: 'holder.change',
    })),
    'refuse change': ({ event }) => {
      if (event.type !== 'sockets.change') return;
      const reason = 'the sockets are being bound or closed; ask again when that is done';
      event.answer({ ok: false, code: 'refused', reason });
    },
    'note addresses': assign({
      addresses: ({ event }) => (event.type === 'holder.bound' ? event.addresses : []),
    }),
    'note failure': assign({
      failure: ({ event }) => {
        if (event.type === 'holder.failed') return { failure: event.reason, code: event.code };
        const failure = 'error' in event ? String(event.error) : 'the sockets failed';
        return { failure, code: 'refused' as const };
      },
    }),
    'say ready': sendParent(
      ({ self: { id }, context: { addresses } }) =>
        ({ type: 'sockets.ready', id, addresses }) satisfies SocketsReport,
    ),
  },
}).createMachine({
  id: 'sockets',
  context: ({ input }) => ({
    ...input,
    addresses: [],
    failure: { failure: '', code: 'refused' },
  }),
  initial: 'binding',
  on: {
    'sockets.change': { actions: 'refuse change' },
    'child.stop': '.closing',
    'holder.failed': { target: '.failed', actions: 'note failure' },
    'xstate.error.actor.*': { target: '.failed', actions: 'note failure' },
  },
  states: {
    binding: {
      entry: 'start holder',
      on: { 'holder.bound': { target: 'held', actions: ['note addresses', 'say ready'] } },
    },
    held: {
      on: { 'sockets.change': { actions: 'change sockets' } },
    },
    closing: {
      entry: 'close holder',
      on: { 'holder.closed': 'closed', 'child.stop': {} },
    },
    closed: { type: 'final' },
    failed: { type: 'final', output: ({ context }) => context.failure },
  },
  output: ({ event }) => ('output' in event ? (event.output as SocketsFailure) : undefined),
});
