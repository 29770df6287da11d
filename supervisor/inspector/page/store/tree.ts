/** The actors as rows of a tree: what is closed is left out, and what a search does not find. */

import type { Actor, World } from './world.ts';

export interface TreeView {
  readonly search: string;
  readonly closed: ReadonlySet<string>;
  readonly with_dead: boolean;
}

export interface TreeRow {
  readonly actor: Actor;
  readonly depth: number;
  /** Undefined when nothing is below it. */
  readonly open: boolean | undefined;
  /** How many children a closed one has. */
  readonly children: number;
  /** Place among its siblings, and their number, from 1. */
  readonly place: number;
  readonly siblings: number;
  /** Found by the search; false for those that only lead to one. */
  readonly found: boolean;
}

/** Deeper than services are. */
const DEPTH_MAX = 64;

export function treeRows(world: World, view: TreeView): TreeRow[] {
  const rows: TreeRow[] = [];
  const words = view.search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = words.length === 0 ? undefined : shownBy(world, words);
  addRows(rows, world, world.roots, 0, view, shown);
  return rows;
}

/** Those that are found, with all above them: true, and false for those above. */
function shownBy(world: World, words: readonly string[]): Map<string, boolean> {
  const shown = new Map<string, boolean>();
  for (const actor of world.actors.values()) {
    const text = searchText(actor);
    if (!words.every((word) => text.includes(word))) continue;
    shown.set(actor.session, true);
    let above = actor.parent;
    while (above !== undefined && !shown.has(above)) {
      shown.set(above, false);
      above = world.actors.get(above)?.parent;
    }
  }
  return shown;
}

function searchText({ id, path, state_text, source, death }: Actor): string {
  const end = death === undefined ? '' : ` dead ${death.status} ${death.last ?? ''}`;
  return `${id} ${path} ${state_text} ${source ?? ''}${end}`.toLowerCase();
}

function addRows(
  rows: TreeRow[],
  world: World,
  sessions: ReadonlySet<string>,
  depth: number,
  view: TreeView,
  shown: ReadonlyMap<string, boolean> | undefined,
): void {
  const actors = visible(world, sessions, view, shown);
  for (const [index, actor] of actors.entries()) {
    const below = visible(world, actor.children, view, shown);
    // A search shows what it finds, also in what is closed.
    const open =
      below.length === 0 ? undefined : shown !== undefined || !view.closed.has(actor.session);
    rows.push({
      actor,
      depth,
      open,
      children: below.length,
      place: index + 1,
      siblings: actors.length,
      found: shown?.get(actor.session) ?? true,
    });
    if (open === true && depth < DEPTH_MAX) {
      addRows(rows, world, actor.children, depth + 1, view, shown);
    }
  }
}

/** The living in the order in which they came, then the dead, the latest first. */
function visible(
  world: World,
  sessions: ReadonlySet<string>,
  view: TreeView,
  shown: ReadonlyMap<string, boolean> | undefined,
): Actor[] {
  const living: Actor[] = [];
  const dead: Actor[] = [];
  for (const session of sessions) {
    const actor = world.actors.get(session);
    if (actor === undefined || (shown !== undefined && !shown.has(session))) continue;
    if (actor.death === undefined) living.push(actor);
    else if (view.with_dead) dead.push(actor);
  }
  dead.sort((one, other) => (other.death?.at_ms ?? 0) - (one.death?.at_ms ?? 0));
  return dead.length === 0 ? living : [...living, ...dead];
}

/** Where a key leads in a tree, by the practice for trees of ARIA. */
export type TreeMove =
  | { readonly to: string }
  | { readonly open: string }
  | { readonly close: string }
  | undefined;

export function moveInTree(
  rows: readonly TreeRow[],
  chosen: string | undefined,
  key: string,
  page_rows: number,
): TreeMove {
  const index = rows.findIndex(({ actor }) => actor.session === chosen);
  const row = rows[index];
  const to = (target: number): TreeMove => {
    const bounded = Math.max(0, Math.min(rows.length - 1, target));
    const session = rows[bounded]?.actor.session;
    return session === undefined ? undefined : { to: session };
  };
  if (row === undefined) return /^(Arrow|Home|End|Page)/.test(key) ? to(0) : undefined;
  const { session, parent } = row.actor;
  switch (key) {
    case 'ArrowDown':
      return to(index + 1);
    case 'ArrowUp':
      return to(index - 1);
    case 'Home':
      return to(0);
    case 'End':
      return to(rows.length - 1);
    case 'PageDown':
      return to(index + page_rows);
    case 'PageUp':
      return to(index - page_rows);
    case 'ArrowRight':
      if (row.open === false) return { open: session };
      return row.open === true ? to(index + 1) : undefined;
    case 'ArrowLeft':
      if (row.open === true) return { close: session };
      return parent === undefined ? undefined : { to: parent };
    default:
      return undefined;
  }
}
