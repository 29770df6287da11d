/** From the triangles of a mesh file to a document: scaling, then a solid or a surface. */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import { withinBudget } from '../formats/block-budget.ts';
import { contentBox } from '../formats/fit.ts';
import type { ImportOptions } from '../formats/format.ts';
import { isYUp } from '../formats/up.ts';
import { checkInterrupt } from '../interrupt.ts';
import { boxMatrix } from '../volume/matrix.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../volume/reach.ts';
import { fillSolid } from './solid.ts';
import type { TriangleSoup } from './soup.ts';
import { fillSurface } from './surface.ts';

/** A surface one voxel long must not shrink to a point, which has no area. */
const EXTENT_MIN = 0.25;

/**
 * A document of one layer. Solid: voxel (x, y, z) fills the cube from that point to one further on
 * each axis, as in Goxel's exports, and is made when its middle is inside the mesh. Surface: it is
 * the grid point (x, y, z) itself, as in Goxel's import.
 *
 * With `size`, the mesh is scaled about the origin until its longest side is that many voxels, and
 * moved by less than a voxel so that its lowest corner lies on the grid. Throws GOX_MEMORY_LIMIT,
 * and GOX_INVALID_PARAMS for a size that is no whole number above 0. The soup is changed.
 */
export function voxelize(soup: TriangleSoup, y_up: boolean, options: ImportOptions): Document {
  const { size, solid = false } = options;
  if (isYUp(options, y_up)) soup.turnUp();
  if (size !== undefined) fit(soup, size, solid);
  requireReach(soup);
  const document = Document.empty();
  const fill = solid ? fillSolid : fillSurface;
  const volume = withinBudget(soup.source, options, (budget) => fill(soup, budget));
  document.activeLayer.set({ volume });
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

function fit(soup: TriangleSoup, size: number, solid: boolean): void {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new GoxError('GOX_INVALID_PARAMS', `The size must be a whole number, not ${size}.`, {
      size,
    });
  }
  const extent = soup.extent();
  const side = (axis: number) => extent[axis + 3]! - extent[axis]!;
  const longest = Math.max(side(0), side(1), side(2));
  if (!(longest > 0)) return;
  // From grid point 0 to grid point 9 there are ten of them.
  const scale = (solid ? size : Math.max(size - 1, EXTENT_MIN)) / longest;
  const { positions } = soup;
  for (let axis = 0; axis < 3; axis++) {
    const low = extent[axis]!;
    const corner = Math.round(low * scale);
    for (let at = axis; at < soup.count * 9; at += 3) {
      if ((at & 0xfff) === 0) checkInterrupt();
      positions[at] = (positions[at]! - low) * scale + corner;
    }
  }
}

/** Refuses coordinates for which there are no voxels, with one to spare. */
function requireReach(soup: TriangleSoup): void {
  if (soup.count === 0) return;
  const extent = soup.extent();
  const low = (axis: number) => Math.floor(extent[axis]!) - 1;
  const high = (axis: number) => Math.ceil(extent[axis + 3]!) + 2;
  const [min, max] = [[low(0), low(1), low(2)] as const, [high(0), high(1), high(2)] as const];
  const inside = min.every((v) => v >= COORDINATE_MIN) && max.every((v) => v <= COORDINATE_MAX);
  if (inside) return;
  const message = `The mesh of ${soup.source} is too large: ${min.join(' ')} to ${max.join(' ')}.`;
  throw new GoxError('GOX_MEMORY_LIMIT', message, { file: soup.source, min, max });
}
