/** The chart of a machine: its states as nested boxes, and the transitions between them. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Delay, Transition } from '../../protocol.ts';
import { Countdowns, OtherTimers } from './countdowns.tsx';
import type { Layout, Rect } from './layout.ts';
import { layoutFor, layoutNow } from './layouts.ts';
import { markActive, markLast } from './marks.ts';
import { rowsOf } from './match.ts';
import { type ChartNode, statesById } from './model.ts';
import { Outline } from './outline.tsx';
import { shapesOf } from './shapes.tsx';
import { type Zoom, zoomOn } from './zoom.ts';

export interface ChartProps {
  readonly machine: ChartNode;
  /** Ids of the states that are active. */
  readonly active: readonly string[];
  /** A new object for each transition that was taken. */
  readonly last: Transition | undefined;
  readonly delays: readonly Delay[];
  /** Unix time of the service. */
  readonly serviceNow: () => number;
}

type Made = { machine: ChartNode; layout: Layout } | { machine: ChartNode; failure: string };

export function Chart(props: ChartProps) {
  const { machine, active } = props;
  const [attempt, setAttempt] = useState(0);
  const made = useMade(machine, attempt);
  if (made === undefined) return <Waiting key={machine.id} machine={machine} active={active} />;
  if ('failure' in made) {
    return (
      <Outline machine={machine} active={active}>
        {`The chart cannot be drawn, so here are its states. ${made.failure} `}
        <button type="button" class="link" onClick={() => setAttempt(attempt + 1)}>
          Try again
        </button>
      </Outline>
    );
  }
  return <Drawing {...props} machine={made.machine} layout={made.layout} />;
}

/** Most layouts are there before anybody has read a list. */
const LIST_AFTER_MS = 1500;

function Waiting({ machine, active }: Pick<ChartProps, 'machine' | 'active'>) {
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LIST_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!long) return <p class="chart chart-message">Laying out the chart …</p>;
  return (
    <Outline machine={machine} active={active}>
      Laying out the chart … These are its states meanwhile.
    </Outline>
  );
}

/** The layout of a machine, as soon as it is there; not that of the one before. */
function useMade(machine: ChartNode, attempt: number): Made | undefined {
  const [made, setMade] = useState<Made & { attempt: number }>();
  useEffect(() => {
    let wanted = true;
    layoutFor(machine).then(
      (layout) => wanted && setMade({ attempt, machine, layout }),
      (error) => wanted && setMade({ attempt, machine, failure: messageOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [machine, attempt]);
  if (made?.machine === machine && made.attempt === attempt) return made;
  const layout = layoutNow(machine);
  return layout && { machine, layout };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function Drawing(props: ChartProps & { layout: Layout }) {
  const { machine, layout, active, last } = props;
  const svg = useRef<SVGSVGElement>(null);
  const content = useRef<SVGGElement>(null);
  const zoom = useRef<Zoom | undefined>(undefined);
  const rows = useMemo(() => rowsOf(layout), [layout]);
  const shapes = useMemo(() => shapesOf(layout), [layout]);
  useLayoutEffect(() => {
    if (svg.current === null || content.current === null) return;
    const made = zoomOn(svg.current, content.current);
    zoom.current = made;
    return () => made.end();
  }, []);
  useLayoutEffect(() => zoom.current?.begin(layout, activeBox(layout, active)), [layout]);
  useLayoutEffect(() => {
    if (content.current) markActive(content.current, layout, active);
    zoom.current?.follow(activeBox(layout, active));
  }, [layout, active]);
  useLayoutEffect(() => {
    if (content.current) markLast(content.current, layout, rows, last);
  }, [layout, rows, last]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (zoom.current?.key(event.key)) event.preventDefault();
  };
  return (
    <div class="chart">
      <svg
        ref={svg}
        class="chart-drawing"
        role="img"
        // In SVG attributes have case.
        tabindex={0}
        aria-label={description(machine, active)}
        onKeyDown={onKeyDown}
      >
        <g ref={content}>
          {shapes}
          <g class="chart-jump">
            <path class="chart-line" />
            <path class="chart-arrow" />
          </g>
          <Countdowns {...props} rows={rows} />
        </g>
      </svg>
      <OtherTimers {...props} rows={rows} />
      <ZoomButtons zoom={zoom} />
    </div>
  );
}

/** Of the innermost state that is active; of several, of the first. */
function activeBox({ boxes }: Layout, active: readonly string[]): Rect | undefined {
  const lit = new Set(active);
  return boxes.find(({ content: { state } }) => {
    return lit.has(state.id) && !state.states.some(({ id }) => lit.has(id));
  });
}

const BUTTONS = [
  { key: '-', sign: '−', title: 'Smaller (-)' },
  { key: '+', sign: '+', title: 'Larger (+)' },
  { key: '0', sign: 'Fit', title: 'Show all of it (0)' },
];

function ZoomButtons({ zoom }: { zoom: { current: Zoom | undefined } }) {
  return (
    <div class="chart-buttons">
      {BUTTONS.map(({ key, sign, title }) => (
        <button key={key} type="button" title={title} onClick={() => zoom.current?.key(key)}>
          {sign}
        </button>
      ))}
    </div>
  );
}

/** What a person hears who does not see it. */
function description(machine: ChartNode, active: readonly string[]): string {
  const states = statesById(machine);
  const known = active.filter((id) => states.has(id) && id !== machine.id);
  const leaves = known.filter((id) => !known.some((other) => states.get(other)?.parent === id));
  const now = leaves.length === 0 ? 'no state is active' : `in ${leaves.join(' and ')}`;
  return `Chart of ${machine.id}: ${states.size - 1} states, ${now}`;
}
