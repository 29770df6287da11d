/**
 * States of a project that were given names, to come back to whatever was done since. A checkpoint
 * shares its blocks with the project, and holds what has changed since by itself.
 */

import type { Document, DocumentState } from '../document/document.ts';
import type { Layer, LayerState } from '../document/layer.ts';
import type { Selection } from '../document/selection.ts';
import { checkInterrupt, interruptible } from '../interrupt.ts';
import { EMPTY_BLOCK } from '../ops/combine.ts';
import type { BlockView } from '../volume/block-view.ts';
import type { Volume } from '../volume/volume.ts';

/** More are refused; users have a few. */
export const CHECKPOINTS_MAX = 64;

/** Of one block: where it is, the way to find it there, a pointer, and what it counts for. */
const TABLE_BYTES = 40;

/** So much of the bound may come before it is counted again. */
const UNCOUNTED_PART = 16;

interface KeptLayer {
  readonly layer: Layer;
  readonly state: LayerState;
  /** The voxels of the state's volume, as they were at a version of it. */
  readonly voxels: Volume;
  readonly version: number;
  /** What it showed; other voxels than its own for clones and shapes. */
  readonly shown: Volume;
}

export interface Checkpoint {
  readonly name: string;
  readonly at_ms: number;
  /** The number of the step done last. */
  readonly step: number;
  readonly revision: number;
  readonly scene: DocumentState;
  readonly layers: readonly KeptLayer[];
  readonly selection: Selection;
}

/** Costs a pointer and a position for each block. */
export function checkpointOf(
  document: Document,
  about: Omit<Checkpoint, 'scene' | 'layers'>,
): Checkpoint {
  document.refresh();
  const layers = document.layers.map((layer): KeptLayer => {
    const { state } = layer;
    const voxels = state.volume.clone();
    const shown = layer.volume === state.volume ? voxels : layer.volume.clone();
    return { layer, state, voxels, version: state.volume.version, shown };
  });
  return { ...about, scene: document.state, layers };
}

/** Brings a document back, in an edit; writes only what is different. */
export function comeBack(document: Document, { scene, layers }: Checkpoint): void {
  if (document.state !== scene) document.set(scene);
  for (const { layer, state, voxels, version } of layers) {
    if (layer.state !== state) layer.set(state);
    if (state.volume.version !== version) becomeLike(state.volume, voxels, version);
  }
}

/**
 * Gives a volume the content that it had at a version, which another one has; writes the blocks
 * that are not the same already. Looks at those that changed since, where they are known.
 */
function becomeLike(volume: Volume, other: Volume, version: number): void {
  const changed = volume.changedSince(version);
  if (changed === undefined) becomeWholly(volume, other);
  else {
    for (let at = 0; at < changed.length; at += 3) {
      becomeIn(volume, other, changed[at]! * 16, changed[at + 1]! * 16, changed[at + 2]! * 16);
    }
  }
}

function becomeWholly(volume: Volume, other: Volume): void {
  for (const { x, y, z } of slotsOf(other)) becomeIn(volume, other, x, y, z);
  // A write may put blocks into other slots.
  const gone = [...slotsOf(volume)].filter(({ x, y, z }) => other.slotAt(x, y, z) < 0);
  for (const { x, y, z } of gone) becomeIn(volume, other, x, y, z);
}

/** Its blocks, with and without voxels. */
function* slotsOf(volume: Volume): Generator<BlockView> {
  for (let slot = 0; slot < volume.blockCount; slot++) yield volume.blockIn(slot);
}

/**
 * At the corner of a block. Also what voxels that are gone have left in the words, which a later
 * voxel of the block would bring along: a layer that was deleted is not the same to the last word
 * in a project that was made anew.
 */
function becomeIn(volume: Volume, other: Volume, x: number, y: number, z: number): void {
  checkInterrupt();
  const wanted = blockOf(other, x, y, z);
  if (wanted !== undefined) {
    if (blockOf(volume, x, y, z) !== wanted) volume.shareBlock(x, y, z, other);
  } else if (volume.slotAt(x, y, z) >= 0) volume.setBlock(x, y, z, EMPTY_BLOCK, 0);
}

/** Bytes of the blocks of a volume that another one does not have at the same places. */
function bytesBeside(volume: Volume, other: Volume): number {
  let bytes = 0;
  for (const { x, y, z, block } of volume.blocks()) {
    if (blockOf(other, x, y, z) !== block) bytes += block.bytes;
  }
  return bytes;
}

function blockOf(volume: Volume, x: number, y: number, z: number) {
  const slot = volume.slotAt(x, y, z);
  return slot < 0 ? undefined : volume.blockIn(slot).block;
}

/** What a checkpoint holds that a document does not, in bytes; costs by all of its blocks. */
function bytesOf({ layers }: Checkpoint, document: Document): number {
  const present = new Set(document.layers.map(({ state }) => state.volume));
  let bytes = 0;
  for (const { state, voxels } of layers) {
    const { volume } = state;
    bytes += present.has(volume) ? bytesBeside(voxels, volume) : voxels.byteLength;
  }
  return bytes;
}

/** The places and pointers that a checkpoint has for itself; known without looking at blocks. */
function tableBytes({ layers }: Checkpoint): number {
  let blocks = 0;
  for (const { voxels, shown } of layers) {
    blocks += voxels.blockCount + (shown === voxels ? 0 : shown.blockCount);
  }
  return blocks * TABLE_BYTES;
}

export interface CheckpointFacts {
  readonly bytes: number;
  readonly table_bytes: number;
  readonly uncounted: number;
}

export class Checkpoints {
  /** From the oldest to the newest. */
  readonly #all = new Map<string, Checkpoint>();
  /** As it was counted last. */
  #bytes = 0;
  #table_bytes = 0;
  /** What has left the history since, which checkpoints may hold. */
  #uncounted = 0;

  get all(): Iterable<Checkpoint> {
    return this.#all.values();
  }

  get size(): number {
    return this.#all.size;
  }

  /** Held beside the project and its history; at most so much. */
  get bytes(): number {
    return this.#bytes + this.#table_bytes + this.#uncounted;
  }

  /** As they are counted, for who keeps them outside of this thread. */
  get facts(): CheckpointFacts {
    const [bytes, table_bytes, uncounted] = [this.#bytes, this.#table_bytes, this.#uncounted];
    return { bytes, table_bytes, uncounted };
  }

  /** Goes on from what was kept of them. */
  goOn(facts: CheckpointFacts, all: readonly Checkpoint[]): void {
    for (const checkpoint of all) this.#all.set(checkpoint.name, checkpoint);
    this.#bytes = facts.bytes;
    this.#table_bytes = facts.table_bytes;
    this.#uncounted = facts.uncounted;
  }

  find(name: string): Checkpoint | undefined {
    return this.#all.get(name);
  }

  /** One of the same name goes. */
  add(checkpoint: Checkpoint): void {
    this.#drop(checkpoint.name);
    this.#all.set(checkpoint.name, checkpoint);
    this.#table_bytes += tableBytes(checkpoint);
  }

  delete(name: string, document: Document): void {
    if (this.#drop(name)) this.#count(document);
  }

  clear(): void {
    this.#all.clear();
    this.#bytes = 0;
    this.#table_bytes = 0;
    this.#uncounted = 0;
  }

  /**
   * Hears how many bytes of steps have left the history. Checkpoints that hold more than this in
   * all go, the oldest first; it is only counted once it may matter.
   */
  bound(left_bytes: number, bytes_max: number, document: Document): void {
    if (this.#all.size === 0) return;
    this.#uncounted += left_bytes;
    if (this.bytes <= bytes_max || this.#uncounted <= bytes_max / UNCOUNTED_PART) return;
    this.#count(document);
    for (const name of this.#all.keys()) {
      if (this.bytes <= bytes_max) return;
      this.delete(name, document);
    }
  }

  #drop(name: string): boolean {
    const known = this.#all.get(name);
    if (known === undefined) return false;
    this.#table_bytes -= tableBytes(known);
    return this.#all.delete(name);
  }

  #count(document: Document): void {
    this.#uncounted = 0;
    this.#bytes = 0;
    // The edit is made by now, so it does not stop any more.
    interruptible(undefined, () => {
      for (const checkpoint of this.#all.values()) this.#bytes += bytesOf(checkpoint, document);
    });
  }
}
