/** The first few of many colours in an order, without sorting all: a heap with the last on top. */

/** Red counts most, alpha least. */
function orderOf(rgba: number): number {
  const [r, g, b] = [rgba & 0xff, (rgba >>> 8) & 0xff, (rgba >>> 16) & 0xff];
  return ((r << 24) | (g << 16) | (b << 8) | (rgba >>> 24)) >>> 0;
}

export interface Counted {
  readonly rgba: number;
  readonly count: number;
}

/** By count, the highest first, and where that is equal by colour; or by colour alone. */
export class Best {
  readonly #length_max: number;
  readonly #by_count: boolean;
  readonly #heap: Counted[] = [];

  constructor(length_max: number, by_count: boolean) {
    this.#length_max = length_max;
    this.#by_count = by_count;
  }

  offer(rgba: number, count: number): void {
    const heap = this.#heap;
    if (heap.length < this.#length_max) {
      heap.push({ rgba, count });
      if (heap.length === this.#length_max) this.#build();
      return;
    }
    const last = heap[0]!;
    if (this.#compare(rgba, count, last.rgba, last.count) >= 0) return;
    heap[0] = { rgba, count };
    this.#sink(0);
  }

  /** In order. */
  sorted(): Counted[] {
    return this.#heap.sort((a, b) => this.#compare(a.rgba, a.count, b.rgba, b.count));
  }

  /** Below 0 when the first of two comes first. */
  #compare(rgba: number, count: number, otherRgba: number, otherCount: number): number {
    if (this.#by_count && count !== otherCount) return otherCount - count;
    return orderOf(rgba) - orderOf(otherRgba);
  }

  #build(): void {
    for (let at = this.#heap.length >> 1; at >= 0; at--) this.#sink(at);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const entry = heap[from];
    if (entry === undefined) return;
    let at = from;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && this.#isAfter(heap[below + 1]!, heap[below]!)) below++;
      if (!this.#isAfter(heap[below]!, entry)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = entry;
  }

  #isAfter(a: Counted, b: Counted): boolean {
    return this.#compare(a.rgba, a.count, b.rgba, b.count) > 0;
  }
}
