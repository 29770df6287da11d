/** What a file format is. */

import type { ReadingOptions, Sizing } from '../catalogue/reading.ts';
import type { WritingOptions } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';
import type { Matrix } from '../volume/matrix.ts';
import type { Report } from './report.ts';

/**
 * What a writer takes; each uses what is about it, and its own default for what is left out. What
 * clients can ask for is in `catalogue/writing.ts`.
 */
export interface ExportOptions extends WritingOptions {
  /** What is told of what the file cannot hold. */
  readonly report?: Report;
  /**
   * Takes a further file, to lie beside this one under its name with another extension ("mtl"), and
   * gives the name by which this one calls it. Without it the file stands alone. A file that is
   * there already is replaced when `isOurs` says yes to its first bytes; otherwise another name is
   * taken.
   */
  readonly beside?: (
    extension: string,
    pieces: Iterable<Uint8Array>,
    isOurs: (start: Uint8Array) => boolean,
  ) => string;
  /** Gives the bytes of a file that an option names. Throws as `Files.read`. */
  readonly open?: (path: string) => Uint8Array;
}

/**
 * What a reader takes. What clients can ask for is in `catalogue/reading.ts`.
 */
export interface ImportOptions extends Omit<ReadingOptions, 'format' | 'plane'> {
  /** What is told of what was passed over. */
  readonly report?: Report;
  /**
   * Meshes: told what the file was scaled by. Without it nothing is chosen by itself: a unit is a
   * voxel, if no option says otherwise.
   */
  readonly sized?: (sizing: Sizing) => void;
  /** Animations: told the numbers of the frames that the file has, in their order. */
  readonly framed?: (frames: readonly number[]) => void;
  /** Ceiling for the bytes of the blocks that the file may become. */
  readonly voxel_bytes_max?: number;
  /**
   * Meshes: gives the bytes of another file that this one names (materials, textures, buffers), by
   * the name as it stands there; undefined when it is not to be had. The caller keeps such names
   * within the places that may be read. Without it files stand alone.
   */
  readonly resolve?: (name: string) => Uint8Array | undefined;
  /** Gives the bytes of a file that an option names. Throws as `Files.read`. */
  readonly open?: (path: string) => Uint8Array;
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
   * The same of a file that comes in pieces, none of which is kept; of formats whose files say
   * voxel after voxel. Throws as soon as the voxels take more than they may.
   */
  readPieces?(pieces: Iterable<Uint8Array>, source: string, options?: ImportOptions): Document;
  /**
   * The file as chunks of at most 1 MiB or so, made as they are asked for; who asks may keep them.
   * Throws GOX_FORMAT_LIMIT when the format cannot hold the document.
   */
  write?(document: Document, options?: ExportOptions): Iterable<Uint8Array>;
}
