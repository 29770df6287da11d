/**
 * One Goxel image in memory: layers from bottom to top, materials, cameras, light, and whatever the
 * file it came from held that this version does not know. A document always has a layer.
 */

import { GoxError } from '../../conf/errors.ts';
import { Noted } from '../changes/noted.ts';
import type { Recorder } from '../changes/recorder.ts';

import { boxMatrix, type Matrix } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import { refreshLayers } from './derive.ts';
import { type DictEntry, Layer } from './layer.ts';
import { Merged } from './merged.ts';
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
const DERIVED_BLOCKS_MAX = 65536;

const LAYER_ID_MAX = 0x7fff_ffff;

/** What can be changed of a document beside its layers' own. All of it is replaced, not written. */
export interface DocumentState {
  /** From bottom to top. */
  readonly layers: readonly Layer[];
  readonly active: Layer | undefined;
  readonly materials: readonly Material[];
  readonly cameras: readonly Camera[];
  readonly light: Light;
  /** What picks and converts colours; no file format but a palette's own holds it. */
  readonly palette: Palette;
  /** The image box; edits outside it are allowed. */
  readonly box: Matrix;
  readonly boxExtra: readonly DictEntry[];
  readonly unknownChunks: readonly UnknownChunk[];
}

/** A picture of what was to be seen. */
export interface Preview {
  readonly png: Uint8Array;
  readonly state: readonly unknown[];
}

export class Document extends Noted<DocumentState> {
  /** How many blocks clone and shape layers together may touch. */
  derived_blocks_max = DERIVED_BLOCKS_MAX;
  #preview: Preview | undefined;
  #merged: Merged | undefined;

  constructor(box: Matrix) {
    super({
      layers: [],
      active: undefined,
      materials: [],
      cameras: [],
      light: newLight(),
      palette: newPalette(),
      box,
      boxExtra: [],
      unknownChunks: [],
    });
  }

  get layers(): readonly Layer[] {
    return this.state.layers;
  }

  get materials(): readonly Material[] {
    return this.state.materials;
  }

  get cameras(): readonly Camera[] {
    return this.state.cameras;
  }

  get light(): Light {
    return this.state.light;
  }

  get palette(): Palette {
    return this.state.palette;
  }

  get box(): Matrix {
    return this.state.box;
  }

  get boxExtra(): readonly DictEntry[] {
    return this.state.boxExtra;
  }

  get unknownChunks(): readonly UnknownChunk[] {
    return this.state.unknownChunks;
  }

  override record(recorder: Recorder): void {
    super.record(recorder);
    for (const layer of this.layers) layer.record(recorder);
  }

  override keptBytes({ layers }: DocumentState): number {
    if (layers === this.layers) return 0;
    const present = new Set(this.layers);
    return layers.reduce((sum, one) => sum + (present.has(one) ? 0 : one.byteLength), 0);
  }

  /** Changes some of its properties. */
  set(changes: Partial<DocumentState>): void {
    const { recorder } = this;
    if (recorder !== undefined) {
      for (const layer of changes.layers ?? []) {
        if (layer.recorder !== recorder) layer.record(recorder);
      }
    }
    this.write(changes);
  }

  /**
   * Goxel's new image with one empty layer of id 1. The box is centred on x and y and stands on z
   * 0; sizes are in voxels.
   */
  static empty(width = DEFAULT_SIZE, height = DEFAULT_SIZE, depth = DEFAULT_SIZE): Document {
    const [x, y] = [-Math.floor(width / 2), -Math.floor(height / 2)];
    const box = boxMatrix({ min: [x, y, 0], max: [x + width, y + height, depth] });
    const document = new Document(box);
    const [materials, cameras] = [[newMaterial('Material.1')], [newCamera('Camera.1')]];
    document.set({ materials, cameras });
    document.addLayer('Layer.1');
    return document;
  }

  /** The layer that edits without a layer id go to: the one set, else the topmost. */
  get activeLayer(): Layer {
    const active = this.state.active ?? this.layers.at(-1);
    if (active === undefined) throw new Error('a document without layers');
    return active;
  }

  set activeLayer(active: Layer) {
    if (!this.layers.includes(active)) throw new Error('a layer of another document');
    if (active !== this.state.active) this.set({ active });
  }

  /** Adds a material and gives its place. */
  addMaterial(material: Material): number {
    this.set({ materials: [...this.materials, material] });
    return this.materials.length - 1;
  }

  addCamera(camera: Camera): void {
    this.set({ cameras: [...this.cameras, camera] });
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
    if (this.materials.length > 0) layer.set({ material: 0 });
    this.set({ layers: this.layers.toSpliced(at, 0, layer), active: layer });
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
    const layers = this.layers.toSpliced(at, 1);
    for (const layer of layers) if (layer.baseId === id) layer.makePlain();
    const { active } = this.state;
    this.set({ layers, active: active === removed ? (layers[at] ?? layers[at - 1]) : active });
    if (layers.length === 0) this.addLayer('Layer.1');
  }

  /** Whether it has clone or shape layers. */
  get derives(): boolean {
    const { layers } = this.state;
    for (let i = 0; i < layers.length; i++) if (layers[i]!.derived) return true;
    return false;
  }

  /** Brings the voxels of clone and shape layers up to date with what they come from. */
  refresh(): void {
    refreshLayers(this.layers, this.box, this.derived_blocks_max);
  }

  /** All visible layers combined with OVER. Not to be written; it is valid until the next edit. */
  merged(): Volume {
    const volumes = this.#visible();
    if (this.#merged?.follow(volumes) !== true) this.#merged = new Merged(volumes);
    return this.#merged.volume;
  }

  /**
   * Volumes that make `merged` when they are laid one over another: those of the visible layers, or
   * the merged one where it is known. Not to be written.
   */
  shownVolumes(): Volume[] {
    const volumes = this.#visible();
    if (this.#merged?.follow(volumes) === true) return [this.#merged.volume];
    this.#merged = undefined;
    return volumes;
  }

  #visible(): Volume[] {
    this.refresh();
    return this.layers.filter(({ visible }) => visible).map(({ volume }) => volume);
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

  /** The same with what it was made of, whatever has changed since. */
  get keptPreview(): Preview | undefined {
    return this.#preview;
  }

  set keptPreview(preview: Preview | undefined) {
    this.#preview = preview;
  }

  set preview(png: Uint8Array) {
    this.#preview = { png, state: this.#state() };
  }

  /** Everything that is to be seen. */
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

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
