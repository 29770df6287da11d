/**
 * A flight: a batch of calls on its way to an engine, or one call with what its job handed over. It
 * knows who waits for it:
 *
 *     flying → landed     the engine did all of it, or a first part: the rest is put back, and what
 *                         was done is answered once it is kept (`release.ts`)
 *            → put back   the engine did nothing of it, or died: nothing of what it did is left
 *            → failed     the engine was given up
 *
 * It also knows how long the present one of its requests has run. A request that is out of time is
 * told to stop, and ends alone. Only an engine that does not get to see that is given up, since all
 * of its projects go with it.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { FlightControl, StopReason } from '../../engine/port/flight.ts';
import type { Call, HandedOver, Source } from './call.ts';

/**
 * The least time that a request has to see that it is to stop, before its engine is ended. Long
 * loops look once a block, but parsing and encoding the largest of parameters and results, and
 * some sorts of large arrays, take seconds on a busy machine and cannot be stopped in between.
 */
const GRACE_MS_MIN = 5000;

/** The place of the request that runs, of a flight that waits for another to end. */
const BEHIND = -1;

/** What becomes of a call that ran when its thread died: the error, or nothing to run it again. */
export type Judge = (call: Call, source: Source) => GoxError | undefined;

/** What an engine works at. */
export interface Present {
  readonly call: Call;
  readonly age_ms: number;
}

export interface Part {
  readonly source: Source;
  readonly calls: readonly Call[];
}

export type FlightState = 'flying' | 'landed' | 'put back' | 'failed';

export class Flight {
  /** Counts the flights of a queue. */
  readonly number: number;
  /** Its words in what is shared with the engine. */
  readonly slot: number;
  readonly parts: readonly Part[];
  readonly calls: readonly Call[];
  readonly #control: FlightControl;
  readonly #handover: Pick<HandedOver, 'handover'> | undefined;
  #state: FlightState = 'flying';
  /** How many of the calls are nobody's business here any more. */
  #settled = 0;
  /** The place of the request that was seen to run, and since when. */
  #place = 0;
  #since_ms: number;

  /**
   * Leaves now: no other flight may have the slot.
   *
   * @param handover what the job of its one call handed over, of one that takes that along
   */
  constructor(
    { number, slot }: Pick<Flight, 'number' | 'slot'>,
    parts: readonly Part[],
    control: FlightControl,
    now_ms: number,
    handover?: Pick<HandedOver, 'handover'>,
  ) {
    this.#handover = handover;
    this.number = number;
    this.slot = slot;
    this.parts = parts;
    this.calls = parts.flatMap(({ calls }) => calls);
    this.#control = control;
    this.#since_ms = now_ms;
    control.clear(slot);
  }

  get state(): FlightState {
    return this.#state;
  }

  /** Whether the engine has come to it. */
  get begun(): boolean {
    return this.#control.running(this.slot) !== undefined;
  }

  /** The engine has done the first so many of its calls; the others are put back. */
  land(done: number): void {
    this.#state = done === 0 ? 'put back' : 'landed';
    this.#settled = this.calls.length;
    for (const { source, calls } of this.parts) {
      if (done < calls.length) source.putBack(calls.slice(done));
      done = Math.max(0, done - calls.length);
    }
  }

  /**
   * Its thread is gone: gives back all of it, to be done again by another one, since nothing of
   * what was done is left; what was handed over it returns.
   *
   * @param judge gives the error for the call that ran, if that is not to be done again
   */
  giveBack(judge: Judge): HandedOver | undefined {
    this.#state = 'put back';
    this.#settled = this.calls.length;
    const ran = this.calls[this.#control.running(this.slot) ?? BEHIND];
    let handedOver: HandedOver | undefined;
    for (const { source, calls } of this.parts) {
      const why = ran !== undefined && calls.includes(ran) ? judge(ran, source) : undefined;
      const again = why === undefined ? calls : calls.filter((call) => call !== ran);
      if (why !== undefined) source.fail(ran!, why);
      if (this.#handover === undefined) source.putBack(again);
      else if (again.length > 0) handedOver = { source, call: again[0]!, ...this.#handover };
    }
    this.flush();
    return handedOver;
  }

  /** Answers what is not settled with an error. */
  fail(error: GoxError): void {
    this.#state = 'failed';
    let place = 0;
    for (const { source, calls } of this.parts) {
      for (const call of calls) {
        if (place++ < this.#settled) continue;
        this.#settled += 1;
        source.fail(call, error);
      }
    }
    this.flush();
  }

  /** Has those who gave the calls send their replies. */
  flush(): void {
    for (const { source } of this.parts) source.flush();
  }

  /**
   * Tells the request that runs to stop once it has run for longer than it may: by its own
   * deadline, its method, or `timeout_ms`, the limit for all. Returns how long
   * it has run when even after the grace it has not stopped, and nothing otherwise.
   *
   * @param first whether no flight is before this one, which therefore ages though it has not begun
   */
  check(now_ms: number, timeout_ms: number, first: boolean): number | undefined {
    const { place, call, age_ms } = this.#look(now_ms, first);
    const own_ms = call?.timeout_ms;
    const allowed_ms =
      own_ms === undefined
        ? (call?.spec?.timeout_ms ?? timeout_ms)
        : Math.max(0, call!.since_ms + own_ms - this.#since_ms);
    if (age_ms <= allowed_ms) return undefined;
    this.#control.stop(this.slot, place, own_ms === undefined ? 'timeout' : 'deadline');
    return age_ms > allowed_ms + Math.max(timeout_ms, GRACE_MS_MIN) ? age_ms : undefined;
  }

  /** The request that runs, or is about to, and for how long it was seen to; none behind others. */
  present(now_ms: number, first: boolean): Present | undefined {
    const { call, age_ms } = this.#look(now_ms, first);
    return call === undefined ? undefined : { call, age_ms };
  }

  #look(now_ms: number, first: boolean) {
    const place = this.#control.running(this.slot) ?? (first ? 0 : BEHIND);
    if (place !== this.#place || place === BEHIND) {
      this.#place = place;
      this.#since_ms = now_ms;
    }
    return { place, call: this.calls[place], age_ms: now_ms - this.#since_ms };
  }

  /** So long its request could not get on: that is none of the time that it has run. */
  excuse(held_ms: number): void {
    this.#since_ms += held_ms;
  }

  /** Tells a call of it to stop, or not to begin; false when it is not one of them. */
  cancel(call: Call, why: StopReason): boolean {
    const place = this.calls.indexOf(call);
    if (place < 0) return false;
    this.#control.stop(this.slot, place, why);
    return true;
  }
}
