/**
 * Voxels with the colours of a palette alone; alpha stays as it was. Each colour becomes the
 * nearest of the palette, or, dithered, one of two whose mixture is nearest to it.
 *
 * What is nearest is told in Oklab (Björn Ottosson, 2020, https://bottosson.github.io/posts/oklab/),
 * where equal distances look alike. Spreading errors to neighbours, as pictures do it, has no
 * meaning where most neighbours are air, and would make equal surfaces differ; so which of the two
 * colours a voxel gets says its place alone: the sequence R3 of Martin Roberts (2018,
 * http://extremelearning.com.au/unreasonable-effectiveness-of-quasirandom-sequences/), whose values
 * lie far from those of neighbours along every axis and diagonal, as those of blue noise do.
 */

import { toOklab } from '../image/oklab.ts';
import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_VOXELS, newBlockData, newScratch } from '../volume/block.ts';
import { Volume } from '../volume/volume.ts';

/** The powers of 1 / 1.2207440846, the root of x⁴ = x + 1. */
const R3 = [0.8191725133961645, 0.671043606703789, 0.5497004779019703] as const;

/** So much does a pair whose colours lie apart cost, which would be seen as grains. */
const GRAIN = 0.15;

/** A colour of the palette, another one, and how much of that there is in the mixture, 0…1. */
interface Mixture {
  readonly first: number;
  readonly second: number;
  readonly share: number;
}

/** The mixtures, or single colours, by colour without alpha; each is looked for once. */
export class Reducer {
  readonly #palette: Uint32Array;
  readonly #lab: Float64Array;
  readonly #dither: boolean;
  readonly #known = new Map<number, Mixture>();

  /** Of at least one packed colour. */
  constructor(palette: Uint32Array, dither: boolean) {
    this.#palette = palette;
    this.#lab = new Float64Array(palette.length * 3);
    for (const [i, color] of palette.entries()) this.#lab.set(toOklab(color), i * 3);
    this.#dither = dither;
  }

  /** How many colours were met that the palette does not have. */
  get changed(): number {
    const own = new Set(Array.from(this.#palette, (color) => color & 0xff_ffff));
    let count = 0;
    for (const color of this.#known.keys()) if (!own.has(color)) count++;
    return count;
  }

  /** Throws GOX_MEMORY_LIMIT when the result would take more than `blocks_max` blocks. */
  reduced(volume: Volume, blocks_max = Number.POSITIVE_INFINITY): Volume {
    const result = new Volume();
    result.blocks_max = blocks_max;
    for (const { x, y, z, data } of volume.blocks(newScratch())) {
      const words = newBlockData();
      let last = -1;
      let mixture: Mixture = { first: 0, second: 0, share: 0 };
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        const rgba = data[i]!;
        if (rgba <= 0xff_ffff) continue;
        const rgb = rgba & 0xff_ffff;
        if (rgb !== last) {
          last = rgb;
          mixture = this.#mixtureOf(rgb);
        }
        const { first, second, share } = mixture;
        const takesSecond =
          share > 0 && threshold(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)) < share;
        words[i] = ((takesSecond ? second : first) & 0xff_ffff) | (rgba & 0xff00_0000);
      }
      result.giveBlock(x, y, z, words);
    }
    result.blocks_max = Number.POSITIVE_INFINITY;
    return result;
  }

  #mixtureOf(rgb: number): Mixture {
    const known = this.#known.get(rgb);
    if (known !== undefined) return known;
    checkInterrupt();
    const first = this.#nearest(rgb);
    const made = this.#dither
      ? this.#mixed(rgb, first)
      : { first: this.#palette[first]!, second: 0, share: 0 };
    this.#known.set(rgb, made);
    return made;
  }

  #nearest(rgb: number): number {
    const [l, a, b] = toOklab(rgb);
    const lab = this.#lab;
    let nearest = 0;
    let smallest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#palette.length; i++) {
      // An equal colour must not lose to rounding.
      if ((this.#palette[i]! & 0xff_ffff) === rgb) return i;
      const distance =
        (lab[3 * i]! - l) ** 2 + (lab[3 * i + 1]! - a) ** 2 + (lab[3 * i + 2]! - b) ** 2;
      if (distance >= smallest) continue;
      nearest = i;
      smallest = distance;
    }
    return nearest;
  }

  /** With each other colour: the point of the line between the two, in sRGB, that is nearest. */
  #mixed(rgb: number, place: number): Mixture {
    const first = this.#palette[place]!;
    const wanted = difference(rgb, first);
    let best: Mixture = { first, second: first, share: 0 };
    let smallest = square(wanted);
    for (const second of this.#palette) {
      const line = difference(second, first);
      const length = square(line);
      if (length === 0) continue;
      const share = Math.min(Math.max(dot(wanted, line) / length, 0), 1);
      const rest = square([0, 1, 2].map((i) => wanted[i]! - share * line[i]!));
      const error = rest + GRAIN * length * share * (1 - share);
      if (error >= smallest) continue;
      best = { first, second, share };
      smallest = error;
    }
    return best;
  }
}

/** A number from 0 to 1, evenly spread over places. */
function threshold(x: number, y: number, z: number): number {
  const sum = x * R3[0] + y * R3[1] + z * R3[2];
  return sum - Math.floor(sum);
}

function difference(a: number, b: number): number[] {
  return [0, 8, 16].map((shift) => ((a >>> shift) & 0xff) - ((b >>> shift) & 0xff));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

function square(a: readonly number[]): number {
  return dot(a, a);
}
