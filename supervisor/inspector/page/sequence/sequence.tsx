/** Messages between actors in the order of time: a column an actor, a row a message. */

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { rowsOf, type SequenceActor, type SequenceMessage, type SequenceRow } from './flow.ts';
import { COLUMN_WIDTH, MARGIN_LEFT, middleOf, ROW_HEIGHT, Row } from './rows.tsx';

export interface SequenceProps {
  readonly actors: readonly SequenceActor[];
  /** In the order of time. */
  readonly messages: readonly SequenceMessage[];
  readonly chosen?: number;
  onChoose(number: number): void;
}

const HEADS_HEIGHT = 34;
const HEAD_WIDTH = COLUMN_WIDTH - 10;
/** For names of messages at the last column. */
const MARGIN_RIGHT = 70;
/** Rows above and below of what is seen, so that quick scrolling shows no holes. */
const SPARE = 8;
/** How far from the end still counts as the end. */
const END_NEAR = ROW_HEIGHT;

export function Sequence({ actors, messages, chosen, onChoose }: SequenceProps) {
  const rows = useMemo(() => rowsOf(actors, messages), [actors, messages]);
  const pane = useRef<HTMLDivElement>(null);
  const { first, last, following, follow } = useWindow(pane, rows, chosen);
  const [hovered, setHovered] = useState<string | undefined>();
  const shown = rows.find(({ message }) => message.number === chosen)?.message.flow;
  const lit = hovered ?? shown;
  const width = MARGIN_LEFT + Math.max(1, actors.length) * COLUMN_WIDTH + MARGIN_RIGHT;
  const height = Math.max(rows.length, 1) * ROW_HEIGHT;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = nextOf(rows, chosen, event.key);
    if (next === undefined) return;
    event.preventDefault();
    onChoose(next.message.number);
  };
  if (actors.length === 0) {
    return <p class="sequence-empty">Choose actors to see the messages between them.</p>;
  }
  return (
    <div class="sequence">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it is scrolled and has keys */}
      <div
        ref={pane}
        class="sequence-scroll"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled and has keys
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <Heads actors={actors} width={width} />
        <svg
          class="sequence-rows"
          role="img"
          aria-label={`${rows.length} messages between ${actors.length} actors`}
          {...{ width, height }}
        >
          <Lifelines actors={actors} height={height} />
          {rows.slice(first, last).map((row, index) => (
            <Row
              key={row.message.number}
              {...{ row, onChoose, onHover: setHovered }}
              top={(first + index) * ROW_HEIGHT}
              chosen={row.message.number === chosen}
              lit={lit !== undefined && row.message.flow === lit}
            />
          ))}
        </svg>
        {rows.length === 0 && <p class="sequence-empty">No message between these so far.</p>}
      </div>
      {!following && (
        <button type="button" class="sequence-follow" onClick={follow}>
          Follow ↓
        </button>
      )}
    </div>
  );
}

function Heads({ actors, width }: { actors: SequenceProps['actors']; width: number }) {
  return (
    <div class="sequence-heads" style={{ width: `${width}px`, height: `${HEADS_HEIGHT}px` }}>
      {actors.map(({ id, name, above, dead }, index) => (
        <span
          key={id}
          class={dead ? 'is-dead' : ''}
          style={{ left: `${middleOf(index) - HEAD_WIDTH / 2}px`, width: `${HEAD_WIDTH}px` }}
          title={`${above === undefined ? '' : `${above}/`}${name}${dead ? ' (dead)' : ''}`}
        >
          {name}
          {above !== undefined && <small>{above}</small>}
        </span>
      ))}
    </div>
  );
}

function Lifelines({ actors, height }: { actors: SequenceProps['actors']; height: number }) {
  return (
    <g>
      {actors.map(({ id, dead }, index) => (
        <line
          key={id}
          class={`sequence-life ${dead ? 'is-dead' : ''}`}
          {...{ x1: middleOf(index), x2: middleOf(index), y1: 0, y2: height }}
        />
      ))}
    </g>
  );
}

/** The row that a key leads to. */
function nextOf(
  rows: readonly SequenceRow[],
  chosen: number | undefined,
  key: string,
): SequenceRow | undefined {
  const at = rows.findIndex(({ message }) => message.number === chosen);
  if (key === 'Home') return rows[0];
  if (key === 'End') return rows.at(-1);
  if (key === 'ArrowDown') return rows[at + 1];
  if (key === 'ArrowUp') return at < 0 ? rows.at(-1) : rows[at - 1];
  return undefined;
}

interface Window {
  readonly first: number;
  readonly last: number;
  readonly following: boolean;
  follow(): void;
}

/** The rows that are seen. It stays at the end, as messages come, until somebody scrolls up. */
function useWindow(
  pane: { readonly current: HTMLDivElement | null },
  rows: readonly SequenceRow[],
  chosen: number | undefined,
): Window {
  const [seen, setSeen] = useState({ top: 0, height: 600, following: true });
  const look = () => {
    const element = pane.current;
    if (element === null) return;
    const { scrollTop: top, clientHeight: height, scrollHeight } = element;
    const following = scrollHeight - top - height <= END_NEAR;
    setSeen((before) =>
      before.top === top && before.height === height && before.following === following
        ? before
        : { top, height, following },
    );
  };
  const present = pane.current !== null;
  useLayoutEffect(() => {
    const element = pane.current;
    if (element === null) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [present]);
  const toEnd = () => pane.current?.scrollTo({ top: pane.current.scrollHeight });
  useLayoutEffect(() => {
    if (seen.following) toEnd();
    look();
  }, [rows]);
  useLayoutEffect(() => {
    const at = rows.findIndex(({ message }) => message.number === chosen);
    if (at >= 0) bringIntoView(pane.current, at);
  }, [chosen]);
  const first = Math.max(0, Math.floor(seen.top / ROW_HEIGHT) - SPARE);
  const last = Math.ceil((seen.top + seen.height) / ROW_HEIGHT) + SPARE;
  return { first, last, following: seen.following, follow: toEnd };
}

function bringIntoView(pane: HTMLDivElement | null, row: number): void {
  if (pane === null) return;
  const top = row * ROW_HEIGHT;
  const bottom = top + ROW_HEIGHT + HEADS_HEIGHT;
  if (top < pane.scrollTop) pane.scrollTop = top;
  else if (bottom > pane.scrollTop + pane.clientHeight) pane.scrollTop = bottom - pane.clientHeight;
}
