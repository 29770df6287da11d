/** Draws the primitives of glTF into a soup: triangles, lines and points. */

import { checkInterrupt } from '../../interrupt.ts';
import type { TriangleSoup } from '../../mesh-import/soup.ts';
import { multiplied } from '../../mesh-import/srgb.ts';
import { sampleTexture } from '../../mesh-import/texture.ts';
import type { GltfFile } from './import-gltf-file.ts';
import type { GltfMaterial } from './import-gltf-materials.ts';
import type { Drawn, Surface } from './import-gltf-primitive.ts';

const POINTS = 0;
const LINES = 1;
const LINE_LOOP = 2;
const TRIANGLES = 4;
const TRIANGLE_STRIP = 5;
const TRIANGLE_FAN = 6;

interface Placed extends Surface, Pick<Drawn, 'mode' | 'indices' | 'where'> {
  readonly material: GltfMaterial;
  /** Three numbers a vertex, in the scene. */
  readonly values: Float64Array;
}

/**
 * Adds what can be drawn of a primitive. A corner that is not there, or nowhere, costs the faces,
 * lines and points that have it. Throws as the file does when that are all of them.
 */
export function addPrimitive(soup: TriangleSoup, placed: Placed, file: GltfFile): void {
  const { colors, hasColors, indices, material, mode, uvs, values, where } = placed;
  if (hasColors) soup.hasColors = true;
  const count = values.length / 3;
  let reason = '';
  const isThere = (vertex: number) => {
    if (!(Number.isInteger(vertex) && vertex >= 0 && vertex < count)) {
      reason ||= `${where} names vertex ${vertex} of ${count}`;
      return false;
    }
    const at = vertex * 3;
    const sum = values[at]! + values[at + 1]! + values[at + 2]!;
    if (!Number.isFinite(sum)) reason ||= `vertex ${vertex} of ${where} has no finite coordinates`;
    return Number.isFinite(sum);
  };
  const corner = (i: number) => (indices === undefined ? i : indices[i]!);
  let drawn = 0;
  let skipped = 0;
  for (const [i, j, k] of elementsOf(mode, indices?.length ?? count)) {
    const [a, b, c] = [corner(i), corner(j), corner(k)];
    if (!(isThere(a) && isThere(b) && isThere(c))) {
      skipped++;
      continue;
    }
    drawn++;
    if (mode < TRIANGLES) {
      const color = (vertex: number) => dotColor(placed, vertex);
      if (mode === POINTS) soup.addPoint(values, a, color(a));
      else soup.addLine(values, a, b, color(a), color(b));
      continue;
    }
    soup.add(values, a, b, c, colors[a]!, colors[b]!, colors[c]!);
    if (uvs !== undefined) soup.lay(material.texture!, uvs, a, b, c);
  }
  if (skipped > 0 && drawn === 0) file.fail(reason);
  const total = indices?.length ?? count;
  const each = mode === LINES ? 2 : mode === TRIANGLES ? 3 : 1;
  if (total % each > 0) {
    const message = `${where} has ${total} corners, which are no multiple of ${each}.`;
    file.report.warn('WARN_FACES_SKIPPED', message, { object: where });
  }
  file.report.warn('WARN_FACES_SKIPPED', `${reason}.`, { object: where }, skipped);
}

/** Points and ends of lines have the colour that their texture has there. */
function dotColor({ colors, material, uvs }: Placed, vertex: number): number {
  if (uvs === undefined || material.texture === undefined) return colors[vertex]!;
  const [u, v] = [uvs[vertex * 2]!, uvs[vertex * 2 + 1]!];
  return multiplied(colors[vertex]!, sampleTexture(material.texture, u, v));
}

type Element = [number, number, number];

/**
 * The corners of each triangle, line or point, as places in the order in which a primitive names
 * vertices (glTF 2.0, 3.7.2.1). A line has its second one twice, a point its only one.
 */
function* elementsOf(mode: number, total: number): Generator<Element> {
  const element: Element = [0, 0, 0];
  const corners = mode === POINTS ? 1 : mode < TRIANGLES ? 2 : 3;
  const step = mode === LINES || mode === TRIANGLES ? corners : 1;
  for (let last = corners - 1; last < total; last += step) {
    if ((last & 0xfff) === 0) checkInterrupt();
    // Every second triangle of a strip runs the other way.
    const turned = mode === TRIANGLE_STRIP && last % 2 === 1;
    element[0] = mode === TRIANGLE_FAN ? 0 : last - corners + 1;
    element[1] = corners < 3 || turned ? last : last - 1;
    element[2] = turned ? last - 1 : last;
    yield element;
  }
  if (mode === LINE_LOOP && total > 2) yield [total - 1, 0, 0];
}
