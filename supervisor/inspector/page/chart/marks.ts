/** What changes in a chart that is drawn: classes of elements, and nothing else. */

import type { Transition } from '../../protocol.ts';
import type { Layout, Point, Rect } from './layout.ts';
import { type PlacedRow, rowsOfTransition } from './match.ts';
import { arrowHead } from './shapes.tsx';

const FADE_MS = 2500;

/** Lights the states that are active; softly those with an active state inside. */
export function markActive(root: Element, layout: Layout, active: readonly string[]): void {
  const lit = new Set(active);
  const outer = new Set<string>();
  for (const { content } of layout.boxes) {
    const { state } = content;
    if (state.states.some(({ id }) => lit.has(id))) outer.add(state.id);
  }
  for (const element of root.querySelectorAll<SVGElement>('[data-state]')) {
    const id = element.dataset.state ?? '';
    element.classList.toggle('is-active', lit.has(id) && !outer.has(id));
    element.classList.toggle('is-around', lit.has(id) && outer.has(id));
  }
  for (const element of root.querySelectorAll<SVGElement>('[data-row]')) {
    const source = layout.sources.get(element.dataset.row ?? '');
    element.classList.toggle('is-open', source !== undefined && lit.has(source));
  }
}

/** Draws the last transition strongly; it fades to what still tells it from others. */
export function markLast(
  root: Element,
  layout: Layout,
  rows: readonly PlacedRow[],
  last: Transition | undefined,
): void {
  for (const element of root.querySelectorAll('.is-last')) element.classList.remove('is-last');
  const taken = last === undefined ? [] : rowsOfTransition(rows, last);
  const marked: Element[] = [];
  const mark = (attribute: string, value: string) => {
    const element = root.querySelector(`[${attribute}="${CSS.escape(value)}"]`);
    if (element) marked.push(element);
  };
  for (const { row, edge } of taken) {
    mark('data-row', row.key);
    if (edge !== undefined) mark('data-edge', edge);
  }
  const jump = root.querySelector('.chart-jump');
  const way = wayInside(layout, taken);
  jump?.querySelector('.chart-line')?.setAttribute('d', way === undefined ? '' : curve(way));
  jump?.querySelector('.chart-arrow')?.setAttribute('d', way === undefined ? '' : arrowHead(way));
  if (jump && way !== undefined) marked.push(jump);
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  for (const element of marked) {
    element.classList.add('is-last');
    if (calm) continue;
    const strong = { '--chart-glow': 1 };
    element.animate([strong, { '--chart-glow': 0 }] as Keyframe[], {
      duration: FADE_MS,
      easing: 'ease-out',
    });
  }
}

/** From a row in the box of a state to the target inside of it, which no edge leads to. */
function wayInside(layout: Layout, taken: readonly PlacedRow[]): Point[] | undefined {
  const [placed] = taken;
  if (placed === undefined || placed.edge !== undefined) return undefined;
  const { source, transition } = placed.row;
  const target = transition.targets.find((id) => id !== source);
  const box = layout.boxes.find(({ content }) => content.state.id === target);
  if (box === undefined) return undefined;
  const from = { x: placed.x + placed.width / 2, y: placed.y + placed.height + 1 };
  const to = nearest(box, from);
  return [from, { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, to];
}

function nearest({ x, y, width }: Rect, to: Point): Point {
  const inset = Math.min(16, width / 2);
  return { x: Math.max(x + inset, Math.min(to.x, x + width - inset)), y };
}

function curve(way: readonly Point[]): string {
  const [from, , to] = way;
  return from && to ? `M${from.x} ${from.y}L${to.x} ${to.y}` : '';
}
