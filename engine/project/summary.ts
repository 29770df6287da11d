/** What one edit did, in short: for the history. */

import { StateEntry } from '../changes/noted.ts';
import type { Recording } from '../changes/recorder.ts';
import { Document, type DocumentState } from '../document/document.ts';
import { Layer, type LayerState } from '../document/layer.ts';
import { aroundBoth } from '../volume/box.ts';
import { type Changes, NO_CHANGES } from '../volume/change-sum.ts';
import { changesBetween } from '../volume/changes.ts';
import { Volume } from '../volume/volume.ts';
import { VoxelEntry } from '../volume/voxel-entry.ts';

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

/** Of one voxel: it is told when it is asked for, since thousands are kept. */
export class VoxelSummary implements Summary {
  readonly layer_id: number;
  readonly #voxel: VoxelEntry;

  constructor(layer_id: number, voxel: VoxelEntry) {
    this.layer_id = layer_id;
    this.#voxel = voxel;
  }

  get layers(): readonly LayerChanges[] {
    const { changes } = this.#voxel;
    return changes.changed === 0 ? [] : [{ layer_id: this.layer_id, changes }];
  }

  get parts(): readonly Part[] {
    return [];
  }
}

/** What changes one part, which many steps share. */
const ONE_PART = new Map<Part, Summary>();

/** Due right after the edit, once its recording is settled. Costs by what the edit wrote. */
export function summaryOf(recording: Recording, document: Document): Summary {
  const { owners, entries } = recording;
  const [entry] = entries;
  if (entry instanceof VoxelEntry && entries.length === 1) {
    const layer = layerOf(owners[0]!, document);
    if (layer !== undefined) return new VoxelSummary(layer.id, entry);
  }
  const summary = wholeSummary(recording, document);
  const { layers, parts } = summary;
  if (layers.length > 0 || parts.length !== 1) return summary;
  const [part] = parts as readonly [Part];
  if (!ONE_PART.has(part)) ONE_PART.set(part, summary);
  return ONE_PART.get(part)!;
}

function layerOf(volume: object, { layers }: Document): Layer | undefined {
  return layers.find(({ state }) => state.volume === volume);
}

function wholeSummary(recording: Recording, document: Document): Summary {
  const { owners, entries } = recording;
  const layers: LayerChanges[] = [];
  const parts: Part[] = [];
  const add = (part: Part) => {
    if (!parts.includes(part)) parts.push(part);
  };
  const note = ({ id: layer_id }: Layer, changes: Changes) => {
    if (changes.changed > 0) layers.push({ layer_id, changes });
  };
  // What such a layer had when it left, which may be from within an edit, is nobody's loss.
  const back = new Set(without(document.layers, sceneBefore(recording, document).layers));
  for (let i = 0; i < owners.length; i++) {
    const [owner, entry] = [owners[i], entries[i]!];
    if (owner instanceof Volume) {
      const layer = layerOf(owner, document);
      // A volume that was replaced as well is told of with its layer.
      if (layer === undefined || back.has(layer) || wasReplaced(layer, recording)) continue;
      note(layer, owner.takeChangesOf(entry));
    } else if (owner instanceof Layer) {
      if (back.has(owner)) continue;
      const { kept } = entry as StateEntry<LayerState>;
      if (kept.volume !== owner.state.volume) {
        note(owner, changesBetween(kept.volume, owner.state.volume));
      }
      if (propertiesDiffer(kept, owner.state)) add('layer properties');
    } else if (owner instanceof Document) {
      const { kept } = entry as StateEntry<DocumentState>;
      for (const [name, part] of PARTS) if (kept[name] !== owner.state[name]) add(part);
      if (!sameLayers(kept.layers, owner.layers)) add('layers');
      for (const layer of without(kept.layers, owner.layers)) {
        const removed = layer.volume.count();
        note(layer, { ...NO_CHANGES, changed: removed, removed, box: layer.volume.box() });
      }
    } else add('selection');
  }
  for (const layer of back) {
    const created = layer.volume.count();
    note(layer, { ...NO_CHANGES, changed: created, created, box: layer.volume.box() });
  }
  return { layers, parts };
}

function wasReplaced(layer: Layer, recording: Recording): boolean {
  const entry = recording.entryOf(layer);
  return entry instanceof StateEntry && (entry.kept as LayerState).volume !== layer.state.volume;
}

/** What the document was before the edit, beside what its layers hold. */
function sceneBefore(recording: Recording, document: Document): DocumentState {
  const entry = recording.entryOf(document) as StateEntry<DocumentState> | undefined;
  return entry?.kept ?? document.state;
}

function sameLayers(layers: readonly Layer[], others: readonly Layer[]): boolean {
  if (layers === others) return true;
  return layers.length === others.length && layers.every((layer, i) => layer === others[i]);
}

function without(layers: readonly Layer[], others: readonly Layer[]): readonly Layer[] {
  return layers === others ? [] : layers.filter((layer) => !others.includes(layer));
}

/**
 * Whether all is as it was before the edit that a summary is of, whatever was written.
 *
 * @param chooses whether another active layer is a change
 */
export function changedNothing(
  recording: Recording,
  { layers, parts }: Summary,
  document: Document,
  chooses: boolean,
): boolean {
  if (layers.length > 0 || parts.length > 0) return false;
  const before = sceneBefore(recording, document);
  for (const name in before) {
    if (name === 'layers' || (name === 'active' && !chooses)) continue;
    if (before[name as keyof DocumentState] !== document.state[name as keyof DocumentState]) {
      return false;
    }
  }
  return true;
}

function propertiesDiffer(before: LayerState, after: LayerState): boolean {
  for (const name in before) {
    if (name === 'volume') continue;
    if (before[name as keyof LayerState] !== after[name as keyof LayerState]) return true;
  }
  return false;
}

const PARTS: readonly (readonly [keyof DocumentState, Part])[] = [
  ['materials', 'materials'],
  ['cameras', 'cameras'],
  ['light', 'light'],
  ['palette', 'palette'],
  ['box', 'image box'],
];

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
