/** The blocks of a volume by their positions. */

import { checkInterrupt } from '../interrupt.ts';
import type { Volume } from './volume.ts';

/** Kept until the volume changes: who reads page by page asks for it with every page. */
const known = new WeakMap<Volume, { readonly version: number; readonly slots: Uint32Array }>();

/** The slots of a volume by z, then y, then x. */
export function slotsInOrder(volume: Volume): Uint32Array {
  const { version } = volume;
  const found = known.get(volume);
  if (found?.version === version) return found.slots;
  const count = volume.blockCount;
  const slots = new Uint32Array(count);
  const [xs, ys, zs] = [new Int32Array(count), new Int32Array(count), new Int32Array(count)];
  for (let slot = 0; slot < count; slot++) {
    if ((slot & 0xfff) === 0) checkInterrupt();
    const { x, y, z } = volume.blockIn(slot);
    slots[slot] = slot;
    xs[slot] = x;
    ys[slot] = y;
    zs[slot] = z;
  }
  slots.sort((a, b) => zs[a]! - zs[b]! || ys[a]! - ys[b]! || xs[a]! - xs[b]!);
  known.set(volume, { version, slots });
  return slots;
}
