/**
 * Paths of light, from the eye backward: at each surface the sun and one of the lamps are asked for
 * directly, and one ray goes on to find what else shines there: the sky, or a surface that does.
 *
 * Lamps are found in both ways. Each counts by its likelihood among the two for the same point (the
 * balance heuristic of Veach, "Robust Monte Carlo Methods for Light Transport Simulation", 1997,
 * chapter 9), so that nothing counts twice: asking is best for what is small, chance for what is
 * large, near, or seen in a mirror.
 */

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
import { LampChooser } from './lamps.ts';
import { Ray } from './ray.ts';
import { Sampler } from './sampler.ts';
import { Bounce, EMISSION, LISTED, METALLIC, ROUGHNESS, SURFACE } from './surface.ts';

/** Paths end by chance from this bounce on, the sooner the less light they carry. */
const ROULETTE_BOUNCE = 2;
const ROULETTE_MAX = 0.95;
/**
 * What one path may add to a pixel by way of another surface, in multiples of white: a rare path
 * that found much light would be a bright speck. It costs a little of the light of strong emitters.
 */
const INDIRECT_MAX = 8;

/** Pairs of numbers drawn: for the pixel, and at each bounce. */
const PAIR_PIXEL = 0;
const PAIR_SCATTER = 1;
const PAIR_CHANCE = 2;
const PAIR_SUN = 3;
const PAIRS_BOUNCE = 3;
const PAIR_LAMP = 400;
const PAIR_DIFFUSE = 500;

export class PathTracer {
  readonly #job: TraceJob;
  readonly #sampler = new Sampler();
  readonly #ray: Ray;
  readonly #lamps: LampChooser;
  readonly #bounce = new Bounce();
  readonly #sunWidth: number;
  #view!: TraceView;
  #number = 0;
  #across: Vec3 = [1, 0, 0];
  #along: Vec3 = [0, 1, 0];
  #sky = 0;

  /** What a path carries, in red, green and blue, and what it has found. */
  readonly #carried = new Float64Array(3);
  readonly #found = new Float64Array(3);
  /** Where it goes on from a surface, by the surface's axes, with what share of the light. */
  readonly #next = new Float64Array(3);
  readonly #weight = new Float64Array(3);
  /** How likely it goes there, per steradian; only found where there are lamps. */
  #likelihood = 0;
  /** A number to end the path by, 0…1. */
  #roulette = 0;
  /** Whether it is scattered since a mirrored ray would have gone under the surface. */
  #isUnder = false;

  /** Sums of the samples of the last pixel, as in `TraceView`. */
  readonly sums = new Float64Array(SUMS_GUIDED);

  /** After the first stage. */
  constructor(job: TraceJob) {
    this.#job = job;
    this.#ray = new Ray(job, this.#sampler);
    this.#lamps = new LampChooser(job);
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
    const { settings } = this.#job;
    const ray = this.#ray;
    const carried = this.#carried;
    const found = this.#found;
    this.#begin(x, y);
    carried[0] = carried[1] = carried[2] = 1;
    found[0] = found[1] = found[2] = 0;
    for (let depth = 0; ; depth++) {
      const meets = ray.meet();
      if (!meets && depth === 0 && !ray.isTurned && !ray.isLost) {
        this.#addBackdrop();
        return;
      }
      this.#carry(ray.passed);
      if (!meets) {
        if (!ray.isLost) this.#addSky();
        break;
      }
      if (depth === 0) this.#guide();
      this.#shine(depth);
      if (depth > settings.bounces) break;
      this.#face();
      this.#sun(depth);
      this.#scatter(depth);
      if (this.#lamps.total > 0) this.#lamp(depth);
      this.#carry(this.#weight);
      if (!this.#goesOn(depth)) break;
    }
    this.#add();
  }

  #carry(share: Float64Array): void {
    const carried = this.#carried;
    carried[0]! *= share[0]!;
    carried[1]! *= share[1]!;
    carried[2]! *= share[2]!;
  }

  /** Adds the light of a lamp to what the path has found, as much as it carries, up to `most`. */
  #find(red: number, green: number, blue: number, most: number): void {
    const carried = this.#carried;
    const found = this.#found;
    found[0]! += Math.min(carried[0]! * red, most);
    found[1]! += Math.min(carried[1]! * green, most);
    found[2]! += Math.min(carried[2]! * blue, most);
  }

  /** What the surface that was met shines itself, as far as it was not asked for. */
  #shine(depth: number): void {
    const { surfaces } = this.#job;
    const ray = this.#ray;
    const at = ray.group * SURFACE;
    const red = ray.red * surfaces[at + EMISSION]!;
    const green = ray.green * surfaces[at + EMISSION + 1]!;
    const blue = ray.blue * surfaces[at + EMISSION + 2]!;
    const power = red + green + blue;
    if (power === 0) return;
    let share = 1;
    let most = depth === 0 ? Infinity : INDIRECT_MAX;
    if (depth > 0 && surfaces[at + LISTED] === 1 && !ray.isTurned) {
      const asked = this.#askedFor(power / this.#lamps.total, ray.axis);
      share = this.#likelihood / (this.#likelihood + asked);
      if (depth === 1) most = Infinity;
    }
    this.#find(red * share, green * share, blue * share, most);
  }

  /**
   * How likely a lamp's point at the end of the ray is asked for, per steradian, by how likely it
   * is per area.
   */
  #askedFor(density: number, axis: number): number {
    const { reach, direction } = this.#ray;
    return (density * reach * reach) / Math.max(Math.abs(direction[axis]!), 1e-12);
  }

  /** Tells the bounce of the surface that was met, and of the way back. */
  #face(): void {
    const { surfaces } = this.#job;
    const bounce = this.#bounce;
    const { group, red, green, blue } = this.#ray;
    const at = group * SURFACE;
    bounce.red = red * surfaces[at]!;
    bounce.green = green * surfaces[at + 1]!;
    bounce.blue = blue * surfaces[at + 2]!;
    bounce.metallic = surfaces[at + METALLIC]!;
    bounce.roughness = surfaces[at + ROUGHNESS]!;
    this.#toSurface(bounce.back, -1);
  }

  /** The ray's direction by the surface's axes, the third its normal. */
  #toSurface(local: Float64Array, factor: 1 | -1): void {
    const { axis, sign, direction } = this.#ray;
    local[0] = direction[axis === 0 ? 1 : 0]! * factor;
    local[1] = direction[axis === 2 ? 1 : 2]! * factor;
    local[2] = direction[axis]! * sign * factor;
  }

  /** Chooses where to go on. */
  #scatter(depth: number): void {
    const sampler = this.#sampler;
    const bounce = this.#bounce;
    const pair = depth * PAIRS_BOUNCE;
    sampler.draw(pair + PAIR_CHANCE);
    const chance = sampler.u;
    this.#roulette = sampler.v;
    sampler.draw(pair + PAIR_SCATTER);
    this.#isUnder = !bounce.scatter(chance, sampler.u, sampler.v);
    if (this.#isUnder) {
      sampler.draw(PAIR_DIFFUSE + depth);
      bounce.diffuse(sampler.u, sampler.v);
    }
    const { on, weight } = bounce;
    const next = this.#next;
    const kept = this.#weight;
    next[0] = on[0]!;
    next[1] = on[1]!;
    next[2] = on[2]!;
    kept[0] = weight[0]!;
    kept[1] = weight[1]!;
    kept[2] = weight[2]!;
    if (this.#lamps.total > 0) {
      bounce.expect();
      this.#likelihood = this.#isUnder ? bounce.on[2]! / Math.PI : bounce.density;
    }
  }

  /** Aims the ray at where the path goes on; false when it ends by chance. */
  #goesOn(depth: number): boolean {
    const carried = this.#carried;
    if (depth >= ROULETTE_BOUNCE) {
      const most = Math.max(carried[0]!, carried[1]!, carried[2]!);
      const stays = Math.min(most, ROULETTE_MAX);
      if (this.#roulette >= stays) return false;
      carried[0]! /= stays;
      carried[1]! /= stays;
      carried[2]! /= stays;
    }
    const { axis, sign, direction } = this.#ray;
    const next = this.#next;
    direction[axis === 0 ? 1 : 0] = next[0]!;
    direction[axis === 2 ? 1 : 2] = next[1]!;
    direction[axis] = next[2]! * sign;
    return true;
  }

  /**
   * Asks a lamp for what it sends straight to the point. Rays that were scattered as they would
   * have gone under the surface are another way than all others, and so are weighed of their own.
   */
  #lamp(depth: number): void {
    const ray = this.#ray;
    const lamp = this.#lamps;
    const bounce = this.#bounce;
    this.#sampler.draw(PAIR_LAMP + depth);
    lamp.choose(this.#sampler.u, this.#sampler.v);
    for (let i = 0; i < 3; i++) ray.direction[i] = lamp.point[i]! - ray.point[i]!;
    toUnit(ray.direction);
    if (ray.direction[ray.axis]! * ray.sign <= 0) return;
    if (ray.direction[lamp.axis]! * lamp.sign >= 0) return;
    if (!ray.passes(lamp.cell)) return;
    const asked = this.#askedFor(lamp.density, lamp.axis);
    this.#toSurface(bounce.on, 1);
    bounce.expect();
    const { passed } = ray;
    const { weight } = bounce;
    const factor = 1 / (asked + bounce.density);
    const diffuse = this.#isUnder ? bounce.on[2]! / Math.PI : 0;
    const under = diffuse / (asked + diffuse);
    const red = weight[0]! * factor + this.#weight[0]! * under;
    const green = weight[1]! * factor + this.#weight[1]! * under;
    const blue = weight[2]! * factor + this.#weight[2]! * under;
    this.#find(
      red * passed[0]! * lamp.red,
      green * passed[1]! * lamp.green,
      blue * passed[2]! * lamp.blue,
      depth === 0 ? Infinity : INDIRECT_MAX,
    );
  }

  /** Aims at a point of the picture. */
  #begin(x: number, y: number): void {
    const { projection, near } = this.#view;
    const { point, direction } = this.#ray;
    const o = projection.origin;
    const d = projection.direction;
    const dx = d[0]! + d[3]! * x + d[6]! * y;
    const dy = d[1]! + d[4]! * x + d[7]! * y;
    const dz = d[2]! + d[5]! * x + d[8]! * y;
    point[0] = o[0]! + o[3]! * x + o[6]! * y + near * dx;
    point[1] = o[1]! + o[4]! * x + o[7]! * y + near * dy;
    point[2] = o[2]! + o[5]! * x + o[8]! * y + near * dz;
    direction[0] = dx;
    direction[1] = dy;
    direction[2] = dz;
    toUnit(direction);
    this.#ray.begin();
  }

  /** Finds how much of the sun reaches the point, from a place in it, and is sent on. */
  #sun(depth: number): void {
    const { direction: toward, intensity } = this.#view.lamp;
    if (intensity === 0) return;
    const sampler = this.#sampler;
    const ray = this.#ray;
    sampler.draw(depth * PAIRS_BOUNCE + PAIR_SUN);
    const radius = Math.sqrt(sampler.u) * this.#sunWidth;
    const angle = 2 * Math.PI * sampler.v;
    const i = radius * Math.cos(angle);
    const j = radius * Math.sin(angle);
    const { direction, passed } = ray;
    direction[0] = toward[0] + i * this.#across[0] + j * this.#along[0];
    direction[1] = toward[1] + i * this.#across[1] + j * this.#along[1];
    direction[2] = toward[2] + i * this.#across[2] + j * this.#along[2];
    toUnit(direction);
    if (direction[ray.axis]! * ray.sign <= 0 || !ray.passes()) return;
    this.#toSurface(this.#bounce.on, 1);
    this.#bounce.receive();
    const { weight } = this.#bounce;
    const carried = this.#carried;
    const found = this.#found;
    const most = depth === 0 ? Infinity : INDIRECT_MAX;
    found[0]! += Math.min(carried[0]! * weight[0]! * passed[0]! * intensity, most);
    found[1]! += Math.min(carried[1]! * weight[1]! * passed[1]! * intensity, most);
    found[2]! += Math.min(carried[2]! * weight[2]! * passed[2]! * intensity, most);
  }

  #addSky(): void {
    const carried = this.#carried;
    const found = this.#found;
    const sky = this.#sky;
    found[0]! += carried[0]! * sky;
    found[1]! += carried[1]! * sky;
    found[2]! += carried[2]! * sky;
  }

  /** Adds what came along a path to the sums of the pixel. */
  #add(): void {
    const { sums } = this;
    const found = this.#found;
    const red = found[0]!;
    const green = found[1]!;
    const blue = found[2]!;
    sums[0]! += red;
    sums[1]! += green;
    sums[2]! += blue;
    sums[3]! += 1;
    const light = red + green + blue;
    sums[SQUARE]! += light * light;
  }

  /**
   * Adds what a path sees that meets nothing but glass, and that without a reflection: what is
   * behind the picture, as far as all colours of it pass. The rest of a colour is that of the sky.
   */
  #addBackdrop(): void {
    const { sums } = this;
    const { passed } = this.#ray;
    const red = passed[0]!;
    const green = passed[1]!;
    const blue = passed[2]!;
    const least = Math.min(red, green, blue);
    if (least === 1) return;
    const sky = this.#sky;
    sums[0]! += (red - least) * sky;
    sums[1]! += (green - least) * sky;
    sums[2]! += (blue - least) * sky;
    sums[3]! += 1 - least;
    sums[SQUARE]! += ((red + green + blue - 3 * least) * sky) ** 2;
  }

  /** Adds what the smoothing goes by: the first surface of the path. */
  #guide(): void {
    if (!this.#job.settings.denoise) return;
    const { sums } = this;
    const { surfaces } = this.#job;
    const { group, red, green, blue, axis, sign, point } = this.#ray;
    const at = group * SURFACE;
    sums[ALBEDO]! += red * surfaces[at]!;
    sums[ALBEDO + 1]! += green * surfaces[at + 1]!;
    sums[ALBEDO + 2]! += blue * surfaces[at + 2]!;
    sums[NORMAL + axis]! += sign;
    sums[PLANE]! += point[axis]!;
  }
}

function toUnit(direction: Float64Array): void {
  const x = direction[0]!;
  const y = direction[1]!;
  const z = direction[2]!;
  const scale = 1 / Math.sqrt(x * x + y * y + z * z);
  direction[0] = x * scale;
  direction[1] = y * scale;
  direction[2] = z * scale;
}
