/**
 * What pictures of ambience alone must show, by rays that walk from voxel to voxel: slow, and not a
 * line of it shared with the renderer.
 */

import type { Document } from '../../engine/document/document.ts';
import type { Layer } from '../../engine/document/layer.ts';
import type { Projection } from '../../engine/render/projection.ts';

/** Rays walk through voxels of coordinates below this, and enter it from outside. */
const REACH = 8;

/** Red, green, blue and alpha of each sample, 0…255, of layers that are a group each. */
export function seenThrough(document: Document, projection: Projection): number[][] {
  const { width, height } = projection;
  return Array.from({ length: width * height }, (_, i) =>
    colorOf(document, projection, (i % width) + 0.5, Math.floor(i / width) + 0.5),
  );
}

function colorOf(document: Document, projection: Projection, x: number, y: number): number[] {
  const along = (of: Float64Array, a: number) => of[a]! + of[3 + a]! * x + of[6 + a]! * y;
  const from = [0, 1, 2].map((a) => along(projection.origin, a));
  const way = [0, 1, 2].map((a) => along(projection.direction, a));
  const color = [0, 0, 0];
  let through = 1;
  const inside = new Set<Layer>();
  for (const cell of cellsOf(from, way)) {
    const here = (layer: Layer) => layer.volume.get(cell[0]!, cell[1]!, cell[2]!);
    const met = document.layers.filter((layer) => here(layer) !== 0);
    const wall = met.find((layer) => opacityOf(document, layer) === 1);
    const entered = met.filter((layer) => !inside.has(layer));
    for (const layer of wall === undefined ? entered : [wall]) {
      const alpha = Math.round(opacityOf(document, layer) * 255) / 255;
      for (let c = 0; c < 3; c++) {
        color[c]! += through * alpha * ((here(layer) >>> (8 * c)) & 0xff);
      }
      through *= 1 - alpha;
    }
    if (wall !== undefined) break;
    inside.clear();
    for (const layer of met) inside.add(layer);
  }
  const sum = 1 - through;
  return sum === 0 ? [0, 0, 0, 0] : [...color.map((value) => value / sum), sum * 255];
}

function opacityOf(document: Document, layer: Layer): number {
  return document.materials[layer.material]!.color[3]!;
}

/** The voxels that a ray passes, from where it enters the cube of the reach. */
function* cellsOf(from: readonly number[], way: readonly number[]): Generator<number[]> {
  let [enter, leave] = [-Infinity, Infinity];
  for (let a = 0; a < 3; a++) {
    const sides = [(-REACH - from[a]!) / way[a]!, (REACH - from[a]!) / way[a]!];
    enter = Math.max(enter, Math.min(...sides));
    leave = Math.min(leave, Math.max(...sides));
  }
  for (let t = enter; t < leave; ) {
    // The next crossing of any side; the cell is that of the middle of the way there.
    let next = leave;
    for (let a = 0; a < 3; a++) {
      if (way[a] === 0) continue;
      const at = from[a]! + way[a]! * (t + 1e-9);
      const side = way[a]! > 0 ? Math.floor(at) + 1 : Math.ceil(at) - 1;
      next = Math.min(next, (side - from[a]!) / way[a]!);
    }
    next = Math.max(next, t + 1e-9);
    const middle = (t + next) / 2;
    yield from.map((value, a) => Math.floor(value + way[a]! * middle));
    t = next;
  }
}
