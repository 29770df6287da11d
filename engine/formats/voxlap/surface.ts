/**
 * The voxels of a model that can be seen, and from which sides, by columns, for formats that store
 * no others. They are found block by block, so that the cost is that of the voxels, whatever the
 * box.
 */

import { Occupancy, ROWS } from '../../mesh/occupancy.ts';
import { newScratch } from '../../volume/block.ts';
import type { Box } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';

/** Sides of a voxel as Build and Voxlap number them, in our axes. */
const LEFT = 1;
const RIGHT = 2;
const BACK = 4;
const FRONT = 8;
export const TOP = 16;
export const BOTTOM = 32;
export const SIDES = LEFT | RIGHT | BACK | FRONT;

/** The sides in the order in which `Occupancy` gives them: -y +y -z +z +x -x. */
const BITS = [FRONT, BACK, BOTTOM, TOP, RIGHT, LEFT];

/** The sides are above a place of 16 bits. */
export const PLACE_BITS = 16;

export interface Surface {
  /** Where the voxels of each column begin, and of none the end; by x, then from high y to low. */
  readonly starts: Uint32Array;
  /** For each voxel, from the top of its column, how deep below the top of the box, and sides. */
  readonly places: Uint32Array;
  /** Packed. */
  readonly colors: Uint32Array;
}

/** The box holds all voxels, is at most 65,536 high, and what is outside is empty. */
export function surfaceOf(volume: Volume, { min, max }: Box): Surface {
  const occupancy = new Occupancy(volume);
  const { blocks } = occupancy;
  // Each column is filled from the top.
  const order = [...blocks.keys()].sort((a, b) => blocks[b]!.z - blocks[a]!.z);
  const depth = max[1] - min[1];
  const starts = new Uint32Array((max[0] - min[0]) * depth + 1);
  const faces = new Uint16Array(BITS.length * ROWS);
  const scratch = newScratch();
  const found = new Found();
  for (const slot of order) {
    if (!occupancy.visible(slot, faces)) continue;
    const { x, y, z, block } = blocks[slot]!;
    const data = block.read(scratch);
    for (let row = ROWS - 1; row >= 0; row--) {
      let seen = anyOf(faces, row);
      if (seen === 0) continue;
      found.reserve(16);
      const first = (x - min[0]) * depth + max[1] - 1 - y - (row & 15);
      const below = max[2] - 1 - z - (row >> 4);
      for (; seen !== 0; seen &= seen - 1) {
        const dx = 31 - Math.clz32(seen & -seen);
        const column = first + dx * depth;
        starts[column + 1]!++;
        found.add(column, below | (sidesOf(faces, row, dx) << PLACE_BITS), data[row * 16 + dx]!);
      }
    }
  }
  for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
  return { starts, ...found.inColumns(starts) };
}

/** Voxels in the order in which they are found: column, place and sides, colour. */
class Found {
  #words = new Uint32Array(3 * 4096);
  #length = 0;

  /** Makes room for so many more. */
  reserve(count: number): void {
    if (this.#length + 3 * count <= this.#words.length) return;
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
  }

  add(column: number, place: number, color: number): void {
    const words = this.#words;
    const at = this.#length;
    words[at] = column;
    words[at + 1] = place;
    words[at + 2] = color;
    this.#length = at + 3;
  }

  /** Sorts them by columns, and keeps the order in these. */
  inColumns(starts: Uint32Array): { places: Uint32Array; colors: Uint32Array } {
    const total = this.#length / 3;
    const words = this.#words;
    const [places, colors] = [new Uint32Array(total), new Uint32Array(total)];
    const next = starts.slice();
    for (let i = 0; i < this.#length; i += 3) {
      const at = next[words[i]!]!++;
      places[at] = words[i + 1]!;
      colors[at] = words[i + 2]!;
    }
    return { places, colors };
  }
}

function anyOf(faces: Uint16Array, row: number): number {
  return (
    faces[row]! |
    faces[ROWS + row]! |
    faces[2 * ROWS + row]! |
    faces[3 * ROWS + row]! |
    faces[4 * ROWS + row]! |
    faces[5 * ROWS + row]!
  );
}

function sidesOf(faces: Uint16Array, row: number, dx: number): number {
  let sides = 0;
  for (let face = 0; face < BITS.length; face++) {
    if (((faces[face * ROWS + row]! >> dx) & 1) !== 0) sides |= BITS[face]!;
  }
  return sides;
}
