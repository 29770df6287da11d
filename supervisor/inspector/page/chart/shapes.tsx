/** The still part of a chart, as SVG. It is drawn once; afterwards only classes change. */

import { LABEL_PADDING } from './graph.ts';
import type { Box, Chip, Dot, Edge, Layout, Point } from './layout.ts';
import type { Line, Lines } from './text.ts';

const CORNER = 7;
const ARROW = { length: 8, half: 4 };

export function shapesOf(layout: Layout) {
  return (
    <g>
      {layout.boxes.map((box) => (
        <BoxShape key={box.content.state.id} box={box} />
      ))}
      {layout.edges.map((edge) => (
        <EdgeShape key={edge.key} edge={edge} />
      ))}
      {layout.dots.map((dot) => (
        <DotShape key={`${dot[0].x} ${dot[0].y}`} dot={dot} />
      ))}
      {layout.edges.flatMap(({ chips, key }) =>
        chips.map((chip) => <ChipShape key={chip.row.key} chip={chip} edge={key} />),
      )}
    </g>
  );
}

function BoxShape({ box: { x, y, width, height, content, header, region } }: { box: Box }) {
  const { state, head } = content;
  const radius = state.type === 'history' ? height / 2 : 8;
  return (
    <g
      class={`chart-state chart-${state.type}${region ? ' chart-region' : ''}`}
      data-state={state.id}
    >
      <rect x={x} y={y} width={width} height={height} rx={radius} />
      {state.type === 'final' && (
        <rect
          class="chart-inner"
          {...{ x: x + 3, y: y + 3, width: width - 6, height: height - 6, rx: radius - 3 }}
        />
      )}
      <title>{[state.id, state.description].filter(Boolean).join('\n')}</title>
      <Text lines={head} x={x + 10} y={y + 10} />
      {header.rows.length > 0 && (
        <line
          class="chart-rule"
          {...{ x1: x, x2: x + width, y1: y + 12 + head.height, y2: y + 12 + head.height }}
        />
      )}
      {header.rows.map(({ row, x: left, y: top }) => (
        <g key={row.key} class="chart-row" data-row={row.key}>
          <rect
            {...{ x: x + left - 4, y: y + top - 2, rx: 4 }}
            {...{ width: row.width + 8, height: row.height + 3 }}
          />
          <Text lines={row} x={x + left} y={y + top} />
        </g>
      ))}
    </g>
  );
}

function EdgeShape({ edge: { key, points } }: { edge: Edge }) {
  return (
    <g class="chart-edge" data-edge={key}>
      <path class="chart-line" d={rounded(points)} />
      <path class="chart-arrow" d={arrowHead(points)} />
    </g>
  );
}

function DotShape({ dot }: { dot: Dot }) {
  const [{ x, y }] = dot;
  return (
    <g class="chart-edge chart-first">
      <circle class="chart-dot" cx={x} cy={y} r="4.5" />
      <path class="chart-line" d={rounded(dot)} />
      <path class="chart-arrow" d={arrowHead(dot)} />
    </g>
  );
}

function ChipShape({ chip: { x, y, width, height, row }, edge }: { chip: Chip; edge: string }) {
  return (
    <g class="chart-chip" data-row={row.key} data-of={edge}>
      <rect x={x} y={y} width={width} height={height} rx="5" />
      <Text lines={row} x={x + LABEL_PADDING.x} y={y + LABEL_PADDING.y} />
    </g>
  );
}

function Text({ lines: { lines, full }, x, y }: { lines: Lines; x: number; y: number }) {
  return (
    <g>
      {full !== undefined && <title>{full}</title>}
      {lines.map((line: Line) => (
        <text key={line.y} x={x + line.x} y={y + line.y}>
          {line.pieces.map(({ text, role }, index) => (
            <tspan key={`${index} ${text}`} class={`chart-${role}`}>
              {text}
            </tspan>
          ))}
        </text>
      ))}
    </g>
  );
}

/** A way along points with round corners, up to where the head of its arrow begins. */
function rounded(points: readonly Point[]): string {
  const parts: string[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined) parts.push(`M${point.x} ${point.y}`);
    else if (after === undefined) {
      const end = towards(point, before, ARROW.length - 1);
      parts.push(`L${end.x} ${end.y}`);
    } else {
      const room = Math.min(CORNER, distance(before, point) / 2, distance(point, after) / 2);
      const into = towards(point, before, room);
      const out = towards(point, after, room);
      parts.push(`L${into.x} ${into.y}Q${point.x} ${point.y} ${out.x} ${out.y}`);
    }
  }
  return parts.join('');
}

export function arrowHead(points: readonly Point[]): string {
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return '';
  const back = towards(end, before, ARROW.length);
  const across = { x: ((end.y - back.y) / ARROW.length) * ARROW.half, y: 0 };
  across.y = ((back.x - end.x) / ARROW.length) * ARROW.half;
  const corners = [
    `${end.x} ${end.y}`,
    `${back.x + across.x} ${back.y + across.y}`,
    `${back.x - across.x} ${back.y - across.y}`,
  ];
  return `M${corners.join('L')}Z`;
}

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  const share = whole === 0 ? 0 : by / whole;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
