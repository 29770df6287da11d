/**
 * Reads clouds of points as text, as scanners and programs such as CloudCompare, MeshLab and Leica
 * Cyclone write them: a point a line, `x y z`, and behind it an intensity, a colour, a normal, in
 * this or another order; between them blanks, tabs, commas or semicolons. Lines of names or with
 * the number of points may come first. Names say what the columns are; without them their numbers
 * do (`import-points-columns.ts`). Z is up.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { grown } from '../../mesh-import/grown.ts';
import { plainText } from '../../mesh-import/plain-text.ts';
import { TriangleSoup } from '../../mesh-import/soup.ts';
import { VALUE_MAX } from '../../mesh-import/text-cursor.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import type { ImportOptions } from '../format.ts';
import { Report } from '../report.ts';
import { COLUMNS_MAX, Columns } from './import-points-columns.ts';

const NEWLINE = 0x0a;
const LINE_BYTES_MAX = 4096;
const ROOM_AT_FIRST = 1024;
const LINES_BEFORE_MAX = 64;

/**
 * The points of the file as voxels. Throws GOX_FORMAT_BROKEN (details: file, line) for a file
 * without any, or GOX_MEMORY_LIMIT.
 */
export function readPoints(
  bytes: Uint8Array,
  source: string,
  options: ImportOptions = {},
): Document {
  const asked = { ...options, report: options.report ?? new Report() };
  const rows = new Rows(plainText(bytes), source, asked.report);
  rows.read();
  const soup = new TriangleSoup(source);
  const columns = new Columns(rows);
  soup.hasColors = columns.colored;
  const place = new Float64Array(3);
  for (let row = 0; row < rows.count; row++) {
    if ((row & 0xfff) === 0) checkInterrupt();
    const at = row * rows.width;
    for (let axis = 0; axis < 3; axis++) place[axis] = rows.values[at + columns.places[axis]!]!;
    soup.addPoint(place, 0, columns.colorOf(at));
  }
  return voxelize(soup, false, asked);
}

/** The numbers of all lines, of equally many columns. */
class Rows {
  readonly source: string;
  /** Of the columns, where a line before the points names them. */
  names: readonly string[] = [];
  count = 0;
  width = 0;
  values = new Float64Array(0);
  readonly #bytes: Buffer;
  readonly #report: Report;

  constructor(bytes: Uint8Array, source: string, report: Report) {
    this.source = source;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#report = report;
  }

  read(): void {
    const file = this.#bytes;
    let line = 0;
    let strange: number | undefined;
    for (let from = 0; from < file.length; ) {
      line++;
      if ((line & 0xfff) === 0) checkInterrupt();
      const found = file.indexOf(NEWLINE, from);
      const end = found < 0 ? file.length : found;
      const words = wordsOf(file.toString('latin1', from, Math.min(end, from + LINE_BYTES_MAX)));
      from = end + 1;
      if (words.length === 0 || this.#add(words)) continue;
      strange ??= line;
      if (this.count > 0) this.#skip(line);
      else if (line > LINES_BEFORE_MAX) break;
      else if (words.length > 2) this.names = words.map((word) => word.toLowerCase());
    }
    if (this.count > 0 || strange === undefined) return;
    const message = `${this.source} is damaged in line ${strange}: no point "x y z".`;
    throw new GoxError('GOX_FORMAT_BROKEN', message, { file: this.source, line: strange });
  }

  /** Whether a line is a point. */
  #add(words: string[]): boolean {
    // Molecules have the element before the place.
    const numbers = words.length > 3 && Number.isNaN(numberOf(words[0]!)) ? words.slice(1) : words;
    if (numbers.length < 3 || numbers.length > COLUMNS_MAX) return false;
    const values = numbers.map(numberOf);
    for (let axis = 0; axis < 3; axis++) if (!(Math.abs(values[axis]!) <= VALUE_MAX)) return false;
    if (this.width === 0) {
      this.width = values.length;
      this.values = new Float64Array(ROOM_AT_FIRST * this.width);
    }
    const at = this.count * this.width;
    if (at === this.values.length) this.values = grown(this.values, at * 2);
    for (let i = 0; i < this.width; i++) this.values[at + i] = values[i] ?? Number.NaN;
    this.count++;
    return true;
  }

  #skip(line: number): void {
    const message = 'A line is no point "x y z".';
    this.#report.warn('WARN_FACES_SKIPPED', message, { line });
  }
}

/** The words of a line without what a comment of CloudCompare or a shell begins with. */
function wordsOf(line: string): string[] {
  const text = line.replace(/^\s*(?:\/\/|#)/, '').trim();
  if (text === '') return [];
  // Where semicolons part the columns, a comma is a decimal one.
  const words = text.includes(';')
    ? text.replaceAll(',', '.').split(/\s*;\s*/)
    : text.split(text.includes(',') ? /\s*,\s*/ : /\s+/);
  return text.includes('"') ? words.map((word) => word.replace(/^"(.*)"$/, '$1')) : words;
}

/** NaN for what is none; an empty word is none either. */
function numberOf(word: string): number {
  return word === '' ? Number.NaN : Number(word);
}
