/** The bodies of records of edits, by their types: what each tells, how it is written and read. */

import {
  bodies,
  type PlacedColor,
  type RecordedFrom,
  VOXEL_BYTES,
  writeVoxel,
} from '../journal/bodies.ts';
import { RECORD_TYPES } from '../journal/format.ts';
import type { KeptOp } from '../port/layout.ts';
import type { Summary } from '../project/summary.ts';
import type { Changes } from './delta.ts';
import type { PackedDocument } from './documents.ts';
import type { ProjectRecords } from './records.ts';

/** An edit that came with an `op_id`, and what it was answered. */
export type RecordedOp = Omit<KeptOp, 'sequence'>;

/** What a record of an edit says of where it comes from, and of what it was answered. */
export interface RecordedBy extends RecordedFrom {
  readonly op?: RecordedOp | undefined;
}

/** A request that changed something, to be done again as it came. */
export interface RecordedRequest extends RecordedBy {
  /** Whether the parameters are MessagePack, and not JSON. */
  readonly msgpack: boolean;
  readonly params: Uint8Array;
}

/** What files have to do with a project. */
export interface Facts {
  readonly name: string;
  readonly title: string | undefined;
  readonly path: string | undefined;
  readonly format: string | undefined;
  /** The revision that was saved, loaded or made last. */
  readonly kept_revision: number;
}

/** What an edit changed, where the request alone does not tell. */
export interface RecordedChange extends RecordedBy {
  /** Whether no file holds what it changed. */
  readonly chosen: boolean;
  readonly changes: Changes;
  /** As the history tells of it; it may be of layers that came and went meanwhile. */
  readonly summary: Summary;
}

/** Another document in the place of the one before. */
export interface RecordedDocument extends RecordedBy {
  readonly document: PackedDocument;
  readonly facts: Facts;
}

export interface RecordedFacts extends RecordedBy {
  readonly facts: Facts;
}

function add(records: ProjectRecords, type: number, values: readonly unknown[]): void {
  records.add(type, bodies.pack(values));
}

export function addRequest(
  records: ProjectRecords,
  { method, client, at_ms, op, msgpack, params }: RecordedRequest,
): void {
  add(records, RECORD_TYPES.request, [method, client, at_ms, op, msgpack, params]);
}

export function addChange(
  records: ProjectRecords,
  { method, client, at_ms, op, chosen, changes, summary }: RecordedChange,
): void {
  const { layers, parts } = summary;
  const told = { layers, parts };
  add(records, RECORD_TYPES.change, [method, client, at_ms, op, chosen, changes, told]);
}

export function addDocument(
  records: ProjectRecords,
  { method, client, at_ms, op, document, facts }: RecordedDocument,
): void {
  add(records, RECORD_TYPES.document, [method, client, at_ms, op, document, facts]);
}

export function addFacts(
  records: ProjectRecords,
  { method, client, at_ms, op, facts }: RecordedFacts,
): void {
  add(records, RECORD_TYPES.facts, [method, client, at_ms, op, facts]);
}

/** What an edit that changed nothing was answered. */
export function addAnswer(records: ProjectRecords, by: RecordedBy): void {
  const { method, client, at_ms, op } = by;
  add(records, RECORD_TYPES.answer, [method, client, at_ms, op]);
}

export function addVoxel(records: ProjectRecords, by: RecordedFrom, voxel: PlacedColor): void {
  records.addBy(RECORD_TYPES.voxel, VOXEL_BYTES, (view, at) => writeVoxel(view, at, by, voxel));
}

type Read<Rest extends readonly unknown[]> = [
  method: string,
  client: number,
  at_ms: number,
  op: RecordedOp | undefined,
  ...rest: Rest,
];

/** Each reads the bodies of one type. */
export function requestIn(body: Buffer): RecordedRequest {
  const [method, client, at_ms, op, msgpack, params] = bodies.unpack(body) as Read<
    [boolean, Uint8Array]
  >;
  return { method, client, at_ms, op, msgpack, params };
}

export function changeIn(body: Buffer): RecordedChange {
  const [method, client, at_ms, op, chosen, changes, summary] = bodies.unpack(body) as Read<
    [boolean, Changes, Summary]
  >;
  return { method, client, at_ms, op, chosen, changes, summary };
}

export function documentRecordIn(body: Buffer): RecordedDocument {
  const [method, client, at_ms, op, document, facts] = bodies.unpack(body) as Read<
    [PackedDocument, Facts]
  >;
  return { method, client, at_ms, op, document, facts };
}

export function factsIn(body: Buffer): RecordedFacts {
  const [method, client, at_ms, op, facts] = bodies.unpack(body) as Read<[Facts]>;
  return { method, client, at_ms, op, facts };
}

export function answerIn(body: Buffer): RecordedBy {
  const [method, client, at_ms, op] = bodies.unpack(body) as Read<[]>;
  return { method, client, at_ms, op };
}
