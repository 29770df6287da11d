/**
 * The points of a surface, each once whatever faces meet there and in whatever colour: so that the
 * faces of a file are joined by the vertices that they share.
 */

import { checkInterrupt } from '../interrupt.ts';
import type { Vec3 } from '../volume/box.ts';
import { BakedSurface } from './atlas.ts';
import { ClosedSurface } from './closed.ts';
import { FaceSurface } from './faces.ts';
import { Lattice } from './lattice.ts';
import { MarchingSurface } from './marching.ts';
import { ROWS } from './occupancy.ts';
import { Points } from './points.ts';
import type { FaceBatch, Surface } from './surface.ts';

export interface Places {
  readonly count: number;
  /** x, y, z of points in the order of their numbers; a list is written again for the next. */
  points(): Iterable<Float64Array>;
  /** Writes the number of each corner of some faces. */
  number(batch: FaceBatch, corners: number, numbers: Uint32Array): void;
}

/** Walks the surface. */
export function placesOf(surface: Surface): Places {
  if (surface instanceof ClosedSurface || surface instanceof BakedSurface)
    return new LatticePlaces(surface.lattice);
  if (surface instanceof FaceSurface) return new LatticePlaces(cornersOf(surface));
  return blendedPlacesOf(surface) ?? new HeldPlaces(surface);
}

export interface Survey {
  /** Packed colours of the faces, in the order in which they come. */
  readonly colors: ReadonlySet<number>;
  readonly places: Places;
}

/** The colours and the points of a surface, both of one walk where that can be. */
export function surveyOf(surface: Surface): Survey {
  const colors = new Set<number>();
  if (surface instanceof FaceSurface) {
    return { colors, places: new LatticePlaces(cornersOf(surface, colors)) };
  }
  let last = 0;
  for (const { count, colors: corners } of surface.batches()) {
    checkInterrupt();
    for (let face = 0; face < count; face++) {
      const rgba = colorOf(corners, face * surface.corners);
      if (rgba !== last) colors.add(rgba);
      last = rgba;
    }
  }
  return { colors, places: placesOf(surface) };
}

/** The colour of a face whose first corner is at a place: that of two of its corners, or one's. */
export function colorOf(colors: FaceBatch['colors'], at: number): number {
  return colors[at + 1] === colors[at + 2] ? colors[at + 1]! : colors[at]!;
}

/** The points of a smooth surface with a normal each; undefined of another. */
export function blendedPlacesOf(surface: Surface): BlendedPlaces | undefined {
  return surface instanceof MarchingSurface && surface.smooth
    ? new BlendedPlaces(surface)
    : undefined;
}

class LatticePlaces implements Places {
  readonly #lattice: Lattice;

  constructor(lattice: Lattice) {
    this.#lattice = lattice;
  }

  get count(): number {
    return this.#lattice.count;
  }

  points(): Iterable<Float64Array> {
    return this.#lattice.points();
  }

  number({ count, positions }: FaceBatch, corners: number, numbers: Uint32Array): void {
    checkInterrupt();
    for (let i = 0, at = 0; i < count * corners; i++, at += 3) {
      numbers[i] = this.#lattice.number(positions[at]!, positions[at + 1]!, positions[at + 2]!);
    }
  }
}

const POINTS_AT_ONCE = 4096;

/** Of surfaces whose points lie between voxels; all of them are held. */
class HeldPlaces implements Places {
  protected readonly held: Points;

  constructor(surface: Surface) {
    this.held = new Points();
    for (const { count, positions } of surface.batches()) {
      checkInterrupt();
      for (let at = 0; at < count * surface.corners * 3; at += 3) {
        this.held.number(positions[at]!, positions[at + 1]!, positions[at + 2]!, 0);
      }
    }
  }

  get count(): number {
    return this.held.count;
  }

  *points(): Generator<Float64Array, void, undefined> {
    for (let from = 0; from < this.count; from += POINTS_AT_ONCE) {
      const end = Math.min(this.count, from + POINTS_AT_ONCE);
      yield this.held.positions.subarray(from * 3, end * 3);
    }
  }

  number({ count, positions }: FaceBatch, corners: number, numbers: Uint32Array): void {
    checkInterrupt();
    for (let i = 0, at = 0; i < count * corners; i++, at += 3) {
      const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
      numbers[i] = this.held.number(x, y, z, 0);
    }
  }
}

/** With the mean of the normals of the triangles that meet at each point, by their areas. */
export class BlendedPlaces extends HeldPlaces {
  /** x, y, z of the unit normal of each point, in the order of their numbers. */
  readonly #directions: Float64Array;

  constructor(surface: MarchingSurface) {
    super(surface);
    this.#directions = new Float64Array(this.count * 3);
    let numbers = new Uint32Array(0);
    for (const batch of surface.batches()) {
      if (numbers.length < batch.count * 3) numbers = new Uint32Array(batch.count * 6);
      this.number(batch, 3, numbers);
      for (let face = 0; face < batch.count; face++) this.#add(batch.positions, face * 3, numbers);
    }
    for (let at = 0; at < this.#directions.length; at += 3) this.#shorten(at);
  }

  *normals(): Generator<Vec3, void, undefined> {
    for (let number = 0; number < this.count; number++) yield this.normal(number);
  }

  /** Of a point by its number. */
  normal(number: number): Vec3 {
    const directions = this.#directions;
    const at = number * 3;
    return [directions[at]!, directions[at + 1]!, directions[at + 2]!];
  }

  /** The number of a point that is there. */
  find(x: number, y: number, z: number): number {
    return this.held.number(x, y, z, 0);
  }

  /** Adds the normal of a triangle, twice as long as its area, to its points. */
  #add(positions: Float64Array, corner: number, numbers: Uint32Array): void {
    const at = corner * 3;
    const side = (from: number, axis: number) =>
      positions[at + from + axis]! - positions[at + axis]!;
    const [ux, uy, uz] = [side(3, 0), side(3, 1), side(3, 2)];
    const [vx, vy, vz] = [side(6, 0), side(6, 1), side(6, 2)];
    const normal = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
    for (let i = corner; i < corner + 3; i++) {
      for (let axis = 0; axis < 3; axis++) {
        this.#directions[numbers[i]! * 3 + axis]! += normal[axis]!;
      }
    }
  }

  #shorten(at: number): void {
    const directions = this.#directions;
    const length = Math.hypot(directions[at]!, directions[at + 1]!, directions[at + 2]!);
    // Where sheets meet back to back there is no direction, and any will do.
    if (length === 0) directions[at + 2] = 1;
    else for (let axis = at; axis < at + 3; axis++) directions[axis]! /= length;
  }
}

/** Corners of a row of voxels: the rows at y or y + 1 and at z or z + 1. */
const SIDE = 17;

/** The corners of all visible faces, sixteen at a time; takes their colours, too. */
function cornersOf({ occupancy }: FaceSurface, colors?: Set<number>): Lattice {
  const lattice = new Lattice();
  const visible = new Uint16Array(6 * ROWS);
  const rows = new Uint32Array(SIDE * SIDE);
  for (let slot = 0; slot < occupancy.blocks.length; slot++) {
    if (!occupancy.visible(slot, visible)) continue;
    const { x, y, z, data } = occupancy.blocks[slot]!;
    if (colors !== undefined) addColors(colors, visible, data);
    rows.fill(0);
    for (let row = 0; row < ROWS; row++) markCorners(rows, visible, row);
    for (let row = 0; row < rows.length; row++) {
      if (rows[row] === 0) continue;
      lattice.addRow(x, y + (row % SIDE), z + Math.floor(row / SIDE), rows[row]!);
    }
  }
  lattice.seal();
  return lattice;
}

function markCorners(rows: Uint32Array, visible: Uint16Array, row: number): void {
  const at = (row & 15) + (row >> 4) * SIDE;
  const wide = (direction: number) => {
    const bits = visible[direction * ROWS + row]!;
    return bits | (bits << 1);
  };
  const [back, front, bottom, top] = [wide(0), wide(1), wide(2), wide(3)];
  const across = (visible[4 * ROWS + row]! << 1) | visible[5 * ROWS + row]!;
  rows[at] = rows[at]! | back | bottom | across;
  rows[at + 1] = rows[at + 1]! | front | bottom | across;
  rows[at + SIDE] = rows[at + SIDE]! | back | top | across;
  rows[at + SIDE + 1] = rows[at + SIDE + 1]! | front | top | across;
}

/** Adds those of one block's voxels of which some face is seen. */
function addColors(colors: Set<number>, visible: Uint16Array, data: Uint32Array): void {
  let last = 0;
  for (let row = 0; row < ROWS; row++) {
    let rest = 0;
    for (let at = row; at < visible.length; at += ROWS) rest |= visible[at]!;
    for (; rest !== 0; rest &= rest - 1) {
      const rgba = data[row * 16 + 31 - Math.clz32(rest & -rest)]!;
      if (rgba !== last) colors.add(rgba);
      last = rgba;
    }
  }
}
