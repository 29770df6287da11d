/** From the triangles, lines and points of a mesh file to a document: scaling, then voxels. */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import { withinBudget } from '../formats/block-budget.ts';
import { contentBox } from '../formats/fit.ts';
import type { ImportOptions } from '../formats/format.ts';
import { Report } from '../formats/report.ts';
import { isYUp } from '../formats/up.ts';
import { boxMatrix } from '../volume/matrix.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';
import { fillDots } from './fill-dots.ts';
import { resize } from './sizing.ts';
import { fillSolid } from './solid.ts';
import type { TriangleSoup } from './soup.ts';
import { fillSurface } from './surface.ts';

/**
 * A document of one layer, or of a layer for each part of the mesh that has any voxels. Solid:
 * voxel (x, y, z) fills the cube from that point to one further on each axis, as in Goxel's
 * exports, and is made when its middle is inside the mesh. Surface: it is the grid point (x, y, z)
 * itself, as in Goxel's import.
 *
 * A mesh that is wholly transparent is taken for opaque, since nobody makes one to be unseen;
 * `like: 'goxel'` takes it at its word. Throws GOX_MEMORY_LIMIT, and GOX_INVALID_PARAMS for sizes
 * that are none. The soup is changed, and stays as it was voxelised.
 */
export function voxelize(soup: TriangleSoup, y_up: boolean, options: ImportOptions): Document {
  const { report = new Report(), like } = options;
  // Points alone enclose nothing.
  const solid = options.solid === true && soup.count > 0;
  if (isYUp(options, y_up)) soup.turnUp();
  resize(soup, options, solid);
  requireReach(soup);
  let volumes = fill(soup, solid, options);
  if (volumes.size === 0 && !soup.empty && like !== 'goxel') {
    if (soup.makeOpaque()) {
      volumes = fill(soup, solid, options);
      const message = 'All of the mesh is wholly transparent, and was taken for opaque.';
      if (volumes.size > 0) report.warn('WARN_OPACITY', message);
    }
    if (volumes.size === 0) report.warn('WARN_FACES_SKIPPED', lostBy(solid), undefined, soup.count);
  }
  return documentOf(soup, volumes, report);
}

function lostBy(solid: boolean): string {
  return solid
    ? 'Nothing is inside of the mesh, whose surface is open; read it without `solid`.'
    : 'A face has no area, or is too small for any voxel.';
}

function fill(soup: TriangleSoup, solid: boolean, options: ImportOptions): Map<number, Volume> {
  return withinBudget(soup.source, options, (budget) => {
    const grid = solid ? fillSolid(soup, budget) : fillSurface(soup, budget);
    fillDots(grid, soup, solid);
    return grid.finish();
  });
}

function documentOf(soup: TriangleSoup, volumes: Map<number, Volume>, report: Report): Document {
  const document = Document.empty();
  let layer = document.activeLayer;
  const materials = new Map<object, number>();
  const found = [...volumes].sort(([a], [b]) => a - b);
  for (const [i, [place, volume]] of found.entries()) {
    const { name = '', material } = soup.parts[place] ?? {};
    if (i > 0) layer = document.addLayer(name || `Layer.${i + 1}`);
    else if (name !== '') layer.set({ name });
    layer.set({ volume });
    if (material === undefined) continue;
    if (!materials.has(material)) materials.set(material, document.addMaterial(material));
    layer.set({ material: materials.get(material)! });
  }
  if (soup.partsMerged) {
    report.warn('WARN_LAYERS_MERGED', 'There are more objects than become layers of their own.');
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

/** Refuses coordinates for which there are no voxels, with one to spare. */
function requireReach(soup: TriangleSoup): void {
  if (soup.empty) return;
  const extent = soup.extent();
  const low = (axis: number) => Math.floor(extent[axis]!) - 1;
  const high = (axis: number) => Math.ceil(extent[axis + 3]!) + 2;
  const [min, max] = [[low(0), low(1), low(2)] as const, [high(0), high(1), high(2)] as const];
  const inside = min.every((v) => v >= COORDINATE_MIN) && max.every((v) => v <= COORDINATE_MAX);
  if (inside) return;
  const message =
    `The mesh of ${soup.source} is too large: ${min.join(' ')} to ${max.join(' ')};` +
    ' give it a size.';
  throw new GoxError('GOX_MEMORY_LIMIT', message, { file: soup.source, min, max });
}
