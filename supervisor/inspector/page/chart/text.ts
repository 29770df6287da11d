/** Lines of text whose widths are known before they are drawn. All lengths are px at zoom 1. */

/** The width of a text. */
export type Measure = (text: string, size: number, bold: boolean) => number;

/** What a piece of text says; its look follows from that. */
export type Role = 'name' | 'word' | 'event' | 'guard' | 'actions' | 'target' | 'tag';

export interface Piece {
  readonly text: string;
  readonly role: Role;
}

/** A line at its baseline. */
export interface Line {
  readonly x: number;
  readonly y: number;
  readonly pieces: readonly Piece[];
}

export interface Lines {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly height: number;
  /** The whole of what was cut. */
  readonly full?: string;
}

const SIZE: Readonly<Record<Role, number>> = {
  ...{ name: 13, word: 11, event: 12, guard: 12, actions: 11, target: 12, tag: 11 },
};
const BOLD: ReadonlySet<Role> = new Set(['name', 'event']);
/** As in `chart.css`. */
export const BOLD_WEIGHT = 600;
export const FONT = 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif';
const LINE_HEIGHT = 16;
const BASELINE = 12;

/** Breaks pieces into at most `lines_max` lines, at the borders of pieces and of their words. */
export function setLines(
  pieces: readonly Piece[],
  width_max: number,
  lines_max: number,
  measure: Measure,
  indent = 0,
): Lines {
  const rows: Piece[][] = [[]];
  let used = 0;
  let width = 0;
  let cut = false;
  const wide = ({ text, role }: Piece) => measure(text, SIZE[role], BOLD.has(role));
  for (const word of pieces.flatMap(words)) {
    const row = rows.at(-1) ?? [];
    const piece = row.length === 0 ? { ...word, text: word.text.trimStart() } : word;
    // The space at the end of a line takes no room.
    if (used + wide({ ...piece, text: piece.text.trimEnd() }) <= width_max) {
      row.push(piece);
      used += wide(piece);
    } else if (row.length > 0 && rows.length < lines_max) {
      const first = shorten({ ...word, text: word.text.trimStart() }, width_max - indent, wide);
      cut ||= first.text.endsWith('…');
      rows.push([first]);
      used = indent + wide(first);
    } else {
      cut = true;
      const room = shorten(piece, width_max - used, wide);
      if (room.text.length > 1 || row.length === 0) row.push(room);
      else replaceEnd(row);
      width = Math.max(width, Math.min(width_max, used + wide(room)));
      break;
    }
    width = Math.max(width, used);
  }
  return {
    lines: rows.map((row, index) => ({
      x: index === 0 ? 0 : indent,
      y: index * LINE_HEIGHT + BASELINE,
      pieces: joined(row),
    })),
    width: Math.min(width, width_max),
    height: rows.length * LINE_HEIGHT,
    ...(cut ? { full: pieces.map(({ text }) => text).join('') } : {}),
  };
}

/** One below the other, each moved to the right by that much. */
export function stack(parts: readonly Lines[], gap: number): Lines {
  let height = 0;
  const lines: Line[] = [];
  for (const [index, part] of parts.entries()) {
    if (index > 0) height += gap;
    for (const line of part.lines) lines.push({ ...line, y: line.y + height });
    height += part.height;
  }
  const full = parts.flatMap((part) => part.full ?? []).join('\n');
  return {
    ...{ lines, height, width: Math.max(0, ...parts.map(({ width }) => width)) },
    ...(full === '' ? {} : { full }),
  };
}

export function plainText(lines: readonly Line[]): string {
  return lines.map(({ pieces }) => pieces.map(({ text }) => text).join('')).join(' ');
}

function words({ text, role }: Piece): Piece[] {
  return (text.match(/\s*\S+\s*/g) ?? []).map((word) => ({ text: word, role }));
}

/** As much of a piece as fits, with `…` where something is missing. */
function shorten(piece: Piece, width: number, wide: (piece: Piece) => number): Piece {
  if (wide(piece) <= width) return piece;
  let text = piece.text;
  while (text.length > 0 && wide({ ...piece, text: `${text}…` }) > width) text = text.slice(0, -1);
  return { ...piece, text: `${text}…` };
}

function replaceEnd(row: Piece[]): void {
  const last = row.pop();
  if (last === undefined) return;
  row.push({ ...last, text: `${last.text.slice(0, -2).trimEnd()}…` });
}

/** Neighbours of one role are one piece, for fewer elements. */
function joined(row: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  for (const piece of row) {
    const last = pieces.at(-1);
    if (last?.role === piece.role) {
      pieces[pieces.length - 1] = { ...last, text: last.text + piece.text };
    } else pieces.push(piece);
  }
  return pieces;
}
