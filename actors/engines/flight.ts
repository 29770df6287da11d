/**
 * What an engine has at the moment: a batch of calls, or one call with what its job handed over. It
 * knows who waits for it, and how long the present one of its requests has run.
 *
 * A request that is out of time is told to stop, and ends alone. Only an engine that does not get
 * to see that is given up, since all of its projects go with it.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { FlightControl } from '../../engine/port/flight.ts';
import type { Call, Source } from './calls.ts';

/**
 * The least time that a request has to see that it is to stop, before its engine is ended. Long
 * loops look once a block, but parsing and encoding the largest of parameters and results, and
 * some sorts of large arrays, take seconds on a busy machine and cannot be stopped in between.
 */
const GRACE_MS_MIN = 5000;

export interface Part {
  readonly source: Source;
  readonly calls: readonly Call[];
}

export class Flight {
  readonly parts: readonly Part[];
  readonly calls: readonly Call[];
  readonly #control: FlightControl;
  /** The place of the request that was seen to run, and since when. */
  #place = 0;
  #since_ms: number;

  /** Leaves now: the engine must not have another. */
  constructor(parts: readonly Part[], control: FlightControl, now_ms: number) {
    this.parts = parts;
    this.calls = parts.flatMap(({ calls }) => calls);
    this.#control = control;
    this.#since_ms = now_ms;
    control.clear();
  }

  /**
   * Tells the request that runs to stop once it has run for longer than it may. Returns how long
   * it has run when even after the grace it has not stopped, and nothing otherwise.
   */
  check(now_ms: number, timeout_ms: number): number | undefined {
    const place = this.#control.running;
    if (place !== this.#place) {
      this.#place = place;
      this.#since_ms = now_ms;
    }
    const age_ms = now_ms - this.#since_ms;
    if (age_ms <= timeout_ms) return undefined;
    this.#control.stop(place, 'timeout');
    return age_ms > timeout_ms + Math.max(timeout_ms, GRACE_MS_MIN) ? age_ms : undefined;
  }

  /** Tells a call of it to stop, or not to begin; false when it is not one of them. */
  cancel(call: Call): boolean {
    const place = this.calls.indexOf(call);
    if (place < 0) return false;
    this.#control.stop(place, 'cancel');
    return true;
  }

  /** Answers all of it with an error. */
  fail(error: GoxError): void {
    for (const { source, calls } of this.parts) {
      for (const call of calls) source.fail(call, error);
    }
    for (const { source } of this.parts) source.flush();
  }
}
