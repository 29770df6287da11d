/** The faces of a surface, held from the first walk on, where making them again takes longer. */

import type { Vec3 } from '../volume/box.ts';
import type { FaceBatch, Surface } from './surface.ts';

/** So many are held (30 MiB of rectangles); a larger surface is made anew in every walk. */
const FACES_MAX = 2 ** 18;

export class HeldFaces implements Surface {
  readonly corners: 3 | 4;
  readonly #surface: Surface;
  readonly #faces_max: number;
  #held: readonly FaceBatch[] | undefined;

  constructor(surface: Surface, faces_max = FACES_MAX) {
    this.corners = surface.corners;
    this.#surface = surface;
    this.#faces_max = faces_max;
  }

  get normals(): readonly Vec3[] {
    return this.#surface.normals;
  }

  *batches(): Generator<FaceBatch, void, undefined> {
    if (this.#held === undefined) yield* this.#hold();
    else yield* this.#held;
  }

  *#hold(): Generator<FaceBatch, void, undefined> {
    const held: FaceBatch[] = [];
    let room = this.#faces_max;
    for (const batch of this.#surface.batches()) {
      room -= batch.count;
      if (room >= 0) held.push(copyOf(batch, this.corners));
      else held.length = 0;
      yield batch;
    }
    if (room >= 0) this.#held = held;
  }
}

function copyOf({ count, positions, colors, normals }: FaceBatch, corners: number): FaceBatch {
  return {
    count,
    positions: positions.slice(0, count * corners * 3),
    colors: colors.slice(0, count * corners),
    normals: normals.slice(0, count),
  };
}
