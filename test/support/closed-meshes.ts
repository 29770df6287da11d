/** Whether the surfaces of meshes are closed, and what they enclose. */

import type { Surface } from '../../engine/mesh/surface.ts';

export interface Enclosure {
  readonly triangles: number;
  /** Edges, of which some triangle on one side has none on the other. */
  readonly open: number;
  /** Triangles of no area. */
  readonly flat: number;
  /** What is inside, by the divergence theorem. */
  readonly volume: number;
  readonly area: number;
  /** Vertices - edges + faces, where no edge has more than two triangles. */
  readonly euler: number;
  /** Edges with more than two triangles. */
  readonly crowded: number;
}

type Point = readonly [x: number, y: number, z: number];

/** Triangles by their points, counter-clockwise seen from outside. */
export function enclosure(triangles: Iterable<readonly [Point, Point, Point]>): Enclosure {
  const edges = new Map<string, { forth: number; back: number }>();
  const points = new Set<string>();
  let [count, flat, volume, area] = [0, 0, 0, 0];
  for (const corners of triangles) {
    count++;
    const names = corners.map((point) => point.join(' '));
    for (const [i, name] of names.entries()) {
      points.add(name);
      const next = names[(i + 1) % 3]!;
      const forth = name < next;
      const key = forth ? `${name},${next}` : `${next},${name}`;
      const edge = edges.get(key) ?? { forth: 0, back: 0 };
      if (forth) edge.forth++;
      else edge.back++;
      edges.set(key, edge);
    }
    const [a, b, c] = corners;
    const cross = crossOf(a, b, c);
    const size = Math.hypot(...cross);
    if (size === 0) flat++;
    area += size / 2;
    volume += a[0] * cross[0]! + a[1] * cross[1]! + a[2] * cross[2]!;
  }
  let [open, crowded] = [0, 0];
  for (const { forth, back } of edges.values()) {
    if (forth !== back) open++;
    if (forth + back > 2) crowded++;
  }
  const euler = points.size - edges.size + count;
  return { triangles: count, open, flat, volume: volume / 6, area, euler, crowded };
}

/** The triangles of a surface; a quad is cut between its first and its third corner. */
export function* trianglesOf(surface: Surface): Generator<[Point, Point, Point]> {
  const { corners } = surface;
  for (const { count, positions } of surface.batches()) {
    for (let face = 0; face < count; face++) {
      const point = (corner: number): Point => {
        const at = (face * corners + corner) * 3;
        return [positions[at]!, positions[at + 1]!, positions[at + 2]!];
      };
      for (let i = 2; i < corners; i++) yield [point(0), point(i - 1), point(i)];
    }
  }
}

function crossOf(a: Point, b: Point, c: Point): number[] {
  const u = b.map((value, i) => value - a[i]!);
  const v = c.map((value, i) => value - a[i]!);
  return [0, 1, 2].map((i) => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return u[j]! * v[k]! - u[k]! * v[j]!;
  });
}
