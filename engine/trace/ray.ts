/**
 * A ray from one surface to the next, and what happens to it on its way: what lets light through is
 * met by chance, as often as its opacity says, and is glass else. Glass reflects, bends and tints.
 */

import { LINEAR } from '../render/lighting.ts';
import { wordIn } from '../volume/packed.ts';
import { reflectance, refract, squareOutside } from './glass.ts';
import type { TraceJob } from './job.ts';
import type { Sampler } from './sampler.ts';
import { OPACITY, SURFACE } from './surface.ts';
import { OUT, Walker } from './walker.ts';
import { sourceAt } from './world.ts';

/** Light below this share is darkness. */
const DARK = 1 / 1024;
/** A path that glass has kept for so many boundaries is given up: none may come out of it. */
const CROSSINGS_MAX = 128;
/** Of the pairs of numbers drawn, the first for what can be seen through. */
const PAIR_VEIL = 1000;

export class Ray {
  readonly #job: TraceJob;
  readonly #walker: Walker;
  readonly #sampler: Sampler;
  readonly #index: number;

  /** Where it is: its direction, of length 1, and its last point. */
  readonly direction = new Float64Array(3);
  readonly point = new Float64Array(3);
  /** The face that it met last: axis and sign of its normal, group, linear colour of the voxel. */
  axis = 0;
  sign = 1;
  group = 0;
  red = 0;
  green = 0;
  blue = 0;
  /** What glass on its way left of red, green and blue. */
  readonly passed = new Float64Array(3);
  /** How far away the last point seems, in voxels: glass brings things nearer. */
  reach = 0;
  /** Whether glass reflected it on its way. */
  isTurned = false;
  /** Whether it was given up. */
  isLost = false;

  /** The cell before the last face, and the group there; of no use where it sets out freely. */
  readonly #cell = new Int32Array(3);
  #inside = -1;
  /** From the eye or from the floor, it sets out without a cell. */
  #isFree = true;
  /** The group that it is in now, and the step of `reach` there. */
  #medium = -1;
  #pace = 1;
  #crossings = 0;

  constructor(job: TraceJob, sampler: Sampler) {
    this.#job = job;
    this.#walker = new Walker(job.world);
    this.#sampler = sampler;
    this.#index = job.settings.refraction;
  }

  /** Begins a path at `point`. */
  begin(): void {
    this.#isFree = true;
    this.#crossings = 0;
  }

  /** Goes on along `direction` to the next surface. False when there is none, or it is lost. */
  meet(): boolean {
    const walker = this.#walker;
    const { world, surfaces } = this.#job;
    this.isTurned = false;
    this.isLost = false;
    if (!this.#start()) return this.#meetFloor();
    while (!this.isLost) {
      if (!walker.walk()) return this.#meetFloor();
      if (walker.slot === OUT) {
        if (this.#leave()) return true;
        continue;
      }
      const source = sourceAt(world, walker.slot, walker.index);
      const group = world.groups[source]!;
      const rgba = wordIn(world.blocks[world.order[source]!]!, walker.index);
      const opacity = surfaces[group * SURFACE + OPACITY]!;
      if (opacity < 1) {
        this.#draw();
        if (this.#sampler.u >= opacity) {
          this.#enter(group, rgba, this.#sampler.v);
          continue;
        }
      }
      this.#arrive(group, rgba);
      return true;
    }
    return false;
  }

  /**
   * Whether light comes to the point straight along `direction`: from outside, or from the voxel
   * `target`. Then `passed` tells how much, and `reach` how far away the target seems. Glass takes
   * what it reflects and tints, but does not bend the ray, so shadows of glass are where it stands,
   * and light that it gathers elsewhere is not found in this way.
   */
  passes(target?: Int32Array): boolean {
    const { settings, floorHeight, surfaces, world } = this.#job;
    const { passed, direction } = this;
    const walker = this.#walker;
    const index = this.#index;
    const isSky = target === undefined;
    if (isSky && settings.floor && direction[2]! < 0 && this.point[2]! > floorHeight) return false;
    if (!this.#start()) return isSky;
    const began = this.#medium;
    let entry = -1;
    let last = 0;
    while (walker.walk()) {
      const { axis } = walker;
      if (!isSky) {
        const time = this.#time();
        this.reach += (time - last) * this.#pace;
        last = time;
      }
      if (walker.slot === OUT) {
        if (!this.#isGlass(this.#medium)) continue;
        // In glass the parts of the direction along the face it came in by are shorter.
        const square =
          direction[axis]! ** 2 + (entry < 0 || entry === axis ? 0 : 1 - index * index);
        if (square <= 0) return false;
        this.#dim(1 - reflectance(Math.sqrt(square), index));
        this.#pace *= index;
        this.#medium = -1;
        continue;
      }
      if (!isSky && this.#isAt(target)) return true;
      const source = sourceAt(world, walker.slot, walker.index);
      const group = world.groups[source]!;
      const clear = 1 - surfaces[group * SURFACE + OPACITY]!;
      if (clear === 0) return false;
      this.#dim(clear);
      if (!this.#isGlass(this.#medium)) {
        this.#dim(1 - reflectance(Math.abs(direction[Math.max(axis, 0)]!), index));
        this.#pace /= index;
        entry = axis;
      }
      this.#tint(group, wordIn(world.blocks[world.order[source]!]!, walker.index));
      if (Math.max(passed[0]!, passed[1]!, passed[2]!) < DARK) return false;
      this.#medium = walker.inside = group;
    }
    // What comes from afar into glass is spread less there, so less comes from each direction.
    if (isSky && this.#isGlass(began)) this.#dim(1 / (index * index));
    return isSky;
  }

  /** Puts the walker on the way along `direction`; false when it will meet no voxel. */
  #start(): boolean {
    const walker = this.#walker;
    this.reach = 0;
    this.passed[0] = this.passed[1] = this.passed[2] = 1;
    this.#pace = 1;
    this.#aim();
    if (this.#isFree) {
      const enters = walker.enter();
      this.#medium = enters ? walker.inside : -1;
      return enters;
    }
    walker.cell[0] = this.#cell[0]!;
    walker.cell[1] = this.#cell[1]!;
    walker.cell[2] = this.#cell[2]!;
    walker.inside = this.#medium = this.#inside;
    walker.axis = -1;
    return true;
  }

  #aim(): void {
    const p = this.point;
    const d = this.direction;
    this.#walker.aim(p[0]!, p[1]!, p[2]!, d[0]!, d[1]!, d[2]!);
  }

  #isGlass(group: number): boolean {
    return group >= 0 && this.#job.surfaces[group * SURFACE + OPACITY]! < 1;
  }

  #isAt(target: Int32Array): boolean {
    const { cell } = this.#walker;
    return cell[0] === target[0] && cell[1] === target[1] && cell[2] === target[2];
  }

  /** How far the walker has come along its ray. */
  #time(): number {
    const { cell, ray, axis } = this.#walker;
    const a = axis < 0 ? 2 : axis;
    const toward = ray[3 + a]!;
    return (cell[a]! + (toward > 0 ? 0 : 1) - ray[a]!) / toward;
  }

  #dim(share: number): void {
    this.passed[0]! *= share;
    this.passed[1]! *= share;
    this.passed[2]! *= share;
  }

  /** Takes the colour of glass from light, but none of its brightest channel. A veil takes none. */
  #tint(group: number, rgba: number): void {
    if (this.#index === 1) return;
    const { surfaces } = this.#job;
    const at = group * SURFACE;
    const red = LINEAR[rgba & 0xff]! * surfaces[at]!;
    const green = LINEAR[(rgba >>> 8) & 0xff]! * surfaces[at + 1]!;
    const blue = LINEAR[(rgba >>> 16) & 0xff]! * surfaces[at + 2]!;
    const most = Math.max(red, green, blue);
    if (most === 0) return;
    this.passed[0]! *= red / most;
    this.passed[1]! *= green / most;
    this.passed[2]! *= blue / most;
  }

  /** Puts the ray on the face that the walker came through. */
  #land(): void {
    const { axis, cell, ray } = this.#walker;
    const { point } = this;
    // Between rounding errors a ray may start in what it met.
    const a = axis < 0 ? 2 : axis;
    const sign = ray[3 + a]! > 0 ? -1 : 1;
    this.axis = a;
    this.sign = sign;
    const plane = cell[a]! + (sign > 0 ? 1 : 0);
    const t = (plane - ray[a]!) / ray[3 + a]!;
    for (let i = 0; i < 3; i++) {
      const low = cell[i]!;
      const at = ray[i]! + t * ray[3 + i]!;
      point[i] = i === a ? plane : at < low ? low : at > low + 1 ? low + 1 : at;
    }
    this.reach += t * this.#pace;
  }

  #arrive(group: number, rgba: number): void {
    const { cell } = this.#walker;
    this.#land();
    this.red = LINEAR[rgba & 0xff]!;
    this.green = LINEAR[(rgba >>> 8) & 0xff]!;
    this.blue = LINEAR[(rgba >>> 16) & 0xff]!;
    this.group = group;
    this.#inside = this.#walker.inside;
    this.#isFree = false;
    this.#cell[0] = cell[0]!;
    this.#cell[1] = cell[1]!;
    this.#cell[2] = cell[2]!;
    this.#cell[this.axis]! += this.sign;
  }

  /** Into glass: from the air some is reflected, and the rest bent. */
  #enter(group: number, rgba: number, chance: number): void {
    const walker = this.#walker;
    const { direction } = this;
    if (walker.inside < 0) {
      this.#land();
      if (chance < reflectance(Math.abs(direction[this.axis]!), this.#index)) {
        this.#turn(-1);
        return;
      }
      refract(direction, this.axis, 1 / this.#index);
      this.#aim();
      this.#pace /= this.#index;
    }
    this.#tint(group, rgba);
    this.#medium = walker.inside = group;
  }

  /** Out into the air; true when glass stands on the floor, which is met there. */
  #leave(): boolean {
    const { settings, floorHeight } = this.#job;
    const { direction, point } = this;
    const group = this.#medium;
    this.#medium = -1;
    if (!this.#isGlass(group)) return false;
    this.#land();
    if (settings.floor && this.axis === 2 && this.sign > 0 && point[2] === floorHeight) {
      this.#arriveOnFloor();
      return true;
    }
    const square = squareOutside(direction[this.axis]!, this.#index);
    this.#draw();
    if (square <= 0 || this.#sampler.u < reflectance(Math.sqrt(square), this.#index)) {
      this.#turn(group);
      return false;
    }
    refract(direction, this.axis, this.#index);
    this.#aim();
    this.#pace *= this.#index;
    return false;
  }

  /** Back from the face it came to, into the group where it was. */
  #turn(group: number): void {
    const { axis, sign, direction } = this;
    const walker = this.#walker;
    direction[axis] = -direction[axis]!;
    walker.cell[axis]! += sign;
    this.#medium = walker.inside = group;
    this.isTurned = true;
    this.#aim();
  }

  #draw(): void {
    this.#sampler.draw(PAIR_VEIL + this.#crossings);
    this.isLost = ++this.#crossings > CROSSINGS_MAX;
  }

  #meetFloor(): boolean {
    const { settings, floorHeight } = this.#job;
    const { point, direction: d } = this;
    if (!settings.floor || d[2]! >= 0 || point[2]! <= floorHeight) return false;
    const t = (floorHeight - point[2]!) / d[2]!;
    point[0]! += t * d[0]!;
    point[1]! += t * d[1]!;
    point[2] = floorHeight;
    this.reach += t * this.#pace;
    this.axis = 2;
    this.sign = 1;
    this.#arriveOnFloor();
    return true;
  }

  #arriveOnFloor(): void {
    this.group = this.#job.floorGroup;
    this.#isFree = true;
    this.red = this.green = this.blue = 1;
  }
}
