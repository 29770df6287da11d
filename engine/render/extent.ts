/**
 * How far solid voxels reach in any direction: exact, and quick because a block is only looked into
 * when its corner reaches farther than any voxel found so far.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE, BLOCK_VOXELS } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import { boxCorners, type Matrix } from '../volume/matrix.ts';
import type { VolumeSnapshot } from '../volume/volume.ts';
import { dot } from './projection.ts';

const SOLID = (SOLID_ALPHA << 24) >>> 0;

export class Extent {
  readonly #snapshots: readonly VolumeSnapshot[];
  readonly #empty: Box;
  readonly box: Box;

  /** Of all voxels in the snapshots; of `empty` when there is none. */
  constructor(snapshots: readonly VolumeSnapshot[], empty: Matrix) {
    this.#snapshots = snapshots;
    this.#empty = boxCorners(empty);
    const low = (v: Vec3) => 0 - this.reach([-v[0], -v[1], -v[2]]);
    this.box = {
      min: [low([1, 0, 0]), low([0, 1, 0]), low([0, 0, 1])],
      max: [this.reach([1, 0, 0]), this.reach([0, 1, 0]), this.reach([0, 0, 1])],
    };
  }

  /** The greatest dot product of a corner of a solid voxel and a direction. */
  reach(direction: Vec3): number {
    let farthest = Number.NEGATIVE_INFINITY;
    for (const { positions, blocks } of this.#snapshots) {
      const bounds = Float64Array.from(blocks, (_, slot) => {
        return cornerOf(positions, slot, direction) + ahead(direction) * BLOCK_SIZE;
      });
      // The block that may reach farthest comes first, so that few others are looked into.
      const best = bounds.reduce((at, bound, slot) => (bound > bounds[at]! ? slot : at), 0);
      for (let i = -1; i < blocks.length; i++) {
        if ((i & 0xff) === 0) checkInterrupt();
        const slot = i < 0 ? best : i;
        if (!(bounds[slot]! > farthest)) continue;
        const within = reachIn(blocks[slot]!, direction);
        farthest = Math.max(farthest, cornerOf(positions, slot, direction) + within);
      }
    }
    if (farthest !== Number.NEGATIVE_INFINITY) return farthest;
    const { min, max } = this.#empty;
    const far = (a: 0 | 1 | 2) => (direction[a] > 0 ? max[a] : min[a]);
    return dot([far(0), far(1), far(2)], direction);
  }
}

/** How much farther the far corner of a cube of side 1 reaches than its minimum corner. */
function ahead(direction: Vec3): number {
  return Math.max(direction[0], 0) + Math.max(direction[1], 0) + Math.max(direction[2], 0);
}

function cornerOf(positions: Int32Array, slot: number, [x, y, z]: Vec3): number {
  const at = slot * 3;
  return (positions[at]! * x + positions[at + 1]! * y + positions[at + 2]! * z) * BLOCK_SIZE;
}

/** As `reach`, of one block counted from its corner; -Infinity when nothing in it is solid. */
function reachIn(words: Uint32Array, direction: Vec3): number {
  const [x, y, z] = direction;
  let farthest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    if (words[i]! < SOLID) continue;
    const reach = (i & 15) * x + ((i >> 4) & 15) * y + (i >> 8) * z;
    if (reach > farthest) farthest = reach;
  }
  return farthest + ahead(direction);
}
