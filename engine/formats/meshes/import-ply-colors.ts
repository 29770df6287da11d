/** Colours in the records of a .ply file, by the names and in the numbers that programs use. */

import { unitByte } from '../../mesh-import/srgb.ts';
import type { Element, NumberType } from './import-ply-header.ts';

const CHANNELS = [
  ['red', 'r', 'diffuse_red', 'color_red', 'ambient_red'],
  ['green', 'g', 'diffuse_green', 'color_green', 'ambient_green'],
  ['blue', 'b', 'diffuse_blue', 'color_blue', 'ambient_blue'],
  ['alpha', 'a', 'diffuse_alpha', 'color_alpha'],
];
/** Of splats ("3D Gaussian Splatting", Kerbl et al., 2023): the constant spherical harmonic. */
const HARMONICS = [['f_dc_0'], ['f_dc_1'], ['f_dc_2']];
const HARMONIC = 0.28209479177387814;
/** Of scans without colours. */
const INTENSITIES = ['intensity', 'scalar_intensity', 'reflectance', 'gray', 'grey'];

/** What a channel's number may be divided by to be a fraction of one, by its type. */
const FULL: Readonly<Record<NumberType, readonly number[]>> = {
  int8: [255],
  uint8: [255],
  int16: [255, 65_535],
  uint16: [255, 65_535],
  int32: [255, 65_535],
  uint32: [255, 65_535],
  float32: [1, 255, 65_535],
  float64: [1, 255, 65_535],
};

/** A channel, or all three of a colour, which are full at the same number. */
class Channel {
  readonly places: readonly number[];
  readonly #signed: boolean;
  /** What may be full; the largest number that there is decides. */
  readonly #fulls: readonly number[];
  #full: number;
  #highest = 0;

  constructor({ properties }: Element, places: readonly number[]) {
    this.places = places;
    const type = properties[places[0]!]?.type ?? 'float32';
    this.#signed = type === 'int8';
    this.#fulls = FULL[type];
    this.#full = this.#fulls[0]!;
  }

  /** Whether only the numbers themselves can tell what is full. */
  get open(): boolean {
    return this.#fulls.length > 1;
  }

  /** Looks at a record to learn what is full. */
  learn(values: Float64Array): void {
    for (const place of this.places) {
      if (!(values[place]! > this.#highest)) continue;
      this.#highest = values[place]!;
      this.#full = this.#fulls.find((full) => full >= this.#highest) ?? this.#highest;
    }
  }

  /** The fraction of one that a number is. */
  of(value: number): number {
    return (this.#signed && value < 0 ? value + 256 : value) / this.#full;
  }
}

export class PlyColors {
  readonly #color: Channel;
  readonly #alpha: Channel | undefined;
  readonly #harmonic: boolean;

  /** The channels of an element; undefined when it has no colours. */
  static of(element: Element): PlyColors | undefined {
    const plain = CHANNELS.map((names) => placeOf(element, names));
    if (plain.slice(0, 3).every((place) => place >= 0)) return new PlyColors(element, plain, false);
    const harmonic = HARMONICS.map((names) => placeOf(element, names));
    if (harmonic.every((place) => place >= 0)) return new PlyColors(element, harmonic, true);
    const grey = placeOf(element, INTENSITIES);
    return grey < 0 ? undefined : new PlyColors(element, [grey, grey, grey], false);
  }

  private constructor(element: Element, places: readonly number[], harmonic: boolean) {
    const [red, green, blue, alpha = -1] = places;
    this.#color = new Channel(element, [red!, green!, blue!]);
    this.#alpha = alpha < 0 ? undefined : new Channel(element, [alpha]);
    this.#harmonic = harmonic;
  }

  get hasAlpha(): boolean {
    return this.#alpha !== undefined;
  }

  /** Whether only the numbers themselves can tell what is full. */
  get open(): boolean {
    return !this.#harmonic && (this.#color.open || this.#alpha?.open === true);
  }

  /** Looks at a record to learn what is full. */
  learn(values: Float64Array): void {
    this.#color.learn(values);
    this.#alpha?.learn(values);
  }

  /** The packed colour of a record. */
  of(values: Float64Array): number {
    const alpha = this.#alpha;
    let rgba = alpha === undefined ? 255 : unitByte(alpha.of(values[alpha.places[0]!]!));
    for (let i = 2; i >= 0; i--) {
      const value = values[this.#color.places[i]!]!;
      const part = this.#harmonic ? 0.5 + HARMONIC * value : this.#color.of(value);
      rgba = rgba * 256 + unitByte(part);
    }
    return rgba;
  }
}

/** The place of the first property that has one of the names, in any case, or -1. */
export function placeOf({ properties }: Element, names: readonly string[]): number {
  return properties.findIndex(({ name }) => names.includes(name.toLowerCase()));
}
