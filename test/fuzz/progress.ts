/**
 * How far a process has got, in a file, where it is still to be read when the process is stuck or
 * has died: numbers of 64 bits.
 */

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { OUTCOMES, type Outcome } from './judge.ts';

/** What a process exits with that has used too much memory. */
export const EXIT_MEMORY = 3;
/** After so many faults a process, or a campaign of one target, has said enough. */
export const FAULTS_MAX = 20;

export interface Progress {
  /** The file that is being read. */
  readonly number: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly slowest_ms: number;
  readonly slowest_number: number;
  readonly rss_mib: number;
}

const FIXED = 4;

export class ProgressWriter {
  readonly #file: number;
  readonly #values = new Float64Array(FIXED + OUTCOMES.length);

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  begin(number: number): void {
    this.#values[0] = number;
    this.#write();
  }

  /** Counts the file begun last. */
  end(outcome: Outcome | undefined, duration_ms: number, rss_mib: number): void {
    const values = this.#values;
    if (outcome !== undefined) values[FIXED + OUTCOMES.indexOf(outcome)]!++;
    if (duration_ms > values[1]!) {
      values[1] = duration_ms;
      values[2] = values[0]!;
    }
    values[3] = rss_mib;
  }

  close(): void {
    this.#write();
    closeSync(this.#file);
  }

  #write(): void {
    writeSync(this.#file, this.#values, 0, this.#values.byteLength, 0);
  }
}

/** What a file says; undefined before anything was begun. */
export function readProgress(path: string): Progress | undefined {
  const bytes = readFileSync(path);
  if (bytes.length < (FIXED + OUTCOMES.length) * 8) return undefined;
  const value = (i: number) => bytes.readDoubleLE(i * 8);
  const counts = Object.fromEntries(OUTCOMES.map((outcome, i) => [outcome, value(FIXED + i)]));
  return {
    number: value(0),
    counts: counts as Record<Outcome, number>,
    slowest_ms: value(1),
    slowest_number: value(2),
    rss_mib: value(3),
  };
}
