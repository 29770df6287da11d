/** What the thread of `solo.ts` is given and gives: files to be made of others, one by one. */

import type { ErrorCode, ErrorDetails } from '../../conf/errors.ts';
import type { ReadingOptions, Sizing } from '../catalogue/reading.ts';
import type { WritingOptions } from '../catalogue/writing.ts';
import type { EngineOptions } from './layout.ts';

/** What stands for standard input and output. */
export const STANDARD = '-';

/** A file by its absolute path, or `STANDARD`; without a format its name tells it. */
export interface SoloFile {
  readonly path: string;
  readonly format?: string;
}

/** What both reading and writing may mean: who converts says so, or the formats decide. */
export type EitherOptions = Pick<
  ReadingOptions & WritingOptions,
  'scale' | 'up' | 'y_up' | 'blocks'
>;

/** One model to be read, of one file or of several, and what is to be made of it. */
export interface SoloTask {
  /** Several become layers of one model. */
  readonly inputs: readonly SoloFile[];
  /** None: the model is described. */
  readonly outputs: readonly SoloFile[];
  readonly reading: ReadingOptions;
  readonly writing: WritingOptions;
  /** Goes to the writers that heed it, or else to the readers. */
  readonly either: EitherOptions;
  /** Whether a file without a voxel may come of one that holds something. */
  readonly allow_empty: boolean;
  /** Whether directories of outputs are made. */
  readonly make_directories: boolean;
  /** Whether all is described, which takes a look at each voxel. */
  readonly describe: boolean;
}

/** What the thread is started with. */
export type SoloOptions = Omit<EngineOptions, 'jobs_inline' | 'job_threads'>;

export interface SoloWarning {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly where?: object;
  readonly stage: 'reading' | 'writing';
  /** The file that was read or written. */
  readonly path: string;
}

export interface SoloSizing extends NonNullable<Sizing> {
  /** The file that was read. */
  readonly path: string;
}

export interface SoloOutput {
  readonly path: string;
  readonly format: string;
  readonly bytes: number;
  /** Those that were written beside it. */
  readonly files?: readonly { readonly path: string; readonly bytes: number }[];
  /** Where they are not those of the whole result: of a frame. */
  readonly layer_count?: number;
  readonly voxel_count?: number;
}

export interface DescribedLayer {
  readonly name: string;
  readonly visible: boolean;
  readonly voxel_count: number;
  /** The lowest corner and the size of what it holds. */
  readonly position?: readonly number[];
  readonly size?: readonly number[];
  readonly material?: string;
}

/** What a model is. */
export interface Described {
  readonly format: string;
  readonly size: readonly number[];
  readonly position?: readonly number[];
  readonly voxel_count: number;
  readonly color_count: number;
  readonly layers: readonly DescribedLayer[];
  readonly materials: readonly string[];
  readonly cameras: readonly string[];
  /** Of an animation. */
  readonly frame_count?: number;
}

export interface SoloResult {
  readonly outputs: readonly SoloOutput[];
  readonly warnings: readonly SoloWarning[];
  /** How the meshes were scaled. */
  readonly sizings: readonly SoloSizing[];
  readonly layer_count: number;
  readonly voxel_count: number;
  /** If that was asked for. */
  readonly described?: Described;
}

/** Files that were made, to be put down: all or none. Each may throw. */
export interface MadeFiles {
  /** Writes them beside their places. */
  stage(): void;
  commit(): void;
  /** Due after all else. */
  discard(): void;
}

/** An error that ended a task, which loses its details on the way otherwise. */
export interface SoloFailure {
  readonly stage: 'reading' | 'writing';
  /** What was being read or written. */
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: ErrorDetails | undefined;
}

/** What the thread posts of each task: how far it is, and its end. */
export type SoloReport =
  | { readonly type: 'stage'; readonly stage: 'reading' | 'writing'; readonly path: string }
  | { readonly type: 'done'; readonly result: SoloResult }
  | { readonly type: 'failed'; readonly failure: SoloFailure };
