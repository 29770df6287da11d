/**
 * Which voxels of a block are solid, as bits: row y + 16·z has bit x. A block with the solidity of
 * its 26 neighbours is padded to rows of 18 bits, row (y + 1) + 18·(z + 1), bit x + 1.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';

/** Rows of one block. */
export const ROWS = 256;
export const PADDED = 18;

const SOLID = (SOLID_ALPHA << 24) >>> 0;
const FULL = 0xffff;

/** Writes the rows of a block's words. */
export function markRows(words: Uint32Array, rows: Uint16Array): void {
  checkInterrupt();
  for (let i = 0, row = 0; i < BLOCK_VOXELS; row++) {
    let bits = 0;
    for (let x = 0; x < 16; x++, i++) if (words[i]! >= SOLID) bits |= 1 << x;
    rows[row] = bits;
  }
}

/** The 27 blocks around one, with the rows of all blocks. */
export class Neighbourhood {
  /** Where the rows of each begin, x first; -1 where there is no block. */
  readonly at = new Int32Array(27);
  rows: Uint16Array = new Uint16Array(0);

  /** Fills the padded rows of a block. False when it is solid and so is all that touches a face. */
  pad(padded: Int32Array): boolean {
    const { at } = this;
    let buried = true;
    for (let dz = -1; dz <= 1; dz++) {
      for (let dy = -1; dy <= 1; dy++) {
        const middle = 13 + 3 * dy + 9 * dz;
        const full = this.#fill(padded, dy, dz, at[middle - 1]!, at[middle]!, at[middle + 1]!);
        // Diagonal neighbours hide no face.
        if (dy === 0 || dz === 0) buried &&= full;
      }
    }
    return !buried;
  }

  /** Copies what lies in one of nine columns along x; tells whether all copied bits are set. */
  #fill(
    padded: Int32Array,
    dy: number,
    dz: number,
    left: number,
    middle: number,
    right: number,
  ): boolean {
    const rows = this.rows;
    const [y0, y1] = dy < 0 ? [15, 16] : dy > 0 ? [0, 1] : [0, 16];
    const [z0, z1] = dz < 0 ? [15, 16] : dz > 0 ? [0, 1] : [0, 16];
    let all = FULL;
    let ends = 1;
    for (let z = z0; z < z1; z++) {
      for (let y = y0; y < y1; y++) {
        const row = y + 16 * z;
        const bits = middle < 0 ? 0 : rows[middle + row]!;
        const low = left < 0 ? 0 : rows[left + row]! >> 15;
        const high = right < 0 ? 0 : rows[right + row]! & 1;
        all &= bits;
        ends &= low & high;
        padded[(z + 16 * dz + 1) * PADDED + y + 16 * dy + 1] = low | (bits << 1) | (high << 17);
      }
    }
    return all === FULL && (ends === 1 || dy !== 0 || dz !== 0);
  }
}
