/** Makes a soup of a surface that comes in batches of triangles with a normal each. */

import { checkInterrupt } from '../interrupt.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Soup } from './soup.ts';

/** Triangles as a mesher gives them; its arrays may be longer than `count` needs. */
interface TriangleBatch {
  readonly count: number;
  /** x, y, z of each corner. */
  readonly positions: ArrayLike<number>;
  /** Packed colour of each corner. */
  readonly colors: ArrayLike<number>;
  /** Number of each triangle's normal. */
  readonly normals: ArrayLike<number>;
}

interface TriangleSurface {
  batches(): Iterable<TriangleBatch>;
  /** Unit normals by number, of the triangles walked so far. */
  readonly normals: readonly Vec3[];
}

/** Writes all triangles of a surface, each flat, to a soup that has room for just these. */
export function fillSoup(surface: TriangleSurface, { positions, normals, colors }: Soup): void {
  let count = 0;
  for (const batch of surface.batches()) {
    for (let i = 0; i < batch.count * 9; i++) positions[count * 9 + i] = batch.positions[i]!;
    for (let i = 0; i < batch.count * 3; i++) colors[count * 3 + i] = batch.colors[i]!;
    for (let face = 0; face < batch.count; face++) {
      const normal = surface.normals[batch.normals[face]!]!;
      for (let i = 0; i < 9; i++) normals[(count + face) * 9 + i] = normal[i % 3]!;
    }
    count += batch.count;
  }
}

/**
 * Gives corners at the same place the mean of the normals of the triangles that meet there, by
 * their areas; shading brings them to length 1.
 */
export function smoothen({ positions, normals }: Soup): void {
  const corners = positions.length / 3;
  let size = 16;
  while (size < corners * 2) size *= 2;
  // First corner + 1 of each place, by hash; sums are kept at that corner.
  const table = new Int32Array(size);
  const firsts = new Int32Array(corners);
  const sums = new Float32Array(normals.length);
  const bits = new Int32Array(positions.buffer, positions.byteOffset, positions.length);
  for (let corner = 0; corner < corners; corner++) {
    if ((corner & 0xfff) === 0) checkInterrupt();
    const at = corner * 3;
    let hash = Math.imul(bits[at]!, 0x9e3779b1) ^ Math.imul(bits[at + 1]!, 0x85ebca77);
    hash ^= Math.imul(bits[at + 2]!, 0xc2b2ae3d);
    let place = (hash ^ (hash >>> 15)) & (size - 1);
    for (;;) {
      const known = table[place]! - 1;
      if (known < 0) {
        table[place] = corner + 1;
        firsts[corner] = corner;
        break;
      }
      const other = known * 3;
      if (
        positions[other] === positions[at] &&
        positions[other + 1] === positions[at + 1] &&
        positions[other + 2] === positions[at + 2]
      ) {
        firsts[corner] = known;
        break;
      }
      place = (place + 1) & (size - 1);
    }
    const area = areaOf(positions, Math.floor(corner / 3) * 9);
    const sum = firsts[corner]! * 3;
    for (let a = 0; a < 3; a++) sums[sum + a]! += normals[at + a]! * area;
  }
  for (let corner = 0; corner < corners; corner++) {
    if ((corner & 0xfff) === 0) checkInterrupt();
    const sum = firsts[corner]! * 3;
    for (let a = 0; a < 3; a++) normals[corner * 3 + a] = sums[sum + a]!;
  }
}

/** Twice the area of the triangle that begins at `at`. */
function areaOf(p: Float32Array, at: number): number {
  const ux = p[at + 3]! - p[at]!;
  const uy = p[at + 4]! - p[at + 1]!;
  const uz = p[at + 5]! - p[at + 2]!;
  const vx = p[at + 6]! - p[at]!;
  const vy = p[at + 7]! - p[at + 1]!;
  const vz = p[at + 8]! - p[at + 2]!;
  return Math.hypot(uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx);
}
