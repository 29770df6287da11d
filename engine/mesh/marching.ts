/**
 * Marching cubes over the alpha of voxel centres. A voxel is inside when it is solid (alpha 127 or
 * more); the surface crosses an edge between two centres where alpha, interpolated, is one half.
 * Positions are rounded as Goxel rounds them: to 1/2 voxel in `marching`, to 1/8 in `smooth`. A
 * crossing has the colour of the voxel inside. `smooth` leaves it to the viewer to blend the
 * colours of a triangle's corners; `marching` cuts triangles half way between corners of different
 * colours, so that each has one.
 *
 * Every cell with a corner in a block is made, whether the neighbouring blocks exist or not, so the
 * surface is closed: each directed edge of a triangle meets one in the other direction. (Goxel
 * leaves holes where a block has no neighbour.)
 */

import type { Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';
import { CellField, FIELD_STEP } from './cell-field.ts';
import { Loop } from './loop.ts';
import { EDGE_CORNERS, loopsIn } from './marching-cases.ts';
import { Occupancy, SOLID } from './occupancy.ts';
import { type FaceBatch, GrowingBatch, type Surface } from './surface.ts';

/** Alpha at the surface: half of 255. */
const ISO_ALPHA = 127.5;

/** Positions in a cell are counted in eighths of a voxel. */
const UNITS = 8;

const FACES_USUAL = 2048;

export class MarchingSurface implements Surface {
  readonly corners = 3;
  readonly #occupancy: Occupancy;
  readonly #field: CellField;
  readonly #batch = new GrowingBatch(this.corners, FACES_USUAL);
  readonly #loop = new Loop();
  readonly #normals = new NormalNumbers();
  /** Whether positions are blended, so that it should be shaded without edges. */
  readonly smooth: boolean;
  /** Units to which a crossing is rounded. */
  readonly #grid: number;
  /** The corner of the cell at hand. */
  #x = 0;
  #y = 0;
  #z = 0;

  constructor(volume: Volume, kind: 'marching' | 'smooth') {
    this.#occupancy = new Occupancy(volume);
    this.#field = new CellField(this.#occupancy);
    this.smooth = kind === 'smooth';
    this.#grid = this.smooth ? 1 : UNITS / 2;
  }

  get normals(): readonly Vec3[] {
    return this.#normals.vectors;
  }

  /** A batch for each 16³ cells that have a part of the surface. */
  *batches(): Generator<FaceBatch, void, undefined> {
    const { blocks } = this.#occupancy;
    for (let slot = 0; slot < blocks.length; slot++) {
      const { x, y, z } = blocks[slot]!;
      for (let corner = 0; corner < 8; corner++) {
        const bx = (x >> 4) - (corner & 1);
        const by = (y >> 4) - ((corner >> 1) & 1);
        const bz = (z >> 4) - (corner >> 2);
        if (this.#maker(bx, by, bz) !== slot || !this.#field.fill(bx, by, bz)) continue;
        this.#batch.count = 0;
        this.#march(bx * 16, by * 16, bz * 16);
        if (this.#batch.count > 0) yield this.#batch;
      }
    }
  }

  /** The block in whose turn the cells from a block position on are made. */
  #maker(bx: number, by: number, bz: number): number {
    let maker = this.#occupancy.slotAt(bx, by, bz);
    if (maker >= 0) return maker;
    for (let corner = 1; corner < 8; corner++) {
      const [dx, dy, dz] = [corner & 1, (corner >> 1) & 1, corner >> 2];
      const slot = this.#occupancy.slotAt(bx + dx, by + dy, bz + dz);
      if (slot >= 0 && (maker < 0 || slot < maker)) maker = slot;
    }
    return maker;
  }

  #march(x: number, y: number, z: number): void {
    const field = this.#field;
    for (let cz = 0; cz < 16; cz++) {
      for (let cy = 0; cy < 16; cy++) {
        for (let rest = field.mixed(cy, cz); rest !== 0; rest &= rest - 1) {
          const cx = 31 - Math.clz32(rest & -rest);
          this.#x = x + cx;
          this.#y = y + cy;
          this.#z = z + cz;
          const at = cx * FIELD_STEP[0] + cy * FIELD_STEP[1] + cz * FIELD_STEP[2];
          for (const edges of loopsIn(field.inside(cx, cy, cz))) this.#addLoop(edges, at);
        }
      }
    }
  }

  #addLoop(edges: Uint8Array, at: number): void {
    const loop = this.#loop;
    loop.length = 0;
    for (let i = 0; i < edges.length; i++) this.#addCrossing(edges[i]!, at);
    if (this.smooth) loop.fan(this.#addTriangle);
    else loop.fanByColor(this.#addTriangle);
  }

  #addCrossing(edge: number, at: number): void {
    const { words } = this.#field;
    const [low, high] = EDGE_CORNERS[edge]!;
    const a = words[at + fieldOffset(low)]!;
    const b = words[at + fieldOffset(high)]!;
    const inside = a >= SOLID ? a : b;
    const alpha = inside >>> 24;
    const other = (a >= SOLID ? b : a) >>> 24;
    // Alpha 127 is solid and yet less than one half: its surface is at the centre itself.
    const depth = Math.max(0, ((alpha - ISO_ALPHA) / (alpha - other)) * UNITS);
    const exact = a >= SOLID ? depth : UNITS - depth;
    const along = Math.floor(exact / this.#grid + 0.5) * this.#grid;
    const axis = high - low;
    this.#loop.add(
      (low & 1) * UNITS + (axis === 1 ? along : 0),
      ((low >> 1) & 1) * UNITS + (axis === 2 ? along : 0),
      (low >> 2) * UNITS + (axis === 4 ? along : 0),
      inside,
    );
  }

  /** Adds a triangle of points of the loop; one with two points in one place is nothing. */
  readonly #addTriangle = (a: number, b: number, c: number): void => {
    const { xs, ys, zs, colors } = this.#loop;
    const [ux, uy, uz] = [xs[b]! - xs[a]!, ys[b]! - ys[a]!, zs[b]! - zs[a]!];
    const [vx, vy, vz] = [xs[c]! - xs[a]!, ys[c]! - ys[a]!, zs[c]! - zs[a]!];
    if ((ux | uy | uz) === 0 || (vx | vy | vz) === 0) return;
    if (ux === vx && uy === vy && uz === vz) return;
    const batch = this.#batch;
    const face = batch.add();
    const normal = this.#normals.number(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
    batch.normals[face] = normal;
    for (let corner = 0; corner < 3; corner++) {
      const point = corner === 0 ? a : corner === 1 ? b : c;
      const to = face * 3 + corner;
      batch.positions[to * 3] = this.#x + 0.5 + xs[point]! / UNITS;
      batch.positions[to * 3 + 1] = this.#y + 0.5 + ys[point]! / UNITS;
      batch.positions[to * 3 + 2] = this.#z + 0.5 + zs[point]! / UNITS;
      batch.colors[to] = colors[point]!;
    }
  };
}

function fieldOffset(corner: number): number {
  return (corner & 1) + ((corner >> 1) & 1) * FIELD_STEP[1] + (corner >> 2) * FIELD_STEP[2];
}

/**
 * Numbers directions in the order in which they come. Sides of a triangle in a cell are at most 8
 * units long on an axis, so there are no more directions than fit a few MiB.
 */
class NormalNumbers {
  readonly vectors: Vec3[] = [];
  readonly #numbers = new Map<number, number>();

  /** The number of a direction, given as a vector of integers of any length. */
  number(x: number, y: number, z: number): number {
    const divisor = greatestDivisor(greatestDivisor(Math.abs(x), Math.abs(y)), Math.abs(z)) || 1;
    const [dx, dy, dz] = [x / divisor, y / divisor, z / divisor];
    const key = ((dx + 256) * 512 + dy + 256) * 512 + dz + 256;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const length = Math.hypot(dx, dy, dz);
    // Three points in a line: what they bound has no size, and any unit vector does.
    const vector: Vec3 = length === 0 ? [0, 0, 1] : [dx / length, dy / length, dz / length];
    this.#numbers.set(key, this.vectors.length);
    return this.vectors.push(vector) - 1;
  }
}

function greatestDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
