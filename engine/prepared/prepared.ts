/**
 * The prepared blocks of what a document shows, kept from picture to picture and brought up to date
 * by what changed: the rows and faces of each block, and how far all of them reach.
 */

import { ROWS } from '../render/occupancy.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import type { Volume } from '../volume/volume.ts';
import { Arena, NO_ROWS, newArenaMemory } from './arena.ts';
import { Blocks } from './blocks.ts';
import { type Body, bodyOf, Damage, differenceOf, moved } from './damage.ts';
import {
  Directory,
  ENDS,
  ENTRY,
  FIRST,
  type Finder,
  GROUP,
  ROWS_AT,
  X,
  Y,
  Z,
} from './directory.ts';
import { Preparer } from './preparer.ts';
import type { Reach } from './reach.ts';

/** What a job is to prepare: rows, then faces, of which it gets what blocks are stored as. */
export interface Todo {
  readonly marks: Int32Array;
  readonly faces: Int32Array;
  readonly words: readonly Uint32Array[];
}

/** What jobs prepare, until it is known to be done. */
interface Pending {
  readonly faces: Int32Array;
  readonly generations: readonly number[];
  readonly entries: Int32Array;
  readonly isDone: () => boolean;
}

/** Places in the order in which they are drawn; those of each group lie side by side. */
export interface Drawn {
  readonly order: Int32Array;
  readonly firsts: readonly number[];
}

/** Jobs that prepare at a time; what others prepare is not kept. */
const PENDING_MAX = 4;

/** When so many times what changed is more than all blocks, all are prepared anew. */
const MOST = 4;

/** Where blocks changed is not told one by one when they are more: everything looks different. */
const MUCH = 128;

/** So many rectangles out of date, half a megabyte or more, are left where they are. */
const WASTED_MIN = 2 ** 15;

export class Prepared {
  readonly #bytes_max: number;
  /** Where pictures changed. */
  readonly damage = new Damage();
  arena: Arena;
  directory = new Directory();
  #blocks: Blocks[] = [];
  #finders: Finder[] = [];
  #preparer: Preparer;
  /** How often each place began to be out of date. */
  #generations: number[] = [];
  /** The number of each place in its group. */
  #numbers: number[] = [];
  /** Places whose rows are out of date, and whose faces are. */
  readonly #unmarked = new Set<number>();
  readonly #unfaced = new Set<number>();
  /** Entries of the latter as they were. */
  readonly #before = new Map<number, Int32Array>();
  #pending: Pending[] = [];
  /** Rectangles in the arena that were replaced. */
  #wasted = 0;

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max;
    this.arena = new Arena(newArenaMemory(bytes_max));
    this.#preparer = new Preparer(this.arena, this.#finders);
  }

  get bytes(): number {
    return this.arena.bytes + this.directory.entries.byteLength;
  }

  get reaches(): readonly Reach[] {
    return this.#blocks.map(({ reach }) => reach);
  }

  /** About how many blocks `prepareHere` would prepare. */
  get stale(): number {
    return this.#unfaced.size + this.#unmarked.size;
  }

  /** Whether most of what the arena holds is out of date. */
  #isWasted(): boolean {
    const { isFull, rectCount } = this.arena;
    if (this.#wasted > WASTED_MIN && this.#wasted * 2 > rectCount) return true;
    // Nobody counts what jobs prepared that were cancelled, or that others prepared as well.
    return isFull && this.#countRects() * 2 < rectCount;
  }

  /** Rectangles that entries refer to. */
  #countRects(): number {
    const { entries, count } = this.directory;
    let rects = 0;
    for (let at = 0; at < count * ENTRY; at += ENTRY) {
      if (entries[at + FIRST]! >= 0) rects += entries[at + ENDS + 5]!;
    }
    return rects;
  }

  /** Forgets everything. */
  drop(): void {
    this.#wasted = 0;
    this.arena = new Arena(newArenaMemory(this.#bytes_max));
    this.directory = new Directory();
    this.#blocks = [];
    this.#finders = [];
    this.#preparer = new Preparer(this.arena, this.#finders);
    this.#generations = [];
    this.#numbers = [];
    this.#unmarked.clear();
    this.#unfaced.clear();
    this.#before.clear();
    this.#pending = [];
    this.damage.addAll();
  }

  /** Learns what the volumes of the groups hold now. */
  follow(volumes: readonly Volume[]): void {
    if (this.#blocks.length > 0 && volumes.length !== this.#blocks.length) this.drop();
    this.#adopt();
    if (this.#isWasted()) this.drop();
    for (const [group, volume] of volumes.entries()) {
      const blocks = this.#blocks[group] ?? this.#begin(group, volume);
      blocks.follow(volume);
    }
  }

  /** Prepares in this thread what is out of date. */
  prepareHere(): void {
    const { entries } = this.directory;
    this.arena.refresh();
    for (const place of this.#unmarked) {
      const entry = place * ENTRY;
      const before = entries[entry + ROWS_AT]!;
      const rows = this.#preparer.mark(this.#storedOf(place), before);
      if (rows !== before) this.#disturb(place, before, rows);
      this.#outdate(place);
      entries[entry + ROWS_AT] = rows;
      this.#unmarked.delete(place);
    }
    for (const place of this.#unfaced) {
      this.#preparer.prepare(entries, place, this.#storedOf(place));
      this.#compare(place);
      this.#before.delete(place);
      // Without room in the arena it stays out of date.
      if (entries[place * ENTRY + FIRST]! >= 0) this.#unfaced.delete(place);
    }
  }

  /** What a job has to prepare in place of this thread. */
  takeTodo(): Todo {
    const { entries } = this.directory;
    this.#outdateAround();
    for (const blocks of this.#blocks) blocks.hold();
    const faces: number[] = [];
    const words: Uint32Array[] = [];
    for (const place of this.#unfaced) {
      if (this.#before.delete(place)) this.damage.add(this.#bodyOf(place));
      const stored = this.#storedOf(place);
      // Those whose rows are to be found are among those whose faces are.
      if (this.#unmarked.has(place)) entries[place * ENTRY + ROWS_AT] = -1;
      if (stored !== undefined) {
        faces.push(place);
        words.push(stored);
        continue;
      }
      entries[place * ENTRY + ROWS_AT] = NO_ROWS;
      this.#unmarked.delete(place);
      this.#preparer.prepare(entries, place, undefined);
      this.#unfaced.delete(place);
    }
    return { marks: shared([...this.#unmarked]), faces: shared(faces), words };
  }

  /** Takes over what a job has entered, once it is done. */
  await(faces: Int32Array, entries: Int32Array, isDone: () => boolean): void {
    const generations = Array.from(faces, (place) => this.#generations[place]!);
    this.#pending.push({ faces, generations, entries, isDone });
    if (this.#pending.length > PENDING_MAX) this.#pending.shift();
  }

  /** All places; those of blocks that `sees` says no to may be left out. */
  drawn(sees?: (x: number, y: number, z: number, size: number) => boolean): Drawn {
    const { entries } = this.directory;
    const isEmpty = (place: number) => {
      const entry = place * ENTRY;
      return entries[entry + FIRST]! >= 0 && entries[entry + ENDS + 5] === 0;
    };
    const firsts = [0];
    const all: number[][] = [];
    for (const blocks of this.#blocks) {
      const part = sees === undefined ? blocks.order : blocks.seen(sees, isEmpty);
      all.push(part);
      firsts.push(firsts.at(-1)! + part.length);
    }
    const order = new Int32Array(new SharedArrayBuffer(firsts.at(-1)! * 4));
    for (const [i, part] of all.entries()) order.set(part, firsts[i]!);
    return { order, firsts };
  }

  /** Those of some places that have no faces in the arena, with what they are stored as. */
  unprepared(places: Int32Array): { places: Int32Array; words: Uint32Array[] } {
    const { entries } = this.directory;
    const found = places.filter((place) => entries[place * ENTRY + FIRST]! < 0);
    return { places: found, words: Array.from(found, (place) => this.#storedOf(place)!) };
  }

  #begin(group: number, volume: Volume): Blocks {
    const blocks = new Blocks(volume, {
      add: (x, y, z, number) => {
        this.#generations.push(0);
        this.#numbers.push(number);
        return this.directory.add(x, y, z, group);
      },
      changed: (place) => {
        this.#generations[place]!++;
        this.#unmarked.add(place);
      },
    });
    this.#blocks.push(blocks);
    this.#finders.push(blocks.finder);
    return blocks;
  }

  #adopt(): void {
    const { entries } = this.directory;
    this.#pending = this.#pending.filter((pending) => {
      if (!pending.isDone()) return true;
      this.arena.refresh();
      for (const [i, place] of pending.faces.entries()) {
        if (this.#generations[place] !== pending.generations[i]) continue;
        const at = place * ENTRY;
        entries.set(pending.entries.subarray(at + ROWS_AT, at + ENTRY), at + ROWS_AT);
        this.#unmarked.delete(place);
        if (entries[at + FIRST]! >= 0) this.#unfaced.delete(place);
      }
      return false;
    });
  }

  /** Outdates the blocks whose rows are to be found again, and all around them, each once. */
  #outdateAround(): void {
    const all = this.#unmarked.size * MOST > this.directory.count;
    const places = new Set<number>();
    if (!all) {
      for (const place of this.#unmarked) {
        places.add(place);
        this.#forAround(place, undefined, (beside) => places.add(beside));
      }
    }
    const count = all ? this.directory.count : places.size;
    const much = count > MUCH;
    if (much) this.damage.addAll();
    for (const place of all ? Array(count).keys() : places) this.#outdate(place, much);
  }

  /** The faces of a place are to be found again; where is `told` when that is known already. */
  #outdate(place: number, told = false): void {
    const { entries } = this.directory;
    const at = place * ENTRY;
    const prepared = entries[at + FIRST]! >= 0;
    if (prepared) this.#wasted += entries[at + ENDS + 5]!;
    if (told) this.#before.delete(place);
    else if (prepared) this.#before.set(place, entries.slice(at, at + ENTRY));
    // What is not known now cannot be compared later.
    else if (!this.#before.has(place)) this.damage.add(this.#bodyOf(place));
    entries[at + FIRST] = -1;
    this.#unfaced.add(place);
    this.#generations[place]!++;
  }

  /** Outdates the blocks around one whose rows changed, as far as they see the change. */
  #disturb(place: number, before: number, after: number): void {
    const touched = before < 0 || after < 0 ? undefined : sidesOf(this.arena.rows, before, after);
    this.#forAround(place, touched, (beside) => this.#outdate(beside));
  }

  /** Calls `visit` with the places of blocks that touch one, where `touched` says so. */
  #forAround(place: number, touched: Uint8Array | undefined, visit: (place: number) => void): void {
    const { x, y, z } = this.#positionOf(place);
    const finder = this.#finders[this.directory.entries[place * ENTRY + GROUP]!]!;
    for (let i = 0; i < 27; i++) {
      if (i === 13 || touched?.[i] === 0) continue;
      const beside = finder.find(
        x + (i % 3) - 1,
        y + (((i / 3) | 0) % 3) - 1,
        z + ((i / 9) | 0) - 1,
      );
      if (beside >= 0) visit(beside);
    }
  }

  /** Notes where the new faces of a place differ from those before. */
  #compare(place: number): void {
    const before = this.#before.get(place);
    if (before === undefined) return;
    const at = place * ENTRY;
    const after = this.directory.entries.subarray(at, at + ENTRY);
    if (after[FIRST]! < 0) {
      this.damage.add(this.#bodyOf(place));
      return;
    }
    const range = (entry: Int32Array) => ({ first: entry[FIRST]!, ends: entry.subarray(ENDS) });
    const box = differenceOf(this.arena, range(before), range(after));
    if (box !== undefined) this.damage.add(bodyOf(moved(box, this.#cornerOf(place))));
  }

  #positionOf(place: number): { x: number; y: number; z: number } {
    const { entries } = this.directory;
    const at = place * ENTRY;
    return { x: entries[at + X]!, y: entries[at + Y]!, z: entries[at + Z]! };
  }

  #cornerOf(place: number): [number, number, number] {
    const { x, y, z } = this.#positionOf(place);
    return [x * BLOCK_SIZE, y * BLOCK_SIZE, z * BLOCK_SIZE];
  }

  #bodyOf(place: number): Body {
    const [x, y, z] = this.#cornerOf(place);
    const max = [x + BLOCK_SIZE, y + BLOCK_SIZE, z + BLOCK_SIZE] as const;
    return bodyOf({ min: [x, y, z], max });
  }

  #storedOf(place: number): Uint32Array | undefined {
    const group = this.directory.entries[place * ENTRY + GROUP]!;
    return this.#blocks[group]!.storedOf(this.#numbers[place]!);
  }
}

/** Of the 27 blocks around a block, x first, 1 for those that touch what differs in its rows. */
function sidesOf(rows: Uint16Array, before: number, after: number): Uint8Array {
  const sides = new Uint8Array(27);
  for (let row = 0; row < ROWS; row++) {
    const bits = rows[before * ROWS + row]! ^ rows[after * ROWS + row]!;
    if (bits === 0) continue;
    const [y, z] = [row & 15, row >> 4];
    for (let i = 0; i < 27; i++) {
      const [dx, dy, dz] = [i % 3, ((i / 3) | 0) % 3, (i / 9) | 0];
      if (dx !== 1 && (bits & (dx === 0 ? 1 : 0x8000)) === 0) continue;
      if (dy !== 1 && y !== (dy === 0 ? 0 : 15)) continue;
      if (dz !== 1 && z !== (dz === 0 ? 0 : 15)) continue;
      sides[i] = 1;
    }
  }
  return sides;
}

function shared(numbers: readonly number[]): Int32Array {
  const copy = new Int32Array(new SharedArrayBuffer(numbers.length * 4));
  copy.set(numbers);
  return copy;
}
