/** Blocks as bytes can have them. Of blocks that are the same one, the words come once. */

import { checkInterrupt } from '../interrupt.ts';
import { anyBlockData, BLOCK_BYTES, newScratch, newShared } from '../volume/block.ts';
import type { Forward, PlacedBlock } from '../volume/forward.ts';
import { isPlain, shortest, uniform, unpack } from '../volume/packed.ts';
import { Block, NOBODY } from '../volume/stored-block.ts';

/** Of blocks in an order. */
export interface PackedBlocks {
  /** Three numbers each: the minimum corner over 16. */
  readonly positions: Int32Array;
  /** Of each: the place of its content, or -1 for one that stays. */
  readonly which: Int32Array;
  /** Of each content: its voxels, its words of those that follow, and whether it was unpacked. */
  readonly counts: Uint16Array;
  readonly lengths: Uint16Array;
  readonly plain: Uint8Array;
  /** As `volume/packed.ts` has them. */
  readonly words: Uint32Array;
}

/** See `Forward`. */
export interface PackedForward {
  readonly all: boolean;
  readonly blocks: PackedBlocks;
  /** Of each block, its position, and how many voxels of it there are. */
  readonly cells: Int32Array;
  /** Of each voxel, its place and its word. */
  readonly words: Uint32Array;
}

export function packedBlocks(blocks: readonly PlacedBlock[]): PackedBlocks {
  const known = new Map<Block, number>();
  const contents: Uint32Array[] = [];
  const counts: number[] = [];
  const plain: number[] = [];
  const scratch = newScratch();
  const positions = new Int32Array(blocks.length * 3);
  const which = new Int32Array(blocks.length);
  for (const [i, { x, y, z, block }] of blocks.entries()) {
    checkInterrupt();
    positions.set([x, y, z], i * 3);
    let place = block === undefined ? -1 : known.get(block);
    if (place === undefined) {
      place = contents.push(contentOf(block!, scratch)) - 1;
      counts.push(block!.count);
      plain.push(isUnpacked(block!) ? 1 : 0);
      known.set(block!, place);
    }
    which[i] = place;
  }
  const lengths = Uint16Array.from(contents, ({ length }) => length);
  const words = new Uint32Array(contents.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const content of contents) {
    words.set(content, at);
    at += content.length;
  }
  return {
    ...{ positions, which, lengths, words },
    ...{ counts: Uint16Array.from(counts), plain: Uint8Array.from(plain) },
  };
}

/** What it is packed into, or can be. */
function contentOf(block: Block, scratch: Uint32Array): Uint32Array {
  return isUnpacked(block) ? shortest(block.read(scratch)) : block.stored;
}

function isUnpacked({ bytes }: Block): boolean {
  return bytes === BLOCK_BYTES;
}

/** The blocks of `packedBlocks`. */
export function placedBlocks(packed: PackedBlocks): PlacedBlock[] {
  const { positions, which, counts, lengths, plain, words } = packed;
  let at = 0;
  const contents = Array.from(counts, (count, i) => {
    checkInterrupt();
    const start = at;
    at += lengths[i]!;
    return new Block(inShared(words.subarray(start, at), plain[i] === 1), NOBODY, count);
  });
  return Array.from(which, (place, i) => {
    const [x, y, z] = [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!];
    return { x, y, z, block: place < 0 ? undefined : contents[place] };
  });
}

function inShared(words: Uint32Array, plain: boolean): Uint32Array {
  if (plain) return unpacked(words);
  // Those of one word are the same for all blocks of it.
  if (words.length === 2) return uniform(words[1]!);
  const shared = newShared(words.length);
  shared.set(words);
  return shared;
}

function unpacked(words: Uint32Array): Uint32Array {
  const room = anyBlockData();
  if (isPlain(words)) room.set(words);
  else unpack(words, room);
  return room;
}

export function packedForward({ all, blocks, cells }: Forward): PackedForward {
  return {
    ...{ all, blocks: packedBlocks(blocks) },
    cells: Int32Array.from(cells.flatMap(({ x, y, z, places }) => [x, y, z, places.length])),
    words: Uint32Array.from(
      cells.flatMap(({ places, words }) => places.flatMap((place, i) => [place, words[i]!])),
    ),
  };
}

export function forwardIn({ all, blocks, cells, words }: PackedForward): Forward {
  let at = 0;
  const placed = Array.from({ length: cells.length / 4 }, (_, i) => {
    const [x, y, z, count] = cells.subarray(4 * i, 4 * i + 4);
    const start = at;
    at += 2 * count!;
    const own = words.subarray(start, at);
    return {
      ...{ x: x!, y: y!, z: z! },
      places: [...own.filter((_, place) => place % 2 === 0)],
      words: [...own.filter((_, place) => place % 2 === 1)],
    };
  });
  return { all, blocks: placedBlocks(blocks), cells: placed };
}
