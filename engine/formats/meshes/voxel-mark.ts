/**
 * What meshes of ours say in a comment, a header or as their generator: whose they are, and how
 * long a voxel is in their units. By it they are read back voxel by voxel.
 */

const NAME = 'goxel-supervisor';
const GOXEL = /goxel/i;
/** Programs for voxels, whose meshes stand on a grid. */
const OTHERS = /MagicaVoxel|vengi-voxel/i;
const LENGTH = /\ba voxel is ([0-9][0-9.e+-]*) long\b/;

/** @param scale units of the file to a voxel */
export function voxelMark(scale = 1): string {
  return scale === 1 ? NAME : `${NAME}: a voxel is ${scale} long`;
}

/** How long a voxel is; Goxel's own files have one a unit. Undefined in files of others. */
export function voxelLengthIn(text: string): number | undefined {
  if (!GOXEL.test(text)) return undefined;
  const length = Number(LENGTH.exec(text)?.[1] ?? 1);
  return length > 0 && Number.isFinite(length) ? length : 1;
}

/** Whether another program for voxels says that the mesh is its own. */
export function isOfVoxels(text: string): boolean {
  return OTHERS.test(text);
}
