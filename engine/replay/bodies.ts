/** The bodies of records of edits, by their types: what each tells, how it is written and read. */

import { Packr } from 'msgpackr';
import { RECORD_TYPES } from '../journal/format.ts';
import type { KeptOp } from '../port/layout.ts';
import type { PutVoxel } from '../project/done.ts';
import type { Changes } from './delta.ts';
import type { PackedDocument } from './documents.ts';
import type { ProjectRecords } from './records.ts';

/** MessagePack with the extensions of msgpackr for typed arrays ('t') and undefined (0). */
const bodies = new Packr({ useRecords: false, moreTypes: true, int64AsType: 'number' });

/** An edit that came with an `op_id`, and what it was answered. */
export type RecordedOp = Omit<KeptOp, 'sequence'>;

/** What a record of an edit says of where it comes from. */
export interface RecordedBy {
  /** The name of the method in the catalogue. */
  readonly method: string;
  /** The number of the client. */
  readonly client: number;
  /** When it was done, by the wall clock. */
  readonly at_ms: number;
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
}

/** Another document in the place of the one before. */
export interface RecordedDocument extends RecordedBy {
  readonly document: PackedDocument;
  readonly facts: Facts;
}

export interface RecordedFacts extends RecordedBy {
  readonly facts: Facts;
}

/** An edit of a single voxel. */
export interface RecordedVoxel extends PutVoxel, RecordedBy {}

/** The methods of records of voxels, by numbers that never change. */
const VOXEL_METHODS = ['goxel.add_voxel', 'goxel.remove_voxel', 'goxel.paint_voxels'];

/** u32 layer, i32 x, y, z, u32 colour, u32 client, f64 at_ms, u32 method. */
const VOXEL_BYTES = 36;

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
  { method, client, at_ms, op, chosen, changes }: RecordedChange,
): void {
  add(records, RECORD_TYPES.change, [method, client, at_ms, op, chosen, changes]);
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

/** Whether there are records of voxels for a method. */
export function isOfVoxels(method: string): boolean {
  return VOXEL_METHODS.includes(method);
}

export function addVoxel(records: ProjectRecords, voxel: RecordedVoxel): void {
  const { method, client, at_ms, layer_id, x, y, z, rgba } = voxel;
  records.addBy(RECORD_TYPES.voxel, VOXEL_BYTES, (view, at) => {
    view.setUint32(at, layer_id, true);
    view.setInt32(at + 4, x, true);
    view.setInt32(at + 8, y, true);
    view.setInt32(at + 12, z, true);
    view.setUint32(at + 16, rgba, true);
    view.setUint32(at + 20, client, true);
    view.setFloat64(at + 24, at_ms, true);
    view.setUint32(at + 32, VOXEL_METHODS.indexOf(method), true);
  });
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
  const [method, client, at_ms, op, chosen, changes] = bodies.unpack(body) as Read<
    [boolean, Changes]
  >;
  return { method, client, at_ms, op, chosen, changes };
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

export function voxelIn(view: DataView, at: number): RecordedVoxel {
  const method = VOXEL_METHODS[view.getUint32(at + 32, true)];
  if (method === undefined) throw new Error('the record is of an unknown method');
  return {
    method,
    layer_id: view.getUint32(at, true),
    x: view.getInt32(at + 4, true),
    y: view.getInt32(at + 8, true),
    z: view.getInt32(at + 12, true),
    rgba: view.getUint32(at + 16, true),
    client: view.getUint32(at + 20, true),
    at_ms: view.getFloat64(at + 24, true),
  };
}
