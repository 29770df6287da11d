/** Copies boxes out of volumes into dense arrays, for formats that store every cell of a box. */

import type { Document } from '../document/document.ts';
import { checkInterrupt } from '../interrupt.ts';
import { signedWords } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { boxCorners, isNullBox } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';

/** How far apart neighbours along each axis lie in an array, and where the first cell lies. */
export interface Layout {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly start: number;
}

/** Puts the words of a box into `out`; cells in no block are left as they are. */
export function copyBox(
  volume: Volume,
  box: Box,
  out: Uint32Array | Int32Array,
  layout: Layout,
): void {
  const to = new Int32Array(out.buffer, out.byteOffset, out.length);
  const [x0, y0, z0] = box.min;
  const [x1, y1, z1] = box.max;
  for (let bz = z0 & ~15; bz < z1; bz += 16) {
    for (let by = y0 & ~15; by < y1; by += 16) {
      checkInterrupt();
      for (let bx = x0 & ~15; bx < x1; bx += 16) {
        const data = volume.blockAt(bx, by, bz);
        if (data !== undefined) copyPart(signedWords(data), [bx, by, bz], box, to, layout);
      }
    }
  }
}

function copyPart(data: Int32Array, block: Vec3, box: Box, out: Int32Array, to: Layout): void {
  const [bx, by, bz] = block;
  const [x0, y0, z0] = box.min;
  const xFrom = Math.max(x0, bx);
  const xTo = Math.min(box.max[0], bx + 16);
  const yTo = Math.min(box.max[1], by + 16);
  const zTo = Math.min(box.max[2], bz + 16);
  const yFrom = Math.max(y0, by);
  for (let z = Math.max(z0, bz); z < zTo; z++) {
    if (xTo - xFrom === 1) {
      // A slice of one x: its runs are along y.
      let from = (xFrom - bx) | ((yFrom - by) << 4) | ((z - bz) << 8);
      let at = to.start + (xFrom - x0) * to.x + (yFrom - y0) * to.y + (z - z0) * to.z;
      for (let y = yFrom; y < yTo; y++, from += 16, at += to.y) out[at] = data[from]!;
      continue;
    }
    for (let y = yFrom; y < yTo; y++) {
      let from = (xFrom - bx) | ((y - by) << 4) | ((z - bz) << 8);
      let at = to.start + (xFrom - x0) * to.x + (y - y0) * to.y + (z - z0) * to.z;
      for (let x = xFrom; x < xTo; x++, at += to.x) out[at] = data[from++]!;
    }
  }
}

/** The extent along one axis. */
export function sizeOf({ min, max }: Box): Vec3 {
  return [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
}

/**
 * What formats of one box write: the image box, grown until it holds every voxel; undefined when
 * there is no voxel. (Goxel writes the image box alone and drops what is outside.)
 */
export function exportBox(document: Document): Box | undefined {
  const around = document.merged().box();
  if (around === undefined || isNullBox(document.box)) return around;
  const { min, max } = boxCorners(document.box);
  const low = (axis: 0 | 1 | 2) => Math.min(Math.floor(min[axis]), around.min[axis]);
  const high = (axis: 0 | 1 | 2) => Math.max(Math.ceil(max[axis]), around.max[axis]);
  const ends = [...[0, 1, 2].map((a) => low(a as 0)), ...[0, 1, 2].map((a) => high(a as 0))];
  if (!ends.every(Number.isSafeInteger)) return around;
  return { min: [low(0), low(1), low(2)], max: [high(0), high(1), high(2)] };
}
