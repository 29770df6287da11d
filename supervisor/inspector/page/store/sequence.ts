/** Whose messages the sequence diagram shows. */

import type { Actor, World } from './world.ts';

/** A diagram of more columns cannot be read. */
const ACTORS_MAX = 24;
/** Of those that nobody has pinned. */
const NEIGHBOURS_MAX = 8;

/** The pinned ones; without any, the chosen one and those around it that have the most to do. */
export function sequenceActors(
  world: World,
  pinned: ReadonlySet<string>,
  chosen: string | undefined,
): Actor[] {
  const wanted = pinned.size > 0 ? [...pinned] : neighbours(world, chosen);
  return wanted
    .map((session) => world.actors.get(session))
    .filter((actor) => actor !== undefined)
    .slice(0, ACTORS_MAX);
}

function neighbours(world: World, chosen: string | undefined): string[] {
  const actor = chosen === undefined ? undefined : world.actors.get(chosen);
  if (actor === undefined || chosen === undefined) return [];
  const children = [...actor.children]
    .map((session) => world.actors.get(session))
    .filter((child) => child !== undefined)
    .sort((one, other) => weight(other) - weight(one))
    .slice(0, NEIGHBOURS_MAX - 2)
    .map(({ session }) => session);
  return [...(actor.parent === undefined ? [] : [actor.parent]), chosen, ...children];
}

function weight({ events, death }: Actor): number {
  return death === undefined ? events : events / 1000;
}
