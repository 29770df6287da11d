/** What replies say of edits: what changed in a layer, and what it holds then. */

import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import type { Changes } from '../volume/change-sum.ts';
import { changesBetween } from '../volume/changes.ts';
import { Volume } from '../volume/volume.ts';

/** What the edit that runs has changed of a layer that had the volume `before`. */
export function changesOf(before: Volume, { volume }: Layer): Changes {
  return volume === before ? volume.changes() : changesBetween(before.beforeEdit(), volume);
}

/** The same, as replies have it. */
export function changeOf(before: Volume, layer: Layer) {
  const { changed } = changesOf(before, layer);
  return { voxel_count: layer.volume.count(), changed, layer_id: layer.id };
}

/**
 * The volumes of all layers, for `changesOf`. Due before the edit. Layers that come later had none.
 */
export function volumesOf({ layers }: Document): (layer: Layer) => Volume {
  const volumes = new Map(layers.map((layer) => [layer, layer.volume]));
  return (layer) => volumes.get(layer) ?? new Volume();
}
