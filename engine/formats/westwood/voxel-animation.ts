/**
 * Voxels of Command & Conquer (Tiberian Sun, Red Alert 2; .vxl;
 * http://xhp.xwis.net/documents/VXL_Format.txt), which have nothing in common with Voxlap's maps of
 * that name. Little-endian. Read only.
 *
 * - Header: `Voxel Animation\0`, u32 palettes, u32 number of limbs, u32 number of tailers, u32
 *   bytes of the body, u8 first and last colour of the player's, 256 colours of three bytes.
 * - For each limb a name of 16 bytes and three u32; then the body; then a tailer for each limb:
 *   u32 places in the body of the starts, ends and data of its columns, f32 scale, a matrix of
 *   three rows of four f32, f32 lowest and highest corner, u8 size x, y, z, u8 kind of normals.
 * - A column (x fastest) starts at -1 when it is empty; else it is a list of u8 voxels that are
 *   skipped, u8 count, so many pairs of a colour and a normal, and the count again, up to its top.
 *
 * A limb becomes a layer, in its place by the tailer, and by the matrix of a frame of the .hva
 * beside the file, if there is one. z is up. Normals are left out: they shade only.
 */

import { parse } from 'node:path';
import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { moved } from '../../ops/move.ts';
import { BLOCK_BYTES } from '../../volume/block.ts';
import type { Vec3 } from '../../volume/box.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, withinBudget } from '../block-budget.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { ImportOptions } from '../format.ts';
import { naming } from '../naming.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { type Animation, type Rows, readHva, readRows } from './hva.ts';
import { builtInColors, fileColors, namedColors, PALETTE_BYTES } from './palette.ts';

export const MAGIC = 'Voxel Animation';
const HEADER_BYTES = 34 + PALETTE_BYTES;
const NAME_BYTES = 16;
const LIMB_BYTES = 28;
const TAILER_BYTES = 92;
/** Models have a few; each may be 255³ large. */
const LIMBS_MAX = 1024;
const LAYERS_MAX = 16_384;
/** Further off there is nothing of a game. */
const PLACE_MAX = 2 ** 20;

interface Limb {
  readonly name: string;
  readonly starts: number;
  readonly data: number;
  readonly scale: number;
  readonly rows: Rows;
  readonly low: Vec3;
  readonly high: Vec3;
  readonly size: Vec3;
}

interface Model {
  readonly limbs: readonly Limb[];
  readonly palette: Uint8Array;
  /** Where the body begins and ends. */
  readonly body: number;
  readonly end: number;
}

/**
 * Throws GOX_FORMAT_BROKEN, GOX_MEMORY_LIMIT, and GOX_FORMAT_LIMIT for a frame that is not there.
 */
export function readVoxelAnimation(
  bytes: Uint8Array,
  source: string,
  options: ImportOptions = {},
): Document {
  const reader = new ByteReader(bytes, source, 'little');
  const model = readModel(reader);
  const colors = colorsOf(model, options, source);
  const animation = animationOf(source, options);
  const frames = framesOf(animation, options, source);
  if (frames.length * model.limbs.length > LAYERS_MAX) {
    reader.fail(`limbs and frames make more than ${LAYERS_MAX} layers`);
  }
  return withinBudget(source, options, (budget) => {
    const document = Document.empty();
    const voxels = new VoxelBuilder(budget);
    for (const [i, frame] of frames.entries()) {
      for (const [at, limb] of model.limbs.entries()) {
        const name = frames.length === 1 ? limb.name : `${limb.name} ${frame}`;
        const first = i === 0 && at === 0;
        const layer = first ? document.activeLayer : document.addLayer(name);
        layer.set({ name, visible: i === 0 });
        const rows = animation?.matrixOf(limb.name, at, frame) ?? limb.rows;
        putLimb(reader, model, limb, rows, { colors, voxels, layer, budget });
      }
    }
    document.set({ box: boxMatrix(contentBox(document.layers)) });
    return document;
  });
}

function readModel(reader: ByteReader): Model {
  requireWhole(reader, HEADER_BYTES);
  reader.magic(`${MAGIC}\0`, 'voxel animation');
  reader.skip(4, 'number of palettes');
  const count = reader.u32('number of limbs');
  reader.skip(4, 'number of tailers');
  const body_bytes = reader.u32('bytes of the body');
  reader.skip(2, "the player's colours");
  const palette = reader.take(PALETTE_BYTES, 'the palette');
  if (count === 0 || count > LIMBS_MAX) {
    reader.fail(`${count} limbs are not 1 to ${LIMBS_MAX}`, 20);
  }
  requireWhole(reader, HEADER_BYTES + count * (LIMB_BYTES + TAILER_BYTES) + body_bytes);
  const names = Array.from({ length: count }, () => {
    const name = reader.text(NAME_BYTES, 'a name');
    reader.skip(LIMB_BYTES - NAME_BYTES, 'a limb');
    return name;
  });
  const body = reader.at;
  reader.skip(body_bytes, 'the body');
  const end = reader.at;
  return { limbs: names.map((name) => readTailer(reader, name)), palette, body, end };
}

function requireWhole({ source: file, bytes }: ByteReader, needed: number): void {
  if (bytes.length >= needed) return;
  const message =
    `${file} is a .vxl of Command & Conquer (Tiberian Sun, Red Alert 2) that was cut off: it says` +
    ` that it has ${needed} bytes, and has ${bytes.length}.`;
  throw new GoxError('GOX_FORMAT_BROKEN', message, { file, offset: bytes.length });
}

function readTailer(reader: ByteReader, name: string): Limb {
  const starts = reader.u32('a tailer');
  reader.skip(4, 'a tailer');
  const data = reader.u32('a tailer');
  const scale = reader.f32('a tailer');
  const rows = readRows(reader);
  const corner = (): Vec3 => [
    reader.f32('a corner'),
    reader.f32('a corner'),
    reader.f32('a corner'),
  ];
  const [low, high] = [corner(), corner()];
  const size: Vec3 = [reader.u8('a size'), reader.u8('a size'), reader.u8('a size')];
  reader.skip(1, 'the kind of normals');
  return { name, starts, data, scale, rows, low, high, size };
}

function colorsOf(model: Model, options: ImportOptions, source: string): Uint32Array {
  const colors = namedColors(options) ?? fileColors(model.palette);
  if (colors !== undefined) return colors;
  const message = `${source} has no palette, and the colours are guesses; name one by "colors".`;
  options.report?.warn('WARN_DETAIL_SKIPPED', message);
  return builtInColors();
}

/** The .hva that lies beside the file under its name. */
function animationOf(source: string, { resolve, report }: ImportOptions): Animation | undefined {
  const { name } = parse(source);
  for (const file of [`${name}.hva`, `${name}.HVA`]) {
    const bytes = resolve?.(file);
    if (bytes === undefined) continue;
    try {
      return readHva(bytes, file);
    } catch (error) {
      if (!(error instanceof GoxError)) throw error;
      report?.warn('WARN_DETAIL_SKIPPED', error.message, { file });
    }
  }
  return undefined;
}

function framesOf(
  animation: Animation | undefined,
  { frame, report, framed }: ImportOptions,
  file: string,
): number[] {
  const frames = Math.max(animation?.frames ?? 1, 1);
  const all = Array.from({ length: Math.min(frames, LAYERS_MAX + 1) }, (_, i) => i);
  if (frames > 1) framed?.(all);
  if (frame === 'all') return all;
  const chosen = frame ?? 0;
  if (chosen >= frames) {
    const message = `${file} has ${frames} frames, from 0; there is no frame ${chosen}.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { file, frame: chosen, frames });
  }
  if (frame === undefined) {
    const message = `Of ${frames} frames the one of number ${chosen} is read.`;
    report?.warn('WARN_FRAMES_LEFT_OUT', message, undefined, frames - 1);
  }
  return [chosen];
}

interface Target {
  readonly colors: Uint32Array;
  readonly voxels: VoxelBuilder;
  readonly layer: Layer;
  readonly budget: BlockBudget;
}

/** Puts a limb where its matrix takes it. */
function putLimb(reader: ByteReader, model: Model, limb: Limb, rows: Rows, target: Target): void {
  const { voxels, layer, budget } = target;
  const matrix = placeOf(limb, rows);
  const turned = [0, 1, 2].some((i) =>
    [0, 1, 2].some((j) => matrix[i * 4 + j] !== (i === j ? 1 : 0)),
  );
  const at = turned ? [0, 0, 0] : [12, 13, 14].map((i) => Math.round(matrix[i]!));
  readColumns(reader, model, limb, (x, y, z, color) => {
    voxels.set(x + at[0]!, y + at[1]!, z + at[2]!, target.colors[color]!);
  });
  voxels.finish(layer.volume);
  if (!turned || budget.counting) return;
  // Middles are turned, and not the corners by which voxels are called.
  for (const row of [0, 1, 2] as const) {
    matrix[12 + row]! += (matrix[row]! + matrix[4 + row]! + matrix[8 + row]! - 1) / 2;
  }
  const blocks_max = Math.floor(budget.bytes_max / BLOCK_BYTES);
  layer.set({ volume: naming(reader.source, () => moved(layer.volume, matrix, blocks_max)) });
}

/** From the voxels of a limb to those of the model; where numbers say nothing it stays. */
function placeOf({ low, high, size, scale }: Limb, rows: Rows): Float32Array {
  const matrix = new Float32Array(16);
  const usable = (value: number) => Number.isFinite(value) && Math.abs(value) <= PLACE_MAX;
  const sound = rows.every(usable) && [0, 4, 8].some((row) => Math.abs(rows[row]!) > 1e-3);
  for (const row of [0, 1, 2] as const) {
    const length = (high[row] - low[row]) / Math.max(size[row], 1);
    const unit = usable(length) && length > 1e-3 ? length : 1;
    let offset = 0;
    for (const column of [0, 1, 2] as const) {
      const factor = sound ? rounded(rows[row * 4 + column]!) : row === column ? 1 : 0;
      matrix[column * 4 + row] = factor;
      if (usable(low[column])) offset += (factor * low[column]) / unit;
    }
    const far = sound ? rows[row * 4 + 3]! * (usable(scale) ? scale : 1) : 0;
    const place = offset + far;
    matrix[12 + row] = usable(place) ? place : 0;
  }
  matrix[15] = 1;
  return matrix;
}

/** Numbers of float32 that are meant to be 0 or 1. */
function rounded(value: number): number {
  const whole = Math.round(value);
  return Math.abs(value - whole) < 1e-4 ? whole : value;
}

function readColumns(
  reader: ByteReader,
  { body, end }: Model,
  { size, starts, data }: Limb,
  put: (x: number, y: number, z: number, color: number) => void,
): void {
  const { bytes } = reader;
  const [width, depth, height] = size;
  for (let column = 0; column < width * depth; column++) {
    reader.at = body + starts + column * 4;
    if (reader.at + 4 > end) reader.fail('the columns of a limb leave the body');
    const start = reader.i32('a column');
    if (start < 0) continue;
    checkInterrupt();
    let at = body + data + start;
    for (let z = 0; z < height; ) {
      z += bytes[at]!;
      const count = bytes[at + 1]!;
      const behind = at + 2 + 2 * count;
      if (!(behind < end) || z + count > height) {
        reader.fail(`a column of ${height} voxels leaves its place`, Math.min(at, end));
      }
      for (let i = 0; i < count; i++) {
        put(column % width, Math.floor(column / width), z + i, bytes[at + 2 + 2 * i]!);
      }
      z += count;
      at = behind + 1;
      // One that says nothing would be read for ever.
      if (count === 0 && bytes[at - 3] === 0) break;
    }
  }
}
