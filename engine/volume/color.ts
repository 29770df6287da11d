/**
 * A voxel's colour is one unsigned 32-bit word, 0xAABBGGRR: the little-endian reading of the four
 * sRGB bytes R, G, B, A, so that a block's words and a PNG's bytes are the same memory. Alpha 0
 * means "no voxel". Every machine that Node runs on is little-endian.
 */

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Alpha from which on a voxel is solid for meshes and exports (Goxel's threshold). */
export const SOLID_ALPHA = 127;

/** Packs four channels, each an integer 0…255. */
export function pack(red: number, green: number, blue: number, alpha: number): number {
  return (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
}

/** The four channels of a packed colour, each 0…255. */
export function channels(rgba: number): Rgba {
  return [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff, rgba >>> 24];
}
