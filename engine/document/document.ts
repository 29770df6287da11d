/**
 * One Goxel image in memory: layers from bottom to top, materials, cameras, light, and whatever the
 * file it came from held that this version does not know. A document always has a layer.
 */

import { GoxError } from '../../conf/errors.ts';
import { mergeOver } from '../ops/combine.ts';
import { boxMatrix, type Matrix } from '../volume/matrix.ts';
import { Volume } from '../volume/volume.ts';
import { refreshLayers } from './derive.ts';
import { type DictEntry, Layer } from './layer.ts';
import { newPalette, type Palette } from './palette.ts';
import {
  type Camera,
  type Light,
  type Material,
  newCamera,
  newLight,
  newMaterial,
} from './scene.ts';

/**
 * A chunk of a .gox file that this version does not know, written back at the end of its section.
 */
export interface UnknownChunk {
  /** Four characters, one a byte. */
  readonly type: string;
  readonly data: Uint8Array;
  /** The known chunk type that came before it; empty at the start of the file. */
  readonly after: string;
}

const DEFAULT_SIZE = 32;

/** 1 GiB of blocks: a clone's matrix or a shape's box of a few bytes could ask for any number. */
export const DERIVED_BLOCKS_MAX = 65536;

const LAYER_ID_MAX = 0x7fff_ffff;

export class Document {
  layers: Layer[] = [];
  materials: Material[] = [];
  cameras: Camera[] = [];
  light: Light = newLight();
  /** What picks and converts colours; no file format but a palette's own holds it. */
  palette: Palette = newPalette();
  /** The image box; edits outside it are allowed. */
  box: Matrix;
  boxExtra: DictEntry[] = [];
  unknownChunks: UnknownChunk[] = [];
  /** How many blocks clone and shape layers together may touch. */
  derived_blocks_max = DERIVED_BLOCKS_MAX;
  #active: Layer | undefined;
  #preview: { png: Uint8Array; state: unknown[] } | undefined;
  #merged: { volume: Volume; state: unknown[] } | undefined;

  constructor(box: Matrix) {
    this.box = box;
  }

  /**
   * Goxel's new image with one empty layer of id 1. The box is centred on x and y and stands on z
   * 0; sizes are in voxels.
   */
  static empty(width = DEFAULT_SIZE, height = DEFAULT_SIZE, depth = DEFAULT_SIZE): Document {
    const [x, y] = [-Math.floor(width / 2), -Math.floor(height / 2)];
    const box = boxMatrix({ min: [x, y, 0], max: [x + width, y + height, depth] });
    const document = new Document(box);
    document.materials.push(newMaterial('Material.1'));
    document.cameras.push(newCamera('Camera.1'));
    document.addLayer('Layer.1');
    return document;
  }

  /** The layer that edits without a layer id go to: the one set, else the topmost. */
  get activeLayer(): Layer {
    const active = this.#active ?? this.layers.at(-1);
    if (active === undefined) throw new Error('a document without layers');
    return active;
  }

  set activeLayer(layer: Layer) {
    if (!this.layers.includes(layer)) throw new Error('a layer of another document');
    this.#active = layer;
  }

  layerById(id: number): Layer | undefined {
    return this.layers.find((layer) => layer.id === id);
  }

  /**
   * Adds an empty layer, on top or at a place in the order, with a new id and the first material,
   * and makes it the active one.
   */
  addLayer(name: string, at = this.layers.length): Layer {
    const layer = new Layer(this.#newId(), name);
    if (this.materials.length > 0) layer.material = 0;
    this.layers.splice(at, 0, layer);
    this.#active = layer;
    return layer;
  }

  /**
   * Removes a layer; its clones become plain layers that keep what they show. In place of the last
   * layer comes a new, empty one, as in Goxel. Throws GOX_LAYER_NOT_FOUND.
   */
  removeLayer(id: number): void {
    const at = this.layers.findIndex((layer) => layer.id === id);
    if (at < 0)
      throw new GoxError('GOX_LAYER_NOT_FOUND', `There is no layer ${id}.`, { layer: id });
    this.refresh();
    const removed = this.layers[at]!;
    this.layers.splice(at, 1);
    for (const layer of this.layers) if (layer.baseId === id) layer.makePlain();
    if (this.#active === removed) this.#active = this.layers[at] ?? this.layers[at - 1];
    if (this.layers.length === 0) this.addLayer('Layer.1');
  }

  /** Brings the voxels of clone and shape layers up to date with what they come from. */
  refresh(): void {
    refreshLayers(this.layers, this.box, this.derived_blocks_max);
  }

  /** All visible layers combined with OVER. Not to be written; it is valid until the next edit. */
  merged(): Volume {
    const volumes = this.shownVolumes();
    if (this.#merged !== undefined) return this.#merged.volume;
    const [only] = volumes;
    const volume = volumes.length === 1 ? only!.clone() : new Volume();
    if (volumes.length > 1) for (const one of volumes) mergeOver(volume, one);
    this.#merged = { volume, state: this.#state() };
    return volume;
  }

  /**
   * Volumes that make `merged` when they are laid one over another: those of the visible layers, or
   * the merged one where it is known. Not to be written.
   */
  shownVolumes(): Volume[] {
    const state = this.#state();
    if (this.#merged !== undefined && same(this.#merged.state, state)) {
      return [this.#merged.volume];
    }
    this.#merged = undefined;
    return this.layers.filter(({ visible }) => visible).map(({ volume }) => volume);
  }

  /**
   * Returns a function that brings the document back to what it is now. Costs a pointer and a
   * position for each block. Volumes are replaced by copies: ask for them again.
   */
  checkpoint(): () => void {
    const { layers } = this;
    this.layers = [...layers];
    const restoreLayers = layers.map((layer) => layer.checkpoint());
    const scene = {
      box: this.box.slice(),
      materials: this.materials.map(copyOf),
      cameras: this.cameras.map(copyOf),
      light: copyOf(this.light),
      palette: this.palette,
    };
    const active = this.#active;
    return () => {
      this.layers = layers;
      for (const restore of restoreLayers) restore();
      Object.assign(this, scene);
      this.#active = active;
    };
  }

  /** Bytes of all layers' blocks; blocks that layers share count in each. */
  voxelBytes(): number {
    let bytes = 0;
    for (const layer of this.layers) bytes += layer.volume.byteLength;
    return bytes;
  }

  /** The PNG preview of the file; undefined once the voxels to be seen have changed. */
  get preview(): Uint8Array | undefined {
    if (this.#preview === undefined) return undefined;
    return same(this.#preview.state, this.#state()) ? this.#preview.png : undefined;
  }

  set preview(png: Uint8Array) {
    this.#preview = { png, state: this.#state() };
  }

  /** Everything the merged volume depends on. */
  #state(): unknown[] {
    this.refresh();
    return this.layers.flatMap(({ volume, visible }) => [volume, volume.version, visible]);
  }

  #newId(): number {
    const highest = this.layers.reduce((id, layer) => Math.max(id, layer.id), 0);
    if (highest < LAYER_ID_MAX) return highest + 1;
    const used = new Set(this.layers.map((layer) => layer.id));
    let id = 1;
    while (used.has(id)) id++;
    return id;
  }
}

/** A copy of an object of the scene, its arrays copied too. */
function copyOf<T extends object>(part: T): T {
  const arrays = Object.entries(part).filter(([, value]) => value instanceof Float32Array);
  return { ...part, ...Object.fromEntries(arrays.map(([key, value]) => [key, value.slice()])) };
}

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
