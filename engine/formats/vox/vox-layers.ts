/**
 * Makes layers of placed models: one of each, or several where its colours are of several
 * materials, since a layer has only one.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Layer } from '../../document/layer.ts';
import { type Material, newMaterial } from '../../document/scene.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { PACKABLE_MAX } from '../../volume/block-store.ts';
import type { Volume } from '../../volume/volume.ts';
import type { BlockBudget } from '../block-budget.ts';
import type { Report } from '../report.ts';
import { partName } from './vox-join.ts';
import { forInstances, indicesIn, type Model, placeModel } from './vox-model.ts';
import { ofMiddles } from './vox-move.ts';
import type { Placement } from './vox-scene.ts';

/** The colours of a file by index, and what they are made of. */
export interface Paint {
  readonly colors: Uint32Array;
  /** A place in `materials` for each index. */
  readonly kinds: Uint8Array;
  /** The first is that of all that is diffuse. */
  readonly materials: readonly Material[];
}

/** The voxels of an object that are of one material. */
interface Part {
  /** Its place. */
  readonly kind: number;
  /** The colours by index; 0 for those of other parts. */
  readonly colors: Uint32Array;
}

/**
 * An object of more materials keeps those of this many, lest one file becomes layers without end.
 */
const KINDS_MAX = 16;

/** A model of no voxel takes 40 bytes of a file, and a layer many times that of memory. */
export const LAYERS_MAX = 16384;

/** Gives 256 materials, or fewer, and the place of each index's; equal ones are one. */
export function paintOf(
  colors: Uint32Array,
  materialOf: (index: number) => Material | undefined,
): Paint {
  const materials = [newMaterial('Material.1')];
  const places = new Map<string, number>();
  const kinds = Uint8Array.from(colors, (_, index) => {
    const material = materialOf(index);
    if (material === undefined) return 0;
    const { name, color, metallic, roughness, emission, extra } = material;
    const kept = extra.map(({ key, value }) => [key, `${Buffer.from(value)}`]);
    const key = JSON.stringify([name, [...color], metallic, roughness, [...emission], kept]);
    let place = places.get(key);
    if (place === undefined) {
      place = materials.length;
      places.set(key, place);
      materials.push(material);
    }
    return place;
  });
  return { colors, kinds, materials };
}

/**
 * The materials that layers are made of, or the first one when there is none, each with a name of
 * its own; the layers get their places among these.
 */
export function usedMaterials({ materials }: Paint, layers: readonly Layer[]): Material[] {
  const used = new Set(layers.map(({ material }) => material));
  const places = [...materials.keys()].filter((place) => used.has(place));
  if (places.length === 0) places.push(0);
  const names = new Set<string>();
  for (const layer of layers) layer.set({ material: places.indexOf(layer.material) });
  return places.map((place) => {
    const { name } = materials[place]!;
    const base = name === '' ? 'Material' : name;
    let found = base;
    for (let n = 2; names.has(found); n++) found = `${base}.${n}`;
    names.add(found);
    return { ...materials[place]!, name: found };
  });
}

/** Layers of all placements, in their order, as MagicaVoxel shows them. */
export class LayerMaker {
  readonly #models: Model[];
  readonly #paint: Paint;
  readonly #budget: BlockBudget;
  readonly #report: Report;
  readonly #source: string;
  readonly #parts = new Map<number, readonly Part[]>();
  readonly #layers: Layer[] = [];
  /** Layers of several models, by their number and material. */
  readonly #wholes = new Map<string, Layer>();
  #blocks = 0;

  constructor(
    models: readonly Model[],
    paint: Paint,
    budget: BlockBudget,
    report: Report,
    source: string,
  ) {
    this.#models = [...models];
    this.#paint = paint;
    this.#budget = budget;
    this.#report = report;
    this.#source = source;
  }

  /** Throws GOX_MEMORY_LIMIT, for instances that cannot find room before any is made. */
  make(placements: readonly Placement[]): Layer[] {
    const times = new Map<number, number>();
    for (const { model } of placements) times.set(model, (times.get(model) ?? 0) + 1);
    let voxels = 0;
    for (const [place, count] of times) {
      if (count === 1) continue;
      const { model, voxels_min } = forInstances(this.#models[place]!);
      this.#models[place] = model;
      voxels += voxels_min * count;
      this.#budget.require(voxels);
    }
    for (const placement of placements) {
      // Parts of what has no name are called alike, too.
      const name = placement.name || `Layer.${this.#layers.length + 1}`;
      for (const part of this.#partsOf(placement.model)) this.#add({ ...placement, name }, part);
    }
    return this.#layers;
  }

  #add({ model, name, hidden, move, whole: one }: Placement, { kind, colors }: Part): void {
    const known = one === undefined ? undefined : this.#wholes.get(`${one} ${kind}`);
    if (known !== undefined) {
      const part = placeModel(this.#models[model]!, ofMiddles(move), colors, this.#budget, () =>
        this.#clipped(name),
      );
      this.#blocks += unite(known.volume, part);
      if (this.#blocks > PACKABLE_MAX) known.volume.pack();
      return;
    }
    const number = this.#layers.length + 1;
    if (number > LAYERS_MAX) {
      const file = this.#source;
      const message = `${file} becomes more than ${LAYERS_MAX} layers.`;
      throw new GoxError('GOX_MEMORY_LIMIT', message, { file, layers_max: LAYERS_MAX });
    }
    const whole = colors === this.#paint.colors || kind === 0;
    const text = whole ? name : partName(name, this.#paint.materials[kind]!.name);
    const layer = new Layer(number, text);
    const clipped = () => this.#clipped(name);
    const volume = placeModel(this.#models[model]!, ofMiddles(move), colors, this.#budget, clipped);
    layer.set({ material: kind, visible: !hidden, volume });
    this.#blocks += volume.blockCount;
    if (this.#blocks > PACKABLE_MAX) volume.pack();
    this.#layers.push(layer);
    if (one !== undefined) this.#wholes.set(`${one} ${kind}`, layer);
  }

  /** What a model falls into by the materials of its voxels. */
  #partsOf(model: number): readonly Part[] {
    const { colors, kinds, materials } = this.#paint;
    if (materials.length === 1) return [{ kind: 0, colors }];
    let parts = this.#parts.get(model);
    if (parts !== undefined) return parts;
    const used = indicesIn(this.#models[model]!);
    const found = new Set<number>();
    for (let i = 1; i < used.length; i++) if (used[i] === 1) found.add(kinds[i]!);
    const all = [...found].sort((a, b) => a - b);
    if (all.length < 2) parts = [{ kind: all[0] ?? 0, colors }];
    else {
      const lost = new Set(all.slice(KINDS_MAX));
      this.#tellLost(lost.size);
      parts = all.slice(0, KINDS_MAX).map((kind, place) => {
        const of = (i: number) => kinds[i] === kind || (place === 0 && lost.has(kinds[i]!));
        return { kind, colors: colors.map((color, i) => (of(i) ? color : 0)) };
      });
    }
    this.#parts.set(model, parts);
    return parts;
  }

  #tellLost(count: number): void {
    const message = `An object of ${this.#source} has more than ${KINDS_MAX} materials.`;
    this.#report.warn('WARN_MATERIALS_LOST', message, undefined, count);
  }

  #clipped(object: string): void {
    const message = `Voxels of ${this.#source} are out of the range of coordinates.`;
    this.#report.warn('WARN_CLIPPED', message, { object });
  }
}

/** Adds the voxels of another volume; gives how many blocks that were not there before. */
function unite(volume: Volume, other: Volume): number {
  let added = 0;
  for (const { x, y, z, data } of other.blocks()) {
    checkInterrupt();
    if (volume.blockAt(x, y, z) === undefined) {
      volume.shareBlock(x, y, z, other);
      added++;
      continue;
    }
    for (let i = 0; i < data.length; i++) {
      const rgba = data[i]!;
      if (rgba !== 0) volume.set(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8), rgba);
    }
  }
  return added;
}
