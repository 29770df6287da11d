/**
 * The voxels of a model of a MagicaVoxel file: a list of { x, y, z, index } in bytes (XYZI), or a
 * palette index for every position, x fastest, then y, then z, packed with zlib (TDCZ, which the
 * game Teardown writes). Models are counted from their middle, which is their size halved and
 * truncated. Index 0 is no voxel.
 */

import { constants, inflateSync } from 'node:zlib';
import { checkInterrupt } from '../../interrupt.ts';
import { newBlockData, newScratch, signedWords } from '../../volume/block.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../../volume/reach.ts';
import { Volume } from '../../volume/volume.ts';
import type { BlockBudget } from '../block-budget.ts';
import type { ChunkReader } from './vox-chunks.ts';
import type { Move } from './vox-move.ts';

export interface Model {
  readonly size: readonly [number, number, number];
  /** The XYZI or TDCZ chunk, at its first voxel. */
  readonly chunk: ChunkReader;
  /** The voxels that an XYZI chunk lists; undefined for those of a TDCZ chunk. */
  readonly listed: Uint8Array | undefined;
}

/** A model of which nothing could be read. */
export function emptyModel(chunk: ChunkReader): Model {
  return { size: [0, 0, 0], chunk, listed: new Uint8Array(0) };
}

/** Coordinates in a model are bytes. */
const SIDE_MAX = 256;

/** Blocks along an axis that a model may touch, since it need not begin where a block does. */
const GRID = SIDE_MAX / 16 + 1;

/** Where voxels go whose blocks are only counted. */
const COUNTED = newScratch();

/**
 * Reads the head of an XYZI or TDCZ chunk, and checks its lengths. `told` is called with how many
 * voxels a list says it has, and has, where that differs.
 */
export function readModel(
  size: readonly [number, number, number],
  chunk: ChunkReader,
  told: (says: number, has: number) => void,
): Model {
  if (chunk.type === 'TDCZ') {
    for (const side of size) {
      if (chunk.int32('size') !== side) chunk.fail('its size is not that of its SIZE chunk');
      if (side > SIDE_MAX) chunk.fail(`a side of ${side} voxels, more than ${SIDE_MAX}`);
    }
    return { size, chunk, listed: undefined };
  }
  const says = chunk.int32('number of voxels');
  const bytes = chunk.rest();
  const has = Math.floor(bytes.length / 4);
  if (says !== 0 && has === 0) chunk.fail(`${says} voxels do not fit`, chunk.start);
  if (says !== has) told(says, has);
  const count = says < 0 ? has : Math.min(says, has);
  return { size, chunk, listed: bytes.subarray(0, count * 4) };
}

/** Lists of no more voxels are short enough for any number of instances. */
const SHORT_MAX = 4096;

/**
 * A model that is to be placed several times, as a list of voxels; and how many places these have
 * at least. Of a place that is named more than once only what is there at last is kept, so that
 * the length of the list is work that comes out as voxels.
 */
export function forInstances(model: Model): { model: Model; voxels_min: number } {
  const { listed } = model;
  if (listed === undefined) {
    const words = listOf(model);
    const bytes = new Uint8Array(words.buffer, 0, words.byteLength);
    return { model: { ...model, listed: bytes }, voxels_min: words.length };
  }
  if (listed.length <= SHORT_MAX * 4) return { model, voxels_min: 0 };
  const words = new Uint32Array(Uint8Array.from(listed).buffer);
  const met = new Uint8Array(SIDE_MAX ** 3 / 8);
  let at = words.length;
  for (let i = words.length - 1; i >= 0; i--) {
    const place = words[i]! & 0xff_ffff;
    const bit = 1 << (place & 7);
    if ((met[place >> 3]! & bit) !== 0) continue;
    met[place >> 3]! |= bit;
    words[--at] = words[i]!;
  }
  const rest = new Uint8Array(words.buffer, at * 4);
  return { model: { ...model, listed: rest }, voxels_min: words.length - at };
}

/** The voxels of a TDCZ chunk as an XYZI chunk has them. */
function listOf(model: Model): Uint32Array {
  const [width, depth] = model.size;
  const indices = unpacked(model);
  let count = 0;
  for (let i = 0; i < indices.length; i++) if (indices[i] !== 0) count++;
  const words = new Uint32Array(count);
  let at = 0;
  let [x, y, z] = [0, 0, 0];
  for (let i = 0; i < indices.length; i++) {
    if (indices[i] !== 0) words[at++] = x | (y << 8) | (z << 16) | (indices[i]! << 24);
    if (++x < width) continue;
    x = 0;
    if (++y < depth) continue;
    y = 0;
    z++;
  }
  return words;
}

/** How many voxels of a list have index 0, which is that of none. */
export function emptyIn({ listed }: Model): number {
  let count = 0;
  for (let at = 3; at < (listed?.length ?? 0); at += 4) if (listed![at] === 0) count++;
  return count;
}

/** Which of the 256 indices the voxels of a model have. */
export function indicesIn(model: Model): Uint8Array {
  const found = new Uint8Array(256);
  const { listed } = model;
  if (listed === undefined) {
    for (const index of unpacked(model)) found[index] = 1;
    return found;
  }
  for (let at = 3; at < listed.length; at += 4) found[listed[at]!] = 1;
  return found;
}

/**
 * A volume of a model's voxels, moved. `colors` are the packed colours of the 256 indices, 0 for
 * what is left out. `clipped` is called when voxels are out of the range of coordinates. Throws
 * GOX_MEMORY_LIMIT as its budget does.
 */
export function placeModel(
  model: Model,
  move: Move,
  colors: Uint32Array,
  budget: BlockBudget,
  clipped: () => void,
): Volume {
  const { listed } = model;
  if (listed?.length === 0) return new Volume();
  const grid = new ModelGrid(model, move, budget);
  if (listed === undefined) fillDense(grid, model, colors);
  else fillList(grid, listed, colors);
  if (grid.clipped) clipped();
  return grid.volume();
}

function fillList(grid: ModelGrid, bytes: Uint8Array, colors: Uint32Array): void {
  const words = signedWords(colors);
  for (let at = 0; at < bytes.length; at += 4) {
    if ((at & 0x3fff) === 0) checkInterrupt();
    const color = words[bytes[at + 3]!]!;
    if (color >>> 24 !== 0) grid.put(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, color);
  }
}

function fillDense(grid: ModelGrid, model: Model, colors: Uint32Array): void {
  const [width, depth] = model.size;
  const indices = unpacked(model);
  let [x, y, z] = [0, 0, 0];
  for (let i = 0; i < indices.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const color = colors[indices[i]!]!;
    if (color > 0xff_ffff) grid.put(x, y, z, color);
    if (++x < width) continue;
    x = 0;
    if (++y < depth) continue;
    y = 0;
    z++;
  }
}

function unpacked({ size: [width, depth, height], chunk }: Model): Uint8Array {
  const length = width * depth * height;
  if (length === 0) return new Uint8Array(0);
  let indices: Uint8Array;
  try {
    // Its end is flushed but not finished, so zlib's checksum is missing.
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: length };
    indices = inflateSync(chunk.rest(), options);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return chunk.fail(`its voxels cannot be unpacked: ${reason}`);
  }
  if (indices.length === length) return indices;
  return chunk.fail(`its voxels unpack to ${indices.length} bytes, not ${length}`);
}

/** The blocks under a moved model, found by tables over the coordinates in the model. */
class ModelGrid {
  readonly #blocks: (Uint32Array | undefined)[] = new Array(GRID ** 3);
  /** The places in `#blocks` in the order of their first voxels. */
  readonly #touched: number[] = [];
  readonly #origin: readonly [number, number, number];
  /** For each coordinate in the model, its part in the place of the block… */
  readonly #blockX = new Int32Array(SIDE_MAX);
  readonly #blockY = new Int32Array(SIDE_MAX);
  readonly #blockZ = new Int32Array(SIDE_MAX);
  /** …and in the place of the word in it. */
  readonly #wordX = new Int32Array(SIDE_MAX);
  readonly #wordY = new Int32Array(SIDE_MAX);
  readonly #wordZ = new Int32Array(SIDE_MAX);
  readonly #budget: BlockBudget;
  /** Whether voxels are out of the range of coordinates. */
  clipped = false;

  constructor(model: Model, { axes, signs, offset }: Move, budget: BlockBudget) {
    this.#budget = budget;
    const blockParts = [this.#blockX, this.#blockY, this.#blockZ];
    const wordParts = [this.#wordX, this.#wordY, this.#wordZ];
    const origin: [number, number, number] = [0, 0, 0];
    for (const row of [0, 1, 2] as const) {
      const axis = axes[row];
      const middle = Math.trunc(model.size[axis]! / 2);
      const place = (coordinate: number) => signs[row] * (coordinate - middle) + offset[row];
      const lowest = Math.min(place(0), place(SIDE_MAX - 1));
      origin[row] = Math.floor(lowest / 16) * 16;
      for (let coordinate = 0; coordinate < SIDE_MAX; coordinate++) {
        const local = place(coordinate) - origin[row];
        blockParts[axis]![coordinate] = (local >> 4) * GRID ** row;
        wordParts[axis]![coordinate] = (local & 15) << (4 * row);
      }
    }
    this.#origin = origin;
  }

  put(x: number, y: number, z: number, color: number): void {
    const place = this.#blockX[x]! + this.#blockY[y]! + this.#blockZ[z]!;
    const data = this.#blocks[place] ?? this.#newBlock(place);
    data[this.#wordX[x]! + this.#wordY[y]! + this.#wordZ[z]!] = color;
  }

  volume(): Volume {
    const volume = new Volume();
    for (const place of this.#touched) {
      const [x, y, z] = this.#corner(place);
      volume.giveBlock(x, y, z, this.#blocks[place]!);
    }
    return volume;
  }

  #newBlock(place: number): Uint32Array {
    const inside = (low: number) => low >= COORDINATE_MIN && low <= COORDINATE_MAX - 15;
    if (!this.#corner(place).every(inside)) {
      this.clipped = true;
      this.#blocks[place] = COUNTED;
      return COUNTED;
    }
    const made = this.#budget.take();
    const data = made ? newBlockData() : COUNTED;
    this.#blocks[place] = data;
    if (made) this.#touched.push(place);
    return data;
  }

  #corner(place: number): [number, number, number] {
    const [x, y, z] = this.#origin;
    const row = Math.floor(place / GRID);
    return [x + 16 * (place % GRID), y + 16 * (row % GRID), z + 16 * Math.floor(row / GRID)];
  }
}
