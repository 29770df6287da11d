/** What the columns of a cloud of points are: their names say it, or else their numbers. */

import { WHITE } from '../../mesh-import/soup.ts';
import { unitByte } from '../../mesh-import/srgb.ts';
import { pack } from '../../volume/color.ts';

export const COLUMNS_MAX = 64;

/** So many lines are looked at where nothing is named. */
const LOOKED_AT = 4096;
/** How far the length of a normal may be from 1. */
const NORMAL_ROUNDING = 0.05;

const NAMES = {
  x: ['x', 'px', 'x_coordinate'],
  y: ['y', 'py', 'y_coordinate'],
  z: ['z', 'pz', 'z_coordinate'],
  red: ['r', 'red', 'rf'],
  green: ['g', 'green', 'gf'],
  blue: ['b', 'blue', 'bf'],
  intensity: ['i', 'intensity', 'scalar_intensity', 'reflectance'],
} as const;

interface Table {
  readonly names: readonly string[];
  readonly width: number;
  readonly count: number;
  readonly values: Float64Array;
}

export class Columns {
  /** Of x, y and z. */
  readonly places: readonly number[] = [0, 1, 2];
  readonly #values: Float64Array;
  /** The first of three, or where there are none the one of an intensity; -1 for none. */
  readonly #colors: readonly number[] = [];
  readonly #intensity: number = -1;
  /** What is full. */
  readonly #full: number = 1;
  readonly #lowest: number = 0;

  constructor(table: Table) {
    this.#values = table.values;
    const named = (names: readonly string[]) =>
      table.names.findIndex((name) => names.includes(name));
    const places = [NAMES.x, NAMES.y, NAMES.z].map(named);
    const colors = [NAMES.red, NAMES.green, NAMES.blue].map(named);
    const there = (at: readonly number[]) => at.every((place) => place >= 0 && place < table.width);
    if (there(places)) {
      this.places = places;
      if (there(colors)) this.#colors = colors;
      const intensity = named(NAMES.intensity);
      if (intensity < table.width) this.#intensity = intensity;
    } else {
      this.#colors = colorsOf(table);
      if (table.width === 4) this.#intensity = 3;
    }
    const shown = this.#colors.length > 0 ? this.#colors : [this.#intensity];
    const [low, high] = rangeOf(table, shown);
    const bytes = high <= 255 ? 255 : 65_535;
    this.#full = high <= 1 ? 1 : bytes;
    if (this.#colors.length > 0 || this.#intensity < 0) return;
    // Leica's go from -2048 to 2047.
    this.#lowest = Math.min(low, 0);
    if (low < 0 || high > 255) this.#full = Math.max(high - this.#lowest, Number.MIN_VALUE);
  }

  get colored(): boolean {
    return this.#colors.length > 0 || this.#intensity >= 0;
  }

  /** The packed colour of a row, whose numbers begin at a place. */
  colorOf(at: number): number {
    if (this.#colors.length > 0) {
      const [red, green, blue] = this.#colors.map((column) => {
        return unitByte(this.#values[at + column]! / this.#full);
      });
      return pack(red!, green!, blue!, 255);
    }
    if (this.#intensity < 0) return WHITE;
    const grey = unitByte((this.#values[at + this.#intensity]! - this.#lowest) / this.#full);
    return pack(grey, grey, grey, 255);
  }
}

/** The three columns of a colour where nothing is named; none where there are none. */
function colorsOf(table: Table): readonly number[] {
  const { width } = table;
  const alpha = width === 7 && isAlpha(table);
  const starts = alpha
    ? [3]
    : width === 7
      ? [4, 3]
      : width >= 9
        ? [3, 6, 4]
        : width >= 6
          ? [3]
          : [];
  const start = starts.find((from) => from + 3 <= width && areColors(table, from));
  return start === undefined ? [] : [start, start + 1, start + 2];
}

/** Whether the last column is opacity, which is the same everywhere. */
function isAlpha({ count, width, values }: Table): boolean {
  const first = values[width - 1]!;
  if (first !== 255 && first !== 1) return false;
  for (let row = 1; row < Math.min(count, LOOKED_AT); row++) {
    if (values[row * width + width - 1] !== first) return false;
  }
  return true;
}

/** Whether three columns may be a colour, and are no normal, whose length is 1. */
function areColors({ count, width, values }: Table, from: number): boolean {
  let normals = true;
  for (let row = 0; row < Math.min(count, LOOKED_AT); row++) {
    const at = row * width + from;
    const three = values.subarray(at, at + 3);
    if (three.some((value) => !(value >= 0 && value <= 65_535))) return false;
    if (Math.abs(Math.hypot(...three) - 1) > NORMAL_ROUNDING) normals = false;
  }
  return !normals || count < 4;
}

function rangeOf({ count, width, values }: Table, columns: readonly number[]): [number, number] {
  let [low, high] = [Infinity, 0];
  for (let row = 0; row < count; row++) {
    for (const column of columns) {
      const value = column < 0 ? 0 : values[row * width + column]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}
