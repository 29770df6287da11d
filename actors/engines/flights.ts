/** The flights that are under way to one engine, each in a slot of its own. */

import type { GoxError } from '../../conf/errors.ts';
import type { FlightControl, StopReason } from '../../engine/port/flight.ts';
import type { Call, HandedOver, Source } from './call.ts';
import { Flight, type Judge, type Part, type Present } from './flight.ts';
import type { Project } from './project.ts';

export class Flights {
  readonly #free: number[];
  /** In the order of their departure, which is that in which the engine gets them. */
  readonly #underWay = new Set<Flight>();
  #departed = 0;

  /** @param flights_max how many may be under way; at most as many as `FlightControl` has slots */
  constructor(flights_max: number) {
    this.#free = Array.from({ length: flights_max }, (_, i) => flights_max - 1 - i);
  }

  get full(): boolean {
    return this.#free.length === 0;
  }

  /** How many are under way. */
  get size(): number {
    return this.#underWay.size;
  }

  /** How many ever left; the number of the last. */
  get departed(): number {
    return this.#departed;
  }

  /** Calls under way. */
  get calls(): number {
    let count = 0;
    for (const { calls } of this.#underWay) count += calls.length;
    return count;
  }

  /** Those who have calls under way. */
  get sources(): ReadonlySet<Source> {
    if (this.#underWay.size === 0) return NOBODY;
    const sources = new Set<Source>();
    for (const { parts } of this.#underWay) for (const { source } of parts) sources.add(source);
    return sources;
  }

  /** Whether the engine has come to one of them. */
  get begun(): boolean {
    for (const flight of this.#underWay) if (flight.begun) return true;
    return false;
  }

  /** Whether calls of a project are under way. */
  haveCallsOf(project: Project): boolean {
    for (const { calls } of this.#underWay) {
      for (const call of calls) if (call.project === project) return true;
    }
    return false;
  }

  /** To be asked for only while they are not full. @param handover see `Flight` */
  depart(
    parts: readonly Part[],
    control: FlightControl,
    now_ms: number,
    handover?: Pick<HandedOver, 'handover'>,
  ): Flight {
    const slot = this.#free.pop();
    if (slot === undefined) throw new Error('a flight departs without a slot');
    this.#departed += 1;
    const flight = new Flight({ number: this.#departed, slot }, parts, control, now_ms, handover);
    this.#underWay.add(flight);
    return flight;
  }

  /** Has a flight settled, during which it still has its slot; then that is free. */
  settle(flight: Flight, action: () => void): void {
    action();
    if (this.#underWay.delete(flight)) this.#free.push(flight.slot);
  }

  /** Answers all that is under way with an error. */
  fail(error: GoxError): void {
    for (const flight of [...this.#underWay]) this.settle(flight, () => flight.fail(error));
  }

  /** Gives all back that is under way, the last to leave first; see `Flight`. */
  giveBack(judge: Judge): HandedOver[] {
    const handovers: HandedOver[] = [];
    for (const flight of [...this.#underWay].reverse()) {
      this.settle(flight, () => {
        const handover = flight.giveBack(judge);
        if (handover !== undefined) handovers.unshift(handover);
      });
    }
    return handovers;
  }

  /** Tells a call to stop; false when it is not under way. */
  cancel(call: Call, why: StopReason): boolean {
    for (const flight of this.#underWay) if (flight.cancel(call, why)) return true;
    return false;
  }

  /** What the engine works at, if it has anything. */
  present(now_ms: number): Present | undefined {
    let first = true;
    for (const flight of this.#underWay) {
      const present = flight.present(now_ms, first);
      if (present !== undefined) return present;
      first = false;
    }
    return undefined;
  }

  /** So long nothing could get on. */
  excuse(held_ms: number): void {
    for (const flight of this.#underWay) flight.excuse(held_ms);
  }

  /** Looks at the time of each; the age of a request that cannot be stopped, if there is one. */
  check(now_ms: number, timeout_ms: number): number | undefined {
    let overdue_ms: number | undefined;
    let first = true;
    for (const flight of this.#underWay) {
      overdue_ms = flight.check(now_ms, timeout_ms, first) ?? overdue_ms;
      first = false;
    }
    return overdue_ms;
  }
}

const NOBODY: ReadonlySet<Source> = new Set();
