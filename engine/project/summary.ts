/** What one edit did, in short: for the history. */

import { StateEntry } from '../changes/noted.ts';
import type { Recording } from '../changes/recorder.ts';
import { Document, type DocumentState } from '../document/document.ts';
import { Layer, type LayerState } from '../document/layer.ts';
import { aroundBoth } from '../volume/box.ts';
import { type Changes, NO_CHANGES } from '../volume/change-sum.ts';
import { changesBetween } from '../volume/changes.ts';
import { Volume } from '../volume/volume.ts';

/** Of a document: what a step may have changed beside voxels. */
export type Part =
  | 'layers'
  | 'layer properties'
  | 'materials'
  | 'cameras'
  | 'light'
  | 'palette'
  | 'image box'
  | 'selection';

export interface LayerChanges {
  readonly layer_id: number;
  readonly changes: Changes;
}

export interface Summary {
  /** Of each layer whose voxels have changed. */
  readonly layers: readonly LayerChanges[];
  readonly parts: readonly Part[];
}

const NO_LAYERS: readonly LayerChanges[] = [];
const NO_PARTS: readonly Part[] = [];
const ONE_PART: Readonly<Record<Part, readonly Part[]>> = {
  layers: ['layers'],
  'layer properties': ['layer properties'],
  materials: ['materials'],
  cameras: ['cameras'],
  light: ['light'],
  palette: ['palette'],
  'image box': ['image box'],
  selection: ['selection'],
};

/** Due right after the edit, before another one. Costs by what the edit wrote. */
export function summaryOf({ entries }: Recording, { layers }: Document): Summary {
  // Most steps have one layer or one part; thousands of them are kept.
  let changes = NO_LAYERS;
  let parts = NO_PARTS;
  const add = (part: Part) => {
    if (!parts.includes(part)) parts = parts === NO_PARTS ? ONE_PART[part] : [...parts, part];
  };
  const note = (layer: Layer, found: Changes) => {
    if (found.changed > 0) changes = [...changes, { layer_id: layer.id, changes: found }];
  };
  for (const [owner, entry] of entries) {
    if (owner instanceof Volume) {
      const layer = layers.find((candidate) => candidate.state.volume === owner);
      // A volume that was replaced as well is told of with its layer.
      const kept = layer && entries.get(layer);
      if (layer === undefined || replaces(kept, owner)) continue;
      note(layer, owner.takeChangesOf(entry));
    } else if (owner instanceof Layer) {
      const { kept } = entry as StateEntry<LayerState>;
      if (kept.volume !== owner.state.volume) {
        note(owner, changesBetween(kept.volume, owner.state.volume));
      }
      if (propertiesDiffer(kept, owner.state)) add('layer properties');
    } else if (owner instanceof Document) {
      for (const part of partsOf((entry as StateEntry<DocumentState>).kept, owner.state)) {
        add(part);
      }
      for (const layer of gone((entry as StateEntry<DocumentState>).kept, owner.state)) {
        const removed = layer.volume.count();
        note(layer, { ...NO_CHANGES, changed: removed, removed, box: layer.volume.box() });
      }
    } else add('selection');
  }
  return { layers: changes, parts };
}

function replaces(entry: unknown, volume: Volume): boolean {
  return entry instanceof StateEntry && (entry.kept as LayerState).volume !== volume;
}

function gone(before: DocumentState, { layers }: DocumentState): readonly Layer[] {
  return before.layers.filter((layer) => !layers.includes(layer));
}

function propertiesDiffer(before: LayerState, after: LayerState): boolean {
  const { volume: _, ...properties } = before;
  const names = Object.keys(properties) as (keyof typeof properties)[];
  return names.some((name) => before[name] !== after[name]);
}

const PARTS: readonly (readonly [keyof DocumentState, Part])[] = [
  ['layers', 'layers'],
  ['materials', 'materials'],
  ['cameras', 'cameras'],
  ['light', 'light'],
  ['palette', 'palette'],
  ['box', 'image box'],
];

function partsOf(before: DocumentState, after: DocumentState): Part[] {
  return PARTS.filter(([name]) => before[name] !== after[name]).map(([, part]) => part);
}

/** Numbers of voxels over all layers, and the box around them. */
export function sumOf(layers: readonly LayerChanges[]): Changes {
  let sum = NO_CHANGES;
  for (const { changes: one } of layers) {
    sum = {
      changed: sum.changed + one.changed,
      created: sum.created + one.created,
      removed: sum.removed + one.removed,
      recolored: sum.recolored + one.recolored,
      box: aroundBoth(sum.box, one.box),
    };
  }
  return sum;
}

/** Of two states of a document, by the ids of layers. */
export function differences(
  before: ReadonlyMap<number, Volume>,
  after: ReadonlyMap<number, Volume>,
): LayerChanges[] {
  const changes: LayerChanges[] = [];
  for (const layer_id of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(layer_id), after.get(layer_id)];
    const found = changesBetween(old ?? new Volume(), now ?? new Volume());
    if (found.changed > 0) changes.push({ layer_id, changes: found });
  }
  return changes;
}
