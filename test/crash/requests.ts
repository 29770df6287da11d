/** The requests of the crash matrix, each beside what it does to the plain model. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Random } from '../fuzz/random.ts';
import {
  EMPTY,
  edited,
  type LayerModel,
  type Model,
  madeBy,
  nextId,
  type Outcome,
  type Picture,
  redone,
  stepped,
  undone,
  withLayer,
  withVoxels,
} from './model.ts';

export interface CrashRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** What it makes of the model. `result` is what it was answered, where that is known. */
  apply(model: Model, result?: Readonly<Record<string, unknown>>): Outcome;
  /** It is sent when all before it are answered, and the next when it is. */
  readonly alone?: boolean;
  /** When it was answered, and what was there then. */
  answered?(model: Model): void;
}

/** What a lane knows of its project, for requests that do something. */
export interface Known {
  readonly random: Random;
  /** Where files may be. */
  readonly directory: string;
  /** The ids of layers, as far as they are known. */
  readonly layers: readonly number[];
  /** Files that were saved, and what is in them. */
  readonly saved: Map<string, Picture>;
  /** Whether requests may do what only their answers tell of. */
  readonly chancy: boolean;
}

const SIDE = 24;
const COLORS = ['255,0,0,255', '0,255,0,255', '9,8,7,255', '51,102,204,255', '250,250,250,255'];

let files = 0;

type Maker = (known: Known) => CrashRequest;

/** Each as often as it stands here. */
const MAKERS: readonly Maker[] = [
  ...[addVoxel, addVoxel, addVoxel, addVoxel, removeVoxel, addVoxels, addVoxels, fillRegion],
  ...[clearRegion, createLayer, deleteLayer, renameLayer, showLayer, activate, duplicate],
  ...[undo, undo, redo, checkpoint, restore, script, script, importFile, save, load],
];

export function randomRequest(known: Known): CrashRequest {
  const made = known.random.pick(MAKERS)(known);
  const { method } = made;
  if (method === 'goxel.redo') return made;
  return {
    ...made,
    apply: (model, result) => {
      const next = made.apply(model, result);
      const isStep = typeof next !== 'string' && next.undo.length > model.undo.length;
      return isStep ? madeBy(method, next) : next;
    },
  };
}

function place({ random }: Known): [number, number, number] {
  return [random.below(SIDE), random.below(SIDE), random.below(SIDE)];
}

function colorOf({ random }: Known): string {
  return random.pick(COLORS);
}

function numbers(color: string): number[] {
  return color.split(',').map(Number);
}

/** Now and then one that is no longer there. */
function layerOf({ random, layers }: Known): number {
  return random.chance(0.02) ? 9999 : random.pick(layers);
}

function addVoxel(known: Known): CrashRequest {
  const [at, color, id] = [place(known), colorOf(known), layerOf(known)];
  const [x, y, z] = at;
  return {
    method: 'goxel.add_voxel',
    params: { x, y, z, color: numbers(color), layer_id: id },
    apply: (model) => withVoxels(model, id, (voxels) => voxels.set(at.join(), color)),
  };
}

function removeVoxel(known: Known): CrashRequest {
  const [at, id] = [place(known), layerOf(known)];
  const [x, y, z] = at;
  return {
    method: 'goxel.remove_voxel',
    params: { x, y, z, layer_id: id },
    apply: (model) => withVoxels(model, id, (voxels) => voxels.delete(at.join())),
  };
}

function addVoxels(known: Known): CrashRequest {
  const id = layerOf(known);
  const list = Array.from(
    { length: 1 + known.random.below(40) },
    () => [place(known), colorOf(known)] as const,
  );
  return {
    method: 'goxel.add_voxels',
    params: {
      voxels: list.map(([[x, y, z], color]) => ({ x, y, z, color: numbers(color) })),
      layer_id: id,
    },
    apply: (model) =>
      withVoxels(model, id, (voxels) => {
        for (const [at, color] of list) voxels.set(at.join(), color);
      }),
  };
}

function box(known: Known): { min: number[]; max: number[] } {
  const min = place(known);
  return { min, max: min.map((from) => from + known.random.below(6)) };
}

function* placesIn({ min, max }: ReturnType<typeof box>): Generator<string> {
  for (let x = min[0]!; x <= max[0]!; x += 1) {
    for (let y = min[1]!; y <= max[1]!; y += 1) {
      for (let z = min[2]!; z <= max[2]!; z += 1) yield `${x},${y},${z}`;
    }
  }
}

function fillRegion(known: Known): CrashRequest {
  const [region, color, id] = [box(known), colorOf(known), layerOf(known)];
  return {
    method: 'goxel.fill_region',
    params: { ...region, color: numbers(color), layer_id: id },
    apply: (model) =>
      withVoxels(model, id, (voxels) => {
        for (const at of placesIn(region)) voxels.set(at, color);
      }),
  };
}

function clearRegion(known: Known): CrashRequest {
  const [region, id] = [box(known), layerOf(known)];
  return {
    method: 'goxel.clear_voxels',
    params: { region, layer_id: id },
    apply: (model) =>
      withVoxels(model, id, (voxels) => {
        for (const at of placesIn(region)) voxels.delete(at);
      }),
  };
}

function createLayer({ random }: Known): CrashRequest {
  const name = `made ${random.below(1000)}`;
  const visible = random.chance(0.7);
  return {
    method: 'goxel.create_layer',
    params: { name, visible },
    apply: (model) => {
      const about = { id: nextId(model), name, visible };
      const layer: LayerModel = { ...about, voxels: new Map(), made: {} };
      return edited(model, [...model.now, layer]);
    },
  };
}

function deleteLayer(known: Known): CrashRequest {
  const id = layerOf(known);
  return {
    method: 'goxel.delete_layer',
    params: { layer_id: id },
    apply: (model) => {
      if (!model.now.some((layer) => layer.id === id)) return 'GOX_LAYER_NOT_FOUND';
      const left = model.now.filter((layer) => layer.id !== id);
      // Goxel's answer to a document without layers.
      const now = left.length === 0 ? EMPTY.now.map((layer) => ({ ...layer, made: {} })) : left;
      return stepped(model, now);
    },
  };
}

function renameLayer(known: Known): CrashRequest {
  const id = layerOf(known);
  const name = `named ${known.random.below(1000)}`;
  return {
    method: 'goxel.rename_layer',
    params: { layer_id: id, name },
    apply: (model) => withLayer(model, id, () => ({ name })),
  };
}

function showLayer(known: Known): CrashRequest {
  const id = layerOf(known);
  const visible = known.random.chance(0.5);
  return {
    method: 'goxel.set_layer_visibility',
    params: { layer_id: id, visible },
    apply: (model) => withLayer(model, id, () => ({ visible })),
  };
}

/** No step of the history, and nothing that a picture shows. */
function activate(known: Known): CrashRequest {
  const id = layerOf(known);
  return {
    method: 'goxel.set_active_layer',
    params: { layer_id: id },
    apply: (model) => withLayer(model, id, () => ({})),
  };
}

function duplicate(known: Known): CrashRequest {
  const id = layerOf(known);
  return {
    method: 'goxel.duplicate_layer',
    params: { layer_id: id },
    apply: (model) => {
      const place = model.now.findIndex((layer) => layer.id === id);
      if (place < 0) return 'GOX_LAYER_NOT_FOUND';
      return edited(
        model,
        model.now.toSpliced(place + 1, 0, { ...model.now[place]!, id: nextId(model), made: {} }),
      );
    },
  };
}

function undo({ random }: Known): CrashRequest {
  const steps = 1 + random.small(4);
  return { method: 'goxel.undo', params: { steps }, apply: (model) => undone(model, steps) };
}

function redo({ random }: Known): CrashRequest {
  const steps = 1 + random.small(4);
  return { method: 'goxel.redo', params: { steps }, apply: (model) => redone(model, steps) };
}

function checkpoint({ random }: Known): CrashRequest {
  const name = `point ${random.below(3)}`;
  return {
    method: 'goxel.create_checkpoint',
    params: { checkpoint: name },
    apply: (model) => ({
      ...model,
      checkpoints: new Map([...model.checkpoints, [name, model.now]]),
    }),
  };
}

function restore({ random }: Known): CrashRequest {
  const name = `point ${random.below(3)}`;
  return {
    method: 'goxel.restore',
    params: { checkpoint: name },
    apply: (model) => {
      const picture = model.checkpoints.get(name);
      return picture === undefined ? 'GOX_CHECKPOINT_NOT_FOUND' : edited(model, picture);
    },
  };
}

const SCRIPT = `
  const layer = goxel.image.layers.find(({ id }) => id === ID);
  const made = PLACES;
  for (const at of made) layer.volume.setAt(at, [at[0], at[1], at[2], 255]);
  made;`;

const CHANCE = `Array.from({ length: 12 }, () =>
  [0, 0, 0].map(() => Math.floor(Math.random() * ${SIDE})))`;

/** Voxels at random where that is allowed: only the answer tells of them then. */
function script(known: Known): CrashRequest {
  const id = known.random.pick(known.layers);
  const places = known.chancy ? undefined : Array.from({ length: 12 }, () => place(known));
  const text = SCRIPT.replace('ID', String(id));
  return {
    method: 'script.execute',
    params: { script: text.replace('PLACES', places ? JSON.stringify(places) : CHANCE) },
    apply: (model, result) => {
      if (!model.now.some((layer) => layer.id === id)) return 'GOX_SCRIPT_FAILED';
      const made = places ?? (result?.value as number[][] | undefined);
      if (made === undefined) throw new Error('only who has its answer knows what a script did');
      return withVoxels(model, id, (voxels) => {
        for (const at of made) voxels.set(at.join(), [...at, 255].join());
      });
    },
  };
}

/** Of a file that goes once it was read. */
function importFile(known: Known): CrashRequest {
  const list = Array.from({ length: 20 }, () => [place(known), colorOf(known)] as const);
  const path = join(known.directory, `import-${++files}.txt`);
  const hex = (color: string) =>
    numbers(color)
      .slice(0, 3)
      .map((channel) => channel.toString(16).padStart(2, '0'))
      .join('');
  writeFileSync(path, list.map(([at, color]) => `${at.join(' ')} ${hex(color)}\n`).join(''));
  return {
    method: 'goxel.import_file',
    params: { path },
    alone: true,
    apply: (model) => {
      const voxels = new Map(list.map(([at, color]) => [at.join(), color]));
      const name = freeName(model, 'Layer.1');
      const layer = { id: nextId(model), name, visible: true, voxels, made: {} };
      return edited(model, [...model.now, layer]);
    },
  };
}

function freeName({ now }: Model, name: string): string {
  const taken = new Set(now.map((layer) => layer.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`;
  return free;
}

function save({ directory, saved }: Known): CrashRequest {
  const path = join(directory, `saved-${++files}.gox`);
  return {
    method: 'goxel.save_project',
    params: { path },
    alone: true,
    apply: (model) => model,
    answered: ({ now }) => saved.set(path, now),
  };
}

/** A file that was saved, in the place of all there is; without one a new project. */
function load(known: Known): CrashRequest {
  const paths = [...known.saved.keys()];
  if (paths.length === 0) return undo(known);
  const path = known.random.pick(paths);
  const now = known.saved.get(path)!;
  return {
    method: 'goxel.load_project',
    params: { path, overwrite: true },
    alone: true,
    apply: () => ({ ...EMPTY, now }),
  };
}
