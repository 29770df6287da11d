/**
 * Voxels of binvox (.binvox; https://www.patrickmin.com/binvox/binvox.html): lines of text, then
 * pairs of bytes, a value and how many cells have it, for all cells: y fastest, then z, then x.
 *
 *     #binvox 1
 *     dim 32 32 32         cells along x, z and y
 *     translate -16 0 -16  the place of the lowest corner
 *     scale 32             how long the box is
 *     data
 *
 * y is up, as in the meshes that it is made of, unless `up: "z"`; so x, y, z become x,
 * depth - 1 - z, y. It stands where `translate` says, in cells. There are no colours: voxels are
 * white. What is written is a cube, as other readers expect, as long as it is of moderate size.
 */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import { boxMatrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import { withinBudget } from './block-budget.ts';
import { copyBox, sizeOf } from './box-copy.ts';
import { ByteReader } from './bytes.ts';
import { contentBox } from './fit.ts';
import type { ExportOptions, Format, ImportOptions } from './format.ts';
import { inPieces } from './pieces.ts';
import { shown } from './shown.ts';
import { isYUp } from './up.ts';
import { requireReach, VoxelBuilder } from './voxel-builder.ts';

const MAGIC = /^#binvox\b/;
const NEWLINE = 0x0a;
const HEADER_BYTES_MAX = 65_536;
const WHITE = 0xffff_ffff;
const RUN_MAX = 255;
/** Further off places are not those of cells. */
const PLACE_MAX = 2 ** 24;
/** Cells of a file; each is looked at. */
const CELLS_MAX = 2 ** 30;
/** A cube of more would be mostly air. */
const CUBE_MAX = 512;
const SOLID = (SOLID_ALPHA << 24) >>> 0;

interface Header {
  /** Along x, z and y of the file. */
  readonly dim: Vec3;
  readonly translate: Vec3;
  readonly scale: number;
}

function readBinvox(bytes: Uint8Array, source: string, options: ImportOptions = {}): Document {
  const reader = new ByteReader(bytes, source, 'little');
  const header = readHeader(reader, options);
  const { dim } = header;
  const cells = dim[0] * dim[1] * dim[2];
  const pairs = Math.floor(reader.left / 2);
  if (cells > pairs * RUN_MAX)
    reader.fail(`${pairs} runs are too few for ${dim.join(' x ')} cells`);
  const yUp = isYUp(options, true);
  const min = cornerOf(header, yUp);
  requireReach(reader, min, yUp ? dim : [dim[0], dim[2], dim[1]]);
  const start = reader.at;
  const document = withinBudget(source, options, (budget) => {
    reader.at = start;
    const made = Document.empty();
    const voxels = new VoxelBuilder(budget);
    const put = yUp ? standing(voxels, min, dim) : lying(voxels, min, dim);
    eachRun(reader, cells, (from, to) => forColumns(from, to, dim[2], put));
    voxels.finish(made.activeLayer.volume);
    return made;
  });
  if (reader.left > 0) {
    const message = `${source} goes on behind its last cell.`;
    options.report?.warn('WARN_TRAILING_BYTES', message, { byte: reader.at });
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

/** Where the lowest corner is in our axes. */
function cornerOf({ dim, translate, scale }: Header, yUp: boolean): Vec3 {
  const place = translate.map((one) => Math.round((one / scale) * Math.max(...dim)));
  if (!place.every((one) => Math.abs(one) <= PLACE_MAX)) return [0, 0, 0];
  const [x, y, z] = place as [number, number, number];
  return yUp ? [x, -z, y] : [x, y, z];
}

/** Puts a part of a column of the file: of its second axis, at a place along the others. */
type PutPart = (column: number, start: number, end: number) => void;

/** The second axis is up, and the last one goes to the back. */
function standing(voxels: VoxelBuilder, [x, y, z]: Vec3, [, depth]: Vec3): PutPart {
  return (column, start, end) => {
    const back = y + depth - 1 - (column % depth);
    voxels.fillZ(x + Math.floor(column / depth), back, z + start, z + end, WHITE);
  };
}

/** The last axis is up. */
function lying(voxels: VoxelBuilder, [x, y, z]: Vec3, [, height]: Vec3): PutPart {
  return (column, start, end) => {
    const right = x + Math.floor(column / height);
    for (let at = start; at < end; at++) voxels.set(right, y + at, z + (column % height), WHITE);
  };
}

function readHeader(reader: ByteReader, { report }: ImportOptions): Header {
  let dim: Vec3 | undefined;
  let translate: Vec3 = [0, 0, 0];
  let scale: number | undefined;
  for (let line = 0; ; line++) {
    const [word = '', ...rest] = nextLine(reader).trim().split(/\s+/);
    const numbers = rest.map(Number);
    if (line === 0) {
      if (!MAGIC.test(word)) reader.fail('this is no binvox file', 0);
    } else if (word === 'data') break;
    else if (word === 'dim') dim = vector(numbers);
    else if (word === 'translate') translate = vector(numbers) ?? translate;
    else if (word === 'scale') scale = numbers[0];
    else if (word !== '' && !word.startsWith('#')) {
      const message = `The line "${shown(word)}" of the header is not known.`;
      report?.warn('WARN_UNKNOWN_PART', message, { line: line + 1 });
    }
  }
  const counts = dim?.every((one) => Number.isSafeInteger(one) && one >= 0 && one < 2 ** 31);
  if (dim === undefined || !counts) return reader.fail('its "dim" is not three numbers of cells');
  const usable = scale !== undefined && Number.isFinite(scale) && scale > 0;
  return { dim, translate, scale: usable ? scale! : Math.max(...dim, 1) };
}

function vector([x, y, z]: readonly number[]): Vec3 | undefined {
  return x === undefined || y === undefined || z === undefined || Number.isNaN(x + y + z)
    ? undefined
    : [x, y, z];
}

function nextLine(reader: ByteReader): string {
  const end = reader.bytes.indexOf(NEWLINE, reader.at);
  if (end < 0 || end > HEADER_BYTES_MAX) return reader.fail('its header has no line "data"');
  return reader.text(end + 1 - reader.at, 'the header');
}

/** Tells the runs of cells that are voxels. */
function eachRun(reader: ByteReader, cells: number, run: (from: number, to: number) => void): void {
  let cell = 0;
  for (let i = 0; cell < cells; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const [value, count] = [reader.u8('a run'), reader.u8('a run')];
    const end = Math.min(cells, cell + count);
    if (value !== 0) run(cell, end);
    cell = end;
  }
}

/** Cuts a run where columns of that length end. */
function forColumns(from: number, to: number, length: number, part: PutPart): void {
  for (let cell = from; cell < to; ) {
    const column = Math.floor(cell / length);
    const start = cell - column * length;
    const end = Math.min(length, start + to - cell);
    part(column, start, end);
    cell += end - start;
  }
}

function writeBinvox(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const volume = document.merged();
  const around = volume.box() ?? { min: [0, 0, 0], max: [1, 1, 1] };
  const yUp = isYUp(options, true);
  const longest = Math.max(...sizeOf(around));
  const box = longest <= CUBE_MAX ? cubeFrom(around, longest, yUp) : around;
  const size = sizeOf(box);
  if (size[0] * size[1] * size[2] > CELLS_MAX) {
    const message =
      `A .binvox file may have ${CELLS_MAX} cells; this model is ${size.join(' x ')}. Crop or` +
      ' split it.';
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size, cells_max: CELLS_MAX });
  }
  return inPieces(parts(volume, box, yUp));
}

/** A cube from the lowest corner of the file's axes: of its z, that is our highest y. */
function cubeFrom({ min, max }: Box, side: number, yUp: boolean): Box {
  const y = yUp ? max[1] - side : min[1];
  return { min: [min[0], y, min[2]], max: [min[0] + side, y + side, min[2] + side] };
}

function* parts(volume: Volume, box: Box, yUp: boolean): Generator<Uint8Array> {
  const [width, depth, height] = sizeOf(box);
  const { min } = box;
  const [dim, place] = yUp
    ? [
        [width, depth, height],
        [min[0], min[2], -min[1]],
      ]
    : [
        [width, height, depth],
        [min[0], min[1], min[2]],
      ];
  const scale = Math.max(...dim);
  yield Buffer.from(
    `#binvox 1\ndim ${dim.join(' ')}\ntranslate ${place.join(' ')}\nscale ${scale}\ndata\n`,
  );
  const runs = new Runs();
  const words = new Uint32Array(depth * height);
  // With y up the file's z counts against our y.
  const layout = yUp
    ? { x: 0, y: -height, z: 1, start: (depth - 1) * height }
    : { x: 0, y: 1, z: depth, start: 0 };
  for (let x = box.min[0]; x < box.max[0]; x++) {
    checkInterrupt();
    words.fill(0);
    const slice = { min: [x, min[1], min[2]], max: [x + 1, box.max[1], box.max[2]] } as const;
    copyBox(volume, slice, words, layout);
    for (const word of words) runs.add(word >= SOLID ? 1 : 0);
    yield runs.take();
  }
  yield runs.end();
}

/** Counts equal values; what is whole of it is taken now and then. */
class Runs {
  #out: number[] = [];
  #value = 0;
  #count = 0;

  add(value: number): void {
    if (value !== this.#value || this.#count === RUN_MAX) {
      this.#put();
      this.#value = value;
    }
    this.#count++;
  }

  take(): Uint8Array {
    const bytes = Uint8Array.from(this.#out);
    this.#out = [];
    return bytes;
  }

  end(): Uint8Array {
    this.#put();
    return this.take();
  }

  #put(): void {
    if (this.#count > 0) this.#out.push(this.#value, this.#count);
    this.#count = 0;
  }
}

export const binvox: Format = {
  name: 'binvox',
  extensions: ['binvox'],
  read: readBinvox,
  write: writeBinvox,
};
