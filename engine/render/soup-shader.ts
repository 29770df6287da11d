/** The colour of a point of a triangle: normals and colours between those of its corners. */

import type { Surface } from './groups.ts';
import type { ViewJob } from './job.ts';
import { LINEAR, SHADOW_FULL, type Shading, TURNED_AWAY } from './lighting.ts';
import { lightAt, type ShadowMap } from './shadow-map.ts';
import type { Soup } from './soup.ts';

/**
 * Cosine to the light below which a surface passes over to one turned away, so that a curved one
 * has no edge there. Faces of voxels turn away all at once, as Goxel's do.
 */
const GRAZING = 0.15;

export class SoupShader {
  readonly #view: ViewJob;
  readonly #shading: Shading;
  readonly #map: ShadowMap | undefined;
  readonly #offset: number;
  readonly #hit = new Float64Array(6);
  /** Shares of the corners at the point found last. */
  readonly #shares = new Float64Array(3);
  /** The plane: its normal, not of length 1, and the normal's product with a point. */
  readonly #plane = new Float64Array(4);
  #soup: Soup | undefined;
  #surface: Surface | undefined;
  #triangle = 0;

  constructor(view: ViewJob, shading: Shading, map: ShadowMap | undefined, offset: number) {
    this.#view = view;
    this.#shading = shading;
    this.#map = map;
    this.#offset = offset;
  }

  open(soup: Soup, surface: Surface, triangle: number): void {
    this.#soup = soup;
    this.#surface = surface;
    this.#triangle = triangle;
    planeOf(soup.positions, triangle, this.#plane);
  }

  /** Finds the point that is seen at (x, y) of the picture. */
  locate(x: number, y: number): void {
    const { origin: o, direction: d } = this.#view.projection;
    const hit = this.#hit;
    const n = this.#plane;
    for (let a = 0; a < 3; a++) {
      hit[a] = o[a]! + o[3 + a]! * x + o[6 + a]! * y;
      hit[3 + a] = d[a]! + d[3 + a]! * x + d[6 + a]! * y;
    }
    const above = n[0]! * hit[0]! + n[1]! * hit[1]! + n[2]! * hit[2]! - n[3]!;
    const along = n[0]! * hit[3]! + n[1]! * hit[4]! + n[2]! * hit[5]!;
    const t = -above / along;
    for (let a = 0; a < 3; a++) hit[a]! += t * hit[3 + a]!;
    this.#divide();
  }

  /** The colour of the point found last, packed. */
  shade(): number {
    const surface = this.#surface!;
    const { lamp } = this.#view;
    const hit = this.#hit;
    const length = Math.hypot(hit[3]!, hit[4]!, hit[5]!);
    const normals = this.#soup!.normals;
    const at = this.#triangle * 9;
    const s = this.#shares;
    const mean = (a: number) =>
      normals[at + a]! * s[0]! + normals[at + 3 + a]! * s[1]! + normals[at + 6 + a]! * s[2]!;
    let [nx, ny, nz] = [mean(0), mean(1), mean(2)];
    // Normals are turned to the eye by the side of the plane it sees, not by their own.
    const size = Math.hypot(nx, ny, nz) || 1;
    const n = this.#plane;
    const seen = n[0]! * hit[3]! + n[1]! * hit[4]! + n[2]! * hit[5]! < 0 ? 1 : -1;
    const same = n[0]! * nx + n[1]! * ny + n[2]! * nz < 0 ? -1 : 1;
    const by = (seen * same) / size;
    [nx, ny, nz] = [nx * by, ny * by, nz * by];
    const [lx, ly, lz] = lamp.direction;
    const nl = nx * lx + ny * ly + nz * lz;
    const nv = -(nx * hit[3]! + ny * hit[4]! + nz * hit[5]!) / length;
    const lv = -(lx * hit[3]! + ly * hit[4]! + lz * hit[5]!) / length;
    this.#shading.set(lamp, surface.metallic, surface.roughness, nl, nv, lv);
    let left = TURNED_AWAY;
    if (nl > 0 && this.#map !== undefined) {
      const off = this.#offset;
      const lit = lightAt(this.#map, hit[0]! + nx * off, hit[1]! + ny * off, hit[2]! + nz * off);
      const inLight = SHADOW_FULL + (1 - SHADOW_FULL) * lit;
      left += (inLight - TURNED_AWAY) * Math.min(nl / GRAZING, 1);
    }
    const light = 1 - lamp.shadow * (1 - left);
    return this.#shading.color(
      this.#channel(0),
      this.#channel(8),
      this.#channel(16),
      light,
      surface,
    );
  }

  #channel(shift: number): number {
    const colors = this.#soup!.colors;
    const at = this.#triangle * 3;
    const s = this.#shares;
    return (
      LINEAR[(colors[at]! >>> shift) & 0xff]! * s[0]! +
      LINEAR[(colors[at + 1]! >>> shift) & 0xff]! * s[1]! +
      LINEAR[(colors[at + 2]! >>> shift) & 0xff]! * s[2]!
    );
  }

  /** Barycentric coordinates, in the two axes along which the triangle is largest. */
  #divide(): void {
    const p = this.#soup!.positions;
    const at = this.#triangle * 9;
    const n = this.#plane;
    const [ax, ay, az] = [Math.abs(n[0]!), Math.abs(n[1]!), Math.abs(n[2]!)];
    const k = ax >= ay && ax >= az ? 0 : ay >= az ? 1 : 2;
    const i = k === 0 ? 1 : 0;
    const j = k === 2 ? 1 : 2;
    const [ui, uj] = [p[at + 3 + i]! - p[at + i]!, p[at + 3 + j]! - p[at + j]!];
    const [vi, vj] = [p[at + 6 + i]! - p[at + i]!, p[at + 6 + j]! - p[at + j]!];
    const [qi, qj] = [this.#hit[i]! - p[at + i]!, this.#hit[j]! - p[at + j]!];
    const area = ui * vj - uj * vi;
    const second = Math.min(Math.max((qi * vj - qj * vi) / area, 0), 1);
    const third = Math.min(Math.max((ui * qj - uj * qi) / area, 0), 1 - second);
    this.#shares[0] = 1 - second - third;
    this.#shares[1] = second;
    this.#shares[2] = third;
  }
}

/** The plane of a triangle: normal · point = the fourth number. */
export function planeOf(positions: Float32Array, triangle: number, plane: Float64Array): void {
  const at = triangle * 9;
  const along = (corner: number, a: number) => positions[at + corner + a]! - positions[at + a]!;
  plane[0] = along(3, 1) * along(6, 2) - along(3, 2) * along(6, 1);
  plane[1] = along(3, 2) * along(6, 0) - along(3, 0) * along(6, 2);
  plane[2] = along(3, 0) * along(6, 1) - along(3, 1) * along(6, 0);
  plane[3] =
    plane[0] * positions[at]! + plane[1] * positions[at + 1]! + plane[2] * positions[at + 2]!;
}
