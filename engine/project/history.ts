/**
 * What was done to a project, step by step, as far as it can be undone; and what was undone and can
 * be done again. Steps hold what they replaced, by pointers; together they hold so many bytes at
 * most, and the oldest go first.
 */

import type { Entry } from '../changes/recorder.ts';
import type { Summary } from './summary.ts';

/** What asked for an edit, and who. */
export interface Origin {
  readonly method: string;
  /** The client, by a number that no other has had since the daemon started. */
  readonly client: number;
}

/** What becomes a step. */
export interface Edit {
  /** What it replaced. */
  readonly entries: readonly Entry[];
  readonly origin: Origin;
  readonly summary: Summary;
  /** The numbers of what the project was before and is after it; see `Project.revision`. */
  readonly before: number;
  readonly after: number;
}

export interface Step extends Edit {
  /** From 1, in the order in which they were made; steps that were cut off have had numbers too. */
  readonly number: number;
  /** When it was made, by the wall clock. */
  readonly at_ms: number;
  /** What it was counted for; blocks that it holds may be packed later. */
  bytes: number;
}

/** In the place of a step that was forgotten. */
const FORGOTTEN: Step = {
  entries: [],
  summary: { layers: [], parts: [] },
  origin: { method: '', client: 0 },
  ...{ before: 0, after: 0, number: 0, at_ms: 0, bytes: 0 },
};
const GAP_MIN = 1024;

/** How many of the oldest of each stack have not gone back and forth, those that are gone too. */
interface Untouched {
  readonly done: number;
  readonly undone: number;
}

const ALL_UNTOUCHED: Untouched = { done: Infinity, undone: Infinity };

/** About what a step of one voxel takes, with all that is told of it. */
const STEP_BYTES = 1024;

/** What it has beside steps. */
export interface HistoryFacts {
  readonly bytes: number;
  readonly number: number;
  readonly forgotten: number;
  readonly begin: number;
  readonly lost: number;
}

/** Steps below all others that can be undone, made as soon as somebody wants them. */
export interface OlderSteps {
  readonly length: number;
  /** The number of a step, the oldest of which is in place 0. */
  numberAt(place: number): number;
  /** Takes out some of the newest, in order; there must be one. */
  pop(): Step[];
  /** Takes out the oldest; there must be one. */
  shift(): Step;
}

export class History {
  #older: OlderSteps | undefined;
  /** From the oldest to the newest, which begin at a place. */
  #done: Step[] = [];
  #oldest = 0;
  /** From the one undone first to the one undone last. */
  #undone: Step[] = [];
  #bytes = 0;
  #number = 0;
  #forgotten = 0;
  /** The number of the last step that was forgotten. */
  #begin = 0;
  /** Of what was undone since the last edit. */
  #lost = 0;
  #untouched = ALL_UNTOUCHED;

  /** All of it but the steps, for who keeps it outside of this thread. */
  get facts(): HistoryFacts {
    return {
      ...{ bytes: this.#bytes, number: this.#number, forgotten: this.#forgotten },
      ...{ begin: this.#begin, lost: this.#lost },
    };
  }

  /** The number of a step that can be undone, the oldest of which is in place 0. */
  numberAt(place: number): number {
    const older = this.#older?.length ?? 0;
    if (place < older) return this.#older!.numberAt(place);
    return this.#done[this.#oldest + place - older]!.number;
  }

  /** The steps that can be undone, from a place to the newest. */
  doneFrom(place: number): Step[] {
    this.#make(this.length - place);
    return this.#done.slice(this.#oldest + place - (this.#older?.length ?? 0));
  }

  /**
   * Which steps keep what they did when this was last asked: one that was undone and done again
   * keeps what was there in between, which may be another active layer.
   */
  takeUntouched(): Untouched {
    const untouched = this.#untouched;
    this.#untouched = ALL_UNTOUCHED;
    return untouched;
  }

  /** Goes on from what was kept of it. */
  goOn(facts: HistoryFacts, done: OlderSteps, undone: Step[]): void {
    this.#older = done;
    this.#done = [];
    this.#oldest = 0;
    this.#undone = undone;
    this.#bytes = facts.bytes;
    this.#number = facts.number;
    this.#forgotten = facts.forgotten;
    this.#begin = facts.begin;
    this.#lost = facts.lost;
    this.#untouched = ALL_UNTOUCHED;
  }

  /** Held for steps done and undone. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many steps can be undone. */
  get length(): number {
    return (this.#older?.length ?? 0) + this.#done.length - this.#oldest;
  }

  /** So many of those that can be undone at most, the newest first. */
  newest(count: number): Step[] {
    this.#make(count);
    return this.#done.slice(Math.max(this.#done.length - count, this.#oldest)).reverse();
  }

  get undone(): readonly Step[] {
    return this.#undone;
  }

  /** The number of the last step that was forgotten, or 0: the point that undo can come to. */
  get begin(): number {
    return this.#begin;
  }

  /** How many steps cannot be undone any more, since they would have taken too much memory. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** How many undone steps cannot be done again, since they would have taken too much memory. */
  get lost(): number {
    return this.#lost;
  }

  /** The number of the step done last; before the first, that of the last one forgotten, or 0. */
  get now(): number {
    return this.length === 0 ? this.#begin : this.numberAt(this.length - 1);
  }

  /** Adds a step, after which nothing can be done again; tells how many bytes that gave back. */
  push({ entries, summary, origin, before, after }: Edit, at_ms: number): number {
    let cut = 0;
    if (this.#undone.length > 0) {
      cut = sumOf(this.#undone);
      this.#undone = [];
    }
    this.#lost = 0;
    // Written out, since spreading takes longer than most edits.
    const number = ++this.#number;
    const bytes = bytesOf(entries);
    this.#done.push({ entries, summary, origin, before, after, number, at_ms, bytes });
    this.#bytes += bytes - cut;
    return cut;
  }

  /**
   * Forgets the oldest steps until they hold no more than this; tells how many bytes they held.
   * What was undone goes only where it is too much by itself, what would be done again last before
   * others.
   */
  bound(bytes_max: number): number {
    const before = this.#bytes;
    if (before > bytes_max) this.#boundUndone(bytes_max);
    while (this.#bytes > bytes_max && this.length > 0) {
      const { number, bytes } = this.#takeOldest();
      this.#begin = number;
      this.#bytes -= bytes;
      this.#forgotten++;
    }
    // Not with each, since all that are left move to the front.
    if (this.#oldest > GAP_MIN && this.#oldest * 2 > this.#done.length) {
      this.#done.splice(0, this.#oldest);
      this.#oldest = 0;
    }
    return before - this.#bytes;
  }

  /** Undoes the newest step; undefined when there is none. */
  undo(): Step | undefined {
    this.#make(1);
    return this.length === 0 ? undefined : this.#move(this.#done, this.#undone);
  }

  /** Does again the step undone last; undefined when there is none. */
  redo(): Step | undefined {
    return this.#move(this.#undone, this.#done);
  }

  clear(): void {
    this.#older = undefined;
    this.#done = [];
    this.#oldest = 0;
    this.#undone = [];
    this.#lost = 0;
    this.#bytes = 0;
    this.#number = 0;
    this.#forgotten = 0;
    this.#begin = 0;
    this.#untouched = ALL_UNTOUCHED;
  }

  /** Makes so many of the newest steps, where they are not made yet. */
  #make(count: number): void {
    let made = this.#done.length - this.#oldest;
    if (this.#older === undefined || made >= count) return;
    const parts = [this.#done.slice(this.#oldest)];
    while (made < count && this.#older.length > 0) {
      const part = this.#older.pop();
      made += part.length;
      parts.unshift(part);
    }
    this.#done = parts.flat();
    this.#oldest = 0;
    if (this.#older.length === 0) this.#older = undefined;
  }

  #takeOldest(): Step {
    if (this.#older !== undefined && this.#older.length > 0) return this.#older.shift();
    const step = this.#done[this.#oldest]!;
    this.#done[this.#oldest++] = FORGOTTEN;
    return step;
  }

  #boundUndone(bytes_max: number): void {
    let held = sumOf(this.#undone);
    let count = 0;
    for (; held > bytes_max; count++) {
      const { bytes } = this.#undone[count]!;
      held -= bytes;
      this.#bytes -= bytes;
    }
    this.#undone.splice(0, count);
    this.#lost += count;
  }

  #move(from: Step[], to: Step[]): Step | undefined {
    const step = from.pop();
    if (step === undefined) return undefined;
    for (const entry of step.entries) entry.swap();
    to.push(step);
    this.#bytes -= step.bytes;
    step.bytes = bytesOf(step.entries);
    this.#bytes += step.bytes;
    const { done, undone } = this.#untouched;
    this.#untouched = {
      done: Math.min(done, this.#forgotten + this.length),
      undone: Math.min(undone, this.#lost + this.#undone.length),
    };
    return step;
  }
}

function sumOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { bytes }) => sum + bytes, 0);
}

function bytesOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { bytes }) => sum + bytes, STEP_BYTES);
}
