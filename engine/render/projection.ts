/**
 * From the world to the samples of a picture and back. Sample (i, j) has its middle at (i + ½,
 * j + ½), j counts downward. Plain numbers, so that it can cross to another thread.
 */

import type { Vec3 } from '../volume/box.ts';

export interface Projection {
  readonly orthographic: boolean;
  /** Samples. */
  readonly width: number;
  readonly height: number;
  readonly eye: Vec3;
  readonly right: Vec3;
  readonly up: Vec3;
  readonly forward: Vec3;
  /**
   * Three rows of four: a point's X, Y and W; it lies on sample coordinates X / W, Y / W, and W is
   * its depth along `forward` in perspective, 1 in a parallel projection.
   */
  readonly rows: Float64Array;
  /**
   * The ray through sample coordinates (x, y): origin and direction, each as three triples
   * `constant, per x, per y`. A point of it is origin + depth · direction.
   */
  readonly origin: Float64Array;
  readonly direction: Float64Array;
  /** Samples a voxel edge takes across the view: at depth 1 in perspective, everywhere else. */
  readonly scale: number;
}

/** An orthonormal frame: the axes of a camera that stands at `eye`. */
export interface Frame {
  readonly eye: Vec3;
  readonly right: Vec3;
  readonly up: Vec3;
  readonly forward: Vec3;
}

/** Nearer than this, in voxels, perspective shows nothing. */
export const NEAR = 1 / 16;

/**
 * A camera whose axis passes through the middle of `width` x `height` samples, at `scale` samples a
 * voxel (see `Projection`).
 */
export function projectionOf(
  frame: Frame,
  orthographic: boolean,
  width: number,
  height: number,
  scale: number,
): Projection {
  const { eye } = frame;
  const [right, up, forward] = [clean(frame.right), clean(frame.up), clean(frame.forward)];
  const rows = new Float64Array(12);
  const origin = new Float64Array(9);
  const direction = new Float64Array(9);
  const [cx, cy] = [width / 2, height / 2];
  for (let a = 0; a < 3; a++) {
    const [r, u, f] = [right[a]!, up[a]!, forward[a]!];
    rows[a] = r * scale + (orthographic ? 0 : f * cx);
    rows[4 + a] = -u * scale + (orthographic ? 0 : f * cy);
    rows[8 + a] = orthographic ? 0 : f;
    // Across the view by one sample.
    const [acrossX, acrossY] = [r / scale, -u / scale];
    const middle = -cx * acrossX - cy * acrossY;
    const moving = orthographic ? origin : direction;
    const fixed = orthographic ? direction : origin;
    moving[a] = middle + (orthographic ? eye[a]! : f);
    moving[3 + a] = acrossX;
    moving[6 + a] = acrossY;
    fixed[a] = orthographic ? f : eye[a]!;
  }
  for (let row = 0; row < 12; row += 4) {
    rows[row + 3] = -(rows[row]! * eye[0] + rows[row + 1]! * eye[1] + rows[row + 2]! * eye[2]);
  }
  if (orthographic) {
    rows[3]! += cx;
    rows[7]! += cy;
    rows[11] = 1;
  }
  return {
    ...frame,
    right,
    up,
    forward,
    orthographic,
    width,
    height,
    rows,
    origin,
    direction,
    scale,
  };
}

/** Bounds in samples of what a box covers. */
export interface Bounds {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/**
 * Where a convex body of eight points appears, three numbers each: everywhere when it reaches
 * behind the eye, undefined when all of it does.
 */
export function boundsOf(
  { rows: r, orthographic }: Projection,
  points: Float64Array,
): Bounds | undefined {
  const bounds = { x0: Infinity, y0: Infinity, x1: -Infinity, y1: -Infinity };
  let behind = 0;
  for (let at = 0; at < 24; at += 3) {
    const x = points[at]!;
    const y = points[at + 1]!;
    const z = points[at + 2]!;
    const w = r[8]! * x + r[9]! * y + r[10]! * z + r[11]!;
    if (!orthographic && w < NEAR) {
      behind++;
      continue;
    }
    const sx = (r[0]! * x + r[1]! * y + r[2]! * z + r[3]!) / w;
    const sy = (r[4]! * x + r[5]! * y + r[6]! * z + r[7]!) / w;
    bounds.x0 = Math.min(bounds.x0, sx);
    bounds.y0 = Math.min(bounds.y0, sy);
    bounds.x1 = Math.max(bounds.x1, sx);
    bounds.y1 = Math.max(bounds.y1, sy);
  }
  if (behind === 8) return undefined;
  if (behind > 0) return { x0: -Infinity, y0: -Infinity, x1: Infinity, y1: Infinity };
  return bounds;
}

/**
 * Writes where a cube appears at most, four numbers at `at`: of the ball around it, so that it
 * costs one point. A point at depth w and x samples from the middle moves by r·(scale + |x|) / (w
 * - r) at
 * most when it moves by r.
 */
export function boundCube(
  projection: Projection,
  x: number,
  y: number,
  z: number,
  size: number,
  bounds: Float32Array,
  at: number,
): void {
  const { rows: r, orthographic, width, height, scale } = projection;
  const half = size / 2;
  const [px, py, pz] = [x + half, y + half, z + half];
  const radius = half * BALL;
  const w = r[8]! * px + r[9]! * py + r[10]! * pz + r[11]!;
  if (!orthographic && w - radius < NEAR) {
    const seen = w + radius >= NEAR;
    bounds[at] = seen ? -Infinity : Infinity;
    bounds[at + 1] = bounds[at]!;
    bounds[at + 2] = -bounds[at]!;
    bounds[at + 3] = -bounds[at]!;
    return;
  }
  const sx = (r[0]! * px + r[1]! * py + r[2]! * pz + r[3]!) / w;
  const sy = (r[4]! * px + r[5]! * py + r[6]! * pz + r[7]!) / w;
  const by = orthographic ? 1 : w - radius;
  const across = (radius * (scale + (orthographic ? 0 : Math.abs(sx - width / 2)))) / by + 1;
  const along = (radius * (scale + (orthographic ? 0 : Math.abs(sy - height / 2)))) / by + 1;
  bounds[at] = sx - across;
  bounds[at + 1] = sy - along;
  bounds[at + 2] = sx + across;
  bounds[at + 3] = sy + along;
}

/** The ball around a cube is so many times as wide, and a little for rounding. */
const BALL = Math.sqrt(3) * 1.0001;

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Of length 1; undefined for a vector without a direction. */
export function unit(v: Vec3): Vec3 | undefined {
  const length = Math.hypot(...v);
  if (!(length > 0) || !Number.isFinite(length)) return undefined;
  return [v[0] / length, v[1] / length, v[2] / length];
}

/** What a sine of π leaves is noise; without it, views along an axis have exact edges. */
const NOISE = 1e-12;

function clean(v: Vec3): Vec3 {
  const at = (value: number) => (Math.abs(value) < NOISE ? 0 : value);
  return [at(v[0]), at(v[1]), at(v[2])];
}
