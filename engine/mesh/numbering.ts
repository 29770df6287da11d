/**
 * Numbers the vertices of a surface: corners that agree in position and colour (and normal, where
 * asked) become one vertex. A numbering sees the batches of one walk in order; as walks are alike,
 * another numbering in the next walk gives the same numbers.
 */

import type { FaceBatch } from './surface.ts';

export interface Numbering {
  /** Vertices so far. */
  readonly count: number;
  /**
   * Writes the number of each corner. New vertices come in order: a corner whose number is what the
   * count was before it is the first of its vertex.
   */
  number(batch: FaceBatch, corners: number, numbers: Uint32Array): void;
}

/** A vertex is merged only with an equal one among this many before it, as in Goxel. */
const WINDOW = 1024;
const BUCKETS = 4096;

/** Goxel's rule for text formats; needs the memory of one window. */
export class WindowNumbering implements Numbering {
  count = 0;
  readonly #byNormal: boolean;
  /** The last vertices, each at its number modulo the window. */
  readonly #positions = new Float64Array(3 * WINDOW);
  readonly #colors = new Uint32Array(WINDOW);
  readonly #normals = new Uint32Array(WINDOW);
  /** Latest vertex + 1 by hash, and the one before it in the same bucket, newest first. */
  readonly #buckets = new Float64Array(BUCKETS);
  readonly #older = new Float64Array(WINDOW);

  constructor(byNormal: boolean) {
    this.#byNormal = byNormal;
  }

  number(batch: FaceBatch, corners: number, numbers: Uint32Array): void {
    const { positions, colors, normals } = batch;
    const byNormal = this.#byNormal;
    for (let face = 0, corner = 0; face < batch.count; face++) {
      const normal = byNormal ? normals[face]! : 0;
      for (let end = corner + corners; corner < end; corner++) {
        numbers[corner] = this.#vertex(
          positions[corner * 3]!,
          positions[corner * 3 + 1]!,
          positions[corner * 3 + 2]!,
          colors[corner]!,
          normal,
        );
      }
    }
  }

  /** The number of an equal vertex among the last ones, or that of a new one. */
  #vertex(x: number, y: number, z: number, rgba: number, normal: number): number {
    const bucket = hash(x, y, z, rgba, normal) & (BUCKETS - 1);
    const count = this.count;
    const oldest = Math.max(0, count - WINDOW);
    const positions = this.#positions;
    const colors = this.#colors;
    const normals = this.#normals;
    const older = this.#older;
    // Links lead from newer to older vertices; one that has left the window ends the search.
    for (let v = this.#buckets[bucket]! - 1; v >= oldest; ) {
      const at = v & (WINDOW - 1);
      if (
        positions[at * 3] === x &&
        positions[at * 3 + 1] === y &&
        positions[at * 3 + 2] === z &&
        colors[at] === rgba &&
        normals[at] === normal
      ) {
        return v;
      }
      v = older[at]! - 1;
    }
    const at = count & (WINDOW - 1);
    positions[at * 3] = x;
    positions[at * 3 + 1] = y;
    positions[at * 3 + 2] = z;
    colors[at] = rgba;
    normals[at] = normal;
    older[at] = this.#buckets[bucket]!;
    this.#buckets[bucket] = count + 1;
    this.count = count + 1;
    return count;
  }
}

/** Positions are multiples of 1/8; far ones wrap, which a hash may. */
export function hash(x: number, y: number, z: number, rgba: number, normal: number): number {
  const yz = Math.imul((y * 8) | 0, 0x85ebca77) ^ Math.imul((z * 8) | 0, 0xc2b2ae3d);
  const all = Math.imul(((x * 8) | 0) ^ yz, 0x9e3779b1) ^ Math.imul(rgba ^ normal, 0x27d4eb2f);
  return all ^ (all >>> 15);
}
