/** How far solid voxels reach in any direction. */

import { Reach } from '../prepared/reach.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { boxCorners, type Matrix } from '../volume/matrix.ts';
import type { VolumeSnapshot } from '../volume/volume.ts';
import { dot } from './projection.ts';

export class Extent {
  readonly #reaches: readonly Reach[];
  readonly #empty: Box;
  readonly box: Box;

  /** Of all voxels that are reached; of `empty` when there is none. */
  constructor(reaches: readonly Reach[], empty: Matrix) {
    this.#reaches = reaches;
    this.#empty = boxCorners(empty);
    const low = (v: Vec3) => 0 - this.reach([-v[0], -v[1], -v[2]]);
    this.box = {
      min: [low([1, 0, 0]), low([0, 1, 0]), low([0, 0, 1])],
      max: [this.reach([1, 0, 0]), this.reach([0, 1, 0]), this.reach([0, 0, 1])],
    };
  }

  static of(snapshots: readonly VolumeSnapshot[], empty: Matrix): Extent {
    const reaches = snapshots.map(({ positions, blocks }) => {
      const reach = new Reach((i) => blocks[i]!);
      for (let i = 0; i < blocks.length; i++) {
        reach.add(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!);
      }
      return reach;
    });
    return new Extent(reaches, empty);
  }

  /** The greatest dot product of a corner of a solid voxel and a direction. */
  reach(direction: Vec3): number {
    let farthest = Number.NEGATIVE_INFINITY;
    for (const reach of this.#reaches) farthest = Math.max(farthest, reach.reach(direction));
    if (farthest !== Number.NEGATIVE_INFINITY) return farthest;
    const { min, max } = this.#empty;
    const far = (a: 0 | 1 | 2) => (direction[a] > 0 ? max[a] : min[a]);
    return dot([far(0), far(1), far(2)], direction);
  }
}
