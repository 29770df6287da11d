/**
 * The supervisor of engines, one for one: of those that own projects, and another of those that run
 * jobs. Each engine restarts its own worker; an engine whose restarts are used up escalates, and
 * this supervisor passes that on as `engines.failed`, after which the daemon stops rather than run
 * crippled. A job thread escalates only a defect: jobs can wait, or be refused.
 */

import { assign, enqueueActions, sendParent, setup, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { tell } from './effects.ts';
import { type EngineEvent, type EngineReport, engineMachine } from './engine.ts';

export interface EnginesInput {
  /** What the ids of its engines begin with. */
  kind: 'engine' | 'job';
  count: number;
  config: Config;
  random: () => number;
}

export type EnginesEvent =
  | EngineReport
  | { type: 'engines.stop' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

export type EnginesReport =
  | { type: 'engines.ready'; kind: EnginesInput['kind'] }
  | { type: 'engines.failed'; reason: string }
  | { type: 'engines.stopped' };

function engineId({ kind }: EnginesInput, index: number): string {
  return `${kind}:${index}`;
}

export const enginesMachine = setup({
  types: {
    context: {} as EnginesInput & { ready: number[]; left: number; reason: string },
    events: {} as EnginesEvent,
    input: {} as EnginesInput,
  },
  actors: { engine: engineMachine },
  actions: {
    'start engines': enqueueActions(({ context, enqueue }) => {
      for (let index = 0; index < context.count; index += 1) {
        const { kind, config, random } = context;
        const input = { kind, index, config, random };
        enqueue.spawnChild('engine', { id: engineId(context, index), input });
      }
    }),
    'stop engines': enqueueActions((to) => {
      const { context } = to;
      // The last started stops first.
      for (let index = context.count - 1; index >= 0; index -= 1) {
        tell(to, engineId(context, index), { type: 'engine.stop' } satisfies EngineEvent);
      }
    }),
    'note ready': assign({
      ready: ({ context, event }) =>
        event.type === 'engine.ready' && !context.ready.includes(event.index)
          ? [...context.ready, event.index]
          : context.ready,
    }),
    'note reason': assign({
      reason: ({ context, event }) => {
        if (event.type === 'engine.failed') {
          return `${engineId(context, event.index)} gave up: ${event.reason}`;
        }
        return 'error' in event ? String(event.error) : 'an engine failed';
      },
    }),
    'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
    'count down': assign({ left: ({ context }) => context.left - 1 }),
    'say ready': sendParent(({ context }) => ({ type: 'engines.ready', kind: context.kind })),
    'say failed': sendParent(({ context }) => ({
      type: 'engines.failed',
      reason: context.reason,
    })),
    'say stopped': sendParent({ type: 'engines.stopped' }),
  },
  guards: {
    'all are ready': ({ context }) => context.ready.length === context.count,
    'none is left': ({ context }) => context.left === 0,
  },
}).createMachine({
  id: 'engines',
  context: ({ input }) => ({ ...input, ready: [], left: input.count, reason: '' }),
  entry: 'start engines',
  initial: 'starting',
  on: {
    'engines.stop': '.stopping',
    'engine.failed': { target: '.failed', actions: 'note reason' },
    'xstate.error.actor.*': {
      target: '.failed',
      actions: ['note reason', 'drop child', 'count down'],
    },
    'xstate.done.actor.*': { actions: ['drop child', 'count down'] },
  },
  states: {
    starting: {
      on: { 'engine.ready': { actions: 'note ready' } },
      always: { guard: 'all are ready', target: 'running' },
    },
    running: { entry: 'say ready' },
    failed: { entry: 'say failed' },
    stopping: {
      entry: 'stop engines',
      // Nothing else can go wrong now: what fails is going anyway.
      on: {
        'engine.failed': {},
        'xstate.error.actor.*': { actions: ['drop child', 'count down'] },
      },
      always: { guard: 'none is left', target: 'stopped' },
    },
    stopped: { type: 'final', entry: 'say stopped' },
  },
});
