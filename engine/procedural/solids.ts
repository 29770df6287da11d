/**
 * Spheres, boxes, pyramids and tori. A voxel belongs to a round one when its centre does, skin
 * included. Lengths are in voxels, colours packed; each throws GOX_MEMORY_LIMIT when its box leaves
 * the coordinates or its voxels touch more than `blocks_max` blocks.
 */

import { hollow } from '../ops/hollow.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { blocksOfWalls, requireLeast } from '../volume/least.ts';
import { requireBlocks, requireReach } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';
import { fillRows, type Span } from './rows.ts';

export interface SphereParams {
  /** A point: the voxel (0, 0, 0) has its centre at (0.5, 0.5, 0.5). */
  readonly center: Vec3;
  readonly radius: number;
  /** Of the wall of a hollow sphere; undefined for a solid one. */
  readonly thickness?: number;
  readonly color: number;
}

export function sphere(params: SphereParams, blocks_max: number): Volume {
  const { center, radius, thickness, color } = params;
  const volume = volumeOf(blocks_max);
  const box = boxAround(center, [radius, radius, radius]);
  const inner = thickness === undefined ? -1 : radius - thickness;
  fillRows(volume, box, color, (y, z, span) => {
    const d = (y + 0.5 - center[1]) ** 2 + (z + 0.5 - center[2]) ** 2;
    setSpan(span, center[0], radius ** 2 - d);
    if (inner > 0) setGap(span, center[0], inner ** 2 - d);
  });
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

function volumeOf(blocks_max: number): Volume {
  const volume = new Volume();
  volume.blocks_max = blocks_max;
  return volume;
}

export interface BoxParams {
  readonly box: Box;
  /** All of it, its six walls, or the twelve bars along its edges. */
  readonly style: 'solid' | 'shell' | 'frame';
  /** Of walls and bars; solids have none. */
  readonly thickness?: number;
  readonly color: number;
}

export function box(params: BoxParams, blocks_max: number): Volume {
  const { style, thickness = 1, color } = params;
  const { min, max } = params.box;
  const volume = new Volume();
  if (style === 'solid') {
    requireBlocks(min, max, blocks_max);
    volume.fillBox(min, max, color);
    return volume;
  }
  requireReach(min, max);
  // Where a place is on each axis: in the lower wall, between the walls, in the upper wall.
  const cuts = [0, 1, 2].map((i) => {
    const low = Math.min(min[i]! + thickness, max[i]!);
    return [min[i]!, low, Math.max(low, max[i]! - thickness), max[i]!];
  });
  const walls_min = style === 'shell' ? 1 : 2;
  const parts: Box[] = [];
  for (let part = 0; part < 27; part++) {
    const at = [part % 3, Math.trunc(part / 3) % 3, Math.trunc(part / 9)];
    if (at.filter((place) => place !== 1).length < walls_min) continue;
    const from = at.map((place, i) => cuts[i]![place]!) as unknown as Vec3;
    const to = at.map((place, i) => cuts[i]![place + 1]!) as unknown as Vec3;
    parts.push({ min: from, max: to });
  }
  const least = parts.map((part) => Volume.blocksIn(part.min, part.max));
  if (style === 'shell') least.push(blocksOfWalls(min, max, thickness));
  requireLeast(Math.max(...least), blocks_max, 'The shape');
  volume.blocks_max = blocks_max;
  for (const part of parts) volume.fillBox(part.min, part.max, color);
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

export interface PyramidParams {
  /** The corner of the base with the smallest coordinates. */
  readonly min: Vec3;
  /** Of the base, along x and y. */
  readonly size: readonly [x: number, y: number];
  /** Along z, upward. */
  readonly height: number;
  /** Height of a step; undefined for straight sides. Steps are equally deep. */
  readonly step?: number;
  /** Of the wall of a hollow pyramid, base included; undefined for a solid one. */
  readonly thickness?: number;
  readonly color: number;
}

export function pyramid(params: PyramidParams, blocks_max: number): Volume {
  const { min, size, height, step, thickness, color } = params;
  const volume = volumeOf(blocks_max);
  const max: Vec3 = [min[0] + size[0], min[1] + size[1], min[2] + height];
  const [cx, cy] = [min[0] + size[0] / 2, min[1] + size[1] / 2];
  fillRows(volume, { min, max }, color, (y, z, span) => {
    const layer = z - min[2];
    const up = step === undefined ? layer + 0.5 : Math.floor(layer / step) * step;
    // One division, so that a centre on the side itself is there: the tie is exact.
    if (Math.abs(y + 0.5 - cy) > (size[1] * (height - up)) / (2 * height)) return;
    const half = (size[0] * (height - up)) / (2 * height);
    span.from = Math.ceil(cx - half - 0.5);
    span.to = Math.floor(cx + half - 0.5) + 1;
  });
  if (thickness !== undefined) hollow(volume, thickness);
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

export interface TorusParams {
  readonly center: Vec3;
  /** From the centre to the middle of the tube. */
  readonly radius: number;
  /** Radius of the tube, at most `radius`. */
  readonly tube: number;
  /** The axis it goes around. */
  readonly axis: 0 | 1 | 2;
  readonly color: number;
}

export function torus(params: TorusParams, blocks_max: number): Volume {
  const { center, radius, tube, axis, color } = params;
  const volume = volumeOf(blocks_max);
  const wide = radius + tube;
  const reach = [0, 1, 2].map((i) => (i === axis ? tube : wide)) as unknown as Vec3;
  const around = boxAround(center, reach);
  fillRows(volume, around, color, (y, z, span) => {
    const [dy, dz] = [y + 0.5 - center[1], z + 0.5 - center[2]];
    if (axis === 0) {
      setSpan(span, center[0], tube ** 2 - (radius - Math.sqrt(dy * dy + dz * dz)) ** 2);
      return;
    }
    const [up, beside] = axis === 1 ? [dy, dz] : [dz, dy];
    const rest = tube ** 2 - up * up;
    if (rest < 0) return;
    const half = Math.sqrt(rest);
    setSpan(span, center[0], (radius + half) ** 2 - beside * beside);
    setGap(span, center[0], (radius - half) ** 2 - beside * beside, 'open');
  });
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

/** The voxels whose centres have (x - centre)² <= square. */
function setSpan(span: Span, center: number, square: number): void {
  if (square < 0) return;
  const half = Math.sqrt(square);
  span.from = Math.ceil(center - half - 0.5);
  span.to = Math.floor(center + half - 0.5) + 1;
}

/** The same for the gap; an open one has < instead of <=. */
function setGap(span: Span, center: number, square: number, ends?: 'open'): void {
  if (square < 0) return;
  const half = Math.sqrt(square);
  const [low, high] = [center - half - 0.5, center + half - 0.5];
  span.gapFrom = ends === 'open' ? Math.floor(low) + 1 : Math.ceil(low);
  span.gapTo = ends === 'open' ? Math.ceil(high) : Math.floor(high) + 1;
}

/** The voxels that a body around a point may have. */
export function boxAround(center: Vec3, reach: Vec3): Box {
  const min: Vec3 = [
    Math.floor(center[0] - reach[0]),
    Math.floor(center[1] - reach[1]),
    Math.floor(center[2] - reach[2]),
  ];
  const max: Vec3 = [
    Math.ceil(center[0] + reach[0]),
    Math.ceil(center[1] + reach[1]),
    Math.ceil(center[2] + reach[2]),
  ];
  return { min, max };
}
