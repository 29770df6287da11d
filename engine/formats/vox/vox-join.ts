/**
 * What is one object of a MagicaVoxel scene is several layers where its colours are of several
 * materials (`vox-layers.ts`), and becomes one object again.
 */

import type { Layer } from '../../document/layer.ts';
import type { Material } from '../../document/scene.ts';
import { newScratch } from '../../volume/block.ts';
import { aroundBoth, type Box } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { sizeOf } from '../box-copy.ts';
import { SIDE_MAX } from './vox-pieces.ts';

/** The name of a layer of those voxels of an object that are of a material; `kind` is its name. */
export function partName(object: string, kind: string): string {
  return `${object} (${kind})`;
}

/** Layers that follow one another and are parts of one object, by its name. */
export interface Joined {
  readonly name: string;
  readonly layers: readonly Layer[];
}

/**
 * Joins layers that are called as the parts of one object are, of different materials, that have
 * no place in common, and fit into one model.
 */
export function joinParts(layers: readonly Layer[], materials: readonly Material[]): Joined[] {
  const found: { name: string; layers: Layer[] }[] = [];
  let last: Parts | undefined;
  for (const layer of layers) {
    const object = objectOf(layer, materials);
    if (object !== undefined && last?.takes(layer, object) === true) {
      found.at(-1)!.layers.push(layer);
      found.at(-1)!.name = object;
      continue;
    }
    found.push({ name: layer.name, layers: [layer] });
    last = new Parts(layer, object);
  }
  return found;
}

/** The name of the object that a layer would be a part of. */
function objectOf({ name, material }: Layer, materials: readonly Material[]): string | undefined {
  const kind = materials[material]?.name;
  if (kind === undefined) return undefined;
  // Materials of the same name got numbers.
  const ends = [kind, kind.replace(/\.\d+$/, '')].map((end) => partName('', end));
  const end = ends.find((one) => name.length > one.length && name.endsWith(one));
  return end === undefined ? undefined : name.slice(0, -end.length);
}

/** The layers that were joined so far. */
class Parts {
  readonly #names: readonly (string | undefined)[];
  readonly #visible: boolean;
  readonly #materials: Set<number>;
  readonly #layers: Layer[];
  #box: Box | undefined;

  constructor(first: Layer, object: string | undefined) {
    this.#names = [first.name, object];
    this.#visible = first.visible;
    this.#materials = new Set([first.material]);
    this.#layers = [first];
    this.#box = first.volume.box();
  }

  takes(layer: Layer, object: string): boolean {
    const box = aroundBoth(this.#box, layer.volume.box());
    const is =
      this.#names.includes(object) &&
      layer.visible === this.#visible &&
      !this.#materials.has(layer.material) &&
      box !== undefined &&
      sizeOf(box).every((side) => side <= SIDE_MAX) &&
      this.#layers.every((other) => apart(other, layer));
    if (!is) return false;
    this.#materials.add(layer.material);
    this.#layers.push(layer);
    this.#box = box;
    return true;
  }
}

/** Whether no place has a solid voxel of both. */
function apart(one: Layer, other: Layer): boolean {
  const blocks = new Map<string, Uint32Array>();
  for (const { x, y, z, data } of one.volume.blocks()) blocks.set(`${x} ${y} ${z}`, data);
  for (const { x, y, z, data } of other.volume.blocks(newScratch())) {
    const there = blocks.get(`${x} ${y} ${z}`);
    if (there === undefined) continue;
    for (let i = 0; i < data.length; i++) {
      if (data[i]! >>> 24 >= SOLID_ALPHA && there[i]! >>> 24 >= SOLID_ALPHA) return false;
    }
  }
  return true;
}
