/**
 * The volumes that a script can name: those of the document's layers and those it made. Together
 * they may hold a number of blocks; blocks that two volumes share count in both.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../document/document.ts';
import { Layer } from '../document/layer.ts';
import { BLOCK_BYTES, BLOCK_VOXELS } from '../volume/block.ts';
import type { BlockView } from '../volume/block-view.ts';
import { Volume } from '../volume/volume.ts';
import { Refusal } from './refusal.ts';

/** Volumes that a script holds at once; each costs memory even when it is empty. */
const VOLUMES_MAX = 4096;

/** Iterations inside one another. */
const ITERATIONS_MAX = 64;

export class HostVolumes {
  readonly #document: Document;
  readonly #blocks_max: number;
  readonly #known = new Map<number, Volume | Layer>();
  readonly #layerIds = new Map<Layer, number>();
  readonly #iterations = new Map<number, { volume: Volume; cursor: Cursor }>();
  #blocks_free = 0;
  /** Of the volumes that no layer has. */
  #blocks_held = 0;
  #lastId = 0;

  constructor(document: Document, blocks_max: number) {
    this.#document = document;
    this.#blocks_max = blocks_max;
    this.follow();
  }

  /** Bytes of the volumes that no layer has. */
  get heldBytes(): number {
    return this.#blocks_held * BLOCK_BYTES;
  }

  /** Due after an edit of the document that was not made here. */
  follow(): void {
    const { layers } = this.#document;
    const blocks = layers.reduce((sum, { volume }) => sum + volume.blockCount, 0);
    this.#blocks_free = this.#blocks_max - this.#blocks_held - blocks;
    if (this.#layerIds.size === 0) return;
    const there = new Set(layers);
    for (const [layer, id] of this.#layerIds) {
      if (there.has(layer)) continue;
      this.#layerIds.delete(layer);
      this.#known.delete(id);
    }
  }

  /** Keeps a volume that no layer has; throws GOX_MEMORY_LIMIT when its blocks are too many. */
  add(volume: Volume): number {
    if (this.#known.size >= VOLUMES_MAX) {
      throw new Refusal('RangeError', `a script may hold ${VOLUMES_MAX} volumes at once`);
    }
    this.#charge(volume);
    this.#known.set(++this.#lastId, volume);
    return this.#lastId;
  }

  /** The id of a layer's volume. */
  ofLayer(layer: Layer): number {
    const known = this.#layerIds.get(layer);
    if (known !== undefined) return known;
    this.#known.set(++this.#lastId, layer);
    this.#layerIds.set(layer, this.#lastId);
    return this.#lastId;
  }

  free(id: number): void {
    const volume = this.#known.get(id);
    if (!(volume instanceof Volume)) return;
    this.#hold(-volume.blockCount);
    this.#known.delete(id);
  }

  /** A volume to read, up to date. */
  get(id: number): Volume {
    const known = this.#known.get(id);
    if (known === undefined) throw new Refusal('TypeError', 'there is no such volume');
    if (known instanceof Volume) return known;
    if (known.derived) this.#document.refresh();
    return known.volume;
  }

  /** Changes a volume; throws GOX_MEMORY_LIMIT, half done, when it needs more blocks than free. */
  edit(id: number, change: (volume: Volume, blocks_max: number) => void): void {
    const known = this.#known.get(id);
    if (known instanceof Layer && known.derived) {
      this.#document.refresh();
      known.makePlain();
    }
    const volume = this.get(id);
    const before = volume.blockCount;
    volume.blocks_max = before + Math.max(0, this.#blocks_free);
    try {
      change(volume, volume.blocks_max);
    } finally {
      volume.blocks_max = Number.POSITIVE_INFINITY;
      const grown = volume.blockCount - before;
      if (this.#known.get(id) === volume) this.#hold(grown);
      else this.#blocks_free -= grown;
    }
  }

  /** Begins to go through a volume's voxels as they are now. */
  begin(id: number): number {
    if (this.#iterations.size >= ITERATIONS_MAX) {
      const message = `at most ${ITERATIONS_MAX} iterations can run inside one another`;
      throw new Refusal('RangeError', message);
    }
    const volume = this.get(id).clone();
    this.#charge(volume);
    this.#iterations.set(++this.#lastId, { volume, cursor: new Cursor(volume) });
    return this.#lastId;
  }

  /** Puts the next voxels of an iteration into words; see `Cursor.read`. */
  next(iteration: number, words: Int32Array): number {
    return this.#iterations.get(iteration)?.cursor.read(words) ?? 0;
  }

  end(iteration: number): void {
    this.#hold(-(this.#iterations.get(iteration)?.volume.blockCount ?? 0));
    this.#iterations.delete(iteration);
  }

  #charge({ blockCount }: Volume): void {
    if (blockCount > Math.max(0, this.#blocks_free)) {
      const bytes_max = this.#blocks_max * BLOCK_BYTES;
      const message = `The volumes of the script would take more than ${bytes_max} bytes.`;
      throw new GoxError('GOX_MEMORY_LIMIT', message, { bytes_max });
    }
    this.#hold(blockCount);
  }

  #hold(blocks: number): void {
    this.#blocks_held += blocks;
    this.#blocks_free -= blocks;
  }
}

/** Goes through the voxels of a volume, a piece at a time. */
class Cursor {
  readonly #blocks: Iterator<BlockView, void, undefined>;
  #block: BlockView | undefined;
  #index = 0;

  constructor(volume: Volume) {
    this.#blocks = volume.blocks();
  }

  /** Writes x, y, z, colour of each voxel while there is room; how many, 0 at the end. */
  read(words: Int32Array): number {
    let end = 0;
    while (end < words.length) {
      this.#block ??= this.#blocks.next().value ?? undefined;
      if (this.#block === undefined) break;
      const { x, y, z, data } = this.#block;
      let index = this.#index;
      for (; index < BLOCK_VOXELS && end < words.length; index++) {
        const rgba = data[index]!;
        if (rgba <= 0xff_ffff) continue;
        words[end] = x + (index & 15);
        words[end + 1] = y + ((index >> 4) & 15);
        words[end + 2] = z + (index >> 8);
        words[end + 3] = rgba;
        end += 4;
      }
      this.#index = index;
      if (index === BLOCK_VOXELS) {
        this.#block = undefined;
        this.#index = 0;
      }
    }
    return end / 4;
  }
}
