/** Which steps of a stack are other ones than those that were sent last, told by their numbers. */

export class SentStack {
  /** From the oldest to the newest. */
  #numbers: number[] = [];
  /** How many had gone from the front by then. */
  #gone = 0;

  /**
   * How many of the oldest are gone, and how many of the others are still there.
   *
   * @param untouched so many of the oldest, gone or not, may be the same
   * @param gone how many have gone from the front of the stack, since it was empty at least
   * @param length of the stack
   * @param numberAt of the step in a place
   */
  compare(
    untouched: number,
    gone: number,
    length: number,
    numberAt: (place: number) => number,
  ): { dropped: number; kept: number } {
    const numbers = this.#numbers;
    // When fewer are gone than were, it is another stack.
    const dropped =
      gone < this.#gone ? numbers.length : Math.min(gone - this.#gone, numbers.length);
    // Whatever lies below a step that is the same is the same, too.
    let [low, high] = [
      0,
      Math.min(numbers.length - dropped, length, Math.max(untouched - gone, 0)),
    ];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (numbers[dropped + middle - 1] === numberAt(middle - 1)) low = middle;
      else high = middle - 1;
    }
    return { dropped, kept: low };
  }

  sent(gone: number, dropped: number, kept: number, added: Iterable<number>): void {
    this.#gone = gone;
    if (dropped > 0) this.#numbers.splice(0, dropped);
    this.#numbers.length = kept;
    for (const number of added) this.#numbers.push(number);
  }

  clear(): void {
    this.#numbers = [];
    this.#gone = 0;
  }
}
