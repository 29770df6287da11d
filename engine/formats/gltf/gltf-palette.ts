/** The picture of a palette: a square of cells, each of one colour. */

import { encodePng } from '../../image/png.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { ColorNumbers } from '../color-numbers.ts';

/** From so many cells a side on, a cell is one pixel, to keep the picture small. */
const LARGE_CELLS_MIN = 1024;
const CELLS_MAX = 2048;
/** Programs that blur pictures, or shrink them, leave the middle of a cell as it is. */
const CELL_PIXELS = 4;

/** More colours than a picture can be expected to hold. */
export const PALETTE_COLORS_MAX = CELLS_MAX * CELLS_MAX;

/** Cells along a side: the least power of two that so many colours need, from `side_min` on. */
export function paletteSide(colors: number, side_min: number): number {
  let side = side_min;
  while (side * side < colors) side *= 2;
  return side;
}

/** As a PNG file, the first colour in its upper left corner; cells that are left over are black. */
export function palettePng(colors: ColorNumbers, side: number): Uint8Array {
  const cell = side < LARGE_CELLS_MIN ? CELL_PIXELS : 1;
  const width = side * cell;
  const pixels = new Uint32Array(width * width).fill(0xff00_0000);
  for (let i = 0; i < colors.count; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const color = (0xff00_0000 | colors.at(i)) >>> 0;
    const at = (i % side) * cell + Math.floor(i / side) * cell * width;
    for (let row = 0; row < cell; row++) {
      pixels.fill(color, at + row * width, at + row * width + cell);
    }
  }
  return encodePng({ width, height: width, rgba: new Uint8Array(pixels.buffer) });
}
