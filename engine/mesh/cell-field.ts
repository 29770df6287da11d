/**
 * The voxels at the corners of 16³ cells: those of a block and the layers that follow it on each
 * axis, 17³ words with a row of bits for each 17.
 */

import { checkInterrupt } from '../interrupt.ts';
import { type Occupancy, SOLID } from './occupancy.ts';

const SIDE = 17;

/** From a corner's word to the next on x, y and z. */
export const FIELD_STEP = [1, SIDE, SIDE * SIDE] as const;

export class CellField {
  readonly words = new Uint32Array(SIDE ** 3);
  /** Bit x of row y + 17·z: whether the corner is solid. */
  readonly #solid = new Uint32Array(SIDE * SIDE);
  readonly #occupancy: Occupancy;

  constructor(occupancy: Occupancy) {
    this.#occupancy = occupancy;
  }

  /** Takes the corners of the cells from a block position on; says whether any is solid. */
  fill(bx: number, by: number, bz: number): boolean {
    checkInterrupt();
    const { words } = this;
    const solid = this.#solid;
    words.fill(0);
    for (let corner = 0; corner < 8; corner++) {
      const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const slot = this.#occupancy.slotAt(bx + dx, by + dy, bz + dz);
      if (slot < 0) continue;
      const { data } = this.#occupancy.blocks[slot]!;
      for (let z = 0; z < (dz === 0 ? 16 : 1); z++) {
        for (let y = 0; y < (dy === 0 ? 16 : 1); y++) {
          const from = y * 16 + z * 256;
          const to = dx * 16 + (y + dy * 16) * SIDE + (z + dz * 16) * SIDE * SIDE;
          if (dx === 0) for (let x = 0; x < 16; x++) words[to + x] = data[from + x]!;
          else words[to] = data[from]!;
        }
      }
    }
    let found = 0;
    for (let row = 0, at = 0; row < SIDE * SIDE; row++) {
      let bits = 0;
      for (let x = 0; x < SIDE; x++, at++) bits |= (words[at]! >= SOLID ? 1 : 0) << x;
      solid[row] = bits;
      found |= bits;
    }
    return found !== 0;
  }

  /** Bits of the cells of a row that have corners inside and outside. */
  mixed(y: number, z: number): number {
    const row = y + z * SIDE;
    const [a, b] = [this.#solid[row]!, this.#solid[row + 1]!];
    const [c, d] = [this.#solid[row + SIDE]!, this.#solid[row + SIDE + 1]!];
    const some = a | b | c | d;
    const every = a & b & c & d;
    return (some | (some >> 1)) & ~(every & (every >> 1)) & 0xffff;
  }

  /** Which corners of a cell are solid; corner x + 2·y + 4·z is that bit. */
  inside(x: number, y: number, z: number): number {
    const row = y + z * SIDE;
    const a = (this.#solid[row]! >> x) & 3;
    const b = (this.#solid[row + 1]! >> x) & 3;
    const c = (this.#solid[row + SIDE]! >> x) & 3;
    const d = (this.#solid[row + SIDE + 1]! >> x) & 3;
    return a | (b << 2) | (c << 4) | (d << 6);
  }
}
