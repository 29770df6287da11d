/**
 * One step of the start of the process: something done to it before it serves, and undone when the
 * daemon stops.
 *
 *     beginning → done → undoing → undone
 *         └→ failed
 *
 * The `work` effect does it. A step that fails ends with its reason and a code, for whoever started
 * the daemon: `supervisor/outcome.ts` says what becomes of it.
 */

import { assign, sendParent, sendTo, setup, spawnChild } from 'xstate';
import { effect } from './effects.ts';

/**
 * Why a step failed. `held`: another daemon runs. `forbidden`: this user may not. `uncreatable`: a
 * file cannot be made. `wrong`: what is configured cannot be. `system`: the system is short of
 * something, or lacks it.
 */
export type StepCode = 'held' | 'forbidden' | 'uncreatable' | 'wrong' | 'system';

export type StepEvent =
  | { type: 'step.done'; info: Readonly<Record<string, unknown>> }
  | { type: 'step.failed'; code: StepCode; reason: string }
  | { type: 'step.undone' }
  | { type: 'child.stop'; now: boolean };

/** Said to the supervisor once it is done. */
type StepReport = { type: 'step.ready'; id: string };

export type StepCommand = { type: 'step.undo' };

/** With which a step ends that failed. */
export interface StepFailure {
  failure: string;
  code: StepCode;
}

export const stepMachine = setup({
  types: {
    context: {} as { failure: StepFailure | undefined },
    events: {} as StepEvent,
    output: {} as StepFailure | undefined,
  },
  actors: { work: effect<StepCommand, undefined>('work') },
  actions: {
    'start work': spawnChild('work', { id: 'work' }),
    undo: sendTo('work', { type: 'step.undo' }),
    'say ready': sendParent(({ self: { id }, event }) => {
      const info = event.type === 'step.done' ? event.info : {};
      return { ...info, type: 'step.ready', id } satisfies StepReport;
    }),
    'note failure': assign({
      failure: ({ event }) => {
        if (event.type !== 'step.failed') return undefined;
        return { failure: event.reason, code: event.code };
      },
    }),
  },
}).createMachine({
  id: 'step',
  context: { failure: undefined },
  initial: 'beginning',
  entry: 'start work',
  states: {
    beginning: {
      on: {
        'step.done': { target: 'done', actions: 'say ready' },
        'step.failed': { target: 'failed', actions: 'note failure' },
        'child.stop': 'undoing',
      },
    },
    done: { on: { 'child.stop': 'undoing' } },
    undoing: { entry: 'undo', on: { 'step.undone': 'undone', 'step.failed': 'undone' } },
    undone: { type: 'final' },
    failed: { type: 'final' },
  },
  output: ({ context }) => context.failure,
});
