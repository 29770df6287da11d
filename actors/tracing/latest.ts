/** The latest of many, so many of them at most as `most` says at the moment. */
export class Latest<T> {
  readonly #most: () => number;
  #kept: T[] = [];
  /** Where the eldest is, once they are as many as may be. */
  #eldest = 0;

  constructor(most: () => number) {
    this.#most = most;
  }

  add(one: T): void {
    const most = this.#most();
    if (this.#kept.length > most) this.#shrink(most);
    if (this.#kept.length < most) {
      if (this.#eldest > 0) this.#inOrder();
      this.#kept.push(one);
    } else if (most > 0) {
      this.#kept[this.#eldest] = one;
      this.#eldest = (this.#eldest + 1) % most;
    }
  }

  /** The latest first. */
  list(): T[] {
    const most = this.#most();
    if (this.#kept.length > most) this.#shrink(most);
    return [...this.#kept.slice(this.#eldest), ...this.#kept.slice(0, this.#eldest)].reverse();
  }

  #shrink(most: number): void {
    this.#inOrder();
    this.#kept = this.#kept.slice(this.#kept.length - most);
  }

  #inOrder(): void {
    this.#kept = [...this.#kept.slice(this.#eldest), ...this.#kept.slice(0, this.#eldest)];
    this.#eldest = 0;
  }
}
