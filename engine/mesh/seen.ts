/**
 * The visible layers as bodies of their own: where layers overlap, a voxel is in the one that it is
 * seen of, so that no two surfaces lie in one place. Laid together they are what `merged` gives.
 */

import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { BLOCK_VOXELS, newBlockData, newScratch } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import { Volume } from '../volume/volume.ts';

/** A visible layer with what is seen of it. Not to be written. */
export interface SeenLayer {
  readonly layer: Layer;
  readonly volume: Volume;
}

const SOLID = (SOLID_ALPHA << 24) >>> 0;

/** From bottom to top; layers of which nothing is seen are left out. */
export function seenLayers(document: Document): SeenLayer[] {
  const merged = document.merged();
  const layers = document.layers.filter(({ visible, volume }) => visible && volume.count() > 0);
  if (layers.length === 1) return [{ layer: layers[0]!, volume: merged }];
  const parts = layers.map((layer) => ({ layer, volume: new Volume() }));
  const scratches = layers.map(() => newScratch());
  for (const { x, y, z, data } of merged.blocks(newScratch())) {
    const holders = parts.filter(({ layer }) => layer.volume.holdsIn(x, y, z));
    if (holders.length === 1) {
      holders[0]!.volume.shareBlock(x, y, z, merged);
      continue;
    }
    const words = holders.map(({ layer }, i) => layer.volume.blockAt(x, y, z, scratches[i])!);
    const shares = holders.map(() => newBlockData());
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      if (data[i]! > 0xff_ffff) shares[ownerOf(words, i)]![i] = data[i]!;
    }
    for (const [i, { volume }] of holders.entries()) volume.giveBlock(x, y, z, shares[i]!);
  }
  return parts.filter(({ volume }) => volume.count() > 0);
}

/** The highest block that is solid at a place, else the highest that holds anything there. */
function ownerOf(words: readonly Uint32Array[], place: number): number {
  let owner = 0;
  for (let i = words.length - 1; i >= 0; i--) {
    if (words[i]![place]! >= SOLID) return i;
    if (owner === 0 && words[i]![place]! > 0xff_ffff) owner = i;
  }
  return owner;
}
