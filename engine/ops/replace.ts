/** Colours replaced, and masks painted. */

import { BLOCK_VOXELS, copyBlockData, newBlockData, newScratch } from '../volume/block.ts';
import type { Volume } from '../volume/volume.ts';
import { over } from './combine.ts';
import { isLike } from './select.ts';

/**
 * Gives the colour `to` to every voxel that differs from `from` by at most `tolerance` (0…255) in
 * each of red, green, blue and alpha. Both are packed; alpha 0 in `to` removes the voxels. Returns
 * how many changed.
 */
export function replaceColor(volume: Volume, from: number, to: number, tolerance: number): number {
  const word = to >>> 24 === 0 ? 0 : to >>> 0;
  let count = 0;
  for (const { x, y, z, data } of [...volume.blocks(newScratch())]) {
    let changed: Uint32Array | undefined;
    let last = 0;
    let matches = false;
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const rgba = data[i]!;
      if (rgba !== last) {
        last = rgba;
        matches = rgba > 0xff_ffff && rgba !== word && isLike(rgba, from, tolerance);
      }
      if (!matches) continue;
      changed ??= copyBlockData(data);
      changed[i] = word;
      count++;
    }
    if (changed !== undefined) volume.giveBlock(x, y, z, changed);
  }
  return count;
}

/**
 * What painting a mask does. `over` lays the colour over every place of the mask, empty ones too,
 * as Goxel's "paint selection"; `recolor` changes red, green and blue of the voxels there are, by
 * the colour's alpha; `remove` subtracts the mask's alpha, as Goxel's "clear" with a selection.
 */
export type PaintMode = 'over' | 'recolor' | 'remove';

/** Paints the places of a mask with a packed colour, its alpha scaled by that of the mask. */
export function paintMask(volume: Volume, mask: Volume, rgba: number, how: PaintMode): void {
  for (const { x, y, z, data } of mask.blocks(newScratch())) {
    const before = volume.blockAt(x, y, z);
    if (before === undefined && how !== 'over') continue;
    const painted = before === undefined ? newBlockData() : copyBlockData(before);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const place = data[i]!;
      if (place > 0xff_ffff) painted[i] = paint(painted[i]!, tinted(place, rgba), place, how);
    }
    volume.giveBlock(x, y, z, painted);
  }
}

function paint(below: number, color: number, place: number, how: PaintMode): number {
  if (how === 'over') return over(below, color);
  const alpha = below >>> 24;
  if (alpha === 0) return 0;
  if (how === 'recolor') {
    const opaque = over((below | 0xff00_0000) >>> 0, color);
    return ((opaque & 0xff_ffff) | (alpha << 24)) >>> 0;
  }
  const rest = Math.max(0, alpha - (place >>> 24));
  return rest === 0 ? 0 : ((below & 0xff_ffff) | (rest << 24)) >>> 0;
}

/** A mask's colour times another, each channel truncated. */
function tinted(place: number, rgba: number): number {
  if (place === 0xffff_ffff) return rgba >>> 0;
  const red = Math.trunc(((place & 0xff) * (rgba & 0xff)) / 255);
  const green = Math.trunc((((place >> 8) & 0xff) * ((rgba >> 8) & 0xff)) / 255);
  const blue = Math.trunc((((place >> 16) & 0xff) * ((rgba >> 16) & 0xff)) / 255);
  const alpha = Math.trunc(((place >>> 24) * (rgba >>> 24)) / 255);
  return (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
}
