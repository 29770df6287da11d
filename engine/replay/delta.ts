/**
 * The change that an edit made of a project, as a plain value: what was written by what it is now,
 * blocks by their positions. Done to a project as it was before, in an edit, it leaves what the
 * first one left, and a step of the history that takes the same back.
 */

import type { StateEntry } from '../changes/noted.ts';
import type { Recording } from '../changes/recorder.ts';
import { Document, type DocumentState } from '../document/document.ts';
import { Layer, type LayerState } from '../document/layer.ts';
import { Project } from '../project/project.ts';
import type { Box } from '../volume/box.ts';
import { forwardOf, goForward, wholeOf } from '../volume/forward.ts';
import { Volume } from '../volume/volume.ts';
import {
  forwardIn,
  type PackedBlocks,
  type PackedForward,
  packedBlocks,
  packedForward,
} from './blocks.ts';
import {
  type LayerProperties,
  layerIn,
  type PackedLayer,
  packedVolume,
  type Scene,
  volumeIn,
} from './documents.ts';

/** `at` is the place of a layer in the order after the edit. */
type Change =
  | {
      readonly kind: 'document';
      readonly scene: Partial<Scene>;
      /** The place of the active layer; -1 for none. */
      readonly active?: number;
      /** The new order: ids of layers that were there, and new ones as they came. */
      readonly layers?: readonly (number | PackedLayer)[];
    }
  | {
      readonly kind: 'layer';
      readonly at: number;
      readonly properties: Partial<LayerProperties>;
      /** Of another volume in the place of the one before. */
      readonly voxels?: PackedBlocks;
    }
  | { readonly kind: 'voxels'; readonly at: number; readonly forward: PackedForward }
  | {
      readonly kind: 'selection';
      readonly box: Box | undefined;
      readonly mask: PackedBlocks;
    };

/** In the order in which they were first written, on which that of the step's summary depends. */
export type Changes = readonly Change[];

/** Due right after the edit. Costs by what it wrote. */
export function changesOf(project: Project, recording: Recording): Changes {
  return new Changed(project.document, recording).changes();
}

class Changed {
  readonly #document: Document;
  readonly #recording: Recording;
  readonly #new: ReadonlySet<Layer>;

  constructor(document: Document, recording: Recording) {
    this.#document = document;
    this.#recording = recording;
    const before = keptOf<DocumentState>(recording, document)?.layers ?? document.layers;
    this.#new = new Set(document.layers.filter((layer) => !before.includes(layer)));
  }

  changes(): Change[] {
    const { owners } = this.#recording;
    return owners.map((owner, i) => this.#of(owner, i)).filter((change) => change !== undefined);
  }

  #of(owner: object, i: number): Change | undefined {
    const entry = this.#recording.entries[i]!;
    if (owner instanceof Document)
      return this.#ofDocument((entry as StateEntry<DocumentState>).kept);
    if (owner instanceof Layer) return this.#ofLayer(owner, (entry as StateEntry<LayerState>).kept);
    if (owner instanceof Project) {
      const { box, mask } = owner.selection;
      return { kind: 'selection', box, mask: packedVolume(mask) };
    }
    if (!(owner instanceof Volume)) throw new Error('an edit of something that is not known');
    const layer = this.#document.layers.find(({ state }) => state.volume === owner);
    if (layer === undefined || this.#wasReplaced(layer)) return undefined;
    const forward = this.#new.has(layer)
      ? { blocks: wholeOf(owner.table), cells: [], all: true }
      : forwardOf(owner.table, entry);
    return { kind: 'voxels', at: this.#placeOf(layer), forward: packedForward(forward) };
  }

  #ofDocument(before: DocumentState): Change {
    const { layers, active, ...now } = this.#document.state;
    const scene = differing(before, now);
    return {
      ...{ kind: 'document', scene },
      ...(active === before.active ? {} : { active: active ? layers.indexOf(active) : -1 }),
      ...(layers === before.layers ? {} : { layers: layers.map((layer) => this.#ordered(layer)) }),
    };
  }

  #ofLayer(layer: Layer, before: LayerState): Change | undefined {
    const at = this.#placeOf(layer);
    if (at < 0) return undefined;
    const { volume, ...now } = layer.state;
    const properties = differing(before, now);
    if (volume !== before.volume) {
      return { kind: 'layer', at, properties, voxels: packedVolume(volume) };
    }
    return Object.keys(properties).length === 0 ? undefined : { kind: 'layer', at, properties };
  }

  /** A layer that is new is told as it came, and then what was written of it. */
  #ordered(layer: Layer): number | PackedLayer {
    const { id, state } = layer;
    if (!this.#new.has(layer)) return id;
    const { volume, ...properties } = keptOf<LayerState>(this.#recording, layer) ?? state;
    const written = this.#recording.entryOf(volume) !== undefined;
    return { id, properties, voxels: written ? packedBlocks([]) : packedVolume(volume) };
  }

  #wasReplaced(layer: Layer): boolean {
    const before = keptOf<LayerState>(this.#recording, layer);
    return before !== undefined && before.volume !== layer.state.volume;
  }

  #placeOf(layer: Layer): number {
    return this.#document.layers.indexOf(layer);
  }
}

/** What an owner was before an edit, if it was written. */
function keptOf<State extends object>(recording: Recording, owner: object): State | undefined {
  return (recording.entryOf(owner) as StateEntry<State> | undefined)?.kept;
}

/** Those properties that are others now. */
function differing<State extends object>(before: State, now: State): Partial<State> {
  const changed: Partial<State> = {};
  for (const name in now) if (now[name] !== before[name]) changed[name] = now[name];
  return changed;
}

/** Does again, in an edit, what `changesOf` told of one. */
export function change(project: Project, changes: Changes): void {
  const { document } = project;
  const layers = layersAfter(document, changes);
  for (const one of changes) {
    if (one.kind === 'selection') {
      project.select({ box: one.box, mask: volumeIn(one.mask) });
    } else if (one.kind === 'document') {
      document.set({
        ...one.scene,
        ...(one.layers === undefined ? {} : { layers }),
        ...(one.active === undefined ? {} : { active: layers[one.active] }),
      });
    } else {
      const layer = layers[one.at];
      if (layer === undefined) throw new Error(`there is no layer in the place ${one.at}`);
      if (one.kind === 'voxels') {
        goForward(layer.state.volume.table, forwardIn(one.forward));
      } else {
        const { properties, voxels } = one;
        layer.set(voxels === undefined ? properties : { ...properties, volume: volumeIn(voxels) });
      }
    }
  }
}

/** The layers as they are to be ordered. */
function layersAfter(document: Document, changes: Changes): readonly Layer[] {
  for (const one of changes) {
    if (one.kind !== 'document' || one.layers === undefined) continue;
    return one.layers.map((layer) => {
      if (typeof layer !== 'number') return layerIn(layer);
      const known = document.layerById(layer);
      if (known === undefined) throw new Error(`there is no layer ${layer}`);
      return known;
    });
  }
  return document.layers;
}
