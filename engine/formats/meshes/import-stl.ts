/**
 * Reads .stl, binary and ASCII. It has no colours but in two habits of the binary form's last two
 * bytes a triangle, 5 bits a channel: VisCAM (bit 15 set: blue in the lowest bits) and Materialise
 * Magics (a header with `COLOR=` and four bytes: bit 15 clear, red in the lowest bits; set, the
 * header's colour). Z is up. Normals are passed over: the order of the corners says them too.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { TextCursor } from '../../mesh-import/text-cursor.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';

const HEADER_BYTES = 80;
const START_BYTES = HEADER_BYTES + 4;
const TRIANGLE_BYTES = 50;
const NORMAL_BYTES = 12;
const ATTRIBUTE_AT = 48;
const MARKED = 0x8000;
const MAGICS = 'COLOR=';

/** Words of the ASCII form that stand before or after corners. */
const WORDS = new Set(['solid', 'facet', 'outer', 'loop', 'endloop', 'endfacet', 'endsolid']);

/**
 * The mesh of the file as voxels. Throws GOX_FORMAT_BROKEN (details: file, offset) or
 * GOX_MEMORY_LIMIT.
 */
export function readStl(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const soup = new TriangleSoup(source);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < START_BYTES ? -1 : view.getUint32(HEADER_BYTES, true);
  // Binary files may begin with "solid" too: the size tells them from text.
  if (bytes.length === START_BYTES + count * TRIANGLE_BYTES) readBinary(soup, view, count);
  else if (isText(bytes)) readText(soup, bytes);
  else {
    const expected = START_BYTES + count * TRIANGLE_BYTES;
    const what =
      count < 0
        ? 'it is no .stl file'
        : `${count} triangles make ${expected} bytes, not ${bytes.length}`;
    fail(source, HEADER_BYTES, what);
  }
  return voxelize(soup, false, options);
}

function isText(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512));
  return /^\s*solid\b/i.test(start.toString('latin1')) && !start.includes(0);
}

function readBinary(soup: TriangleSoup, view: DataView, count: number): void {
  const corners = new Float64Array(9);
  const magics = magicsColor(view);
  if (magics !== undefined) soup.hasColors = true;
  for (let triangle = 0; triangle < count; triangle++) {
    if ((triangle & 0xfff) === 0) checkInterrupt();
    const at = START_BYTES + triangle * TRIANGLE_BYTES;
    for (let i = 0; i < 9; i++) {
      const value = view.getFloat32(at + NORMAL_BYTES + i * 4, true);
      if (!Number.isFinite(value)) {
        const vertex = triangle * 3 + Math.floor(i / 3);
        fail(soup.source, at + NORMAL_BYTES + i * 4, `vertex ${vertex} has no finite coordinates`);
      }
      corners[i] = value;
    }
    const attribute = view.getUint16(at + ATTRIBUTE_AT, true);
    const low = byteOf(attribute);
    const middle = byteOf(attribute >> 5);
    const high = byteOf(attribute >> 10);
    let color = WHITE;
    if (magics !== undefined) {
      color = (attribute & MARKED) === 0 ? pack(low, middle, high, 255) : magics;
    } else if ((attribute & MARKED) !== 0) {
      color = pack(high, middle, low, 255);
      soup.hasColors = true;
    }
    soup.add(corners, 0, 1, 2, color, color, color);
  }
}

/** The lowest 5 bits as a byte. */
function byteOf(bits: number): number {
  return Math.round(((bits & 31) * 255) / 31);
}

/** The colour in a header of Materialise Magics. */
function magicsColor(view: DataView): number | undefined {
  const header = Buffer.from(view.buffer, view.byteOffset, HEADER_BYTES);
  const at = header.indexOf(MAGICS) + MAGICS.length;
  if (at < MAGICS.length || at + 4 > HEADER_BYTES) return undefined;
  return pack(header[at]!, header[at + 1]!, header[at + 2]!, 255);
}

function readText(soup: TriangleSoup, bytes: Uint8Array): void {
  const cursor = new TextCursor(bytes, soup.source);
  const corners = new Float64Array(9);
  let vertex = 0;
  while (cursor.moreAnywhere()) {
    const word = cursor.word().toLowerCase();
    if (word === 'vertex') {
      const at = (vertex % 3) * 3;
      for (let axis = 0; axis < 3; axis++) {
        if (!cursor.moreAnywhere()) cursor.fail(`vertex ${vertex} has ${axis} coordinates`);
        corners[at + axis] = cursor.number();
      }
      vertex++;
      if (vertex % 3 === 0) soup.add(corners, 0, 1, 2, WHITE, WHITE, WHITE);
    } else if (!WORDS.has(word))
      cursor.fail(`${JSON.stringify(word.slice(0, 40))} is no word of it`);
    else if (word === 'endloop' && vertex % 3 !== 0) cursor.fail('a facet without three corners');
    // The names of solids are free, and facet lines hold normals.
    else if (word === 'solid' || word === 'endsolid' || word === 'facet') cursor.rest();
  }
  if (vertex % 3 !== 0) cursor.fail('the last facet is cut short');
}

function fail(file: string, offset: number, what: string): never {
  const message = `${file} is damaged at byte ${offset}: ${what}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, offset });
}
