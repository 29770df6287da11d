/** What a sequence diagram shows of its messages, without a picture of it. */

export interface SequenceActor {
  readonly id: string;
  readonly name: string;
  /** The name of its parent, where others are called the same. */
  readonly above?: string;
  readonly dead?: boolean;
}

export interface SequenceMessage {
  /** Unique, and rising with time. */
  readonly number: number;
  readonly at_ms: number;
  /** Ids of actors; undefined: from outside. */
  readonly from: string | undefined;
  readonly to: string;
  readonly name: string;
  /** The same in all messages of one request. */
  readonly flow?: string;
  readonly sampled?: boolean;
}

/** A message with where it goes: columns from 0, or undefined from outside. */
export interface SequenceRow {
  readonly message: SequenceMessage;
  readonly from: number | undefined;
  readonly to: number;
  /** ms since the row before; 0 for the first. */
  readonly gap_ms: number;
}

/** Rows of the messages to columns; others go to actors that were not chosen. */
export function rowsOf(
  actors: readonly SequenceActor[],
  messages: readonly SequenceMessage[],
): SequenceRow[] {
  const columns = new Map(actors.map(({ id }, index) => [id, index]));
  const rows: SequenceRow[] = [];
  for (const message of messages) {
    const to = columns.get(message.to);
    if (to === undefined) continue;
    const from = message.from === undefined ? undefined : columns.get(message.from);
    const before = rows.at(-1)?.message.at_ms ?? message.at_ms;
    rows.push({ message, from, to, gap_ms: Math.max(0, message.at_ms - before) });
  }
  return rows;
}

/** A pause that is worth a word. */
const GAP_MS = 250;

export function gapText(gap_ms: number): string {
  if (gap_ms < GAP_MS) return '';
  if (gap_ms < 1000) return `+${Math.round(gap_ms)} ms`;
  if (gap_ms < 60_000) return `+${(gap_ms / 1000).toFixed(1)} s`;
  return `+${Math.round(gap_ms / 60_000)} min`;
}

/** The time of day of a browser, to the millisecond. */
export function clockText(at_ms: number): string {
  const at = new Date(at_ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const ms = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}
