/**
 * The blocks of volumes, by their slots: which of them are other ones than what was sent last. A
 * block that was sent is never written again, since the volume has it copied first; so what has
 * changed is told by comparing pointers, a slot after the other, for the volumes that were written.
 */

import { DENSE_FLAG, type MirrorBlocks, PAGE_SLOTS, type VolumeChange } from '../port/mirror.ts';
import type { BlockIndex } from '../volume/block-index.ts';
import type { BlockStore } from '../volume/block-store.ts';
import type { Block } from '../volume/stored-block.ts';
import type { TrailFacts } from '../volume/trail.ts';
import type { Volume } from '../volume/volume.ts';
import { bytesIn, packed } from './pack.ts';
import type { Ids } from './values.ts';

/** What the other side has of a volume beside blocks. */
export interface VolumeAbout {
  /** Whether edits note what they replace in it. */
  readonly recorded: boolean;
  readonly blocks_max: number;
  readonly trail: Pick<TrailFacts, 'version' | 'begin'>;
  /** As bytes of an Int32Array and a Float64Array. */
  readonly positions: Uint8Array;
  readonly versions: Uint8Array;
}

/** More than this of a page is sent as all of it. */
const WHOLE_PART = 0.5;

/** Blocks to be sent, in places one after the other. */
export class BlockList {
  readonly #ids: Ids;
  readonly #blocks: Block[] = [];

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  /** Gives its place. */
  add(block: Block): number {
    return this.#blocks.push(block) - 1;
  }

  finish(): MirrorBlocks {
    const blocks = this.#blocks;
    const ids = new Float64Array(blocks.length);
    const counts = new Uint16Array(blocks.length);
    const words: Uint32Array[] = [];
    for (let i = 0; i < blocks.length; i++) {
      const block = blocks[i]!;
      ids[i] = this.#ids.of(block);
      counts[i] = block.count | (block.dense ? DENSE_FLAG : 0);
      words.push(block.stored);
    }
    return { ids, counts, words };
  }
}

/** What the other side has of the blocks of one volume. */
class Sent {
  version = Number.NaN;
  written = Number.NaN;
  sweeps = Number.NaN;
  positions = new Int32Array(0);
  words: Uint32Array[] = [];

  /** The slots of one page that are not as the other side has them, counted from its first. */
  changedIn(page: number, index: BlockIndex, blocks: BlockStore): number[] {
    const changed: number[] = [];
    const { words, positions } = this;
    const first = page * PAGE_SLOTS;
    const end = Math.min(first + PAGE_SLOTS, blocks.length);
    for (let slot = first; slot < end; slot++) {
      const same = blocks.at(slot).isStoredAs(words[slot]) && index.isAt(slot, positions, 3 * slot);
      if (!same) changed.push(slot - first);
    }
    return changed;
  }

  /** Before any slot from `length` on is set. */
  resize(length: number): void {
    this.words.length = Math.min(this.words.length, length);
    if (3 * length <= this.positions.length) return;
    const positions = new Int32Array(Math.max(3 * length, 2 * this.positions.length));
    positions.set(this.positions);
    this.positions = positions;
  }
}

export class TableWriter {
  readonly #ids: Ids;
  #sent = new Map<Volume, Sent>();
  /** Those looked at since `take`. */
  #visited = new Set<Volume>();
  /** The ids of volumes that the other side has, and nobody here has asked for. */
  readonly #others = new Set<number>();
  /** In them, of volumes that are known. */
  #blocks = 0;

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  /** How many blocks the volumes have that the other side knows of. */
  get blocks(): number {
    return this.#blocks;
  }

  /** The other side has these volumes, and maybe some of them are not made here so far. */
  known(volumes: readonly { readonly id: number }[]): void {
    for (const { id } of volumes) this.#others.add(id);
  }

  /** The other side has a volume already as it is, with these blocks. */
  isSent(volume: Volume, positions: Int32Array, words: readonly Uint32Array[]): void {
    const sent = new Sent();
    this.#note(volume, sent);
    sent.positions = positions.slice();
    sent.words = [...words];
    this.#sent.set(volume, sent);
    this.#blocks += words.length;
  }

  visit(volume: Volume): void {
    this.#visited.add(volume);
  }

  /**
   * What has changed of those visited, and of those that were ever sent. They have their blocks
   * copied before the next write.
   */
  take(): VolumeChange[] {
    const changes: VolumeChange[] = [];
    for (const [volume, sent] of this.#sent) {
      if (!isAsSent(volume, sent)) this.#visited.add(volume);
    }
    for (const volume of this.#visited) {
      const change = this.#changeOf(volume);
      if (change !== undefined) changes.push(change);
    }
    this.#visited = new Set();
    return changes;
  }

  /** Forgets all that were not visited since `take`; gives their ids. */
  dropOthers(): number[] {
    for (const volume of this.#sent.keys()) this.#others.delete(this.#ids.of(volume));
    const gone = [...this.#others];
    this.#others.clear();
    for (const [volume, { words }] of this.#sent) {
      if (this.#visited.has(volume)) continue;
      this.#sent.delete(volume);
      this.#blocks -= words.length;
      gone.push(this.#ids.of(volume));
    }
    return gone;
  }

  #changeOf(volume: Volume): VolumeChange | undefined {
    const { table } = volume;
    const blocks = table.shareAll();
    const known = this.#sent.get(volume);
    if (known !== undefined && isAsSent(volume, known)) return undefined;
    const sent = known ?? new Sent();
    this.#blocks += blocks.length - sent.words.length;
    sent.resize(blocks.length);
    const length = Math.ceil(blocks.length / PAGE_SLOTS);
    const pages: VolumeChange['pages'][number][] = [];
    for (let page = 0; page < length; page++) {
      const change = this.#pageOf(page, table.index, blocks, sent);
      if (change !== undefined) pages.push(change);
    }
    this.#note(volume, sent);
    this.#sent.set(volume, sent);
    return { id: this.#ids.of(volume), about: packed(aboutOf(volume)), length, pages };
  }

  #pageOf(page: number, index: BlockIndex, blocks: BlockStore, sent: Sent) {
    const first = page * PAGE_SLOTS;
    const length = Math.min(PAGE_SLOTS, blocks.length - first);
    const changed = sent.changedIn(page, index, blocks);
    // The last page may be shorter than it was, and no other one.
    if (changed.length === 0 && length === PAGE_SLOTS) return undefined;
    const whole = changed.length > WHOLE_PART * length;
    const slots = whole ? Array.from({ length }, (_, slot) => slot) : changed;
    const list = new BlockList(this.#ids);
    const positions = new Int32Array(3 * slots.length);
    for (let i = 0; i < slots.length; i++) {
      const slot = first + slots[i]!;
      const block = blocks.at(slot);
      const { x, y, z } = index.position(slot);
      list.add(block);
      positions.set([x, y, z], 3 * i);
      sent.positions.set([x, y, z], 3 * slot);
      sent.words[slot] = block.stored;
    }
    const part = { page, length, positions, ...list.finish() };
    return whole ? part : { ...part, slots: Uint16Array.from(slots) };
  }

  #note(volume: Volume, sent: Sent): void {
    sent.version = volume.version;
    sent.sweeps = volume.sweeps;
    sent.written = volume.table.facts.trail.written;
  }
}

/** Equal versions mean the same content, and no other slots without a sweep. */
function isAsSent(volume: Volume, { version, sweeps, written }: Sent): boolean {
  return (
    volume.version === version &&
    volume.sweeps === sweeps &&
    volume.table.facts.trail.written === written
  );
}

function aboutOf({ table }: Volume): VolumeAbout {
  const { trail, recorder } = table.facts;
  const { version, begin, positions, versions } = trail.facts;
  return {
    recorded: recorder !== undefined,
    blocks_max: table.blocks_max,
    trail: { version, begin },
    positions: bytesIn(Int32Array.from(positions)),
    versions: bytesIn(Float64Array.from(versions)),
  };
}
