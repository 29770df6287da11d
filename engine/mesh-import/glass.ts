/** Glass whose opacity a mesh file has in its colours or pictures. */

import { SOLID_ALPHA } from '../volume/color.ts';
import { Volume } from '../volume/volume.ts';

/** Clearer glass would not be seen. */
const OPACITY_MIN = 0.2;

interface Glass {
  /** The same voxels, opaque. */
  readonly volume: Volume;
  /** Of the least clear of them. */
  readonly opacity: number;
}

/**
 * The voxels of a layer that are all so clear that formats without alpha would leave them out, and
 * with them the whole layer; undefined for other layers.
 */
export function glassOf(volume: Volume): Glass | undefined {
  let alpha = 0;
  for (const { data } of volume.blocks()) {
    for (const rgba of data) if (rgba >>> 24 > alpha) alpha = rgba >>> 24;
    if (alpha >= SOLID_ALPHA) return undefined;
  }
  const opaque = new Volume();
  for (const { x, y, z, data } of volume.blocks()) {
    for (let i = 0; i < data.length; i++) {
      const rgba = data[i]!;
      if (rgba >>> 24 === 0) continue;
      opaque.set(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8), (rgba | 0xff00_0000) >>> 0);
    }
  }
  return { volume: opaque, opacity: Math.max(alpha / 255, OPACITY_MIN) };
}
