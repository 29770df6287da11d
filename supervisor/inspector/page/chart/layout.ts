/** Places for everything in a chart: what ELK answered, as flat lists in px from the top left. */

import type { ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api.js';
import type { BoxContent, Content, EdgeContent, Row } from './content.ts';
import { contentOf } from './content.ts';
import {
  type Arrangement,
  DOT_AWAY,
  firstStates,
  graphOf,
  type Header,
  headerOf,
  LABEL_PADDING,
  type Size,
} from './graph.ts';
import { type ChartNode, isWithin } from './model.ts';
import type { Measure } from './text.ts';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Rect {
  readonly content: BoxContent;
  readonly header: Header;
  /** Whether it is one of several that are active together. */
  readonly region: boolean;
}

/** A row of a label, with its padding. */
export interface Chip extends Rect {
  readonly row: Row;
}

export interface Edge {
  readonly key: string;
  readonly source: string;
  readonly target: string;
  readonly points: readonly Point[];
  /** All of its rows. */
  readonly label: Rect;
  readonly chips: readonly Chip[];
}

/** Where a compound state begins: from the dot to the border of its first state. */
export type Dot = readonly [from: Point, to: Point];

export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Each after the box that it lies in. */
  readonly boxes: readonly Box[];
  readonly edges: readonly Edge[];
  readonly dots: readonly Dot[];
  /** By the key of a row, the id of the state whose transition it is. */
  readonly sources: ReadonlyMap<string, string>;
}

export type LayOut = (graph: ElkNode) => Promise<ElkNode>;

/** What a chart is laid out for, in px: a pane of usual size. */
const PANE: Size = { width: 800, height: 600 };
/** What a state inside is laid out for: states in a column are better flat. */
const INNER: readonly Size[] = [
  { width: 900, height: 360 },
  { width: 500, height: 500 },
];

const ARRANGEMENTS: readonly Arrangement[] = [
  { direction: 'DOWN', cycles: 'GREEDY' },
  { direction: 'RIGHT', cycles: 'GREEDY' },
  { direction: 'DOWN', cycles: 'DEPTH_FIRST' },
];

const NARROW_PASSES = 3;

/**
 * Tries some arrangements of a machine, and takes what is read best in a usual pane. A state
 * without an edge across its border is laid out by itself first, so that it may go down where those
 * around it go to the right, which ELK cannot do in one graph.
 *
 * @param enough whether no more is to be tried than there has to be, since it takes long
 */
export async function layOutChart(
  machine: ChartNode,
  measure: Measure,
  layOut: LayOut,
  enough: () => boolean = () => false,
): Promise<Layout> {
  const content = contentOf(machine, measure);
  const closed = closedStates(content);
  const inner = new Map<string, Layout[]>();
  const chosen = new Map<string, Layout>();
  for (const state of closed) {
    const tried = await allOf(state, content, chosen, layOut, enough);
    inner.set(state.id, tried);
    chosen.set(state.id, bestOf(tried, INNER[0] ?? PANE));
  }
  const layouts: Layout[] = [];
  let before: ReadonlyMap<string, Layout> | undefined;
  for (const pane of INNER) {
    const solid = new Map([...inner].map(([id, tried]) => [id, bestOf(tried, pane)]));
    const same = before !== undefined && [...solid].every(([id, one]) => before?.get(id) === one);
    if (same || (before !== undefined && enough())) break;
    layouts.push(...(await allOf(machine, content, solid, layOut, enough)));
    before = solid;
  }
  return bestOf(layouts, PANE);
}

/** States with states inside, and no edge between these and what is outside; inner ones first. */
function closedStates({ states, edges }: Content): ChartNode[] {
  const [machine, ...others] = [...states.values()].map(({ state }) => state);
  const closed = others.filter(({ id, states: inner }) => {
    const inside = (other: string) => other !== id && isWithin(states, other, id);
    return (
      inner.length > 0 && edges.every(({ source, target }) => inside(source) === inside(target))
    );
  });
  return machine === undefined ? [] : closed.reverse();
}

/** ELK fails with some graphs: as long as it makes one of them, all is well. */
async function allOf(
  root: ChartNode,
  content: Content,
  solid: ReadonlyMap<string, Layout>,
  layOut: LayOut,
  enough: () => boolean,
): Promise<Layout[]> {
  const layouts: Layout[] = [];
  let failure: unknown;
  for (const arrangement of ARRANGEMENTS) {
    if (layouts.length > 0 && enough()) break;
    try {
      layouts.push(await arranged(root, content, solid, layOut, arrangement));
    } catch (error) {
      failure = error;
    }
  }
  if (layouts.length === 0) throw failure;
  return layouts;
}

/**
 * Twice: only when it is known how wide a state is can its rows have columns. Again when it came
 * out narrower than its text, since ELK passes over least widths where edges go further in.
 */
async function arranged(
  root: ChartNode,
  content: Content,
  solid: ReadonlyMap<string, Layout>,
  layOut: LayOut,
  arrangement: Arrangement,
): Promise<Layout> {
  const columns = [...content.boxes.values()].some(({ state, rows }) => {
    const around = state.states.length > 0 && rows.length > 1;
    return around && isWithin(content.states, state.id, root.id);
  });
  const widths = columns
    ? widthsOf(await layOut(graphOf(root, content, solid, arrangement)))
    : undefined;
  const lacking = new Map<string, number>();
  for (let pass = 0; ; pass += 1) {
    const asked = { ...arrangement, widths, lacking };
    const graph = await layOut(graphOf(root, content, solid, asked));
    const layout = layoutOf(graph, content, solid, asked);
    const narrow = layout.boxes.filter(({ width, header }) => width < header.width);
    if (narrow.length === 0 || pass === NARROW_PASSES) return layout;
    for (const { content: box, width, header } of narrow) {
      const { id } = box.state;
      lacking.set(id, (lacking.get(id) ?? 0) + header.width - width);
    }
  }
}

function bestOf(layouts: readonly Layout[], pane: Size): Layout {
  const costs = layouts.map((layout) => ({ layout, cost: costOf(layout, pane) }));
  const [best] = costs.sort((one, other) => one.cost - other.cost);
  if (best === undefined) throw new Error('a chart has no layout');
  return best.layout;
}

/** How hard a layout is to read: small letters first, then crossings, long ways, ways back. */
function costOf({ width, height, edges }: Layout, pane: Size): number {
  const scale = Math.min(pane.width / width, pane.height / height);
  const lengths = edges.reduce((sum, { points }) => sum + lengthOf(points), 0);
  const way = lengths / Math.max(1, edges.length) / Math.hypot(width, height);
  const back = edges.filter(runsBack).length / Math.max(1, edges.length);
  return (1 + 0.02 * crossings(edges) + 0.3 * way + 0.4 * back) / scale;
}

function layoutOf(
  graph: ElkNode,
  content: Content,
  solid: ReadonlyMap<string, Layout>,
  { widths, direction }: Arrangement,
): Layout {
  const boxes: Box[] = [];
  const firsts = firstStates(content);
  const dots: Dot[] = [];
  const edges: Edge[] = [];
  const visit = (node: ElkNode, region: boolean): void => {
    const { x = 0, y = 0, width = 0, height = 0, children = [] } = node;
    const box = content.boxes.get(node.id);
    if (box === undefined) return;
    // The root of a graph has its dot where it gets its place.
    const root = graph.children?.[0] === node;
    if (firsts.has(node.id) && !root) dots.push(dotBefore({ x, y, width, height }, direction));
    const inner = children.length === 0 ? solid.get(node.id) : undefined;
    if (inner) {
      const [own, ...others] = inner.boxes.map((one) => moved(one, x, y));
      boxes.push(...(own ? [{ ...own, region }, ...others] : []));
      edges.push(...inner.edges.map((edge) => movedEdge(edge, x, y)));
      dots.push(...inner.dots.map(([from, to]): Dot => [moved(from, x, y), moved(to, x, y)]));
      return;
    }
    const header = headerOf(box, children.length > 0 ? widths?.get(node.id) : undefined);
    boxes.push({ x, y, width, height, content: box, header, region });
    for (const child of children) visit(child, box.state.type === 'parallel');
  };
  for (const child of graph.children ?? []) visit(child, false);
  const byKey = new Map(content.edges.map((edge) => [edge.key, edge]));
  for (const edge of allEdges(graph)) {
    const known = byKey.get(edge.id);
    if (known) edges.push(placedEdge(edge, known));
  }
  const rows = [...content.boxes.values(), ...content.edges].flatMap((holder) => holder.rows);
  const sources = new Map(rows.map(({ key, source }) => [key, source]));
  return { width: graph.width ?? 0, height: graph.height ?? 0, boxes, edges, dots, sources };
}

function moved<T extends Point>(place: T, x: number, y: number): T {
  return { ...place, x: place.x + x, y: place.y + y };
}

function movedEdge(edge: Edge, x: number, y: number): Edge {
  return {
    ...edge,
    points: edge.points.map((point) => moved(point, x, y)),
    label: moved(edge.label, x, y),
    chips: edge.chips.map((chip) => moved(chip, x, y)),
  };
}

/** At the corner, since edges come to the middle. */
function dotBefore({ x, y, width, height }: Rect, direction: Arrangement['direction']): Dot {
  if (direction === 'RIGHT') {
    const level = y + Math.min(12, height / 2);
    return [
      { x: x - DOT_AWAY, y: level },
      { x, y: level },
    ];
  }
  const upright = x + Math.min(18, width / 2);
  return [
    { x: upright, y: y - DOT_AWAY },
    { x: upright, y },
  ];
}

function widthsOf(graph: ElkNode): Map<string, number> {
  const widths = new Map<string, number>();
  const visit = ({ id, width = 0, children = [] }: ElkNode): void => {
    if (children.length > 0) widths.set(id, width);
    for (const child of children) visit(child);
  };
  visit(graph);
  return widths;
}

function allEdges(node: ElkNode): ElkExtendedEdge[] {
  return [...(node.edges ?? []), ...(node.children ?? []).flatMap(allEdges)];
}

function placedEdge(edge: ElkExtendedEdge, { key, source, target, rows }: EdgeContent): Edge {
  const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints, endPoint }) => [
    ...[startPoint, ...(bendPoints ?? []), endPoint],
  ]);
  const { x = 0, y = 0, width = 0, height = 0 } = edge.labels?.[0] ?? {};
  const chips: Chip[] = [];
  let top = y;
  for (const row of rows) {
    const tall = row.height + 2 * LABEL_PADDING.y;
    chips.push({ x, y: top, width, height: tall, row });
    top += tall;
  }
  return { key, source, target, points, label: { x, y, width, height }, chips };
}

/** Whether an edge goes up, or to the left. */
function runsBack({ points }: Edge): boolean {
  const start = points[0] ?? { x: 0, y: 0 };
  const end = points.at(-1) ?? start;
  const across = end.x - start.x;
  const down = end.y - start.y;
  return Math.abs(across) > Math.abs(down) ? across < 0 : down < 0;
}

function lengthOf(points: readonly Point[]): number {
  return points.reduce((sum, point, index) => {
    const before = points[index - 1];
    return before ? sum + Math.hypot(point.x - before.x, point.y - before.y) : sum;
  }, 0);
}

/** Where upright parts of edges cross level ones of others. */
function crossings(edges: readonly Edge[]): number {
  const upright: { x: number; low: number; high: number; key: string }[] = [];
  const level: { y: number; low: number; high: number; key: string }[] = [];
  for (const { key, points } of edges) {
    for (const [index, { x, y }] of points.entries()) {
      const to = points[index + 1];
      if (to === undefined) continue;
      if (Math.abs(x - to.x) < 1) {
        upright.push({ x, low: Math.min(y, to.y), high: Math.max(y, to.y), key });
      } else level.push({ y, low: Math.min(x, to.x), high: Math.max(x, to.x), key });
    }
  }
  let count = 0;
  for (const one of upright) {
    for (const other of level) {
      const across = other.low < one.x && one.x < other.high;
      if (one.key !== other.key && across && one.low < other.y && other.y < one.high) count += 1;
    }
  }
  return count;
}
