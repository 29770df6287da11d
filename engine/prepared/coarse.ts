/**
 * A volume of half the size in each direction, followed block by block: a voxel of it stands for
 * 2³ of another one. It has their mean colour, and is there as often as they would be seen: of the
 * four columns that they make along an axis, those that hold a voxel, along the axis where there
 * are most. So a wall stays closed, and dust stays as thin as it is.
 */

import { markRows, ROWS } from '../render/occupancy.ts';
import { endTurn } from '../turns.ts';
import { BLOCK_SIZE, newBlockData, newScratch, signedWords } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import { NO_VERSION } from '../volume/trail.ts';
import { Volume } from '../volume/volume.ts';

/** Voxels along a side of what one child makes of a block. */
const HALF = BLOCK_SIZE / 2;

/** So many columns of four, and a surface is taken for closed. */
const CLOSED = 3;

const FULL = 0xffff;
const SOLID = 0xff << 24;

export class Coarse {
  #volume = new Volume();
  #source: Volume | undefined;
  #version = NO_VERSION;
  /** Positions over 16 of blocks that are to be made again, and how many of them are. */
  #due: number[] = [];
  #made = 0;
  readonly #reduction = new Reduction();

  get volume(): Volume {
    return this.#volume;
  }

  /** Learns what a volume holds. What is stopped half way goes on from there the next time. */
  follow(source: Volume): void {
    if (this.#source !== source || this.#version !== source.version) this.#note(source);
    while (this.#made < this.#due.length) {
      const at = this.#made;
      this.#make(source, this.#due[at]!, this.#due[at + 1]!, this.#due[at + 2]!);
      this.#made += 3;
      endTurn();
    }
    this.#due = [];
    this.#made = 0;
  }

  #note(source: Volume): void {
    const same = this.#source === source;
    const changed = same ? source.changedSince(this.#version) : undefined;
    if (changed === undefined) {
      this.#volume = new Volume();
      this.#due = [];
      this.#made = 0;
    }
    const noted = new BlockIndex();
    const note = (x: number, y: number, z: number) => {
      if (noted.find(x >> 1, y >> 1, z >> 1) >= 0) return;
      noted.add(x >> 1, y >> 1, z >> 1);
      this.#due.push(x >> 1, y >> 1, z >> 1);
    };
    for (let i = 0; changed !== undefined && i < changed.length; i += 3) {
      note(changed[i]!, changed[i + 1]!, changed[i + 2]!);
    }
    for (let slot = 0; changed === undefined && slot < source.blockCount; slot++) {
      const { x, y, z, count } = source.blockIn(slot);
      if (count > 0) note(x >> 4, y >> 4, z >> 4);
    }
    this.#source = source;
    this.#version = source.version;
  }

  #make(source: Volume, x: number, y: number, z: number): void {
    const words = newBlockData();
    let voxels = 0;
    for (let child = 0; child < 8; child++) {
      const [cx, cy, cz] = [2 * x + (child & 1), 2 * y + ((child >> 1) & 1), 2 * z + (child >> 2)];
      const slot = source.slotAt(cx * BLOCK_SIZE, cy * BLOCK_SIZE, cz * BLOCK_SIZE);
      if (slot < 0 || source.blockIn(slot).count === 0) continue;
      voxels += this.#reduction.reduce(source, slot, words);
    }
    const at = [x * BLOCK_SIZE, y * BLOCK_SIZE, z * BLOCK_SIZE] as const;
    if (voxels > 0 || this.#volume.holdsIn(...at)) this.#volume.setBlock(...at, words, voxels);
  }
}

/** One block of 16³ made 8³. */
class Reduction {
  readonly #scratch = newScratch();
  readonly #rows = new Uint16Array(ROWS);
  /** Voxels that have a free side, as is seen in the block, and with nothing around the block. */
  readonly #bare = new Uint16Array(ROWS);
  readonly #edged = new Uint16Array(ROWS);

  /** Writes an octant of a block; gives the number of its voxels. */
  reduce(source: Volume, slot: number, target: Uint32Array): number {
    const block = source.blockIn(slot, this.#scratch);
    const words = signedWords(block.data);
    markRows(block.data, this.#rows);
    this.#findFree();
    const [x0, y0, z0] = [(block.x >> 1) & HALF, (block.y >> 1) & HALF, (block.z >> 1) & HALF];
    const rows = this.#rows;
    let voxels = 0;
    for (let z = 0; z < HALF; z++) {
      for (let y = 0; y < HALF; y++) {
        const row = 2 * y + 32 * z;
        if ((rows[row]! | rows[row + 1]! | rows[row + 16]! | rows[row + 17]!) === 0) continue;
        for (let x = 0; x < HALF; x++) {
          const bits = bitsOf(rows, row, x);
          if (bits === 0) continue;
          const place = random(block.x / 2 + x, block.y / 2 + y, block.z / 2 + z);
          if (place >= SHARES[bits]!) continue;
          let counted = bitsOf(this.#bare, row, x);
          if (counted === 0) counted = bitsOf(this.#edged, row, x);
          if (counted === 0) counted = bits;
          target[x0 + x + BLOCK_SIZE * (y0 + y + BLOCK_SIZE * (z0 + z))] = meanOf(
            words,
            2 * x + BLOCK_SIZE * row,
            counted,
          );
          voxels++;
        }
      }
    }
    return voxels;
  }

  /** Colours are those of what can be seen: what lies below a surface counts for nothing. */
  #findFree(): void {
    const [rows, bare, edged] = [this.#rows, this.#bare, this.#edged];
    for (let row = 0; row < ROWS; row++) {
      const bits = rows[row]!;
      bare[row] = 0;
      edged[row] = 0;
      if (bits === 0) continue;
      const [y, z] = [row & 15, row >> 4];
      const inside = ((bits << 1) | 1) & ((bits >> 1) | 0x8000);
      let [within, around] = [inside, (bits << 1) & (bits >> 1)];
      const beside = (there: boolean, other: number) => {
        within &= there ? rows[other]! : FULL;
        around &= there ? rows[other]! : 0;
      };
      beside(y > 0, row - 1);
      beside(y < 15, row + 1);
      beside(z > 0, row - 16);
      beside(z < 15, row + 16);
      bare[row] = bits & ~within;
      edged[row] = bits & ~around;
    }
  }
}

/** Of 2³ voxels, from the row of the first: bit x + 2·y + 4·z. */
function bitsOf(rows: Uint16Array, row: number, x: number): number {
  const at = 2 * x;
  return (
    ((rows[row]! >> at) & 3) |
    (((rows[row + 1]! >> at) & 3) << 2) |
    (((rows[row + 16]! >> at) & 3) << 4) |
    (((rows[row + 17]! >> at) & 3) << 6)
  );
}

/** Of each choice of 2³ voxels, how often it is there, of 256 times. */
const SHARES = Uint16Array.from({ length: 256 }, (_, bits) => {
  const count = (columns: readonly number[]) => columns.filter((one) => (bits & one) !== 0).length;
  const columns = Math.max(
    count([0x03, 0x0c, 0x30, 0xc0]),
    count([0x05, 0x0a, 0x50, 0xa0]),
    count([0x11, 0x22, 0x44, 0x88]),
  );
  return columns >= CLOSED ? 256 : columns * 64;
});

/** The mean colour of some of 2³ voxels, opaque. */
function meanOf(words: Int32Array, first: number, bits: number): number {
  let [red, green, blue, count] = [0, 0, 0, 0];
  for (let i = 0; i < 8; i++) {
    if (((bits >> i) & 1) === 0) continue;
    const word = words[first + (i & 1) + ((i & 2) << 3) + ((i & 4) << 6)]!;
    red += word & 0xff;
    green += (word >> 8) & 0xff;
    blue += (word >> 16) & 0xff;
    count++;
  }
  const mean = (sum: number) => Math.round(sum / count);
  return (mean(red) | (mean(green) << 8) | (mean(blue) << 16) | SOLID) >>> 0;
}

/** A number from 0 to 255 for a position, the same at all times. */
function random(x: number, y: number, z: number): number {
  let h = Math.imul(x, 0x9e37_79b1);
  h = Math.imul(h ^ (h >>> 15) ^ y, 0x85eb_ca77);
  h = Math.imul(h ^ (h >>> 13) ^ z, 0xc2b2_ae3d);
  return (h ^ (h >>> 16)) & 0xff;
}
