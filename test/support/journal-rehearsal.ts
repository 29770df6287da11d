/**
 * Clients that edit a project whose journal lies on a disk that fails, and what they were told.
 * What the disk holds after that is compared with it.
 */

import { createHash } from 'node:crypto';
import { SimulatedClock } from 'xstate';
import { DiskJournal } from '../../actors/journal/disk-journal.ts';
import type { JournalSettings, JournalState } from '../../actors/journal/journal-options.ts';
import type { GoxError } from '../../conf/errors.ts';
import { RECORD_TYPES, RecordWriter } from '../../engine/journal/format.ts';
import { readStore, type StoredProject } from '../../engine/journal/store-reader.ts';
import type { Mirror } from '../../engine/port/mirror.ts';
import type { ForgetfulFs } from './forgetful-fs.ts';
import { editsIn, emptyMirror } from './journal.ts';
import { testClock } from './test-clock.ts';

export const DIRECTORY = '/store/tower';

const SETTINGS: JournalSettings = {
  sync: 'always',
  sync_interval_ms: 50,
  sync_timeout_ms: 30_000,
  full_retry_ms: 1000,
};
/** So that a few edits have all of it happen. */
const SIZES = { segment_bytes_max: 700, snapshot_bytes_min: 1500 };
const BODY_BYTES_MAX = 900;
const EDITS = 14;
const RETRIES_MAX = 3;

/** What clients know; it outlives the daemon. */
export class Clients {
  /** In the order of their sequences. */
  readonly acknowledged: string[] = [];
  /** Sent after those, and neither acknowledged nor refused. */
  unanswered: string[] = [];
  /** Of which a client was told that they were not made. */
  readonly refused = new Set<string>();
  /** How many of the acknowledged ones no power cut may take. */
  sure = 0;
  /** Edits that the disk may hold though they were refused: it did not let them be cut off. */
  mayComeBack = false;
  #edits = 0;

  next(random: () => number): string {
    this.#edits += 1;
    return `edit ${this.#edits} `.padEnd(10 + Math.floor(random() * BODY_BYTES_MAX), 'x');
  }

  /** What a start has found is what there is from now on; why that must not be, if it must not. */
  compare(stored: StoredProject): string | undefined {
    const { fault, mirror, place } = stored;
    if (fault !== undefined && fault.kind !== 'torn') return `${fault.kind}: ${fault.reason}`;
    const from = mirror?.sequence ?? 0;
    if (mirror !== undefined) {
      if (from > this.acknowledged.length) return `a snapshot of edit ${from}, which was not kept`;
      const digest = Buffer.from(mirror.root).toString('hex');
      if (digest !== digestOf(this.acknowledged.slice(0, from))) return 'another snapshot';
    }
    const found = [...this.acknowledged.slice(0, from), ...editsOf(stored, from)];
    if (found.length !== place.sequence) return `${found.length} edits up to ${place.sequence}`;
    if (found.length < this.sure) {
      return `${found.length} of ${this.sure} edits that were acknowledged`;
    }
    const sent = [...this.acknowledged, ...this.unanswered];
    for (const [at, edit] of found.entries()) {
      if (edit === sent[at]) continue;
      if (!this.refused.has(edit)) return `edit ${at + 1} is another one`;
      if (!this.mayComeBack || at < this.acknowledged.length) return `edit ${at + 1} was refused`;
    }
    this.acknowledged.splice(0, Number.POSITIVE_INFINITY, ...found);
    this.unanswered = [];
    return undefined;
  }
}

function editsOf({ tail }: StoredProject, from: number): string[] {
  return tail.flatMap((chunk) =>
    [...editsIn(chunk)]
      .filter(({ sequence }) => sequence > from)
      .map(({ body }) => body.toString()),
  );
}

function digestOf(edits: readonly string[]): string {
  return createHash('sha1').update(edits.join('\n')).digest('hex');
}

/** A mirror of nothing but what it says. */
export function plainMirror(sequence: number, root: Uint8Array): Mirror {
  return { ...emptyMirror(sequence), root };
}

export function editRecord(sequence: number, epoch: number, body: Uint8Array): Uint8Array {
  const writer = new RecordWriter();
  writer.append({ sequence, epoch, type: RECORD_TYPES.request }, body);
  return writer.take();
}

export interface RehearsalOptions {
  readonly fs: ForgetfulFs;
  readonly clients: Clients;
  readonly random: () => number;
  readonly sync?: JournalSettings['sync'];
}

/** One life of a daemon, from its start to its end. */
export class Rehearsal {
  readonly #fs: ForgetfulFs;
  readonly #clients: Clients;
  readonly #random: () => number;
  readonly #time = new SimulatedClock();
  readonly #journal: DiskJournal;
  readonly #epoch: number;
  /** In their order; `false` for what failed. */
  #sequence: number;
  readonly states: JournalState[] = [];
  /** The messages of what was noted. */
  readonly noted: string[] = [];

  /** @param stored what was found at the start */
  constructor({ fs, clients, random, sync = 'always' }: RehearsalOptions, stored: StoredProject) {
    const { place } = stored;
    this.#fs = fs;
    this.#clients = clients;
    this.#random = random;
    this.#epoch = place.epoch + 1;
    this.#sequence = place.sequence;
    const isNew = place.segments.length === 0 && place.snapshots.length === 0;
    this.#journal = new DiskJournal({
      fs,
      clock: testClock(this.#time) as never,
      directory: DIRECTORY,
      project: 'tower',
      epoch: this.#epoch,
      place: isNew ? undefined : place,
      settings: { ...SETTINGS, sync },
      sizes: SIZES,
      events: {
        changed: (state) => this.states.push(state),
        noted: (message) => this.#note(message),
      },
      prepare: (watched) => watched.mkdir(DIRECTORY),
    });
  }

  get journal(): DiskJournal {
    return this.#journal;
  }

  /** Edits until there were enough, the journal is dead, or the power is gone. */
  async work(edits = EDITS): Promise<void> {
    await this.#orDown(this.#journal.ready());
    this.#makeSure();
    let left = edits;
    for (let retries = 0; left > 0 && retries < RETRIES_MAX; ) {
      if (this.#journal.state === 'full') {
        retries += 1;
        await this.pass(SETTINGS.full_retry_ms);
        continue;
      }
      if (this.#journal.state !== 'writing' || this.#fs.isDown) return;
      const count = Math.min(left, 1 + Math.floor(this.#random() * 4));
      left -= count;
      const answers = Array.from({ length: count }, () => this.edit());
      if (this.#random() < 2 / 3) await this.#orDown(Promise.all(answers));
      if (this.#random() < 1 / 4) await this.pass(100);
    }
    await this.settle();
  }

  /** Resolves with its error, once it is answered. */
  edit(): Promise<GoxError | undefined> {
    const body = this.#clients.next(this.#random);
    this.#clients.unanswered.push(body);
    this.#sequence += 1;
    const bytes = editRecord(this.#sequence, this.#epoch, Buffer.from(body));
    return new Promise((resolve) => {
      this.#journal.append(bytes, this.#sequence, (error) => {
        this.#answer(body, error);
        resolve(error);
      });
    });
  }

  async close(): Promise<void> {
    await this.#orDown(this.#journal.close());
    this.#makeSure();
  }

  /** Time goes by, and what it brings is done. */
  async pass(ms: number): Promise<void> {
    await this.settle();
    this.#time.increment(ms);
    await this.settle();
  }

  /** Until nothing more happens by itself. */
  async settle(): Promise<void> {
    for (let quiet = 0, calls = this.#fs.calls; quiet < 3; quiet += 1) {
      await new Promise(setImmediate);
      if (this.#fs.calls !== calls) quiet = 0;
      calls = this.#fs.calls;
    }
  }

  #answer(body: string, error: GoxError | undefined): void {
    const { acknowledged, unanswered, refused } = this.#clients;
    if (error === undefined) {
      acknowledged.push(body);
      if (unanswered.shift() !== body) throw new Error('an edit was answered before another one');
      this.#makeSure();
      const root = Buffer.from(digestOf(acknowledged), 'hex');
      this.#journal.mirrored(plainMirror(acknowledged.length, root));
      return;
    }
    refused.add(body);
    unanswered.splice(unanswered.indexOf(body), 1);
    // The project is made anew as it is kept.
    this.#sequence = acknowledged.length;
  }

  #makeSure(): void {
    this.#clients.sure = Math.max(this.#clients.sure, this.#journal.figures.synced);
  }

  #note(message: string): void {
    this.noted.push(message);
    if (message.includes('may come back')) this.#clients.mayComeBack = true;
  }

  async #orDown(work: Promise<unknown>): Promise<void> {
    await Promise.race([work, this.#fs.down]);
  }
}

/** A life on what the last one has left; throws why that is not as it should be. */
export function started(options: RehearsalOptions): Rehearsal {
  const stored = readStore(options.fs.files(DIRECTORY));
  const wrong = options.clients.compare(stored);
  if (wrong !== undefined) throw new Error(wrong);
  return new Rehearsal(options, stored);
}
