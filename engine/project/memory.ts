/**
 * The memory of projects: what all of an engine share, what one has of it and may grow to, and what
 * an error says when it is not enough. No limit of a worker counts these bytes.
 */

import { type ErrorDetails, GoxError } from '../../conf/errors.ts';
import type { Document } from '../document/document.ts';
import type { EngineOptions } from '../port/layout.ts';
import { HISTORY, PICTURES, PoolRow, VOXELS } from '../port/pool.ts';
import { BLOCK_BYTES } from '../volume/block.ts';

type BudgetLimits = Pick<
  EngineOptions,
  'voxel_bytes_max' | 'project_voxel_bytes_max' | 'history_bytes_max' | 'pool'
>;

/** What all projects together may keep to undo, as a part of their voxels. */
const HISTORY_PART = 4;

/**
 * What is kept of pictures may take, as a part of what voxels may, so that it follows the machine
 * as they do: of all projects, and of one. It is a fixed part and no key, since nobody needs to
 * know of it: nothing is ever refused for it, and it goes first when voxels need the room.
 */
const PICTURES_PART = 4;
const PICTURES_PART_OF_ONE = 16;
/** Enough for a few small pictures of a model. */
const PICTURES_BYTES_MIN = 32 * 1024 * 1024;

/**
 * How many times the bound of a history is kept while its steps are made again, since blocks may
 * be counted as other than the first time: packed, or not.
 */
const BOUNDLESS_HISTORIES = 2;

/** What can be made anew at any time. */
interface Droppable {
  readonly bytes: number;
  drop(): void;
}

/** Bytes of blocks, over all projects of an engine, and what other engines leave of their share. */
export class Budget {
  readonly bytes_max: number;
  readonly project_bytes_max: number;
  /** For what one project can undo. */
  readonly history_bytes_max: number;
  readonly #pool: PoolRow;
  #bytes = 0;
  #history_bytes = 0;
  /** What is kept of pictures, a project each, the one that was drawn last behind the others. */
  readonly #pictures = new Map<Droppable, number>();
  #picture_bytes = 0;

  constructor(limits: BudgetLimits) {
    this.bytes_max = limits.voxel_bytes_max;
    this.project_bytes_max = limits.project_voxel_bytes_max;
    this.history_bytes_max = limits.history_bytes_max;
    this.#pool = new PoolRow(limits.pool);
  }

  /** Of the voxels of this engine. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What all engines together may still take; below 0 once they hold too much. */
  get bytes_free(): number {
    return this.bytes_max - this.#pool.others(VOXELS) - this.#bytes;
  }

  /** The same of what can be undone. */
  get history_bytes_free(): number {
    const together = Math.max(this.history_bytes_max, this.bytes_max / HISTORY_PART);
    return together - this.#pool.others(HISTORY) - this.#history_bytes;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
    this.#pool.tell(VOXELS, this.#bytes);
    if (bytes <= 0 || this.#pictures.size === 0) return;
    // None of them is worth a voxel.
    this.#dropPictures(() => this.#picture_bytes > this.bytes_free, 0);
  }

  /** What one project may keep of its pictures. */
  get pictures_bytes_max(): number {
    return Math.max(this.bytes_max / PICTURES_PART_OF_ONE, PICTURES_BYTES_MIN);
  }

  /** Learns what is kept of pictures that were just drawn; others go when all take too much. */
  addPictures(kept: Droppable): void {
    this.forgetPictures(kept);
    const { bytes } = kept;
    this.#pictures.set(kept, bytes);
    this.#tellPictures(bytes);
    const isMuch = () => {
      const all = this.#pool.others(PICTURES) + this.#picture_bytes;
      return all > this.bytes_max / PICTURES_PART || this.#picture_bytes > this.bytes_free;
    };
    this.#dropPictures(isMuch, 1);
  }

  /** Nothing is kept there any more, or it is somebody else's. */
  forgetPictures(kept: Droppable): void {
    this.#tellPictures(-(this.#pictures.get(kept) ?? 0));
    this.#pictures.delete(kept);
  }

  #tellPictures(bytes: number): void {
    this.#picture_bytes += bytes;
    this.#pool.tell(PICTURES, this.#picture_bytes);
  }

  /** Drops what was drawn longest ago, while it is much and more than so many are left. */
  #dropPictures(isMuch: () => boolean, left: number): void {
    for (const kept of this.#pictures.keys()) {
      if (this.#pictures.size <= left || !isMuch()) return;
      kept.drop();
      this.forgetPictures(kept);
    }
  }

  addHistory(bytes: number): void {
    this.#history_bytes += bytes;
    this.#pool.tell(HISTORY, this.#history_bytes);
  }
}

/** How much a project may still grow. */
export interface Ceiling {
  /** The key of the configuration that sets it. */
  readonly key: 'limits.voxel_bytes_max' | 'limits.project_voxel_bytes_max';
  readonly bytes_max: number;
  readonly bytes_free: number;
}

/** What one project has of the budget. */
export class ProjectMemory {
  readonly #budget: Budget;
  #bytes = 0;
  #history_bytes = 0;
  /** While what was done once is done again, it is counted and never refused. */
  boundless = false;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The lower of the ceilings for this project and for all projects of all engines. */
  get ceiling(): Ceiling {
    const { bytes_free, bytes_max, project_bytes_max } = this.#budget;
    if (this.boundless) {
      const bytes_free = Number.POSITIVE_INFINITY;
      return { key: 'limits.voxel_bytes_max', bytes_max, bytes_free };
    }
    const project_free = project_bytes_max - this.#bytes;
    if (project_free < bytes_free) {
      const key = 'limits.project_voxel_bytes_max';
      return { key, bytes_max: project_bytes_max, bytes_free: Math.max(project_free, 0) };
    }
    return { key: 'limits.voxel_bytes_max', bytes_max, bytes_free: Math.max(bytes_free, 0) };
  }

  /** Of the ceiling. */
  get bytes_free(): number {
    if (this.boundless) return Number.POSITIVE_INFINITY;
    const { bytes_free, project_bytes_max } = this.#budget;
    return Math.max(Math.min(bytes_free, project_bytes_max - this.#bytes), 0);
  }

  /** The most bytes that the project may hold: what it has and what is free. */
  get bytesAllowed(): number {
    return this.#bytes + this.bytes_free;
  }

  /** Brings the budget up to date with what the project holds now. */
  account(bytes: number): void {
    if (bytes === this.#bytes) return;
    this.#budget.add(bytes - this.#bytes);
    this.#bytes = bytes;
  }

  /**
   * The most bytes that the steps which it can undo and redo may hold now: of its own ceiling, and
   * of what the steps of all projects leave.
   */
  get history_bytes_max(): number {
    const { history_bytes_max, history_bytes_free } = this.#budget;
    // What was there to be undone the first time must be there again.
    if (this.boundless) return history_bytes_max * BOUNDLESS_HISTORIES;
    return Math.min(history_bytes_max, this.#history_bytes + Math.max(history_bytes_free, 0));
  }

  /** Brings the budget up to date with what these steps hold now. */
  accountHistory(bytes: number): void {
    this.#budget.addHistory(bytes - this.#history_bytes);
    this.#history_bytes = bytes;
  }

  /** What may be kept of its pictures. */
  get pictures_bytes_max(): number {
    return this.#budget.pictures_bytes_max;
  }

  accountPictures(kept: Droppable): void {
    this.#budget.addPictures(kept);
  }

  /** The project is no more. */
  forgetPictures(kept: Droppable): void {
    this.#budget.forgetPictures(kept);
  }

  /** Throws GOX_MEMORY_LIMIT unless there is memory for some more blocks. */
  reserve(blocks: number): void {
    const bytes = blocks * BLOCK_BYTES;
    if (bytes > this.bytes_free) {
      throw memoryLimit(this.ceiling, `The edit needs ${bytes} bytes more.`, { bytes });
    }
  }

  /**
   * Takes so many bytes for the project in all. Throws GOX_MEMORY_LIMIT unless it may hold them;
   * then it has what it had.
   */
  require(bytes: number): void {
    const before = this.#bytes;
    // Other engines see it before it is looked at, so that no two take the same rest.
    this.account(bytes);
    if (this.boundless) return;
    const { bytes_free, project_bytes_max } = this.#budget;
    if (bytes <= before || (bytes_free >= 0 && bytes <= project_bytes_max)) return;
    this.account(before);
    this.reserve((bytes - before) / BLOCK_BYTES);
  }

  /** Throws GOX_MEMORY_LIMIT when the project, made without a look, holds more than it may. */
  requireHeld(): void {
    const bytes = this.#bytes;
    const { bytes_free, project_bytes_max } = this.#budget;
    if (bytes_free >= 0 && bytes <= project_bytes_max) return;
    throw memoryLimit(this.ceiling, `The project needs ${bytes} bytes.`, { bytes });
  }

  /** Says of a refusal for memory, whoever throws it, which ceiling was met. */
  explained<T>(action: () => T): T {
    return explainedBy(() => this.ceiling, action);
  }
}

/** Lets the clones and shapes of a document grow by so many bytes in all, and no more. */
export function boundDerived(document: Document, bytes_free: number): void {
  let blocks = Math.max(0, Math.floor(bytes_free / BLOCK_BYTES));
  for (const layer of document.layers) if (layer.derived) blocks += layer.volume.blockCount;
  document.derived_blocks_max = blocks;
}

/**
 * GOX_MEMORY_LIMIT that names the ceiling which was met. Who stopped when there was no more knows
 * only that a block more was needed, at least.
 */
function memoryLimit(
  { key, bytes_max, bytes_free }: Ceiling,
  message: string,
  details: ErrorDetails = {},
  cause?: unknown,
): GoxError {
  const free = `Of ${key}, ${bytes_max} bytes, ${bytes_free} are free.`;
  const facts = { bytes: bytes_free + BLOCK_BYTES, ...details, key, bytes_max, bytes_free };
  return new GoxError('GOX_MEMORY_LIMIT', `${message} ${free}`, facts, cause);
}

/**
 * What refusals for voxels tell. Others name a bound that is the same on every machine, and that no
 * key sets, as `triangles_max`.
 */
const OF_VOXELS = ['bytes', 'bytes_max', 'blocks_max', 'visits_max', 'candidates_max'];

/** Says of a refusal for memory, whoever throws it, which ceiling was met. */
export function explainedBy<T>(ceiling: () => Ceiling, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GoxError) || error.code !== 'GOX_MEMORY_LIMIT') throw error;
    const { details = {} } = error;
    if (details.key !== undefined || !OF_VOXELS.some((name) => name in details)) throw error;
    throw memoryLimit(ceiling(), error.message, error.details, error);
  }
}
