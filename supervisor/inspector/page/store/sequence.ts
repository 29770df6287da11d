/** Whose messages the sequence diagram shows. */

import type { Actor, World } from './world.ts';

/** A diagram of more columns cannot be read. */
const ACTORS_MAX = 24;
/** Of those that nobody has pinned. */
const COMPANY_MAX = 8;
/** Of the events that are kept, the last ones are looked through. */
const EVENTS_MAX = 2000;

/** The pinned ones; without any, the company of the chosen one, or else its parent and children. */
export function sequenceActors(
  world: World,
  pinned: ReadonlySet<string>,
  company: readonly string[],
): Actor[] {
  const unpinned = company.length > 1 ? company : around(world, company[0]);
  const wanted = pinned.size > 0 ? [...pinned] : unpinned;
  return wanted
    .map((session) => world.actors.get(session))
    .filter((actor) => actor !== undefined)
    .slice(0, ACTORS_MAX);
}

/**
 * The chosen one and those with whom it has to do, as requests pass them: all that its flows come
 * by, then others whom it sends to or hears from. Those who were `known` before stay where they
 * are, so that a diagram does not change under the eyes.
 */
export function companyOf(world: World, chosen: string, known: readonly string[]): string[] {
  const company = new Set(known);
  const last = world.events.length - 1;
  const recent = Array.from({ length: Math.min(last + 1, EVENTS_MAX) }, (_, back) =>
    world.events.at(last - back),
  ).filter((event) => event !== undefined);
  const own = recent.filter(({ to, from }) => to === chosen || from === chosen);
  const flows = new Set(own.map(({ flow }) => flow).filter((flow) => flow !== undefined));
  // One flow after the other, the latest first: each from its beginning.
  for (const flow of flows) {
    for (const { flow: of, from, to } of [...recent].reverse()) {
      if (of === flow) add(company, chosen, from, to);
    }
    if (company.size >= COMPANY_MAX) break;
  }
  company.add(chosen);
  for (const { from, to } of own) add(company, chosen, from, to);
  return [...company];
}

function around(world: World, chosen = ''): string[] {
  const actor = world.actors.get(chosen);
  if (actor === undefined) return [];
  const above = actor.parent === undefined ? [] : [actor.parent];
  return [...above, chosen, ...actor.children].slice(0, COMPANY_MAX);
}

/** As long as there is room, also for the chosen one. */
function add(company: Set<string>, chosen: string, ...sessions: (string | undefined)[]): void {
  for (const session of sessions) {
    const room = COMPANY_MAX - (company.has(chosen) || session === chosen ? 0 : 1);
    if (session !== undefined && company.size < room) company.add(session);
  }
}

/** Names that tell the actors apart: of those that several have, also whose child it is. */
export function columnNames(
  world: World,
  actors: readonly Actor[],
): { readonly name: string; readonly above?: string }[] {
  const names = actors.map(({ id }) => id);
  return actors.map(({ id: name, parent }, index) => {
    const shared = names.some((other, at) => other === name && at !== index);
    const above = parent === undefined ? undefined : world.actors.get(parent)?.id;
    return shared && above !== undefined ? { name, above } : { name };
  });
}
