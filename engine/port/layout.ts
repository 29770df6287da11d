/**
 * What crosses between the main thread and an engine's worker thread: the shape of the worker's
 * API and the layout of a batch. This folder and `catalogue/` are the only doors into `engine/`;
 * they import nothing behind them, so that the main thread loads no voxel code.
 *
 * A batch is one ArrayBuffer, transferred, never copied:
 *
 *     u32 count
 *     u32 slot
 *     count × { u32 project, u32 method, u32 client, u32 length }
 *     the encoded parameters of each request, one after the other
 *
 * and its answer is another:
 *
 *     u32 count
 *     count × { u32 status, u32 length }
 *     the encoded result (or error object) of each request, in the same order
 *
 * `status` has `UNSAVED_FLAG` added while the project that the request was for is unsaved: only its
 * engine knows that.
 *
 * Words are in the machine's byte order: both sides are threads of one process. `slot` is where the
 * two sides share what they know of the batch on its way (`flight.ts`). `project` is a
 * number that the main thread gave to the project, `client` that of the client that a request
 * came from. `method` is the method's place in `METHODS`,
 * plus `MSGPACK_FLAG` when parameters and result are MessagePack rather than JSON, plus
 * `QUIET_FLAG` for a notification, whose result nobody reads and need not be encoded, plus
 * `META_FLAG` when `_meta` of the parameters asks something of the engine, plus
 * `NEW_PROJECT_FLAG` when the engine may not have the project yet and is to make it: a number that
 * it does not know is refused otherwise. Length 0 means "no parameters".
 */

import type { MessagePort } from 'node:worker_threads';
import type { GoxError } from '../../conf/errors.ts';
import type { JournalPlace, StoreFault } from '../journal/store-reader.ts';
import type { Lanes } from './endpoint.ts';
import type { Mirror, MirrorDelta } from './mirror.ts';
import type { PoolPlace } from './pool.ts';
import type { ManagedRender, RendersPlace } from './renders.ts';

export const MSGPACK_FLAG = 0x8000_0000;
export const QUIET_FLAG = 0x4000_0000;
export const NEW_PROJECT_FLAG = 0x2000_0000;
export const META_FLAG = 0x1000_0000;
export const METHOD_MASK = 0x0fff_ffff;

/**
 * In the place of a method: a project is to lend what a job of another one needs. The answer is
 * a job whose input is that, to be taken and not to be run.
 */
export const LEND = METHOD_MASK;

/**
 * Values of `status` in an answer. With `STATUS_JOB` the length is 0: the result comes from the
 * next of the answer's jobs, once it is done.
 */
export const STATUS_RESULT = 0;
export const STATUS_ERROR = 1;
export const STATUS_JOB = 2;
/** With any of them: after the request its project has edits that are in no file. */
export const UNSAVED_FLAG = 0x100;
export const STATUS_MASK = 0xff;

/** Words of a batch before those of its requests. */
export const BATCH_WORDS = 2;
export const REQUEST_WORDS = 4;
export const ANSWER_WORDS = 2;

/** What an engine is started with; a plain object, since it crosses to the thread. */
export interface EngineOptions {
  /** Ceiling for the voxel bytes of all projects of all engines. */
  readonly voxel_bytes_max: number;
  /** The same for each project alone. */
  readonly project_voxel_bytes_max: number;
  /** Ceiling for the bytes of what one project can undo and redo (history.bytes_max). */
  readonly history_bytes_max: number;
  /** Ceiling for one encoded result. */
  readonly result_bytes_max: number;
  /** Ceiling for the memory of one job, beside the voxels of its snapshot. */
  readonly job_bytes_max: number;
  /** Ceiling for a file that is read. */
  readonly file_bytes_max: number;
  /** Ceilings for one script: time, and memory of its sandbox. */
  readonly script_timeout_ms: number;
  readonly script_memory_bytes_max: number;
  /** Absolute directories below which files may be read and written. */
  readonly roots: readonly string[];
  /** How many edits with an `op_id` are remembered of each project, and bytes of their results. */
  readonly op_ids_max: number;
  readonly op_results_bytes_max: number;
  /**
   * Their real paths as they were when the daemon started; found out anew when they are missing.
   */
  readonly real_roots?: readonly string[];
  /** Where the thread notes its temporary files for whoever owns it; see `unfinished.ts`. */
  readonly unfinished?: SharedArrayBuffer;
  /** Where engines tell each other what they hold; an engine without it is alone. */
  readonly pool?: PoolPlace;
  /** Whether jobs are done by the engine itself, before it answers: there is nobody else. */
  readonly jobs_inline: boolean;
  /** How many threads share a job. */
  readonly job_threads: number;
}

/** The first message to a job thread. */
export interface JobThreadData {
  readonly options: EngineOptions;
  /** Where calls come in. */
  readonly port: MessagePort;
  /** See `stopwatch.ts`. */
  readonly service: SharedArrayBuffer;
  /** See `pulse.ts`. */
  readonly pulse: SharedArrayBuffer;
}

/** The first message to an engine's thread. */
export interface EngineThreadData extends JobThreadData {
  /** See `FlightControl`. */
  readonly flight: SharedArrayBuffer;
  /** See `endpoint.ts`; as this thread has them. */
  readonly lanes: Lanes;
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

/** By what an edit with an `op_id` is known when it is sent again. */
export interface OpTag {
  readonly id: string;
  /** Of its method and parameters: 16 bytes that no other request has. */
  readonly print: Uint8Array;
}

/** An edit with an `op_id` that was done. */
export interface KeptOp extends OpTag {
  readonly sequence: number;
  /** As MessagePack; nothing of one that was too large, or has gone. */
  readonly result: Uint8Array | undefined;
}

/** What the reply to a request that asked for it says beside its result. */
export interface Durability {
  /** Of the edit, or of what a read has seen: all up to it counts. */
  readonly sequence: number;
  /** Whether this is what the request got when it was first sent, and nothing was done. */
  readonly repeated: boolean;
}

/** Long work that a request has become, to be done by job threads; a plain value. */
export interface JobTicket {
  readonly kind: string;
  readonly title: string;
  /** For the threads alone; bulk data lies in shared memory. */
  readonly input: unknown;
  /** How many parts each stage has; the last has one, whose result answers the request. */
  readonly stages: readonly number[];
  /** Its parts add to what others have done: one that a thread died of cannot be run again. */
  readonly adds?: boolean;
  /** It makes managed renders, for which it has to be told the place before it can begin. */
  readonly managed?: boolean;
  /** That place, once it is there. */
  readonly place?: RendersPlace;
  /** The word that named the method, with its flags. */
  readonly method: number;
  /** What it needs of other projects before it can begin. */
  readonly loans?: readonly LoanOrder[] | undefined;
  /** That, in the same order, once it is there. */
  readonly lent?: readonly unknown[];
  /** Of an edit that has one; for `takeOver`. */
  readonly op?: OpTag | undefined;
}

/** What the engine of a project, which has a name here, is to be asked by `LEND`. */
export interface LoanOrder {
  readonly project: string;
  /** The parameter of the job's request that names it, for errors. */
  readonly parameter: string;
  /** Encoded as those of the job's request. */
  readonly params: Uint8Array;
}

/** What the last part of a job answers, or one that failed; and an engine that took a job over. */
export interface PartAnswer {
  /** Of an engine, with its flags. */
  readonly status: number;
  /** The encoded result or error object. */
  readonly bytes: ArrayBuffer;
  /**
   * What the engine is to make the result of, by `takeOver`; `bytes` are none then. A plain value,
   * with bulk data in shared memory.
   */
  readonly handover?: unknown;
  /** The managed renders that were put in place. */
  readonly renders?: readonly ManagedRender[];
  /** Of an engine, if the request asked for it. */
  readonly durability?: Durability | undefined;
  /** Of an engine: what is to be kept before anybody hears of the answer. */
  readonly records?: readonly Records[];
  /** As of the last of the records of their projects. */
  readonly mirrors?: readonly Mirrored[];
}

/**
 * How a part ends: with an answer; without one when it went well and is not the last of its job;
 * or `yielded`, since others need the thread, and the rest of it is to be run later.
 */
export type PartEnd = PartAnswer | 'yielded' | undefined;

/** One part of a job on its way to a thread. */
export interface PartOrder {
  /** The job's number, never used again. */
  readonly job: number;
  readonly stage: number;
  readonly part: number;
  /** The job itself, unless this thread was given it before. */
  readonly ticket: JobTicket | undefined;
  /** See `JobControl`. */
  readonly control: SharedArrayBuffer;
}

/** The object a job thread exposes through comlink. */
export interface JobApi {
  run(order: PartOrder): PartEnd;
  /** Forgets a job and its memory. */
  forget(job: number): void;
}

/** What requests of a batch left of one project to be done again, in the format of a journal. */
export interface Records {
  readonly project: number;
  /** Of the last of them. */
  readonly sequence: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What a project is made anew from. */
export interface Kept {
  /** Of who owns it now; no record of an older epoch follows. */
  readonly epoch: number;
  /** What it was as of the sequence of the mirror; without one it began empty. */
  readonly mirror?: Mirror | undefined;
  /** What was recorded since then, in order: bytes of records, one after the other. */
  readonly tail: readonly Uint8Array[];
}

/** Where a project is in the store, and who reads it. */
export interface StorePlace {
  readonly directory: string;
  /** Of who owns it now. */
  readonly epoch: number;
}

/** A project of the store, as far as it could be read. */
export interface StoreReading extends Kept, Rebuilt {
  /** Where to write on. */
  readonly place: JournalPlace;
  /** Why reading ended before the end, if it did. */
  readonly fault: StoreFault | undefined;
  /** Snapshots that others stood in for. */
  readonly passed: readonly StoreFault[];
}

/** What an engine would not do, to be thrown by who asked: errors lose their details on the way. */
export interface Refused {
  readonly refused: Pick<GoxError, 'code' | 'message' | 'details'>;
}

/** A project that was made anew. */
export interface Rebuilt {
  /** Of its last record. */
  readonly sequence: number;
  /** As `project.opened` has it; nothing of one that was never named. */
  readonly title?: string;
  readonly unsaved: boolean;
}

/** What the main thread is to hold of a project from now on; see `mirror.ts`. */
export interface Mirrored {
  readonly project: number;
  readonly delta: MirrorDelta;
}

/** The answer to a batch with more to it than bytes. */
export interface AnswerWithJobs {
  readonly answer: ArrayBuffer;
  /** What is to be kept before anybody hears of the answer. */
  readonly records: readonly Records[];
  /** As of the last of the records of their projects. */
  readonly mirrors?: readonly Mirrored[];
  /** Of the requests that asked for it and did well, in their order. */
  readonly durabilities?: readonly (Durability & { readonly place: number })[];
  /** What requests have become, in their order. */
  readonly jobs: readonly JobTicket[];
  /** What was copied, for `setClipboard` of the other engines. */
  readonly clipboard: unknown;
}

export type BatchAnswer = ArrayBuffer | AnswerWithJobs;

/** The object a worker exposes through comlink. */
export interface EngineApi {
  /**
   * Runs a batch in order and answers it; never throws for what a client sent. When the results
   * grow large or take long the answer may cover only the first requests of the batch: the others
   * were not run and are to be sent again. A promise when a script has to wait for its sandbox to
   * be loaded.
   */
  run(batch: ArrayBuffer): BatchAnswer | Promise<BatchAnswer>;
  /**
   * Ends a request that became a job with what the job handed over, between two batches; never
   * throws for what a client sent.
   *
   * @param word the request's, with its flags
   * @param client its number
   * @param slot of the flight
   * @param op of the job's ticket
   */
  takeOver(
    project: number,
    word: number,
    client: number,
    handover: unknown,
    slot: number,
    op?: OpTag,
  ): PartAnswer;
  /**
   * Makes a project anew of what is kept of it; an empty one of nothing. Its next records have the
   * epoch. Throws what cannot be done again.
   */
  recover(project: number, kept: Kept): Rebuilt;
  /**
   * Makes a project anew of what the store has of it; says why not when it needs more memory than
   * it may have.
   */
  readStore(project: number, place: StorePlace): StoreReading | Refused;
  /** Takes over what another engine copied. */
  setClipboard(content: unknown): void;
  /** Forgets a project and its memory; a number not in use is no error. */
  close(project: number): void;
  stats(): EngineStats;
}
