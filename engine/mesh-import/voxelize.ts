/** From the triangles, lines and points of a mesh file to a document: scaling, then voxels. */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import { type Material, newMaterial } from '../document/scene.ts';
import { withinBudget } from '../formats/block-budget.ts';
import { contentBox } from '../formats/fit.ts';
import type { ImportOptions } from '../formats/format.ts';
import { Report } from '../formats/report.ts';
import { isYUp } from '../formats/up.ts';
import { boxMatrix, identity } from '../volume/matrix.ts';
import { COORDINATE_MAX, COORDINATE_MIN } from '../volume/reach.ts';
import type { Volume } from '../volume/volume.ts';
import { fillDots } from './fill-dots.ts';
import { glassOf } from './glass.ts';
import { voxelLengthOf } from './lattice.ts';
import { resize } from './sizing.ts';
import { fillSolid } from './solid.ts';
import type { Part, TriangleSoup } from './soup.ts';
import { fillSurface } from './surface.ts';

/**
 * A document of one layer, or of a layer for each part of the mesh that has any voxels. Solid:
 * voxel (x, y, z) fills the cube from that point to one further on each axis, as in Goxel's
 * exports, and is made when its middle is inside the mesh. Surface: it is the grid point (x, y, z)
 * itself, as in Goxel's import.
 *
 * What this program or Goxel wrote comes back as the voxels that it was, each layer by itself,
 * where no option says otherwise.
 *
 * A layer whose voxels are all so clear that most formats would leave them out has opaque ones, and
 * a material of glass. A mesh that is wholly transparent is taken for opaque, since nobody makes
 * one to be unseen; `like: 'goxel'` takes it at its word. Throws GOX_MEMORY_LIMIT, and
 * GOX_INVALID_PARAMS for sizes that are none. The soup is changed, and stays as it was voxelised.
 */
export function voxelize(soup: TriangleSoup, y_up: boolean, options: ImportOptions): Document {
  const { report = new Report(), like } = options;
  alignToGrid(soup, options);
  const back = comesBack(soup, options);
  // Points alone enclose nothing.
  const solid = (options.solid === true || back) && soup.count > 0;
  if (isYUp(options, y_up)) soup.turnUp();
  resize(soup, options, solid);
  requireReach(soup);
  const groups = groupsOf(soup, back);
  let volumes = fill(groups, solid, options);
  if (volumes.size === 0 && !soup.empty && like !== 'goxel') {
    if (soup.makeOpaque()) {
      volumes = fill(groupsOf(soup, back), solid, options);
      const message = 'All of the mesh is wholly transparent, and was taken for opaque.';
      if (volumes.size > 0) report.warn('WARN_OPACITY', message);
    }
    if (volumes.size === 0) report.warn('WARN_FACES_SKIPPED', lostBy(solid), undefined, soup.count);
  }
  const keepsAlpha = like === 'goxel' || soup.voxel_length !== undefined;
  return documentOf(soup, keepsAlpha ? new Map() : glazed(volumes), volumes, report);
}

function lostBy(solid: boolean): string {
  return solid
    ? 'Nothing is inside of the mesh, whose surface is open; read it without `solid`.'
    : 'A face has no area, or is too small for any voxel.';
}

/** @param groups parts of the mesh that take no voxels from one another, with their places in it */
function fill(
  groups: readonly TriangleSoup[],
  solid: boolean,
  options: ImportOptions,
): Map<number, Volume> {
  return withinBudget(groups[0]!.source, options, (budget) => {
    const volumes = new Map<number, Volume>();
    for (const soup of groups.filter(({ empty }) => !empty)) {
      const grid = solid ? fillSolid(soup, budget) : fillSurface(soup, budget);
      fillDots(grid, soup, solid);
      for (const [part, volume] of grid.finish()) volumes.set(part, volume);
    }
    return volumes;
  });
}

/**
 * What is hidden takes no voxels from what is seen, nor layers that come back as they were from one
 * another, since their surfaces touch.
 */
function groupsOf(soup: TriangleSoup, back: boolean): TriangleSoup[] {
  const hidden = (part: number) => soup.parts[part]?.hidden === true;
  if (soup.parts.length < 2) return [soup];
  if (back) return soup.parts.map((_, part) => soup.some((each) => each === part));
  if (!soup.parts.some((_, part) => hidden(part))) return [soup];
  return [soup.some((part) => !hidden(part)), soup.some(hidden)];
}

/** Whether the mesh is of voxels that are to be had again as they were. */
function comesBack({ voxel_length, dots, count }: TriangleSoup, options: ImportOptions): boolean {
  if (voxel_length === undefined || count === 0 || dots.count > 0) return false;
  return options.solid !== false && isSizedByFile(options);
}

function isSizedByFile({ like, scale, size, sized, voxel_size }: ImportOptions): boolean {
  if (like === 'goxel' || sized === undefined) return false;
  return size === undefined && scale === undefined && voxel_size === undefined;
}

/**
 * Finds how long a voxel is in the mesh of another program for voxels, and moves the mesh onto the
 * grid, from which its middle may be half a voxel away.
 */
function alignToGrid(soup: TriangleSoup, options: ImportOptions): void {
  if (!soup.ofVoxels || soup.voxel_length !== undefined || !isSizedByFile(options)) return;
  const length = voxelLengthOf(soup);
  if (length === undefined) return;
  soup.voxel_length = length;
  const extent = soup.extent();
  const corner = [0, 1, 2].map((axis) => Math.round(extent[axis]! / length) * length);
  soup.place(extent, 1, corner);
}

/** Makes the layers opaque that are of glass; how opaque those were, by their places. */
function glazed(volumes: Map<number, Volume>): Map<number, number> {
  const opacities = new Map<number, number>();
  for (const [place, volume] of volumes) {
    const glass = glassOf(volume);
    if (glass === undefined) continue;
    volumes.set(place, glass.volume);
    opacities.set(place, glass.opacity);
  }
  return opacities;
}

/** The material of a part of the mesh, which is of glass where it has an opacity. */
function materialOf(part: Part | undefined, opacity: number | undefined): Material | undefined {
  if (opacity === undefined) return part?.material;
  const own = part?.material ?? newMaterial(part?.name || 'Glass');
  const [red, green, blue, alpha] = own.color;
  return { ...own, color: Float32Array.of(red!, green!, blue!, alpha! * opacity) };
}

/** @param opacities of layers of glass, by their places in `volumes` */
function documentOf(
  soup: TriangleSoup,
  opacities: ReadonlyMap<number, number>,
  volumes: ReadonlyMap<number, Volume>,
  report: Report,
): Document {
  const document = Document.empty();
  let layer = document.activeLayer;
  const materials = new Map<object, number>();
  const found = [...volumes].sort(([a], [b]) => a - b);
  const all = found.length > 0 && found.every(([place]) => soup.parts[place]?.material);
  if (all) document.set({ materials: [] });
  for (const [i, [place, volume]] of found.entries()) {
    const { name = '', hidden = false, pivot } = soup.parts[place] ?? {};
    if (i > 0) layer = document.addLayer(name || `Layer.${i + 1}`);
    else if (name !== '') layer.set({ name });
    layer.set({ volume, visible: !hidden });
    if (pivot !== undefined) layer.set({ mat: movedTo(pivot) });
    const material = materialOf(soup.parts[place], opacities.get(place));
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

function movedTo(place: readonly number[]): Float32Array {
  const mat = identity();
  mat.set(place, 12);
  return mat;
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
