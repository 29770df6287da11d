/** Lines in space: thin ones after Bresenham, thick ones as swept spheres (capsules). */

import { checkInterrupt } from '../interrupt.ts';
import { BLOCK_SIZE } from '../volume/block.ts';
import type { Vec3 } from '../volume/box.ts';
import { blocksOfVoxels, requireLeast, voxelsOfFigure } from '../volume/least.ts';
import { Volume } from '../volume/volume.ts';
import { fillRows, type Span } from './rows.ts';
import { boxAround } from './solids.ts';

export interface LineParams {
  /** The voxels at the ends, both included. */
  readonly from: Vec3;
  readonly to: Vec3;
  /** Diameter in voxels; 1 is one voxel at each step along the longest axis. */
  readonly thickness: number;
  readonly color: number;
}

/** Thick lines are filled in pieces as long as thick, whose boxes stay small; or this at least. */
const PIECE = 16;

/**
 * Throws GOX_MEMORY_LIMIT when it leaves the coordinates or takes more than `blocks_max` blocks.
 */
export function line(params: LineParams, blocks_max: number): Volume {
  const { from, to, thickness, color } = params;
  const volume = new Volume();
  const length = Math.max(...from.map((value, i) => Math.abs(to[i]! - value))) + 1;
  const least = Math.max(length / BLOCK_SIZE, leastOfThick(params));
  requireLeast(least, blocks_max, `A line of ${length} voxels`);
  volume.blocks_max = blocks_max;
  if (thickness <= 1) thin(volume, from, to, color);
  else thick(volume, params);
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

function thin(volume: Volume, from: Vec3, to: Vec3, color: number): void {
  let [x, y, z] = from;
  const [sx, sy, sz] = [Math.sign(to[0] - x), Math.sign(to[1] - y), Math.sign(to[2] - z)];
  const [dx, dy, dz] = [Math.abs(to[0] - x), Math.abs(to[1] - y), Math.abs(to[2] - z)];
  const steps = Math.max(dx, dy, dz);
  // Each axis steps when its sum of `d` passes `steps`, starting in the middle.
  let [ex, ey, ez] = [steps >> 1, steps >> 1, steps >> 1];
  for (let i = 0; ; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    volume.set(x, y, z, color);
    if (i === steps) return;
    ex -= dx;
    ey -= dy;
    ez -= dz;
    if (ex < 0) {
      ex += steps;
      x += sx;
    }
    if (ey < 0) {
      ey += steps;
      y += sy;
    }
    if (ez < 0) {
      ez += steps;
      z += sz;
    }
  }
}

/** Blocks of a cylinder with a half sphere at each end. */
function leastOfThick({ from, to, thickness }: LineParams): number {
  const radius = thickness / 2;
  const length = Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2]);
  const volume = Math.PI * radius ** 2 * (length + (4 / 3) * radius);
  return blocksOfVoxels(voxelsOfFigure(volume, radius));
}

function thick(volume: Volume, params: LineParams): void {
  const { from, to, thickness, color } = params;
  const radius = thickness / 2;
  const along: Vec3 = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const pieces = Math.max(1, Math.ceil(Math.hypot(...along) / Math.max(PIECE, thickness)));
  const at = (i: 0 | 1 | 2, share: number) => from[i] + 0.5 + along[i] * share;
  for (let piece = 0; piece < pieces; piece++) {
    checkInterrupt();
    const [start, end] = [piece / pieces, (piece + 1) / pieces];
    const a: Vec3 = [at(0, start), at(1, start), at(2, start)];
    const b: Vec3 = [at(0, end), at(1, end), at(2, end)];
    const middle: Vec3 = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
    const reach: Vec3 = [
      Math.abs(b[0] - a[0]) / 2 + radius,
      Math.abs(b[1] - a[1]) / 2 + radius,
      Math.abs(b[2] - a[2]) / 2 + radius,
    ];
    const box = boxAround(middle, reach);
    fillRows(volume, box, color, (y, z, span) => {
      capsuleRow(span, a, b, radius, y + 0.5, z + 0.5);
    });
  }
}

/** Where the row of centres at y and z is within `radius` of the segment from `a` to `b`. */
function capsuleRow(span: Span, a: Vec3, b: Vec3, radius: number, y: number, z: number): void {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const end of [a, b]) {
    const square = radius ** 2 - (y - end[1]) ** 2 - (z - end[2]) ** 2;
    if (square < 0) continue;
    low = Math.min(low, end[0] - Math.sqrt(square));
    high = Math.max(high, end[0] + Math.sqrt(square));
  }
  // Between the ends: |q|² - (q·d)²/|d|² <= radius² and 0 <= q·d <= |d|², for q = (x, qy, qz).
  const [dx, dy, dz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const [qy, qz] = [y - a[1], z - a[2]];
  const square = dx * dx + dy * dy + dz * dz;
  if (square > 0) {
    const beside = qy * dy + qz * dz;
    let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    if (dx !== 0) {
      const [first, second] = [-beside / dx, (square - beside) / dx];
      [from, to] = [Math.min(first, second), Math.max(first, second)];
    } else if (beside < 0 || beside > square) to = Number.NEGATIVE_INFINITY;
    const [p, q] = [(dy * dy + dz * dz) / square, (dx * beside) / square];
    const rest = qy * qy + qz * qz - (beside * beside) / square - radius ** 2;
    if (p > 0) {
      const root = Math.sqrt(q * q - p * rest);
      from = Math.max(from, (q - root) / p);
      to = Math.min(to, (q + root) / p);
    } else if (rest > 0) to = Number.NEGATIVE_INFINITY;
    // A root of a negative number makes both ends NaN, and the comparison false.
    if (from <= to) {
      low = Math.min(low, a[0] + from);
      high = Math.max(high, a[0] + to);
    }
  }
  if (low > high) return;
  span.from = Math.ceil(low - 0.5);
  span.to = Math.floor(high - 0.5) + 1;
}
