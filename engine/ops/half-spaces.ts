/**
 * The convex hull of points as half spaces (Quickhull, Barber, Dobkin and Huhdanpaa 1996), in exact
 * integers: a face that contains a new point counts as seen by it, so no face is ever degenerate.
 */

import { checkInterrupt } from '../interrupt.ts';
import type { Vec3 } from '../volume/box.ts';

/** The points with x·px + y·py + z·pz <= limit. */
export interface HalfSpace {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly limit: number;
}

/** A triangle, counterclockwise from outside, with the faces over its edges 0-1, 1-2 and 2-0. */
interface Face {
  readonly corners: readonly [number, number, number];
  readonly space: HalfSpace;
  readonly beside: Face[];
  /** Points strictly outside of it, each kept by one face only. */
  outside: number[];
  gone: boolean;
}

/** Half spaces whose intersection is the hull of points of non-negative integers below 2^16. */
export function halfSpaces(points: readonly Vec3[]): HalfSpace[] {
  const a = points[0]!;
  const b = points.find((p) => p.some((value, i) => value !== a[i]));
  if (b === undefined) return a.flatMap((value, i) => flat(unit(i), value));
  const ab = minus(b, a);
  const c = points.find((p) => cross(ab, minus(p, a)).some((value) => value !== 0));
  if (c === undefined) return segment(points, a, ab);
  const normal = reduced(cross(ab, minus(c, a)));
  const d = points.findIndex((p) => dot(normal, minus(p, a)) !== 0);
  if (d < 0) return polygon(points, normal, dot(normal, a));
  return solid(points, [points.indexOf(a), points.indexOf(b), points.indexOf(c), d]);
}

function solid(points: readonly Vec3[], start: readonly [number, number, number, number]) {
  const [a, b, c, d] = start;
  const below = dot(cross(edge(points, a, b), edge(points, a, c)), edge(points, a, d)) < 0;
  const [p, q] = below ? [b, c] : [c, b];
  let faces = (
    [
      [a, p, q],
      [a, q, d],
      [q, p, d],
      [p, a, d],
    ] as const
  ).map((corners) => face(points, corners));
  for (const one of faces) {
    for (let i = 0; i < 3; i++) {
      const [from, to] = [one.corners[i]!, one.corners[(i + 1) % 3]!];
      one.beside.push(faces.find((other) => other !== one && hasEdge(other, to, from))!);
    }
  }
  assign(points, points.keys(), faces);
  const queue = [...faces];
  for (let one = queue.pop(); one !== undefined; one = queue.pop()) {
    checkInterrupt();
    if (one.gone || one.outside.length === 0) continue;
    const added = addPoint(points, one);
    queue.push(...added);
    faces.push(...added);
    if (faces.length > 64 && faces.length > 4 * queue.length) faces = faces.filter((f) => !f.gone);
  }
  const spaces = new Map<string, HalfSpace>();
  for (const { gone, space } of faces) {
    if (!gone) spaces.set(`${space.x},${space.y},${space.z}`, space);
  }
  return [...spaces.values()];
}

/** Grows the hull by the farthest point outside of a face; returns the faces made. */
function addPoint(points: readonly Vec3[], start: Face): Face[] {
  const above = (index: number, { space }: Face) => height(space, points[index]!);
  const far = start.outside.reduce((a, b) => (above(b, start) > above(a, start) ? b : a));
  const seen = [start];
  const left: number[] = [];
  const added: Face[] = [];
  start.gone = true;
  // `seen` grows while it is gone through.
  for (const one of seen) {
    for (const index of one.outside) if (index !== far) left.push(index);
    one.outside = [];
    for (let i = 0; i < 3; i++) {
      const other = one.beside[i]!;
      if (other.gone) continue;
      if (above(far, other) >= 0) {
        other.gone = true;
        seen.push(other);
      }
    }
  }
  const byStart = new Map<number, Face>();
  const byEnd = new Map<number, Face>();
  for (const one of seen) {
    for (let i = 0; i < 3; i++) {
      const other = one.beside[i]!;
      if (other.gone) continue;
      const [from, to] = [one.corners[i]!, one.corners[(i + 1) % 3]!];
      const made = face(points, [from, to, far]);
      made.beside[0] = other;
      other.beside[other.corners.indexOf(to)] = made;
      byStart.set(from, made);
      byEnd.set(to, made);
      added.push(made);
    }
  }
  for (const made of added) {
    made.beside[1] = byStart.get(made.corners[1])!;
    made.beside[2] = byEnd.get(made.corners[0])!;
  }
  assign(points, left, added);
  return added;
}

/** Gives each point that is outside of a face to the first such face. */
function assign(points: readonly Vec3[], indices: Iterable<number>, faces: readonly Face[]): void {
  for (const index of indices) {
    if ((index & 0x3ff) === 0) checkInterrupt();
    faces.find((one) => height(one.space, points[index]!) > 0)?.outside.push(index);
  }
}

function face(points: readonly Vec3[], corners: readonly [number, number, number]): Face {
  const [a, b, c] = corners;
  const [x, y, z] = reduced(cross(edge(points, a, b), edge(points, a, c)));
  const limit = dot([x, y, z], points[a]!);
  return { corners, space: { x, y, z, limit }, beside: [], outside: [], gone: false };
}

/** Whether one of the edges of a face leads from one corner to another. */
function hasEdge({ corners }: Face, from: number, to: number): boolean {
  const at = corners.indexOf(from);
  return at >= 0 && corners[(at + 1) % 3] === to;
}

/** Half spaces of points in one plane: both sides of it, and the sides of the polygon. */
function polygon(points: readonly Vec3[], normal: Vec3, limit: number): HalfSpace[] {
  // Seen along the axis that the plane is least parallel to.
  const sizes = normal.map(Math.abs);
  const dropped = sizes.indexOf(Math.max(...sizes));
  const [u, v] = [(dropped + 1) % 3, (dropped + 2) % 3];
  const sorted = [...points].sort((a, b) => a[u]! - b[u]! || a[v]! - b[v]!);
  const spaces = flat(normal, limit);
  for (const list of [sorted, [...sorted].reverse()]) {
    const corners: Vec3[] = [];
    for (const p of list) {
      while (corners.length >= 2 && turn(corners.at(-2)!, corners.at(-1)!, p, u, v) <= 0) {
        corners.pop();
      }
      corners.push(p);
    }
    for (let i = 1; i < corners.length; i++) {
      const [a, b] = [corners[i - 1]!, corners[i]!];
      if (a[u] === b[u] && a[v] === b[v]) continue;
      const side = [0, 0, 0];
      side[u] = b[v]! - a[v]!;
      side[v] = a[u]! - b[u]!;
      const [x, y, z] = side as unknown as Vec3;
      spaces.push({ x, y, z, limit: dot([x, y, z], a) });
    }
  }
  return spaces;
}

function turn(a: Vec3, b: Vec3, c: Vec3, u: number, v: number): number {
  return (b[u]! - a[u]!) * (c[v]! - a[v]!) - (b[v]! - a[v]!) * (c[u]! - a[u]!);
}

/** Half spaces of points on one line: two planes through it, and its ends. */
function segment(points: readonly Vec3[], a: Vec3, along: Vec3): HalfSpace[] {
  const direction = reduced(along);
  const planes = [0, 1, 2]
    .map((i) => reduced(cross(direction, unit(i))))
    .filter((normal) => normal.some((value) => value !== 0));
  const places = points.map((p) => dot(direction, p));
  return [
    ...planes.flatMap((normal) => flat(normal, dot(normal, a))),
    ...flat(
      direction,
      places.reduce((m, p) => Math.max(m, p)),
    ).slice(0, 1),
    ...flat(
      direction,
      places.reduce((m, p) => Math.min(m, p)),
    ).slice(1),
  ];
}

/** The plane normal · p = limit, as what is on neither side of it. */
function flat([x, y, z]: Vec3, limit: number): HalfSpace[] {
  return [
    { x, y, z, limit },
    { x: -x, y: -y, z: -z, limit: -limit },
  ];
}

function height({ x, y, z, limit }: HalfSpace, [px, py, pz]: Vec3): number {
  return x * px + y * py + z * pz - limit;
}

function unit(axis: number): Vec3 {
  return [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
}

function edge(points: readonly Vec3[], from: number, to: number): Vec3 {
  return minus(points[to]!, points[from]!);
}

function minus(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** A direction over the greatest common divisor of its numbers. */
function reduced(v: Vec3): Vec3 {
  let divisor = 0;
  for (const value of v) {
    for (let rest = Math.abs(value); rest !== 0; ) [divisor, rest] = [rest, divisor % rest];
  }
  return divisor === 0 ? v : [v[0] / divisor, v[1] / divisor, v[2] / divisor];
}
