/** Brings shadow maps up to date where blocks changed, and finds what their shadows fall on. */

import type { RenderJob } from '../render/job.ts';
import { Band } from '../render/raster.ts';
import { drawDepths, Scene } from '../render/scene.ts';
import { type ShadowMap, shadowOffset } from '../render/shadow-map.ts';
import type { Area } from '../render/veils.ts';
import type { Box } from '../volume/box.ts';
import type { Body } from './damage.ts';
import type { KeptMap } from './kept.ts';

/** What the rounding of depths may move, in voxels. */
const ROUNDING = 0.01;

/** Draws areas of a map anew, by a job of the blocks that lie there. */
export function redraw(kept: KeptMap, job: RenderJob, areas: readonly Area[], content: Box): void {
  const scene = new Scene(job);
  kept.users = kept.users.filter((done) => done[0] !== 1);
  // Somebody may read it now.
  if (kept.users.length > 0) {
    const depth = new Float32Array(new SharedArrayBuffer(kept.map.depth.byteLength));
    depth.set(kept.map.depth);
    kept.map = { ...kept.map, depth };
    kept.users = [];
  }
  const { projection } = kept.map;
  for (const area of areas) {
    const height = area.bottom - area.top;
    const band = new Band(area.right - area.left, height, false);
    drawDepths(scene, projection, band, area.left, area.top, height);
    const body = exchange(kept.map, area, band.depth, content);
    if (body !== undefined) kept.damage.add(body);
  }
}

/** Puts depths into an area of a map; gives the body in which light changed. */
function exchange(
  map: ShadowMap,
  { left, right, top, bottom }: Area,
  depths: Float32Array,
  content: Box,
): Body | undefined {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  let [low, high] = [Infinity, -Infinity];
  for (let y = top, from = 0; y < bottom; y++) {
    for (let x = left, at = y * map.width + left; x < right; x++, at++, from++) {
      const before = map.depth[at]!;
      const after = depths[from]!;
      if (before === after) continue;
      map.depth[at] = after;
      [x0, x1] = [Math.min(x0, x), Math.max(x1, x + 1)];
      [y0, y1] = [Math.min(y0, y), Math.max(y1, y + 1)];
      low = Math.min(low, before, after);
      high = Math.max(high, before, after);
    }
  }
  if (x1 < x0) return undefined;
  const offset = shadowOffset(map);
  // A point is looked up in four texels around one that lies a little above it.
  const texels = Math.ceil(offset * map.projection.scale) + 2;
  const nearness = [
    Math.max(low, farthestOf(map, content)) - offset - ROUNDING,
    high + offset + ROUNDING,
  ] as const;
  return bodyBetween(map, [x0 - texels, x1 + texels], [y0 - texels, y1 + texels], nearness);
}

/** The nearness to the light, as in `ShadowMap.depth`, of what is farthest from it in a box. */
function farthestOf({ projection }: ShadowMap, { min, max }: Box): number {
  const { eye, forward } = projection;
  let depth = 0;
  for (const axis of [0, 1, 2] as const) {
    const far = forward[axis] > 0 ? max[axis] : min[axis];
    depth += (far - eye[axis]) * forward[axis];
  }
  return -depth;
}

type Span = readonly [low: number, high: number];

/** What lies between texels, and between two depths. */
function bodyBetween({ projection }: ShadowMap, xs: Span, ys: Span, nearness: Span): Body {
  const { eye, right, up, forward, scale, width, height } = projection;
  const body = new Float64Array(24);
  for (let corner = 0; corner < 8; corner++) {
    const x = (xs[corner & 1]! - width / 2) / scale;
    const y = (height / 2 - ys[(corner >> 1) & 1]!) / scale;
    const z = -nearness[corner >> 2]!;
    for (const axis of [0, 1, 2] as const) {
      body[corner * 3 + axis] = eye[axis] + x * right[axis] + y * up[axis] + z * forward[axis];
    }
  }
  return body;
}
