/**
 * A picture of the colours of a mesh: a square of cells, each of one colour, whose middle is where
 * faces of that colour take it from. There are at least 16 x 16 cells, of 4 x 4 pixels as long as
 * there are few, so that smoothing does not reach the middles. Up to 2^24 colours.
 */

import { encodePng } from '../image/png.ts';
import { checkInterrupt } from '../interrupt.ts';

const CELLS_MIN = 16;
const CELL_PIXELS = 4;
/** From so many cells a side on, a cell is one pixel, to keep the picture small. */
const LARGE_CELLS_MIN = 1024;
const RGB = 0xff_ffff;

export class ColorCells {
  readonly #numbers = new Map<number, number>();

  get count(): number {
    return this.#numbers.size;
  }

  /** The number of a colour, whatever its alpha; a new one gets the next. */
  number(rgba: number): number {
    const rgb = rgba & RGB;
    const known = this.#numbers.get(rgb);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(rgb, number);
    return number;
  }

  /** Cells along a side. */
  get side(): number {
    let side = CELLS_MIN;
    while (side * side < this.count) side *= 2;
    return side;
  }

  /** The middle of a cell, as fractions of the picture from its left and its top. */
  middle(number: number, side = this.side): readonly [u: number, v: number] {
    return [((number % side) + 0.5) / side, (Math.floor(number / side) + 0.5) / side];
  }

  /** The picture as a PNG file. */
  png(): Uint8Array {
    const { side } = this;
    const cell = side < LARGE_CELLS_MIN ? CELL_PIXELS : 1;
    const width = side * cell;
    const pixels = new Uint32Array(width * width).fill(0xff00_0000);
    let number = 0;
    for (const rgb of this.#numbers.keys()) {
      if ((number & 0xfff) === 0) checkInterrupt();
      const at = (number % side) * cell + Math.floor(number / side) * cell * width;
      number++;
      for (let row = 0; row < cell; row++) {
        const from = at + row * width;
        pixels.fill((rgb | 0xff00_0000) >>> 0, from, from + cell);
      }
    }
    return encodePng({ width, height: width, rgba: new Uint8Array(pixels.buffer) });
  }
}
