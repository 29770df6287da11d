/** The content of a chart as a graph for ELK, which gives everything its place. */

import type { ElkExtendedEdge, ElkLabel, ElkNode } from 'elkjs/lib/elk-api.js';
import type { BoxContent, Content, EdgeContent, Row } from './content.ts';
import type { ChartNode } from './model.ts';

/** How a graph is laid out: the best for a pane is chosen of several. */
export interface Arrangement {
  readonly direction: 'DOWN' | 'RIGHT';
  readonly cycles: 'GREEDY' | 'DEPTH_FIRST';
  /** The widths of compound states as they came out before, by which their rows get columns. */
  readonly widths?: ReadonlyMap<string, number> | undefined;
  /** What states were narrower than their text. */
  readonly lacking?: ReadonlyMap<string, number> | undefined;
}

const PADDING = 10;
const ROW_GAP = 5;
const COLUMN_GAP = 18;
/** Around the text of a row of a label. */
export const LABEL_PADDING = { x: 7, y: 3 };
const SIDE = 14;
const WIDTH_MIN = 56;
/** From the centre of an initial dot to its state. */
export const DOT_AWAY = 22;

export interface Placed {
  readonly row: Row;
  readonly x: number;
  readonly y: number;
}

export interface Header {
  readonly width: number;
  readonly height: number;
  /** Relative to the corner of the box. */
  readonly rows: readonly Placed[];
}

/** The text of a box, whose rows have as many columns as its width allows. */
export function headerOf({ head, rows }: BoxContent, width = 0): Header {
  const widest = Math.max(0, ...rows.map((row) => row.width));
  const room = width - 2 * PADDING + COLUMN_GAP;
  const fit = Math.max(1, Math.floor(room / (widest + COLUMN_GAP)));
  const columns = Math.min(fit, Math.max(1, rows.length));
  const total = rows.reduce((sum, row) => sum + row.height + ROW_GAP, 0);
  const top = PADDING + head.height + (rows.length > 0 ? ROW_GAP + 2 : 0);
  const placed: Placed[] = [];
  let column = 0;
  let y = 0;
  let tallest = 0;
  for (const row of rows) {
    if (y > 0 && y + row.height / 2 > total / columns && column < columns - 1) {
      column += 1;
      y = 0;
    }
    placed.push({ row, x: PADDING + column * (widest + COLUMN_GAP), y: top + y });
    y += row.height + ROW_GAP;
    tallest = Math.max(tallest, y);
  }
  const used = rows.length === 0 ? 0 : (column + 1) * (widest + COLUMN_GAP) - COLUMN_GAP;
  return {
    width: Math.ceil(Math.max(head.width, used) + 2 * PADDING),
    height: Math.ceil(top + Math.max(0, tallest - ROW_GAP) + PADDING),
    rows: placed,
  };
}

function labelSize(rows: readonly Row[]): { width: number; height: number } {
  const height = rows.reduce((sum, row) => sum + row.height + 2 * LABEL_PADDING.y, 0);
  const widest = Math.max(...rows.map((row) => row.width));
  return { width: Math.ceil(widest + 2 * LABEL_PADDING.x), height: Math.ceil(height) };
}

/** The graph of a state and of all in it but what is in `solid` states. */
export function graphOf(
  root: ChartNode,
  content: Content,
  solid: ReadonlyMap<string, Size>,
  arrangement: Arrangement,
): ElkNode {
  const firsts = firstStates(content);
  const node = nodeOf(root, { ...arrangement, content, firsts, solid, root: root.id });
  const shown = new Set(allIds(node));
  shown.delete(root.id);
  const edges = content.edges.filter(
    ({ source, target }) => shown.has(source) && shown.has(target),
  );
  return {
    id: 'chart',
    layoutOptions: { ...BASE, ...optionsOf(arrangement) },
    children: [node],
    edges: edges.map(edgeOf),
  };
}

function allIds({ id, children = [] }: ElkNode): string[] {
  return [id, ...children.flatMap(allIds)];
}

/** The ids of the states in which compound states begin. */
export function firstStates({ states }: Content): ReadonlySet<string> {
  const firsts = new Set<string>();
  for (const { state } of states.values()) {
    const first = state.states.find(({ key }) => key === state.initial);
    if (state.type === 'compound' && first) firsts.add(first.id);
  }
  return firsts;
}

const BASE: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.padding': '[top=0,left=0,bottom=0,right=0]',
};

/** No state inherits these from the one that it is in. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.nodePlacement.favorStraightEdges': 'true',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '14',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.spacing.labelNode': '8',
  'elk.spacing.labelLabel': '6',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
};

function optionsOf({ direction, cycles }: Arrangement): Record<string, string> {
  return {
    ...EVERYWHERE,
    'elk.direction': direction,
    'elk.layered.cycleBreaking.strategy': cycles,
  };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface Making extends Arrangement {
  readonly root: string;
  /** States that are laid out already, and only want a place. */
  readonly solid: ReadonlyMap<string, Size>;
  readonly content: Content;
  readonly firsts: ReadonlySet<string>;
}

function nodeOf(state: ChartNode, making: Making): ElkNode {
  const { content, widths, lacking, direction, firsts, root, solid } = making;
  const box = content.boxes.get(state.id);
  const { width, height } = box ? headerOf(box, widths?.get(state.id)) : { width: 0, height: 0 };
  const place: Record<string, string> = firsts.has(state.id)
    ? { 'elk.layered.layering.layerConstraint': 'FIRST' }
    : {};
  const known = state.id === root ? undefined : solid.get(state.id);
  if (known) {
    const size = { width: known.width, height: known.height };
    return { id: state.id, ...size, layoutOptions: place };
  }
  if (state.states.length === 0) {
    return { id: state.id, width: Math.max(width, WIDTH_MIN), height, layoutOptions: place };
  }
  const down = direction === 'DOWN';
  const top = height + (down && state.type === 'compound' ? DOT_AWAY : 2);
  const left = down ? SIDE : SIDE + DOT_AWAY;
  // ELK passes over least widths of states whose edges go further in.
  const right = SIDE + (lacking?.get(state.id) ?? 0);
  return {
    id: state.id,
    children: state.states.map((child) => nodeOf(child, making)),
    layoutOptions: {
      ...optionsOf(making),
      ...place,
      'elk.padding': `[top=${top},left=${left},bottom=${SIDE},right=${right}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  };
}

function edgeOf({ key, source, target, rows }: EdgeContent): ElkExtendedEdge {
  const label: ElkLabel = {
    id: key,
    text: key,
    ...labelSize(rows),
    layoutOptions: { 'elk.edgeLabels.inline': 'true', 'elk.edgeLabels.placement': 'CENTER' },
  };
  return { id: key, sources: [source], targets: [target], labels: [label] };
}
