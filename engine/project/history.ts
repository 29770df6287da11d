/**
 * What was done to a project, step by step, as far as it can be undone; and what was undone and can
 * be done again. Steps hold what they replaced, by pointers; together they hold so many bytes at
 * most, and the oldest go first.
 */

import type { Recording } from '../changes/recorder.ts';

/** What asked for an edit, and who. */
export interface Origin {
  readonly method: string;
  /** The number of the connection that the request came by. */
  readonly client: number;
}

/** One edit. */
export interface Step {
  readonly recording: Recording;
  readonly origin: Origin;
  /** When it was made, by the wall clock. */
  readonly at_ms: number;
  /** The numbers of what the project was before and is after it; see `Project.revision`. */
  readonly before: number;
  readonly after: number;
}

export class History {
  readonly #bytes_max: number;
  /** From the oldest to the newest. */
  #done: Step[] = [];
  /** From the one undone first to the one undone last. */
  #undone: Step[] = [];
  #bytes = 0;

  constructor(bytes_max: number) {
    this.#bytes_max = bytes_max;
  }

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

  /** A new step, after which nothing can be done again. */
  push(step: Step): void {
    for (const { recording } of this.#undone) this.#bytes -= recording.bytes;
    this.#undone = [];
    this.#done.push(step);
    this.#bytes += step.recording.bytes;
    while (this.#bytes > this.#bytes_max && this.#done.length > 0) {
      this.#bytes -= this.#done.shift()!.recording.bytes;
    }
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
  }

  #move(from: Step[], to: Step[]): Step | undefined {
    const step = from.pop();
    if (step === undefined) return undefined;
    const { bytes } = step.recording;
    step.recording.swap();
    to.push(step);
    this.#bytes += step.recording.bytes - bytes;
    return step;
  }
}
