/** Where bodies appear: rectangles that do not touch each other. */

import { boundsOf, type Projection } from '../render/projection.ts';
import type { Area } from '../render/veils.ts';
import type { Body } from './damage.ts';

/**
 * The areas of a projection that bodies cover, and `margin` samples around them, in units of so
 * many samples.
 */
export function areasOf(
  bodies: readonly Body[],
  projection: Projection,
  margin: number,
  unit: number,
): Area[] {
  const { width, height } = projection;
  let areas: Area[] = [];
  for (const body of bodies) {
    const bounds = boundsOf(projection, body);
    if (bounds === undefined) continue;
    let area = {
      left: Math.max(Math.floor((bounds.x0 - margin) / unit), 0),
      right: Math.min(Math.ceil((bounds.x1 + margin) / unit), width / unit),
      top: Math.max(Math.floor((bounds.y0 - margin) / unit), 0),
      bottom: Math.min(Math.ceil((bounds.y1 + margin) / unit), height / unit),
    };
    if (area.left >= area.right || area.top >= area.bottom) continue;
    for (let i = 0; i < areas.length; i++) {
      if (!touches(area, areas[i]!)) continue;
      area = around(area, areas[i]!);
      areas = areas.filter((_, other) => other !== i);
      i = -1;
    }
    areas.push(area);
  }
  return areas;
}

function touches(a: Area, b: Area): boolean {
  return a.left <= b.right && b.left <= a.right && a.top <= b.bottom && b.top <= a.bottom;
}

function around(a: Area, b: Area): Area {
  return {
    left: Math.min(a.left, b.left),
    right: Math.max(a.right, b.right),
    top: Math.min(a.top, b.top),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

/** How many units areas have. */
export function sizeOf(areas: readonly Area[]): number {
  return areas.reduce((sum, a) => sum + (a.right - a.left) * (a.bottom - a.top), 0);
}
