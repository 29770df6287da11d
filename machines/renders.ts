/**
 * Looks after the managed renders: every `renders.cleanup_interval_ms` those go whose time is over.
 *
 *     beginning → sweeping ⇄ resting      → stopped
 *     broken    a defect of the keeper; there is another one after a while
 *
 * The effect `keeper` does it, and removes all of them when it ends: they last as long as the
 * daemon. The first time is for what a daemon left that was killed.
 */

import { enqueueActions, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';

export interface RendersInput {
  config: Config;
}

export type RendersEvent =
  | { type: 'sweep.done' }
  | { type: 'child.stop'; now: boolean }
  | { type: 'xstate.error.actor.keeper'; error: unknown };

export type KeeperCommand = { type: 'keeper.sweep' };

/** A start has more urgent things to do. */
const SETTLING_MS = 1000;

/** What fails once fails again, and there is no hurry. */
const MENDING_MS = 60_000;

export const rendersMachine = setup({
  types: {
    context: {} as RendersInput,
    events: {} as RendersEvent,
    input: {} as RendersInput,
  },
  actors: { keeper: effect<KeeperCommand, undefined>('keeper') },
  actions: {
    'start keeper': spawnChild('keeper', { id: 'keeper' }),
    'drop keeper': stopChild('keeper'),
    sweep: enqueueActions((here) => tell(here, 'keeper', { type: 'keeper.sweep' })),
    /** Provided: say that nothing is removed for some time. */
    'announce defect': () => {},
  },
  delays: {
    interval: ({ context }) => context.config.renders.cleanup_interval_ms,
    settling: SETTLING_MS,
    mending: MENDING_MS,
  },
}).createMachine({
  id: 'renders',
  context: ({ input }) => input,
  initial: 'beginning',
  on: {
    'child.stop': '.stopped',
    'xstate.error.actor.keeper': '.broken',
  },
  states: {
    beginning: { entry: 'start keeper', after: { settling: 'sweeping' } },
    resting: { after: { interval: 'sweeping' } },
    sweeping: { entry: 'sweep', on: { 'sweep.done': 'resting' } },
    broken: {
      entry: ['announce defect', 'drop keeper'],
      after: { mending: 'beginning' },
    },
    stopped: { type: 'final' },
  },
});
