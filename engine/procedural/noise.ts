/**
 * Gradient noise in the plane (Perlin, "Improving Noise", 2002) over a seeded hash of the lattice.
 * Only sums and products of doubles, so that a seed gives the same numbers on every machine.
 */

/** Eight directions to the sides and the corners of a square. */
const GRADIENTS_X = [1, -1, 0, 0, 1, -1, 1, -1];
const GRADIENTS_Y = [0, 0, 1, -1, 1, 1, -1, -1];

/** Noise at a point, -1…1, 0 at points of the lattice; `seed` is any 32-bit number. */
export function noise(seed: number, x: number, y: number): number {
  const [cx, cy] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - cx, y - cy];
  const [u, v] = [fade(fx), fade(fy)];
  const low = mix(u, slope(seed, cx, cy, fx, fy), slope(seed, cx + 1, cy, fx - 1, fy));
  const high = mix(
    u,
    slope(seed, cx, cy + 1, fx, fy - 1),
    slope(seed, cx + 1, cy + 1, fx - 1, fy - 1),
  );
  return mix(v, low, high);
}

function slope(seed: number, cx: number, cy: number, dx: number, dy: number): number {
  let h = Math.imul(cx ^ seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15) ^ cy, 0x85ebca77);
  h = Math.imul(h ^ (h >>> 13) ^ seed, 0xc2b2ae3d);
  const direction = (h >>> 16) & 7;
  return GRADIENTS_X[direction]! * dx + GRADIENTS_Y[direction]! * dy;
}

function fade(t: number): number {
  return t * t * t * (t * (t * 6 - 15) + 10);
}

function mix(share: number, a: number, b: number): number {
  return a + share * (b - a);
}

/** How octaves of noise are summed. */
export interface Octaves {
  readonly seed: number;
  /** Width of the first octave's cells, in the units of x and y. */
  readonly scale: number;
  readonly count: number;
  /** The strength of each octave over the one before. */
  readonly persistence: number;
  /** How much finer each octave is than the one before. */
  readonly lacunarity: number;
}

/** Octaves of noise summed, over the sum of their strengths: -1…1. */
export function fractalNoise(octaves: Octaves, x: number, y: number): number {
  let [sum, total, strength, frequency] = [0, 0, 1, 1 / octaves.scale];
  for (let i = 0; i < octaves.count; i++) {
    sum += strength * noise((octaves.seed + i) | 0, x * frequency, y * frequency);
    total += strength;
    strength *= octaves.persistence;
    frequency *= octaves.lacunarity;
  }
  return total === 0 ? 0 : sum / total;
}
