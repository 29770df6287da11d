/** Writes the voxels of pieces: 4 bytes each, x, y, z from the piece's corner, and colour index. */

import type { ColorCounter } from '../../image/quantize.ts';
import { signedWords } from '../../volume/block.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { PIECE_BYTES } from '../pieces.ts';
import type { Piece } from './vox-pieces.ts';

const OPAQUE = 0xff00_0000;
const PART_VOXELS = PIECE_BYTES / 4;
const CACHE_BITS = 10;

export class VoxelWriter {
  readonly #counter: ColorCounter;
  readonly #indices: Uint8Array;
  /** Colours met last, by a hash, and their indices, so that few need the counter. */
  readonly #cachedColors = new Int32Array(1 << CACHE_BITS);
  readonly #cachedIndices = new Uint8Array(1 << CACHE_BITS);
  #words = new Uint32Array(PART_VOXELS);
  #length = 0;

  /** `indices` are those of the counter's colours, which are all that the pieces hold. */
  constructor(counter: ColorCounter, indices: Uint8Array) {
    this.#counter = counter;
    this.#indices = indices;
  }

  /** All voxels of a piece by z, then y, then x, in parts of at most 1 MiB. */
  *write({ min, slabs }: Piece): Generator<Uint8Array, void, undefined> {
    const [minX, minY, minZ] = min;
    for (const { z, rows } of slabs) {
      // At most 256 blocks; more at once might not be there as words.
      const words = rows.map(({ blocks }) => blocks.map(({ view }) => signedWords(view.data)));
      for (let dz = 0; dz < 16; dz++) {
        for (const [row, { y, blocks }] of rows.entries()) {
          for (let dy = 0; dy < 16; dy++) {
            const place = ((y + dy - minY) << 8) | ((z + dz - minZ) << 16);
            for (const [i, { x, low, high }] of blocks.entries()) {
              if (dz < low[2] || dz > high[2] || dy < low[1] || dy > high[1]) continue;
              if (this.#length > PART_VOXELS - 16) yield this.#take();
              this.#row(words[row]![i]!, dz * 256 + dy * 16, place, x - minX);
            }
          }
        }
      }
    }
    yield this.#take();
  }

  /** Writes the solid ones of the 16 words from `start`; `place` has their y and z. */
  #row(data: Int32Array, start: number, place: number, x: number): void {
    const words = this.#words;
    let length = this.#length;
    for (let dx = 0; dx < 16; dx++) {
      const word = data[start + dx]!;
      if (word >>> 24 < SOLID_ALPHA) continue;
      const color = word | OPAQUE;
      const at = Math.imul(color, 0x9e3779b1) >>> (32 - CACHE_BITS);
      if (this.#cachedColors[at] !== color) {
        this.#cachedColors[at] = color;
        this.#cachedIndices[at] = this.#indices[this.#counter.find(color >>> 0)]!;
      }
      words[length++] = place | (x + dx) | (this.#cachedIndices[at]! << 24);
    }
    this.#length = length;
  }

  /** The voxels since the last call; a few are copied, so that many small pieces cost little. */
  #take(): Uint8Array {
    const voxels = this.#words.subarray(0, this.#length);
    const few = this.#length < PART_VOXELS / 2;
    if (!few) this.#words = new Uint32Array(PART_VOXELS);
    const part = few ? voxels.slice() : voxels;
    this.#length = 0;
    return new Uint8Array(part.buffer, 0, part.byteLength);
  }
}
