/** What a file format is. */

import type { Document } from '../document/document.ts';
import type { MeshKind } from '../mesh/kinds.ts';
import type { Matrix } from '../volume/matrix.ts';

/** What a writer takes; each uses what is about it, and its own default for what is left out. */
export interface ExportOptions {
  /** Whether meshes are turned from Goxel's Z up to Y up: (x, y, z) becomes (x, z, -y). */
  readonly yUp?: boolean;
  readonly mesh?: MeshKind;
  /** glTF: colours at the vertices instead of in a texture. */
  readonly vertexColors?: boolean;
  /**
   * vox and kvx: whether a model of up to 254 colours (256 in kvx) keeps them all. Without it, the
   * palette is Goxel's, which mixes some of them when there are many.
   */
  readonly exactColors?: boolean;
  /** vxl: whether the map has Voxlap's header, and its size, and not that of Ace of Spades. */
  readonly header?: boolean;
}

/** What a reader takes. */
export interface ImportOptions {
  /** Ceiling for the bytes of the blocks that the file may become. */
  readonly voxel_bytes_max?: number;
  /** Meshes: how many voxels the longest side becomes; without it, one unit is one voxel. */
  readonly size?: number;
  /**
   * Meshes: whether closed surfaces are filled, each voxel being made when its middle is inside;
   * without it, or false, the voxels that the surface touches are made, as Goxel does.
   */
  readonly solid?: boolean;
  /** Meshes: whether the file has Y up and is turned to Z up; the format's own rule without it. */
  readonly yUp?: boolean;
  /**
   * vox: whether the scene is read as MagicaVoxel shows it, with a layer for every instance of a
   * model, turned around its middle, and hidden ones not visible. Without it, as Goxel does: one
   * instance of each model, turned around the corner of its middle voxel, all visible.
   */
  readonly instances?: boolean;
  /**
   * Meshes: gives the bytes of another file that this one names (materials, textures, buffers), by
   * the name as it stands there; undefined when it is not to be had. The caller keeps such names
   * within the places that may be read. Without it files stand alone.
   */
  readonly resolve?: (name: string) => Uint8Array | undefined;
  /** Slices side by side in an image: how many there are; squares without it. */
  readonly slices?: number;
  /** Pictures: whether the plane of voxels stands (the default) or lies, or the quad of it. */
  readonly plane?: 'upright' | 'lying' | Matrix;
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
