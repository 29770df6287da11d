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
} from './graph.ts';
import type { ChartNode } from './model.ts';
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
  /** All of its rows; undefined for the edge of an initial dot. */
  readonly label?: Rect;
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

/** The pane that a chart is laid out for, in px: one that is not known yet is about so large. */
const PANE = { width: 800, height: 600 };

const ARRANGEMENTS: readonly Arrangement[] = [
  { direction: 'DOWN', cycles: 'GREEDY' },
  { direction: 'RIGHT', cycles: 'GREEDY' },
  { direction: 'DOWN', cycles: 'DEPTH_FIRST' },
];

/**
 * Tries some arrangements of a machine, and takes what is read best in a usual pane. ELK fails with
 * some graphs; as long as it makes one of them, all is well.
 */
export async function layOutChart(
  machine: ChartNode,
  measure: Measure,
  layOut: LayOut,
): Promise<Layout> {
  let best: { layout: Layout; cost: number } | undefined;
  let failure: unknown;
  for (const arrangement of ARRANGEMENTS) {
    try {
      const layout = await arranged(machine, measure, layOut, arrangement);
      const cost = costOf(layout);
      if (best === undefined || cost < best.cost) best = { layout, cost };
    } catch (error) {
      failure = error;
    }
  }
  if (best === undefined) throw failure;
  return best.layout;
}

/** Twice: only when it is known how wide a state is can its rows have columns. */
async function arranged(
  machine: ChartNode,
  measure: Measure,
  layOut: LayOut,
  arrangement: Arrangement,
): Promise<Layout> {
  const content = contentOf(machine, measure);
  const first = await layOut(graphOf(machine, content, arrangement));
  const widths = widthsOf(first);
  const second = await layOut(graphOf(machine, content, { ...arrangement, widths }));
  return layoutOf(second, content, { ...arrangement, widths });
}

/** How hard a layout is to read: small letters first, then crossings and long ways. */
function costOf({ width, height, edges }: Layout): number {
  const scale = Math.min(1, PANE.width / width, PANE.height / height);
  const lengths = edges.reduce((sum, { points }) => sum + lengthOf(points), 0);
  const way = lengths / Math.max(1, edges.length) / Math.hypot(width, height);
  return (1 + 0.02 * crossings(edges) + 0.3 * way) / scale;
}

function layoutOf(graph: ElkNode, content: Content, { widths, direction }: Arrangement): Layout {
  const boxes: Box[] = [];
  const firsts = firstStates(content);
  const dots: Dot[] = [];
  const visit = (node: ElkNode, region: boolean): void => {
    const { x = 0, y = 0, width = 0, height = 0 } = node;
    const box = content.boxes.get(node.id);
    if (box) {
      const header = headerOf(box, node.children?.length ? widths?.get(node.id) : undefined);
      boxes.push({ x, y, width, height, content: box, header, region });
      if (firsts.has(node.id)) dots.push(dotBefore({ x, y, width, height }, direction));
    }
    for (const child of node.children ?? []) visit(child, box?.state.type === 'parallel');
  };
  for (const child of graph.children ?? []) visit(child, false);
  const byKey = new Map(content.edges.map((edge) => [edge.key, edge]));
  const edges = allEdges(graph).map((edge) => placedEdge(edge, byKey.get(edge.id)));
  const rows = [...content.boxes.values(), ...content.edges].flatMap((holder) => holder.rows);
  const sources = new Map(rows.map(({ key, source }) => [key, source]));
  return { width: graph.width ?? 0, height: graph.height ?? 0, boxes, edges, dots, sources };
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

function placedEdge(edge: ElkExtendedEdge, content: EdgeContent | undefined): Edge {
  const points = (edge.sections ?? []).flatMap(({ startPoint, bendPoints, endPoint }) => [
    ...[startPoint, ...(bendPoints ?? []), endPoint],
  ]);
  const key = edge.id;
  const source = content?.source ?? key;
  const target = content?.target ?? edge.targets[0] ?? '';
  const [placed] = edge.labels ?? [];
  if (placed === undefined || content === undefined)
    return { key, source, target, points, chips: [] };
  const { x = 0, y = 0, width = 0, height = 0 } = placed;
  const chips: Chip[] = [];
  let top = y;
  for (const row of content.rows) {
    const tall = row.height + 2 * LABEL_PADDING.y;
    chips.push({ x, y: top, width, height: tall, row });
    top += tall;
  }
  return { key, source, target, points, label: { x, y, width, height }, chips };
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
