/**
 * Finds the entry of a palette that is nearest to a colour: an equal one, else that with the
 * smallest sum of the channels' differences; the first of equally near ones. So Goxel does it.
 */

import { checkInterrupt } from '../interrupt.ts';

/** Cells of the colour space along a channel, and their size. */
const CELLS = 16;
const CELL_SIZE = 256 / CELLS;

/** Searches the entries from `first` to `last`, both included. */
export function nearestIndex(
  palette: Uint32Array,
  color: number,
  first: number,
  last: number,
): number {
  let nearest = first;
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = first; i <= last; i++) {
    const distance = distanceBetween(palette[i]!, color);
    if (distance >= smallest) continue;
    nearest = i;
    smallest = distance;
  }
  return nearest;
}

/**
 * The same for many opaque colours, at a fraction of the time: of each cell of the colour space
 * that is met, the entries that can be nearest to a colour in it are found only once.
 */
export function nearestIndices(
  palette: Uint32Array,
  colors: Uint32Array,
  first: number,
  last: number,
): Uint8Array {
  const cells: (Uint8Array | undefined)[] = new Array(CELLS ** 3);
  const indices = new Uint8Array(colors.length);
  for (let i = 0; i < colors.length; i++) {
    if ((i & 0xff) === 0) checkInterrupt();
    const color = colors[i]!;
    const cell = ((color >> 4) & 0xf) | ((color >> 8) & 0xf0) | ((color >> 12) & 0xf00);
    let near = cells[cell];
    if (near === undefined) {
      near = candidates(palette, cell, first, last);
      cells[cell] = near;
    }
    let nearest = near[0]!;
    let smallest = distanceBetween(palette[nearest]!, color);
    for (let k = 1; k < near.length; k++) {
      const distance = distanceBetween(palette[near[k]!]!, color);
      if (distance >= smallest) continue;
      nearest = near[k]!;
      smallest = distance;
    }
    indices[i] = nearest;
  }
  return indices;
}

/**
 * The entries that are nearest to some opaque colour of a cell, in their order, and maybe others:
 * those that are not farther from the cell's near side than another entry from its far side.
 */
function candidates(palette: Uint32Array, cell: number, first: number, last: number): Uint8Array {
  const nearSides = new Uint16Array(last + 1);
  let farthest = Number.POSITIVE_INFINITY;
  for (let i = first; i <= last; i++) {
    const entry = palette[i]!;
    let near = 255 - (entry >>> 24);
    let far = near;
    for (let channel = 0; channel < 3; channel++) {
      const value = (entry >>> (8 * channel)) & 0xff;
      const low = ((cell >> (4 * channel)) & 0xf) * CELL_SIZE;
      const high = low + CELL_SIZE - 1;
      near += Math.max(low - value, value - high, 0);
      far += Math.max(high - value, value - low);
    }
    nearSides[i] = near;
    if (far < farthest) farthest = far;
  }
  const found: number[] = [];
  for (let i = first; i <= last; i++) if (nearSides[i]! <= farthest) found.push(i);
  return Uint8Array.from(found);
}

/** The sum of the differences of red, green, blue and alpha. */
export function distanceBetween(a: number, b: number): number {
  return (
    Math.abs((a & 0xff) - (b & 0xff)) +
    Math.abs(((a >> 8) & 0xff) - ((b >> 8) & 0xff)) +
    Math.abs(((a >> 16) & 0xff) - ((b >> 16) & 0xff)) +
    Math.abs((a >>> 24) - (b >>> 24))
  );
}
