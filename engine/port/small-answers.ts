/**
 * Small answers with nothing but records beside them, as most edits have, in one buffer, which
 * costs less to cross than a message with several:
 *
 *     u32 count of records, plus PACKED_FLAG
 *     count × { u32 project, f64 sequence (two words), u32 length }
 *     the bytes of each record, one after the other
 *     the answer, as in `layout.ts`
 *
 * An answer by itself begins with a count that has no such flag.
 */

import type { BatchAnswer, Records } from './layout.ts';

const PACKED_FLAG = 0x8000_0000;
const RECORD_WORDS = 4;
/** Larger ones are not worth a copy. */
const BYTES_MAX = 8 * 1024;
/** Records are kept, so that what lies beside them is too; more than this is cut off. */
const BESIDE_MAX = 512;

export function packAnswer(answer: BatchAnswer): BatchAnswer {
  if (answer instanceof ArrayBuffer) return answer;
  const { records, mirrors = [], durabilities = [], jobs, clipboard } = answer;
  const more = mirrors.length + durabilities.length + jobs.length;
  if (more > 0 || clipboard !== undefined || records.length === 0) return answer;
  const head = 1 + records.length * RECORD_WORDS;
  let length = 4 * head + answer.answer.byteLength;
  for (const { bytes } of records) length += bytes.length;
  if (length > BYTES_MAX) return answer;
  const packed = new ArrayBuffer(length);
  const view = new DataView(packed);
  const all = new Uint8Array(packed);
  view.setUint32(0, (PACKED_FLAG | records.length) >>> 0, true);
  let at = 4;
  let end = 4 * head;
  for (const { project, sequence, bytes } of records) {
    view.setUint32(at, project, true);
    view.setFloat64(at + 4, sequence, true);
    view.setUint32(at + 12, bytes.length, true);
    at += 4 * RECORD_WORDS;
    all.set(bytes, end);
    end += bytes.length;
  }
  all.set(new Uint8Array(answer.answer), end);
  return packed;
}

/** What `packAnswer` was given. */
export function unpackAnswer(packed: BatchAnswer): BatchAnswer {
  if (!(packed instanceof ArrayBuffer)) return packed;
  const view = new DataView(packed);
  const first = view.getUint32(0, true);
  if ((first & PACKED_FLAG) === 0) return packed;
  const count = (first & ~PACKED_FLAG) >>> 0;
  const head = 4 * (1 + count * RECORD_WORDS);
  let end = head;
  for (let at = 4; at < head; at += 4 * RECORD_WORDS) end += view.getUint32(at + 12, true);
  const beside = packed.byteLength - end;
  const kept = beside > BESIDE_MAX ? packed.slice(0, end) : packed;
  const records: Records[] = [];
  let start = head;
  for (let at = 4; at < head; at += 4 * RECORD_WORDS) {
    const length = view.getUint32(at + 12, true);
    records.push({
      project: view.getUint32(at, true),
      sequence: view.getFloat64(at + 4, true),
      bytes: new Uint8Array(kept, start, length),
    });
    start += length;
  }
  return { answer: packed.slice(end), records, jobs: [], clipboard: undefined };
}
