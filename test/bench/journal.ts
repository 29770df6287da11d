/**
 * `npm run bench -- journal [--rounds N] [--directory D]`: appends to a journal, by `journal.sync`,
 * beside what the disk itself does: a write and an fdatasync, one after the other. The directory is
 * below the system's for temporary files unless another one is given, such as one on a slow disk.
 */

import {
  closeSync,
  fdatasyncSync,
  mkdtempSync,
  openSync,
  rmSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DiskJournal } from '../../actors/journal/disk-journal.ts';
import { nodeFs } from '../../actors/journal/fs.ts';
import type { JournalSettings } from '../../actors/journal/journal-options.ts';
import { editRecord } from '../support/journal-rehearsal.ts';
import { median, table } from './table.ts';

/** As that of an edit of one voxel. */
const BODY = Buffer.alloc(40, 65);
/** Appends of one round: one by one, and with so many under way. */
const SINGLE = 200;
const MANY = 20_000;
const DEPTH = 64;

const SYNCS = ['always', 'interval', 'never'] as const;

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    directory: { type: 'string', default: tmpdir() },
  },
});
const directory = mkdtempSync(join(values.directory, 'gx-bench-'));

/** Microseconds of a write with an fdatasync after it, in the thread that asks for them. */
function device(): number {
  const path = join(directory, 'device');
  const file = openSync(path, 'w');
  const start = performance.now();
  for (let at = 0; at < SINGLE; at += 1) {
    writeSync(file, BODY, 0, BODY.length, at * BODY.length);
    fdatasyncSync(file);
  }
  const took_ms = performance.now() - start;
  closeSync(file);
  unlinkSync(path);
  return (took_ms / SINGLE) * 1000;
}

interface Round {
  /** Microseconds of an append, when the next one waits for it. */
  readonly single_us: number;
  /** Appends a second, with many under way. */
  readonly rate: number;
}

async function round(sync: JournalSettings['sync']): Promise<Round> {
  const place = mkdtempSync(join(directory, 'journal-'));
  const journal = new DiskJournal({
    ...{ fs: nodeFs, directory: place, project: 'bench', epoch: 1 },
    settings: { sync, sync_interval_ms: 1000, sync_timeout_ms: 30_000, full_retry_ms: 1000 },
    events: { changed: () => {}, noted: (message, facts) => console.error(message, facts) },
  });
  let sequence = 0;
  const append = () => {
    sequence += 1;
    const [record, last] = [editRecord(sequence, 1, BODY), sequence];
    return new Promise<void>((resolve, reject) => {
      journal.append(record, last, (error) => (error ? reject(error) : resolve()));
    });
  };
  await append();
  const one = async (count: number) => {
    for (let done = 0; done < count; done += 1) await append();
  };
  const start = performance.now();
  await one(SINGLE);
  const single_ms = performance.now() - start;
  const begin = performance.now();
  await Promise.all(Array.from({ length: DEPTH }, () => one(MANY / DEPTH)));
  const many_ms = performance.now() - begin;
  await journal.close();
  rmSync(place, { recursive: true });
  return { single_us: (single_ms / SINGLE) * 1000, rate: (MANY / many_ms) * 1000 };
}

try {
  const devices: number[] = [];
  const rounds = new Map<string, Round[]>(SYNCS.map((sync) => [sync, []]));
  for (let at = 0; at < Number(values.rounds); at += 1) {
    devices.push(device());
    for (const sync of SYNCS) rounds.get(sync)!.push(await round(sync));
  }
  const never = median(rounds.get('never')!.map(({ rate }) => rate));
  const write_us = median(devices);
  const rows = [...rounds].map(([sync, some]) => {
    const single_us = median(some.map((one) => one.single_us));
    const rate = median(some.map((one) => one.rate));
    return [
      `sync: ${sync}`,
      single_us.toFixed(0),
      (single_us / write_us).toFixed(2),
      rate.toFixed(0),
      (rate / never).toFixed(2),
    ];
  });
  const alone = [
    'write and fdatasync',
    write_us.toFixed(0),
    '1.00',
    (1e6 / write_us).toFixed(0),
    '',
  ];
  const head = ['', 'one by one µs', 'of the disk’s', `${DEPTH} at a time /s`, 'of never’s'];
  console.log(table(head, [alone, ...rows]));
} finally {
  rmSync(directory, { recursive: true, force: true });
}
