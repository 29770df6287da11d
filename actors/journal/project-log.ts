/**
 * What is kept of a project in the main thread: the newest mirror of it and what was recorded since
 * then, with which another thread makes it anew. Records go on to a sink, the journal on the disk,
 * where there is one; replies of requests wait here until all is kept that was recorded by then.
 */

import type { GoxError } from '../../conf/errors.ts';
import { noteDropped } from '../../engine/port/collect.ts';
import type { Kept, Records } from '../../engine/port/layout.ts';
import {
  blockBytes,
  type Mirror,
  type MirrorDelta,
  mirrorAfter,
} from '../../engine/port/mirror.ts';

/** Where records go. */
export interface RecordSink {
  /**
   * Appends records, the last of which has this sequence. `done` is called once for each call, in
   * their order: without an error as soon as they are kept, as far as journal.sync asks for that.
   * After an error nothing more is kept until `ProjectLog` goes on (`goOn`).
   */
  append(bytes: Uint8Array, sequence: number, done: (error?: GoxError) => void): void;
  readonly durability?: Pick<LogDurability, 'kept' | 'sync'>;
  /** The newest mirror of what is kept. */
  mirrored?(mirror: Mirror): void;
  /** The project is closed: `done` is called once nothing of it is kept, not even by accident. */
  remove?(done: (error?: GoxError) => void): void;
}

interface LogDurability {
  /** Of the last edit that is on the disk for sure. */
  readonly kept: number;
  readonly sync: 'always' | 'interval' | 'never';
  readonly ephemeral: boolean;
  /** Why it takes no edits. */
  readonly read_only?: { readonly code: string; readonly message: string };
}

interface Waiting {
  /** Beyond all of them: it waits until nothing of the project is kept. */
  readonly sequence: number;
  readonly action: (error?: GoxError) => void;
}

export class ProjectLog {
  /** Of whoever owns the project now. */
  epoch = 1;
  /** Hears that what was recorded and not kept is no more, before those hear who wait for it. */
  onFailure: ((error: GoxError) => void) | undefined;
  #sink: RecordSink | undefined;
  /** Why nothing is kept any more. */
  #failure: GoxError | undefined;
  /** Counts the failures: what was appended before one is nobody's any more. */
  #failures = 0;
  #mirror: Mirror | undefined;
  /** Not yet part of the mirror, since what they tell of is not kept yet; in order. */
  #deltas: MirrorDelta[] = [];
  /** After the mirror, in order. */
  #tail: { readonly sequence: number; readonly bytes: Uint8Array }[] = [];
  #sequence = 0;
  #kept = 0;
  /** Whether it is being removed from the store. */
  #ending = false;
  /** In the order of their sequences. */
  #waiting: Waiting[] = [];

  constructor(sink?: RecordSink) {
    this.#sink = sink;
  }

  /**
   * With that another thread makes it anew. What the last one still had to tell of it is of no use
   * from then on: the new one begins with this.
   */
  recovery(): Kept {
    this.#deltas = [];
    const { epoch } = this;
    return { epoch, mirror: this.#mirror, tail: this.#tail.map(({ bytes }) => bytes) };
  }

  /** What `goxel.get_durability` says beside what the engine knows. */
  get durability(): LogDurability {
    const { kept, sync } = this.#sink?.durability ?? { kept: 0, sync: 'never' };
    const about = { kept, sync, ephemeral: this.#sink === undefined };
    if (this.#failure === undefined) return about;
    const { code, message } = this.#failure;
    return { ...about, read_only: { code, message } };
  }

  /** Of the last record; of the last one that is kept. */
  get sequence(): number {
    return this.#sequence;
  }

  get kept(): number {
    return this.#kept;
  }

  /** Whether all is kept that was recorded. */
  get isKept(): boolean {
    return this.#kept === this.#sequence && !this.#ending;
  }

  /** Why nothing is kept any more, while that is so; the project must not be changed then. */
  get failure(): GoxError | undefined {
    return this.#failure;
  }

  /** Nothing while nothing is kept: the project has to be made anew before it can be changed. */
  add({ sequence, bytes }: Pick<Records, 'sequence' | 'bytes'>): void {
    if (this.#failure !== undefined) return;
    this.#tail.push({ sequence, bytes });
    this.#sequence = sequence;
    if (this.#sink === undefined) {
      this.#keptUpTo(sequence);
      return;
    }
    const failures = this.#failures;
    this.#sink.append(bytes, sequence, (error) => {
      if (failures !== this.#failures) return;
      if (error === undefined) this.#keptUpTo(sequence);
      else this.#fail(error);
    });
  }

  /** The engine's project as it is now, by what changed of it. */
  mirrored(delta: MirrorDelta): void {
    if (this.#failure !== undefined) return;
    noteDropped(blockBytes(delta));
    this.#deltas.push(delta);
    this.#bringUpToDate();
  }

  /** Does something once all is kept that was recorded by now; `error` says why it never will. */
  whenKept(action: (error?: GoxError) => void): void {
    if (this.isKept) action();
    else this.#waiting.push({ sequence: this.#ending ? Infinity : this.#sequence, action });
  }

  /** Goes on from what was found of it in the store. */
  begin({ epoch, mirror, tail, sequence }: Kept & { readonly sequence: number }): void {
    this.epoch = epoch;
    this.#mirror = mirror;
    this.#tail = tail.map((bytes) => ({ sequence, bytes }));
    this.#sequence = sequence;
    this.#kept = sequence;
  }

  /** Nothing is to be recorded of it, though all that was is kept. */
  refuse(error: GoxError): void {
    this.#failure = error;
  }

  /** The project is closed: who waits from now on waits until nothing of it is kept. */
  end(): void {
    if (this.#sink?.remove === undefined) return;
    this.#ending = true;
    this.#sink.remove((error) => {
      this.#ending = false;
      if (error === undefined) this.#ended();
      else this.#fail(error);
    });
  }

  /** What is recorded from now on is kept again; of a project that never was, without a sink. */
  goOn(sink: RecordSink | undefined): void {
    this.#sink = sink;
    this.#failure = undefined;
  }

  #ended(): void {
    this.#keptUpTo(this.#sequence);
    for (const { action } of this.#waiting.splice(0)) action();
  }

  /** Nothing more is kept, and what waits to be is no more. */
  #fail(error: GoxError): void {
    this.#failure = error;
    this.#failures += 1;
    this.#sequence = this.#kept;
    this.#deltas = [];
    const lost = this.#tail.findIndex(({ sequence }) => sequence > this.#kept);
    if (lost >= 0) this.#tail.length = lost;
    const waiting = this.#waiting.splice(0);
    this.onFailure?.(error);
    for (const { action } of waiting) action(error);
  }

  #keptUpTo(sequence: number): void {
    this.#kept = sequence;
    if (this.#deltas.length > 0) this.#bringUpToDate();
    if (this.#waiting.length === 0) return;
    const due = this.#waiting.findIndex((one) => one.sequence > sequence);
    for (const { action } of this.#waiting.splice(0, due < 0 ? this.#waiting.length : due)) {
      action();
    }
  }

  #bringUpToDate(): void {
    const due = this.#deltas.findIndex(({ sequence }) => sequence > this.#kept);
    for (const delta of this.#deltas.splice(0, due < 0 ? this.#deltas.length : due)) {
      // One before it may have come while nothing was kept; then more is left to be done again.
      const { after } = delta;
      if (after === undefined || after === this.#mirror?.stamp) {
        this.#mirror = mirrorAfter(this.#mirror, delta);
      }
    }
    if (this.#mirror !== undefined) this.#sink?.mirrored?.(this.#mirror);
    const from = this.#mirror?.sequence ?? 0;
    const left = this.#tail.findIndex(({ sequence }) => sequence > from);
    this.#tail.splice(0, left < 0 ? this.#tail.length : left);
  }
}
