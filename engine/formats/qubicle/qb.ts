/**
 * Qubicle Binary (.qb; format by Minddesk, getqubicle.com "Qubicle Binary File Specifications"):
 * named boxes of colours ("matrices"), one a layer. Little-endian.
 *
 * - Header: u32 version (Qubicle's is 0x101), colour format (0 RGBA, 1 BGRA), orientation (0 left
 *   handed, 1 right handed), compression, visibility mask encoding, matrix count.
 * - A matrix: u8 name length, name; u32 size x, y, z; i32 position x, y, z; the cells, z slowest
 *   and x fastest, four bytes each. The fourth is 0 for no voxel, else 255 or a mask of faces.
 * - Compressed cells come slice by slice along z: a colour, or the word 2 with a count and a
 *   colour, or the word 6 that ends the slice.
 *
 * Qubicle's y is up and becomes our z; its z becomes y, or -y when it is left handed. Goxel ignores
 * the colour format; it is honoured here. What is written (`qb-write.ts`) is Goxel's, byte for
 * byte, but that layers without voxels are not counted (Goxel counts and does not write them; such
 * files are read too); compressed and left handed only when that is asked for.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { boxCorners, boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { ExportOptions, Format, ImportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { requireReach, VoxelBuilder } from '../voxel-builder.ts';
import { NEXT_SLICE, type QbPart, qbPieces, RIGHT_HANDED, RUN } from './qb-write.ts';

const BGRA = 1;
const COMPRESSED = 1;
const OPAQUE = 0xff00_0000;

/** Name length, size and position of a matrix. */
const MATRIX_BYTES_MIN = 25;
/** A layer costs memory even when its matrix is but a few bytes. */
const LAYERS_MAX = 16384;
/** Cells of one file; every one is written, voxel or not. They are 1 GiB. */
const CELLS_MAX = 2 ** 28;

interface Matrix {
  readonly size: Vec3;
  readonly at: Vec3;
  readonly swapped: boolean;
  /** 1 when Qubicle's z is our y, -1 when it is our -y. */
  readonly sign: 1 | -1;
}

function readQb(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  { report }: ImportOptions,
): Document {
  const reader = new ByteReader(bytes, source, 'little');
  // There is no magic number, and programs put their own into the version.
  reader.u32('version');
  const [format, orientation, compression] = [flag(reader), flag(reader), flag(reader)];
  const swapped = format === BGRA;
  const sign = orientation === RIGHT_HANDED ? 1 : -1;
  const compressed = compression === COMPRESSED;
  const masked = reader.u32('visibility mask encoding') !== 0;
  const count = reader.u32('matrix count');
  if (count > LAYERS_MAX) reader.fail(`${count} matrices are more than ${LAYERS_MAX}`, 20);
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  let partly = 0;
  for (let i = 0; i < count; i++) {
    // Goxel counts empty layers and does not write them.
    if (reader.left === 0) break;
    reader.need(MATRIX_BYTES_MIN, 'a matrix');
    const name = reader.text(reader.u8('name length'), 'name');
    const layer = i === 0 ? document.activeLayer : document.addLayer(name);
    layer.set({ name });
    const size = [reader.u32('size'), reader.u32('size'), reader.u32('size')] as const;
    const at = [reader.i32('position'), reader.i32('position'), reader.i32('position')] as const;
    requireReach(reader, at, size);
    if (sign < 0) requireReach(reader, [0, 0, -at[2] - size[2] + 1], [0, 0, size[2]]);
    const matrix = { size, at, swapped, sign } as const;
    partly += (compressed ? readRuns : readCells)(reader, matrix, voxels);
    if (size[0] > 0 && size[1] > 0 && size[2] > 0) layer.set({ box: boxMatrix(placeOf(matrix)) });
    voxels.finish(layer.volume);
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  if (!masked) report?.warn('WARN_OPACITY', PARTLY, undefined, partly);
  return document;
}

const PARTLY = 'A .qb file has no voxels that are seen through; what has an alpha is opaque.';

function flag(reader: ByteReader): number {
  const value = reader.u32('header');
  if (value > 1) reader.fail('this is no Qubicle Binary file', reader.at - 4);
  return value;
}

/** Where the box of a matrix lies in our coordinates. */
function placeOf({ size, at, sign }: Matrix): Box {
  const y = sign > 0 ? at[2] : 1 - at[2] - size[2];
  return { min: [at[0], y, at[1]], max: [at[0] + size[0], y + size[2], at[1] + size[1]] };
}

/** How many voxels have an alpha that is neither 0 nor 255. */
function readCells(reader: ByteReader, matrix: Matrix, voxels: VoxelBuilder): number {
  const [width, height, depth] = matrix.size;
  const slice_bytes = width * height * 4;
  reader.need(slice_bytes * depth, 'cells');
  let partly = 0;
  for (let slice = 0; slice_bytes > 0 && slice < depth; slice++) {
    // A copy, since words of the file itself need not be aligned.
    const words = new Uint32Array(reader.take(slice_bytes, 'cells').slice().buffer);
    const y = matrix.sign * (matrix.at[2] + slice);
    let cell = 0;
    for (let row = 0; row < height; row++) {
      checkInterrupt();
      const z = matrix.at[1] + row;
      for (let x = matrix.at[0]; x < matrix.at[0] + width; x++) {
        const word = words[cell++]!;
        if (word <= 0xff_ffff) continue;
        voxels.set(x, y, z, colorOf(word, matrix.swapped));
        if (word < OPAQUE) partly++;
      }
    }
  }
  return partly;
}

/** As `readCells`. */
function readRuns(reader: ByteReader, matrix: Matrix, voxels: VoxelBuilder): number {
  const [width, height, depth] = matrix.size;
  const cells = width * height;
  voxels.require(cellsOfRuns(reader, cells, depth));
  let partly = 0;
  for (let slice = 0; slice < depth; slice++) {
    checkInterrupt();
    const y = matrix.sign * (matrix.at[2] + slice);
    let cell = 0;
    for (;;) {
      let word = reader.u32('a colour');
      let count = 1;
      if (word === NEXT_SLICE) break;
      if (word === RUN) {
        count = reader.u32('a run length');
        word = reader.u32('the colour of a run');
      }
      if (count > cells - cell) {
        reader.fail(`${count} cells more than a slice of ${width} x ${height} has`);
      }
      if (word > 0xff_ffff) {
        fillRun(voxels, matrix, y, cell, cell + count, colorOf(word, matrix.swapped));
        if (word < OPAQUE) partly += count;
      }
      cell += count;
    }
  }
  return partly;
}

/** Cells that runs fill, as far as they make sense; the reader stays where it is. */
function cellsOfRuns(reader: ByteReader, cells: number, slices: number): number {
  const start = reader.at;
  let filled = 0;
  let left = cells;
  for (let slice = 0; slice < slices && reader.left >= 12; ) {
    const word = reader.u32('a colour');
    if (word === NEXT_SLICE) {
      checkInterrupt();
      slice++;
      left = cells;
      continue;
    }
    const count = word === RUN ? reader.u32('a run length') : 1;
    const rgba = word === RUN ? reader.u32('the colour of a run') : word;
    if (count > left) break;
    left -= count;
    if (rgba > 0xff_ffff) filled += count;
  }
  reader.at = start;
  return filled;
}

/** Fills cells `from` to `to` of a slice, row by row. */
function fillRun(
  voxels: VoxelBuilder,
  { size, at }: Matrix,
  y: number,
  from: number,
  to: number,
  rgba: number,
): void {
  const width = size[0];
  for (let cell = from; cell < to; ) {
    const row = Math.floor(cell / width);
    const start = cell - row * width;
    const end = Math.min(width, start + to - cell);
    voxels.fillX(at[0] + start, at[0] + end, y, at[1] + row, rgba);
    cell += end - start;
  }
}

function colorOf(word: number, swapped: boolean): number {
  if (!swapped) return word | OPAQUE;
  return OPAQUE | ((word >> 16) & 0xff) | (word & 0xff00) | ((word & 0xff) << 16);
}

function writeQb(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  document.refresh();
  const parts: QbPart[] = [];
  let cells = 0;
  for (const layer of document.layers) {
    const around = layer.volume.box();
    if (around === undefined) continue;
    const box = layer.box === undefined ? around : union(boxCorners(layer.box), around);
    const [width, depth, height] = sizeOf(box);
    cells += width * depth * height;
    parts.push({ layer, box });
  }
  if (!(cells <= CELLS_MAX)) {
    const message =
      `A .qb file stores every cell of each layer's box; ${cells} cells are more than the ` +
      `${CELLS_MAX} that one file may have. Crop or split layers, or save as .vox or .gox.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { cells, cells_max: CELLS_MAX });
  }
  return inPieces(qbPieces(parts, options));
}

/** The smallest box of whole voxels around both; Goxel drops what is outside a layer's box. */
function union(box: Box, around: Box): Box {
  const low = (axis: 0 | 1 | 2) => Math.min(Math.floor(box.min[axis]), around.min[axis]);
  const high = (axis: 0 | 1 | 2) => Math.max(Math.ceil(box.max[axis]), around.max[axis]);
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}

export const qb: Format = {
  name: 'qb',
  extensions: ['qb'],
  read: budgeted(readQb),
  write: writeQb,
};
