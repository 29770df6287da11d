/**
 * The memory of projects: what all of an engine share, what one has of it and may grow to, and what
 * an error says when it is not enough. No limit of a worker counts these bytes.
 */

import { type ErrorDetails, GoxError } from '../../conf/errors.ts';
import { DERIVED_BLOCKS_MAX, type Document } from '../document/document.ts';
import type { EngineOptions } from '../port/layout.ts';
import { BLOCK_BYTES } from '../volume/block.ts';

type BudgetLimits = Pick<
  EngineOptions,
  'voxel_bytes_max' | 'project_voxel_bytes_max' | 'history_bytes_max'
>;

/** Bytes of blocks, over all projects of an engine. */
export class Budget {
  readonly bytes_max: number;
  readonly project_bytes_max: number;
  readonly history_bytes_max: number;
  bytes = 0;

  constructor(limits: BudgetLimits) {
    this.bytes_max = limits.voxel_bytes_max;
    this.project_bytes_max = limits.project_voxel_bytes_max;
    this.history_bytes_max = limits.history_bytes_max;
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

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  /** The most bytes that the steps which it can undo and redo may hold. */
  get history_bytes_max(): number {
    return this.#budget.history_bytes_max;
  }

  /** The lower of the ceilings for this project and for all projects of the engine. */
  get ceiling(): Ceiling {
    const { bytes, bytes_max, project_bytes_max } = this.#budget;
    const engine_free = bytes_max - bytes;
    const project_free = project_bytes_max - this.#bytes;
    if (project_free < engine_free) {
      const key = 'limits.project_voxel_bytes_max';
      return { key, bytes_max: project_bytes_max, bytes_free: Math.max(project_free, 0) };
    }
    return { key: 'limits.voxel_bytes_max', bytes_max, bytes_free: Math.max(engine_free, 0) };
  }

  /** The most bytes that the project may hold: what it has and what is free. */
  get bytesAllowed(): number {
    return this.#bytes + this.ceiling.bytes_free;
  }

  /** Brings the budget up to date with what the project holds now. */
  account(bytes: number): void {
    this.#budget.bytes += bytes - this.#bytes;
    this.#bytes = bytes;
  }

  /** Throws GOX_MEMORY_LIMIT unless there is memory for some more blocks. */
  reserve(blocks: number): void {
    const bytes = blocks * BLOCK_BYTES;
    const { bytes_free } = this.ceiling;
    if (bytes > bytes_free) {
      throw memoryLimit(this.ceiling, `The edit needs ${bytes} bytes more.`, { bytes });
    }
  }

  /** Throws GOX_MEMORY_LIMIT unless the project may hold so many bytes. */
  require(bytes: number): void {
    if (bytes > this.bytesAllowed) this.reserve((bytes - this.#bytes) / BLOCK_BYTES);
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
  document.derived_blocks_max = Math.min(blocks, DERIVED_BLOCKS_MAX);
}

/** GOX_MEMORY_LIMIT that names the ceiling which was met. */
function memoryLimit(
  { key, bytes_max, bytes_free }: Ceiling,
  message: string,
  details: ErrorDetails = {},
  cause?: unknown,
): GoxError {
  const free = `Of ${key}, ${bytes_max} bytes, ${bytes_free} are free.`;
  const facts = { ...details, key, bytes_max, bytes_free };
  return new GoxError('GOX_MEMORY_LIMIT', `${message} ${free}`, facts, cause);
}

/** Says of a refusal for memory, whoever throws it, which ceiling was met. */
export function explainedBy<T>(ceiling: () => Ceiling, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GoxError) || error.code !== 'GOX_MEMORY_LIMIT') throw error;
    if (error.details?.key !== undefined) throw error;
    throw memoryLimit(ceiling(), error.message, error.details, error);
  }
}
