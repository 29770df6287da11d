/**
 * Follows a ray from cell to cell until it meets a solid one: the traversal of Amanatides and Woo
 * (1987) over voxels, and over empty cubes of any size in one step.
 *
 * Cells are integers and every step goes to a neighbour through a face, so a ray never slips
 * through an edge or a corner of a closed surface, and one that starts on a face needs no offset:
 * it starts in the cell before that face. Times are computed from the origin at each step, not
 * summed, so they do not drift.
 */

import {
  BLOCK_SHIFT,
  BRICK_SHIFT,
  ENTRY,
  keyOf,
  LEVEL_SHIFT,
  placeOf,
  ROWS,
  sourceAt,
  type World,
} from './world.ts';

/** Smaller parts of a direction are taken for this, so that their inverse is a number. */
const SLIGHT = 1e-20;
/** The slot where there is none. */
export const OUT = -1;
/** Side of a brick. */
const BRICK = 1 << BRICK_SHIFT;

export class Walker {
  readonly #world: World;
  readonly #table: Int32Array;
  readonly #rows: Uint16Array;
  readonly #bricks: Uint16Array;
  readonly #mask: number;
  readonly #seed: number;
  /** First and last voxels of the box of all blocks. */
  readonly #box: Int32Array;

  /** Origin and direction of the ray; the length of the direction is the unit of `t`. */
  readonly ray = new Float64Array(6);
  /** Where the ray is: the cell it starts in, then the cell it met. */
  readonly cell = new Int32Array(3);
  /** Group whose voxels it passes freely, since it is inside of them; -1 for none. */
  inside = -1;
  /** Axis of the face it came into its cell through; -1 while it is where it began. */
  axis = -1;
  /** Slot of what it met, `OUT` when it came out of what it was in; and index in the block. */
  slot = OUT;
  index = 0;

  constructor(world: World) {
    this.#world = world;
    this.#table = world.table;
    this.#rows = world.rows;
    this.#bricks = world.bricks;
    this.#mask = world.table.length / ENTRY - 1;
    this.#seed = world.seed;
    this.#box = Int32Array.of(...world.first, ...world.last);
  }

  /** Sets the origin and a direction. */
  aim(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number): void {
    const { ray } = this;
    ray[0] = ox;
    ray[1] = oy;
    ray[2] = oz;
    ray[3] = dx < SLIGHT && dx > -SLIGHT ? SLIGHT : dx;
    ray[4] = dy < SLIGHT && dy > -SLIGHT ? SLIGHT : dy;
    ray[5] = dz < SLIGHT && dz > -SLIGHT ? SLIGHT : dz;
  }

  /**
   * Puts the ray where it first is in the box of all blocks, and inside of what is there when that
   * is its origin; false when it does not pass the box.
   */
  enter(): boolean {
    const { ray, cell } = this;
    const { first, last } = this.#world;
    let from = 0;
    let to = Infinity;
    this.axis = -1;
    for (let axis = 0; axis < 3; axis++) {
      const inverse = 1 / ray[3 + axis]!;
      const low = (first[axis]! - ray[axis]!) * inverse;
      const high = (last[axis]! + 1 - ray[axis]!) * inverse;
      to = Math.min(to, Math.max(low, high));
      if (Math.min(low, high) <= from) continue;
      from = Math.min(low, high);
      this.axis = axis;
    }
    if (!(from <= to)) return false;
    for (let axis = 0; axis < 3; axis++) {
      const at = Math.floor(ray[axis]! + from * ray[3 + axis]!);
      cell[axis] = Math.min(Math.max(at, first[axis]!), last[axis]!);
    }
    this.inside = from === 0 ? this.groupAt(cell[0]!, cell[1]!, cell[2]!) : -1;
    return true;
  }

  /** The group of the solid voxel at a position, or -1. */
  groupAt(x: number, y: number, z: number): number {
    const slot = this.#find(0, x >> BLOCK_SHIFT, y >> BLOCK_SHIFT, z >> BLOCK_SHIFT);
    if (slot < 0) return -1;
    const source = sourceAt(this.#world, slot, (x & 15) | ((y & 15) << 4) | ((z & 15) << 8));
    return source < 0 ? -1 : this.#world.groups[source]!;
  }

  /**
   * Goes from `cell`, that one included, to the first that is not of the group `inside`, or from
   * empty ones to the first that is solid. Tells whether there is one; then `cell`, `axis`, `slot`
   * and `index` say which, and `inside` is -1 when that cell is empty.
   */
  walk(): boolean {
    const { ray, cell } = this;
    const box = this.#box;
    const firstX = box[0]!;
    const firstY = box[1]!;
    const firstZ = box[2]!;
    const lastX = box[3]!;
    const lastY = box[4]!;
    const lastZ = box[5]!;
    const ox = ray[0]!;
    const oy = ray[1]!;
    const oz = ray[2]!;
    const dx = ray[3]!;
    const dy = ray[4]!;
    const dz = ray[5]!;
    const inverseX = 1 / dx;
    const inverseY = 1 / dy;
    const inverseZ = 1 / dz;
    let x = cell[0]!;
    let y = cell[1]!;
    let z = cell[2]!;
    // The cell that `slot` was found for.
    let [foundX, foundY, foundZ] = [x, y, z];
    let slot = this.#find(0, x >> BLOCK_SHIFT, y >> BLOCK_SHIFT, z >> BLOCK_SHIFT);
    for (;;) {
      if (x < firstX || x > lastX || y < firstY || y > lastY || z < firstZ || z > lastZ) {
        return this.inside >= 0 && this.#leave(x, y, z, this.axis);
      }
      if (((x ^ foundX) | (y ^ foundY) | (z ^ foundZ)) >> BLOCK_SHIFT !== 0) {
        slot = this.#find(0, x >> BLOCK_SHIFT, y >> BLOCK_SHIFT, z >> BLOCK_SHIFT);
        foundX = x;
        foundY = y;
        foundZ = z;
      }
      if (slot >= 0 && this.#isFilled(slot, x, y, z)) {
        if (this.#walkBricks(slot, x, y, z)) return true;
        x = cell[0]!;
        y = cell[1]!;
        z = cell[2]!;
        continue;
      }
      if (this.inside >= 0) return this.#leave(x, y, z, this.axis);
      // The largest empty cube around the cell is crossed in one step.
      const shift = slot < 0 ? this.#emptyShift(x, y, z) : BRICK_SHIFT;
      const side = 1 << shift;
      const lowX = (x >> shift) << shift;
      const lowY = (y >> shift) << shift;
      const lowZ = (z >> shift) << shift;
      const tx = ((dx > 0 ? lowX + side : lowX) - ox) * inverseX;
      const ty = ((dy > 0 ? lowY + side : lowY) - oy) * inverseY;
      const tz = ((dz > 0 ? lowZ + side : lowZ) - oz) * inverseZ;
      if (tx < ty && tx < tz) {
        this.axis = 0;
        x = dx > 0 ? lowX + side : lowX - 1;
        y = along(oy + tx * dy, y, dy > 0, lowY, side);
        z = along(oz + tx * dz, z, dz > 0, lowZ, side);
      } else if (ty < tz) {
        this.axis = 1;
        x = along(ox + ty * dx, x, dx > 0, lowX, side);
        y = dy > 0 ? lowY + side : lowY - 1;
        z = along(oz + ty * dz, z, dz > 0, lowZ, side);
      } else {
        this.axis = 2;
        x = along(ox + tz * dx, x, dx > 0, lowX, side);
        y = along(oy + tz * dy, y, dy > 0, lowY, side);
        z = dz > 0 ? lowZ + side : lowZ - 1;
      }
    }
  }

  /** Stops in an empty cell that it came into from what it was inside of. */
  #leave(x: number, y: number, z: number, axis: number): true {
    this.cell[0] = x;
    this.cell[1] = y;
    this.cell[2] = z;
    this.axis = axis;
    this.inside = -1;
    this.slot = OUT;
    return true;
  }

  /** Whether the brick around a cell of a block holds a solid voxel. */
  #isFilled(slot: number, x: number, y: number, z: number): boolean {
    const brick = (y & 12) | ((x >> BRICK_SHIFT) & 3);
    return ((this.#bricks[slot * 4 + ((z >> BRICK_SHIFT) & 3)]! >> brick) & 1) !== 0;
  }

  /**
   * Goes on from cell to cell through bricks of one block that hold something. True when it met
   * what it looks for, false when it came out of them.
   */
  #walkBricks(slot: number, startX: number, startY: number, startZ: number): boolean {
    const { ray, cell } = this;
    const rows = this.#rows;
    const dx = ray[3]!;
    const dy = ray[4]!;
    const dz = ray[5]!;
    const inverseX = 1 / dx;
    const inverseY = 1 / dy;
    const inverseZ = 1 / dz;
    const stepX = dx > 0 ? 1 : -1;
    const stepY = dy > 0 ? 1 : -1;
    const stepZ = dz > 0 ? 1 : -1;
    // The far side of a cell lies at its position and this.
    const farX = (dx > 0 ? 1 : 0) - ray[0]!;
    const farY = (dy > 0 ? 1 : 0) - ray[1]!;
    const farZ = (dz > 0 ? 1 : 0) - ray[2]!;
    // A ray that comes to this place in a brick has just come into the brick.
    const entryX = dx > 0 ? 0 : BRICK - 1;
    const entryY = dy > 0 ? 0 : BRICK - 1;
    const entryZ = dz > 0 ? 0 : BRICK - 1;
    const base = slot * ROWS;
    let { inside, axis } = this;
    let x = startX;
    let y = startY;
    let z = startZ;
    let tx = (x + farX) * inverseX;
    let ty = (y + farY) * inverseY;
    let tz = (z + farZ) * inverseZ;
    let met = false;
    for (;;) {
      const index = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
      if (((rows[base + (index >> 4)]! >> (x & 15)) & 1) !== 0) {
        if (inside < 0 || this.#groupIn(slot, index) !== inside) {
          this.slot = slot;
          this.index = index;
          met = true;
          break;
        }
      } else if (inside >= 0) return this.#leave(x, y, z, axis);
      let isNewBrick: boolean;
      if (tx < ty && tx < tz) {
        axis = 0;
        x += stepX;
        tx = (x + farX) * inverseX;
        isNewBrick = (x & 3) === entryX;
      } else if (ty < tz) {
        axis = 1;
        y += stepY;
        ty = (y + farY) * inverseY;
        isNewBrick = (y & 3) === entryY;
      } else {
        axis = 2;
        z += stepZ;
        tz = (z + farZ) * inverseZ;
        isNewBrick = (z & 3) === entryZ;
      }
      if (!isNewBrick) continue;
      const left = ((x ^ startX) | (y ^ startY) | (z ^ startZ)) >> BLOCK_SHIFT;
      if (left !== 0 || !this.#isFilled(slot, x, y, z)) break;
    }
    cell[0] = x;
    cell[1] = y;
    cell[2] = z;
    this.inside = inside;
    this.axis = axis;
    return met;
  }

  /** log2 of the side of the largest empty cube around a cell whose block is empty. */
  #emptyShift(x: number, y: number, z: number): number {
    const { levels } = this.#world;
    let shift = BLOCK_SHIFT;
    for (let level = 1; level < levels; level++) {
      const next = shift + LEVEL_SHIFT;
      if (this.#find(level, x >> next, y >> next, z >> next) >= 0) break;
      shift = next;
    }
    return shift;
  }

  #groupIn(slot: number, index: number): number {
    return this.#world.groups[sourceAt(this.#world, slot, index)]!;
  }

  /** The slot of a cube of a level, or -1. */
  #find(level: number, x: number, y: number, z: number): number {
    const table = this.#table;
    const mask = this.#mask;
    const key = keyOf(x, level);
    for (let at = placeOf(key, y, z, this.#seed, mask); ; at = (at + 1) & mask) {
      const entry = at * ENTRY;
      const slot = table[entry + 3]! - 1;
      if (slot < 0) return -1;
      if (table[entry] === key && table[entry + 1] === y && table[entry + 2] === z) return slot;
    }
  }
}

/** The cell of a place that a ray reaches in a cube, never behind the cell it was in. */
function along(place: number, cell: number, up: boolean, low: number, side: number): number {
  const at = Math.floor(place);
  if (up) return at <= cell ? cell : at >= low + side ? low + side - 1 : at | 0;
  return at >= cell ? cell : at < low ? low : at | 0;
}
