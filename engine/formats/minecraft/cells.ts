/** The voxels of a box as numbered blocks, in Minecraft's order: y slowest, then z, and x. */

import { GoxError } from '../../../conf/errors.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import type { Volume } from '../../volume/volume.ts';
import { copyBox, sizeOf } from '../box-copy.ts';
import type { BlockChoice } from './block-colors.ts';

/** What a model that is written as every cell of its box may have; these are 128 MiB. */
const CELLS_MAX = 2 ** 25;
const SOLID = (SOLID_ALPHA << 24) >>> 0;
const AIR = 'minecraft:air';

/** Gives numbers to the blocks of colours as they come; air is 0. */
export class BlockNumbers {
  readonly names: string[] = [AIR];
  /** The colours that no block has just so. */
  readonly inexact: number[] = [];
  readonly #choice: BlockChoice;
  readonly #numbers = new Map<string, number>();
  readonly #byColor = new Map<number, number>();

  constructor(choice: BlockChoice) {
    this.#choice = choice;
  }

  of(rgba: number): number {
    const known = this.#byColor.get(rgba);
    if (known !== undefined) return known;
    const name = this.#choice.of(rgba);
    if (!this.#choice.exact(name, rgba)) this.inexact.push(rgba);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.length;
      this.names.push(name);
      this.#numbers.set(name, number);
    }
    this.#byColor.set(rgba, number);
    return number;
  }
}

/** Throws GOX_FORMAT_LIMIT for more cells, or more along an axis, than a file may have. */
export function requireCells(boxes: readonly Box[], length_max: number, what: string): void {
  let cells = 0;
  for (const box of boxes) {
    const [width, depth, height] = sizeOf(box);
    cells += width * depth * height;
    if (Math.max(width, depth, height) <= length_max && cells <= CELLS_MAX) continue;
    const message =
      `A ${what} may have ${CELLS_MAX} blocks, up to ${length_max} along each axis; this model ` +
      `is ${width} x ${depth} x ${height}. Crop or split it.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, depth, height] });
  }
}

/** The number of the block of each cell. */
export function numbersOf(volume: Volume, box: Box, numbers: BlockNumbers): Uint32Array {
  const [width, depth, height] = sizeOf(box);
  const words = new Uint32Array(width * depth * height);
  // Its z counts against our y.
  const start = (depth - 1) * width;
  copyBox(volume, box, words, { x: 1, y: -width, z: width * depth, start });
  for (let i = 0; i < words.length; i++) {
    if ((i & 0xffff) === 0) checkInterrupt();
    words[i] = words[i]! < SOLID ? 0 : numbers.of(words[i]!);
  }
  return words;
}

/** From a full name to what it is in a palette: `a:b[c=d]` or `a:b`. */
export function splitState(state: string): { name: string; properties: [string, string][] } {
  const [name = '', inner] = state.split('[');
  const properties = (inner ?? '').replace(/\]$/, '').split(',').filter(Boolean);
  return { name, properties: properties.map((one) => one.split('=') as [string, string]) };
}
