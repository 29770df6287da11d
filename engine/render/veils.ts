/**
 * What can be seen through, of an area of a band: every surface that lies before the opaque ones at
 * every sample, in the order in which a ray meets them, nearest first.
 *
 * A body of one group is met where a ray enters it, so only sides turned to the eye count, and none
 * between its voxels. Of surfaces at the same place that of the lower layer is met first.
 */

import { checkInterrupt } from '../interrupt.ts';

/** Surfaces kept at a time: 14 bytes each. An area that has more is drawn in parts. */
const SURFACES_MAX = 2 ** 20;
const ROOM = 2 ** 14;

/**
 * Entries of a ray into one group are the same one when their depths differ by less than this part:
 * at an edge of a body it meets the faces of both sides. Rounding of depths is below it.
 */
const SAME = 2 ** -20;
/** Up to this many surfaces of a sample are sorted by insertion, which is quadratic. */
const FEW = 32;

/** Columns and rows of samples of a band: from the first up to, not including, the last. */
export interface Area {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export class Veils {
  area: Area = { left: 0, right: 0, top: 0, bottom: 0 };
  /** Surfaces of which group are added. */
  group = 0;
  /** How many there were, also those that found no room. */
  count = 0;
  /** Of each surface the sample, counted in the area, the depth as in `Band`, and what is seen. */
  #samples = new Int32Array(ROOM);
  #depths = new Float32Array(ROOM);
  #ids = new Uint32Array(ROOM);
  #groups = new Uint16Array(ROOM);
  /** Surfaces by their samples: those of sample i are `#order[#starts[i]]` up to `#ends[i]`. */
  #order = new Int32Array(ROOM);
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);

  /** In how many parts the area is to be drawn that its surfaces find room. */
  get parts(): number {
    return Math.ceil(this.count / SURFACES_MAX);
  }

  /** Begins an area without any. */
  start(area: Area): void {
    this.area = area;
    this.count = 0;
  }

  /** Adds a surface at a column and row of the band. */
  add(x: number, y: number, depth: number, id: number): void {
    const at = this.count++;
    if (at >= this.#samples.length) {
      if (at >= SURFACES_MAX) return;
      this.#grow();
    }
    const { left, right, top } = this.area;
    this.#samples[at] = (y - top) * (right - left) + x - left;
    this.#depths[at] = depth;
    this.#ids[at] = id;
    this.#groups[at] = this.group;
  }

  /** Puts the surfaces of each sample in order, and leaves out what is there twice. */
  sort(): void {
    const { left, right, top, bottom } = this.area;
    const size = (right - left) * (bottom - top);
    const count = Math.min(this.count, SURFACES_MAX);
    if (this.#starts.length < size) {
      this.#starts = new Int32Array(size);
      this.#ends = new Int32Array(size);
    }
    if (this.#order.length < count) this.#order = new Int32Array(this.#samples.length);
    const samples = this.#samples;
    const ends = this.#ends.fill(0, 0, size);
    for (let i = 0; i < count; i++) ends[samples[i]!]!++;
    let before = 0;
    for (let sample = 0; sample < size; sample++) {
      this.#starts[sample] = before;
      before += ends[sample]!;
      ends[sample] = this.#starts[sample]!;
    }
    for (let i = 0; i < count; i++) this.#order[ends[samples[i]!]!++] = i;
    for (let sample = 0; sample < size; sample++) {
      if ((sample & 0xfff) === 0) checkInterrupt();
      if (ends[sample]! - this.#starts[sample]! > 1) this.#sortSample(sample);
    }
  }

  /** Surfaces of a sample, nearest first, are those numbered from `firstOf` up to `endOf`. */
  firstOf(x: number, y: number): number {
    return this.#starts[this.#sampleAt(x, y)]!;
  }

  endOf(x: number, y: number): number {
    return this.#ends[this.#sampleAt(x, y)]!;
  }

  /** What is seen of a surface. */
  idOf(number: number): number {
    return this.#ids[this.#order[number]!]!;
  }

  #sampleAt(x: number, y: number): number {
    const { left, right, top } = this.area;
    return (y - top) * (right - left) + x - left;
  }

  /** Surfaces come in the order of their groups and keep it where depths are equal. */
  #sortSample(sample: number): void {
    const order = this.#order;
    const depths = this.#depths;
    const first = this.#starts[sample]!;
    const end = this.#ends[sample]!;
    if (end - first > FEW) {
      order.subarray(first, end).sort((a, b) => depths[b]! - depths[a]! || a - b);
    } else {
      for (let i = first + 1; i < end; i++) {
        const moved = order[i]!;
        let to = i;
        while (to > first && depths[order[to - 1]!]! < depths[moved]!) order[to] = order[--to]!;
        order[to] = moved;
      }
    }
    let kept = first;
    for (let i = first; i < end; i++) {
      if (!this.#isTwice(order[i]!, first, kept)) order[kept++] = order[i]!;
    }
    this.#ends[sample] = kept;
  }

  /** Whether one of those numbered `first` up to `end` is the same entry into the same group. */
  #isTwice(surface: number, first: number, end: number): boolean {
    const depth = this.#depths[surface]!;
    for (let i = end - 1; i >= first; i--) {
      const other = this.#order[i]!;
      if (this.#depths[other]! - depth > SAME * Math.abs(depth)) return false;
      if (this.#groups[other] === this.#groups[surface]) return true;
    }
    return false;
  }

  #grow(): void {
    const room = this.#samples.length * 2;
    this.#samples = copied(this.#samples, new Int32Array(room));
    this.#depths = copied(this.#depths, new Float32Array(room));
    this.#ids = copied(this.#ids, new Uint32Array(room));
    this.#groups = copied(this.#groups, new Uint16Array(room));
  }
}

function copied<T extends Int32Array | Uint32Array | Uint16Array | Float32Array>(
  from: T,
  to: T,
): T {
  to.set(from);
  return to;
}

/** An area in about so many parts, which cut no pixel; itself when it is one. */
export function partsOf(area: Area, parts: number, samples: 1 | 2): Area[] {
  const { left, right, top, bottom } = area;
  const byRows = bottom - top > samples;
  const [from, to] = byRows ? [top, bottom] : [left, right];
  const step = Math.ceil((to - from) / samples / parts) * samples;
  const found: Area[] = [];
  for (let low = from; low < to; low += step) {
    const high = Math.min(low + step, to);
    found.push(
      byRows ? { left, right, top: low, bottom: high } : { left: low, right: high, top, bottom },
    );
  }
  return found;
}
