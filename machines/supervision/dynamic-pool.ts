/**
 * At most so many dynamic children, all of one kind. xstate copies the table of children whenever
 * one starts or stops, so a thousand under one actor cost a thousand times more than a thousand
 * spread over pools.
 *
 *     open → stopping
 */

import {
  type AnyActorLogic,
  type AnyActorRef,
  type EventObject,
  enqueueActions,
  sendParent,
  setup,
} from 'xstate';
import { isActive } from './hands.ts';
import { stopOrphans } from './orphans.ts';
import { type End, endOf } from './records.ts';
import type { Shutdown } from './spec.ts';

export interface PoolInput {
  /** What the ids of its children begin with. */
  readonly name: string;
  readonly logic: string;
  readonly shutdown: Shutdown;
}

export type PoolEvent =
  | { type: 'dynamic.pool.start'; number: number; input: object }
  | { type: 'dynamic.pool.tell'; number: number; event: EventObject }
  | { type: 'dynamic.pool.tell_all'; event: EventObject }
  | { type: 'dynamic.pool.stop'; now: boolean }
  | { type: 'dynamic.pool.late' }
  | { type: 'xstate.done.actor.*'; actorId: string }
  | { type: 'xstate.error.actor.*'; actorId: string };

/** `killed`: it was stopped by force; `late`: because it had not stopped in time. */
export type PoolReport = {
  type: 'dynamic.pool.ended';
  number: number;
  end: End;
  killed?: 'late' | 'at once';
};

function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf(':') + 1));
}

interface Scope {
  readonly self: AnyActorRef;
  readonly enqueue: {
    sendParent(event: EventObject): void;
    stopChild(id: string): void;
  };
}

/** Stops all that is left by force. */
function killAll({ self, enqueue }: Scope, killed: 'late' | 'at once', reason: string): void {
  for (const id of Object.keys(self.getSnapshot().children)) {
    enqueue.stopChild(id);
    const end = { abnormal: killed === 'late', reason };
    const report = { type: 'dynamic.pool.ended', number: numberOf(id), end, killed } as const;
    enqueue.sendParent(report satisfies PoolReport);
  }
}

export function dynamicPool(actors: Readonly<Record<string, AnyActorLogic>>) {
  return setup({
    types: { context: {} as PoolInput, events: {} as PoolEvent, input: {} as PoolInput },
    actors: { ...actors },
    guards: {
      'are killed': ({ context }) => context.shutdown === 'kill',
      'are waited for': ({ context }) => typeof context.shutdown === 'number',
    },
    actions: {
      start: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'dynamic.pool.start') return;
        const { number, input } = event;
        const id = `${context.name}:${number}`;
        enqueue.spawnChild(context.logic, { id, input: { ...input, number } });
      }),
      tell: enqueueActions(({ context, event, self, enqueue }) => {
        if (event.type !== 'dynamic.pool.tell') return;
        const child = self.getSnapshot().children[`${context.name}:${event.number}`];
        if (child !== undefined && isActive(child)) enqueue.sendTo(child, event.event);
      }),
      'tell all': enqueueActions(({ event, self, enqueue }) => {
        if (event.type !== 'dynamic.pool.tell_all') return;
        for (const child of Object.values(self.getSnapshot().children)) {
          if (child !== undefined && isActive(child)) enqueue.sendTo(child, event.event);
        }
      }),
      'ask all to stop': enqueueActions(({ event, self, enqueue }) => {
        const now = event.type === 'dynamic.pool.stop' && event.now;
        for (const child of Object.values(self.getSnapshot().children)) {
          if (child === undefined || !isActive(child)) continue;
          enqueue.sendTo(child, { type: 'child.stop', now } as EventObject);
        }
      }),
      'kill all': enqueueActions((scope) => killAll(scope, 'at once', 'stopped')),
      'kill the late': enqueueActions((scope) => {
        const within = `it had not stopped within ${scope.context.shutdown} ms`;
        killAll(scope, 'late', within);
      }),
      'note end': enqueueActions(({ event, self, enqueue }) => {
        if (!('actorId' in event)) return;
        const id = event.actorId;
        const child = self.getSnapshot().children[id];
        if (child === undefined || isActive(child)) return;
        enqueue(() => stopOrphans(child));
        enqueue.stopChild(id);
        const end = endOf(child.getSnapshot());
        const report = { type: 'dynamic.pool.ended', number: numberOf(id), end } as const;
        enqueue.sendParent(report satisfies PoolReport);
      }),
      'pass on': sendParent(({ event }) => event),
    },
    delays: {
      shutdown: ({ context: { shutdown } }) => (typeof shutdown === 'number' ? shutdown : 0),
    },
  }).createMachine({
    id: 'pool',
    context: ({ input }) => input,
    initial: 'open',
    on: {
      'dynamic.pool.tell': { actions: 'tell' },
      'dynamic.pool.tell_all': { actions: 'tell all' },
      'xstate.done.actor.*': { actions: 'note end' },
      'xstate.error.actor.*': { actions: 'note end' },
      'xstate.*': {},
      '*': { actions: 'pass on' },
    },
    states: {
      open: {
        on: {
          'dynamic.pool.start': { actions: 'start' },
          'dynamic.pool.stop': [
            { guard: 'are killed', target: 'stopping', actions: 'kill all' },
            { guard: 'are waited for', target: 'stopping.limited', actions: 'ask all to stop' },
            { target: 'stopping', actions: 'ask all to stop' },
          ],
        },
      },
      stopping: {
        initial: 'unlimited',
        on: { 'dynamic.pool.stop': { actions: 'ask all to stop' } },
        states: {
          unlimited: {},
          limited: { after: { shutdown: { target: 'unlimited', actions: 'kill the late' } } },
        },
      },
    },
  });
}
