/**
 * The numbers that a path draws: for each pair of dimensions the first two of Sobol's sequence,
 * shuffled by Owen's scrambling of the sample's number and shifted, each pixel in its own way
 * (Burley, "Practical Hash-based Owen Scrambling", 2020; the hash is Vegdahl's). Any 2^n samples
 * from the first on are spread evenly, and a number depends on nothing but the seed, the pixel,
 * the sample and the dimension.
 */

const UNIT = 2 ** -32;

export class Sampler {
  #pixel = 0;
  #sample = 0;
  /** The pair drawn last, each 0 <= u < 1. */
  u = 0;
  v = 0;

  /** Begins a pixel of a picture. */
  pixel(seed: number, view: number, x: number, y: number): void {
    this.#pixel = mix(mix(mix(seed, view + 1), x), y);
  }

  /** Begins a sample of the pixel. */
  sample(number: number): void {
    this.#sample = reversed(number);
  }

  /** Draws a pair of dimensions. */
  draw(pair: number): void {
    const key = mix(this.#pixel, pair);
    // Shuffled and reversed, a sample's number is van der Corput's sequence.
    let x = this.#sample;
    x ^= Math.imul(x, 0x3d20adea);
    x = (x + key) | 0;
    x = Math.imul(x, (key >>> 16) | 1);
    x ^= Math.imul(x, 0x05526c56);
    x ^= Math.imul(x, 0x53a22864);
    // The second sequence is the product of the first with Pascal's matrix modulo 2, by halves.
    let y = x ^ (x << 16);
    y ^= (y & 0x00ff_00ff) << 8;
    y ^= (y & 0x0f0f_0f0f) << 4;
    y ^= (y & 0x3333_3333) << 2;
    y ^= (y & 0x5555_5555) << 1;
    const shift = Math.imul(key, 0x9e3779b1);
    this.u = ((x ^ shift ^ (shift >>> 15)) >>> 0) * UNIT;
    this.v = ((y ^ Math.imul(shift ^ (shift >>> 13), 0xc2b2ae3d)) >>> 0) * UNIT;
  }
}

/** A hash of two 32-bit numbers (the finaliser of MurmurHash3). */
function mix(a: number, b: number): number {
  let h = a ^ Math.imul(b + 0x6d2b_79f5, 0x9e37_79b1);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}

/** The 32 bits of a number in reverse. */
function reversed(number: number): number {
  let x = (number << 16) | (number >>> 16);
  x = ((x & 0x00ff_00ff) << 8) | ((x >>> 8) & 0x00ff_00ff);
  x = ((x & 0x0f0f_0f0f) << 4) | ((x >>> 4) & 0x0f0f_0f0f);
  x = ((x & 0x3333_3333) << 2) | ((x >>> 2) & 0x3333_3333);
  return ((x & 0x5555_5555) << 1) | ((x >>> 1) & 0x5555_5555);
}
