/**
 * Reduces colours to those of a palette as well as can be seen: all of them when they fit; else the
 * space OKLab is cut, again and again where most is lost, at the mean of the axis that varies most,
 * and the colours found are moved to the middle of what is nearest to them until that changes
 * little (Lloyd's algorithm). A colour weighs by the root of how often it comes, so that details
 * count.
 */

import { checkInterrupt } from '../interrupt.ts';
import { fromOklab, toOklab } from './oklab.ts';

export interface Fewer {
  /** Packed, opaque. */
  readonly colors: Uint32Array;
  /** The group of each. */
  readonly groups: Uint8Array;
  /** For each of those given, its place in `colors`. */
  readonly indices: Uint8Array;
}

/** Numbers of a point: OKLab and the group. */
const DIMENSIONS = 4;

/** Colours of different groups are never one. */
const GROUP_DISTANCE = 16;

const ROUNDS_MAX = 12;

/** More points than these are first joined where they are alike. */
const POINTS_MAX = 0x8000;

/**
 * @param colors distinct packed colours in each group, whose alpha means nothing
 * @param counts how often each comes
 * @param size the most colours that are wanted, up to 256; no fewer than there are groups
 */
export function fewerColors(
  colors: Uint32Array,
  counts: Uint32Array,
  size: number,
  groups: Uint8Array = new Uint8Array(colors.length),
): Fewer {
  if (colors.length <= size) {
    const opaque = Uint32Array.from(colors, (rgba) => (rgba | 0xff00_0000) >>> 0);
    return { colors: opaque, groups, indices: Uint8Array.from(colors.keys()) };
  }
  const all = pointsOf(colors, counts, groups);
  const points = all.length > POINTS_MAX ? joined(all, colors, groups) : all;
  const centres = new Centres(cut(points, size));
  for (let round = 0; round < ROUNDS_MAX; round++) if (!centres.refine(points)) break;
  const made = centres.rounded();
  const nearest = new Centres(made.places);
  const indices = new Uint8Array(colors.length);
  for (let i = 0; i < indices.length; i++) {
    if ((i & 0xff) === 0) checkInterrupt();
    indices[i] = nearest.nearest(all.values, i * DIMENSIONS);
  }
  const order = nearest.order;
  return {
    colors: Uint32Array.from(order, (place) => made.colors[place]!),
    groups: Uint8Array.from(order, (place) => made.groups[place]!),
    indices,
  };
}

/** Points in OKLab and their weights. */
interface Points {
  readonly length: number;
  readonly values: Float64Array;
  readonly weights: Float64Array;
}

function pointsOf(colors: Uint32Array, counts: Uint32Array, groups: Uint8Array): Points {
  const values = new Float64Array(colors.length * DIMENSIONS);
  for (let i = 0; i < colors.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    values.set(toOklab(colors[i]!), i * DIMENSIONS);
    values[i * DIMENSIONS + 3] = groups[i]! * GROUP_DISTANCE;
  }
  return { length: colors.length, values, weights: Float64Array.from(counts, Math.sqrt) };
}

/** One point, in the middle, for those whose colours are the same in 5 bits a channel. */
function joined({ values, weights }: Points, colors: Uint32Array, groups: Uint8Array): Points {
  const places = new Map<number, number>();
  const sums: number[] = [];
  const total: number[] = [];
  for (let i = 0; i < colors.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const cell = (colors[i]! & 0xf8_f8f8) + (groups[i]! % 8);
    const key = cell * 32 + (groups[i]! >> 3);
    let place = places.get(key);
    if (place === undefined) {
      place = total.length;
      places.set(key, place);
      total.push(0);
      for (let k = 0; k < DIMENSIONS; k++) sums.push(0);
    }
    const weight = weights[i]!;
    total[place]! += weight;
    for (let k = 0; k < DIMENSIONS; k++) {
      sums[place * DIMENSIONS + k]! += values[i * DIMENSIONS + k]! * weight;
    }
  }
  const means = Float64Array.from(sums, (sum, i) => sum / total[Math.floor(i / DIMENSIONS)]!);
  return { length: total.length, values: means, weights: Float64Array.from(total) };
}

/** Points that are to become one colour: from a place in the order of points to another. */
interface Cell {
  readonly start: number;
  readonly end: number;
  /** Their mean. */
  readonly mean: readonly number[];
  /** Where they vary most, and the sum of all their squared distances from the mean. */
  readonly axis: number;
  readonly error: number;
}

/** The means of at most `size` cells. */
function cut({ length, values, weights }: Points, size: number): number[][] {
  const order = Uint32Array.from({ length }, (_, i) => i);
  const measure = (start: number, end: number): Cell => {
    const sums = new Float64Array(DIMENSIONS);
    const squares = new Float64Array(DIMENSIONS);
    let total = 0;
    for (let i = start; i < end; i++) {
      const weight = weights[order[i]!]!;
      total += weight;
      for (let k = 0; k < DIMENSIONS; k++) {
        const value = values[order[i]! * DIMENSIONS + k]!;
        sums[k]! += value * weight;
        squares[k]! += value * value * weight;
      }
    }
    const mean = Array.from(sums, (sum) => sum / total);
    const errors = mean.map((value, k) => Math.max(squares[k]! - value * value * total, 0));
    const error = end - start < 2 ? 0 : errors.reduce((sum, one) => sum + one, 0);
    return { start, end, mean, axis: errors.indexOf(Math.max(...errors)), error };
  };
  const cells = [measure(0, length)];
  while (cells.length < size) {
    checkInterrupt();
    let worst = 0;
    for (let i = 1; i < cells.length; i++) if (cells[i]!.error > cells[worst]!.error) worst = i;
    const { start, end, mean, axis, error } = cells[worst]!;
    if (error <= 1e-12) break;
    let middle = start;
    for (let i = start; i < end; i++) {
      const point = order[i]!;
      if (values[point * DIMENSIONS + axis]! > mean[axis]!) continue;
      order[i] = order[middle]!;
      order[middle++] = point;
    }
    // All of it on one side is a rounding error away from being one colour.
    if (middle === start || middle === end) {
      cells[worst] = { ...cells[worst]!, error: 0 };
      continue;
    }
    cells[worst] = measure(start, middle);
    cells.push(measure(middle, end));
  }
  return cells.map(({ mean }) => [...mean]);
}

/** Points by lightness, so that the nearest one is found without a look at most of them. */
class Centres {
  /** Where each was in the list given. */
  readonly order: number[];
  #values: Float64Array;

  constructor(places: readonly (readonly number[])[]) {
    this.order = [...places.keys()].sort((a, b) => places[a]![0]! - places[b]![0]!);
    this.#values = Float64Array.from(this.order.flatMap((place) => places[place]!));
  }

  /** The place, by lightness, of the centre that is nearest to the point at an offset. */
  nearest(values: Float64Array, at: number): number {
    const own = this.#values;
    const count = own.length / DIMENSIONS;
    const light = values[at]!;
    let low = 0;
    for (let high = count; low < high; ) {
      const middle = (low + high) >> 1;
      if (own[middle * DIMENSIONS]! < light) low = middle + 1;
      else high = middle;
    }
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    // Outwards in both directions, as long as the lightness alone is not farther.
    for (let up = low, down = low - 1; up < count || down >= 0; ) {
      const above = up < count ? (own[up * DIMENSIONS]! - light) ** 2 : Infinity;
      const below = down >= 0 ? (own[down * DIMENSIONS]! - light) ** 2 : Infinity;
      if (Math.min(above, below) >= least) break;
      const place = above <= below ? up++ : down--;
      let distance = Math.min(above, below);
      for (let k = 1; k < DIMENSIONS; k++) {
        distance += (own[place * DIMENSIONS + k]! - values[at + k]!) ** 2;
      }
      if (distance >= least) continue;
      least = distance;
      best = place;
    }
    return best;
  }

  /** Moves each centre to the mean of what is nearest to it; tells whether any moved far. */
  refine({ length, values, weights }: Points): boolean {
    const sums = new Float64Array(this.#values.length);
    const totals = new Float64Array(this.#values.length / DIMENSIONS);
    for (let i = 0; i < length; i++) {
      if ((i & 0xff) === 0) checkInterrupt();
      const place = this.nearest(values, i * DIMENSIONS);
      totals[place]! += weights[i]!;
      for (let k = 0; k < DIMENSIONS; k++) {
        sums[place * DIMENSIONS + k]! += values[i * DIMENSIONS + k]! * weights[i]!;
      }
    }
    let moved = 0;
    const places = Array.from(totals, (total, place) => {
      const before = this.#values.subarray(place * DIMENSIONS, (place + 1) * DIMENSIONS);
      if (total === 0) return [...before];
      const now = Array.from(before, (_, k) => sums[place * DIMENSIONS + k]! / total);
      moved = Math.max(moved, ...now.map((value, k) => Math.abs(value - before[k]!)));
      return now;
    });
    places.sort((a, b) => a[0]! - b[0]!);
    this.#values = Float64Array.from(places.flat());
    return moved > 1e-4;
  }

  /** The colours that can be written, and where these are. */
  rounded(): { colors: number[]; groups: number[]; places: number[][] } {
    const count = this.#values.length / DIMENSIONS;
    const colors: number[] = [];
    const groups: number[] = [];
    for (let place = 0; place < count; place++) {
      const [l, a, b, group] = this.#values.subarray(place * DIMENSIONS, (place + 1) * DIMENSIONS);
      colors.push(fromOklab([l!, a!, b!]));
      groups.push(Math.round(group! / GROUP_DISTANCE));
    }
    const places = colors.map((rgba, i) => [...toOklab(rgba), groups[i]! * GROUP_DISTANCE]);
    return { colors, groups, places };
  }
}
