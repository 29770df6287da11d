/** What would end by an event of the inspector, in words for who has to confirm it. */

import type { AnyActorRef, AnyEventObject } from 'xstate';
import {
  type FullSpec,
  judge,
  type Restart,
  type SupervisorSpec,
} from '../../machines/supervision/index.ts';
import { endingOf } from './sendable.ts';

/** What a supervisor knows of itself and its children (`machines/supervision/book.ts`). */
interface BookShape {
  readonly spec?: Partial<SupervisorSpec>;
  readonly children?: readonly { readonly spec: FullSpec }[];
  readonly restarts?: readonly Restart[];
}

/** @param now_ms of the clock of the supervisors */
export function endsBy(
  actor: AnyActorRef,
  event: AnyEventObject,
  now_ms: number,
): string | undefined {
  switch (endingOf(actor, event)) {
    case undefined:
      return undefined;
    case 'inspector':
      return 'the inspector, and this page with it';
    case 'client':
      return 'the connection of this client';
    case 'thread': {
      const isEngine = actor.id.startsWith('engine:');
      const follows = isEngine ? '; another makes its projects anew' : '';
      const often = isEngine ? '. An engine whose thread ends too often ends the daemon' : '';
      return `the thread of ${actor.id}${follows}${often}`;
    }
    default:
      return endOf(actor, now_ms);
  }
}

function endOf(actor: AnyActorRef, now_ms: number): string {
  const supervisor = actor._parent;
  if (supervisor === undefined) return 'the daemon: what is not kept on the disk is lost';
  const { spec = {}, children = [], restarts = [] } = contextOf(supervisor);
  const child = children.find(({ spec: { id } }) => id === actor.id)?.spec;
  if (child?.restart === 'temporary') return `${actor.id}, which is not started again`;
  if (spec.restarts === undefined) return actor.id;
  const { granted } = judge(spec.restarts, restarts, now_ms, () => 0);
  if (child?.escalates === true || !granted) {
    return `${actor.id}, and the daemon with it: what is not kept on the disk is lost`;
  }
  const others = spec.strategy === 'one_for_one' ? '' : ', and all that was started after it';
  const { max_restart_attempts, window_ms } = spec.restarts;
  const seconds = Math.round(window_ms / 1000);
  const limit = `more than ${max_restart_attempts} such ends within ${seconds} s end the daemon`;
  return `${actor.id}${others}. It is started again, but ${limit}`;
}

function contextOf(supervisor: AnyActorRef): BookShape {
  return (supervisor.getSnapshot() as { readonly context?: BookShape }).context ?? {};
}
