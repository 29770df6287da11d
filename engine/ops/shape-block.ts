/**
 * A solid's coverage of one block: none, all, or some of it, and then word by word. Bounds decide
 * where they can; what lies close to a skin is left to the exact arithmetic of `shape-solid.ts`.
 */

import { BLOCK_SIZE } from '../volume/block.ts';
import { coverage, coverageAt, type Solid } from './shape-solid.ts';

export type Covered = 'none' | 'some' | 'all';

/** Cubes of a block that are judged as a whole before their voxels are. */
const CELL_SIZE = 4;

/** How far float32 may be from the truth: in p for each unit of the coordinates and of size… */
const DRIFT = 2 ** -18;
/** …and in (p / s)², where 1 is the skin. */
const SLACK = 1e-5;

const INNER = 1 - SLACK;
const OUTER = 1 + SLACK;
const OUTSIDE = 9;

const RGB = 0xff_ffff;

/**
 * How much of a cube, a block or a smaller one, with a minimum corner a solid covers; 'some' when
 * that is not certain.
 */
export function coveredOf(
  solid: Solid,
  x: number,
  y: number,
  z: number,
  size = BLOCK_SIZE,
): Covered {
  if (!solid.bounded) return 'some';
  const { back, smoothness: m, sx, sy, sz, kind } = solid;
  const [cx, cy, cz] = [x + size / 2, y + size / 2, z + size / 2];
  // From the middle to the outermost voxel centres.
  const outermost = (size - 1) / 2;
  const drift =
    DRIFT *
    (Math.abs(cx) +
      Math.abs(cy) +
      Math.abs(cz) +
      24 +
      Math.abs(back[12]!) +
      Math.abs(back[13]!) +
      Math.abs(back[14]!) +
      sx +
      sy +
      sz +
      m);
  const p = [0, 0, 0];
  const reach = [0, 0, 0];
  for (let k = 0; k < 3; k++) {
    const [a, b, c] = [back[k]!, back[4 + k]!, back[8 + k]!];
    p[k] = Math.abs(a * cx + b * cy + c * cz + back[12 + k]!);
    reach[k] = outermost * (Math.abs(a) + Math.abs(b) + Math.abs(c)) + m + drift;
  }
  const sizes = [sx, sy, sz];
  const flat = kind === 'cube' ? [0, 1, 2] : kind === 'cylinder' ? [2] : [];
  let all = true;
  for (const k of flat) {
    if (p[k]! - reach[k]! > sizes[k]!) return 'none';
    if (p[k]! + reach[k]! >= sizes[k]!) all = false;
  }
  if (kind === 'cube') return all ? 'all' : 'some';
  let nearest = 0;
  let farthest = 0;
  const axes = kind === 'sphere' ? 3 : 2;
  for (let k = 0; k < axes; k++) {
    nearest += (Math.max(0, p[k]! - reach[k]!) / sizes[k]!) ** 2;
    farthest += ((p[k]! + reach[k]!) / sizes[k]!) ** 2;
  }
  if (nearest > OUTER) return 'none';
  return all && farthest < INNER ? 'all' : 'some';
}

/** Whether `drawRows` can draw a solid: it has a hard edge and lies along the world's axes. */
export function hasRows(solid: Solid): boolean {
  return solid.aligned && solid.bounded && solid.smoothness === 0;
}

/**
 * Writes the solid's source words of the block with a minimum corner: everywhere the rgb of
 * `color`, and its alpha times the coverage, truncated.
 */
export function drawBlock(
  solid: Solid,
  x: number,
  y: number,
  z: number,
  color: number,
  out: Uint32Array,
): void {
  const rgb = color & RGB;
  if (hasRows(solid)) {
    out.fill(rgb);
    drawRows(solid, x, y, z, color, out);
    return;
  }
  for (let k = 0; k < BLOCK_SIZE; k += CELL_SIZE) {
    for (let j = 0; j < BLOCK_SIZE; j += CELL_SIZE) {
      for (let i = 0; i < BLOCK_SIZE; i += CELL_SIZE) {
        const covered = coveredOf(solid, x + i, y + j, z + k, CELL_SIZE);
        const at = i | (j << 4) | (k << 8);
        if (covered === 'some') drawCell(solid, x, y, z, color, out, at);
        else fillCell(out, at, covered === 'all' ? color : rgb);
      }
    }
  }
}

/** Writes the cell of a block that begins at a word, voxel by voxel. */
function drawCell(
  solid: Solid,
  x: number,
  y: number,
  z: number,
  color: number,
  out: Uint32Array,
  start: number,
): void {
  const rgb = color & RGB;
  const alpha = color >>> 24;
  for (let row = 0; row < CELL_SIZE * CELL_SIZE; row++) {
    const from = start + rowOfCell(row);
    for (let i = from; i < from + CELL_SIZE; i++) {
      const covered = coverageAt(solid, x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8));
      out[i] = rgb | (Math.fround(alpha * covered) << 24);
    }
  }
}

function fillCell(out: Uint32Array, start: number, word: number): void {
  for (let row = 0; row < CELL_SIZE * CELL_SIZE; row++) {
    const from = start + rowOfCell(row);
    for (let i = from; i < from + CELL_SIZE; i++) out[i] = word;
  }
}

/** Where in a block a row of a cell begins, from where the cell begins. */
function rowOfCell(row: number): number {
  return ((row % CELL_SIZE) << 4) | (Math.floor(row / CELL_SIZE) << 8);
}

/**
 * Puts `color` at the voxels of one block that a solid covers, and leaves the others. Along the
 * world's axes each coordinate of p depends on one of the world's, so 48 numbers make all of them.
 */
export function drawRows(
  solid: Solid,
  x: number,
  y: number,
  z: number,
  color: number,
  out: Uint32Array,
): void {
  const { back, sx, sy, sz, kind } = solid;
  const px = along(back[0]!, x, back[12]!);
  const py = along(back[5]!, y, back[13]!);
  const pz = along(back[10]!, z, back[14]!);
  // What counts as inside is 1 at most, and what does not count is 0, so cubes have no curve.
  const qx = kind === 'cube' ? inCube(px, sx) : squares(px, sx);
  const qy = kind === 'cube' ? inCube(py, sy) : squares(py, sy);
  const qz =
    kind === 'cube' ? inCube(pz, sz) : kind === 'sphere' ? squares(pz, sz) : inDisc(pz, sz);
  for (let k = 0; k < BLOCK_SIZE; k++) {
    for (let j = 0; j < BLOCK_SIZE; j++) {
      const q = qy[j]! + qz[k]!;
      if (q > OUTER) continue;
      // The row's middle is certainly inside; its ends are tried one by one.
      const row = 256 * k + 16 * j;
      let start = 0;
      for (; start < BLOCK_SIZE && q + qx[start]! >= INNER; start++) {
        if (q + qx[start]! > OUTER) continue;
        if (coverage(solid, px[start]!, py[j]!, pz[k]!) === 1) out[row + start] = color;
      }
      let end = BLOCK_SIZE;
      for (; end > start && q + qx[end - 1]! >= INNER; end--) {
        if (q + qx[end - 1]! > OUTER) continue;
        if (coverage(solid, px[end - 1]!, py[j]!, pz[k]!) === 1) out[row + end - 1] = color;
      }
      for (let i = start; i < end; i++) out[row + i] = color;
    }
  }
}

/** A coordinate of p for 16 voxels in a row. */
function along(scale: number, start: number, origin: number): Float32Array {
  const p = new Float32Array(BLOCK_SIZE);
  for (let i = 0; i < BLOCK_SIZE; i++) {
    p[i] = Math.fround(scale * Math.fround(start + i + 0.5)) + origin;
  }
  return p;
}

/** (p / s)²: parts of a sum that is 1 on the skin. */
function squares(p: Float32Array, size: number): Float64Array {
  const q = new Float64Array(BLOCK_SIZE);
  for (let i = 0; i < BLOCK_SIZE; i++) q[i] = (p[i]! / size) ** 2;
  return q;
}

/** 0 where a coordinate is inside a cube, far more than 1 elsewhere. */
function inCube(p: Float32Array, size: number): Float64Array {
  return Float64Array.from(p, (v) => (v >= -size && v < size ? 0 : OUTSIDE));
}

/** 0 where a coordinate is between a cylinder's ends, far more than 1 elsewhere. */
function inDisc(p: Float32Array, size: number): Float64Array {
  return Float64Array.from(p, (v) => (Math.abs(v) <= size ? 0 : OUTSIDE));
}
