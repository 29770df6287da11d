/**
 * Which voxels of a volume are solid (alpha 127 or more) and which of their faces can be seen, as
 * bits: a row of 16 voxels along x is one number, bit x its voxel. 512 bytes a block.
 */

import { checkInterrupt } from '../interrupt.ts';
import { newScratch, signedWords } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { BlockView } from '../volume/block-view.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';

/** A packed colour is solid when it is not less. */
export const SOLID = (SOLID_ALPHA << 24) >>> 0;

export const ROWS = 256;

/** The rows of a block and those around it: 18 × 18. */
const SIDE = 18;

/** From a voxel to what is in front of its faces: -y +y -z +z +x -x. */
const STEPS = [
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
  [1, 0, 0],
  [-1, 0, 0],
] as const;

export class Occupancy {
  /** In the order of the volume; their places here are their slots. */
  readonly blocks: readonly BlockView[];
  /** 256 rows a block, row y + 16·z. */
  readonly rows: Uint16Array;
  readonly #index = new BlockIndex();
  readonly #around = new Uint16Array(SIDE * SIDE);

  constructor(volume: Volume) {
    this.blocks = [...volume.blocks()];
    this.rows = new Uint16Array(this.blocks.length * ROWS);
    const scratch = newScratch();
    for (let slot = 0; slot < this.blocks.length; slot++) {
      checkInterrupt();
      const { x, y, z, block } = this.blocks[slot]!;
      this.#index.add(x >> 4, y >> 4, z >> 4);
      markRows(this.rows, slot * ROWS, block.read(scratch));
    }
  }

  /** The slot of the block at a position counted in blocks, or -1. */
  slotAt(bx: number, by: number, bz: number): number {
    return this.#index.find(bx, by, bz);
  }

  /** The packed colour of a voxel that a block here holds. */
  wordAt(x: number, y: number, z: number): number {
    const slot = this.#index.find(x >> 4, y >> 4, z >> 4);
    return this.blocks[slot]!.data[(x & 15) | ((y & 15) << 4) | ((z & 15) << 8)]!;
  }

  /**
   * Writes which faces of a block's voxels can be seen: for the directions -y +y -z +z
   * +x -x 256 rows each. Returns whether there are any.
   */
  visible(slot: number, faces: Uint16Array): boolean {
    checkInterrupt();
    const { rows } = this;
    const { x, y, z } = this.blocks[slot]!;
    const [bx, by, bz] = [x >> 4, y >> 4, z >> 4];
    const around = this.#fillAround(slot, bx, by, bz);
    const low = this.slotAt(bx - 1, by, bz) * ROWS;
    const high = this.slotAt(bx + 1, by, bz) * ROWS;
    let found = 0;
    for (let row = 0; row < ROWS; row++) {
      const at = (row & 15) + 1 + ((row >> 4) + 1) * SIDE;
      const solid = around[at]!;
      const before = low < 0 ? 0 : rows[low + row]! >> 15;
      const after = high < 0 ? 0 : (rows[high + row]! & 1) << 15;
      const back = solid & ~around[at - 1]!;
      const front = solid & ~around[at + 1]!;
      const bottom = solid & ~around[at - SIDE]!;
      const top = solid & ~around[at + SIDE]!;
      const right = solid & ~((solid >> 1) | after);
      const left = solid & ~((solid << 1) | before);
      faces[row] = back;
      faces[ROWS + row] = front;
      faces[2 * ROWS + row] = bottom;
      faces[3 * ROWS + row] = top;
      faces[4 * ROWS + row] = right;
      faces[5 * ROWS + row] = left;
      found |= back | front | bottom | top | right | left;
    }
    return found !== 0;
  }

  /**
   * The same for one direction, 256 rows; costs less when the others are not asked for at the same
   * time. Returns whether there are any.
   */
  visibleIn(slot: number, direction: number, faces: Uint16Array): boolean {
    checkInterrupt();
    const { rows } = this;
    const { x, y, z } = this.blocks[slot]!;
    const [dx, dy, dz] = STEPS[direction]!;
    const beside = this.slotAt((x >> 4) + dx, (y >> 4) + dy, (z >> 4) + dz) * ROWS;
    const at = slot * ROWS;
    let found = 0;
    for (let row = 0; row < ROWS; row++) {
      const solid = rows[at + row]!;
      if (solid === 0) {
        faces[row] = 0;
        continue;
      }
      let next: number;
      if (dx > 0) next = (solid >> 1) | (beside < 0 ? 0 : (rows[beside + row]! & 1) << 15);
      else if (dx < 0) next = (solid << 1) | (beside < 0 ? 0 : rows[beside + row]! >> 15);
      else {
        const place = dy === 0 ? (row >> 4) + dz : (row & 15) + dy;
        const other = row + dy + dz * 16;
        if (place >= 0 && place < 16) next = rows[at + other]!;
        else next = beside < 0 ? 0 : rows[beside + other - (dy + dz * 16) * 16]!;
      }
      const bits = solid & ~next & 0xffff;
      faces[row] = bits;
      found |= bits;
    }
    return found !== 0;
  }

  /** The block's rows with the neighbouring rows of the four blocks beside it on y and z. */
  #fillAround(slot: number, bx: number, by: number, bz: number): Uint16Array {
    const { rows } = this;
    const around = this.#around;
    const back = this.slotAt(bx, by - 1, bz) * ROWS;
    const front = this.slotAt(bx, by + 1, bz) * ROWS;
    const bottom = this.slotAt(bx, by, bz - 1) * ROWS;
    const top = this.slotAt(bx, by, bz + 1) * ROWS;
    for (let z = 0; z < 16; z++) {
      const from = slot * ROWS + z * 16;
      const to = (z + 1) * SIDE;
      around[to] = back < 0 ? 0 : rows[back + z * 16 + 15]!;
      for (let y = 0; y < 16; y++) around[to + 1 + y] = rows[from + y]!;
      around[to + 17] = front < 0 ? 0 : rows[front + z * 16]!;
      around[1 + z] = bottom < 0 ? 0 : rows[bottom + 15 * 16 + z]!;
      around[17 * SIDE + 1 + z] = top < 0 ? 0 : rows[top + z]!;
    }
    return around;
  }
}

function markRows(rows: Uint16Array, at: number, data: Uint32Array): void {
  const words = signedWords(data);
  for (let row = 0, i = 0; row < ROWS; row++) {
    let bits = 0;
    for (let x = 0; x < 16; x++, i++) bits |= (words[i]! >>> 24 >= SOLID_ALPHA ? 1 : 0) << x;
    rows[at + row] = bits;
  }
}
