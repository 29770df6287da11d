/** Which of the messages that a service shows are passed on: all of a flow, or none of it. */

/** Flows whose fate is remembered. */
const FLOWS_MAX = 4096;
const SECOND_MS = 1000;

export class Flows {
  readonly #begin_max: number;
  readonly #now_ms: () => number;
  readonly #fates = new Map<string, boolean>();
  #left: number;
  #refilled_ms: number;

  /** So many begin within a second. */
  constructor(begin_max: number, now_ms: () => number = () => performance.now()) {
    this.#begin_max = begin_max;
    this.#now_ms = now_ms;
    this.#left = begin_max;
    this.#refilled_ms = now_ms();
  }

  /** A message without a flow is one by itself. */
  takes(flow: string | undefined): boolean {
    const fate = flow === undefined ? undefined : this.#fates.get(flow);
    if (fate !== undefined || flow === undefined) return fate ?? this.#begins();
    const taken = this.#begins();
    const [oldest] = this.#fates.keys();
    if (this.#fates.size >= FLOWS_MAX && oldest !== undefined) this.#fates.delete(oldest);
    this.#fates.set(flow, taken);
    return taken;
  }

  #begins(): boolean {
    const now_ms = this.#now_ms();
    const gained = ((now_ms - this.#refilled_ms) / SECOND_MS) * this.#begin_max;
    this.#left = Math.min(this.#begin_max, this.#left + gained);
    this.#refilled_ms = now_ms;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
