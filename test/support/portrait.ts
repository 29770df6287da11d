/** Documents in a form that can be compared. */

import { createHash } from 'node:crypto';
import type { Document } from '../../engine/document/document.ts';
import type { Volume } from '../../engine/volume/volume.ts';

/** Order, places and words of the blocks that hold voxels. */
function blocksOf(volume: Volume): string[] {
  return [...volume.blocks()].map(({ x, y, z, data }) => {
    return `${x} ${y} ${z} ${createHash('sha1').update(data).digest('hex')}`;
  });
}

/** Everything that a document holds and a .gox file too; palettes are in none. */
export function portrait(document: Document): unknown {
  document.refresh();
  return {
    ...document,
    palette: undefined,
    preview: document.preview,
    layers: document.layers.map(({ volume, derivation: _, ...layer }) => ({
      ...layer,
      blocks: blocksOf(volume),
    })),
  };
}
