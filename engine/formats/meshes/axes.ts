/** Points of a mesh as they are in its file: moved, scaled, and with the axis up that it wants. */

import { boundsOf, placementOf } from '../../mesh/placement.ts';
import { BLOCK_SIZE, newScratch } from '../../volume/block.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { Volume } from '../../volume/volume.ts';
import type { ExportOptions } from '../format.ts';
import { isYUp } from '../up.ts';

/** Up to here numbers of 32 bits tell the corners of voxels apart. */
const FLOAT_EXACT_MAX = 2 ** 24;

export class Axes {
  /** The point that was turned last. */
  x = 0;
  y = 0;
  z = 0;
  readonly y_up: boolean;
  readonly #scale: number;
  readonly #pivot: Vec3;
  readonly #volumes: readonly Volume[];

  /** `usual` says whether y is up in files of the format when nothing is asked. */
  constructor(options: ExportOptions, usual: boolean, volumes: readonly Volume[]) {
    this.y_up = isYUp(options, usual);
    const { scale, pivot } = placementOf(options, () => boundsOf(volumes));
    this.#scale = scale;
    this.#pivot = pivot;
    this.#volumes = volumes;
  }

  /** Whether some lie so far from the origin of the file that 32 bits are too few for them. */
  areFar(): boolean {
    const [px, py, pz] = this.#pivot;
    for (const volume of this.#volumes) {
      for (const { x, y, z } of volume.blocks(newScratch())) {
        const near = Math.max(Math.abs(x - px), Math.abs(y - py), Math.abs(z - pz));
        if (near > FLOAT_EXACT_MAX - BLOCK_SIZE) return true;
      }
    }
    return false;
  }

  /** Takes a point in voxels; its coordinates in the file are then in x, y and z. */
  turn(x: number, y: number, z: number): void {
    const scale = this.#scale;
    const [px, py, pz] = this.#pivot;
    this.x = (x - px) * scale;
    // 0 is taken from, so that there is no negative zero.
    this.y = this.y_up ? (z - pz) * scale : (y - py) * scale;
    this.z = this.y_up ? 0 - (y - py) * scale : (z - pz) * scale;
  }

  /** A direction as it is in the file. */
  direction([x, y, z]: Vec3): Vec3 {
    return this.y_up ? [x, z, 0 - y] : [x, y, z];
  }
}
