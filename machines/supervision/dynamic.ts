/**
 * A supervisor of children that come and go, all made from one template: OTP's simple_one_for_one.
 *
 *     running → stopping → ended
 *
 * Each child has a number from 0 to `children_max - 1`, which is used again after its end; its id
 * is `name:number`. They are spread over pools (`dynamic-pool.ts`), which hide nothing: what a
 * child says to its parent goes on to the parent of this machine.
 */

import { assign, enqueueActions, setup } from 'xstate';
import {
  type DynamicContext,
  type DynamicEvent,
  newContext,
  noteEnd,
  passOn,
  passToAll,
  passToOne,
  refuse,
  sayEnded,
  start,
  startAgain,
  stopAll,
  stopPools,
  takeDynamicTurn,
} from './dynamic-children.ts';
import { dynamicPool } from './dynamic-pool.ts';
import type { SupervisorOutcome } from './records.ts';
import { checkTemplate, type DynamicSpec } from './spec.ts';
import type { SupervisorOptions } from './supervisor.ts';

export type { DynamicEvent, DynamicReport } from './dynamic-children.ts';

/** In each state rather than above them: xstate looks there first, and there are thousands. */
const AT_ANY_TIME = {
  'dynamic.tell': { actions: 'pass to one' },
  'dynamic.tell_all': { actions: 'pass to all' },
  'dynamic.pool.ended': { actions: 'note end' },
  'xstate.done.actor.*': { actions: 'fail' },
  'xstate.error.actor.*': { actions: 'fail' },
  'xstate.*': {},
  '*': { actions: 'pass on' },
} as const;

export type DynamicLogic = ReturnType<typeof dynamic>;

/**
 * The logic of a supervisor of dynamic children.
 *
 * @throws SpecError from its start, as the error of the actor, when the template cannot be
 */
export function dynamic(options: SupervisorOptions) {
  const names = Object.keys(options.logics);
  return parts(options).createMachine({
    id: 'dynamic',
    context: ({ input }) => {
      checkTemplate(input, names);
      return newContext(input);
    },
    initial: 'running',
    states: {
      running: {
        on: {
          ...AT_ANY_TIME,
          'dynamic.start': { actions: 'start' },
          'dynamic.due': { actions: 'start again' },
          'dynamic.stop': { target: 'stopping', actions: 'note who asks' },
          'child.stop': { target: 'stopping', actions: 'note who asks' },
          'dynamic.give_up': 'stopping',
        },
      },
      stopping: {
        entry: 'stop all',
        on: {
          ...AT_ANY_TIME,
          'dynamic.start': { actions: 'refuse' },
          'dynamic.due': {},
          'dynamic.stop': { actions: 'stop pools' },
          'child.stop': { actions: 'stop pools' },
        },
        always: { guard: 'all have ended', target: 'ended' },
      },
      ended: { type: 'final', entry: 'say ended' },
    },
    output: ({ context }) => context.outcome ?? { kind: 'stopped', by: 'nobody', forced: false },
  });
}

function parts({
  logics,
  now_ms,
  random = () => 0,
  report,
  wrap = (logic) => logic,
}: SupervisorOptions) {
  const ports = { now_ms, random, ...(report === undefined ? {} : { report }) };
  return setup({
    types: {
      context: {} as DynamicContext,
      events: {} as DynamicEvent,
      input: {} as DynamicSpec,
      output: {} as SupervisorOutcome,
    },
    actors: { pool: wrap(dynamicPool(logics)) },
    guards: {
      'all have ended': ({ context }) => context.numbers.size === 0,
    },
    actions: {
      start: enqueueActions((scope) => takeDynamicTurn(scope, ports, start)),
      'start again': enqueueActions((scope) => takeDynamicTurn(scope, ports, startAgain)),
      refuse: enqueueActions((scope) => takeDynamicTurn(scope, ports, refuse)),
      'pass to one': enqueueActions((scope) => takeDynamicTurn(scope, ports, passToOne)),
      'pass to all': enqueueActions((scope) => takeDynamicTurn(scope, ports, passToAll)),
      'note end': enqueueActions((scope) => takeDynamicTurn(scope, ports, noteEnd)),
      'note who asks': assign({
        outcome: ({ event }) => ({ kind: 'stopped' as const, by: byOf(event), forced: false }),
      }),
      'stop all': enqueueActions((scope) => takeDynamicTurn(scope, ports, stopAll)),
      'stop pools': enqueueActions((scope) => takeDynamicTurn(scope, ports, stopPools)),
      'say ended': enqueueActions((scope) => takeDynamicTurn(scope, ports, sayEnded)),
      // A pool does nothing but what is written here: its defect is one of this machine.
      fail: ({ event }) => {
        throw 'error' in event ? event.error : new Error('a pool has ended');
      },
      'pass on': enqueueActions((scope) => takeDynamicTurn(scope, ports, passOn)),
    },
  });
}

function byOf(event: DynamicEvent): string {
  return ('by' in event && event.by) || 'its supervisor';
}
