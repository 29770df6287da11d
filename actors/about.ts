/** What a line of the log is about: fields by which lines of one thing are found together. */

import type { AnyActorRef } from 'xstate';

/** Each where it is known. */
export interface About {
  /** The path of an actor in the tree, as in `supervisor.tree`, without the root. */
  readonly actor?: string;
  /** The number of a connection, as in the tree. */
  readonly connection?: number;
  /** The id that the client gave to its request. */
  readonly request?: unknown;
  readonly project?: string;
  readonly method?: string;
  readonly job?: number;
}

/** The path of an actor: the ids from below the root down to it; that of the root is its id. */
export function pathOf(actor: AnyActorRef): string {
  const ids: string[] = [];
  let one: AnyActorRef | undefined = actor;
  // xstate knows it, and has no other name for it.
  for (; one?._parent !== undefined; one = one._parent) ids.unshift(one.id);
  return ids.join('/') || actor.id;
}
