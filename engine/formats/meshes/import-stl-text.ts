/** The ASCII form of .stl files. */

import { plainText } from '../../mesh-import/plain-text.ts';
import { PolygonCutter } from '../../mesh-import/polygon.ts';
import { type TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import type { ImportOptions } from '../format.ts';
import type { Report } from '../report.ts';
import { shown } from '../shown.ts';

/** Words that stand before or after corners. */
const WORDS = new Set(['solid', 'facet', 'outer', 'loop', 'endloop', 'endfacet', 'endsolid']);
const CORNERS_MAX = 4096;
const START_CHARS = 1024;

/** Whether a file is text, as far as its beginning tells. */
export function isStlText(bytes: Uint8Array): boolean {
  const start = Buffer.from(plainText(bytes.subarray(0, START_CHARS))).toString('latin1');
  return /^\s*(?:solid|facet)\b[^\0]*\0*$/i.test(start);
}

/** Adds the facets of all solids. Throws GOX_FORMAT_BROKEN for what is no such text. */
export function readStlText(
  soup: TriangleSoup,
  bytes: Uint8Array,
  options: ImportOptions & { readonly report: Report },
): void {
  const { report, like } = options;
  const cursor = new TextCursor(plainText(bytes), soup.source);
  const facet = new Facet(soup, report);
  let strange: { readonly at: number; readonly line: number; readonly word: string } | undefined;
  while (cursor.moreAnywhere()) {
    const { at, line } = cursor;
    const word = cursor.word().toLowerCase();
    if (word === 'vertex') facet.add(cursor);
    else if (!WORDS.has(word)) {
      strange ??= { at, line, word };
      cursor.rest();
      report.warn('WARN_UNKNOWN_PART', 'Words of a line are none of the format.', { line });
    } else if (word !== 'outer' && word !== 'loop') facet.end(line);
    if (word === 'solid') {
      // The names of solids are free, and facet lines hold normals.
      const name = shown(cursor.rest());
      if (like !== 'goxel') soup.begin({ name });
    } else if (word === 'endsolid') cursor.rest();
    else if (word === 'facet') skipNormal(cursor);
  }
  facet.finish(cursor.line);
  if (strange === undefined || facet.found) return;
  Object.assign(cursor, { at: strange.at, line: strange.line });
  cursor.fail(`${JSON.stringify(strange.word.slice(0, 40))} is no word of it`);
}

/** The rest of `facet normal x y z`, behind which other words may stand in the same line. */
function skipNormal(cursor: TextCursor): void {
  for (let i = 0; i < 4 && cursor.more() && !isWord(cursor.bytes[cursor.at]!); i++) cursor.word();
}

/** The corners of one facet, of which there are three, whatever the format says. */
class Facet {
  readonly #soup: TriangleSoup;
  readonly #report: Report;
  readonly #cutter: PolygonCutter;
  readonly #corners = new Float64Array(CORNERS_MAX * 3);
  readonly #places = Array.from({ length: CORNERS_MAX }, (_, i) => i);
  #count = 0;
  #found = false;

  constructor(soup: TriangleSoup, report: Report) {
    this.#soup = soup;
    this.#report = report;
    this.#cutter = new PolygonCutter(report);
  }

  /** Whether there was any, sound or not. */
  get found(): boolean {
    return this.#found;
  }

  add(cursor: TextCursor): void {
    if (this.#count === CORNERS_MAX) cursor.fail(`a facet of more than ${CORNERS_MAX} corners`);
    for (let axis = 0; axis < 3; axis++) {
      const there = cursor.moreAnywhere() && !isWord(cursor.bytes[cursor.at]!);
      this.#corners[this.#count * 3 + axis] = there ? cursor.value() : Number.NaN;
    }
    this.#count++;
  }

  /** Ends the last one, where the file does. */
  finish(line: number): void {
    if (this.#count === 0) return;
    if (this.#count >= 3) this.end(line);
    this.#count = 0;
    this.#found = true;
    this.#report.warn('WARN_CUT_SHORT', 'The file ends within a facet.', { line });
  }

  end(line: number): void {
    const count = this.#count;
    if (count === 0) return;
    this.#count = 0;
    this.#found = true;
    const corners = this.#corners;
    let sum = 0;
    for (let at = 0; at < count * 3; at++) sum += corners[at]!;
    if (count < 3 || Number.isNaN(sum)) {
      const what = count < 3 ? 'A facet has less than three corners.' : 'A corner is no number.';
      this.#report.warn('WARN_FACES_SKIPPED', what, { line });
      return;
    }
    const triangles = this.#cutter.cut(corners, this.#places, count);
    for (let i = 0; i < triangles.length; i += 3) {
      const [a, b, c] = [triangles[i]!, triangles[i + 1]!, triangles[i + 2]!];
      this.#soup.add(corners, a, b, c, WHITE, WHITE, WHITE);
    }
  }
}

/** Whether a byte begins a word of the format, and no number: not that of `nan` or `inf`. */
function isWord(byte: number): boolean {
  return 'vefosVEFOS'.includes(String.fromCharCode(byte));
}
