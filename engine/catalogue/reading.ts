/** What methods that read files take, and what may be wrong with these. */

import type { Static } from 'typebox';
import { Type } from '../../conf/type.ts';
import { FormatName, PATH_LENGTH_MAX } from './schemas.ts';

export const PATH_SPELLINGS = { file_path: 'path', filename: 'path', file: 'path' };

/** What options of reading are called, too. */
export const READING_SPELLINGS = { ...PATH_SPELLINGS, slices: 'count' };

export const Like = Type.Optional(
  Type.Enum(['goxel'], {
    description:
      'goxel: as Goxel itself does it, to the byte, also where its users would call that a fault.',
  }),
);

export const Strict = Type.Optional(
  Type.Boolean({ default: false, description: 'A warning is an error (GOX_STRICT).' }),
);

/** Which way is up in the file; `y_up` is the older way to say it. */
export const Up = Type.Optional(
  Type.Enum(['y', 'z'], {
    description: "Meshes: the axis that is up in the file; otherwise the format's own rule.",
  }),
);

export const YUp = Type.Optional(
  Type.Boolean({ description: 'Meshes: true is `up: "y"`, false `up: "z"`.' }),
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
      description: 'Meshes: how many voxels the longest side gets; 64, if nothing is said.',
    }),
  ),
  scale: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: 'Meshes: how many voxels a unit of the file gets, in the place of a size.',
    }),
  ),
  voxel_size: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description: 'Meshes: how many units of the file a voxel is long, in the place of a size.',
    }),
  ),
  solid: Type.Optional(
    Type.Boolean({ default: false, description: 'Meshes: closed surfaces are filled.' }),
  ),
  up: Up,
  y_up: YUp,
  instances: Type.Optional(
    Type.Boolean({
      default: true,
      description:
        'vox: every instance of a model becomes a layer, as MagicaVoxel shows them;' +
        ' otherwise one of each model does, as in Goxel.',
    }),
  ),
  frame: Type.Optional(
    Type.Union([Type.Integer({ minimum: 0 }), Type.Enum(['all'])], {
      description: 'Animations: which frame is read, from 0; "all": each as a layer.',
    }),
  ),
  count: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_536,
      description:
        'slices: how many there are; otherwise as the file says, or as many squares as fit.',
    }),
  ),
  columns: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_536,
      description: 'slices: how many lie side by side; otherwise all of them.',
    }),
  ),
  plane: Type.Optional(
    Type.Enum(['upright', 'lying'], {
      description: 'Pictures: the plane of voxels stands, as it does if nothing is said, or lies.',
    }),
  ),
  height: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_536,
      description: 'Pictures: as height maps, white so many voxels high, black one.',
    }),
  ),
  colors: Type.Optional(
    Type.String({
      ...{ minLength: 1, maxLength: PATH_LENGTH_MAX },
      description:
        'A file with the colours that this one lacks; vxl of Command & Conquer: a palette;' +
        ' height maps: a picture.',
    }),
  ),
  blocks: Type.Optional(
    Type.String({
      ...{ minLength: 1, maxLength: PATH_LENGTH_MAX },
      description: 'Minecraft, Luanti: a file with the colour of each block, before our own table.',
    }),
  ),
};

const ReadingOptions = Type.Object(ReadingFields);
export type ReadingOptions = Static<typeof ReadingOptions>;

/** What a mesh was scaled by, in the result of its reading. */
export const Sizing = Type.Optional(
  Type.Object(
    {
      by: Type.Enum(['size', 'scale', 'voxel_size', 'default', 'file'], {
        description:
          'The option that said so; default: a longest side of 64 voxels, since none did; file:' +
          ' its numbers are those of voxels, whole ones of a model of 4 to 1024, or of Goxel,' +
          ' MagicaVoxel or vengi.',
      }),
      voxels_per_unit: Type.Number({ description: 'Of the units in the file.' }),
      longest_side: Type.Number({ description: 'In units of the file.' }),
    },
    { 'x-name': 'Sizing', description: 'Meshes: how large the model was made, and why.' },
  ),
);

export type Sizing = Static<typeof Sizing>;

const MESHES = ['obj', 'ply', 'gltf', 'glb', 'stl', '3mf', 'dae'];
const PLACED = [...MESHES, 'points'];
const MINECRAFT = ['schem', 'schematic', 'litematic', 'nbt', 'mcstructure'];

/** The formats that each option means something to; to others it is told to be unused. */
export const READING_FORMATS: Readonly<
  Record<Exclude<keyof ReadingOptions, 'format' | 'like' | 'strict'>, readonly string[]>
> = {
  size: PLACED,
  scale: PLACED,
  voxel_size: PLACED,
  solid: MESHES,
  up: [...PLACED, 'binvox'],
  y_up: [...PLACED, 'binvox'],
  instances: ['vox'],
  frame: ['vox', 'vxl'],
  count: ['png slices'],
  columns: ['png slices'],
  plane: ['png', 'jpeg'],
  height: ['png', 'jpeg'],
  colors: ['vxl', 'png', 'jpeg'],
  blocks: ['mts', ...MINECRAFT],
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
