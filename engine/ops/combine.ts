/**
 * How one voxel, or one volume, is combined with another: Goxel's arithmetic on bytes, every
 * division truncated. In the rules below `a` is the target, `b` the source, A their alpha.
 *
 * - over: den = 255·bA + aA·(255 - bA); rgb = (255·b·bA + a·aA·(255 - bA)) / den;
 *   alpha = bA + aA·(255 - bA) / 255
 * - sub: alpha = max(0, aA - bA); sub_clamp: alpha = min(aA, 255 - bA); rgb kept by both
 * - paint: rgb = (1 - t)·a + t·b with t = bA / 255, in float32; alpha kept
 * - max: rgb = b, alpha = max(aA, bA)
 * - intersect: alpha = min(aA, bA), rgb kept; intersect_fill: the same, and rgb = b
 * - mult_alpha: every channel = channel·bA / 255
 * - replace: b
 *
 * A voxel that loses its alpha keeps its rgb in the block's words, as in Goxel; a block without any
 * voxel counts as absent.
 */

import { BLOCK_VOXELS, newBlockData, newScratch } from '../volume/block.ts';
import type { BlockView } from '../volume/block-view.ts';
import { Volume } from '../volume/volume.ts';

/** The place in this list is the number that files store. */
export const BLEND_MODES = [
  'over',
  'sub',
  'sub_clamp',
  'paint',
  'max',
  'intersect',
  'intersect_fill',
  'mult_alpha',
  'replace',
] as const;

export type BlendMode = (typeof BLEND_MODES)[number];

const WHITE = 0xffff_ffff;
/** For what is laid over untinted. */
const NO_SCRATCH = new Uint32Array(0);
const RGB = 0xff_ffff;

/** A block without voxels: what a block becomes that loses all of its own. */
export const EMPTY_BLOCK: Uint32Array = newBlockData();

/** bA / 255 and 1 - bA / 255 in float32. */
const SHARE = Float32Array.from({ length: 256 }, (_, alpha) => alpha / 255);
const REST = SHARE.map((share) => 1 - share);

/** The colour of `b` over `a`, both packed; alpha adds up as in painting on glass. */
export function over(a: number, b: number): number {
  const alphaA = a >>> 24;
  const alphaB = b >>> 24;
  if (alphaB === 0) return a >>> 0;
  if (alphaB === 255 || alphaA === 0) return b >>> 0;
  const shareB = 255 * alphaB;
  const shareA = alphaA * (255 - alphaB);
  const sum = shareA + shareB;
  const red = (((b & 0xff) * shareB + (a & 0xff) * shareA) / sum) | 0;
  const green = ((((b >> 8) & 0xff) * shareB + ((a >> 8) & 0xff) * shareA) / sum) | 0;
  const blue = ((((b >> 16) & 0xff) * shareB + ((a >> 16) & 0xff) * shareA) / sum) | 0;
  const alpha = alphaB + ((shareA / 255) | 0);
  return (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
}

function sub(a: number, b: number): number {
  const alpha = (a >>> 24) - (b >>> 24);
  return alpha <= 0 ? a & RGB : ((a & RGB) | (alpha << 24)) >>> 0;
}

function subClamp(a: number, b: number): number {
  return ((a & RGB) | (Math.min(a >>> 24, 255 - (b >>> 24)) << 24)) >>> 0;
}

function paint(a: number, b: number): number {
  const share = SHARE[b >>> 24]!;
  const rest = REST[b >>> 24]!;
  const red = painted(rest, a & 0xff, share, b & 0xff);
  const green = painted(rest, (a >> 8) & 0xff, share, (b >> 8) & 0xff);
  const blue = painted(rest, (a >> 16) & 0xff, share, (b >> 16) & 0xff);
  return (red | (green << 8) | (blue << 16) | (a & ~RGB)) >>> 0;
}

function painted(rest: number, a: number, share: number, b: number): number {
  return Math.fround(Math.fround(rest * a) + Math.fround(share * b)) | 0;
}

function max(a: number, b: number): number {
  return ((b & RGB) | (Math.max(a >>> 24, b >>> 24) << 24)) >>> 0;
}

function intersect(a: number, b: number): number {
  return ((a & RGB) | (Math.min(a >>> 24, b >>> 24) << 24)) >>> 0;
}

function intersectFill(a: number, b: number): number {
  const alpha = Math.min(a >>> 24, b >>> 24);
  return alpha === 0 ? a & RGB : ((b & RGB) | (alpha << 24)) >>> 0;
}

/** Every channel of `a` times the factor over 255, and so with four factors in one word. */
function multiplied(a: number, factors: number): number {
  const red = (((a & 0xff) * (factors & 0xff)) / 255) | 0;
  const green = ((((a >> 8) & 0xff) * ((factors >> 8) & 0xff)) / 255) | 0;
  const blue = ((((a >> 16) & 0xff) * ((factors >> 16) & 0xff)) / 255) | 0;
  const alpha = (((a >>> 24) * (factors >>> 24)) / 255) | 0;
  return (red | (green << 8) | (blue << 16) | (alpha << 24)) >>> 0;
}

function multAlpha(a: number, b: number): number {
  return multiplied(a, Math.imul(b >>> 24, 0x0101_0101));
}

/** Combines two packed words. */
export function combine(a: number, b: number, mode: BlendMode): number {
  switch (mode) {
    case 'over':
      return over(a, b);
    case 'sub':
      return sub(a, b);
    case 'sub_clamp':
      return subClamp(a, b);
    case 'paint':
      return paint(a, b);
    case 'max':
      return max(a, b);
    case 'intersect':
      return intersect(a, b);
    case 'intersect_fill':
      return intersectFill(a, b);
    case 'mult_alpha':
      return multAlpha(a, b);
    case 'replace':
      return b >>> 0;
  }
}

/** Combines two blocks word by word into a third, which may be one of them. */
export function combineBlocks(
  a: Uint32Array,
  b: Uint32Array,
  mode: BlendMode,
  out: Uint32Array,
): void {
  // A loop a mode, so that the rule is inlined into each.
  switch (mode) {
    case 'over':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = over(a[i]!, b[i]!);
      break;
    case 'sub':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = sub(a[i]!, b[i]!);
      break;
    case 'sub_clamp':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = subClamp(a[i]!, b[i]!);
      break;
    case 'paint':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = paint(a[i]!, b[i]!);
      break;
    case 'max':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = max(a[i]!, b[i]!);
      break;
    case 'intersect':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = intersect(a[i]!, b[i]!);
      break;
    case 'intersect_fill':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = intersectFill(a[i]!, b[i]!);
      break;
    case 'mult_alpha':
      for (let i = 0; i < BLOCK_VOXELS; i++) out[i] = multAlpha(a[i]!, b[i]!);
      break;
    case 'replace':
      out.set(b);
      break;
  }
}

/** Whether a mode makes voxels where the target has none. */
export function addsVoxels(mode: BlendMode): boolean {
  return mode === 'over' || mode === 'max' || mode === 'replace';
}

/** Whether a mode removes what the source does not cover. */
export function keepsOnlyCovered(mode: BlendMode): boolean {
  return (
    mode === 'intersect' || mode === 'intersect_fill' || mode === 'mult_alpha' || mode === 'replace'
  );
}

/**
 * Combines the whole of a volume with another, whose channels are first multiplied by `tint` / 255.
 * The target shares the blocks that come over whole. Blocks that the source lacks are skipped by
 * over, sub, sub_clamp, paint and max, and lost to the other modes. Throws GOX_MEMORY_LIMIT half
 * done at the target's `blocks_max`.
 */
export function merge(target: Volume, source: Volume, mode: BlendMode, tint = WHITE): void {
  if (keepsOnlyCovered(mode)) {
    for (const { x, y, z } of [...target.blocks()]) {
      const slot = source.slotAt(x, y, z);
      const covered = slot >= 0 && source.blockIn(slot).count > 0;
      if (!covered) target.setBlock(x, y, z, EMPTY_BLOCK);
    }
  }
  const scratch = newScratch();
  const words = newScratch();
  // The target may be the source, whose blocks must not change while they are listed.
  const blocks = target === source ? [...source.blocks(words)] : source.blocks(words);
  for (const block of blocks) mergeBlock(target, source, mode, tint >>> 0, block, scratch);
}

function mergeBlock(
  target: Volume,
  source: Volume,
  mode: BlendMode,
  tint: number,
  block: BlockView,
  scratch: Uint32Array,
): void {
  const { x, y, z } = block;
  const bare = target.slotAt(x, y, z) < 0;
  if (bare && !addsVoxels(mode)) return;
  if (tint === WHITE && (bare || mode === 'replace' || hides(block.data, mode))) {
    if (target !== source) target.shareBlock(x, y, z, source);
    return;
  }
  const { data } = block;
  let words = data;
  if (tint !== WHITE) {
    for (let i = 0; i < BLOCK_VOXELS; i++) scratch[i] = multiplied(data[i]!, tint);
    words = scratch;
  }
  const mixed = newBlockData();
  if (bare) mixed.set(words);
  else combineBlocks(target.blockAt(x, y, z, mixed)!, words, mode, mixed);
  target.giveBlock(x, y, z, mixed);
}

/** Whether nothing of the target shows through a block: it is opaque, laid over or by max. */
function hides(data: Uint32Array, mode: BlendMode): boolean {
  if (mode !== 'over' && mode !== 'max') return false;
  for (let i = 0; i < BLOCK_VOXELS; i++) if (data[i]! < 0xff00_0000) return false;
  return true;
}

/**
 * What a volume has where another has voxels, with the smaller of the two alphas (`intersect`), in
 * the volume's order of blocks. Costs by the one that has fewer blocks.
 */
export function intersection(volume: Volume, mask: Volume): Volume {
  const slots: number[] = [];
  if (mask.blockCount < volume.blockCount) {
    for (const { x, y, z } of mask.blocks()) {
      const slot = volume.slotAt(x, y, z);
      if (slot >= 0) slots.push(slot);
    }
    slots.sort((a, b) => a - b);
  } else for (let slot = 0; slot < volume.blockCount; slot++) slots.push(slot);
  const common = new Volume();
  for (const slot of slots) {
    const { x, y, z, data, count } = volume.blockIn(slot);
    const over = mask.blockAt(x, y, z);
    if (count === 0 || over === undefined) continue;
    const mixed = newBlockData();
    combineBlocks(data, over, 'intersect', mixed);
    common.giveBlock(x, y, z, mixed);
  }
  return common;
}

/** Lays `source` over `target`, which shares the blocks that only the source has. */
export function mergeOver(target: Volume, source: Volume): void {
  merge(target, source, 'over');
}

/** The same of the one block that holds a position. */
export function mergeBlockOver(
  target: Volume,
  source: Volume,
  x: number,
  y: number,
  z: number,
): void {
  const slot = source.slotAt(x, y, z);
  if (slot < 0) return;
  const block = source.blockIn(slot);
  if (block.count > 0) mergeBlock(target, source, 'over', WHITE, block, NO_SCRATCH);
}
