/**
 * Paths of light, from the eye backward: at each surface the sun is asked for directly, and one ray
 * goes on to find what else shines there: the sky, or a surface that does.
 */

import { LINEAR } from '../render/lighting.ts';
import { cross, unit } from '../render/projection.ts';
import type { Vec3 } from '../volume/box.ts';
import {
  ALBEDO,
  NORMAL,
  PLANE,
  SQUARE,
  SUMS_GUIDED,
  type TraceJob,
  type TraceView,
} from './job.ts';
import { Sampler } from './sampler.ts';
import { Bounce, EMISSION, METALLIC, OPACITY, ROUGHNESS, SURFACE } from './surface.ts';
import { Walker } from './walker.ts';
import { sourceAt } from './world.ts';

/** Paths end by chance from this bounce on, the sooner the less light they carry. */
const ROULETTE_BOUNCE = 2;
const ROULETTE_MAX = 0.95;
/**
 * What one path may add to a pixel by way of another surface, in multiples of white: a rare path
 * that found much light would be a bright speck. It costs a little of the light of strong emitters.
 */
const INDIRECT_MAX = 8;
/** Sunlight below this share is darkness. */
const DARK = 1 / 1024;

/** Pairs of numbers drawn: for the pixel, at each bounce, and for what can be seen through. */
const PAIR_PIXEL = 0;
const PAIR_SCATTER = 1;
const PAIR_CHANCE = 2;
const PAIR_SUN = 3;
const PAIRS_BOUNCE = 3;
const PAIR_VEIL = 1000;

export class PathTracer {
  readonly #job: TraceJob;
  readonly #walker: Walker;
  readonly #sampler = new Sampler();
  readonly #bounce = new Bounce();
  readonly #sunWidth: number;
  #view!: TraceView;
  #number = 0;
  #across: Vec3 = [1, 0, 0];
  #along: Vec3 = [0, 1, 0];
  #sky = 0;
  /** How many pairs were drawn for veils on this path. */
  #veils = 0;

  // Where the path is: its direction and last point, the axis and sign of the normal there.
  readonly #direction = new Float64Array(3);
  readonly #point = new Float64Array(3);
  readonly #cell = new Int32Array(3);
  #axis = 0;
  #sign = 1;
  #group = 0;
  #inside = -1;
  #onFloor = false;

  /** Sums of the samples of the last pixel, as in `TraceView`. */
  readonly sums = new Float64Array(SUMS_GUIDED);

  constructor(job: TraceJob) {
    this.#job = job;
    this.#walker = new Walker(job.world);
    this.#sunWidth = Math.tan((job.settings.sun_degrees * Math.PI) / 360);
  }

  /** Begins a view. */
  open(view: TraceView): void {
    if (this.#view === view) return;
    this.#view = view;
    this.#number = this.#job.views.indexOf(view);
    const { direction, ambient } = view.lamp;
    const side: Vec3 = Math.abs(direction[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0];
    this.#across = unit(cross(side, direction))!;
    this.#along = cross(direction, this.#across);
    this.#sky = this.#job.settings.sky * ambient;
  }

  /** Sums up samples `from` to `to` of a pixel of the view. */
  pixel(x: number, y: number, from: number, to: number): void {
    this.sums.fill(0);
    this.#sampler.pixel(this.#job.settings.seed, this.#number, x, y);
    for (let sample = from; sample < to; sample++) {
      this.#sampler.sample(sample);
      this.#sampler.draw(PAIR_PIXEL);
      this.#path(x + this.#sampler.u, y + this.#sampler.v);
    }
  }

  #path(x: number, y: number): void {
    const { settings, surfaces } = this.#job;
    const bounce = this.#bounce;
    const sampler = this.#sampler;
    const direction = this.#direction;
    const { weight, on } = bounce;
    this.#begin(x, y);
    let carriedRed = 1;
    let carriedGreen = 1;
    let carriedBlue = 1;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let depth = 0; ; depth++) {
      if (!this.#meet(depth === 0)) {
        if (depth === 0) return;
        red += carriedRed * this.#sky;
        green += carriedGreen * this.#sky;
        blue += carriedBlue * this.#sky;
        break;
      }
      if (depth === 0) this.#guide();
      const at = this.#group * SURFACE;
      // A path that came by way of another surface may add so much and no more.
      const most = depth === 0 ? Infinity : INDIRECT_MAX;
      const shines = surfaces[at + EMISSION]! + surfaces[at + EMISSION + 1]!;
      if (shines + surfaces[at + EMISSION + 2]! > 0) {
        red += Math.min(carriedRed * bounce.red * surfaces[at + EMISSION]!, most);
        green += Math.min(carriedGreen * bounce.green * surfaces[at + EMISSION + 1]!, most);
        blue += Math.min(carriedBlue * bounce.blue * surfaces[at + EMISSION + 2]!, most);
      }
      if (depth > settings.bounces) break;
      const axis = this.#axis;
      const sign = this.#sign;
      const u = axis === 0 ? 1 : 0;
      const v = axis === 2 ? 1 : 2;
      this.#face(at, u, v);
      const pair = depth * PAIRS_BOUNCE;
      const sun = this.#sun(pair + PAIR_SUN);
      if (sun > 0) {
        on[0] = direction[u]!;
        on[1] = direction[v]!;
        on[2] = direction[axis]! * sign;
        bounce.receive();
        red += Math.min(carriedRed * weight[0]! * sun, most);
        green += Math.min(carriedGreen * weight[1]! * sun, most);
        blue += Math.min(carriedBlue * weight[2]! * sun, most);
      }
      sampler.draw(pair + PAIR_CHANCE);
      const chance = sampler.u;
      const roulette = sampler.v;
      sampler.draw(pair + PAIR_SCATTER);
      bounce.scatter(chance, sampler.u, sampler.v);
      carriedRed *= weight[0]!;
      carriedGreen *= weight[1]!;
      carriedBlue *= weight[2]!;
      if (depth >= ROULETTE_BOUNCE) {
        const carried = Math.max(carriedRed, carriedGreen, carriedBlue);
        const stays = Math.min(carried, ROULETTE_MAX);
        if (roulette >= stays) break;
        carriedRed /= stays;
        carriedGreen /= stays;
        carriedBlue /= stays;
      }
      direction[u] = on[0]!;
      direction[v] = on[1]!;
      direction[axis] = on[2]! * sign;
    }
    this.#add(red, green, blue);
  }

  /** Tells the bounce of the surface that was met, and of the way back, by its axes `u` and `v`. */
  #face(at: number, u: number, v: number): void {
    const { surfaces } = this.#job;
    const bounce = this.#bounce;
    const direction = this.#direction;
    bounce.red *= surfaces[at]!;
    bounce.green *= surfaces[at + 1]!;
    bounce.blue *= surfaces[at + 2]!;
    bounce.metallic = surfaces[at + METALLIC]!;
    bounce.roughness = surfaces[at + ROUGHNESS]!;
    bounce.back[0] = -direction[u]!;
    bounce.back[1] = -direction[v]!;
    bounce.back[2] = -direction[this.#axis]! * this.#sign;
  }

  /** Adds what came along a path to the sums of the pixel. */
  #add(red: number, green: number, blue: number): void {
    const { sums } = this;
    sums[0]! += red;
    sums[1]! += green;
    sums[2]! += blue;
    sums[3]! += 1;
    const light = red + green + blue;
    sums[SQUARE]! += light * light;
  }

  /** Aims at a point of the picture. */
  #begin(x: number, y: number): void {
    const { projection, near } = this.#view;
    const o = projection.origin;
    const d = projection.direction;
    const dx = d[0]! + d[3]! * x + d[6]! * y;
    const dy = d[1]! + d[4]! * x + d[7]! * y;
    const dz = d[2]! + d[5]! * x + d[8]! * y;
    const scale = 1 / Math.sqrt(dx * dx + dy * dy + dz * dz);
    this.#point[0] = o[0]! + o[3]! * x + o[6]! * y + near * dx;
    this.#point[1] = o[1]! + o[4]! * x + o[7]! * y + near * dy;
    this.#point[2] = o[2]! + o[5]! * x + o[8]! * y + near * dz;
    this.#direction[0] = dx * scale;
    this.#direction[1] = dy * scale;
    this.#direction[2] = dz * scale;
    this.#veils = 0;
  }

  /** Puts the walker on the way along `direction`; false when it will meet no voxel. */
  #start(free: boolean): boolean {
    const walker = this.#walker;
    const p = this.#point;
    const d = this.#direction;
    walker.aim(p[0]!, p[1]!, p[2]!, d[0]!, d[1]!, d[2]!);
    if (free) return walker.enter();
    walker.cell[0] = this.#cell[0]!;
    walker.cell[1] = this.#cell[1]!;
    walker.cell[2] = this.#cell[2]!;
    walker.inside = this.#inside;
    walker.axis = -1;
    return true;
  }

  /**
   * Goes on to the next surface, past those that let the ray through by chance, and leaves its
   * colour in the bounce. False when there is none.
   */
  #meet(first: boolean): boolean {
    const walker = this.#walker;
    const { world, surfaces } = this.#job;
    if (!this.#start(first || this.#onFloor)) return this.#meetFloor();
    for (;;) {
      if (!walker.walk()) return this.#meetFloor();
      const source = sourceAt(world, walker.slot, walker.index);
      const group = world.groups[source]!;
      const opacity = surfaces[group * SURFACE + OPACITY]!;
      if (opacity < 1) {
        this.#sampler.draw(PAIR_VEIL + this.#veils++);
        if (this.#sampler.u >= opacity) {
          walker.inside = group;
          continue;
        }
      }
      this.#arrive(group, world.blocks[world.order[source]!]![walker.index]!);
      return true;
    }
  }

  #arrive(group: number, rgba: number): void {
    const { axis, cell, ray } = this.#walker;
    const point = this.#point;
    const bounce = this.#bounce;
    bounce.red = LINEAR[rgba & 0xff]!;
    bounce.green = LINEAR[(rgba >>> 8) & 0xff]!;
    bounce.blue = LINEAR[(rgba >>> 16) & 0xff]!;
    this.#group = group;
    this.#inside = this.#walker.inside;
    this.#onFloor = false;
    // Between rounding errors a ray may start in what it met.
    const a = axis < 0 ? 2 : axis;
    const sign = ray[3 + a]! > 0 ? -1 : 1;
    this.#axis = a;
    this.#sign = sign;
    const plane = cell[a]! + (sign > 0 ? 1 : 0);
    const t = (plane - ray[a]!) / ray[3 + a]!;
    for (let i = 0; i < 3; i++) {
      const low = cell[i]!;
      const at = ray[i]! + t * ray[3 + i]!;
      point[i] = i === a ? plane : at < low ? low : at > low + 1 ? low + 1 : at;
      this.#cell[i] = low;
    }
    this.#cell[a] = cell[a]! + sign;
  }

  #meetFloor(): boolean {
    const { settings, floorHeight, floorGroup } = this.#job;
    const point = this.#point;
    const d = this.#direction;
    if (!settings.floor || d[2]! >= 0 || point[2]! <= floorHeight) return false;
    const t = (floorHeight - point[2]!) / d[2]!;
    point[0]! += t * d[0]!;
    point[1]! += t * d[1]!;
    point[2] = floorHeight;
    this.#axis = 2;
    this.#sign = 1;
    this.#group = floorGroup;
    this.#onFloor = true;
    const bounce = this.#bounce;
    bounce.red = bounce.green = bounce.blue = 1;
    return true;
  }

  /**
   * How much of the sun reaches the point, and `direction` set to where in the sun it comes from.
   */
  #sun(pair: number): number {
    const { direction: toward, intensity } = this.#view.lamp;
    if (intensity === 0) return 0;
    const sampler = this.#sampler;
    sampler.draw(pair);
    const radius = Math.sqrt(sampler.u) * this.#sunWidth;
    const angle = 2 * Math.PI * sampler.v;
    const i = radius * Math.cos(angle);
    const j = radius * Math.sin(angle);
    const d = this.#direction;
    const x = toward[0] + i * this.#across[0] + j * this.#along[0];
    const y = toward[1] + i * this.#across[1] + j * this.#along[1];
    const z = toward[2] + i * this.#across[2] + j * this.#along[2];
    const scale = 1 / Math.sqrt(x * x + y * y + z * z);
    d[0] = x * scale;
    d[1] = y * scale;
    d[2] = z * scale;
    if (d[this.#axis]! * this.#sign <= 0) return 0;
    return intensity * this.#passing();
  }

  /** The share of light that comes to the point along `direction`, 0…1. */
  #passing(): number {
    const walker = this.#walker;
    const { world, surfaces, settings, floorHeight } = this.#job;
    if (settings.floor && this.#direction[2]! < 0 && this.#point[2]! > floorHeight) return 0;
    if (!this.#start(this.#onFloor)) return 1;
    let share = 1;
    while (walker.walk()) {
      const group = world.groups[sourceAt(world, walker.slot, walker.index)]!;
      share *= 1 - surfaces[group * SURFACE + OPACITY]!;
      if (share < DARK) return 0;
      walker.inside = group;
    }
    return share;
  }

  /** Adds what the smoothing goes by: the first surface of the path. */
  #guide(): void {
    if (!this.#job.settings.denoise) return;
    const { sums } = this;
    const { surfaces } = this.#job;
    const at = this.#group * SURFACE;
    sums[ALBEDO]! += this.#bounce.red * surfaces[at]!;
    sums[ALBEDO + 1]! += this.#bounce.green * surfaces[at + 1]!;
    sums[ALBEDO + 2]! += this.#bounce.blue * surfaces[at + 2]!;
    sums[NORMAL + this.#axis]! += this.#sign;
    sums[PLANE]! += this.#point[this.#axis]!;
  }
}
