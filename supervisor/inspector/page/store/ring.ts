/** The last of many, bounded by their number and by their bytes; the oldest go, and are counted. */

export interface Sized {
  readonly bytes: number;
}

export class Ring<T extends Sized> {
  readonly #count_max: number;
  readonly #bytes_max: number;
  #items: (T | undefined)[] = [];
  /** Where the oldest is; what is before it is gone. */
  #start = 0;
  #bytes = 0;
  #dropped = 0;

  constructor(count_max: number, bytes_max: number) {
    this.#count_max = count_max;
    this.#bytes_max = bytes_max;
  }

  get length(): number {
    return this.#items.length - this.#start;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** How many went since it was made. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The oldest is 0. */
  at(index: number): T | undefined {
    return index < 0 ? undefined : this.#items[this.#start + index];
  }

  first(): T | undefined {
    return this.at(0);
  }

  last(): T | undefined {
    return this.at(this.length - 1);
  }

  /** Keeps the newest even when it alone is over the bytes. Returns the bytes that went for it. */
  push(item: T): number {
    this.#items.push(item);
    this.#bytes += item.bytes;
    let freed = 0;
    while (this.length > 1 && (this.length > this.#count_max || this.#bytes > this.#bytes_max)) {
      freed += this.drop();
    }
    return freed;
  }

  /** Drops the oldest; returns its bytes. */
  drop(): number {
    const item = this.first();
    if (item === undefined) return 0;
    this.#items[this.#start] = undefined;
    this.#start += 1;
    this.#bytes -= item.bytes;
    this.#dropped += 1;
    // Moved seldom, so that dropping costs the same however many there are.
    if (this.#start > 1024 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
    return item.bytes;
  }

  toArray(): T[] {
    return this.#items.slice(this.#start) as T[];
  }
}
