/** What replies say of edits: what changed in a layer, and what it holds then. */

import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { changesBetween } from '../volume/changes.ts';
import { Volume } from '../volume/volume.ts';

/** Of a layer whose voxels were `before`, which nobody has written since. */
export function changeOf(before: Volume, layer: Layer) {
  const { changed } = changesBetween(before, layer.volume);
  return { voxel_count: layer.volume.count(), changed, layer_id: layer.id };
}

/**
 * The voxels of all layers, to compare with later. Due before `Project.transact`, which goes on
 * with copies. Layers that come later had none.
 */
export function volumesOf({ layers }: Document): (layer: Layer) => Volume {
  const volumes = new Map(layers.map((layer) => [layer, layer.volume]));
  return (layer) => volumes.get(layer) ?? new Volume();
}
