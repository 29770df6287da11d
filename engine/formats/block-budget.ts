/**
 * The blocks that one file may become. Most files take few of those that are allowed, and are read
 * in one go. One that takes more than a part of them is first walked to its end while its blocks
 * are only counted, so that it is refused, with what it needs, before they are made.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../document/document.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { blocksOfVoxels } from '../volume/least.ts';
import { type Format, type ImportOptions, READ_VOXEL_BYTES_MAX } from './format.ts';
import { Report } from './report.ts';

/** So many blocks are made before any are counted: a part of those allowed, and 1 MiB anyway. */
const UNCOUNTED_PART = 16;
const UNCOUNTED_MIN = 64;

/** Nobody needs to know how many more it is when it is so many times as much as is allowed. */
const COUNTED_TIMES = 16;
const COUNTED_MIN = 4096;

export class BlockBudget {
  readonly #source: string;
  /** Of the blocks, and of what is unpacked for them at a time. */
  readonly bytes_max: number;
  readonly #blocks_max: number;
  /** Those beyond are counted; none when the file has been counted. */
  readonly #made_max: number;
  readonly #counted_max: number;
  /** By all layers so far. */
  #taken = 0;

  /** @param counted whether it is known that the file fits */
  constructor(source: string, bytes_max = READ_VOXEL_BYTES_MAX, counted = true) {
    this.#source = source;
    this.bytes_max = bytes_max;
    this.#blocks_max = Math.floor(bytes_max / BLOCK_BYTES);
    const part = Math.max(Math.floor(this.#blocks_max / UNCOUNTED_PART), UNCOUNTED_MIN);
    this.#made_max = counted ? this.#blocks_max : Math.min(part, this.#blocks_max);
    this.#counted_max = Math.max(this.#blocks_max * COUNTED_TIMES, COUNTED_MIN);
  }

  get taken(): number {
    return this.#taken;
  }

  /** Whether there were more blocks than are made without a count. */
  get counting(): boolean {
    return this.#taken > this.#made_max;
  }

  /**
   * Takes one more; tells whether it is to be made, or is only counted. Throws GOX_MEMORY_LIMIT
   * for far more than are allowed.
   */
  take(): boolean {
    if (++this.#taken > this.#counted_max) this.#refuse(this.#taken);
    return this.#taken <= this.#made_max;
  }

  /** Throws GOX_MEMORY_LIMIT when so many voxels more cannot find room. */
  require(voxels: number): void {
    const blocks = this.#taken + blocksOfVoxels(voxels);
    if (blocks > this.#blocks_max) this.#refuse(blocks);
  }

  /** Throws GOX_MEMORY_LIMIT when what is unpacked takes more bytes than the voxels may. */
  requireBytes(bytes: number): void {
    if (bytes > this.bytes_max) this.#refuseBytes('The cells of', bytes);
  }

  #refuse(blocks: number): never {
    return this.#refuseBytes('The voxels of', blocks * BLOCK_BYTES);
  }

  #refuseBytes(what: string, bytes: number): never {
    const file = this.#source;
    const message =
      `${what} ${file} take ${bytes} bytes at least, of ${this.bytes_max} bytes that are` +
      ' allowed.';
    throw new GoxError('GOX_MEMORY_LIMIT', message, { file, bytes });
  }
}

/**
 * What `read` makes of a file, within its budget. It is called a second time when the first has
 * only counted, so it begins anew each time. Throws GOX_MEMORY_LIMIT.
 */
export function withinBudget<T>(
  source: string,
  { voxel_bytes_max = READ_VOXEL_BYTES_MAX }: ImportOptions = {},
  read: (budget: BlockBudget) => T,
): T {
  const budget = new BlockBudget(source, voxel_bytes_max, false);
  const result = read(budget);
  if (!budget.counting) return result;
  budget.require(0);
  return read(new BlockBudget(source, voxel_bytes_max));
}

/** The reader of a format, of what reads within a budget. */
export function budgeted(
  read: (
    bytes: Uint8Array,
    source: string,
    budget: BlockBudget,
    options: ImportOptions,
  ) => Document,
): NonNullable<Format['read']> {
  return (bytes, source, options = {}) => {
    // What the first time tells is told again the second time.
    let report = new Report();
    const document = withinBudget(source, options, (budget) => {
      report = new Report();
      return read(bytes, source, budget, { ...options, report });
    });
    options.report?.take(report);
    return document;
  };
}
