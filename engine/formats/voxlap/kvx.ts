/**
 * Voxel sprites of the Build engine (.kvx; format by Ken Silverman, "slab6.txt"). Little-endian.
 *
 * - u32 bytes of the first level of detail (without this field), u32 size x, y, z, i32 pivot x, y,
 *   z (24.8 fixed point), u32 offset of each x slice and of the end, u16 offset of each column in
 *   its slice and of the slice's end; then columns of slabs. Four smaller levels of detail may
 *   follow; the last 768 bytes of the file are a palette of 6-bit colours.
 * - A slab: u8 top, u8 length, u8 sides that can be seen (1 -x, 2 +x, 4 -y, 8 +y, 16 top, 32
 *   bottom), a colour for each voxel. y and z point against ours, so 4 is our +y.
 *
 * Only voxels that can be seen are stored. What lies between a slab that is closed below and one
 * that is closed above is inside; as in Goxel it gets the colour at the bottom of that solid part.
 *
 * The pivot becomes the origin (`pivot.ts`). Like Goxel its y counts from the other end, and what
 * it has behind the point means nothing.
 *
 * What is written like Goxel is Goxel's, byte for byte, with these differences: Goxel never uses
 * the palette's entries 0 and 255, so the colour in entry 0 gets lost, and all of 256 are used
 * here; it drops voxels outside the image box, which is extended here; and it writes a slab of no
 * column for an empty model.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { signedWords } from '../../volume/block.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { exportBox, sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import type { ExportOptions, Format, ImportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { requireReach, VoxelBuilder } from '../voxel-builder.ts';
import { tellInside } from './inside.ts';
import { type ColorIndex, colorsFor, PALETTE_COLORS, paletteBytes } from './kvx-colors.ts';
import { pivotOf, placeOf, setPlace } from './pivot.ts';
import { BOTTOM, PLACE_BITS, SIDES, type Surface, surfaceOf, TOP } from './surface.ts';

const SIX_BITS = 63;
const PALETTE_BYTES = 768;
/** Sizes and pivot, which the size field counts. */
const HEADER_BYTES = 24;
const SLAB_HEADER_BYTES = 3;
const SLAB_MAX = 255;
const FIXED_ONE = 256;
const OPAQUE = 0xff00_0000;

/** A slab's top is one byte. */
const HEIGHT_MAX = 256;
/** The tables have a number for each column, voxels or not. */
const WIDTH_MAX = 4096;
/** Columns are found by 16-bit offsets. */
const SLICE_BYTES_MAX = 0xffff;

function readKvx(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  { like, report }: ImportOptions,
): Document {
  const reader = new ByteReader(bytes, source, 'little');
  const level_bytes = reader.u32('size of the first level');
  reader.need(HEADER_BYTES + PALETTE_BYTES, 'header and palette');
  if (level_bytes < HEADER_BYTES || level_bytes > reader.left - PALETTE_BYTES) {
    reader.fail(`a level of ${level_bytes} bytes does not fit with a palette`, 0);
  }
  const palette = signedWords(readPalette(reader.bytes.subarray(-PALETTE_BYTES), like === 'goxel'));
  const size = [reader.u32('size'), reader.u32('size'), reader.u32('size')] as const;
  const [width, depth, height] = size;
  const pivot = () => reader.i32('pivot') / FIXED_ONE;
  const place = placeOf([pivot(), pivot(), pivot()], size, report);
  const table_bytes = (width + 1) * 4 + width * (depth + 1) * 2;
  const end = 4 + level_bytes;
  if (table_bytes > end - reader.at) {
    reader.fail(`${table_bytes} bytes of tables do not fit into the ${end - reader.at} left`);
  }
  const box = like === 'goxel' ? likeGoxel(place.box) : place.box;
  requireReach(reader, box.min, size);
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  const base = reader.at;
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset, end);
  const columns = base + (width + 1) * 4;
  let slab_bytes = 0;
  for (let x = 0; x < width; x++) {
    const slice = base + view.getUint32(base + x * 4, true);
    for (let y = 0; y < depth; y++) {
      checkInterrupt();
      const entry = columns + (x * (depth + 1) + y) * 2;
      const from = slice + view.getUint16(entry, true);
      const to = slice + view.getUint16(entry + 2, true);
      if (from < base + table_bytes || to < from || to > end) {
        reader.fail(`a column from byte ${from} to ${to} is not among the slabs`, entry);
      }
      const column = { x: x + box.min[0], y: box.max[1] - 1 - y, top: box.max[2] - 1, height };
      // Columns that share bytes could ask for work without end.
      slab_bytes += to - from;
      if (slab_bytes > end - base) reader.fail('columns share their slabs', entry);
      readColumn(reader, from, to, column, palette, voxels);
    }
  }
  voxels.finish(document.activeLayer.volume);
  const origin: Vec3 = like === 'goxel' ? [0, 0, 0] : place.origin;
  if (width > 0 && depth > 0 && height > 0) setPlace(document, { box, origin });
  return document;
}

/** With the pivot's y from the other end. */
function likeGoxel({ min, max }: Box): Box {
  return { min: [min[0], -max[1], min[2]], max: [max[0], -min[1], max[2]] };
}

interface Column {
  readonly x: number;
  readonly y: number;
  /** z of the topmost cell. */
  readonly top: number;
  readonly height: number;
}

function readColumn(
  reader: ByteReader,
  from: number,
  to: number,
  { x, y, top, height }: Column,
  palette: Int32Array,
  voxels: VoxelBuilder,
): void {
  const { bytes } = reader;
  const gaps: number[] = [];
  let below = 0;
  let open = true;
  for (let at = from; at < to; ) {
    if (to - at < SLAB_HEADER_BYTES) reader.fail('a slab is cut short', at);
    const start = bytes[at]!;
    const length = bytes[at + 1]!;
    const sides = bytes[at + 2]!;
    const colors = at + SLAB_HEADER_BYTES;
    if (length > to - colors) reader.fail(`a slab of ${length} voxels leaves its column`, at);
    if (start + length > height) reader.fail(`a slab leaves the height of ${height}`, at);
    at = colors + length;
    if (length === 0) continue;
    for (let i = 0; i < length; i++) {
      voxels.set(x, y, top - start - i, palette[bytes[colors + i]!]!);
    }
    if (!open && (sides & TOP) === 0 && start > below) gaps.push(below, start);
    open = (sides & BOTTOM) !== 0;
    below = start + length;
    for (let gap = 0; open && gap < gaps.length; gap += 2) {
      const [zFrom, zTo] = [top - gaps[gap + 1]! + 1, top - gaps[gap]! + 1];
      voxels.fillZ(x, y, zFrom, zTo, palette[bytes[at - 1]!]!);
    }
    if (open) gaps.length = 0;
  }
}

/** Some programs write eight bits, which shows where a channel has more than six. */
function readPalette(bytes: Uint8Array, goxel: boolean): Uint32Array {
  const eight = !goxel && bytes.some((value) => value > SIX_BITS);
  const palette = new Uint32Array(PALETTE_COLORS);
  const channel = (i: number) =>
    eight ? bytes[i]! : Math.round(((bytes[i]! & SIX_BITS) * 255) / SIX_BITS);
  for (let i = 0; i < PALETTE_COLORS; i++) {
    const rgb = channel(i * 3) | (channel(i * 3 + 1) << 8) | (channel(i * 3 + 2) << 16);
    palette[i] = (OPAQUE | rgb) >>> 0;
  }
  return palette;
}

function writeKvx(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const box = exportBox(document) ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const [width, depth, height] = sizeOf(box);
  if (height > HEIGHT_MAX || width > WIDTH_MAX || depth > WIDTH_MAX) {
    const message =
      `A .kvx model may be ${WIDTH_MAX} x ${WIDTH_MAX} x ${HEIGHT_MAX}; this one is ` +
      `${width} x ${depth} x ${height}. Crop it or its image box, or save as .kv6 or .vox.`;
    const most = [WIDTH_MAX, WIDTH_MAX, HEIGHT_MAX];
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, depth, height], most });
  }
  const volume = document.merged();
  const surface = surfaceOf(volume, box);
  tellInside(volume, box, surface, 'bottom', options.report);
  const { palette, index } = colorsFor(document, surface.colors, options);
  const slices = slabsOf(surface, box, index);
  const pivot = options.like === 'goxel' ? pivotOfGoxel(box) : pivotOf(document, box);
  return inPieces(kvxParts(box, slices, palette, pivot));
}

/** With half a voxel more along sides of odd length. */
function pivotOfGoxel(box: Box): Vec3 {
  const [width, depth] = sizeOf(box);
  const half = (size: number) => (size % 2 === 1 ? 0.5 : 0);
  return [-box.min[0] + half(width), -box.min[1] + half(depth), box.max[2]];
}

interface Slabs {
  readonly bytes: Uint8Array;
  /** Of each column and of the end. */
  readonly offsets: Uint16Array;
}

/** The columns of every x slice. */
function slabsOf(surface: Surface, box: Box, index: ColorIndex): Slabs[] {
  const [width, depth, height] = sizeOf(box);
  // The longest slice that fits, and a column more.
  const bytes = new Uint8Array(SLICE_BYTES_MAX + height * (SLAB_HEADER_BYTES + 1));
  return Array.from({ length: width }, (_, x) => {
    checkInterrupt();
    const offsets = new Uint16Array(depth + 1);
    let at = 0;
    for (let y = 0; y < depth; y++) {
      if (at > SLICE_BYTES_MAX) refuseSlice(x + box.min[0]);
      offsets[y] = at;
      at = writeColumn(surface, x * depth + y, index, bytes, at);
    }
    if (at > SLICE_BYTES_MAX) refuseSlice(x + box.min[0]);
    offsets[depth] = at;
    return { bytes: bytes.slice(0, at), offsets };
  });
}

function refuseSlice(x: number): never {
  const message =
    `The voxels at x = ${x} take more than the ${SLICE_BYTES_MAX} bytes that a .kvx file has ` +
    'for them. Split the model, or save as .kv6 or .vox.';
  throw new GoxError('GOX_FORMAT_LIMIT', message, { x, bytes_max: SLICE_BYTES_MAX });
}

/** Writes the slabs of one column at `at`; returns where they end. */
function writeColumn(
  { starts, places, colors }: Surface,
  column: number,
  index: ColorIndex,
  bytes: Uint8Array,
  at: number,
): number {
  let slab = -1;
  let below = -1;
  const end = starts[column + 1]!;
  for (let i = starts[column]!; i < end; i++) {
    const z = places[i]! & 0xffff;
    const sides = places[i]! >>> PLACE_BITS;
    const goes_on =
      slab >= 0 &&
      below === z &&
      (bytes[slab + 2]! & BOTTOM) === 0 &&
      (bytes[slab + 2]! & SIDES) === (sides & SIDES) &&
      bytes[slab + 1]! < SLAB_MAX;
    if (!goes_on) {
      slab = at;
      bytes[slab] = z;
      bytes[slab + 1] = 0;
      bytes[slab + 2] = 0;
      at += SLAB_HEADER_BYTES;
    }
    bytes[slab + 1]!++;
    bytes[slab + 2]! |= sides;
    bytes[at++] = index.of(colors[i]!);
    below = z + 1;
  }
  return at;
}

function* kvxParts(
  box: Box,
  slices: Slabs[],
  palette: Uint32Array,
  pivot: Vec3,
): Generator<Uint8Array> {
  const [width, depth, height] = sizeOf(box);
  let offset = (width + 1) * 4 + width * (depth + 1) * 2;
  const xOffsets = new Uint32Array(width + 1);
  for (const [x, { bytes }] of slices.entries()) {
    xOffsets[x] = offset;
    offset += bytes.length;
  }
  xOffsets[width] = offset;
  const header = Int32Array.of(
    HEADER_BYTES + offset,
    ...[width, depth, height],
    ...pivot.map((value) => Math.round(value * FIXED_ONE)),
  );
  yield new Uint8Array(header.buffer);
  yield new Uint8Array(xOffsets.buffer);
  for (const { offsets } of slices) yield new Uint8Array(offsets.buffer);
  for (const { bytes } of slices) yield bytes;
  yield paletteBytes(palette);
}

export const kvx: Format = {
  name: 'kvx',
  extensions: ['kvx'],
  read: budgeted(readKvx),
  write: writeKvx,
};
