/**
 * The line at the queue of an engine: sessions with requests, in the order in which they came. They
 * give requests only when it is their turn, which keeps those of a client that does not read its
 * replies where they are.
 *
 * A session whose requests are in a flight keeps its place but is passed over: the engine may leave
 * the rest of a batch for another, and what follows must not run before that. So the requests of a
 * session are in one flight at a time, in one piece, and run in the order in which they came.
 *
 * How many leave at a time follows what the engine does in a turn. What it would only put back is
 * left where it is: there it is seen to wait (`admission.ts`), and others get their turn sooner.
 */

import { FLIGHT_REQUESTS_MAX } from '../../engine/port/flight.ts';
import type { Source } from './call.ts';
import type { Part } from './flight.ts';

/** Bytes of parameters in one batch; a single larger request makes a batch of its own. */
const BATCH_BYTES_MAX = 1024 * 1024;

/** Of long requests: more than one, so that a few short ones behind them need not wait. */
const FLIGHT_REQUESTS_MIN = 16;

export class Line {
  readonly #engine: number;
  #sources: Source[] = [];
  #gathering = false;
  /** How many leave at a time. */
  #most = FLIGHT_REQUESTS_MAX;

  /** @param engine whose line it is */
  constructor(engine: number) {
    this.#engine = engine;
  }

  get length(): number {
    return this.#sources.length;
  }

  /** Whether a batch gathers at this moment: a source that is asked may get in line again. */
  get gathering(): boolean {
    return this.#gathering;
  }

  add(source: Source): void {
    this.#sources.push(source);
  }

  /** The engine did so many of those that left together, and has put the rest back. */
  landed(done: number, given: number): void {
    const most = 2 * (done < given ? done : this.#most);
    this.#most = Math.min(FLIGHT_REQUESTS_MAX, Math.max(FLIGHT_REQUESTS_MIN, most));
  }

  /** The next batch, by who gives it: each once, and none of those in `aloft`. */
  gather(aloft: ReadonlySet<Source>): Part[] {
    return this.#gather(aloft, this.#most, BATCH_BYTES_MAX);
  }

  /** All that wait. Who is left behind by a queue that stops would not be heard again. */
  gatherAll(): Part[] {
    return this.#gather(new Set(), Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
  }

  #gather(aloft: ReadonlySet<Source>, count_max: number, bytes_max: number): Part[] {
    this.#gathering = true;
    const parts: Part[] = [];
    const passed: Source[] = [];
    const length = this.#sources.length;
    /** Who is in this batch, as soon as somebody got in line again. */
    let boarded: Set<Source> | undefined;
    let [count, bytes] = [count_max, bytes_max];
    for (let asked = 1; count > 0 && bytes > 0; asked++) {
      const source = this.#sources.shift();
      if (source === undefined) break;
      if (asked > length) boarded ??= new Set(parts.map((part) => part.source));
      if (aloft.has(source) || boarded?.has(source)) {
        passed.push(source);
        continue;
      }
      const calls = source.take(this.#engine, count, bytes);
      if (calls.length === 0) continue;
      parts.push({ source, calls });
      boarded?.add(source);
      count -= calls.length;
      for (const call of calls) bytes -= call.params.length;
    }
    if (passed.length > 0) this.#sources = [...passed, ...this.#sources];
    this.#gathering = false;
    return parts;
  }

  /** Ends what has waited since before `time_ms`. */
  expire(time_ms: number, why: string): void {
    for (const source of [...this.#sources]) source.expire(time_ms, why);
  }
}
