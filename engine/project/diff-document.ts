/** What is different, as a document to be drawn. */

import { Document } from '../document/document.ts';
import { newMaterial } from '../document/scene.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import { pack } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';

const CREATED = pack(60, 200, 80, 255);
const REMOVED = pack(220, 50, 50, 255);
const RECOLORED = pack(240, 200, 40, 255);

/** How much of the light what has not changed lets not through. */
const OPACITY = 0.12;

/**
 * The second volume like glass, and in it what is different from the first: created voxels green,
 * removed ones red, recoloured ones yellow. Costs by the blocks that differ.
 */
export function diffDocument(before: Volume, after: Volume): Document {
  const document = Document.empty();
  document.set({ materials: [glass(), newMaterial('changes')] });
  const [layer] = document.layers;
  const rest = after.clone();
  layer!.set({ volume: rest, material: 0 });
  const changes = document.addLayer('changes');
  changes.set({ material: 1 });
  const empty = new Uint32Array(BLOCK_VOXELS);
  const mark = (x: number, y: number, z: number, old: Uint32Array, now: Uint32Array) => {
    checkInterrupt();
    // Blocks of two projects are never the same ones.
    if (!differ(old, now)) return;
    const [marked, same] = [newBlockData(), newBlockData()];
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const was = old[i]! > 0xff_ffff;
      const is = now[i]! > 0xff_ffff;
      if (old[i] === now[i]) same[i] = now[i]!;
      else if (was || is) marked[i] = was && is ? RECOLORED : is ? CREATED : REMOVED;
    }
    changes.volume.giveBlock(x, y, z, marked);
    rest.giveBlock(x, y, z, same);
  };
  for (const { x, y, z, block } of after.blocks()) {
    const slot = before.slotAt(x, y, z);
    const old = slot < 0 ? undefined : before.blockIn(slot).block;
    if (old !== block) mark(x, y, z, old?.data ?? empty, block.data);
  }
  for (const { x, y, z, data } of before.blocks()) {
    if (!after.holdsIn(x, y, z)) mark(x, y, z, data, empty);
  }
  return document;
}

function differ(old: Uint32Array, now: Uint32Array): boolean {
  for (let i = 0; i < BLOCK_VOXELS; i++) if (old[i] !== now[i]) return true;
  return false;
}

function glass() {
  return { ...newMaterial('unchanged'), color: Float32Array.of(1, 1, 1, OPACITY) };
}
