/** What methods that write files of other formats take. */

import type { Static } from 'typebox';
import { Type } from '../../conf/type.ts';
import { Like, Strict } from './reading.ts';

/** How a file is written; each format takes what is about it. */
export const WritingFields = {
  like: Like,
  strict: Strict,
  y_up: Type.Optional(
    Type.Boolean({
      description: 'Meshes: whether y is up; otherwise z is in stl, and y in the others.',
    }),
  ),
  mesh: Type.Optional(
    Type.Enum(['blocks', 'greedy', 'marching', 'smooth'], {
      description:
        'Meshes. blocks: a square for each visible face, as in Goxel, and the default. greedy:' +
        ' equal faces joined. marching: marching cubes. smooth: these with blended positions.',
    }),
  ),
  vertex_colors: Type.Optional(
    Type.Boolean({ description: 'glTF: colours at the vertices instead of in a texture.' }),
  ),
  exact_colors: Type.Optional(
    Type.Boolean({ description: 'vox: whether a model of up to 254 colours keeps them all.' }),
  ),
  voxlap_header: Type.Optional(
    Type.Boolean({ description: 'vxl: a map of Voxlap itself, with ground under all of it.' }),
  ),
};

const WritingOptions = Type.Object(WritingFields);
export type WritingOptions = Static<typeof WritingOptions>;

const MESHES = ['obj', 'ply', 'gltf', 'glb', 'stl'];

/** The formats that each option means something to; to others it is told to be unused. */
export const WRITING_FORMATS: Readonly<
  Record<Exclude<keyof WritingOptions, 'like' | 'strict'>, readonly string[]>
> = {
  y_up: MESHES,
  mesh: MESHES,
  vertex_colors: ['gltf', 'glb'],
  exact_colors: ['vox', 'kvx'],
  voxlap_header: ['vxl'],
};
