/**
 * Everything that a project keeps of its voxels, beside the same computed from nothing. Whatever is
 * kept from now on has its check here.
 */

import * as assert from 'uvu/assert';
import { Merged } from '../../engine/document/merged.ts';
import { keptColors } from '../../engine/inquiries/kept-colors.ts';
import { moved } from '../../engine/ops/move.ts';
import { shapeVolume } from '../../engine/ops/shapes.ts';
import type { Project } from '../../engine/project/project.ts';
import { boxCorners, isNullBox } from '../../engine/volume/matrix.ts';
import { slotsInOrder } from '../../engine/volume/slots.ts';
import { Volume } from '../../engine/volume/volume.ts';

const BLOCKS_MAX = 65536;
const PIECES_MAX = 10_000;

/**
 * Throws unless all that is kept is what it would be without. It asks for all of it, so that from
 * then on all is kept.
 */
export function requireKept(project: Project): void {
  const { document, selection, clipboard } = project;
  document.refresh();
  for (const layer of document.layers) {
    const what = `layer ${layer.id}`;
    requireVolume(layer.volume, what);
    const base = document.layers.find(({ id }) => id === layer.baseId);
    if (layer.shape !== undefined) {
      const { min, max } = isNullBox(document.box) ? EVERYWHERE : boxCorners(document.box);
      const shape = shapeVolume(layer.shape, layer.mat, { min, max }, BLOCKS_MAX);
      assert.equal(voxelsOf(layer.volume), voxelsOf(shape), `the shape of ${what}`);
    } else if (base !== undefined && base !== layer) {
      const fresh = moved(fromNothing(base.volume), layer.mat, BLOCKS_MAX);
      // Blocks that came since lie behind the others.
      assert.equal(voxelsOf(layer.volume).sort(), voxelsOf(fresh).sort(), `the clone ${what}`);
    }
  }
  const visible = document.layers.filter((layer) => layer.visible).map(({ volume }) => volume);
  const fresh = new Merged(visible.map(fromNothing)).volume;
  assert.equal(voxelsOf(document.merged()), voxelsOf(fresh), 'the merged volume');
  requireVolume(document.merged(), 'the merged volume');
  requireVolume(selection.mask, 'the selection');
  requireVolume(clipboard.volume, 'the clipboard');
  const held = [...document.layers.map(({ volume }) => volume), selection.mask];
  const bytes = held.reduce((sum, volume) => sum + volume.byteLength, 0);
  assert.is(document.voxelBytes() + selection.mask.byteLength, bytes, 'the bytes of voxels');
}

const EVERYWHERE = {
  min: [-Infinity, -Infinity, -Infinity],
  max: [Infinity, Infinity, Infinity],
} as const;

/** A volume of the same voxels that knows nothing yet; the one there is shares nothing with it. */
function fromNothing(volume: Volume): Volume {
  const fresh = new Volume();
  for (const { x, y, z, data } of volume.blocks()) fresh.setBlock(x, y, z, Uint32Array.from(data));
  return fresh;
}

function requireVolume(volume: Volume, what: string): void {
  let voxels = 0;
  const colors = new Map<number, number>();
  for (let slot = 0; slot < volume.blockCount; slot++) {
    const { x, y, z, data, count } = volume.blockIn(slot);
    let found = 0;
    for (let i = 0; i < 4096; i++) {
      const rgba = data[i]! | 0;
      if (rgba >>> 24 === 0) continue;
      colors.set(rgba, (colors.get(rgba) ?? 0) + 1);
      found++;
    }
    assert.is(count, found, `the voxels of the block at ${x}, ${y}, ${z} of ${what}`);
    assert.is(volume.slotAt(x, y, z), slot, `the slot of ${x}, ${y}, ${z} of ${what}`);
    voxels += found;
  }
  assert.is(volume.count(), voxels, `the voxels of ${what}`);
  assert.equal(volume.box(), fromNothing(volume).box(), `the box of ${what}`);
  let kept = keptColors(volume, BLOCKS_MAX);
  // Counted a piece at a time, which on a busy machine is a small one.
  for (let more = 0; kept === undefined && more < PIECES_MAX; more++) {
    kept = keptColors(volume, BLOCKS_MAX);
  }
  assert.ok(kept, `the colours of ${what} are kept`);
  assert.equal([...kept!].sort(), [...colors].sort(), `the colours of ${what}`);
  assert.equal([...slotsInOrder(volume)], inOrder(volume), `the order of slots of ${what}`);
}

function inOrder(volume: Volume): number[] {
  const slots = Array.from({ length: volume.blockCount }, (_, slot) => slot);
  const at = (slot: number) => volume.blockIn(slot);
  return slots.sort((a, b) => at(a).z - at(b).z || at(a).y - at(b).y || at(a).x - at(b).x);
}

/** The blocks with voxels in their order: where each is, and a number made of its words. */
function voxelsOf(volume: Volume): string[] {
  return [...volume.blocks()].map(({ x, y, z, data }) => {
    let sum = 0;
    for (let i = 0; i < 4096; i++) {
      if (data[i]! >>> 24 === 0) continue;
      sum = Math.imul(sum ^ data[i]! ^ (i << 20), 0x9e37_79b1);
      sum ^= sum >>> 15;
    }
    return `${x} ${y} ${z} ${sum}`;
  });
}
