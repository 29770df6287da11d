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
const HARMONICS = [['f_dc_0'], ['f_dc_1'], ['f_dc_2'], []];
const HARMONIC = 0.28209479177387814;

/** What a channel's number is divided by to be a fraction of one. */
const FULL: Readonly<Record<NumberType, number>> = {
  int8: 255,
  uint8: 255,
  int16: 65_535,
  uint16: 65_535,
  int32: 255,
  uint32: 255,
  float32: 1,
  float64: 1,
};

export class PlyColors {
  readonly #places: readonly number[];
  readonly #harmonic: boolean;
  readonly #full: number[];

  /** The channels of an element; undefined when it has no colours. */
  static of(element: Element): PlyColors | undefined {
    const plain = CHANNELS.map((names) => placeOf(element, names));
    if (plain.slice(0, 3).every((place) => place >= 0)) return new PlyColors(element, plain, false);
    const harmonic = HARMONICS.map((names) => placeOf(element, names));
    if (harmonic.slice(0, 3).every((place) => place >= 0)) {
      return new PlyColors(element, harmonic, true);
    }
    return undefined;
  }

  private constructor({ properties }: Element, places: readonly number[], harmonic: boolean) {
    this.#places = places;
    this.#harmonic = harmonic;
    this.#full = places.map((place) => (place < 0 ? 1 : FULL[properties[place]!.type]));
  }

  get hasAlpha(): boolean {
    return this.#places[3]! >= 0;
  }

  /** Whether only the numbers themselves can tell what is full: fractions or bytes. */
  get open(): boolean {
    return !this.#harmonic && this.#full[0] === 1;
  }

  /** Whether a record has a colour of more than one, which is then bytes as floats. */
  exceeds(values: Float64Array): boolean {
    return this.#places.some((place) => place >= 0 && values[place]! > 1);
  }

  /** From here on 255 is full. */
  useBytes(): void {
    for (const [i, full] of this.#full.entries()) if (full === 1) this.#full[i] = 255;
  }

  /** The packed colour of a record. */
  of(values: Float64Array): number {
    let rgba = 0;
    for (let i = 0; i < 4; i++) {
      const place = this.#places[i]!;
      const value = place < 0 ? 1 : values[place]! / this.#full[i]!;
      rgba |= unitByte(this.#harmonic && i < 3 ? 0.5 + HARMONIC * value : value) << (8 * i);
    }
    return rgba >>> 0;
  }
}

/** The place of the first property that has one of the names, in any case, or -1. */
export function placeOf({ properties }: Element, names: readonly string[]): number {
  return properties.findIndex(({ name }) => names.includes(name.toLowerCase()));
}
