/** The journal of a project: when it writes, what it says, and how it fails and comes back. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { DiskJournal } from '../../../actors/journal/disk-journal.ts';
import type { JournalSettings } from '../../../actors/journal/journal-options.ts';
import type { GoxError } from '../../../conf/errors.ts';
import { numbered } from '../../../engine/journal/files.ts';
import { RECORD_TYPES, syncedOf } from '../../../engine/journal/format.ts';
import { type JournalPlace, readStore } from '../../../engine/journal/store-reader.ts';
import { walkSegment } from '../../../engine/journal/walk.ts';
import { type Failure, ForgetfulFs, type FsCall } from '../../support/forgetful-fs.ts';
import { DIRECTORY, editRecord, plainMirror } from '../../support/journal-rehearsal.ts';
import { testClock } from '../../support/test-clock.ts';

const test = suite('journal of a project');

type Settings = { -readonly [Key in keyof JournalSettings]: JournalSettings[Key] };

/** A journal, its disk, and what happened. */
class Stage {
  readonly fs: ForgetfulFs;
  readonly time = new SimulatedClock();
  readonly settings: Settings = {
    sync: 'always',
    sync_interval_ms: 50,
    sync_timeout_ms: 30_000,
    full_retry_ms: 1000,
  };
  /** In the order in which it happened: calls of the disk, answers, states and notes. */
  readonly told: string[] = [];
  readonly calls: FsCall[] = [];
  readonly errors: (GoxError | undefined)[] = [];
  readonly journal: DiskJournal;
  fate: (call: FsCall) => Failure | undefined = () => undefined;
  #sequence: number;

  constructor(fs = new ForgetfulFs(), place?: JournalPlace) {
    this.fs = fs;
    fs.fate = (call) => {
      this.calls.push(call);
      this.told.push(call.name);
      return this.fate(call);
    };
    this.#sequence = place?.sequence ?? 0;
    this.journal = new DiskJournal({
      fs,
      clock: testClock(this.time) as never,
      directory: DIRECTORY,
      project: 'tower',
      epoch: (place?.epoch ?? 0) + 1,
      place,
      settings: this.settings,
      sizes: { segment_bytes_max: 2000, snapshot_bytes_min: 3000 },
      events: {
        changed: (state) => this.told.push(state),
        noted: (message) => this.told.push(message),
      },
    });
  }

  /** One edit, with the one after the last that was sent; resolves with its error. */
  edit(bytes = 20, sequence = this.#sequence + 1, epoch = 1): Promise<GoxError | undefined> {
    this.#sequence = sequence;
    const record = editRecord(sequence, epoch, Buffer.alloc(bytes, 65));
    return new Promise((resolve) => {
      this.journal.append(record, sequence, (error) => {
        this.told.push(`answer ${sequence}`);
        this.errors.push(error);
        resolve(error);
      });
    });
  }

  /** The project is made anew as it is kept. */
  goBack(): void {
    this.#sequence = this.journal.figures.sequence;
  }

  async settle(): Promise<void> {
    for (let quiet = 0, before = -1; quiet < 4; quiet += 1) {
      await new Promise(setImmediate);
      if (this.told.length !== before) quiet = 0;
      before = this.told.length;
    }
  }

  async pass(ms: number): Promise<void> {
    await this.settle();
    this.time.increment(ms);
    await this.settle();
  }

  /** What was told since the last time. */
  news(): string[] {
    return this.told.splice(0);
  }

  read() {
    return readStore(this.fs.files(DIRECTORY));
  }

  /** What the marks say, in their order. */
  marks(): number[] {
    const names = numbered(this.fs.files(DIRECTORY).list(), 'journal');
    return names.flatMap(({ name }) => {
      const file = this.fs.files(DIRECTORY).open(name);
      return [...walkSegment(file, true)]
        .filter(({ type }) => type === RECORD_TYPES.mark)
        .map(syncedOf);
    });
  }
}

test('makes nothing before the first edit', async () => {
  const stage = new Stage();
  await stage.settle();
  assert.equal(stage.news(), []);
  assert.is(await stage.edit(), undefined);
  assert.equal(stage.news(), [
    'open',
    'truncate',
    'write',
    'fdatasync',
    'fsyncDir',
    'write',
    'answer 1',
  ]);
  await stage.journal.close();
});

test('an edit costs one trip to the disk', async () => {
  const stage = new Stage();
  await stage.edit();
  stage.news();
  await stage.edit();
  assert.equal(stage.news(), ['write', 'answer 2']);
  await stage.journal.close();
});

test('edits that come during a write go together in the next one', async () => {
  const stage = new Stage();
  await stage.edit();
  await stage.settle();
  stage.news();
  await Promise.all([stage.edit(), stage.edit(), stage.edit(), stage.edit()]);
  // The disk works on before the first one is answered.
  const [one, ...others] = ['answer 2', 'answer 3', 'answer 4', 'answer 5'];
  assert.equal(stage.news(), ['write', 'write', one, ...others]);
  await stage.journal.close();
});

test('a mark before each write, and one when it is idle, say what is on the disk', async () => {
  const stage = new Stage();
  for (let edits = 0; edits < 3; edits += 1) await stage.edit();
  assert.equal(stage.marks(), [1, 2]);
  await stage.pass(99);
  assert.equal(stage.marks(), [1, 2]);
  await stage.pass(1);
  assert.equal(stage.marks(), [1, 2, 3]);
  await stage.pass(1000);
  assert.equal(stage.marks(), [1, 2, 3], 'once is enough');
  await stage.journal.close();
});

test('with sync: interval an edit is answered before it is on the disk', async () => {
  const stage = new Stage();
  stage.settings.sync = 'interval';
  await stage.edit();
  await stage.edit();
  stage.news();
  await stage.edit();
  assert.equal(stage.news(), ['write', 'answer 3']);
  assert.is(stage.journal.figures.synced, 0);
  await stage.pass(50);
  assert.equal(stage.news(), ['fdatasync']);
  assert.is(stage.journal.figures.synced, 3);
  await stage.journal.close();
});

test('a reload of journal.sync takes effect, and leaves nothing unsynced behind', async () => {
  const stage = new Stage();
  stage.settings.sync = 'never';
  await stage.edit();
  await stage.pass(1000);
  assert.is(stage.journal.figures.synced, 0);
  stage.settings.sync = 'always';
  stage.news();
  await stage.edit();
  assert.equal(stage.news(), ['fdatasync', 'open', 'close', 'write', 'answer 2']);
  const after = stage.fs.next(() => 0);
  assert.is(readStore(after.files(DIRECTORY)).place.sequence, 2);
  await stage.journal.close();
});

test('full: those who wait get GOX_JOURNAL_FULL, nothing of theirs is left', async () => {
  const stage = new Stage();
  await stage.edit();
  stage.news();
  stage.fate = ({ name }) => (name === 'write' ? { code: 'ENOSPC', effect: 'part' } : undefined);
  const errors = await Promise.all([stage.edit(), stage.edit(), stage.edit()]);
  const cut = ['write', 'truncate', 'fdatasync'];
  assert.equal(stage.news(), [...cut, 'full', 'answer 2', 'answer 3', 'answer 4']);
  for (const error of errors) {
    assert.is(error?.code, 'GOX_JOURNAL_FULL');
    assert.is(error?.details?.project, 'tower');
    assert.is(error?.details?.retry_after_ms, 1000);
    assert.match(error?.message ?? '', /ENOSPC/);
  }
  assert.is(stage.read().place.sequence, 1);
  assert.is(stage.read().fault, undefined);
  assert.is((await stage.edit())?.code, 'GOX_JOURNAL_FULL', 'and those who come');
  await stage.journal.close();
});

test('full: it goes on by itself once there is room', async () => {
  const stage = new Stage();
  await stage.edit();
  stage.fate = ({ name }) => (name === 'write' ? { code: 'EDQUOT', effect: 'none' } : undefined);
  await stage.edit();
  await stage.pass(1000);
  await stage.pass(1000);
  assert.is(stage.journal.state, 'full', 'there is no room yet');
  stage.fate = () => undefined;
  await stage.pass(1000);
  assert.is(stage.journal.state, 'writing');
  assert.is((await stage.edit(20, 3))?.code, 'GOX_JOURNAL_FULL', 'it follows on a lost one');
  stage.goBack();
  assert.is(await stage.edit(), undefined);
  assert.is(stage.read().place.sequence, 2);
  await stage.journal.close();
});

test('an error of the disk: dead at once, and nothing is ever tried again', async () => {
  for (const failing of ['write', 'fdatasync'] as const) {
    const stage = new Stage();
    if (failing === 'fdatasync') stage.settings.sync = 'interval';
    await stage.edit();
    stage.fate = ({ name }) => (name === failing ? { code: 'EIO', effect: 'all' } : undefined);
    const answer = stage.edit();
    if (failing === 'write') assert.is((await answer)?.code, 'GOX_JOURNAL_FAILED');
    else await stage.pass(50);
    assert.is(stage.journal.state, 'dead');
    stage.fate = () => undefined;
    stage.goBack();
    const error = await stage.edit();
    assert.is(error?.code, 'GOX_JOURNAL_FAILED');
    assert.is(error?.details?.path, `${DIRECTORY}/0000000001.journal`);
    await stage.settle();
    const { length } = stage.calls;
    await stage.pass(100_000);
    assert.is(stage.calls.length, length, 'the disk is left alone');
    assert.is(stage.fs.open_count, 0);
    assert.is(stage.read().fault, undefined);
    await stage.journal.close();
  }
});

test('a disk without an answer: dead in time, and what it does later is cut', async () => {
  const stage = new Stage();
  await stage.edit();
  let answer = () => {};
  const hang = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const { write } = stage.fs;
  stage.fs.write = async (...args) => {
    await hang;
    return write.apply(stage.fs, args);
  };
  const [one, other] = [stage.edit(), stage.edit()];
  await stage.pass(30_000);
  assert.is(stage.journal.state, 'writing', 'it is looked at once more');
  await stage.pass(1000);
  assert.is(stage.journal.state, 'dead');
  assert.is((await one)?.code, 'GOX_JOURNAL_FAILED');
  assert.match((await other)?.message ?? '', /does not answer/);
  await stage.journal.close();
  answer();
  await stage.settle();
  assert.is(stage.read().place.sequence, 1);
  assert.is(stage.read().fault, undefined);
  assert.is(stage.fs.open_count, 0);
});

test('records of another epoch, or that do not follow, are refused', async () => {
  const stage = new Stage();
  await stage.edit();
  assert.is((await stage.edit(20, 3))?.code, 'GOX_JOURNAL_FULL');
  assert.is((await stage.edit(20, 2, 7))?.code, 'GOX_JOURNAL_FULL');
  assert.is(await stage.edit(20, 2), undefined);
  await stage.journal.close();
  assert.is((await stage.edit(20, 3))?.code, 'GOX_JOURNAL_FAILED');
});

test('a snapshot goes beside, and what it stands for goes after it', async () => {
  const stage = new Stage();
  for (let edits = 0; edits < 6; edits += 1) await stage.edit(900);
  assert.is(stage.journal.figures.segments, 2);
  stage.news();
  stage.journal.mirrored(plainMirror(6, Buffer.alloc(9)));
  await stage.settle();
  const news = stage.news();
  const tail = ['fdatasync', 'close', 'rename', 'fsyncDir', 'unlink'];
  assert.equal(news.slice(-tail.length), tail);
  assert.is(stage.journal.figures.segments, 1);
  const { mirror, place, fault } = stage.read();
  assert.is(mirror?.sequence, 6);
  assert.is(place.sequence, 6);
  assert.is(fault, undefined);
  stage.journal.mirrored(plainMirror(6, Buffer.alloc(9)));
  await stage.settle();
  assert.equal(stage.news(), [], 'there is one already');
  await stage.journal.close();
});

test('after many mirrors it is time for a snapshot, however few bytes they are of', async () => {
  const stage = new Stage();
  const isSnapped = () => stage.read().mirror !== undefined;
  for (let edits = 1; edits <= 21; edits += 1) {
    assert.not(isSnapped(), `before ${edits}`);
    await stage.edit(1);
    // The second one is no news.
    stage.journal.mirrored(plainMirror(edits, Buffer.alloc(0)));
    stage.journal.mirrored(plainMirror(edits, Buffer.alloc(0)));
    await stage.settle();
  }
  assert.ok(isSnapped());
  await stage.journal.close();
});

test('a snapshot that fails harms nothing, and is tried again a minute later', async () => {
  const stage = new Stage();
  for (let edits = 0; edits < 4; edits += 1) await stage.edit(900);
  stage.fate = ({ path }) => {
    return path.endsWith('snapshot.tmp') ? { code: 'ENOSPC', effect: 'none' } : undefined;
  };
  stage.journal.mirrored(plainMirror(4, Buffer.alloc(9)));
  await stage.settle();
  assert.ok(stage.news().includes('a snapshot could not be written'));
  assert.is(stage.journal.state, 'writing');
  stage.fate = () => undefined;
  assert.is(await stage.edit(), undefined);
  stage.journal.mirrored(plainMirror(5, Buffer.alloc(9)));
  await stage.settle();
  assert.is(stage.read().mirror, undefined);
  await stage.pass(60_000);
  stage.journal.mirrored(plainMirror(5, Buffer.alloc(9)));
  await stage.settle();
  assert.is(stage.read().mirror?.sequence, 5);
  await stage.journal.close();
});

test('is closed with all written, synced and marked', async () => {
  const stage = new Stage();
  stage.settings.sync = 'never';
  for (let edits = 0; edits < 5; edits += 1) void stage.edit();
  await stage.journal.close();
  assert.equal(stage.errors, Array(5).fill(undefined));
  assert.equal(stage.marks().at(-1), 5);
  assert.is(stage.fs.open_count, 0);
  assert.is(readStore(stage.fs.next(() => 0).files(DIRECTORY)).place.sequence, 5);
});

test('goes on behind what was found, under its epoch, once that is on the disk', async () => {
  const before = new Stage();
  await before.edit();
  await before.journal.close();
  const stage = new Stage(before.fs, before.read().place);
  await stage.journal.ready();
  assert.is(stage.journal.figures.synced, 1);
  assert.is(stage.read().place.epoch, 2);
  await stage.journal.close();
});

test.run();
