/**
 * `idle` and `busy` are states of machines, and a transition costs as much as ten requests. So an
 * effect says that its work begins or ends only while somebody looks, and what it does at the
 * moment when the looking begins. Kept beside the actors, as their vitals are.
 */

import type { AnyActorRef } from 'xstate';
import type { WorkEvent } from '../machines/effects.ts';

/** What one effect has to do. */
export interface Work {
  /** It may have become busy, or idle: for an effect to say whenever that may be so. */
  touch(): void;
  /** Its machine has forgotten what it was told. */
  renew(): void;
  /** The effect has ended. */
  end(): void;
}

/** Who looks at one tree of actors, and the effects that have something to show. */
class Watch {
  readonly shows = new Set<() => void>();
  lookers = 0;
}

const watches = new WeakMap<object, Watch>();

function watchOf({ system }: AnyActorRef): Watch {
  const known = watches.get(system);
  if (known !== undefined) return known;
  const watch = new Watch();
  watches.set(system, watch);
  return watch;
}

/** Has an effect show whether it is busy, by its machine. */
export function showWork(
  effect: AnyActorRef,
  isBusy: () => boolean,
  say: (event: WorkEvent) => void,
): Work {
  const watch = watchOf(effect);
  let said = false;
  const show = () => {
    const busy = isBusy();
    if (busy === said) return;
    said = busy;
    say({ type: busy ? 'work.begun' : 'work.ended' });
  };
  const showAnew = () => {
    // Machines that were busy may have been elsewhere since.
    if (isBusy()) said = false;
    show();
  };
  watch.shows.add(showAnew);
  return {
    touch: () => {
      if (watch.lookers > 0) show();
    },
    renew: () => {
      said = false;
      if (watch.lookers > 0) show();
    },
    end: () => watch.shows.delete(showAnew),
  };
}

/**
 * Looks at a tree: all its effects show what they do now, and each change from now on, until the
 * function that is returned is called.
 */
export function look(root: AnyActorRef): () => void {
  const watch = watchOf(root);
  watch.lookers += 1;
  for (const show of watch.shows) show();
  let looks = true;
  return () => {
    if (looks) watch.lookers -= 1;
    looks = false;
  };
}
