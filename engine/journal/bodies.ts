/**
 * What the bodies of records have in common. That of a `voxel` has fixed places, for many of them a
 * second; all others are MessagePack, an array that begins with the method, the number of the
 * client, the time, and the `op_id` with what it was answered, or nothing.
 */

import { Packr } from 'msgpackr';
import { type JournalRecord, RECORD_TYPES } from './format.ts';

/** MessagePack with the extensions of msgpackr for typed arrays ('t') and undefined (0). */
export const bodies = new Packr({ useRecords: false, moreTypes: true, int64AsType: 'number' });

/** What a record of an edit says of where it comes from. */
export interface RecordedFrom {
  /** The name of the method in the catalogue. */
  readonly method: string;
  /** The number of the client. */
  readonly client: number;
  /** When it was done, by the wall clock. */
  readonly at_ms: number;
}

/** What a voxel of a layer is to be. */
export interface PlacedColor {
  readonly layer_id: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly rgba: number;
}

/** An edit of a single voxel. */
export type VoxelBody = RecordedFrom & PlacedColor;

/** The methods of records of voxels, by numbers that never change. */
const VOXEL_METHODS = ['goxel.add_voxel', 'goxel.remove_voxel', 'goxel.paint_voxels'];

/** u32 layer, i32 x, y, z, u32 colour, u32 client, f64 at_ms, u32 method. */
export const VOXEL_BYTES = 36;

/** Whether there are records of voxels for a method. */
export function isOfVoxels(method: string): boolean {
  return VOXEL_METHODS.includes(method);
}

export function writeVoxel(
  view: DataView,
  at: number,
  { method, client, at_ms }: RecordedFrom,
  { layer_id, x, y, z, rgba }: PlacedColor,
): void {
  view.setUint32(at, layer_id, true);
  view.setInt32(at + 4, x, true);
  view.setInt32(at + 8, y, true);
  view.setInt32(at + 12, z, true);
  view.setUint32(at + 16, rgba, true);
  view.setUint32(at + 20, client, true);
  view.setFloat64(at + 24, at_ms, true);
  view.setUint32(at + 32, VOXEL_METHODS.indexOf(method), true);
}

export function voxelIn(view: DataView, at: number): VoxelBody {
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

/** What is told of an edit without doing it again. */
export interface AboutEdit extends RecordedFrom {
  readonly op_id?: string;
  /** Of a request: its parameters, as they came. */
  readonly params?: unknown;
}

/** Nothing of a record that is no edit. Throws for a body that cannot be read. */
export function aboutEdit({ type, body }: JournalRecord): AboutEdit | undefined {
  if (type === RECORD_TYPES.header || type === RECORD_TYPES.mark) return undefined;
  if (type === RECORD_TYPES.voxel) {
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    const { method, client, at_ms, ...params } = voxelIn(view, 0);
    return { method, client, at_ms, params };
  }
  const [method, client, at_ms, op, ...rest] = bodies.unpack(body) as [
    string,
    number,
    number,
    { readonly id: string } | undefined,
    ...unknown[],
  ];
  const about = { method, client, at_ms, ...(op === undefined ? {} : { op_id: op.id }) };
  return type === RECORD_TYPES.request ? { ...about, params: paramsIn(rest) } : about;
}

function paramsIn([msgpack, params]: readonly unknown[]): unknown {
  const bytes = Buffer.from(params as Uint8Array);
  if (bytes.length === 0) return {};
  return msgpack === true ? bodies.unpack(bytes) : JSON.parse(bytes.toString('utf8'));
}
