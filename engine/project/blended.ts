/**
 * What is written as it is seen: without the layers that by their blend modes only change others,
 * and with what these become by them. As on the screen a mode is about the layers below it which
 * have one material (`groupsOf`).
 */

import { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { copyOfLayer } from '../document/rigid.ts';
import { listed, type Report } from '../formats/report.ts';
import { addsVoxels, BLEND_MODES, type BlendMode, intersection, merge } from '../ops/combine.ts';
import type { Volume } from '../volume/volume.ts';

/** The document without blend modes; that very one where there are none. */
export function blended(document: Document, report: Report): Document {
  const visible = document.layers.filter((layer) => layer.visible);
  if (visible.every(({ mode }, i) => i === 0 || mode === 0)) return document;
  document.refresh();
  const kept = blend(visible);
  const dropped = visible.filter((layer) => !kept.has(layer)).map(({ name }) => name);
  const message = `Layers became one with those that their blend modes change: ${listed(dropped)}.`;
  report.warn('WARN_LAYERS_MERGED', message, undefined, dropped.length);
  const copies = document.layers.map((layer) =>
    layer.visible ? kept.get(layer) : copyOfLayer(layer),
  );
  const made = new Document(document.box);
  const active = copies[document.layers.indexOf(document.activeLayer)] ?? [...kept.values()].at(-1);
  made.set({ ...document.state, layers: copies.filter((copy) => copy !== undefined), active });
  return made;
}

/** Copies of the layers that are left. */
function blend(visible: readonly Layer[]): Map<Layer, Layer> {
  const kept = new Map<Layer, Layer>();
  let group: Layer[] = [];
  let material: number | undefined;
  for (const layer of visible) {
    const isFirst = material === undefined;
    if (isFirst || (layer.mode === 0 && layer.material !== material)) {
      group = [];
      material = layer.material;
    }
    // A file may hold any number; Goxel takes those that it does not know for OVER.
    const mode = isFirst ? 'over' : (BLEND_MODES[layer.mode] ?? 'over');
    if (mode === 'replace') for (const one of group.splice(0)) kept.delete(one);
    if (mode === 'max') {
      // What shines through it is not seen; what it adds stays a layer.
      for (const one of group) {
        const copy = kept.get(one)!;
        change(copy, intersection(layer.volume, copy.volume), mode);
      }
    }
    if (addsVoxels(mode)) {
      kept.set(layer, copyOfLayer(layer));
      kept.get(layer)!.set({ mode: 0 });
      group.push(layer);
      continue;
    }
    for (const one of group) change(kept.get(one)!, layer.volume, mode);
  }
  return kept;
}

function change(layer: Layer, by: Volume, mode: BlendMode): void {
  const volume = layer.volume.clone();
  merge(volume, by, mode);
  if (layer.derived) layer.derivation = { volume, inputs: 'kept', version: 0 };
  else layer.set({ volume });
}
