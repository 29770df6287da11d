/** What an edit changed in a volume, by what it noted. */

import { BLOCK_VOXELS } from './block.ts';
import { BlockIndex } from './block-index.ts';
import type { BlockTable } from './block-table.ts';
import { ChangeSum, type Changes } from './change-sum.ts';
import { Block, NOBODY } from './stored-block.ts';
import type { TableStep, VolumeLog } from './volume-log.ts';

/** Costs by the blocks that the edit wrote. */
export function changesIn(table: BlockTable, log: VolumeLog): Changes {
  const sum = new ChangeSum();
  const one = cellsOfOneBlock(log);
  if (one !== undefined) {
    const { x, y, z } = table.index.position(one.slot);
    sum.addCells(x, y, z, one.cells, table.at(one.slot));
    return sum.changes();
  }
  for (const { x, y, z, old, cells } of blocksBefore(table, log).blocks) {
    const slot = table.find(x, y, z);
    const now = slot < 0 ? undefined : table.at(slot);
    if (cells === undefined) sum.add(x, y, z, old, now);
    else if (old === now) sum.addCells(x, y, z, cells, now!);
    else sum.add(x, y, z, patched(old, cells), now);
  }
  return sum.changes();
}

/** Blocks that an edit wrote, as they were; all there are or were, when slots changed (`whole`). */
export function blocksBefore(table: BlockTable, log: VolumeLog) {
  const before = new Before(table, log);
  return { whole: before.whole, blocks: before.blocks() };
}

/** What an edit of single voxels in one block replaced; undefined of any other. */
function cellsOfOneBlock({ steps }: VolumeLog) {
  const [first] = steps;
  if (first?.kind !== 'cell') return undefined;
  const { slot } = first;
  const cells = new Map<number, number>();
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]!;
    if (step.kind !== 'cell' || step.slot !== slot) return undefined;
    cells.set(step.place, step.word);
  }
  return { slot, cells };
}

/** A block as it was before an edit, at its position over 16. */
export interface BlockBefore {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  old: Block | undefined;
  /** Words that it had in some places, over those of `old`. */
  cells: Map<number, number> | undefined;
}

/** What the blocks that an edit wrote were before it. */
class Before {
  readonly #index = new BlockIndex();
  readonly #blocks: BlockBefore[] = [];
  readonly #table: BlockTable;
  /** All of the blocks from before, when the edit replaced them. */
  #whole: TableStep | undefined;

  constructor(table: BlockTable, { steps }: VolumeLog) {
    this.#table = table;
    let { index, length } = table;
    for (let i = steps.length - 1; i >= 0; i--) {
      const step = steps[i]!;
      if (step.kind === 'table') {
        this.#whole = step;
        index = step.index;
        length = step.blocks.length;
      } else if (step.kind === 'added') {
        this.#put(this.#at(index, --length), undefined);
      } else if (step.kind === 'block') {
        this.#put(this.#at(index, step.slot), step.block);
      } else if (step.kind === 'cell') {
        const block = this.#at(index, step.slot);
        block.cells ??= new Map();
        block.cells.set(step.place, step.word);
      }
    }
  }

  get whole(): boolean {
    return this.#whole !== undefined;
  }

  *blocks(): Generator<BlockBefore, void, undefined> {
    yield* this.#blocks;
    if (this.#whole === undefined) return;
    const { index, blocks } = this.#whole;
    for (let slot = 0; slot < blocks.length; slot++) {
      const { x, y, z } = index.position(slot);
      if (this.#index.find(x, y, z) >= 0) continue;
      yield { x, y, z, old: blocks.at(slot), cells: undefined };
    }
    for (let slot = 0; slot < this.#table.length; slot++) {
      const { x, y, z } = this.#table.index.position(slot);
      if (index.find(x, y, z) >= 0 || this.#index.find(x, y, z) >= 0) continue;
      yield { x, y, z, old: undefined, cells: undefined };
    }
  }

  /** What is known of the block in a slot, as slots were numbered. */
  #at(index: BlockIndex, slot: number): BlockBefore {
    const { x, y, z } = index.position(slot);
    const known = this.#index.find(x, y, z);
    if (known >= 0) return this.#blocks[known]!;
    this.#index.add(x, y, z);
    const old = this.#whole === undefined ? this.#table.at(slot) : this.#whole.blocks.at(slot);
    const block: BlockBefore = { x, y, z, old, cells: undefined };
    this.#blocks.push(block);
    return block;
  }

  #put(block: BlockBefore, old: Block | undefined): void {
    block.old = old;
    block.cells = undefined;
  }
}

function patched(old: Block | undefined, cells: Map<number, number>): Block {
  const words = old === undefined ? new Uint32Array(BLOCK_VOXELS) : Uint32Array.from(old.data);
  for (const [place, word] of cells) words[place] = word;
  return new Block(words, NOBODY, 0);
}
