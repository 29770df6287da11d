/**
 * Volumes of another size. Larger: each voxel is as many as lie in its place. Smaller: a voxel
 * wherever there was one, so that thin things stay, in the colour that most of those have which are
 * seen, or most of all where none is.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE, newBlockData, newScratch } from '../volume/block.ts';
import type { BlockView } from '../volume/block-view.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { blocksOfVoxels, requireLeast } from '../volume/least.ts';
import { requireReach } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';

/** One that is seen counts more than all of a block that are not. */
const SEEN = 2 ** 40;

/** Above the words of voxels, in numbers that are keys. */
const WORDS = 2 ** 32;

/**
 * The volume, along each axis `factor` times as long, around the origin. Throws GOX_MEMORY_LIMIT
 * when it would leave the coordinates or take more than `blocks_max` blocks.
 */
export function resampled(source: Volume, factor: number, blocks_max: number): Volume {
  const box = source.box();
  if (box === undefined) return new Volume();
  const { min, max } = scaledBox(box, factor);
  requireReach(min, max);
  const voxels = source.count() * Math.floor(factor) ** 3;
  requireLeast(blocksOfVoxels(voxels), blocks_max, `The model, ${factor} times as large,`);
  const target = new Volume();
  target.blocks_max = blocks_max;
  if (factor < 1) shrinkInto(target, source, factor);
  else growInto(target, source, factor);
  target.blocks_max = Number.POSITIVE_INFINITY;
  return target;
}

/** The least box of whole voxels around one that was made so many times as large. */
export function scaledBox({ min, max }: Box, factor: number): Box {
  const each = (make: (i: 0 | 1 | 2) => number): Vec3 => [make(0), make(1), make(2)];
  return {
    min: each((i) => Math.floor(min[i] * factor)),
    max: each((i) => Math.ceil(max[i] * factor)),
  };
}

function growInto(target: Volume, source: Volume, factor: number): void {
  const made = new Set<string>();
  for (const { x, y, z } of source.blocks(newScratch())) {
    const [xs, ys, zs] = [x, y, z].map((least) => blocksOver(least, factor));
    for (const tz of zs!) {
      for (const ty of ys!) {
        for (const tx of xs!) {
          const key = `${tx} ${ty} ${tz}`;
          if (made.has(key)) continue;
          // Where blocks meet within one of these.
          if (!Number.isInteger(factor)) made.add(key);
          const words = grown(source, factor, [tx, ty, tz]);
          if (words !== undefined) target.giveBlock(tx, ty, tz, words);
        }
      }
    }
  }
}

/** The least corners, along an axis, of the blocks that one comes to lie in. */
function blocksOver(least: number, factor: number): number[] {
  const first = Math.floor(Math.ceil(least * factor - 0.5) / BLOCK_SIZE);
  const last = Math.floor((Math.ceil((least + BLOCK_SIZE) * factor - 0.5) - 1) / BLOCK_SIZE);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * BLOCK_SIZE);
}

/** A block of the larger volume: each voxel is that in whose place its middle is. */
function grown(source: Volume, factor: number, corner: Vec3): Uint32Array | undefined {
  const [xs, ys, zs] = corner.map((least) =>
    Array.from({ length: BLOCK_SIZE }, (_, i) => Math.floor((least + i + 0.5) / factor)),
  );
  const words = newBlockData();
  let found = false;
  for (let i = 0; i < words.length; i++) {
    const rgba = source.get(xs![i & 15]!, ys![(i >> 4) & 15]!, zs![i >> 8]!);
    if (rgba === 0) continue;
    words[i] = rgba;
    found = true;
  }
  return found ? words : undefined;
}

function shrinkInto(target: Volume, source: Volume, factor: number): void {
  const blocks = new Map<string, { readonly corner: Vec3; readonly from: Vec3[] }>();
  for (const { x, y, z } of source.blocks(newScratch())) {
    const [xs, ys, zs] = [x, y, z].map((least) => blocksUnder(least, factor));
    for (const tz of zs!) {
      for (const ty of ys!) {
        for (const tx of xs!) {
          const key = `${tx} ${ty} ${tz}`;
          const block = blocks.get(key) ?? { corner: [tx, ty, tz], from: [] };
          block.from.push([x, y, z]);
          blocks.set(key, block);
        }
      }
    }
  }
  for (const { corner, from } of blocks.values()) {
    const words = shrunk(source, factor, corner, from);
    if (words !== undefined) target.giveBlock(...corner, words);
  }
}

/** The same of the smaller volume, where a voxel goes to that in whose place its middle is. */
function blocksUnder(least: number, factor: number): number[] {
  const [first, last] = [least, least + BLOCK_SIZE - 1].map(
    (place) => Math.floor(((place + 0.5) * factor) / BLOCK_SIZE) * BLOCK_SIZE,
  );
  return first === last ? [first!] : [first!, last!];
}

/** A block of the smaller volume, of the blocks that something of comes to lie in it. */
function shrunk(
  source: Volume,
  factor: number,
  corner: Vec3,
  from: readonly Vec3[],
): Uint32Array | undefined {
  const scratch = newScratch();
  const counts = new Map<number, number>();
  for (const least of from) {
    checkInterrupt();
    const slot = source.slotAt(...least);
    count(counts, source, source.blockIn(slot, scratch), { factor, corner });
  }
  const best = new Float64Array(BLOCK_SIZE ** 3);
  const words = newBlockData();
  for (const [key, weight] of counts) {
    const cell = Math.floor(key / WORDS);
    if (weight <= best[cell]!) continue;
    best[cell] = weight;
    words[cell] = key % WORDS;
  }
  return counts.size > 0 ? words : undefined;
}

/** Counts the colours of a block's voxels by the cells of another block that they go to. */
function count(
  counts: Map<number, number>,
  source: Volume,
  { x, y, z, data }: BlockView,
  { factor, corner }: { readonly factor: number; readonly corner: Vec3 },
): void {
  const [xs, ys, zs] = [x, y, z].map((least, axis) =>
    Array.from({ length: BLOCK_SIZE }, (_, i) => {
      const cell = Math.floor((least + i + 0.5) * factor) - corner[axis as 0 | 1 | 2];
      return cell >= 0 && cell < BLOCK_SIZE ? cell : -1;
    }),
  );
  for (let i = 0; i < data.length; i++) {
    const rgba = data[i]!;
    if (rgba <= 0xff_ffff) continue;
    const [cx, cy, cz] = [xs![i & 15]!, ys![(i >> 4) & 15]!, zs![i >> 8]!];
    if (cx < 0 || cy < 0 || cz < 0) continue;
    const key = (cx + 16 * cy + 256 * cz) * WORDS + rgba;
    const weight = isSeen(source, data, i, [x, y, z]) ? SEEN : 1;
    counts.set(key, (counts.get(key) ?? 0) + weight);
  }
}

/** The steps to neighbours in the words of a block, and the bits of a place that tell its edge. */
const STEPS = [
  { step: 1, shift: 0 },
  { step: 16, shift: 4 },
  { step: 256, shift: 8 },
] as const;

/** Whether a voxel has a side at air. */
function isSeen(source: Volume, data: Uint32Array, i: number, corner: Vec3): boolean {
  for (const [axis, { step, shift }] of STEPS.entries()) {
    const along = (i >> shift) & 15;
    for (const sign of [-1, 1]) {
      const inside = along + sign >= 0 && along + sign < BLOCK_SIZE;
      const rgba = inside ? data[i + sign * step]! : beside(source, i, corner, axis, sign);
      if (rgba <= 0xff_ffff) return true;
    }
  }
  return false;
}

function beside(source: Volume, i: number, corner: Vec3, axis: number, sign: number): number {
  const at = [corner[0] + (i & 15), corner[1] + ((i >> 4) & 15), corner[2] + (i >> 8)];
  at[axis]! += sign;
  return source.get(at[0]!, at[1]!, at[2]!);
}
