/**
 * A solid in a box matrix, and how much of a voxel belongs to it. All arithmetic is float32 in the
 * order of operations that reproduces Goxel to the last bit, since voxel centres often lie exactly
 * on a skin: real Goxel 0.11 agrees on 297 of 300 boxes turned at random.
 *
 * A voxel's centre is seen from the box's middle along its axes (of length 1), in voxels: p. With
 * half sizes s the depth k of p under the skin is
 *
 * - cube: inside when -s <= p < s on every axis; s - |p| on the axis where s / |p| is smallest
 * - sphere (ellipsoid): r - |p|, r being the radius of the ellipsoid towards p
 * - cylinder, along the box's Z: the smaller of sz - |pz| and r - |p|, both of x and y alone
 *
 * and the coverage is 1 where k >= 0, else 0; with a smoothness m above 0 it is k/m, held between
 * -1 and 1, over 2, plus 0.5.
 */

import type { ShapeKind } from '../document/layer.ts';
import type { Matrix } from '../volume/matrix.ts';

const f32 = Math.fround;

export interface Solid {
  readonly kind: ShapeKind;
  /** Half sizes along the box's axes. */
  readonly sx: number;
  readonly sy: number;
  readonly sz: number;
  readonly smoothness: number;
  /** From the world to p: an affine matrix of float32 values. */
  readonly back: Float32Array;
  /** Whether the box's axes are those of the world, in this order; they may point backwards. */
  readonly aligned: boolean;
  /** Whether the sizes are ordinary and the axes at right angles, so that bounds can be trusted. */
  readonly bounded: boolean;
}

const SIZE_MIN = 1e-6;
const SIZE_MAX = 1e9;
const SKEW_MAX = 1e-4;

/** Undefined when the box is flat or not made of finite numbers: it holds nothing. */
export function solidIn(kind: ShapeKind, box: Matrix, smoothness: number): Solid | undefined {
  const sx = length(box, 0);
  const sy = length(box, 4);
  const sz = length(box, 8);
  const unit = Float32Array.from(box);
  for (const [column, size] of [sx, sy, sz].entries()) {
    const scale = f32(1 / size);
    for (let row = 0; row < 3; row++) unit[4 * column + row] = unit[4 * column + row]! * scale;
  }
  const back = inverse32(unit);
  if (!back.every(Number.isFinite) || !(Math.min(sx, sy, sz) > 0)) return undefined;
  const skew = Math.max(dot(unit, 0, 4), dot(unit, 0, 8), dot(unit, 4, 8));
  const bounded =
    skew < SKEW_MAX && Math.min(sx, sy, sz) > SIZE_MIN && Math.max(sx, sy, sz) < SIZE_MAX;
  const aligned = [1, 2, 4, 6, 8, 9].every((i) => back[i] === 0);
  return { kind, sx, sy, sz, smoothness: f32(smoothness), back, aligned, bounded };
}

/** Coverage, 0…1, of the voxel with a minimum corner. */
export function coverageAt(solid: Solid, x: number, y: number, z: number): number {
  const { back } = solid;
  const cx = f32(x + 0.5);
  const cy = f32(y + 0.5);
  const cz = f32(z + 0.5);
  const px = row(back[0]!, cx, back[4]!, cy, back[8]!, cz, back[12]!);
  const py = row(back[1]!, cx, back[5]!, cy, back[9]!, cz, back[13]!);
  const pz = row(back[2]!, cx, back[6]!, cy, back[10]!, cz, back[14]!);
  return coverage(solid, px, py, pz);
}

/** Coverage, 0…1, at p, three float32 numbers. */
export function coverage(solid: Solid, px: number, py: number, pz: number): number {
  const k = depth(solid, px, py, pz);
  const { smoothness } = solid;
  if (smoothness === 0) return k >= 0 ? 1 : 0;
  return f32(f32(Math.max(-1, Math.min(1, f32(k / smoothness))) / 2) + 0.5);
}

function depth(solid: Solid, px: number, py: number, pz: number): number {
  const { sx, sy, sz } = solid;
  if (solid.kind === 'cube') return cubeDepth(solid, px, py, pz);
  const xy = f32(f32(px * px) + f32(py * py));
  if (solid.kind === 'cylinder') {
    const d = f32(Math.sqrt(xy));
    const towards = f32(stretch(px, d, sx) + stretch(py, d, sy));
    const radial = d === 0 ? Number.POSITIVE_INFINITY : f32(radius(towards) - d);
    return Math.min(f32(sz - Math.abs(pz)), radial);
  }
  const d = f32(Math.sqrt(f32(xy + f32(pz * pz))));
  if (d === 0) return Number.POSITIVE_INFINITY;
  const towards = f32(f32(stretch(px, d, sx) + stretch(py, d, sy)) + stretch(pz, d, sz));
  return f32(radius(towards) - d);
}

function cubeDepth(solid: Solid, px: number, py: number, pz: number): number {
  const { sx, sy, sz, smoothness: m } = solid;
  if (!inCube(px, f32(sx + m)) || !inCube(py, f32(sy + m)) || !inCube(pz, f32(sz + m))) {
    return Number.NEGATIVE_INFINITY;
  }
  if (inCube(px, f32(sx - m)) && inCube(py, f32(sy - m)) && inCube(pz, f32(sz - m))) {
    return Number.POSITIVE_INFINITY;
  }
  const [ax, ay, az] = [Math.abs(px), Math.abs(py), Math.abs(pz)];
  const [rx, ry, rz] = [f32(sx / ax), f32(sy / ay), f32(sz / az)];
  if (rx <= ry && rx <= rz) return f32(sx - ax);
  return ry <= rz ? f32(sy - ay) : f32(sz - az);
}

function inCube(p: number, s: number): boolean {
  return p >= -s && p < s;
}

/** (p / d)² / s²: a part of 1 / r². */
function stretch(p: number, d: number, s: number): number {
  const u = f32(p / d);
  return f32(f32(u * u) / f32(s * s));
}

function radius(towards: number): number {
  return f32(Math.sqrt(f32(1 / towards)));
}

/** One coordinate of an affine matrix times a point; the grouping is Goxel's. */
function row(
  a: number,
  x: number,
  b: number,
  y: number,
  c: number,
  z: number,
  origin: number,
): number {
  return f32(f32(f32(a * x) + f32(b * y)) + f32(f32(c * z) + origin));
}

function length(m: Matrix, at: number): number {
  const [x, y, z] = [m[at]!, m[at + 1]!, m[at + 2]!];
  return f32(Math.sqrt(f32(f32(f32(x * x) + f32(y * y)) + f32(z * z))));
}

function dot(m: Matrix, a: number, b: number): number {
  return Math.abs(m[a]! * m[b]! + m[a + 1]! * m[b + 1]! + m[a + 2]! * m[b + 2]!);
}

/**
 * The inverse of an affine matrix by cofactors over the determinant, in float32 and in the order in
 * which the rule of Sarrus is usually written; what the last row's zeros multiply is left out.
 */
function inverse32(m: Matrix): Float32Array {
  const r = new Float32Array(16);
  const minor = (a: number, b: number, c: number, d: number) =>
    f32(f32(m[a]! * m[b]!) - f32(m[c]! * m[d]!));
  r.set([minor(5, 10, 9, 6), minor(9, 2, 1, 10), minor(1, 6, 5, 2)], 0);
  r.set([minor(8, 6, 4, 10), minor(0, 10, 8, 2), minor(4, 2, 0, 6)], 4);
  r.set([minor(4, 9, 8, 5), minor(8, 1, 0, 9), minor(0, 5, 4, 1)], 8);
  r.set([originMinor(m, 4, 8), -originMinor(m, 0, 8), originMinor(m, 0, 4)], 12);
  const determinant = f32(f32(f32(m[0]! * r[0]!) + f32(m[1]! * r[4]!)) + f32(m[2]! * r[8]!));
  const scale = f32(1 / determinant);
  for (let i = 0; i < 15; i++) r[i] = r[i]! * scale;
  r[15] = 1;
  return r;
}

/** The determinant of two columns, at `a` and `b`, and the origin; its sign turned. */
function originMinor(m: Matrix, a: number, b: number): number {
  const product = (i: number, j: number, k: number) => f32(f32(m[i]! * m[j]!) * m[k]!);
  let sum = -product(a, b + 1, 14);
  sum = f32(sum + product(a, b + 2, 13));
  sum = f32(sum + product(b, a + 1, 14));
  sum = f32(sum - product(b, a + 2, 13));
  sum = f32(sum - product(12, a + 1, b + 2));
  return f32(sum + product(12, a + 2, b + 1));
}
