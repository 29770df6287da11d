/**
 * The texture from which a glTF scene takes its colours, as Goxel makes it: the different colours
 * of all layers in the order of the voxels, empty ones among them, in a square of cells of 4 × 4
 * pixels, at least 16 cells wide. Colours are looked up with their alpha, and texture coordinates
 * follow the real width of the square; Goxel finds colours of alpha below 255 nowhere, and goes
 * wrong from 257 colours on.
 */

import { GoxError } from '../../../conf/errors.ts';
import type { Layer } from '../../document/layer.ts';
import { encodePng } from '../../image/png.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { BLOCK_VOXELS, newScratch } from '../../volume/block.ts';

const CELLS_MIN = 16;
/** From so many cells a side on, a cell is one pixel, to keep the picture small. */
const LARGE_CELLS_MIN = 1024;
const CELLS_MAX = 2048;
const CELL_PIXELS = 4;
const COLORS_MAX = CELLS_MAX * CELLS_MAX;

const CAPACITY_MIN = 1024;
const HASH_FACTOR = 0x9e3779b1;

export class GltfPalette {
  #colors = new Uint32Array(CAPACITY_MIN);
  /** Place of a colour + 1 by hash; 0 is free. */
  #table = new Int32Array(CAPACITY_MIN * 2);
  #count = 0;

  /** Throws GOX_FORMAT_LIMIT when there are more colours than a texture can be expected to hold. */
  constructor(layers: readonly Layer[]) {
    for (const { volume } of layers) {
      for (const { data } of volume.blocks(newScratch())) {
        let last = -1;
        for (let i = 0; i < BLOCK_VOXELS; i++) {
          const rgba = data[i]!;
          if (rgba === last) continue;
          this.#add(rgba);
          last = rgba;
        }
      }
    }
  }

  /** Cells along a side of the square. */
  get side(): number {
    let side = CELLS_MIN;
    while (side * side < this.#count) side *= 2;
    return side;
  }

  /** The place of a colour that a voxel has. */
  indexOf(rgba: number): number {
    return this.#table[this.#find(rgba)]! - 1;
  }

  /** The picture as a PNG file. */
  png(): Uint8Array {
    const { side } = this;
    const cell = side < LARGE_CELLS_MIN ? CELL_PIXELS : 1;
    const width = side * cell;
    const pixels = new Uint32Array(width * width).fill(0xff00_0000);
    for (let i = 0; i < this.#count; i++) {
      if ((i & 0xfff) === 0) checkInterrupt();
      const color = (0xff00_0000 | this.#colors[i]!) >>> 0;
      const at = (i % side) * cell + Math.floor(i / side) * cell * width;
      for (let row = 0; row < cell; row++) {
        pixels.fill(color, at + row * width, at + row * width + cell);
      }
    }
    return encodePng({ width, height: width, rgba: new Uint8Array(pixels.buffer) });
  }

  #add(rgba: number): void {
    const at = this.#find(rgba);
    if (this.#table[at] !== 0) return;
    if (this.#count === COLORS_MAX) {
      const message =
        `A glTF texture holds ${COLORS_MAX} colours; this has more. ` +
        'Export it with vertex colours.';
      throw new GoxError('GOX_FORMAT_LIMIT', message, { colors_max: COLORS_MAX });
    }
    this.#table[at] = this.#count + 1;
    this.#colors[this.#count++] = rgba;
    if (this.#count === this.#colors.length) this.#grow();
  }

  #find(rgba: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const mixed = Math.imul(rgba, HASH_FACTOR);
    for (let at = (mixed ^ (mixed >>> 15)) & mask; ; at = (at + 1) & mask) {
      const place = table[at]! - 1;
      if (place < 0 || this.#colors[place] === rgba) return at;
    }
  }

  #grow(): void {
    const colors = this.#colors;
    this.#colors = new Uint32Array(colors.length * 2);
    this.#colors.set(colors);
    this.#table = new Int32Array(colors.length * 4);
    for (let i = 0; i < this.#count; i++) this.#table[this.#find(colors[i]!)] = i + 1;
  }
}
