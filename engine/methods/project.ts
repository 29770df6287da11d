/** What an engine keeps of one project, and the memory that all projects of an engine share. */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import type { Files } from '../files.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { boxCorners, isNullBox } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';

/** The sides of a project that nobody gave a size, as in the v14 daemon. */
export const DEFAULT_SIDE = 64;

/** `layer_id` that means all visible layers, merged. */
const ALL_LAYERS = -2;

/** Bytes of blocks, over all projects of an engine. */
export class Budget {
  readonly bytes_max: number;
  bytes = 0;

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max;
  }

  get bytesFree(): number {
    return this.bytes_max - this.bytes;
  }
}

export class Project {
  name = 'New Project';
  document = Document.empty(DEFAULT_SIDE, DEFAULT_SIDE, DEFAULT_SIDE);
  /** Where save_project writes when it is given no path, and in which format. */
  path: string | undefined;
  format: string | undefined;
  /** Whether it was edited since it was saved, loaded or made. */
  unsaved = false;
  readonly budget: Budget;
  readonly files: Files;
  #bytes = 0;

  constructor(budget: Budget, files: Files) {
    this.budget = budget;
    this.files = files;
  }

  /** Bytes of this project that the budget counts. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Brings the budget up to date; due after every request. */
  account(): void {
    const bytes = this.document.voxelBytes();
    this.budget.bytes += bytes - this.#bytes;
    this.#bytes = bytes;
  }

  /** Gives the memory back; the project must not be used after it. */
  end(): void {
    this.budget.bytes -= this.#bytes;
    this.#bytes = 0;
  }

  /** The sides of the image box, in voxels; 0 when it has none. */
  get size(): [width: number, height: number, depth: number] {
    if (isNullBox(this.document.box)) return [0, 0, 0];
    const { min, max } = boxCorners(this.document.box);
    return [Math.round(max[0] - min[0]), Math.round(max[1] - min[1]), Math.round(max[2] - min[2])];
  }

  /**
   * The layer of an id, its voxels up to date; 0, -1 and nothing are the active one. Throws
   * GOX_LAYER_NOT_FOUND.
   */
  layer(id = 0): Layer {
    const layer = id > 0 ? this.document.layerById(id) : this.document.activeLayer;
    if (layer === undefined) throw layerNotFound(`id ${id}`);
    if (layer.derived) this.document.refresh();
    return layer;
  }

  /** The voxels to read for a `layer_id`, which may also mean all layers. Not to be written. */
  view(id = -1): Volume {
    return id === ALL_LAYERS ? this.document.merged() : this.layer(id).volume;
  }

  /** The voxels of a layer, to be written: a clone or shape layer becomes a plain one. */
  edit(layer: Layer): Volume {
    if (layer.derived) layer.makePlain();
    this.unsaved = true;
    return layer.volume;
  }

  /** Throws GOX_MEMORY_LIMIT unless there is memory for some more blocks. */
  reserve(blocks: number): void {
    const bytes = blocks * BLOCK_BYTES;
    const { bytesFree, bytes_max } = this.budget;
    if (bytes <= bytesFree) return;
    const message = `The edit needs ${bytes} bytes; ${bytesFree} of ${bytes_max} are free.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { bytes, bytes_max, bytes_free: bytesFree });
  }
}

export function layerNotFound(which: string): GoxError {
  return new GoxError('GOX_LAYER_NOT_FOUND', `There is no layer with ${which}.`);
}
