/** Whether the edges of a polygon cross. */

import { checkInterrupt } from '../interrupt.ts';

/** An answer, and how many pairs of edges were looked at for it. */
interface Search {
  /** Also when more would have been needed. */
  readonly found: boolean;
  readonly pairs: number;
}

/**
 * Whether any two edges of the closed polygon `flat` (two numbers a corner) cross between their
 * ends. Edges that touch, or lie on one another as those of slits do, do not. The edges are taken
 * from left to right; each is compared with those that have not ended yet.
 */
export function crossingIn(flat: Float64Array, count: number, pairs_max: number): Search {
  const left = new Float64Array(count);
  for (let edge = 0; edge < count; edge++) {
    left[edge] = Math.min(flat[edge * 2]!, flat[((edge + 1) % count) * 2]!);
  }
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  order.sort((a, b) => left[a]! - left[b]!);
  const active = new Uint32Array(count);
  let length = 0;
  let pairs = 0;
  for (const edge of order) {
    checkInterrupt();
    let kept = 0;
    for (let i = 0; i < length; i++) {
      const other = active[i]!;
      if (right(flat, count, other) < left[edge]!) continue;
      active[kept++] = other;
      if (cross(flat, count, edge, other)) return { found: true, pairs: pairs + i };
    }
    pairs += length + 1;
    if (pairs > pairs_max) return { found: true, pairs };
    length = kept;
    active[length++] = edge;
  }
  return { found: false, pairs };
}

function right(flat: Float64Array, count: number, edge: number): number {
  return Math.max(flat[edge * 2]!, flat[((edge + 1) % count) * 2]!);
}

function cross(flat: Float64Array, count: number, first: number, second: number): boolean {
  const [a, b] = [first * 2, ((first + 1) % count) * 2];
  const [c, d] = [second * 2, ((second + 1) % count) * 2];
  const [ay, by, cy, dy] = [flat[a + 1]!, flat[b + 1]!, flat[c + 1]!, flat[d + 1]!];
  if (Math.max(ay, by) < Math.min(cy, dy) || Math.max(cy, dy) < Math.min(ay, by)) return false;
  const sides = side(flat, a, b, c) * side(flat, a, b, d);
  return sides < 0 && side(flat, c, d, a) * side(flat, c, d, b) < 0;
}

/** -1, 0 or 1: on which side of the line from a to b the corner c is. */
function side(flat: Float64Array, a: number, b: number, c: number): number {
  const [x, y] = [flat[a]!, flat[a + 1]!];
  const along = (flat[b]! - x) * (flat[c + 1]! - y);
  const across = (flat[b + 1]! - y) * (flat[c]! - x);
  // Corners that are on the line but for the rounding of their coordinates are on it.
  const rounding = (Math.abs(along) + Math.abs(across)) * 1e-7;
  return Math.abs(along - across) <= rounding ? 0 : Math.sign(along - across);
}
