/**
 * Surfaces of large rectangles of any colours, with a picture that says which voxel is where: a
 * pixel is a face. It is to be sampled without smoothing. A rectangle of one colour takes a pixel
 * that all those of its colour share.
 *
 * Rectangles are laid on shelves, the highest first, so little of the picture is left empty.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Image } from '../image/png.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';
import { ClosedSurface } from './closed.ts';
import { GreedySurface } from './greedy.ts';
import type { Lattice } from './lattice.ts';
import { Occupancy } from './occupancy.ts';
import type { FaceBatch, Surface } from './surface.ts';

/** What graphics cards of any age take, and 256 MiB of pixels. */
const SIDE_MAX = 8192;

/**
 * Pixels by which a face stays within its part of the picture, so that rounding does not take it
 * over the border; no eye sees that its pixels are larger by a thirtieth.
 */
const INSET = 1 / 64;

/** Axes along and across a rectangle, by the axis of its normal. */
const AXES = [
  [1, 2],
  [0, 2],
  [0, 1],
] as const;

/** Of a rectangle: the axis of its normal, its size, and where it is in the picture. */
const [AXIS, WIDTH, HEIGHT, LEFT, TOP] = [0, 1, 2, 3, 4];
const FIELDS = 5;
const RECTANGLES_MIN = 1024;

/** A batch of triangles whose corners have places in the picture. */
export interface BakedBatch extends FaceBatch {
  /** u and v of each corner, 0…1, v from the top. */
  readonly uvs: Float64Array;
  /** The number of each corner's rectangle, in the place of a colour. */
  readonly colors: Uint32Array;
}

/** The rectangles of one surface, in the order of a walk. */
class Rectangles {
  count = 0;
  fields = new Int32Array(RECTANGLES_MIN * FIELDS);
  /** Where each begins along, across, and on the axis of its normal the voxels below it. */
  starts = new Float64Array(RECTANGLES_MIN * 3);
  /** The colour of all of it, or 0. */
  colors = new Uint32Array(RECTANGLES_MIN);

  /** Takes one by its corners; `outward` is the sign of its normal. */
  add(positions: Float64Array, at: number, axis: 0 | 1 | 2, outward: number): number {
    if (this.count === this.colors.length) this.#grow();
    const number = this.count++;
    const [along, across] = AXES[axis];
    const low = (of: number) => Math.min(positions[at + of]!, positions[at + 6 + of]!);
    const long = (of: number) => Math.abs(positions[at + of]! - positions[at + 6 + of]!);
    this.fields.set([axis, long(along), long(across), 0, 0], number * FIELDS);
    const level = positions[at + axis]! - (outward > 0 ? 1 : 0);
    this.starts.set([low(along), low(across), level], number * 3);
    return number;
  }

  /** Gives the colour of each face of one, row by row, until `each` says no. */
  read(number: number, occupancy: Occupancy, each: (rgba: number, place: number) => boolean): void {
    const from = number * FIELDS;
    const [axis, width, height] = [
      this.fields[from]!,
      this.fields[from + 1]!,
      this.fields[from + 2]!,
    ];
    const [along, across] = AXES[axis]!;
    const [start, row, level] = this.starts.subarray(number * 3, number * 3 + 3);
    const at: [number, number, number] = [0, 0, 0];
    at[axis] = level!;
    for (let v = 0, place = 0; v < height; v++) {
      at[across] = row! + v;
      for (let u = 0; u < width; u++, place++) {
        at[along] = start! + u;
        if (!each(occupancy.wordAt(at[0], at[1], at[2]), place)) return;
      }
    }
  }

  #grow(): void {
    const longer = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const length = this.colors.length * 2;
    this.fields = longer(this.fields, new Int32Array(length * FIELDS));
    this.starts = longer(this.starts, new Float64Array(length * 3));
    this.colors = longer(this.colors, new Uint32Array(length));
  }
}

/** The surface of one volume in the picture of an atlas. */
export class BakedSurface implements Surface {
  readonly corners = 3;
  readonly rectangles = new Rectangles();
  readonly occupancy: Occupancy;
  readonly #closed: ClosedSurface;
  #uvs = new Float64Array(0);
  /** Of the picture, once it is laid out. */
  width = 1;
  height = 1;

  constructor(volume: Volume) {
    this.occupancy = new Occupancy(volume);
    // Now and then faces join to fewer rectangles where colours cut them.
    const [joined, byColor] = [false, true].map(
      (byColor) => new ClosedSurface(new GreedySurface(this.occupancy, byColor)),
    ) as [ClosedSurface, ClosedSurface];
    this.#closed = isLess(byColor, joined.count()) ? byColor : joined;
    const { rectangles } = this.#closed;
    for (const { count, positions, normals } of rectangles.batches()) {
      for (let face = 0; face < count; face++) {
        const normal = rectangles.normals[normals[face]!]!;
        const axis = normal.findIndex((value) => value !== 0) as 0 | 1 | 2;
        this.#note(this.rectangles.add(positions, face * 12, axis, normal[axis]!));
      }
    }
  }

  get normals(): readonly Vec3[] {
    return this.#closed.normals;
  }

  get lattice(): Lattice {
    return this.#closed.lattice;
  }

  *batches(): Generator<BakedBatch, void, undefined> {
    for (const batch of this.#closed.batches()) {
      const { count, positions, colors, normals, sources } = batch;
      if (this.#uvs.length < count * 6) this.#uvs = new Float64Array(normals.length * 6);
      for (let face = 0; face < count; face++) {
        const source = sources[face]!;
        for (let corner = face * 3; corner < face * 3 + 3; corner++) {
          colors[corner] = source;
          this.#place(source, positions, corner);
        }
      }
      yield { count, positions, colors, normals, uvs: this.#uvs };
    }
  }

  /** Writes where a corner of a rectangle is in the picture. */
  #place(source: number, positions: Float64Array, corner: number): void {
    const { fields, starts, colors } = this.rectangles;
    const from = source * FIELDS;
    const [along, across] = AXES[fields[from + AXIS]!]!;
    let [u, v] = [0.5, 0.5];
    if (colors[source] === 0) {
      u = within(positions[corner * 3 + along]! - starts[source * 3]!, fields[from + WIDTH]!);
      v = within(positions[corner * 3 + across]! - starts[source * 3 + 1]!, fields[from + HEIGHT]!);
    }
    this.#uvs[corner * 2] = (fields[from + LEFT]! + u) / this.width;
    this.#uvs[corner * 2 + 1] = (fields[from + TOP]! + v) / this.height;
  }

  /** Notes whether a rectangle has one colour. */
  #note(number: number): void {
    checkInterrupt();
    let color = 0;
    this.rectangles.read(number, this.occupancy, (rgba) => {
      if (color !== 0 && color !== rgba) {
        color = 0;
        return false;
      }
      color = rgba;
      return true;
    });
    this.rectangles.colors[number] = color;
  }
}

export class Atlas {
  /** One for each volume, in their order. */
  readonly surfaces: readonly BakedSurface[];
  readonly #width: number;
  readonly #height: number;
  readonly #side_max: number;

  /** Throws GOX_FORMAT_LIMIT when there are more faces than a picture can hold. */
  constructor(volumes: readonly Volume[], side_max = SIDE_MAX) {
    this.#side_max = side_max;
    this.surfaces = volumes.map((volume) => new BakedSurface(volume));
    const places = this.#places();
    const area = places.reduce((sum, { width, height }) => sum + width * height, 0);
    const longest = places.reduce((most, { width }) => Math.max(most, width), 1);
    this.#width = 1;
    while (this.#width < longest || this.#width ** 2 < area) this.#width *= 2;
    this.#height = this.#lay(places);
    for (const surface of this.surfaces) {
      surface.width = this.#width;
      surface.height = this.#height;
    }
  }

  /** A pixel for each face, row after row from the top; what nothing uses is black. */
  picture(): Image {
    const [width, height] = [this.#width, this.#height];
    const pixels = new Uint32Array(width * height).fill(0xff00_0000);
    for (const { rectangles, occupancy } of this.surfaces) {
      const { fields, colors } = rectangles;
      for (let number = 0; number < rectangles.count; number++) {
        checkInterrupt();
        const from = number * FIELDS;
        const first = fields[from + LEFT]! + fields[from + TOP]! * width;
        const own = fields[from + WIDTH]!;
        if (colors[number] !== 0) pixels[first] = (colors[number]! | 0xff00_0000) >>> 0;
        else {
          rectangles.read(number, occupancy, (rgba, place) => {
            const at = first + (place % own) + Math.floor(place / own) * width;
            pixels[at] = (rgba | 0xff00_0000) >>> 0;
            return true;
          });
        }
      }
    }
    return { width, height, rgba: new Uint8Array(pixels.buffer) };
  }

  /** What needs room: each rectangle of several colours, and a pixel for each other colour. */
  #places(): Room[] {
    const rooms: Room[] = [];
    const shared = new Map<number, Room>();
    for (const { rectangles } of this.surfaces) {
      const { fields, colors } = rectangles;
      for (let number = 0; number < rectangles.count; number++) {
        const color = colors[number]!;
        const known = color === 0 ? undefined : shared.get(color);
        const from = number * FIELDS;
        if (known !== undefined) {
          known.users.push(fields, from);
          continue;
        }
        const [width, height] =
          color === 0 ? [fields[from + WIDTH]!, fields[from + HEIGHT]!] : [1, 1];
        const room = { width, height, users: [fields, from] };
        rooms.push(room);
        if (color !== 0) shared.set(color, room);
      }
    }
    return rooms;
  }

  /** Lays rectangles on shelves; gives the height of all. */
  #lay(rooms: Room[]): number {
    rooms.sort((a, b) => b.height - a.height || b.width - a.width);
    const side_max = this.#side_max;
    let [left, top, shelf] = [0, 0, 0];
    for (const { width, height, users } of rooms) {
      if (left + width > this.#width) {
        top += shelf;
        [left, shelf] = [0, 0];
      }
      shelf = Math.max(shelf, height);
      if (Math.max(this.#width, top + shelf) > side_max) throw tooLarge(side_max);
      for (let i = 0; i < users.length; i += 2) {
        const [fields, from] = [users[i] as Int32Array, users[i + 1] as number];
        fields[from + LEFT] = left;
        fields[from + TOP] = top;
      }
      left += width;
    }
    return Math.max(1, top + shelf);
  }
}

/** Whether a surface has fewer triangles than so many; a rectangle has two at least. */
function isLess(surface: ClosedSurface, triangles: number): boolean {
  let rectangles = 0;
  for (const { count } of surface.rectangles.batches()) rectangles += count;
  return rectangles * 2 < triangles && surface.count() < triangles;
}

/** A part of the picture, with where those who use it want to know its place: lists and offsets. */
interface Room {
  readonly width: number;
  readonly height: number;
  readonly users: (Int32Array | number)[];
}

/** A distance along a side of so many pixels, a little drawn in. */
function within(distance: number, length: number): number {
  return INSET + (distance * (length - 2 * INSET)) / length;
}

function tooLarge(side_max: number): GoxError {
  const message =
    `A picture of the faces has at most ${side_max} x ${side_max} pixels; these need more. ` +
    'Write it with texture: "palette".';
  return new GoxError('GOX_FORMAT_LIMIT', message, { side_max });
}
