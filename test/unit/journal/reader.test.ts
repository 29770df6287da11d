/**
 * A journal that is cut, flipped, zeroed, shuffled or made of chance: the reader never throws,
 * never makes an edit up, and never drops one silently that had been on the disk.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fileName, headerBody, numbered } from '../../../engine/journal/files.ts';
import {
  HEAD_BYTES,
  MAGIC,
  RECORD_TYPES,
  RecordWriter,
  syncedOf,
} from '../../../engine/journal/format.ts';
import { readStore, type StoredProject } from '../../../engine/journal/store-reader.ts';
import { scanSegment, walkSegment } from '../../../engine/journal/walk.ts';
import { editsIn, inMemory, type WrittenJournal, writtenJournal } from '../../support/journal.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const reader = suite('journal reader');
const random = randomNumbers(SEED);
const below = (bound: number): number => Math.floor(random() * bound);

let written: WrittenJournal;
/** The last segment, and of the others that are read the newest. */
let [last, older] = ['', ''];

reader.before(async () => {
  written = await writtenJournal(random);
  const names = numbered([...written.files.keys()], 'journal').map(({ name }) => name);
  [last = '', older = ''] = [names.at(-1), names.at(-2)];
  assert.ok(names.length >= 3, 'there are several segments');
});

/** With other bytes in one file; without it when there are none. */
function withFile(name: string, bytes: Buffer | undefined): Map<string, Buffer> {
  const files = new Map(written.files);
  if (bytes === undefined) files.delete(name);
  else files.set(name, bytes);
  return files;
}

/** Reads it; what is read is what was written, without a gap. */
function read(files: ReadonlyMap<string, Buffer>, what: string): StoredProject {
  const stored = readStore(inMemory(files));
  let sequence = stored.place.snapshot_sequence;
  for (const chunk of stored.tail) {
    for (const edit of editsIn(chunk)) {
      assert.is(edit.sequence, ++sequence, `${what}: no edit is missing`);
      assert.equal(edit.body, written.edits[sequence - 1], `${what}: it is the one that was made`);
    }
  }
  assert.is(stored.place.sequence, sequence, what);
  return stored;
}

/** What was on the disk for sure is read, or is said to be damaged. */
function requireKept(files: ReadonlyMap<string, Buffer>, sequence: number, what: string): void {
  const { place, fault } = read(files, what);
  if (place.sequence >= sequence) return;
  const kept = `${what}: ${place.sequence} of ${sequence} are read`;
  assert.ok(fault !== undefined && fault.kind !== 'torn', `${kept}, and nothing is wrong`);
  assert.ok(
    written.files.has(fault.path.slice('/store/'.length)) ||
      /missing|no segment/.test(fault.reason),
  );
}

function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/**
 * Up to which edit a mark in the last segment, before `end` and beside what is damaged, says that
 * all is on the disk.
 */
function marked(end: number, damaged?: readonly [from: number, to: number]): number {
  let synced = 0;
  for (const record of scanSegment(written.files.get(last)!, true).records) {
    if (record.type !== RECORD_TYPES.mark || record.end > end) continue;
    const [from, to] = damaged ?? [end, end];
    if (record.end <= from || record.start >= to) synced = syncedOf(record);
  }
  return synced;
}

reader('reads all of what was written', () => {
  const { place, fault, passed, project } = read(written.files, 'as it is');
  assert.equal([fault, passed, project], [undefined, [], 'tower']);
  assert.is(place.sequence, written.edits.length);
  assert.is(place.snapshot_sequence, written.snapshot_sequence);
  assert.is(place.epoch, 2);
});

reader('has each acknowledged edit, wherever its last segment is cut', () => {
  const bytes = written.files.get(last)!;
  for (let end = 0; end <= bytes.length; end++) {
    const files = withFile(last, bytes.subarray(0, end));
    const kept = written.writes.findLast((one) => one.name < last || one.end <= end)!.sequence;
    const { place, fault } = read(files, `cut at ${end}`);
    assert.ok(place.sequence >= kept, `cut at ${end}: ${place.sequence} of ${kept} are read`);
    assert.ok(fault === undefined || fault.kind === 'torn', `cut at ${end}: ${fault?.reason}`);
    // Whoever writes on does so behind what holds.
    assert.ok((place.segments.at(-1)?.bytes ?? 0) <= end, `cut at ${end}`);
  }
});

reader('says so when a segment is cut that another one follows', () => {
  const bytes = written.files.get(older)!;
  for (let end = 0; end < bytes.length; end += 1 + below(7)) {
    const { fault } = read(withFile(older, bytes.subarray(0, end)), `cut at ${end}`);
    assert.is(fault?.kind, 'damaged', `cut at ${end}`);
  }
});

reader('has what was on the disk, or says that it is damaged, whichever bit is another one', () => {
  for (const name of [last, older]) {
    const bytes = written.files.get(name)!;
    const kept = name === last ? marked(bytes.length) : written.edits.length;
    for (let bit = 0; bit < 8 * bytes.length; bit += 1 + below(11)) {
      requireKept(withFile(name, flipped(bytes, bit)), kept, `bit ${bit} of ${name}`);
    }
  }
});

reader('the same where the last mark was never written', () => {
  const whole = written.files.get(last)!;
  const end = written.writes.at(-1)!.end;
  const bytes = whole.subarray(0, end);
  for (let bit = 0; bit < 8 * end; bit += 1 + below(11)) {
    requireKept(
      withFile(last, flipped(bytes, bit)),
      marked(end, [bit >> 3, (bit >> 3) + 1]),
      `bit ${bit} of ${last}`,
    );
  }
});

reader('the same for blocks of zeros, and of the file a block further on', () => {
  const block = 64;
  for (const [name, bytes] of written.files) {
    if (!name.endsWith('.journal')) continue;
    for (let at = 0; at < bytes.length; at += block) {
      const beside = marked(bytes.length, [at, at + block]);
      const kept = name === last ? beside : written.edits.length;
      const zeroed = Buffer.from(bytes).fill(0, at, Math.min(at + block, bytes.length));
      requireKept(withFile(name, zeroed), kept, `zeros at ${at} of ${name}`);
      const moved = Buffer.from(bytes);
      bytes.copy(moved, at, Math.min(at + block, bytes.length));
      requireKept(withFile(name, moved), kept, `another block at ${at} of ${name}`);
    }
  }
});

reader('the same for snapshots, which cannot be done without once others have made room', () => {
  for (const [name, bytes] of written.files) {
    if (!name.endsWith('.snapshot')) continue;
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      requireKept(withFile(name, flipped(bytes, bit)), written.edits.length, `bit ${bit}`);
    }
    for (let end = 0; end < bytes.length; end++) {
      requireKept(withFile(name, bytes.subarray(0, end)), written.edits.length, `cut at ${end}`);
    }
  }
});

reader('the same for segments that are missing, there twice, or in the place of others', () => {
  const names = [...written.files.keys()].filter((name) => name !== 'lock');
  const all = written.edits.length;
  const extra = fileName(all + 1, 'journal');
  for (const name of names) {
    const bytes = written.files.get(name)!;
    if (name !== last) requireKept(withFile(name, undefined), all, `without ${name}`);
    else assert.is(read(withFile(name, undefined), `without ${name}`).fault, undefined);
    requireKept(withFile(extra, bytes), all, `${name} once more at the end`);
    for (const other of names) {
      const swapped = withFile(other, bytes);
      swapped.set(name, written.files.get(other)!);
      requireKept(swapped, all, `${name} and ${other} swapped`);
      requireKept(withFile(other, bytes), other === last ? 0 : all, `${name} as ${other}`);
    }
  }
});

reader('makes nothing of chance', () => {
  for (let run = 0; run < 300; run++) {
    const files = new Map(written.files);
    for (let changes = 1 + below(3); changes > 0; changes--) {
      const name = [...files.keys()][below(files.size)]!;
      const bytes = Buffer.from(files.get(name)!);
      const [at, length] = [below(bytes.length), below(200)];
      for (let i = at; i < Math.min(at + length, bytes.length); i++) bytes[i] = below(256);
      files.set(name, bytes);
    }
    read(files, `run ${run}`);
  }
  for (let run = 0; run < 300; run++) {
    const bytes = Buffer.from(Array.from({ length: below(500) }, () => below(256)));
    if (run % 2 === 0) MAGIC.copy(bytes);
    const name = run % 3 === 0 ? last : fileName(1, 'journal');
    read(new Map([[name, bytes]]), `random bytes, run ${run}`);
  }
});

reader('believes no length before there are so many bytes', () => {
  const bytes = written.files.get(last)!;
  const lengths = [0xffff_ffff, 0x8000_0000, 0x7fff_ffff, bytes.length, bytes.length * 16];
  for (const { start } of scanSegment(bytes, true).records) {
    for (const length of lengths) {
      const longer = Buffer.from(bytes);
      longer.writeUInt32LE(length, start);
      let asked = 0;
      const file = {
        length: longer.length,
        read: (offset: number, count: number) => {
          asked = Math.max(asked, count);
          return longer.subarray(offset, offset + count);
        },
      };
      const walk = walkSegment(file, true, 64);
      while (walk.next().done !== true);
      assert.ok(asked <= longer.length, `${asked} bytes at a time`);
      requireKept(
        withFile(last, longer),
        marked(bytes.length, [start, start + 4]),
        `length ${length} at ${start}`,
      );
    }
  }
});

reader('goes through a segment in pieces as it does at one go', () => {
  for (let run = 0; run < 200; run++) {
    const name = run % 2 === 0 ? last : older;
    const whole = written.files.get(name)!;
    const changed = flipped(whole, below(8 * whole.length));
    const bytes =
      run % 5 === 0 ? whole : changed.subarray(0, run % 3 === 0 ? undefined : below(whole.length));
    const file = {
      length: bytes.length,
      read: (offset: number, count: number) => bytes.subarray(offset, offset + count),
    };
    const walk = walkSegment(file, run % 2 === 0, 1 + below(300));
    const records = [];
    let next = walk.next();
    for (; next.done !== true; next = walk.next()) {
      records.push({ ...next.value, body: Buffer.from(next.value.body) });
    }
    const scan = scanSegment(bytes, run % 2 === 0);
    assert.equal([records, next.value], [scan.records, scan.fault], `run ${run}`);
  }
});

reader('says of what a newer version wrote that it did, and reads what is before it', () => {
  const bytes = written.files.get(last)!;
  const magic = Buffer.from(bytes);
  magic[7] = '2'.charCodeAt(0);
  const writer = new RecordWriter();
  const first = numbered([last], 'journal')[0]!.sequence;
  const head = { sequence: first - 1, epoch: 2, type: RECORD_TYPES.header };
  writer.append(head, headerBody({ format: 2, project: 'tower', first }));
  const format = Buffer.concat([MAGIC, writer.take()]);
  writer.append({ sequence: written.edits.length + 1, epoch: 2, type: 99 }, Buffer.from('?'));
  const type = Buffer.concat([bytes, writer.take()]);
  for (const [made, sequence, offset] of [
    [magic, first - 1, 0],
    [format, first - 1, MAGIC.length],
    [type, written.edits.length, bytes.length],
  ] as const) {
    const { place, fault } = read(withFile(last, made), 'newer');
    assert.is(fault?.kind, 'newer');
    assert.match(fault?.reason ?? '', 'newer version');
    assert.equal([place.sequence, fault?.offset], [sequence, offset]);
  }
  assert.ok(bytes.length > HEAD_BYTES);
});

reader.run();
