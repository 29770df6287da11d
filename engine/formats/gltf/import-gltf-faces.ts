/** Draws the primitives of glTF into a soup: triangles, strips and fans. */

import { checkInterrupt } from '../../interrupt.ts';
import type { TriangleSoup } from '../../mesh-import/soup.ts';
import type { GltfFile } from './import-gltf-file.ts';
import type { GltfMaterial } from './import-gltf-materials.ts';
import type { Drawn, Surface } from './import-gltf-primitive.ts';

const TRIANGLES = 4;
const TRIANGLE_STRIP = 5;

interface Placed extends Surface, Pick<Drawn, 'mode' | 'indices' | 'where'> {
  readonly material: GltfMaterial;
  /** Three numbers a vertex, in the scene. */
  readonly values: Float64Array;
}

/**
 * Adds what can be drawn of a primitive. A corner that is not there, or nowhere, costs the faces
 * that have it. Throws as the file does when that are all of them.
 */
export function addFaces(soup: TriangleSoup, placed: Placed, file: GltfFile): void {
  const { colors, hasColors, indices, material, mode, uvs, values, where } = placed;
  if (mode < TRIANGLES) {
    file.report.warn('WARN_FACES_SKIPPED', 'Points and lines are not read.', { object: where });
    return;
  }
  if (hasColors) soup.hasColors = true;
  const count = values.length / 3;
  let drawn = 0;
  let skipped = 0;
  let reason = '';
  const corner = (i: number) => (indices === undefined ? i : indices[i]!);
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
  for (const [i, j, k] of facesOf(mode, indices?.length ?? count)) {
    const [a, b, c] = [corner(i), corner(j), corner(k)];
    if (!(isThere(a) && isThere(b) && isThere(c))) {
      skipped++;
      continue;
    }
    drawn++;
    soup.add(values, a, b, c, colors[a]!, colors[b]!, colors[c]!);
    if (uvs !== undefined) soup.lay(material.texture!, uvs, a, b, c);
  }
  if (skipped > 0 && drawn === 0) file.fail(reason);
  file.report.warn('WARN_FACES_SKIPPED', `${reason}.`, { object: where }, skipped);
}

type Face = [number, number, number];

/** The corners of each triangle, as places in the order in which a primitive names vertices. */
function* facesOf(mode: number, total: number): Generator<Face> {
  const face: Face = [0, 0, 0];
  const step = mode === TRIANGLES ? 3 : 1;
  for (let i = 2; i < total; i += step) {
    if ((i & 0xfff) === 0) checkInterrupt();
    // Every second triangle of a strip runs the other way.
    const turned = mode === TRIANGLE_STRIP && i % 2 === 1;
    face[0] = mode === TRIANGLES || mode === TRIANGLE_STRIP ? i - 2 : 0;
    face[1] = turned ? i : i - 1;
    face[2] = turned ? i - 1 : i;
    yield face;
  }
}
