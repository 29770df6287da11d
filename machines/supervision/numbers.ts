/**
 * The numbers of dynamic children. A number is used again after its child has ended: xstate
 * remembers every event type it ever saw, and a child's id is part of some, so ids must come from a
 * set that does not grow. Changed in place, since a copy would cost as much as there are children.
 */
export class Numbers {
  readonly #max: number;
  readonly #taken: boolean[] = [];
  /** Numbers that were given back, each once; one may have been taken by name since. */
  readonly #free: number[] = [];
  readonly #isFree: boolean[] = [];
  /** No number from here on was ever given out by `take()`. */
  #next = 0;
  #size = 0;

  /** @param max how many there may be; the numbers are less than that */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#size;
  }

  has(number: number): boolean {
    return this.#taken[number] === true;
  }

  /** A number that nobody has, or undefined when all are taken. */
  take(): number | undefined {
    if (this.#size >= this.#max) return undefined;
    for (let number = this.#free.pop(); number !== undefined; number = this.#free.pop()) {
      this.#isFree[number] = false;
      if (this.claim(number)) return number;
    }
    while (this.has(this.#next)) this.#next += 1;
    const number = this.#next;
    this.#next += 1;
    return this.claim(number) ? number : undefined;
  }

  /** Whether this number could be taken. */
  claim(number: number): boolean {
    const isNumber = Number.isInteger(number) && number >= 0 && number < this.#max;
    if (!isNumber || this.has(number)) return false;
    this.#taken[number] = true;
    this.#size += 1;
    return true;
  }

  /** The child of this number has ended. */
  giveBack(number: number): void {
    if (!this.has(number)) return;
    this.#taken[number] = false;
    this.#size -= 1;
    if (this.#isFree[number] === true || number >= this.#next) return;
    this.#isFree[number] = true;
    this.#free.push(number);
  }
}
