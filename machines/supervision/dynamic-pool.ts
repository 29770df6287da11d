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
  type AnyEventObject,
  type EventObject,
  enqueueActions,
  sendParent,
  setup,
  stopChild,
} from 'xstate';
import { isActive } from './hands.ts';
import { hasOrphans, stopOrphans } from './orphans.ts';
import { type End, endOf } from './records.ts';
import type { Shutdown } from './spec.ts';

type Children = Readonly<Record<string, AnyActorRef | undefined>>;

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
  | { type: 'xstate.done.actor.*'; actorId: string; output: unknown }
  | { type: 'xstate.error.actor.*'; actorId: string; error: unknown };

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

/** In each state rather than above them: xstate looks there first, and there are thousands. */
const AT_ANY_TIME = {
  'dynamic.pool.tell': { actions: 'tell' },
  'dynamic.pool.tell_all': { actions: 'tell all' },
  'xstate.done.actor.*': { actions: ['stop orphans', 'drop child', 'say ended'] },
  'xstate.error.actor.*': { actions: ['stop orphans', 'drop child', 'say ended'] },
  'xstate.*': {},
  '*': { actions: 'pass on' },
} as const;

/** The logic of a pool; its parent is the machine of `dynamic.ts`. */
export function dynamicPool(actors: Readonly<Record<string, AnyActorLogic>>) {
  return parts(actors).createMachine({
    id: 'pool',
    context: ({ input }) => input,
    initial: 'open',
    states: {
      open: {
        on: {
          ...AT_ANY_TIME,
          'dynamic.pool.start': { actions: 'start' },
          'dynamic.pool.stop': [
            { guard: 'are killed', target: 'stopping', actions: 'kill all' },
            { guard: 'have a deadline', target: 'stopping.limited', actions: 'ask all to stop' },
            { target: 'stopping', actions: 'ask all to stop' },
          ],
        },
      },
      stopping: {
        on: { ...AT_ANY_TIME, 'dynamic.pool.stop': { actions: 'ask all to stop' } },
        initial: 'unlimited',
        states: {
          unlimited: {},
          limited: { after: { shutdown: { target: 'unlimited', actions: 'kill the late' } } },
        },
      },
    },
  });
}

function parts(actors: Readonly<Record<string, AnyActorLogic>>) {
  return setup({
    types: { context: {} as PoolInput, events: {} as PoolEvent, input: {} as PoolInput },
    actors: { ...actors },
    guards: {
      'are killed': ({ context }) => context.shutdown === 'kill',
      'have a deadline': ({ context }) => typeof context.shutdown === 'number',
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
      'tell all': enqueueActions((scope) => {
        if (scope.event.type === 'dynamic.pool.tell_all') tellAll(scope, scope.event.event);
      }),
      'ask all to stop': enqueueActions((scope) => {
        const now = scope.event.type === 'dynamic.pool.stop' && scope.event.now;
        tellAll(scope, { type: 'child.stop', now });
      }),
      'kill all': enqueueActions((scope) => killAll(scope, 'at once', 'stopped')),
      'kill the late': enqueueActions((scope) => {
        const within = `it had not stopped within ${scope.context.shutdown} ms`;
        killAll(scope, 'late', within);
      }),
      'stop orphans': ({ event, self }) => {
        if ('actorId' in event) stopOrphans(self.getSnapshot().children[event.actorId]);
      },
      'drop child': stopChild(({ event }) => ('actorId' in event ? event.actorId : '')),
      'say ended': sendParent(({ event }) => endedOf(event)),
      'pass on': sendParent(({ event }) => event),
    },
    delays: {
      shutdown: ({ context: { shutdown } }) => (typeof shutdown === 'number' ? shutdown : 0),
    },
  });
}

interface Scope {
  readonly self: AnyActorRef;
  readonly enqueue: {
    (action: () => void): void;
    sendTo(actor: AnyActorRef, event: AnyEventObject): void;
    sendParent(event: PoolReport): void;
    stopChild(id: string): void;
  };
}

function tellAll({ self, enqueue }: Scope, event: AnyEventObject): void {
  const children: Children = self.getSnapshot().children;
  for (const child of Object.values(children)) {
    if (child !== undefined && isActive(child)) enqueue.sendTo(child, event);
  }
}

/** Stops all that is left by force. */
function killAll({ self, enqueue }: Scope, killed: 'late' | 'at once', reason: string): void {
  const children: Children = self.getSnapshot().children;
  for (const [id, child] of Object.entries(children)) {
    if (hasOrphans(child)) enqueue(() => stopOrphans(child));
    enqueue.stopChild(id);
    const end = { abnormal: killed === 'late', reason };
    enqueue.sendParent({ type: 'dynamic.pool.ended', number: numberOf(id), end, killed });
  }
}

/** What the end of a child is told as. */
function endedOf(event: PoolEvent): PoolReport {
  const id = 'actorId' in event ? event.actorId : '';
  const status = 'error' in event ? 'error' : 'done';
  return { type: 'dynamic.pool.ended', number: numberOf(id), end: endOf({ ...event, status }) };
}
