/** Which layer a request names, and how many layers, materials and cameras there may be. */

import { GoxError } from '../../conf/errors.ts';
import { invalidParam } from '../catalogue/params.ts';
import { sketch } from '../catalogue/sketch.ts';
import type { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { layerNotFound } from '../project/project.ts';

/**
 * Every layer costs a look at it with each request and a chunk in the file; Goxel's users have
 * tens.
 */
const LAYERS_MAX = 1024;

/** Each is a chunk of the file and is copied with every checkpoint; users have a few. */
const PARTS_MAX = 256;

export interface Which {
  readonly layer_id?: number;
  readonly layer_name?: string;
  readonly index?: number;
}

/** The layer that a request names: by id, else by name, else by its place. */
export function pick(document: Document, { layer_id, layer_name, index }: Which): Layer {
  if (layer_id !== undefined) {
    return document.layerById(layer_id) ?? missing(`id ${layer_id}`);
  }
  if (layer_name !== undefined) return pickByName(document, layer_name);
  if (index !== undefined) return document.layers[index] ?? missing(`index ${index}`);
  throw invalidParam('.layer_id', 'a layer_id, layer_name or index', undefined);
}

function pickByName(document: Document, name: string): Layer {
  const [layer, another] = document.layers.filter((candidate) => candidate.name === name);
  if (layer === undefined) return missing(`name ${sketch(name)}`);
  if (another === undefined) return layer;
  throw invalidParam('.layer_name', 'a name that only one layer has', name);
}

export function missing(which: string): never {
  throw layerNotFound(which);
}

/** Throws GOX_LAYER_LIMIT unless there may be so many more layers. */
export function requireLayerRoom(document: Document, more = 1): void {
  const count = document.layers.length;
  if (count + more <= LAYERS_MAX) return;
  const message = `The project has ${count} layers and may have ${LAYERS_MAX}, not ${more} more.`;
  throw new GoxError('GOX_LAYER_LIMIT', message, { layers_max: LAYERS_MAX });
}

/** Throws GOX_LAYER_LIMIT when there are too many materials, or cameras. */
export function requireParts(what: 'materials' | 'cameras', count: number): void {
  if (count <= PARTS_MAX) return;
  const message = `A project has ${PARTS_MAX} ${what} at most.`;
  throw new GoxError('GOX_LAYER_LIMIT', message, { [`${what}_max`]: PARTS_MAX });
}
