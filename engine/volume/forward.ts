/**
 * What an edit made of a volume, by the positions of blocks: what another volume of the same
 * content becomes by it. Blocks are told whole, single voxels by themselves.
 */

import type { Entry } from '../changes/recorder.ts';
import { countVoxels, indexInBlock, newBlockData } from './block.ts';
import { BlockIndex } from './block-index.ts';
import { BlockStore } from './block-store.ts';
import type { BlockTable } from './block-table.ts';
import { type BlockBefore, blocksBefore } from './log-changes.ts';
import { Block, NOBODY } from './stored-block.ts';
import { type Step, type TableStep, VolumeLog } from './volume-log.ts';
import { VoxelEntry } from './voxel-entry.ts';

/** More voxels of a block than these are told by the whole block. */
const CELLS_MAX = 64;

/** At a block position. */
interface Placed {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** A block that another one, or none, was in the place of; nothing for one that stays. */
export interface PlacedBlock extends Placed {
  readonly block: Block | undefined;
}

/** Words of a block that was there. */
export interface PlacedCells extends Placed {
  /** Their places in the block, and what they are now. */
  readonly places: readonly number[];
  readonly words: readonly number[];
}

export interface Forward {
  /**
   * Blocks in the order of their slots: those that are new, or have another content; all that
   * there are when they lie in other slots than before.
   */
  readonly blocks: readonly PlacedBlock[];
  readonly cells: readonly PlacedCells[];
  /** Whether `blocks` are all that there are. */
  readonly all: boolean;
}

/** Due right after the edit. Costs by the blocks that it wrote; by all when slots have changed. */
export function forwardOf(table: BlockTable, noted: Entry): Forward {
  if (noted instanceof VoxelEntry) return { blocks: [], cells: [cellOf(noted)], all: false };
  if (!(noted instanceof VolumeLog)) throw new Error('noted by something else than a volume');
  const before = blocksBefore(table, noted);
  return before.whole ? wholly(table, before.blocks) : inPlace(table, before.blocks);
}

function cellOf({ voxel: { x, y, z, word } }: VoxelEntry): PlacedCells {
  const place = indexInBlock(x, y, z);
  return { x: x >> 4, y: y >> 4, z: z >> 4, places: [place], words: [word] };
}

function inPlace(table: BlockTable, changed: Iterable<BlockBefore>): Forward {
  const blocks: (PlacedBlock & { slot: number })[] = [];
  const cells: PlacedCells[] = [];
  for (const { x, y, z, old, cells: few } of changed) {
    const slot = table.find(x, y, z);
    const block = table.at(slot);
    if (few !== undefined && old === block && few.size <= CELLS_MAX) {
      const places = [...few.keys()];
      cells.push({ x, y, z, places, words: places.map((place) => block.word(place)) });
    } else if (few !== undefined || old !== block) blocks.push({ x, y, z, block, slot });
  }
  blocks.sort((a, b) => a.slot - b.slot);
  return { blocks: blocks.map(({ slot: _, ...placed }) => placed), cells, all: false };
}

function wholly(table: BlockTable, before: Iterable<BlockBefore>): Forward {
  const stays = new Set<number>();
  for (const { x, y, z, old, cells } of before) {
    const slot = table.find(x, y, z);
    if (slot >= 0 && cells === undefined && table.at(slot) === old) stays.add(slot);
  }
  const blocks = wholeOf(table).map((placed, slot) => {
    return stays.has(slot) ? { ...placed, block: undefined } : placed;
  });
  return { blocks, cells: [], all: true };
}

/** All blocks of a table, in the order of their slots, empty ones among them. */
export function wholeOf(table: BlockTable): (PlacedBlock & { readonly block: Block })[] {
  return Array.from({ length: table.length }, (_, slot) => {
    return { ...table.index.position(slot), block: table.at(slot) };
  });
}

/**
 * Does to a table what an edit did to another one of the same content. That one may have had empty
 * blocks where this one has none: coming back to a checkpoint leaves them, or not, by which volumes
 * were written meanwhile.
 */
export function goForward(table: BlockTable, { blocks, cells, all }: Forward): void {
  const steps = all ? [tableOf(blocks, table)] : blocks.map((placed) => stepOf(placed, table));
  for (const { x, y, z, places, words } of cells) {
    const slot = table.find(x, y, z);
    if (slot < 0) {
      steps.push({ kind: 'removed', x, y, z, block: blockOfCells(places, words) });
      continue;
    }
    for (const [i, place] of places.entries()) {
      steps.push({ kind: 'cell', slot, place, word: words[i]! });
    }
  }
  const log = table.noting();
  for (const step of steps) {
    const back = table.exchange(step);
    log?.noteStep(back, step.kind === 'removed' ? table.length - 1 : undefined);
  }
}

function stepOf({ x, y, z, block }: PlacedBlock, table: BlockTable): Step {
  if (block === undefined) throw new Error('a block that stays, without the others');
  const slot = table.find(x, y, z);
  return slot < 0 ? { kind: 'removed', x, y, z, block } : { kind: 'block', slot, block };
}

function blockOfCells(places: readonly number[], words: readonly number[]): Block {
  const data = newBlockData();
  for (const [i, place] of places.entries()) data[place] = words[i]!;
  return new Block(data, NOBODY, countVoxels(data));
}

/** Of a block that stays; edits that give blocks other slots leave no empty ones. */
function slotOf(table: BlockTable, x: number, y: number, z: number): number {
  const slot = table.find(x, y, z);
  if (slot < 0) throw new Error(`there is no block at ${x}, ${y}, ${z}`);
  return slot;
}

function tableOf(placed: readonly PlacedBlock[], table: BlockTable): TableStep {
  const [index, blocks] = [new BlockIndex(), new BlockStore()];
  let [count, empty] = [0, 0];
  const { token } = table.facts;
  for (const { x, y, z, block = table.at(slotOf(table, x, y, z)) } of placed) {
    index.add(x, y, z);
    blocks.push(block, token);
    count += block.count;
    if (block.count === 0) empty++;
  }
  return { kind: 'table', index, blocks, count, empty };
}
