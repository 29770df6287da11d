/**
 * Reads .stl, binary and ASCII. It has no colours but in two habits of the binary form's last two
 * bytes a triangle, 5 bits a channel: VisCAM and SolidView (bit 15 set: blue in the lowest bits)
 * and Materialise Magics (a header with `COLOR=` and four bytes: bit 15 clear, red in the lowest
 * bits; set, the header's colour). The solids of an ASCII file become layers. Z is up. Normals are
 * passed over: the order of the corners says them too.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import { VALUE_MAX } from '../../mesh-import/text-cursor.ts';
import { voxelize } from '../../mesh-import/voxelize.ts';
import { pack } from '../../volume/color.ts';
import type { ImportOptions } from '../format.ts';
import { Report } from '../report.ts';
import { isStlText, readStlText } from './import-stl-text.ts';
import { isOfVoxels, voxelLengthIn } from './voxel-mark.ts';

const HEADER_BYTES = 80;
const START_BYTES = HEADER_BYTES + 4;
const TRIANGLE_BYTES = 50;
const NORMAL_BYTES = 12;
const ATTRIBUTE_AT = 48;
const MARKED = 0x8000;
const MAGICS = 'COLOR=';
/** Nobody draws larger, or more: such numbers are those of another kind of file. */
const LIKELY_MAX = 1e12;
const LIKELY_COUNT_MAX = 2 ** 26;

/**
 * The mesh of the file as voxels. Throws GOX_FORMAT_BROKEN (details: file, offset) or
 * GOX_MEMORY_LIMIT.
 */
export function readStl(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const asked = { ...options, report: options.report ?? new Report() };
  const soup = new TriangleSoup(source);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length < START_BYTES ? -1 : view.getUint32(HEADER_BYTES, true);
  const header = Buffer.from(bytes.subarray(0, HEADER_BYTES)).toString('latin1');
  soup.voxel_length = voxelLengthIn(header);
  soup.ofVoxels = isOfVoxels(header);
  // Binary files may begin with "solid" too: the size tells them from text.
  if (bytes.length === START_BYTES + count * TRIANGLE_BYTES) {
    readBinary(soup, view, count, asked.report);
  } else if (isStlText(bytes)) readStlText(soup, bytes, asked);
  else if (count < 0) fail(source, HEADER_BYTES, 'it is no .stl file');
  else readBinary(soup, view, countOf(source, view, count, asked.report), asked.report);
  return voxelize(soup, false, asked);
}

/** How many triangles there are, where the header and the size of the file disagree. */
function countOf(source: string, view: DataView, count: number, report: Report): number {
  const bytes = view.byteLength;
  const there = Math.floor((bytes - START_BYTES) / TRIANGLE_BYTES);
  if (count <= there && count > 0) {
    const more = bytes - START_BYTES - count * TRIANGLE_BYTES;
    const message = `There are ${more} bytes behind the last triangle.`;
    report.warn('WARN_TRAILING_BYTES', message, { byte: bytes - more });
    return count;
  }
  // Of a program that did not know yet how many there would be: none, or as many as can be.
  const open = count === 0 || count === 0xffff_ffff || count === 0x7fff_ffff;
  const whole = there > 0 && START_BYTES + there * TRIANGLE_BYTES === bytes;
  if (there > 0 && (open || whole)) {
    const message = `The header counts ${count} triangles, and there are ${there}.`;
    report.warn('WARN_DETAIL_SKIPPED', message, { byte: HEADER_BYTES });
    return there;
  }
  if (count > 0 && count < LIKELY_COUNT_MAX && areTriangles(view, there)) {
    const message = 'The file ends early: some of its triangles are lost.';
    report.warn('WARN_CUT_SHORT', message, { byte: bytes }, count - there);
    return there;
  }
  const expected = START_BYTES + count * TRIANGLE_BYTES;
  fail(source, HEADER_BYTES, `${count} triangles make ${expected} bytes, not ${bytes}`);
}

/** Whether the bytes look like triangles, and not like those of any other file. */
function areTriangles(view: DataView, count: number): boolean {
  let sound = 0;
  for (let triangle = 0; triangle < count; triangle++) {
    if ((triangle & 0xfff) === 0) checkInterrupt();
    const at = START_BYTES + triangle * TRIANGLE_BYTES;
    let likely = true;
    for (let i = 0; i < ATTRIBUTE_AT; i += 4) {
      if (!(Math.abs(view.getFloat32(at + i, true)) < LIKELY_MAX)) likely = false;
    }
    if (likely) sound++;
  }
  return count > 0 && sound >= count * 0.9;
}

function readBinary(soup: TriangleSoup, view: DataView, count: number, report: Report): void {
  const corners = new Float64Array(9);
  const magics = magicsColor(view);
  if (magics !== undefined) soup.hasColors = true;
  // Some programs write the colour of the header and none for triangles, which were all black.
  const single = magics !== undefined && !haveAttributes(view, count);
  for (let triangle = 0; triangle < count; triangle++) {
    if ((triangle & 0xfff) === 0) checkInterrupt();
    const at = START_BYTES + triangle * TRIANGLE_BYTES;
    let sound = true;
    for (let i = 0; i < 9; i++) {
      const value = view.getFloat32(at + NORMAL_BYTES + i * 4, true);
      if (!(Math.abs(value) <= VALUE_MAX)) sound = false;
      corners[i] = value;
    }
    if (!sound) {
      report.warn('WARN_FACES_SKIPPED', 'A corner has no finite coordinates.', { byte: at });
      continue;
    }
    const attribute = view.getUint16(at + ATTRIBUTE_AT, true);
    const low = byteOf(attribute);
    const middle = byteOf(attribute >> 5);
    const high = byteOf(attribute >> 10);
    let color = WHITE;
    if (magics !== undefined) {
      const own = (attribute & MARKED) === 0 && !single;
      color = own ? pack(low, middle, high, 255) : magics;
    } else if ((attribute & MARKED) !== 0) {
      color = pack(high, middle, low, 255);
      soup.hasColors = true;
    }
    soup.add(corners, 0, 1, 2, color, color, color);
  }
}

function haveAttributes(view: DataView, count: number): boolean {
  for (let triangle = 0; triangle < count; triangle++) {
    if ((triangle & 0xfff) === 0) checkInterrupt();
    const at = START_BYTES + triangle * TRIANGLE_BYTES + ATTRIBUTE_AT;
    if (view.getUint16(at, true) !== 0) return true;
  }
  return false;
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

function fail(file: string, offset: number, what: string): never {
  const message = `${file} is damaged at byte ${offset}: ${what}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, offset });
}
