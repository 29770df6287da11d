/** Which of the transitions in a chart are those that a service tells of. */

import type { Delay, Transition } from '../../protocol.ts';
import type { Row } from './content.ts';
import type { Layout, Rect } from './layout.ts';
import { eventText } from './model.ts';

/** A transition at its place in the chart. */
export interface PlacedRow extends Rect {
  readonly row: Row;
  /** The key of its edge; undefined in the box of a state. */
  readonly edge: string | undefined;
}

export function rowsOf({ boxes, edges }: Layout): PlacedRow[] {
  const inBoxes = boxes.flatMap((box) =>
    box.header.rows.map(({ row, x, y }) => {
      const { width, height } = row;
      return { row, edge: undefined, x: box.x + x, y: box.y + y, width, height };
    }),
  );
  const onEdges = edges.flatMap(({ key, chips }) => chips.map((chip) => ({ ...chip, edge: key })));
  return [...inBoxes, ...onEdges];
}

/** The rows of a transition: one for each of its targets that an edge leads to. */
export function rowsOfTransition(
  rows: readonly PlacedRow[],
  { from, to, event, guard, actions }: Transition,
): PlacedRow[] {
  let best = 0;
  let found: PlacedRow[] = [];
  for (const placed of rows) {
    const { source, transition } = placed.row;
    if (source !== from || !sameItems(transition.targets, to)) continue;
    const score =
      1 +
      (isOfEvent(transition.eventType, event) ? 8 : 0) +
      (transition.guard === guard ? 4 : 0) +
      (sameItems(transition.actions, actions) ? 2 : 0);
    if (score > best) found = [];
    if (score >= best) found.push(placed);
    best = Math.max(best, score);
  }
  const [first] = found;
  return found.filter(({ row }) => row.transition === first?.row.transition);
}

/** Where a timer ends: a transition that comes at its end, of a state that is active. */
export function rowOfDelay(
  rows: readonly PlacedRow[],
  { event }: Delay,
  active: ReadonlySet<string>,
): PlacedRow | undefined {
  const read = eventText(event);
  const timed = /^xstate\.after\b/.test(event);
  const inner = (one: PlacedRow, other: PlacedRow) =>
    other.row.source.length - one.row.source.length;
  return rows
    .filter(({ row: { source, transition } }) => {
      if (!active.has(source) || transition.event !== read) return false;
      return !timed || event.endsWith(`#${source}`) || event.endsWith(`.${source}`);
    })
    .sort(inner)[0];
}

/** Patterns end with `*`, as in `xstate.error.actor.*`. */
function isOfEvent(pattern: string, type: string): boolean {
  if (eventText(pattern) === eventText(type)) return true;
  return pattern.endsWith('*') && type.startsWith(pattern.slice(0, -1));
}

function sameItems(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item) => other.includes(item));
}
