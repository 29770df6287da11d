/** Bodies that are the same but for their place: a mesh of one of them can stand for all. */

import { checkInterrupt } from '../interrupt.ts';
import { newScratch } from '../volume/block.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';
import type { SeenLayer } from './seen.ts';

/** Which body a body is like: the first of its kind, in the order of all. */
export interface Likeness {
  readonly of: number;
  /** From its voxels to those of this one. */
  readonly move: Vec3;
}

/** What a colour with any alpha is not below. */
const SEEN_MIN = 0x100_0000;

/** For each body the one before that it is like, of the same material; undefined without any. */
export function likenesses(bodies: readonly SeenLayer[]): (Likeness | undefined)[] {
  const kinds = new Map<string, Kind[]>();
  return bodies.map(({ layer, volume }, index) => {
    const box = bodies.length === 1 ? undefined : volume.box();
    if (box === undefined) return undefined;
    const sides = minus(box.max, box.min);
    const key = `${layer.material} ${volume.count()} ${sides.join(' ')}`;
    const before = kinds.get(key);
    if (before === undefined) {
      kinds.set(key, [{ index, box, mark: undefined }]);
      return undefined;
    }
    const mark = markOf(volume, box);
    for (const one of before) {
      const other = bodies[one.index]!.volume;
      one.mark ??= markOf(other, one.box);
      if (one.mark !== mark) continue;
      const move = minus(box.min, one.box.min);
      if (isMoved(other, volume, move)) return { of: one.index, move };
    }
    before.push({ index, box, mark });
    return undefined;
  });
}

/** The first of bodies that are alike. */
interface Kind {
  readonly index: number;
  readonly box: Box;
  /** Differs between most that are not alike; undefined while nobody has asked. */
  mark: number | undefined;
}

/** A hash of all voxels by their places in the box, whatever their order. */
function markOf(volume: Volume, { min }: Box): number {
  let sum = 0;
  for (const { x, y, z, data } of volume.blocks(newScratch())) {
    checkInterrupt();
    for (let i = 0; i < data.length; i++) {
      const rgba = data[i]!;
      if (rgba < SEEN_MIN) continue;
      const [px, py, pz] = [
        x + (i & 15) - min[0],
        y + ((i >> 4) & 15) - min[1],
        z + (i >> 8) - min[2],
      ];
      const mixed =
        Math.imul(rgba ^ Math.imul(px, 0x9e37_79b1), 0x85eb_ca6b) ^ Math.imul(py, 0xc2b2_ae35);
      sum = (sum + Math.imul(mixed ^ (mixed >>> 15) ^ Math.imul(pz, 0x27d4_eb2f), 0x1656_67b1)) | 0;
    }
  }
  return sum;
}

/** Whether all voxels of a volume are those of another, moved; there are as many in both. */
function isMoved(from: Volume, to: Volume, [dx, dy, dz]: Vec3): boolean {
  for (const { x, y, z, data } of from.blocks(newScratch())) {
    checkInterrupt();
    for (let i = 0; i < data.length; i++) {
      const rgba = data[i]!;
      if (rgba < SEEN_MIN) continue;
      const [px, py, pz] = [x + (i & 15) + dx, y + ((i >> 4) & 15) + dy, z + (i >> 8) + dz];
      if (to.get(px, py, pz) !== rgba) return false;
    }
  }
  return true;
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}
