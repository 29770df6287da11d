/**
 * The inspector of a daemon: whether its page is served, where, and whether somebody looks.
 *
 *     off ⇄ starting → serving{idle ⇄ watched} → stopping → off, or starting elsewhere
 *              └───────────┴──→ failed
 *
 * The `server` effect has the port and the viewers. One that cannot have its port has failed, and
 * stays so until it is asked again: nothing else is tried, since whoever wants to look has to know
 * where. Everybody who asks is answered once, with what it came to. The token of the URL is none of
 * its business, so that who looks at this machine sees none.
 */

import { assign, enqueueActions, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';

export interface InspectorInput {
  config: Config;
}

/** What the effect is started with; port 0 is one that is free. */
export interface InspectorServerInput {
  readonly port: number;
}

export type InspectorCommand = { type: 'server.close' };

/** What became of what was asked. */
export type InspectorOutcome =
  | { readonly kind: 'serving'; readonly port: number }
  | { readonly kind: 'off' }
  | { readonly kind: 'failed'; readonly reason: string }
  /** Its daemon stops. */
  | { readonly kind: 'stopping' };

/** Called once. */
export type InspectorAnswer = (outcome: InspectorOutcome) => void;

export type InspectorEvent =
  /** Without a port: where it is, or where the configuration has it. */
  | { type: 'inspector.on'; port?: number; answer?: InspectorAnswer }
  | { type: 'inspector.off'; answer?: InspectorAnswer }
  | { type: 'server.serving'; port: number }
  | { type: 'server.failed'; reason: string }
  | { type: 'server.closed' }
  /** The first viewer is there; the last has gone. */
  | { type: 'viewers.came' }
  | { type: 'viewers.left' }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export interface InspectorContext extends InspectorInput {
  /** The port that it is to be served at; undefined when it is to be off. */
  wanted: number | undefined;
  /** The port that it is served at; 0 while it is not. */
  port: number;
  /** Why it has failed; empty when it has not. */
  reason: string;
  askers: readonly InspectorAnswer[];
}

/** It binds a port of this machine. */
const START_MS = 5000;
/** Viewers are told, and not waited for. */
const STOP_MS = 1000;

const SERVER = 'server';

export const inspectorMachine = setup({
  types: {
    context: {} as InspectorContext,
    events: {} as InspectorEvent,
    input: {} as InspectorInput,
  },
  actors: { server: effect<InspectorCommand, InspectorServerInput>('server') },
  actions: {
    'start server': spawnChild('server', {
      id: SERVER,
      input: ({ context }) => ({ port: context.wanted ?? 0 }),
    }),
    'close server': enqueueActions((to) => tell(to, SERVER, { type: 'server.close' })),
    'drop server': stopChild(SERVER),
    'want it as configured': assign({ wanted: ({ context }) => context.config.inspector.port }),
    'note asked': assign({
      wanted: ({ context: { wanted, config }, event }) => {
        if (event.type === 'inspector.off') return undefined;
        const asked = event.type === 'inspector.on' ? event.port : undefined;
        return asked ?? wanted ?? config.inspector.port;
      },
      askers: ({ context: { askers }, event }) => {
        const answer = 'answer' in event ? event.answer : undefined;
        return answer === undefined ? askers : [...askers, answer];
      },
    }),
    'note port': assign({
      port: ({ event }) => (event.type === 'server.serving' ? event.port : 0),
    }),
    'forget port': assign({ port: 0 }),
    'note failure': assign({
      wanted: undefined,
      reason: ({ event }) => {
        if (event.type === 'server.failed') return event.reason;
        if ('error' in event) return `a defect of the daemon: ${event.error}`;
        return `it did not begin within ${START_MS} ms`;
      },
    }),
    'forget failure': assign({ reason: '' }),
    'answer askers': ({ context: { askers, port, reason } }) => {
      const outcome = outcomeOf(port, reason);
      for (const answer of askers) answer(outcome);
    },
    'refuse askers': ({ context: { askers } }) => {
      for (const answer of askers) answer({ kind: 'stopping' });
    },
    'forget askers': assign({ askers: [] }),
    /** Provided: say where it is served. */
    'announce serving': () => {},
    /** Provided: say that it is not, any more. */
    'announce end': () => {},
    /** Provided: say why it is not. */
    'announce failure': () => {},
  },
  guards: {
    'is enabled': ({ context }) => context.config.inspector.enabled,
    'is wanted': ({ context }) => context.wanted !== undefined,
    /** What is wanted by now is the port that was got. */
    'is wanted there': ({ context: { wanted, port }, event }) => {
      const got = event.type === 'server.serving' ? event.port : port;
      return wanted === 0 || wanted === got;
    },
    'asks for elsewhere': ({ context: { port }, event }) => {
      const asked = event.type === 'inspector.on' ? (event.port ?? 0) : 0;
      return asked !== 0 && asked !== port;
    },
  },
  delays: { start: START_MS, stop: STOP_MS },
}).createMachine({
  id: 'inspector',
  context: ({ input }) => ({ ...input, wanted: undefined, port: 0, reason: '', askers: [] }),
  initial: 'begun',
  on: {
    'child.stop': '.closing',
    'xstate.error.actor.*': { target: '.failed', actions: 'note failure' },
  },
  states: {
    begun: {
      always: [
        { guard: 'is enabled', target: 'starting', actions: 'want it as configured' },
        { target: 'off' },
      ],
    },
    off: {
      entry: ['forget port', 'answer askers', 'forget askers'],
      on: {
        'inspector.on': { target: 'starting', actions: 'note asked' },
        'inspector.off': { actions: ['note asked', 'answer askers', 'forget askers'] },
        'child.stop': 'closed',
      },
    },
    starting: {
      entry: 'start server',
      on: {
        'server.serving': [
          { guard: 'is wanted there', target: 'serving', actions: 'note port' },
          { target: 'stopping' },
        ],
        'server.failed': { target: 'failed', actions: 'note failure' },
        'inspector.on': { actions: 'note asked' },
        'inspector.off': { target: 'stopping', actions: 'note asked' },
      },
      after: { start: { target: 'failed', actions: 'note failure' } },
    },
    serving: {
      entry: ['announce serving', 'answer askers', 'forget askers'],
      exit: 'announce end',
      on: {
        'inspector.on': [
          { guard: 'asks for elsewhere', target: 'stopping', actions: 'note asked' },
          { actions: ['note asked', 'answer askers', 'forget askers'] },
        ],
        'inspector.off': { target: 'stopping', actions: 'note asked' },
        'server.failed': { target: 'failed', actions: 'note failure' },
      },
      initial: 'idle',
      states: {
        idle: { on: { 'viewers.came': 'watched' } },
        watched: { on: { 'viewers.left': 'idle' } },
      },
    },
    stopping: {
      entry: ['forget port', 'close server'],
      exit: 'drop server',
      on: {
        'server.closed': [{ guard: 'is wanted', target: 'starting' }, { target: 'off' }],
        'inspector.on': { actions: 'note asked' },
        'inspector.off': { actions: 'note asked' },
      },
      after: { stop: [{ guard: 'is wanted', target: 'starting' }, { target: 'off' }] },
    },
    /** Until somebody asks again. */
    failed: {
      entry: ['forget port', 'drop server', 'announce failure', 'answer askers', 'forget askers'],
      exit: 'forget failure',
      on: {
        'inspector.on': { target: 'starting', actions: 'note asked' },
        'inspector.off': { target: 'off', actions: 'note asked' },
        'child.stop': 'closed',
      },
    },
    /** Its daemon stops. */
    closing: {
      entry: ['refuse askers', 'forget askers', 'close server'],
      on: {
        'server.closed': 'closed',
        'child.stop': 'closed',
        'xstate.error.actor.*': 'closed',
        'inspector.on': { actions: ['note asked', 'refuse askers', 'forget askers'] },
        'inspector.off': { actions: ['note asked', 'refuse askers', 'forget askers'] },
      },
      after: { stop: 'closed' },
    },
    closed: { type: 'final', entry: 'drop server' },
  },
});

function outcomeOf(port: number, reason: string): InspectorOutcome {
  if (reason !== '') return { kind: 'failed', reason };
  return port === 0 ? { kind: 'off' } : { kind: 'serving', port };
}
