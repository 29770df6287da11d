/** Counts of what has changed, as results give them. */

import type { ComparedLayer } from '../project/shown.ts';
import type { LayerChanges } from '../project/summary.ts';
import type { Changes } from '../volume/change-sum.ts';
import { boundsOf } from './bounds.ts';

export function changesView({ changed, created, removed, recolored, box }: Changes) {
  const bounding_box = box === undefined ? null : boundsOf(box);
  return { changed, created, removed, recolored, bounding_box };
}

export function layerView({ layer_id, changes }: LayerChanges) {
  return { layer_id, ...changesView(changes) };
}

/** Of a layer of one of two projects. */
export function comparedView({ name, only_in, ...layer }: ComparedLayer) {
  return { ...layerView(layer), name, ...(only_in === undefined ? {} : { only_in }) };
}
