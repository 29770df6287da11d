/** Jobs that write a document to a file, or read one. */

import type { Sizing } from '../catalogue/reading.ts';
import type { WritingOptions } from '../catalogue/writing.ts';
import type { Document } from '../document/document.ts';
import { type DocumentSnapshot, documentOf, snapshotOf } from '../document/snapshot.ts';
import { WithBytes } from '../encode.ts';
import type { Warning } from '../formats/report.ts';
import { type Ceiling, explainedBy } from '../project/memory.ts';
import { type Reading, readDocument } from '../project/reading.ts';
import {
  gatherDocument,
  type Writing,
  type WrittenFile,
  writeDocument,
} from '../project/writing.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { Handover, type JobTools } from './job.ts';

export interface ExportInput {
  readonly document: DocumentSnapshot;
  readonly writing: Writing;
  readonly result: object;
  /** Of a file that goes into the result. */
  readonly result_bytes_max: number;
}

/** What a project remembers of a save, once the file is there. */
export interface Saved {
  readonly path: string;
  readonly format: string | undefined;
  readonly options: WritingOptions;
  /** The numbers that the project and its document had when the snapshot was taken. */
  readonly revision: number;
  readonly documentNumber: number;
}

/** The same with what was written. */
export interface Written extends Saved {
  readonly written: WrittenFile;
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
  readonly warnings: Warning[];
  readonly sizing?: Sizing;
}

export function runExport(input: ExportInput, _stage: number, _part: number, tools: JobTools) {
  const { writing, result } = input;
  const { path } = writing;
  const document = documentOf(input.document);
  const check = () => tools.control.check();
  if (path !== undefined) {
    return { ...result, ...writeDocument(tools.files, document, { ...writing, path }, check) };
  }
  const { data, ...told } = gatherDocument(tools.files, document, writing, input, check);
  return new WithBytes({ ...result, data, bytes: data.length, ...told });
}

export function runSave(input: SaveInput, _stage: number, _part: number, tools: JobTools) {
  const { saved } = input;
  const check = () => tools.control.check();
  const written = writeDocument(tools.files, documentOf(input.document), saved, check);
  return new Handover({ ...saved, written });
}

export function runLoad(input: LoadInput, _stage: number, _part: number, { files }: JobTools) {
  const { reading, asked, bytes_max, ceiling } = input;
  return explainedBy(
    () => ceiling,
    () => {
      const { document, ...told } = readDocument(files, reading, bytes_max);
      computeWithin(document, bytes_max);
      const snapshot = snapshotOf(document);
      const loaded: Loaded = { document: snapshot, path: reading.path, asked, ...told };
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
