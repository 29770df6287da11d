/** A document as a plain value that bytes can be made of, with all that its volumes hold. */

import { Document, type DocumentState } from '../document/document.ts';
import { Layer, type LayerState } from '../document/layer.ts';
import { goForward, wholeOf } from '../volume/forward.ts';
import { Volume } from '../volume/volume.ts';
import { type PackedBlocks, packedBlocks, placedBlocks } from './blocks.ts';

export type LayerProperties = Omit<LayerState, 'volume'>;
export type Scene = Omit<DocumentState, 'layers' | 'active'>;

export interface PackedLayer {
  readonly id: number;
  readonly properties: LayerProperties;
  /** Its own voxels; what a clone or shape layer shows is computed. */
  readonly voxels: PackedBlocks;
}

export interface PackedDocument {
  /** From bottom to top. */
  readonly layers: readonly PackedLayer[];
  /** The place of the active layer; -1 for none, which means the topmost. */
  readonly active: number;
  readonly scene: Scene;
  readonly preview: Uint8Array | undefined;
}

export function packedDocument(document: Document): PackedDocument {
  const { layers, active, ...scene } = document.state;
  return {
    layers: layers.map(({ id, state }) => packedLayer(id, state)),
    active: active === undefined ? -1 : layers.indexOf(active),
    ...{ scene, preview: document.preview },
  };
}

function packedLayer(id: number, { volume, ...properties }: LayerState): PackedLayer {
  return { id, properties, voxels: packedVolume(volume) };
}

export function packedVolume(volume: Volume): PackedBlocks {
  return packedBlocks(wholeOf(volume.table));
}

export function documentIn({ layers, active, scene, preview }: PackedDocument): Document {
  const document = new Document(scene.box);
  const made = layers.map(layerIn);
  document.set({ ...scene, layers: made, active: made[active] });
  if (preview !== undefined) document.preview = preview;
  return document;
}

export function layerIn({ id, properties, voxels }: PackedLayer): Layer {
  const layer = new Layer(id, properties.name);
  layer.set({ ...properties, volume: volumeIn(voxels) });
  return layer;
}

export function volumeIn(voxels: PackedBlocks): Volume {
  const volume = new Volume();
  const blocks = placedBlocks(voxels);
  if (blocks.length > 0) goForward(volume.table, { blocks, cells: [], all: true });
  return volume;
}
