/**
 * What was done to a project, step by step, as far as it can be undone; and what was undone and can
 * be done again. Steps hold what they replaced, by pointers; together they hold so many bytes at
 * most, and the oldest go first.
 */

import type { Recording } from '../changes/recorder.ts';
import type { Summary } from './summary.ts';

/** What asked for an edit, and who. */
export interface Origin {
  readonly method: string;
  /** The number of the connection that the request came by. */
  readonly client: number;
}

/** What becomes a step. */
export interface Edit {
  readonly recording: Recording;
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

export class History {
  /** From the oldest to the newest. */
  #done: Step[] = [];
  /** From the one undone first to the one undone last. */
  #undone: Step[] = [];
  #bytes = 0;
  #number = 0;
  #forgotten = 0;
  /** The number of the last step that was forgotten. */
  #begin = 0;

  /** Held for steps done and undone. */
  get bytes(): number {
    return this.#bytes;
  }

  get done(): readonly Step[] {
    return this.#done;
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

  /** The number of the step done last; before the first, that of the last one forgotten, or 0. */
  get now(): number {
    return this.#done.at(-1)?.number ?? this.#begin;
  }

  /** Adds a step, after which nothing can be done again; tells how many bytes that gave back. */
  push({ recording, summary, origin, before, after }: Edit, at_ms: number): number {
    const cut = sumOf(this.#undone);
    this.#undone = [];
    // Written out, since spreading takes longer than most edits.
    const number = ++this.#number;
    const { bytes } = recording;
    this.#done.push({ recording, summary, origin, before, after, number, at_ms, bytes });
    this.#bytes += bytes - cut;
    return cut;
  }

  /** Forgets the oldest steps until they hold no more than this; tells how many bytes they held. */
  bound(bytes_max: number): number {
    const before = this.#bytes;
    while (this.#bytes > bytes_max) {
      const oldest = this.#done.shift();
      if (oldest === undefined) break;
      this.#begin = oldest.number;
      this.#bytes -= oldest.bytes;
      this.#forgotten++;
    }
    return before - this.#bytes;
  }

  /** Undoes the newest step; undefined when there is none. */
  undo(): Step | undefined {
    return this.#move(this.#done, this.#undone);
  }

  /** Does again the step undone last; undefined when there is none. */
  redo(): Step | undefined {
    return this.#move(this.#undone, this.#done);
  }

  clear(): void {
    this.#done = [];
    this.#undone = [];
    this.#bytes = 0;
    this.#number = 0;
    this.#forgotten = 0;
    this.#begin = 0;
  }

  #move(from: Step[], to: Step[]): Step | undefined {
    const step = from.pop();
    if (step === undefined) return undefined;
    step.recording.swap();
    to.push(step);
    this.#bytes -= step.bytes;
    step.bytes = step.recording.bytes;
    this.#bytes += step.bytes;
    return step;
  }
}

function sumOf(steps: readonly Step[]): number {
  return steps.reduce((sum, { bytes }) => sum + bytes, 0);
}
