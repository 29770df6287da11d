/**
 * How far the solid voxels of blocks reach in a direction: exact, and quick because blocks lie in
 * cubes of 8³ of them, and only what may reach farther than all found so far is looked into. What
 * was learned of a block is kept until it changes.
 */

import { checkInterrupt } from '../interrupt.ts';
import { markRows, ROWS } from '../render/occupancy.ts';
import { endTurn } from '../turns.ts';
import { BLOCK_SIZE, newScratch } from '../volume/block.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Vec3 } from '../volume/box.ts';
import { readWords } from '../volume/unpacked.ts';

/** Blocks along a side of a cube, as a power of two. */
const CUBE_SHIFT = 3;
const CUBE_SIZE = BLOCK_SIZE << CUBE_SHIFT;

/** What rounding may take from a bound. */
const SLACK = 1e-6;

/** A box that is not known, and that of a block without solid voxels. */
const UNKNOWN = -1;
const EMPTY = -2;

/** Directions that are kept: a picture asks for some ten. */
const KNOWN_MAX = 32;

/** How far blocks reach in a direction, the first that does, and those that changed since. */
interface Found {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  reach: number;
  block: number;
  readonly changed: Set<number>;
}

export class Reach {
  readonly #cubeIndex = new BlockIndex();
  /** Numbers of the blocks in each cube. */
  readonly #cubes: number[][] = [];
  readonly #positions: number[] = [];
  readonly #storedOf: (number: number) => Uint32Array;
  /** Solid voxels of a block: the least and greatest x, y and z, four bits each. */
  readonly #boxes: number[] = [];
  readonly #rows = new Uint16Array(ROWS);
  readonly #scratch = newScratch();
  /** Whether it knows more of blocks than when that was asked last. */
  #learned = false;
  /** What was found last. */
  #known: Found[] = [];

  /** `storedOf` gives what a block that has voxels is stored as. */
  constructor(storedOf: (number: number) => Uint32Array) {
    this.#storedOf = storedOf;
  }

  /** Adds the next block, at a position over 16. */
  add(x: number, y: number, z: number): void {
    const number = this.#boxes.length;
    this.#positions.push(x, y, z);
    this.#boxes.push(UNKNOWN);
    const [cx, cy, cz] = [x >> CUBE_SHIFT, y >> CUBE_SHIFT, z >> CUBE_SHIFT];
    const cube = this.#cubeIndex.find(cx, cy, cz);
    if (cube >= 0) this.#cubes[cube]!.push(number);
    else this.#cubes[this.#cubeIndex.add(cx, cy, cz)] = [number];
  }

  /** Forgets what was learned of a block, which has voxels or not. */
  change(number: number, filled: boolean): void {
    for (const { changed } of this.#known) changed.add(number);
    this.#boxes[number] = filled ? UNKNOWN : EMPTY;
  }

  /** Calls `visit` with the numbers of the blocks in each cube that is `wanted`. */
  forCubes(
    wanted: (x: number, y: number, z: number, size: number) => boolean,
    visit: (numbers: readonly number[]) => void,
  ): void {
    for (const [cube, numbers] of this.#cubes.entries()) {
      const { x, y, z } = this.#cubeIndex.position(cube);
      if (wanted(x * CUBE_SIZE, y * CUBE_SIZE, z * CUBE_SIZE, CUBE_SIZE)) visit(numbers);
    }
  }

  /** The greatest product of a corner of a solid voxel and a direction; -Infinity without any. */
  reach(direction: Vec3): number {
    const [x, y, z] = direction;
    const known = this.#known.find((one) => one.x === x && one.y === y && one.z === z);
    if (known !== undefined && !known.changed.has(known.block)) {
      for (const number of known.changed) this.#widen(known, [number]);
      known.changed.clear();
      return known.reach;
    }
    const found = {
      x,
      y,
      z,
      reach: Number.NEGATIVE_INFINITY,
      block: -1,
      changed: new Set<number>(),
    };
    this.#search(found);
    this.#known = this.#known.filter((one) => one !== known);
    this.#known.push(found);
    if (this.#known.length > KNOWN_MAX) this.#known.shift();
    return found.reach;
  }

  #search(found: Found): void {
    const { x, y, z } = found;
    const ahead = Math.max(x, 0) + Math.max(y, 0) + Math.max(z, 0);
    const bounds = this.#cubes.map((_, cube) => {
      const at = this.#cubeIndex.position(cube);
      return (at.x * x + at.y * y + at.z * z + ahead) * CUBE_SIZE + SLACK;
    });
    // The cubes that may reach farthest come first, so that few others are looked into.
    const order = [...bounds.keys()].sort((a, b) => bounds[b]! - bounds[a]!);
    for (const cube of order) {
      if (!(bounds[cube]! > found.reach)) break;
      checkInterrupt();
      this.#widen(found, this.#cubes[cube]!);
      // What was learned of blocks is kept.
      const learned = this.#learned;
      this.#learned = false;
      if (learned) endTurn();
    }
  }

  /** Looks for what reaches farther in some blocks. */
  #widen(found: Found, numbers: readonly number[]): void {
    const { x, y, z } = found;
    const ahead = Math.max(x, 0) + Math.max(y, 0) + Math.max(z, 0);
    const axes = (x !== 0 ? 1 : 0) + (y !== 0 ? 1 : 0) + (z !== 0 ? 1 : 0);
    for (const number of numbers) {
      const at = number * 3;
      const corner =
        (this.#positions[at]! * x + this.#positions[at + 1]! * y + this.#positions[at + 2]! * z) *
        BLOCK_SIZE;
      if (!(corner + ahead * BLOCK_SIZE + SLACK > found.reach)) continue;
      let box = this.#boxes[number]!;
      if (box === UNKNOWN) box = this.#boxOf(number);
      if (box === EMPTY) continue;
      const far = (low: number, by: number) =>
        by * ((by > 0 ? box >> (low + 12) : box >> low) & 15);
      let reach = corner + far(0, x) + far(4, y) + far(8, z) + ahead;
      if (!(reach + SLACK > found.reach)) continue;
      // Along an axis some voxel reaches as far as the box.
      if (axes > 1) reach = corner + (this.#reachIn(number, x, y, z) + ahead);
      if (reach <= found.reach) continue;
      found.reach = reach;
      found.block = number;
    }
  }

  #mark(number: number): Uint16Array {
    markRows(readWords(this.#storedOf(number), this.#scratch), this.#rows);
    return this.#rows;
  }

  #boxOf(number: number): number {
    const rows = this.#mark(number);
    let bits = 0;
    let [y0, y1, z0, z1] = [15, 0, 15, 0];
    for (let row = 0; row < ROWS; row++) {
      if (rows[row] === 0) continue;
      bits |= rows[row]!;
      y0 = Math.min(y0, row & 15);
      y1 = Math.max(y1, row & 15);
      z0 = Math.min(z0, row >> 4);
      z1 = row >> 4;
    }
    const low = 31 - Math.clz32(bits & -bits);
    const high = 31 - Math.clz32(bits);
    this.#learned = true;
    const box = low | (y0 << 4) | (z0 << 8) | (high << 12) | (y1 << 16) | (z1 << 20);
    this.#boxes[number] = bits === 0 ? EMPTY : box;
    return this.#boxes[number]!;
  }

  /** The greatest product of a solid voxel's minimum corner, counted from the block's. */
  #reachIn(number: number, x: number, y: number, z: number): number {
    const rows = this.#mark(number);
    let farthest = Number.NEGATIVE_INFINITY;
    for (let row = 0; row < ROWS; row++) {
      const bits = rows[row]!;
      if (bits === 0) continue;
      const column = 31 - Math.clz32(x > 0 ? bits : bits & -bits);
      const reach = column * x + (row & 15) * y + (row >> 4) * z;
      if (reach > farthest) farthest = reach;
    }
    return farthest;
  }
}
