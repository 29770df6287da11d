/** What the makers of meshes give and the writers of mesh files take. */

import type { Vec3 } from '../volume/box.ts';

/**
 * Some faces of a surface, each a convex polygon of as many corners as `Surface.corners` says. The
 * arrays are written again for the next batch; only their first `count` faces are valid.
 */
export interface FaceBatch {
  readonly count: number;
  /**
   * x, y, z of each corner, counter-clockwise seen from outside; Z is up. Doubles, since a corner
   * can lie one beyond the last coordinate. All are multiples of 1/8.
   */
  readonly positions: Float64Array;
  /** Packed colour of each corner. */
  readonly colors: Uint32Array;
  /** Number of each face's normal in `Surface.normals`. */
  readonly normals: Uint32Array;
}

export interface Surface {
  readonly corners: 3 | 4;
  /**
   * All faces, block after block. Every walk gives the same batches in the same order, so a writer
   * can count in one walk and write in the next, and no mesh is ever whole in memory. The volume
   * must not be written meanwhile.
   */
  batches(): Generator<FaceBatch, void, undefined>;
  /** The unit normals of the faces that were walked so far, in the order in which they came. */
  readonly normals: readonly Vec3[];
}

/** A batch that grows as faces are added to it. */
export class GrowingBatch implements FaceBatch {
  readonly #corners: number;
  count = 0;
  positions: Float64Array;
  colors: Uint32Array;
  normals: Uint32Array;

  constructor(corners: number, capacity: number) {
    this.#corners = corners;
    this.positions = new Float64Array(capacity * corners * 3);
    this.colors = new Uint32Array(capacity * corners);
    this.normals = new Uint32Array(capacity);
  }

  /** Makes room for one more face and counts it; the caller then writes it. Gives its number. */
  add(): number {
    if (this.count === this.normals.length) this.#grow();
    return this.count++;
  }

  #grow(): void {
    const capacity = this.normals.length * 2;
    const { positions, colors, normals } = this;
    this.positions = new Float64Array(capacity * this.#corners * 3);
    this.positions.set(positions);
    this.colors = new Uint32Array(capacity * this.#corners);
    this.colors.set(colors);
    this.normals = new Uint32Array(capacity);
    this.normals.set(normals);
  }
}
