/** Rows of a sequence diagram: each an arrow from a column to another. */

import { clockText, gapText, type SequenceRow } from './flow.ts';

export const ROW_HEIGHT = 26;
export const COLUMN_WIDTH = 150;
/** Times, and where messages from outside come in. */
export const MARGIN_LEFT = 150;
const ARROW = 6;
const LOOP = 26;
/** No other arrow is in the row, so a name may be longer than its own. */
const NAME_LEAST = 145;
/** Text of 11 px is about so wide a letter. */
const LETTER = 6.4;

export interface RowProps {
  readonly row: SequenceRow;
  readonly top: number;
  readonly chosen: boolean;
  readonly lit: boolean;
  onChoose(number: number): void;
  onHover(flow: string | undefined): void;
}

export function middleOf(column: number): number {
  return MARGIN_LEFT + column * COLUMN_WIDTH + COLUMN_WIDTH / 2;
}

export function Row({ row, top, chosen, lit, onChoose, onHover }: RowProps) {
  const { message, gap_ms } = row;
  const gap = gapText(gap_ms);
  const marks = [chosen && 'is-chosen', lit && 'is-lit', message.sampled && 'is-sampled'];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the diagram has the keys
    <g
      class={['sequence-row', ...marks].filter(Boolean).join(' ')}
      transform={`translate(0 ${top})`}
      data-number={message.number}
      onClick={() => onChoose(message.number)}
      onMouseEnter={() => onHover(message.flow)}
      onMouseLeave={() => onHover(undefined)}
    >
      <rect class="sequence-band" width="100%" height={ROW_HEIGHT} />
      <title>{titleOf(row)}</title>
      <text class="sequence-time" x="8" y="17">
        {clockText(message.at_ms)}
      </text>
      {gap !== '' && (
        <text class="sequence-gap" x={MARGIN_LEFT - 8} y="17" text-anchor="end">
          {gap}
        </text>
      )}
      <Arrow row={row} />
    </g>
  );
}

function titleOf({ message }: SequenceRow): string {
  const { name, flow, sampled } = message;
  const lines = [name];
  if (flow !== undefined) lines.push(`belongs to ${flow}`);
  if (sampled) lines.push('one of several: some were left out');
  return lines.join('\n');
}

function Arrow({ row: { message, from, to } }: { row: SequenceRow }) {
  const end = middleOf(to);
  const y = 18;
  if (from === to) {
    return (
      <g>
        <path class="sequence-line" d={`M${end} 8h${LOOP}v10h${-LOOP + ARROW}`} />
        <path class="sequence-head" d={headOf(end, y, -1)} />
        <Name text={message.name} x={end + LOOP + 6} y={17} room={NAME_LEAST - LOOP} />
      </g>
    );
  }
  const start = from === undefined ? MARGIN_LEFT - 4 : middleOf(from);
  const way = end > start ? 1 : -1;
  const left = Math.min(start, end);
  return (
    <g>
      {from === undefined && <circle class="sequence-outside" cx={start} cy={y} r="3" />}
      <path class="sequence-line" d={`M${start} ${y}H${end - way * ARROW}`} />
      <path class="sequence-head" d={headOf(end, y, way)} />
      <Name
        text={message.name}
        x={left + 10}
        y={13}
        room={Math.max(NAME_LEAST, Math.abs(end - start) - 20)}
      />
    </g>
  );
}

function headOf(x: number, y: number, way: number): string {
  return `M${x} ${y}l${-way * (ARROW + 1)} ${-ARROW / 1.5}v${(2 * ARROW) / 1.5}Z`;
}

function Name({ text, x, y, room }: { text: string; x: number; y: number; room: number }) {
  const most = Math.max(4, Math.floor(room / LETTER));
  const shown = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return (
    <text class="sequence-name" x={x} y={y}>
      {shown}
    </text>
  );
}
