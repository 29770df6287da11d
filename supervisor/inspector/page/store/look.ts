/** What is looked at: an actor as it is now, or as one of its snapshots was. */

import type { Delay, Transition } from '../../protocol.ts';
import type { HeardState } from './messages.ts';
import type { Shot } from './timeline.ts';
import type { Actor, World } from './world.ts';

export interface Look {
  readonly actor: Actor;
  readonly state: HeardState;
  readonly last: Transition | undefined;
  readonly delays: readonly Delay[];
  /** The snapshot, its place among those that are kept from 0, and how many those are. */
  readonly shot: Shot | undefined;
  readonly index: number;
  readonly shots: number;
  /** The one before it. */
  readonly before: Shot | undefined;
  /** It is as the actor is now. */
  readonly live: boolean;
}

/** `number` is of the snapshot; undefined: the newest. One that is gone is taken for the oldest. */
export function lookAt(
  world: World,
  session: string | undefined,
  number: number | undefined,
): Look | undefined {
  const actor = session === undefined ? undefined : world.actors.get(session);
  if (actor === undefined || session === undefined) return undefined;
  const ring = world.timeline.of(session);
  const shots = ring?.length ?? 0;
  let index = shots - 1;
  if (number !== undefined) {
    while (index > 0 && (ring?.at(index)?.number ?? 0) > number) index -= 1;
  }
  const shot = ring?.at(index);
  const live = number === undefined;
  return {
    actor,
    state: live ? actor.state : (shot?.state ?? actor.state),
    last: live ? actor.last : shot?.transitions.at(-1),
    delays: live ? actor.delays : (shot?.delays ?? []),
    shot,
    index,
    shots,
    before: ring?.at(index - 1),
    live,
  };
}

/** The number of the snapshot so many steps from that which is looked at; undefined: now. */
export function stepFrom(world: World, look: Look, steps: number): number | undefined {
  const to = look.index + steps;
  const ring = world.timeline.of(look.actor.session);
  if (to >= look.shots - 1 && steps > 0) return undefined;
  return ring?.at(Math.max(0, Math.min(look.shots - 1, to)))?.number;
}
