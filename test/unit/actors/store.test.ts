/** The store of projects without a daemon: names, owners, and a disk that fails. */

import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { pino } from 'pino';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { directoryName, hashed, projectOf } from '../../../actors/journal/directory-names.ts';
import { type JournalFs, nodeFs } from '../../../actors/journal/fs.ts';
import { JournalMeter } from '../../../actors/journal/journal-meter.ts';
import type { JournalSettings } from '../../../actors/journal/journal-options.ts';
import { ownProject } from '../../../actors/journal/owner.ts';
import { ProjectStore } from '../../../actors/journal/store.ts';
import type { GoxError } from '../../../conf/errors.ts';
import { RECORD_TYPES, RecordWriter } from '../../../engine/journal/format.ts';
import { eventually } from '../../support/raw.ts';
import { SEED } from '../../support/seed.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const SETTINGS: JournalSettings = {
  ...{ sync: 'always', sync_interval_ms: 10, sync_timeout_ms: 20_000, full_retry_ms: 10 },
};

const test = suite('the store without a daemon');

test('every name has a directory of its own, wherever case or normal forms are one', () => {
  const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 128 });
  fc.assert(
    fc.property(names, names, (one, other) => {
      const [name, another] = [directoryName(one), directoryName(other)];
      assert.is(name.toLowerCase().normalize('NFC'), name);
      assert.ok(/^[a-z0-9_~%-]{1,200}$/.test(name), name);
      const told = projectOf(name);
      assert.ok(told === one || told === hashed);
      assert.is(name === another, one === other);
    }),
    { seed: SEED, numRuns: 2000 },
  );
});

test('what is not written as a name is no project', () => {
  for (const name of [
    '.lock',
    '.closed-1-tower',
    'Tower',
    '%4A',
    '%61',
    '%zz',
    'a b',
    '~12',
    '%c3',
  ]) {
    assert.is(projectOf(name), undefined, name);
  }
  assert.is(projectOf('%54ower'), 'Tower');
});

test('each owner of a project has a greater epoch than all before, and is alone', async () => {
  const directory = temporaryDirectory();
  const first = await ownProject(directory);
  assert.is(first.epoch, 1);
  await ownProject(directory).then(
    () => assert.unreachable('it is owned'),
    (error: Error) => assert.match(error.message, /is locked by/),
  );
  await first.release();
  const second = await ownProject(directory);
  assert.is(second.epoch, 2);
  await second.release();
  // Whoever writes it does not know of an epoch that was damaged.
  writeFileSync(join(directory, 'lock'), 'xx');
  const third = await ownProject(directory, 7);
  assert.is(third.epoch, 7);
  await third.release();
});

/** A disk that does what it is told, after each name of a call in `failing`. */
function failingFs(failing: Map<keyof JournalFs, string>): JournalFs {
  return new Proxy(nodeFs, {
    get(target, name: keyof JournalFs) {
      const method = (target[name] as (...args: unknown[]) => Promise<unknown>).bind(target);
      return (...args: unknown[]) => {
        const code = failing.get(name);
        return code === undefined
          ? method(...args)
          : Promise.reject(Object.assign(new Error(code), { code }));
      };
    },
  });
}

function storeOn(directory: string, failing = new Map<keyof JournalFs, string>()) {
  const log = pino({ enabled: false });
  const deps = { fs: failingFs(failing), settings: SETTINGS, log, meter: new JournalMeter() };
  const store = new ProjectStore(join(directory, 'projects'), deps, undefined);
  return { store, found: store.open('here'), failing };
}

function record(sequence: number): Uint8Array {
  const writer = new RecordWriter();
  writer.append({ sequence, epoch: 1, type: RECORD_TYPES.request }, Buffer.from('body'));
  return writer.take();
}

test('nothing is on the disk before the first record, and what was removed is gone', async () => {
  const directory = temporaryDirectory();
  const { store } = storeOn(directory);
  const journal = store.begin('tower')!;
  assert.equal(projects(directory), []);
  const kept = (sequence: number) =>
    new Promise<GoxError | undefined>((done) => journal.append(record(sequence), sequence, done));
  assert.is(await kept(1), undefined);
  assert.equal(projects(directory), ['tower']);
  assert.is(await new Promise<unknown>((done) => journal.remove(done)), undefined);
  assert.equal(projects(directory), []);
  // Another of its name begins at once.
  const next = store.begin('tower')!;
  assert.is(await new Promise<unknown>((done) => next.append(record(1), 1, done)), undefined);
  await store.close();
  const again = storeOn(directory);
  assert.equal(
    again.found.map(({ project }) => project),
    ['tower'],
  );
  await again.store.close();
});

test('what somebody else has removed can be, but not while the store is away', async () => {
  const directory = temporaryDirectory();
  const { store } = storeOn(directory);
  const away = join(directory, 'away');
  const removed = async (remove: () => void) => {
    const journal = store.begin('tower')!;
    assert.is(await new Promise((done) => journal.append(record(1), 1, done)), undefined);
    remove();
    return new Promise<GoxError | undefined>((done) => journal.remove(done));
  };
  const own = join(directory, 'projects');
  assert.is(await removed(() => rmSync(join(own, 'tower'), { recursive: true })), undefined);
  assert.is((await removed(() => renameSync(own, away)))?.code, 'GOX_JOURNAL_FAILED');
  await store.close();
});

test('is closed, or removed, while its first record is on its way', async () => {
  const directory = temporaryDirectory();
  const { store } = storeOn(directory);
  const first = () => {
    const journal = store.begin('tower')!;
    const kept = new Promise((done) => journal.append(record(1), 1, done));
    return { journal, kept };
  };
  const removed = first();
  const gone = new Promise<unknown>((done) => removed.journal.remove(done));
  assert.equal(await Promise.all([removed.kept, gone]), [undefined, undefined]);
  assert.equal(projects(directory), []);
  const closed = first();
  const end = closed.journal.close();
  assert.equal(await Promise.all([closed.kept, end]), [undefined, undefined]);
  // Nobody has it: another process may own it.
  const owner = await ownProject(closed.journal.directory);
  await owner.release();
  await store.close();
});

test('a full disk is told of, and that there is room again; a broken one is dead', async () => {
  const { store, failing } = storeOn(temporaryDirectory());
  const journal = store.begin('tower')!;
  const states: string[] = [];
  journal.onChange = (state) => states.push(state);
  const kept = (sequence: number) =>
    new Promise<GoxError | undefined>((done) => journal.append(record(sequence), sequence, done));
  assert.is(await kept(1), undefined);
  failing.set('write', 'ENOSPC');
  assert.is((await kept(2))?.code, 'GOX_JOURNAL_FULL');
  failing.clear();
  await eventually('there was room', () => states.at(-1) === 'writing');
  assert.is(await kept(2), undefined);
  failing.set('write', 'EIO');
  assert.is((await kept(3))?.code, 'GOX_JOURNAL_FAILED');
  failing.clear();
  assert.equal(states, ['full', 'writing', 'dead']);
  assert.is((await kept(3))?.code, 'GOX_JOURNAL_FAILED', 'it is never tried again');
  assert.is(await new Promise<unknown>((done) => journal.remove(done)), undefined);
  await store.close();
});

test('one that cannot be removed says so, and is there still', async () => {
  const directory = temporaryDirectory();
  const { store, failing } = storeOn(directory);
  const journal = store.begin('tower')!;
  assert.is(await new Promise<unknown>((done) => journal.append(record(1), 1, done)), undefined);
  failing.set('rename', 'EIO');
  const error = await new Promise<GoxError | undefined>((done) => journal.remove(done));
  assert.is(error?.code, 'GOX_JOURNAL_FAILED');
  assert.equal(projects(directory), ['tower']);
  await store.close();
});

test('what was begun and has no journal goes, but not with files that nobody knows', async () => {
  const directory = temporaryDirectory();
  for (const [project, file] of [
    ['begun', 'lock'],
    ['strange', '0000000001.journal.damaged'],
  ] as const) {
    mkdirSync(join(directory, 'projects', project), { recursive: true, mode: 0o700 });
    writeFileSync(join(directory, 'projects', project, file), '');
  }
  chmodSync(join(directory, 'projects'), 0o700);
  const { store, found } = storeOn(directory);
  assert.equal(found, []);
  assert.equal(projects(directory), ['strange']);
  await store.close();
});

test('two stores cannot have one directory, also in one process', async () => {
  const directory = temporaryDirectory();
  const { store } = storeOn(directory);
  assert.throws(() => storeOn(directory), /process \d+, at here\) has the projects in/);
  await store.close();
  const { store: next } = storeOn(directory);
  await next.close();
});

test('a directory whose name is a hash is of nobody without the file that tells', async () => {
  const directory = temporaryDirectory();
  const { store } = storeOn(directory);
  const project = '\u{1F984}'.repeat(64);
  const journal = store.begin(project)!;
  assert.is(await new Promise<unknown>((done) => journal.append(record(1), 1, done)), undefined);
  await store.close();
  const path = join(directory, 'projects', directoryName(project));
  assert.is(JSON.parse(readFileSync(join(path, 'name'), 'utf8')), project);
  writeFileSync(join(path, 'name'), '"another"');
  mkdirSync(join(directory, 'projects', 'empty'));
  const again = storeOn(directory);
  assert.equal(again.found, []);
  assert.ok(existsSync(path), 'what nobody knows is left alone');
  await again.store.close();
});

function projects(directory: string): string[] {
  return readdirSync(join(directory, 'projects')).filter((name) => !name.startsWith('.'));
}

test.run();
