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
  const kinds = new Map<string, { readonly index: number; readonly box: Box }[]>();
  return bodies.map(({ layer, volume }, index) => {
    const box = bodies.length === 1 ? undefined : volume.box();
    if (box === undefined) return undefined;
    const sides = minus(box.max, box.min);
    const key = `${layer.material} ${volume.count()} ${sides.join(' ')}`;
    const before = kinds.get(key);
    if (before === undefined) kinds.set(key, [{ index, box }]);
    for (const one of before ?? []) {
      const move = minus(box.min, one.box.min);
      if (isMoved(bodies[one.index]!.volume, volume, move)) return { of: one.index, move };
    }
    before?.push({ index, box });
    return undefined;
  });
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
