/**
 * What is kept of a project in the main thread: the newest mirror of it and what was recorded since
 * then, with which another thread makes it anew. Records go on to a sink, the journal on the disk,
 * where there is one; replies of requests wait here until all is kept that was recorded by then.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { Kept, Records } from '../../engine/port/layout.ts';
import { type Mirror, type MirrorDelta, mirrorAfter } from '../../engine/port/mirror.ts';

/** Where records go. */
export interface RecordSink {
  /**
   * Appends records, the last of which has this sequence. `done` is called once for each call, in
   * their order: without an error as soon as they are kept, as far as journal.sync asks for that.
   * After an error nothing more is kept until `ProjectLog` was given another sink.
   */
  append(bytes: Uint8Array, sequence: number, done: (error?: GoxError) => void): void;
}

interface Waiting {
  readonly sequence: number;
  readonly action: (error?: GoxError) => void;
}

export class ProjectLog {
  /** Of whoever owns the project now. */
  epoch = 1;
  readonly #sink: RecordSink | undefined;
  #mirror: Mirror | undefined;
  /** Not yet part of the mirror, since what they tell of is not kept yet; in order. */
  #deltas: MirrorDelta[] = [];
  /** After the mirror, in order. */
  #tail: Pick<Records, 'sequence' | 'bytes'>[] = [];
  #sequence = 0;
  #kept = 0;
  /** In the order of their sequences. */
  #waiting: Waiting[] = [];

  constructor(sink?: RecordSink) {
    this.#sink = sink;
  }

  /** With that another thread makes it anew, as it is kept. */
  get recovery(): Kept {
    const { epoch } = this;
    return { epoch, mirror: this.#mirror, tail: this.#tail.map(({ bytes }) => bytes) };
  }

  /** Of the last record; of the last one that is kept. */
  get sequence(): number {
    return this.#sequence;
  }

  get kept(): number {
    return this.#kept;
  }

  add({ sequence, bytes }: Pick<Records, 'sequence' | 'bytes'>): void {
    this.#tail.push({ sequence, bytes });
    this.#sequence = sequence;
    if (this.#sink === undefined) this.#keptUpTo(sequence);
    else {
      this.#sink.append(bytes, sequence, (error) => {
        if (error === undefined) this.#keptUpTo(sequence);
      });
    }
  }

  /** The engine's project as it is now, by what changed of it. */
  mirrored(delta: MirrorDelta): void {
    this.#deltas.push(delta);
    this.#bringUpToDate();
  }

  /** Does something once all is kept that was recorded by now; `error` says why it never will. */
  whenKept(action: (error?: GoxError) => void): void {
    if (this.#kept === this.#sequence) action();
    else this.#waiting.push({ sequence: this.#sequence, action });
  }

  #keptUpTo(sequence: number): void {
    this.#kept = sequence;
    this.#bringUpToDate();
    const due = this.#waiting.findIndex((one) => one.sequence > sequence);
    for (const { action } of this.#waiting.splice(0, due < 0 ? this.#waiting.length : due)) {
      action();
    }
  }

  #bringUpToDate(): void {
    const due = this.#deltas.findIndex(({ sequence }) => sequence > this.#kept);
    for (const delta of this.#deltas.splice(0, due < 0 ? this.#deltas.length : due)) {
      this.#mirror = mirrorAfter(this.#mirror, delta);
    }
    const from = this.#mirror?.sequence ?? 0;
    const left = this.#tail.findIndex(({ sequence }) => sequence > from);
    this.#tail.splice(0, left < 0 ? this.#tail.length : left);
  }
}
