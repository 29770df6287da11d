/**
 * The leak search: it goes on while debug lines are on, and is nothing but a listener otherwise.
 *
 *     off ⇄ sampling{counting → resting → counting → …}
 *     broken    a defect of the counting; tried again after a while
 *
 * Every `leaks.interval_ms` the effect `counts` counts what there is of everything; what only grows
 * is found by `leak-rules.ts` and told. Where garbage may be all that grows, the effect has it
 * collected before, at most at every fourth count.
 */

import { assign, enqueueActions, setup, spawnChild, stopChild } from 'xstate';
import type { Config } from '../conf/schema.ts';
import { effect, tell } from './effects.ts';
import {
  type LeakCounts,
  type LeakSearch,
  NO_SEARCH,
  searchOn,
  wantsCollection,
} from './leak-rules.ts';

export interface LeaksInput {
  config: Config;
}

export type LeaksEvent =
  /** From the effect, which hears whether debug lines are on. */
  | { type: 'debug.on' }
  | { type: 'debug.off' }
  | { type: 'count.done'; counts: LeakCounts }
  | { type: 'xstate.error.actor.counts'; error: unknown };

/** `collect`: garbage first; `count.end`: there will be no count for some time. */
export type CountsCommand = { type: 'count.begin'; collect: boolean } | { type: 'count.end' };

export interface LeaksContext extends LeaksInput {
  search: LeakSearch;
}

/** It is no part of what the daemon is for, and what fails once fails again. */
const MENDING_MS = 60_000;

export const leaksMachine = setup({
  types: {
    context: {} as LeaksContext,
    events: {} as LeaksEvent,
    input: {} as LeaksInput,
  },
  actors: { counts: effect<CountsCommand, undefined>('counts') },
  actions: {
    /** It says at once when debug lines are on already. */
    listen: spawnChild('counts', { id: 'counts' }),
    count: enqueueActions((here) => {
      const collect = wantsCollection(here.context.search);
      tell(here, 'counts', { type: 'count.begin', collect });
    }),
    'end counting': enqueueActions((here) => tell(here, 'counts', { type: 'count.end' })),
    'search on': assign(({ context: { search }, event }) =>
      event.type === 'count.done' ? { search: searchOn(search, event.counts) } : {},
    ),
    forget: assign({ search: NO_SEARCH }),
    'drop counts': stopChild('counts'),
    /** Provided: say what only grew. */
    'announce findings': () => {},
    /** Provided: say that nothing can be counted for some time. */
    'announce defect': () => {},
  },
  delays: {
    interval: ({ context }) => context.config.leaks.interval_ms,
    mending: MENDING_MS,
  },
}).createMachine({
  id: 'leaks',
  context: ({ input }) => ({ ...input, search: NO_SEARCH }),
  initial: 'off',
  entry: 'listen',
  on: {
    'xstate.error.actor.counts': {
      target: '.broken',
      actions: ['announce defect', 'drop counts'],
    },
  },
  states: {
    off: {
      entry: 'forget',
      on: { 'debug.on': 'sampling' },
    },
    sampling: {
      initial: 'counting',
      on: { 'debug.off': { target: 'off', actions: 'end counting' } },
      states: {
        counting: {
          entry: 'count',
          on: {
            'count.done': { target: 'resting', actions: ['search on', 'announce findings'] },
          },
        },
        resting: { after: { interval: 'counting' } },
      },
    },
    broken: { after: { mending: { target: 'off', actions: 'listen' } } },
  },
});
