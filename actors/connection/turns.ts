/**
 * Methods of the daemon that wait for their turn: they are answered in their order, as long as the
 * client reads what it is given, and a few milliseconds' worth at a time, so that others get
 * their turn. Urgent ones wait for nothing but that.
 */

import type { DaemonCall } from './daemon-call.ts';

/** So long may one connection keep the main thread with methods of the daemon, each turn. */
const TURN_MS = 5;

export interface TurnsDeps {
  /** Whether the client reads what it is given. */
  readonly roomy: () => boolean;
  readonly dispatch: (call: DaemonCall) => void;
  /** Called after a turn of its own, to send what was answered. */
  readonly flush: () => void;
}

export class Turns {
  readonly #deps: TurnsDeps;
  #waiting: DaemonCall[] = [];
  #urgent: DaemonCall[] = [];
  #next: NodeJS.Immediate | undefined;
  /** When this turn is over, and how many were answered in it. */
  #until_ms = 0;
  #served = 0;

  constructor(deps: TurnsDeps) {
    this.#deps = deps;
  }

  /** A turn begins: the client has sent something. */
  begin(now_ms: number): void {
    this.#until_ms = now_ms + TURN_MS;
    this.#served = 0;
  }

  /** Answers a call, now or when it is its turn. */
  add(call: DaemonCall): void {
    (call.spec.urgent === true ? this.#urgent : this.#waiting).push(call);
    if (this.#next === undefined) this.#serve();
  }

  /** What held calls back may be over. */
  resume(): void {
    const ready = this.#urgent.length > 0 || (this.#waiting.length > 0 && this.#deps.roomy());
    if (ready) this.#next ??= setImmediate(() => this.#nextTurn());
  }

  /** Takes out the first for which `is` holds. */
  takeOut(is: (call: DaemonCall) => boolean): DaemonCall | undefined {
    const at = this.#waiting.findIndex(is);
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  /** Takes out all that wait. */
  drop(): DaemonCall[] {
    const all = [...this.#urgent, ...this.#waiting];
    this.#urgent = [];
    this.#waiting = [];
    clearImmediate(this.#next);
    this.#next = undefined;
    return all;
  }

  #nextTurn(): void {
    this.#next = undefined;
    this.begin(performance.now());
    this.#serve();
    this.#deps.flush();
  }

  #serve(): void {
    this.#urgent = this.#answer(this.#urgent, () => true);
    this.#waiting = this.#answer(this.#waiting, this.#deps.roomy);
    this.resume();
  }

  /** Answers calls as long as it may, and gives those that are left. */
  #answer(calls: DaemonCall[], may: () => boolean): DaemonCall[] {
    let done = 0;
    while (done < calls.length && may()) {
      // One a turn, at least, however slow the machine is.
      if (this.#served > 0 && performance.now() > this.#until_ms) break;
      this.#served += 1;
      this.#deps.dispatch(calls[done++]!);
    }
    return done === 0 ? calls : calls.slice(done);
  }
}
