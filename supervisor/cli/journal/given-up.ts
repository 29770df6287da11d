/** What readable records there are among those that a repair gives up. */

import { aboutEdit } from '../../../engine/journal/bodies.ts';
import {
  HEAD_BYTES,
  type JournalRecord,
  RECORD_TYPES,
  recordAt,
  typeName,
} from '../../../engine/journal/format.ts';

/** An edit that can be read, but means nothing without those before it. */
export interface GivenUpEdit {
  readonly path: string;
  readonly offset: number;
  readonly sequence: number;
  readonly type: string;
  readonly method?: string;
  readonly at_ms?: number;
}

/** The edits in the bytes of a segment from an offset on, wherever whole ones begin. */
export function* editsAfter(
  path: string,
  bytes: Buffer,
  offset: number,
): Generator<GivenUpEdit, void, undefined> {
  for (let at = offset; at + HEAD_BYTES <= bytes.length; ) {
    const record = plausible(bytes, at) ? recordAt(bytes, at) : 'no record';
    if (typeof record === 'string') {
      at += 1;
      continue;
    }
    const { type } = record;
    if (type !== RECORD_TYPES.header && type !== RECORD_TYPES.mark) yield about(path, record);
    at = record.end;
  }
}

/** Whether it is worth to compute the checksum of what may be anything. */
function plausible(bytes: Buffer, at: number): boolean {
  if (typeName(bytes.readUInt32LE(at + 20)) === undefined) return false;
  return bytes.readUInt32LE(at) <= bytes.length - at - HEAD_BYTES;
}

function about(path: string, record: JournalRecord): GivenUpEdit {
  const { start: offset, sequence, type } = record;
  const told = { path, offset, sequence, type: typeName(type) ?? String(type) };
  try {
    const edit = aboutEdit(record);
    return edit === undefined ? told : { ...told, method: edit.method, at_ms: edit.at_ms };
  } catch {
    // That it is there is all that there is to tell.
    return told;
  }
}
