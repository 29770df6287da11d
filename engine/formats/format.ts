/** What a file format is. */

import type { Document } from '../document/document.ts';

/**
 * How meshes are made of voxels. `blocks`: a quad for each visible face, as Goxel does. `greedy`:
 * rectangles of equal faces joined. `marching`: marching cubes with a flat colour a triangle.
 * `smooth`: marching cubes with blended positions.
 */
export type MeshKind = 'blocks' | 'greedy' | 'marching' | 'smooth';

/** What a writer takes; each uses what is about it, and its own default for what is left out. */
export interface ExportOptions {
  /** Whether meshes are turned from Goxel's Z up to Y up: (x, y, z) becomes (x, z, -y). */
  readonly yUp?: boolean;
  readonly mesh?: MeshKind;
  /** glTF: colours at the vertices instead of in a texture. */
  readonly vertexColors?: boolean;
}

/** What a reader takes. */
export interface ImportOptions {
  /** Ceiling for the bytes of the blocks that the file may become. */
  readonly voxel_bytes_max?: number;
  /** Meshes: how many voxels the longest side becomes; without it, one unit is one voxel. */
  readonly size?: number;
  /** Meshes: whether the inside of closed surfaces is filled; true without it. */
  readonly solid?: boolean;
  /** Meshes: whether the file has Y up and is turned to Z up; the format's own rule without it. */
  readonly yUp?: boolean;
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
  read?(bytes: Uint8Array, source: string, options?: ImportOptions): Document;
  /**
   * The file as chunks of at most 1 MiB or so, made as they are asked for. Throws GOX_FORMAT_LIMIT
   * when the format cannot hold the document.
   */
  write?(document: Document, options?: ExportOptions): Iterable<Uint8Array>;
}
