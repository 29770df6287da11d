/** Copies, clones, merges and the order of layers, as Goxel has them. */

import { isDeepStrictEqual } from 'node:util';
import { type BlendMode, merge } from '../ops/combine.ts';
import type { Volume } from '../volume/volume.ts';
import type { Document } from './document.ts';
import type { Layer } from './layer.ts';
import type { Material } from './scene.ts';

/** Of a layer that was given a number; Goxel's field has 255 bytes, and a character takes 4. */
const NAME_LENGTH_MAX = 63;

/**
 * A copy of a layer right above it, with a new id, and with other voxels where some are given; a
 * clone's copy is a clone of the same base.
 */
export function duplicateLayer(
  document: Document,
  layer: Layer,
  name = layer.name,
  volume?: Volume,
): Layer {
  document.refresh();
  const copy = document.addLayer(name, document.layers.indexOf(layer) + 1);
  copyInto(copy, layer, volume);
  return copy;
}

/** All but the id and the name. */
function copyInto(copy: Layer, layer: Layer, volume = layer.volume.clone()): void {
  copy.set({ ...layer.state, name: copy.name, volume });
}

/**
 * Adds the layers of another document on top, in their order, and makes the first of them the
 * active one. They get new ids, and names that are taken a number; clones follow their copied
 * bases. Of the materials come those that the layers have, unless an equal one is there.
 */
export function addLayersOf(document: Document, other: Document): Layer[] {
  other.refresh();
  const copies = new Map<number, Layer>();
  const added = other.layers.map((layer) => {
    const copy = document.addLayer(freeName(document, layer.name));
    copyInto(copy, layer);
    const material = other.materials[layer.material];
    copy.set({ material: material === undefined ? -1 : placeOf(document, material) });
    if (!copies.has(layer.id)) copies.set(layer.id, copy);
    return copy;
  });
  for (const layer of added) {
    if (layer.baseId === 0) continue;
    const base = copies.get(layer.baseId);
    if (base === undefined || base === layer) layer.makePlain();
    else layer.set({ baseId: base.id });
  }
  document.activeLayer = added[0]!;
  return added;
}

/** The name itself, or with the first number from 2 on that makes it the only one. */
function freeName(document: Document, name: string): string {
  const taken = new Set(document.layers.map((layer) => layer.name));
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    free = `${name.slice(0, NAME_LENGTH_MAX - String(number).length - 1)} ${number}`;
  }
  return free;
}

/** Where a material is, or an equal one; it is added when there is none. */
function placeOf(document: Document, material: Material): number {
  const place = document.materials.findIndex((there) => isDeepStrictEqual(there, material));
  return place < 0 ? document.addMaterial(material) : place;
}

/** A layer right above its base that shows it moved by its matrix, which moves nothing yet. */
export function cloneLayer(document: Document, base: Layer, name = `${base.name} clone`): Layer {
  const clone = document.addLayer(name, document.layers.indexOf(base) + 1);
  clone.set({ visible: base.visible, material: base.material, baseId: base.id });
  return clone;
}

/** Puts a layer at a place in the order, 0 being the lowest; the others close up. */
export function reorderLayer(document: Document, layer: Layer, to: number): void {
  const others = document.layers.filter((other) => other !== layer);
  others.splice(to, 0, layer);
  document.set({ layers: others });
}

/** Combines a layer into another one, which becomes plain. The source stays. */
export function mergeInto(document: Document, source: Layer, target: Layer, mode: BlendMode): void {
  document.refresh();
  if (target.derived) target.makePlain();
  merge(target.volume, source.volume, mode);
}
