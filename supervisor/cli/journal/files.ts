/** What there is to tell of one file of a journal. */

import { type AboutEdit, aboutEdit } from '../../../engine/journal/bodies.ts';
import { headerOf } from '../../../engine/journal/files.ts';
import {
  type JournalRecord,
  RECORD_TYPES,
  syncedOf,
  typeName,
} from '../../../engine/journal/format.ts';
import type { ByteSource } from '../../../engine/journal/sections.ts';
import { summarizeSnapshot } from '../../../engine/journal/snapshot.ts';
import { walkSegment } from '../../../engine/journal/walk.ts';
import type { Line } from './lines.ts';

/** @param last whether no segment follows it */
export function* segmentLines(
  path: string,
  file: ByteSource,
  last: boolean,
): Generator<Line, void, undefined> {
  yield { kind: 'file', path, bytes: file.length };
  const walk = walkSegment(file, last);
  let [records, edits, end] = [0, 0, 0];
  let next = walk.next();
  for (; next.done !== true; next = walk.next()) {
    const record = next.value;
    yield lineOf(record);
    records += 1;
    if (record.type !== RECORD_TYPES.header && record.type !== RECORD_TYPES.mark) edits += 1;
    end = record.end;
  }
  const fault = next.value;
  yield {
    kind: 'end',
    ...{ path, records, edits, end: fault?.offset ?? end },
    ...(fault && { fault }),
  };
}

function lineOf(record: JournalRecord): Line {
  const { type, sequence, epoch, start, end } = record;
  const line = {
    ...({ kind: 'record', offset: start, bytes: end - start } as const),
    ...{ type: typeName(type) ?? String(type), sequence, epoch },
  };
  if (type === RECORD_TYPES.mark) return { ...line, synced: syncedOf(record) };
  const header = type === RECORD_TYPES.header ? headerOf(record) : undefined;
  if (header !== undefined) return { ...line, ...header };
  return { ...line, ...aboutOrReason(record) };
}

function aboutOrReason(record: JournalRecord): AboutEdit | { readonly unreadable: string } {
  try {
    return aboutEdit(record) ?? { unreadable: 'it is no edit' };
  } catch (error) {
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

export function* snapshotLines(path: string, file: ByteSource): Generator<Line, void, undefined> {
  yield { kind: 'file', path, bytes: file.length };
  try {
    yield { kind: 'snapshot', ...summarizeSnapshot(file) };
    yield { kind: 'end', path, end: file.length };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const at = / at (\d+) of \d+$/.exec(reason)?.[1];
    const fault = { kind: 'damaged' as const, offset: Number(at ?? 0), reason };
    yield { kind: 'end', path, end: 0, fault };
  }
}
