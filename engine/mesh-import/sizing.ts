/** How many voxels a unit of a mesh file gets. */

import { GoxError } from '../../conf/errors.ts';
import type { Sizing } from '../catalogue/reading.ts';
import type { ImportOptions } from '../formats/format.ts';
import { checkInterrupt } from '../interrupt.ts';
import type { TriangleSoup } from './soup.ts';

/** Of the longest side, where nothing else is said. */
const SIZE = 64;

/** A surface one voxel long must not shrink to a point, which has no area. */
const EXTENT_MIN = 0.25;

/**
 * A mesh whose coordinates are whole numbers, and whose longest side is one of these, was drawn in
 * voxels (or blocks, or pixels), which are kept. Two units long is a cube that a modeller begins
 * with; points alone have no such size.
 */
const WHOLE_MIN = 4;
const WHOLE_MAX = 1024;
const WHOLE_ROUNDING = 1e-6;

/** A model that lies further from the origin would never be found; it is moved there. */
const FAR = 2 ** 16;

/**
 * Scales the mesh as the options say; without any, and where nobody waits for what was chosen, not
 * at all. By `size` it is scaled about the origin until its longest side is that many voxels, and
 * moved by less than a voxel so that its lowest corner lies on the grid; by the others it is only
 * scaled. Throws GOX_INVALID_PARAMS for what is no size.
 */
export function resize(soup: TriangleSoup, options: ImportOptions, solid: boolean): void {
  const { size, scale, voxel_size, sized } = options;
  const extent = soup.extent();
  const sides = [0, 1, 2].map((axis) => extent[axis + 3]! - extent[axis]!);
  const longest_side = soup.empty ? 0 : Math.max(...sides);
  const tell = (by: Sizing['by'], voxels_per_unit: number) => {
    sized?.({ by, voxels_per_unit, longest_side });
  };
  warnBeside(options);
  if (size !== undefined) {
    requirePositive('size', size);
    if (!Number.isSafeInteger(size)) refuse('size', size);
    tell('size', fit(soup, extent, longest_side, size, solid, options));
  } else if (scale !== undefined || voxel_size !== undefined) {
    const name = scale === undefined ? 'voxel_size' : 'scale';
    const given = requirePositive(name, scale ?? voxel_size!);
    const factor = name === 'scale' ? given : 1 / given;
    soup.place(new Float64Array(6), factor, [0, 0, 0]);
    tell(name, factor);
  } else if (sized === undefined || options.like === 'goxel') return;
  else if (soup.voxel_length !== undefined) {
    const factor = 1 / soup.voxel_length;
    if (factor !== 1) soup.place(new Float64Array(6), factor, [0, 0, 0]);
    tell('file', factor);
  } else if (isWhole(soup, longest_side)) tell('file', 1);
  else tell('default', fit(soup, extent, longest_side, SIZE, solid, options));
}

/** One of them says it; others beside it say nothing. */
function warnBeside(options: ImportOptions): void {
  const given = (['size', 'scale', 'voxel_size'] as const).filter((name) => {
    return options[name] !== undefined;
  });
  for (const name of given.slice(1)) {
    const message = `The option "${name}" means nothing beside "${given[0]}".`;
    options.report?.warn('WARN_OPTION_UNUSED', message);
  }
}

function fit(
  soup: TriangleSoup,
  extent: Float64Array,
  longest: number,
  size: number,
  solid: boolean,
  { report }: ImportOptions,
): number {
  if (!(longest > 0)) return 1;
  // From grid point 0 to grid point 9 there are ten of them.
  const scale = (solid ? size : Math.max(size - 1, EXTENT_MIN)) / longest;
  const corner = extent.subarray(0, 3).map((low) => Math.round(low * scale));
  if (corner.some((at) => Math.abs(at) > FAR)) {
    report?.warn('WARN_PLACE_LOST', 'The mesh lies far from the origin, and was moved there.');
    corner.fill(0);
  }
  soup.place(extent, scale, corner);
  return scale;
}

function isWhole({ positions, count, dots }: TriangleSoup, longest: number): boolean {
  if (longest > WHOLE_MAX) return false;
  if (longest < WHOLE_MIN && (count > 0 || dots.haveLines())) return false;
  return areWhole(positions, count * 9) && areWhole(dots.positions, dots.count * 6);
}

function areWhole(values: Float64Array, length: number): boolean {
  for (let at = 0; at < length; at++) {
    if ((at & 0xfff) === 0) checkInterrupt();
    if (Math.abs(values[at]! - Math.round(values[at]!)) > WHOLE_ROUNDING) return false;
  }
  return true;
}

function requirePositive(name: string, value: number): number {
  return value > 0 && Number.isFinite(value) ? value : refuse(name, value);
}

function refuse(name: string, value: number): never {
  const what = name === 'size' ? 'a whole number' : 'a number above 0';
  const message = `The ${name} must be ${what}, not ${value}.`;
  throw new GoxError('GOX_INVALID_PARAMS', message, { [name]: value });
}
