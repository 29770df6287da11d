/** Draws an object of a .3mf file into a soup. */

import { checkInterrupt } from '../../interrupt.ts';
import { type TriangleSoup, WHITE } from '../../mesh-import/soup.ts';
import type { Matrix, Model, ObjectOf3mf, Properties } from './model.ts';

/** Properties of properties; the specification has none deeper than one. */
const DEPTH_MAX = 4;

/** What a slicer says of an object's triangles. */
export interface Sliced {
  readonly colorOf: (triangle: number) => number | undefined;
  readonly isDrawn: (triangle: number) => boolean;
}

/** How many faces have corners that are nowhere. */
export function drawObject(
  soup: TriangleSoup,
  model: Model,
  object: ObjectOf3mf,
  matrix: Matrix,
  { colorOf, isDrawn }: Sliced,
): number {
  const positions = moved(object, matrix);
  const looks = object.groups.map((pid) => lookOf(model, pid));
  const isThere = (vertex: number) =>
    Number.isInteger(vertex) &&
    vertex >= 0 &&
    vertex < object.vertices &&
    finite(positions, vertex);
  let skipped = 0;
  for (let triangle = 0; triangle < object.count; triangle++) {
    if ((triangle & 0xfff) === 0) checkInterrupt();
    if (!isDrawn(triangle)) continue;
    const [a, b, c, p1, p2, p3] = object.triangles.subarray(
      triangle * 6,
      triangle * 6 + 6,
    ) as unknown as [number, number, number, number, number, number];
    if (!(isThere(a) && isThere(b) && isThere(c))) {
      skipped++;
      continue;
    }
    const own = looks[object.groupOf[triangle]!];
    const isPainted = own === undefined || object.paints.has(triangle);
    const paint = isPainted ? colorOf(triangle) : undefined;
    const look = paint === undefined ? own : undefined;
    const color = (place: number) => look?.colors?.[look.placeOf(place)] ?? paint ?? WHITE;
    soup.add(positions, a, b, c, color(p1), color(p2), color(p3));
    if (look !== undefined || paint !== undefined) soup.hasColors = true;
    if (look === undefined) continue;
    const { texture, uvs } = look;
    if (texture === undefined || uvs === undefined) continue;
    const [u1, u2, u3] = [look.placeOf(p1), look.placeOf(p2), look.placeOf(p3)];
    const isLaid = [u1, u2, u3].every((place) => uvs[place * 2 + 1] !== undefined);
    if (isLaid) soup.lay(texture, uvs, u1, u2, u3);
  }
  for (let i = 0; i + 1 < object.beams.length && isDrawn(Infinity); i += 2) {
    const [a, b] = [object.beams[i]!, object.beams[i + 1]!];
    if (isThere(a) && isThere(b)) soup.addLine(positions, a, b, WHITE, WHITE);
    else skipped++;
  }
  return skipped;
}

function finite(positions: Float64Array, vertex: number): boolean {
  const at = vertex * 3;
  return Number.isFinite(positions[at]! + positions[at + 1]! + positions[at + 2]!);
}

function moved({ positions, vertices }: ObjectOf3mf, m: Matrix): Float64Array {
  const result = new Float64Array(vertices * 3);
  for (let at = 0; at < result.length; at += 3) {
    if ((at & 0xfff) === 0) checkInterrupt();
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    for (let axis = 0; axis < 3; axis++) {
      result[at + axis] = m[axis]! * x + m[3 + axis]! * y + m[6 + axis]! * z + m[9 + axis]!;
    }
  }
  return result;
}

interface Look {
  readonly colors?: readonly number[];
  readonly texture?: (Properties & { kind: 'texture' })['texture'];
  readonly uvs?: readonly number[];
  /** The place that counts, of that in several. */
  placeOf(place: number): number;
}

function lookOf({ properties }: Model, pid: string | undefined): Look | undefined {
  let found = pid === undefined ? undefined : properties.get(pid);
  let placeOf = (place: number) => place;
  for (let depth = 0; found?.kind === 'several' && depth < DEPTH_MAX; depth++) {
    const { indices, of } = found;
    const before = placeOf;
    placeOf = (place) => indices[before(place)] ?? -1;
    found = properties.get(of);
  }
  if (found === undefined || found.kind === 'several') return undefined;
  return { ...found, placeOf };
}
