/**
 * What crosses between the main thread and an engine's worker thread: the shape of the worker's
 * API and the layout of a batch. This file and `catalogue/` are the only doors into `engine/`; no
 * voxel code is behind either, so that the main thread loads none.
 *
 * A batch is one ArrayBuffer, transferred, never copied:
 *
 *     u32 count
 *     count × { u32 project, u32 method, u32 length }
 *     the encoded parameters of each request, one after the other
 *
 * and its answer is another:
 *
 *     u32 count
 *     count × { u32 status, u32 length }
 *     the encoded result (or error object) of each request, in the same order
 *
 * Words are in the machine's byte order: both sides are threads of one process. `project` is a
 * number that the main thread gave to the project. `method` is the method's place in `METHODS`,
 * plus `MSGPACK_FLAG` when parameters and result are MessagePack rather than JSON, plus
 * `QUIET_FLAG` for a notification, whose result nobody reads and need not be encoded. Length 0
 * means "no parameters".
 */

import type { MessagePort } from 'node:worker_threads';

export const MSGPACK_FLAG = 0x8000_0000;
export const QUIET_FLAG = 0x4000_0000;
export const METHOD_MASK = 0x3fff_ffff;

/** Values of `status` in an answer. */
export const STATUS_RESULT = 0;
export const STATUS_ERROR = 1;

export const REQUEST_WORDS = 3;
export const ANSWER_WORDS = 2;

/** What an engine is started with; a plain object, since it crosses as `workerData`. */
export interface EngineOptions {
  /** Ceiling for the voxel bytes of all projects of this engine. */
  readonly voxel_bytes_max: number;
  /** Ceiling for one encoded result. */
  readonly result_bytes_max: number;
  /** Ceiling for a file that is read. */
  readonly file_bytes_max: number;
  /** Absolute directories below which files may be read and written. */
  readonly roots: readonly string[];
}

/** The `workerData` of an engine's thread. */
export interface EngineThreadData {
  readonly options: EngineOptions;
  /** Where calls come in. */
  readonly port: MessagePort;
  /** See `endpoint.ts`. */
  readonly polling: SharedArrayBuffer;
}

/** What an engine's thread posts to its parent beside the calls: a defect, for the log. */
export interface EngineDefect {
  readonly type: 'defect';
  readonly method: string;
  readonly stack: string;
}

/** Figures of one engine, for `status` and the actor tree. */
export interface EngineStats {
  readonly projects: number;
  readonly voxel_bytes: number;
  readonly requests: number;
}

/** The object a worker exposes through comlink. */
export interface EngineApi {
  /**
   * Runs a batch in order and answers it; never throws for what a client sent. A project number not
   * seen before is a new, empty project. When the results grow large or take long the answer may
   * cover only the first requests of the batch: the others were not run and are to be sent again.
   */
  run(batch: ArrayBuffer): ArrayBuffer;
  /** Forgets a project and its memory; a number not in use is no error. */
  close(project: number): void;
  stats(): EngineStats;
}
