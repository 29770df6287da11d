/** So many lines a second of one kind; what is beyond that is counted, and told with the next. */

const SECOND_MS = 1000;

export class LineBudget {
  readonly #most: number;
  #since_ms = Number.NEGATIVE_INFINITY;
  #written = 0;
  #left_out = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a line may be written; counts it if not. */
  admits(now_ms: number): boolean {
    if (now_ms - this.#since_ms >= SECOND_MS) {
      this.#since_ms = now_ms;
      this.#written = 0;
    }
    if (this.#written < this.#most) {
      this.#written += 1;
      return true;
    }
    this.#left_out += 1;
    return false;
  }

  /** Whether lines were left out that nobody was told of. */
  get behind(): boolean {
    return this.#left_out > 0;
  }

  /** How many lines were left out and not told of; nothing for none. They count as told then. */
  takeLeftOut(): { left_out?: number } {
    const left_out = this.#left_out;
    this.#left_out = 0;
    return left_out === 0 ? {} : { left_out };
  }
}
