/**
 * A flight: a batch of calls on its way to an engine, or one call with what its job handed over. It
 * knows who waits for it, and settles each of its calls once:
 *
 *     flying → answered   the engine did all of it, or a first part: the rest is put back
 *            → put back   the engine did nothing of it
 *            → failed     the engine died, or was given up
 *
 * It also knows how long the present one of its requests has run. A request that is out of time is
 * told to stop, and ends alone. Only an engine that does not get to see that is given up, since all
 * of its projects go with it.
 */

import { GoxError } from '../../conf/errors.ts';
import type { AnswerReader } from '../../engine/port/daemon-side.ts';
import type { FlightControl, StopReason } from '../../engine/port/flight.ts';
import {
  type PartAnswer,
  STATUS_JOB,
  STATUS_MASK,
  UNSAVED_FLAG,
} from '../../engine/port/layout.ts';
import type { Call, Source, Status } from './call.ts';

/**
 * The least time that a request has to see that it is to stop, before its engine is ended. Long
 * loops look once a block, but parsing and encoding the largest of parameters and results, and
 * some sorts of large arrays, take seconds on a busy machine and cannot be stopped in between.
 */
const GRACE_MS_MIN = 5000;

/** The place of the request that runs, of a flight that waits for another to end. */
const BEHIND = -1;

/** What an engine works at. */
export interface Present {
  readonly call: Call;
  readonly age_ms: number;
}

export interface Part {
  readonly source: Source;
  readonly calls: readonly Call[];
}

export type FlightState = 'flying' | 'answered' | 'put back' | 'failed';

export class Flight {
  /** Counts the flights of a queue. */
  readonly number: number;
  /** Its words in what is shared with the engine. */
  readonly slot: number;
  readonly parts: readonly Part[];
  readonly calls: readonly Call[];
  readonly #control: FlightControl;
  #state: FlightState = 'flying';
  /** How many of the calls have got their answer, or were put back. */
  #settled = 0;
  /** The place of the request that was seen to run, and since when. */
  #place = 0;
  #since_ms: number;

  /** Leaves now: no other flight may have the slot. */
  constructor(
    { number, slot }: Pick<Flight, 'number' | 'slot'>,
    parts: readonly Part[],
    control: FlightControl,
    now_ms: number,
  ) {
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

  /**
   * Gives each call its answer; `becameJob` is called for those that have become jobs. Calls that
   * the answer leaves out are put back. Nobody is told to send the replies yet; see `flush`.
   */
  arrive(answer: AnswerReader, becameJob: (call: Call, source: Source) => void): void {
    this.#state = answer.count === 0 ? 'put back' : 'answered';
    for (const { source, calls } of this.parts) {
      let done = 0;
      while (done < calls.length && answer.next()) {
        const call = calls[done++]!;
        const { status, bytes, start, end } = answer;
        if (status === STATUS_JOB) becameJob(call, source);
        else source.answer(call, status as Status, bytes, start, end);
        call.project.heard(answer.unsaved);
        // A defect, met by somebody who was told of the answer, has answered all the rest.
        if (this.state === 'failed') return;
        this.#settled += 1;
      }
      if (done === calls.length) continue;
      this.#settled += calls.length - done;
      source.putBack(calls.slice(done));
    }
  }

  /** Gives the one call of a handover its answer. */
  takenOver({ status, bytes }: PartAnswer): void {
    this.#state = 'answered';
    const body = new Uint8Array(bytes);
    for (const { source, calls } of this.parts) {
      for (const call of calls) {
        source.answer(call, (status & STATUS_MASK) as Status, body, 0, body.length);
        call.project.heard((status & UNSAVED_FLAG) !== 0);
      }
      this.#settled += calls.length;
    }
  }

  /**
   * Its thread died: gives back all of it, to be done again by another one, since nothing of what
   * was done is left. The request that ran is answered with `why` when that is given, or when it
   * did so before.
   */
  giveBack(first: boolean, why?: GoxError): void {
    this.#state = 'put back';
    const place = this.#control.running(this.slot) ?? (first ? 0 : BEHIND);
    const ran = this.calls[place];
    if (ran !== undefined) ran.deaths = (ran.deaths ?? 0) + 1;
    for (const { source, calls } of this.parts) {
      const again = calls.filter((call) => call !== ran || !isQuarantined(call, why));
      if (again.length < calls.length) source.fail(ran!, why ?? quarantined(ran!));
      source.putBack(again);
    }
    this.#settled = this.calls.length;
    this.flush();
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

/** So many threads may die of a request. */
const DEATHS_MAX = 2;

function isQuarantined({ deaths = 0 }: Call, why: GoxError | undefined): boolean {
  return why !== undefined || deaths >= DEATHS_MAX;
}

function quarantined({ spec, deaths }: Call): GoxError {
  const what = `The thread of its engine died ${deaths} times while it ran this request`;
  const message = `${what}${spec?.name === undefined ? '' : ` (${spec.name})`}.`;
  return new GoxError('GOX_REQUEST_QUARANTINED', message);
}
