/**
 * A document as a plain value that can be posted to another thread. The blocks are shared, not
 * copied; edits to the document afterwards do not show in it.
 */

import type { VolumeSnapshot } from '../volume/volume.ts';
import { Volume } from '../volume/volume.ts';
import { adoptDerived } from './derive.ts';
import { Document, type UnknownChunk } from './document.ts';
import { type DictEntry, Layer, type Shape } from './layer.ts';
import type { Palette } from './palette.ts';
import type { Camera, Light, Material } from './scene.ts';

interface LayerSnapshot {
  readonly id: number;
  readonly voxels: VolumeSnapshot;
  /** Whether its voxels are computed from something else, so that files need not hold them. */
  readonly computed: boolean;
  readonly state: {
    readonly name: string;
    readonly visible: boolean;
    readonly material: number;
    readonly mode: number;
    readonly mat: Float32Array;
    readonly box: Float32Array | undefined;
    readonly baseId: number;
    readonly shape: Shape | undefined;
    readonly imagePath: string;
    readonly extra: DictEntry[];
  };
}

export interface DocumentSnapshot {
  readonly layers: readonly LayerSnapshot[];
  /** The place of the active layer. */
  readonly active: number;
  readonly box: Float32Array;
  readonly boxExtra: DictEntry[];
  readonly materials: Material[];
  readonly cameras: Camera[];
  readonly light: Light;
  readonly palette: Palette;
  readonly unknownChunks: UnknownChunk[];
  readonly preview: Uint8Array | undefined;
}

export function snapshotOf(document: Document): DocumentSnapshot {
  document.refresh();
  const { box, boxExtra, palette, unknownChunks, preview } = document;
  // These are changed in place, maybe before the snapshot has been posted.
  const { materials, cameras, light } = structuredClone({
    materials: document.materials,
    cameras: document.cameras,
    light: document.light,
  });
  return {
    layers: document.layers.map(layerSnapshot),
    active: document.layers.indexOf(document.activeLayer),
    ...{ box, boxExtra, materials, cameras, light, palette, unknownChunks, preview },
  };
}

function layerSnapshot(layer: Layer): LayerSnapshot {
  const { name, visible, material, mode, mat, box, baseId, shape, imagePath, extra } = layer;
  return {
    id: layer.id,
    voxels: layer.volume.snapshot(),
    computed: layer.derivation !== undefined,
    state: { name, visible, material, mode, mat, box, baseId, shape, imagePath, extra },
  };
}

/** The document that a snapshot was taken of, to be read: its computed layers stand as they are. */
export function documentOf(snapshot: DocumentSnapshot): Document {
  const { layers, active, preview, ...scene } = snapshot;
  const document = new Document(snapshot.box);
  Object.assign(document, scene);
  document.layers = layers.map(({ id, voxels, computed, state }) => {
    const layer = Object.assign(new Layer(id, state.name), state);
    layer.volume = Volume.of(voxels);
    if (computed) layer.derivation = { inputs: 'kept', version: layer.volume.version };
    return layer;
  });
  document.activeLayer = document.layers[active]!;
  if (preview !== undefined) document.preview = preview;
  return document;
}

/** The same to be edited, by whoever has the only snapshot of a document that is no more. */
export function takenOver(snapshot: DocumentSnapshot): Document {
  const document = documentOf(snapshot);
  adoptDerived(document.layers, document.box);
  return document;
}
