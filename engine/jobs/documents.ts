/** Jobs that write a document to a file, or read one. */

import { resultTooLarge } from '../../conf/errors.ts';
import type { Document } from '../document/document.ts';
import { type DocumentSnapshot, documentOf, snapshotOf } from '../document/snapshot.ts';
import { WithBytes } from '../encode.ts';
import { type ExportOptions, formatFor } from '../formats/index.ts';
import type { JobControl } from '../port/job-control.ts';
import { type Ceiling, explainedBy } from '../project/memory.ts';
import { DATA, type Reading, readDocument } from '../project/reading.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { Handover, type JobTools } from './job.ts';

export interface ExportInput {
  readonly document: DocumentSnapshot;
  /** Without one the file goes into the result, of at most so many bytes. */
  readonly path: string | undefined;
  readonly format: string | undefined;
  readonly options: ExportOptions;
  readonly result: object;
  readonly result_bytes_max: number;
}

/** What a project remembers of a save, once the file is there. */
export interface Saved {
  readonly path: string;
  readonly format: string | undefined;
  /** The numbers that the project and its document had when the snapshot was taken. */
  readonly revision: number;
  readonly documentNumber: number;
}

/** The same with how many bytes the file has. */
export interface Written extends Saved {
  readonly bytes: number;
}

export interface SaveInput {
  readonly document: DocumentSnapshot;
  readonly saved: Saved;
}

/** What the request said beside the reading, for whoever takes the document over. */
export interface LoadAsked {
  readonly path?: string;
  readonly format?: string;
  readonly project?: string;
  readonly overwrite?: boolean;
  /** The layer that it is for. */
  readonly layer_id?: number;
}

export interface LoadInput {
  /** Its path is absolute. */
  readonly reading: Reading;
  readonly asked: LoadAsked;
  /** Ceiling for the voxels of the document, and what an error says of it. */
  readonly bytes_max: number;
  readonly ceiling: Ceiling;
}

/** A document that was read, on its way to the project. */
export interface Loaded {
  readonly document: DocumentSnapshot;
  /** The absolute path, or DATA. */
  readonly path: string;
  readonly asked: LoadAsked;
}

export function runExport(input: ExportInput, _stage: number, _part: number, tools: JobTools) {
  const { path, format, options, result } = input;
  if (path !== undefined) {
    return { ...result, bytes: write(input.document, path, format, options, tools) };
  }
  const pieces = formatFor(DATA, format).write!(documentOf(input.document), options);
  const data = gathered(checked(pieces, tools.control), input);
  return new WithBytes({ ...result, data, bytes: data.length });
}

/**
 * A file in one piece, for a result. Throws GOX_RESULT_TOO_LARGE once it is known to be, which is
 * long before the whole of it is made.
 */
export function gathered(
  pieces: Iterable<Uint8Array>,
  { result_bytes_max }: { readonly result_bytes_max: number },
): Uint8Array {
  const all: Uint8Array[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    bytes += piece.length;
    if (bytes > result_bytes_max) {
      const message =
        `The file has more than ${result_bytes_max} bytes, which is what limits.result_bytes_max` +
        ' allows. Give a path.';
      throw resultTooLarge(message, bytes, result_bytes_max);
    }
    all.push(piece.slice());
  }
  return Buffer.concat(all, bytes);
}

export function runSave(input: SaveInput, _stage: number, _part: number, tools: JobTools) {
  const { path, format } = input.saved;
  const bytes = write(input.document, path, format, {}, tools);
  const written: Written = { ...input.saved, bytes };
  return new Handover(written);
}

function write(
  snapshot: DocumentSnapshot,
  path: string,
  format: string | undefined,
  options: ExportOptions,
  { files, control }: JobTools,
): number {
  const pieces = formatFor(path, format).write!(documentOf(snapshot), options);
  return files.write(path, checked(pieces, control));
}

function* checked(pieces: Iterable<Uint8Array>, control: JobControl): Generator<Uint8Array> {
  for (const piece of pieces) {
    control.check();
    yield piece;
  }
}

export function runLoad(input: LoadInput, _stage: number, _part: number, { files }: JobTools) {
  const { reading, asked, bytes_max, ceiling } = input;
  return explainedBy(
    () => ceiling,
    () => {
      const document = readDocument(files, reading, bytes_max);
      computeWithin(document, bytes_max);
      const loaded: Loaded = { document: snapshotOf(document), path: reading.path, asked };
      return new Handover(loaded);
    },
  );
}

/** Computes clone and shape layers here, so that the engine need not. Throws GOX_MEMORY_LIMIT. */
function computeWithin(document: Document, bytes_max: number): void {
  const blocks = Math.floor((bytes_max - document.voxelBytes()) / BLOCK_BYTES);
  document.derived_blocks_max = Math.max(blocks, 0);
  document.refresh();
}
