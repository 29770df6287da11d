/** What a file format is. */

import type { Document } from '../document.ts';

export interface ExportOptions {
  /** Whether meshes are turned from Goxel's Z up to Y up: (x, y, z) becomes (x, z, -y). */
  readonly yUp: boolean;
}

/** Ceiling for the voxel bytes that one file may become, when the caller names no other. */
export const READ_VOXEL_BYTES_MAX = 1024 * 1024 * 1024;

export interface Format {
  readonly name: string;
  /** Without the dot, lower case; the first is the usual one. */
  readonly extensions: readonly string[];
  /**
   * Reads a whole file. `source` is the name that errors give for it. Throws GOX_FORMAT_BROKEN for
   * damage and GOX_MEMORY_LIMIT when its voxels take more than `voxel_bytes_max`.
   */
  read?(bytes: Uint8Array, source: string, voxel_bytes_max?: number): Document;
  /** The file as chunks of at most 1 MiB or so, made as they are asked for. */
  write?(document: Document, options: ExportOptions): Iterable<Uint8Array>;
}
