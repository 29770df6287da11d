/**
 * The faces of voxels that shine, to be asked directly for their light: a lamp is one face, chosen
 * by its power, and a point on it evenly. In shared memory, like all of a job.
 *
 * Groups are taken in order of their numbers of faces, as long as all fit: what shines from more
 * faces than that is large, and found by chance. So is what shines and lets light through.
 */

import { LINEAR } from '../render/lighting.ts';
import { BLOCK_VOXELS } from '../volume/block.ts';
import type { TraceControl } from './options.ts';
import { EMISSION, LISTED, OPACITY, SURFACE } from './surface.ts';
import { Walker } from './walker.ts';
import { ENTRY, sourceAt, type World } from './world.ts';

/** Faces that are listed at most: 7 MiB. */
const FACES_MAX = 2 ** 18;
/** Numbers of a face: x, y, z, its group with the direction in the lowest 3 bits, its colour. */
const FACE = 5;
/** Slots between two looks at the control. */
const SLOTS_AT_ONCE = 256;

export interface Lamps {
  readonly faces: Int32Array;
  /** Powers of all faces up to each one, in red, green and blue together. */
  readonly sums: Float64Array;
  /** How many there are. */
  readonly count: Int32Array;
}

/** What of a job has to do with lamps. */
interface Lit {
  readonly world: World;
  readonly surfaces: Float64Array;
  readonly lamps: Lamps;
}

/** Room for the lamps of groups with these surfaces; none when nothing can be one. */
export function roomForLamps(surfaces: Float64Array): Lamps {
  let shines = false;
  for (let at = 0; at < surfaces.length; at += SURFACE) shines ||= canShine(surfaces, at);
  const room = shines ? FACES_MAX : 0;
  return {
    faces: new Int32Array(new SharedArrayBuffer(room * FACE * 4)),
    sums: new Float64Array(new SharedArrayBuffer(room * 8)),
    count: new Int32Array(new SharedArrayBuffer(4)),
  };
}

function canShine(surfaces: Float64Array, at: number): boolean {
  const light =
    surfaces[at + EMISSION]! + surfaces[at + EMISSION + 1]! + surfaces[at + EMISSION + 2]!;
  return light > 0 && surfaces[at + OPACITY] === 1;
}

/** Red, green and blue that a voxel's face sends out, together. */
function powerOf(surfaces: Float64Array, at: number, rgba: number): number {
  return (
    LINEAR[rgba & 0xff]! * surfaces[at + EMISSION]! +
    LINEAR[(rgba >>> 8) & 0xff]! * surfaces[at + EMISSION + 1]! +
    LINEAR[(rgba >>> 16) & 0xff]! * surfaces[at + EMISSION + 2]!
  );
}

/** Fills the list, once all solid voxels are marked. Throws what `control.check` throws. */
export function listLamps(job: Lit, control: TraceControl): void {
  const { lamps, surfaces } = job;
  if (lamps.faces.length === 0) return;
  const counts = new Float64Array(surfaces.length / SURFACE);
  const positions = positionsOf(job.world);
  walkFaces(job, positions, control, (_x, _y, _z, group) => counts[group]!++);
  let room = FACES_MAX;
  for (const group of [...counts.keys()].sort((a, b) => counts[a]! - counts[b]!)) {
    room -= counts[group]!;
    if (counts[group]! > 0 && room >= 0) surfaces[group * SURFACE + LISTED] = 1;
  }
  let count = 0;
  let sum = 0;
  walkFaces(job, positions, control, (x, y, z, group, direction, rgba) => {
    const at = group * SURFACE;
    if (surfaces[at + LISTED] === 0) return;
    lamps.faces.set([x, y, z, (group << 3) | direction, rgba], count * FACE);
    sum += powerOf(surfaces, at, rgba);
    lamps.sums[count++] = sum;
  });
  lamps.count[0] = count;
}

type FaceVisitor = (
  x: number,
  y: number,
  z: number,
  group: number,
  /** Axis · 2, and 1 when it looks up the axis. */
  direction: number,
  rgba: number,
) => void;

/** Visits the faces that shine on something, in an order that depends on nothing but the world. */
function walkFaces(
  { world, surfaces }: Lit,
  positions: Int32Array,
  control: TraceControl,
  visit: FaceVisitor,
): void {
  const { starts, groups, order, blocks } = world;
  const walker = new Walker(world);
  const at = new Int32Array(3);
  for (let slot = 0; slot < starts.length - 1; slot++) {
    if (slot % SLOTS_AT_ONCE === 0) control.check();
    for (let source = starts[slot]!; source < starts[slot + 1]!; source++) {
      const group = groups[source]!;
      if (!canShine(surfaces, group * SURFACE)) continue;
      const words = blocks[order[source]!]!;
      for (let index = 0; index < BLOCK_VOXELS; index++) {
        if (sourceAt(world, slot, index) !== source) continue;
        const rgba = words[index]!;
        if (powerOf(surfaces, group * SURFACE, rgba) === 0) continue;
        const x = positions[slot * 3]! * 16 + (index & 15);
        const y = positions[slot * 3 + 1]! * 16 + ((index >> 4) & 15);
        const z = positions[slot * 3 + 2]! * 16 + (index >> 8);
        for (let direction = 0; direction < 6; direction++) {
          at[0] = x;
          at[1] = y;
          at[2] = z;
          at[direction >> 1]! += (direction & 1) * 2 - 1;
          const before = walker.groupAt(at[0]!, at[1]!, at[2]!);
          if (before >= 0 && surfaces[before * SURFACE + OPACITY] === 1) continue;
          visit(x, y, z, group, direction, rgba);
        }
      }
    }
  }
}

/** Positions of blocks by their slots, three numbers each. */
function positionsOf({ table, starts }: World): Int32Array {
  const positions = new Int32Array((starts.length - 1) * 3);
  for (let at = 0; at < table.length; at += ENTRY) {
    const slot = table[at + 3]! - 1;
    // Of cubes of the first level only, whose number stands above the 28 bits of x.
    if (slot < 0 || table[at]! >>> 28 !== 0) continue;
    positions.set([(table[at]! << 4) >> 4, table[at + 1]!, table[at + 2]!], slot * 3);
  }
  return positions;
}

/** Chooses among the lamps of a job. */
export class LampChooser {
  readonly #lamps: Lamps;
  readonly #surfaces: Float64Array;
  readonly #count: number;
  /** The power of all lamps. */
  readonly total: number;

  /** The lamp chosen: its voxel, a point on its face, axis and sign of the normal, its light. */
  readonly cell = new Int32Array(3);
  readonly point = new Float64Array(3);
  axis = 0;
  sign = 1;
  red = 0;
  green = 0;
  blue = 0;
  /** How likely the point was chosen, by area of a voxel's face. */
  density = 0;

  constructor({ lamps, surfaces }: Lit) {
    this.#lamps = lamps;
    this.#surfaces = surfaces;
    this.#count = lamps.count[0]!;
    this.total = this.#count === 0 ? 0 : lamps.sums[this.#count - 1]!;
  }

  /** Chooses a lamp and a point on it by numbers 0 <= u, v < 1. */
  choose(u: number, v: number): void {
    const { faces, sums } = this.#lamps;
    const wanted = u * this.total;
    let [low, high] = [0, this.#count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    const before = low === 0 ? 0 : sums[low - 1]!;
    const power = sums[low]! - before;
    const at = low * FACE;
    const rgba = faces[at + 4]!;
    const direction = faces[at + 3]! & 7;
    const surface = (faces[at + 3]! >> 3) * SURFACE + EMISSION;
    const surfaces = this.#surfaces;
    this.red = LINEAR[rgba & 0xff]! * surfaces[surface]!;
    this.green = LINEAR[(rgba >>> 8) & 0xff]! * surfaces[surface + 1]!;
    this.blue = LINEAR[(rgba >>> 16) & 0xff]! * surfaces[surface + 2]!;
    this.density = power / this.total;
    const axis = direction >> 1;
    this.axis = axis;
    this.sign = (direction & 1) * 2 - 1;
    for (let i = 0; i < 3; i++) this.point[i] = this.cell[i] = faces[at + i]!;
    // What is left of u within its step is as good a number as u.
    this.point[axis === 0 ? 1 : 0]! += Math.min((wanted - before) / power, 1);
    this.point[axis === 2 ? 1 : 2]! += v;
    this.point[axis]! += direction & 1;
  }
}
