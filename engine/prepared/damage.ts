/**
 * Where something looks different from before: convex bodies by their corners, in order, so that
 * each picture that is kept can be told what came since it was drawn.
 */

import type { Faces } from '../render/rectangles.ts';
import { RECT, U_AXIS, V_AXIS } from '../render/rectangles.ts';
import type { Box, Vec3 } from '../volume/box.ts';

/** Eight points, three numbers each. */
export type Body = Float64Array;

/** More than this is everything. */
const BODIES_MAX = 128;

export class Damage {
  #bodies: Body[] = [];
  /** How many there were before those that are kept. */
  #forgotten = 0;

  /** How many there were. */
  get count(): number {
    return this.#forgotten + this.#bodies.length;
  }

  add(body: Body): void {
    this.#bodies.push(body);
    if (this.#bodies.length <= BODIES_MAX) return;
    this.#forgotten++;
    this.#bodies.shift();
  }

  /** Everything looks different. */
  addAll(): void {
    this.#forgotten = this.count + BODIES_MAX;
    this.#bodies = [];
  }

  /** Those that came after there were so many; undefined when that is too long ago. */
  since(count: number): readonly Body[] | undefined {
    return count < this.#forgotten ? undefined : this.#bodies.slice(count - this.#forgotten);
  }
}

export function bodyOf({ min, max }: Box): Body {
  const body = new Float64Array(24);
  for (let i = 0; i < 24; i++) {
    const axis = (i % 3) as 0 | 1 | 2;
    body[i] = (((i / 3) | 0) >> axis) & 1 ? max[axis] : min[axis];
  }
  return body;
}

/** Rectangles of a block in an arena, by direction; `ends` counts from the first. */
export interface Range {
  readonly first: number;
  readonly ends: ArrayLike<number>;
}

/** The box around the faces that are in one range and not in the other, from the block's corner. */
export function differenceOf(faces: Faces, a: Range, b: Range): Box | undefined {
  const box = {
    min: [16, 16, 16] as [number, number, number],
    max: [0, 0, 0] as [number, number, number],
  };
  let found = false;
  for (let direction = 0; direction < 6; direction++) {
    const start = direction === 0 ? 0 : direction - 1;
    let [a0, b0] =
      direction === 0 ? [a.first, b.first] : [a.first + a.ends[start]!, b.first + b.ends[start]!];
    let [a1, b1] = [a.first + a.ends[direction]!, b.first + b.ends[direction]!];
    while (a0 < a1 && b0 < b1 && same(faces, a0, b0)) [a0, b0] = [a0 + 1, b0 + 1];
    while (a0 < a1 && b0 < b1 && same(faces, a1 - 1, b1 - 1)) [a1, b1] = [a1 - 1, b1 - 1];
    found ||= a0 < a1 || b0 < b1;
    for (let rect = a0; rect < a1; rect++) enclose(box, faces.rects[rect * RECT + 1]!);
    for (let rect = b0; rect < b1; rect++) enclose(box, faces.rects[rect * RECT + 1]!);
  }
  return found ? box : undefined;
}

function same({ rects, colors, around }: Faces, a: number, b: number): boolean {
  const shape = rects[a * RECT + 1]!;
  if (shape !== rects[b * RECT + 1]) return false;
  const width = ((shape >> 15) & 15) - ((shape >> 7) & 15) + 1;
  const cells = width * (((shape >> 19) & 15) - ((shape >> 11) & 15) + 1);
  const [from, to] = [rects[a * RECT + 2]!, rects[b * RECT + 2]!];
  for (let cell = 0; cell < cells; cell++) {
    if (colors[from + cell] !== colors[to + cell]) return false;
    if (around[from + cell] !== around[to + cell]) return false;
  }
  return true;
}

function enclose(
  { min, max }: { min: [number, number, number]; max: [number, number, number] },
  shape: number,
): void {
  const axis = ((shape & 7) >> 1) as 0 | 1 | 2;
  const plane = ((shape >> 3) & 15) + (shape & 1);
  const grow = (a: 0 | 1 | 2, low: number, high: number) => {
    min[a] = Math.min(min[a], low);
    max[a] = Math.max(max[a], high);
  };
  grow(axis, plane, plane);
  grow(U_AXIS[axis], (shape >> 7) & 15, ((shape >> 15) & 15) + 1);
  grow(V_AXIS[axis], (shape >> 11) & 15, ((shape >> 19) & 15) + 1);
}

/** A box of a block, by the block's corner. */
export function moved({ min, max }: Box, [x, y, z]: Vec3): Box {
  return {
    min: [min[0] + x, min[1] + y, min[2] + z],
    max: [max[0] + x, max[1] + y, max[2] + z],
  };
}
