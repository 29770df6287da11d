/**
 * The server of metrics and health.
 *
 *     opening → serving ⇄ broken        closing → closed
 *        └→ failed
 *
 * It starts before almost everything else and stops after it, so that whoever watches over the
 * daemon hears that it starts and that it drains. What comes after it in the tree would be started
 * again with it, so it never ends by itself once it has served: a server that broke is opened again
 * here, after a wait that doubles up to a minute. Only one that cannot be had at the start ends the
 * start.
 */

import { assign, enqueueActions, sendParent, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';
import type { ListenFailure } from './sockets.ts';

export interface HttpInput {
  config: Config;
}

export type HttpEvent =
  | { type: 'server.serving'; address: string }
  | { type: 'server.failed'; code: ListenFailure; reason: string }
  | { type: 'server.closed' }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

/** `now`: answers that are under way are not waited for. */
export type HttpCommand = { type: 'server.close'; now: boolean };

/** Said to the supervisor once it serves. */
type HttpReport = { type: 'http.ready'; id: string; address: string };

/** With which it ends when it could not be had at the start. */
export interface HttpFailure {
  failure: string;
  code: ListenFailure;
}

const REOPEN_MS = 1000;
const REOPEN_MS_MAX = 60_000;

export const httpMachine = setup({
  types: {
    context: {} as HttpInput & {
      address: string;
      /** Whether it has served. */
      served: boolean;
      /** Times in a row that it broke or could not be opened. */
      breaks: number;
      failure: HttpFailure | undefined;
    },
    events: {} as HttpEvent,
    input: {} as HttpInput,
    output: {} as HttpFailure | undefined,
  },
  actors: { server: effect<HttpCommand, HttpInput>('server') },
  actions: {
    'start server': spawnChild('server', {
      id: 'server',
      input: ({ context: { config } }) => ({ config }),
    }),
    'drop server': stopChild('server'),
    'close server': enqueueActions((to) => {
      const now = to.event.type === 'child.stop' && to.event.now;
      tell(to, 'server', { type: 'server.close', now } satisfies HttpCommand);
    }),
    'note address': assign({
      ...{ served: true, breaks: 0 },
      address: ({ event }) => (event.type === 'server.serving' ? event.address : ''),
    }),
    'note failure': assign({
      breaks: ({ context }) => context.breaks + 1,
      failure: ({ event }) => failureOf(event),
    }),
    'say ready': sendParent(({ self: { id }, context: { address } }) => {
      return { type: 'http.ready', id, address } satisfies HttpReport;
    }),
    /** Provided: say that it broke, and is tried again. */
    'announce break': () => {},
    /** Provided: say that it serves again. */
    'announce return': () => {},
  },
  guards: { 'has served': ({ context }) => context.served },
  delays: {
    'reopen delay': ({ context: { breaks } }) =>
      Math.min(REOPEN_MS_MAX, REOPEN_MS * 2 ** Math.max(0, breaks - 1)),
  },
}).createMachine({
  id: 'http',
  context: ({ input }) => ({
    ...input,
    ...{ address: '', served: false, breaks: 0, failure: undefined },
  }),
  initial: 'opening',
  on: {
    'child.stop': '.closing',
    'server.failed': [
      { guard: 'has served', target: '.broken', actions: 'note failure' },
      { target: '.failed', actions: 'note failure' },
    ],
    'xstate.error.actor.*': [
      { guard: 'has served', target: '.broken', actions: 'note failure' },
      { target: '.failed', actions: 'note failure' },
    ],
  },
  states: {
    opening: {
      entry: 'start server',
      on: {
        'server.serving': [
          { guard: 'has served', target: 'serving', actions: ['note address', 'announce return'] },
          { target: 'serving', actions: ['note address', 'say ready'] },
        ],
      },
    },
    serving: {},
    broken: {
      entry: ['drop server', 'announce break'],
      after: { 'reopen delay': 'opening' },
      on: { 'child.stop': 'closed' },
    },
    closing: {
      entry: 'close server',
      on: {
        'server.closed': 'closed',
        'server.failed': 'closed',
        'xstate.error.actor.*': 'closed',
        // Asked again: nobody is waited for.
        'child.stop': { actions: 'close server' },
      },
    },
    closed: { type: 'final' },
    failed: { type: 'final', output: ({ context }) => context.failure },
  },
  output: ({ event }) => ('output' in event ? (event.output as HttpFailure) : undefined),
});

function failureOf(event: HttpEvent): HttpFailure {
  if (event.type === 'server.failed') return { failure: event.reason, code: event.code };
  return { failure: 'error' in event ? String(event.error) : event.type, code: 'refused' };
}
