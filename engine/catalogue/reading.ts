/** What methods that read files take, and what may be wrong with these. */

import type { Static } from 'typebox';
import { Type } from '../../conf/type.ts';
import { FormatName } from './schemas.ts';

export const PATH_SPELLINGS = { file_path: 'path', filename: 'path', file: 'path' };

export const Like = Type.Optional(
  Type.Enum(['goxel'], {
    description:
      'goxel: as Goxel itself does it, to the byte, also where its users would call that a fault.',
  }),
);

export const Strict = Type.Optional(
  Type.Boolean({ default: false, description: 'Whether a warning is an error (GOX_STRICT).' }),
);

/** How a file is read; each format takes what is about it. */
export const ReadingFields = {
  format: Type.Optional(FormatName),
  like: Like,
  strict: Strict,
  size: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_536,
      description: 'Meshes: how many voxels the longest side gets; otherwise a unit is a voxel.',
    }),
  ),
  solid: Type.Optional(
    Type.Boolean({ default: false, description: 'Meshes: whether closed surfaces are filled.' }),
  ),
  y_up: Type.Optional(
    Type.Boolean({ description: "Meshes: whether y is up; otherwise the format's own rule." }),
  ),
  instances: Type.Optional(
    Type.Boolean({
      default: false,
      description:
        'vox: whether every instance of a model becomes a layer, as MagicaVoxel shows them;' +
        ' otherwise one of each model does, as in Goxel.',
    }),
  ),
};

const ReadingOptions = Type.Object(ReadingFields);
export type ReadingOptions = Static<typeof ReadingOptions>;

const MESHES = ['obj', 'ply', 'gltf', 'glb', 'stl'];

/** The formats that each option means something to; to others it is told to be unused. */
export const READING_FORMATS: Readonly<
  Record<Exclude<keyof ReadingOptions, 'format' | 'like' | 'strict'>, readonly string[]>
> = {
  size: MESHES,
  solid: MESHES,
  y_up: MESHES,
  instances: ['vox'],
};

export const READING_ERRORS = [
  'GOX_PATH_REFUSED',
  'GOX_FILE',
  'GOX_FORMAT_UNKNOWN',
  'GOX_FORMAT_BROKEN',
  'GOX_FORMAT_LIMIT',
  'GOX_FORMAT_UNSUPPORTED',
  'GOX_MEMORY_LIMIT',
  'GOX_STRICT',
] as const;
