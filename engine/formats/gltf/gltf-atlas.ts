/** A picture of faces for glTF: both of its sides are powers of two, which some programs want. */

import { encodePng } from '../../image/png.ts';
import { Atlas, type BakedSurface } from '../../mesh/atlas.ts';
import type { Volume } from '../../volume/volume.ts';

export class GltfAtlas {
  readonly #atlas: Atlas;

  /** Throws GOX_FORMAT_LIMIT when there are more faces than a picture can hold. */
  constructor(volumes: readonly Volume[]) {
    this.#atlas = new Atlas(volumes);
    for (const surface of this.surfaces) surface.height = powerOfTwo(surface.height);
  }

  /** One for each volume, in their order. */
  get surfaces(): readonly BakedSurface[] {
    return this.#atlas.surfaces;
  }

  /** As a PNG file; what is added below is black. */
  png(): Uint8Array {
    const { width, height, rgba } = this.#atlas.picture();
    const pixels = new Uint32Array(width * powerOfTwo(height)).fill(0xff00_0000);
    const padded = new Uint8Array(pixels.buffer);
    padded.set(rgba);
    return encodePng({ width, height: powerOfTwo(height), rgba: padded });
  }
}

/** The least that is not less. */
function powerOfTwo(length: number): number {
  let power = 1;
  while (power < length) power *= 2;
  return power;
}
