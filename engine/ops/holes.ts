/**
 * Holes: empty places from which no path over 6 neighbours leads out of a volume.
 *
 * What encloses a hole are voxels that touch each other, at corners at least, so they lie in blocks
 * that touch each other: each such cluster of blocks is searched for itself, in its own box, and
 * voxels that are far apart cost nothing.
 */

import { checkInterrupt } from '../interrupt.ts';
import { BlockIndex } from '../volume/block-index.ts';
import type { Volume } from '../volume/volume.ts';
import {
  ALL_ROWS,
  type BitSet,
  blockData,
  emptyRows,
  NO_ROWS,
  ROWS,
  type Rows,
  rowsAt,
} from './bits.ts';
import { floodFromBlock, linksOfRows } from './flood.ts';

/** Block positions, both ends included. */
interface Span {
  readonly min: [number, number, number];
  readonly max: [number, number, number];
}

/** The holes of a volume. Throws GOX_MEMORY_LIMIT when a cluster's box has too many blocks. */
export function holesOf(volume: Volume): BitSet {
  const holes: BitSet = { index: new BlockIndex(), rows: [] };
  for (const span of clusters(volume)) addHoles(volume, span, holes);
  return holes;
}

/** The boxes around blocks that touch each other. */
function clusters(volume: Volume): Span[] {
  const index = new BlockIndex();
  for (const { x, y, z } of volume.blocks()) index.add(x / 16, y / 16, z / 16);
  const seen = new Uint8Array(index.length);
  const spans: Span[] = [];
  for (let first = 0; first < index.length; first++) {
    if (seen[first] === 1) continue;
    const { x, y, z } = index.position(first);
    const span: Span = { min: [x, y, z], max: [x, y, z] };
    const queue = [first];
    seen[first] = 1;
    for (let slot = queue.pop(); slot !== undefined; slot = queue.pop()) {
      checkInterrupt();
      const at = index.position(slot);
      for (const [i, value] of [at.x, at.y, at.z].entries()) {
        span.min[i] = Math.min(span.min[i]!, value);
        span.max[i] = Math.max(span.max[i]!, value);
      }
      for (let near = 0; near < 27; near++) {
        const [dx, dy, dz] = [(near % 3) - 1, (Math.trunc(near / 3) % 3) - 1, Math.trunc(near / 9)];
        const next = index.find(at.x + dx, at.y + dy, at.z + dz - 1);
        if (next < 0 || seen[next] === 1) continue;
        seen[next] = 1;
        queue.push(next);
      }
    }
    spans.push(span);
  }
  return spans;
}

/** Adds the holes in one cluster's box: what a flood from outside does not reach. */
function addHoles(volume: Volume, { min, max }: Span, holes: BitSet): void {
  const cache: BitSet = { index: new BlockIndex(), rows: [] };
  /** Empty places; one block around the box counts as empty, beyond it there is nothing. */
  const emptyAt = (bx: number, by: number, bz: number): Rows => {
    const inBox =
      bx >= min[0] && by >= min[1] && bz >= min[2] && bx <= max[0] && by <= max[1] && bz <= max[2];
    if (!inBox) {
      const low = bx < min[0] - 1 || by < min[1] - 1 || bz < min[2] - 1;
      return low || bx > max[0] + 1 || by > max[1] + 1 || bz > max[2] + 1 ? NO_ROWS : ALL_ROWS;
    }
    const data = blockData(volume, bx, by, bz);
    if (data === undefined) return ALL_ROWS;
    const known = cache.index.find(bx, by, bz);
    if (known >= 0) return cache.rows[known]!;
    const rows = emptyRows(data);
    cache.index.add(bx, by, bz);
    cache.rows.push(rows);
    return rows;
  };
  const outside = floodFromBlock(
    (bx, by, bz) => {
      const rows = emptyAt(bx, by, bz);
      if (rows === NO_ROWS) return undefined;
      return linksOfRows(
        rows,
        emptyAt(bx - 1, by, bz),
        emptyAt(bx, by - 1, bz),
        emptyAt(bx, by, bz - 1),
      );
    },
    [min[0] - 1, min[1] - 1, min[2] - 1],
    Number.POSITIVE_INFINITY,
  );
  for (let bz = min[2]; bz <= max[2]; bz++) {
    for (let by = min[1]; by <= max[1]; by++) {
      checkInterrupt();
      for (let bx = min[0]; bx <= max[0]; bx++) {
        const empty = emptyAt(bx, by, bz);
        if (empty === NO_ROWS) continue;
        const left = without(empty, rowsAt(outside, bx, by, bz));
        // Boxes of clusters may overlap.
        if (left === NO_ROWS || holes.index.find(bx, by, bz) >= 0) continue;
        holes.index.add(bx, by, bz);
        holes.rows.push(left);
      }
    }
  }
}

function without(rows: Rows, others: Rows): Rows {
  if (others === ALL_ROWS) return NO_ROWS;
  if (others === NO_ROWS) return rows;
  const left = new Uint16Array(ROWS);
  let some = 0;
  for (let row = 0; row < ROWS; row++) {
    left[row] = rows[row]! & ~others[row]!;
    some |= left[row]!;
  }
  return some === 0 ? NO_ROWS : left;
}
