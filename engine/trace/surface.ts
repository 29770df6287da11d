/**
 * How surfaces send on light: metallic-roughness as in glTF 2.0 (appendix B), in a form that
 * neither makes nor loses energy, so that a white body in white light looks white. Part of the
 * light meets a metal, and of the rest a part is reflected at once and the other scattered in all
 * directions. A lobe is chosen by chance; rays of a rough mirror that would go under the surface,
 * which in truth bounce on between its facets, are scattered instead.
 *
 * Directions are local: the third axis is the normal.
 */

import type { Surface } from '../render/groups.ts';
import { LINEAR } from '../render/lighting.ts';

/**
 * Numbers of a surface: red, green, blue, opacity, metallic, roughness, red, green, blue light, and
 * 1 when its faces are among the lamps (`lamps.ts`).
 */
export const SURFACE = 10;
export const OPACITY = 3;
export const METALLIC = 4;
export const ROUGHNESS = 5;
export const EMISSION = 6;
export const LISTED = 9;

/** Goxel's floor is 157, 172, 157, of the default material, but does not shine here. */
const FLOOR: Surface = {
  color: [LINEAR[157]!, LINEAR[172]!, LINEAR[157]!],
  opacity: 1,
  metallic: 0,
  roughness: 1,
  emission: [0, 0, 0],
};

/** Surfaces in shared memory, one after another, the floor's last. */
export function surfacesOf(surfaces: readonly Surface[]): Float64Array {
  const all = [...surfaces, FLOOR];
  const numbers = new Float64Array(new SharedArrayBuffer(all.length * SURFACE * 8));
  for (const [i, { color, opacity, metallic, roughness, emission }] of all.entries()) {
    numbers.set([...color, opacity, metallic, roughness, ...emission, 0], i * SURFACE);
  }
  return numbers;
}

/** Reflectance at right angles of what is no metal. */
const REFLECTANCE = 0.04;
/** Smoother than this, a mirror is perfect for all that a picture shows. */
const ALPHA_MIN = 1e-3;
/** The sun's highlight on a mirror is at least this wide: it has a size. */
const ALPHA_SUN_MIN = 0.02;

/** A point of a surface and a ray that comes to it. */
export class Bounce {
  red = 0;
  green = 0;
  blue = 0;
  metallic = 0;
  roughness = 0;
  /** The direction back along the ray that came, then the one that goes on. */
  readonly back = new Float64Array(3);
  readonly on = new Float64Array(3);
  /** What a channel of light that comes along `on` is multiplied with. */
  readonly weight = new Float64Array(3);
  /** How likely `scatter` chooses `on`, per steradian; found by `expect`. */
  density = 0;

  /**
   * Chooses a lobe by `chance` and a direction in it by (u, v). False when a mirrored ray would go
   * under the surface: then `diffuse` is to choose, by other numbers.
   */
  scatter(chance: number, u: number, v: number): boolean {
    const { weight, metallic } = this;
    const fifth = schlick(this.back[2]!);
    weight[0] = weight[1] = weight[2] = 1;
    if (chance < metallic) {
      weight[0] = this.#mirrored(this.red, fifth);
      weight[1] = this.#mirrored(this.green, fifth);
      weight[2] = this.#mirrored(this.blue, fifth);
      return this.#mirror(u, v);
    }
    if (chance < metallic + (1 - metallic) * this.#mirrored(REFLECTANCE, fifth)) {
      return this.#mirror(u, v);
    }
    weight[0] = this.red;
    weight[1] = this.green;
    weight[2] = this.blue;
    this.diffuse(u, v);
    return true;
  }

  /**
   * Sets `density` and `weight` to the mean of what `scatter` does in the direction `on`, all lobes
   * together, but for rays that it gives to `diffuse`. Here a weight is per steradian.
   */
  expect(): void {
    const { back, on, weight, metallic, roughness } = this;
    const nv = back[2]!;
    const fifth = schlick(nv);
    const alpha = Math.max(roughness * roughness, ALPHA_MIN);
    const x = on[0]! + back[0]!;
    const y = on[1]! + back[1]!;
    const z = on[2]! + nv;
    const bow = ((z * z) / (x * x + y * y + z * z)) * (alpha * alpha - 1) + 1;
    // Of facets seen from `back`, by GGX with Smith's shadowing, in angle of what they mirror.
    const seen = nv + Math.sqrt(alpha * alpha + (1 - alpha * alpha) * nv * nv);
    const facets = (alpha * alpha) / (Math.PI * bow * bow * 2 * seen);
    const fresnel = this.#mirrored(REFLECTANCE, fifth);
    const metal = metallic * facets;
    const grey = (1 - metallic) * fresnel * facets;
    const matt = ((1 - metallic) * (1 - fresnel) * on[2]!) / Math.PI;
    this.density = metal + grey + matt;
    weight[0] = metal * this.#mirrored(this.red, fifth) + grey + matt * this.red;
    weight[1] = metal * this.#mirrored(this.green, fifth) + grey + matt * this.green;
    weight[2] = metal * this.#mirrored(this.blue, fifth) + grey + matt * this.blue;
  }

  /** What a mirror sends back of a channel; `own` at right angles. */
  #mirrored(own: number, fifth: number): number {
    return own + (Math.max(1 - this.roughness, own) - own) * fifth;
  }

  /**
   * Sets `weight` to what light of strength 1 (across its way) from `on` sends back, all lobes
   * together: diffuse and GGX with the visibility approximation of Hammon.
   */
  receive(): void {
    const { back, on, weight, metallic, roughness } = this;
    const nl = on[2]!;
    const nv = Math.max(back[2]!, 1e-4);
    const lv = on[0]! * back[0]! + on[1]! * back[1]! + nl * nv;
    const half = Math.sqrt(Math.max(2 + 2 * lv, 1e-8));
    const nh = Math.min((nl + nv) / half, 1);
    const alpha = Math.max(roughness * roughness, ALPHA_SUN_MIN);
    const bow = nh * nh * (alpha * alpha - 1) + 1;
    const distribution = (alpha * alpha) / (Math.PI * bow * bow);
    const visibility = 0.5 / (nl * (nv * (1 - alpha) + alpha) + nv * (nl * (1 - alpha) + alpha));
    const mirrored = distribution * visibility * nl;
    const fifth = schlick(half / 2);
    const fresnel = REFLECTANCE + (1 - REFLECTANCE) * fifth;
    const metal = metallic * mirrored;
    const grey = (1 - metallic) * fresnel * mirrored + metal * fifth;
    const tinted = ((1 - metallic) * (1 - fresnel) * nl) / Math.PI + metal * (1 - fifth);
    weight[0] = tinted * this.red + grey;
    weight[1] = tinted * this.green + grey;
    weight[2] = tinted * this.blue + grey;
  }

  /** A direction by the cosine to the normal. */
  diffuse(u: number, v: number): void {
    const radius = Math.sqrt(u);
    const angle = 2 * Math.PI * v;
    this.on[0] = radius * Math.cos(angle);
    this.on[1] = radius * Math.sin(angle);
    this.on[2] = Math.sqrt(Math.max(1 - u, 1e-12));
  }

  /**
   * A reflection by a facet that can be seen from where the ray came (Dupuy and Benyoub, "Sampling
   * Visible GGX Normals with Spherical Caps", 2023).
   */
  #mirror(u: number, v: number): boolean {
    const { back, on } = this;
    const alpha = Math.max(this.roughness * this.roughness, ALPHA_MIN);
    let x = back[0]! * alpha;
    let y = back[1]! * alpha;
    let z = back[2]!;
    let scale = 1 / Math.sqrt(x * x + y * y + z * z);
    x *= scale;
    y *= scale;
    z *= scale;
    const angle = 2 * Math.PI * u;
    const height = (1 - v) * (1 + z) - z;
    const radius = Math.sqrt(Math.max(1 - height * height, 0));
    x = (x + radius * Math.cos(angle)) * alpha;
    y = (y + radius * Math.sin(angle)) * alpha;
    z = Math.max(z + height, 1e-9);
    scale = 1 / Math.sqrt(x * x + y * y + z * z);
    x *= scale;
    y *= scale;
    z *= scale;
    const twice = 2 * (back[0]! * x + back[1]! * y + back[2]! * z);
    const up = twice * z - back[2]!;
    if (up <= 1e-9) return false;
    on[0] = twice * x - back[0]!;
    on[1] = twice * y - back[1]!;
    on[2] = up;
    return true;
  }
}

/** The fifth power in Schlick's approximation of Fresnel's equations. */
function schlick(cosine: number): number {
  const away = Math.max(1 - cosine, 0);
  const square = away * away;
  return square * square * away;
}
