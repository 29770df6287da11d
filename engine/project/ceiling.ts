/** How much a project may still grow, and what an error says of it. */

import { type ErrorDetails, GoxError } from '../../conf/errors.ts';

export interface Ceiling {
  /** The key of the configuration that sets it. */
  readonly key: 'limits.voxel_bytes_max' | 'limits.project_voxel_bytes_max';
  readonly bytes_max: number;
  readonly bytes_free: number;
}

/** GOX_MEMORY_LIMIT that names the ceiling which was met. */
export function memoryLimit(
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
