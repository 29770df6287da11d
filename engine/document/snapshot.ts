/**
 * A document as a plain value that can be posted to another thread. The blocks are shared, not
 * copied; edits to the document afterwards do not show in it.
 */

import type { VolumeSnapshot } from '../volume/volume.ts';
import { Volume } from '../volume/volume.ts';
import { adoptDerived } from './derive.ts';
import { Document, type DocumentState } from './document.ts';
import { Layer, type LayerState } from './layer.ts';

interface LayerSnapshot {
  readonly id: number;
  readonly voxels: VolumeSnapshot;
  /** Whether its voxels are computed from something else, so that files need not hold them. */
  readonly computed: boolean;
  readonly state: Omit<LayerState, 'volume'>;
}

export interface DocumentSnapshot {
  readonly layers: readonly LayerSnapshot[];
  /** The place of the active layer. */
  readonly active: number;
  readonly scene: Omit<DocumentState, 'layers' | 'active'>;
  readonly preview: Uint8Array | undefined;
}

export function snapshotOf(document: Document): DocumentSnapshot {
  document.refresh();
  const { layers, active: _, ...scene } = document.state;
  const { preview } = document;
  return {
    layers: layers.map(layerSnapshot),
    active: layers.indexOf(document.activeLayer),
    ...{ scene, preview },
  };
}

function layerSnapshot(layer: Layer): LayerSnapshot {
  const { volume: _, ...state } = layer.state;
  const computed = layer.derived && layer.derivation !== undefined;
  return { id: layer.id, voxels: layer.volume.snapshot(), computed, state };
}

/** The document that a snapshot was taken of, to be read: its computed layers stand as they are. */
export function documentOf({ layers, active, scene, preview }: DocumentSnapshot): Document {
  const document = new Document(scene.box);
  const made = layers.map(({ id, voxels, computed, state }) => {
    const layer = new Layer(id, state.name);
    const volume = Volume.of(voxels);
    layer.set(computed ? state : { ...state, volume });
    if (computed) layer.derivation = { volume, inputs: 'kept', version: 0 };
    return layer;
  });
  document.set({ ...scene, layers: made, active: made[active] });
  if (preview !== undefined) document.preview = preview;
  return document;
}

/** The same to be edited, by whoever has the only snapshot of a document that is no more. */
export function takenOver(snapshot: DocumentSnapshot): Document {
  const document = documentOf(snapshot);
  adoptDerived(document.layers, document.box);
  return document;
}
