/** What methods that write files of other formats take. */

import type { Static } from 'typebox';
import { Type } from '../../conf/type.ts';
import { Like, Strict, Up, YUp } from './reading.ts';
import { Color, PATH_LENGTH_MAX } from './schemas.ts';

/** Around one axis, however people write it: z90, -z90, Z:-90. */
const TURN = ' *[+-]?[xyzXYZ][:=]?[+-]?(0|90|180|270|360) *';

/** What of the project a file gets, and how it is turned before; of any format. */
const ShapingFields = {
  layers: Type.Optional(
    Type.Array(Type.Union([Type.String({ maxLength: 255 }), Type.Integer({ minimum: 1 })]), {
      ...{ minItems: 1, maxItems: 1024 },
      description: 'Names or ids: only these layers are written, hidden or not.',
    }),
  ),
  hidden: Type.Optional(
    Type.Boolean({ description: 'Hidden layers are written, too; gox always has them.' }),
  ),
  merge: Type.Optional(Type.Boolean({ description: 'All layers become one, as they are seen.' })),
  crop: Type.Optional(
    Type.Boolean({
      description: 'The model is moved to the origin, its box as small as it is.',
    }),
  ),
  rotate: Type.Optional(
    Type.String({
      pattern: `^${TURN}(,${TURN})*$`,
      maxLength: 64,
      title: 'turns such as "z90" or "x-90,z180", by 90, 180 or 270 degrees',
      description: 'Turns around the origin, one after another, such as "z90" or "x-90,z180".',
    }),
  ),
  scale: Type.Optional(
    Type.Number({
      exclusiveMinimum: 0,
      description:
        'How large the model is made. Meshes: how many units of the file a voxel is long; others:' +
        ' how many voxels it becomes along each axis, 0.5 for a model of half the size.',
    }),
  ),
  palette: Type.Optional(
    Type.Union(
      [
        Type.String({ minLength: 1, maxLength: PATH_LENGTH_MAX }),
        Type.Array(Color, { minItems: 1, maxItems: 4096 }),
      ],
      {
        title: 'a path, a name or an array of 1 to 4096 colours',
        description:
          'A palette file, the name of a built-in palette, or colours: those of the model become' +
          ' the nearest of it.',
      },
    ),
  ),
  dither: Type.Optional(
    Type.Boolean({
      description: 'With fewer colours two are mixed, voxel by voxel, for one between.',
    }),
  ),
};

/** The names of those, which mean something to every format. */
export const SHAPING_OPTIONS: readonly string[] = Object.keys(ShapingFields);

/** What the saving of a project as a whole takes. */
export const SavingFields = { like: Like, strict: Strict, hidden: ShapingFields.hidden };

/** How a file is written; each format takes what is about it. */
export const WritingFields = {
  like: Like,
  strict: Strict,
  ...ShapingFields,
  up: Up,
  y_up: YUp,
  mesh: Type.Optional(
    Type.Enum(['blocks', 'greedy', 'marching', 'smooth'], {
      description:
        'Meshes. blocks: a square for each visible face, as in Goxel, and the default. greedy:' +
        ' equal faces joined, and the default of 3mf. marching: marching cubes. smooth: these' +
        ' with blended positions.',
    }),
  ),
  pivot: Type.Optional(
    Type.Union(
      [
        Type.Enum(['origin', 'center', 'bottom']),
        Type.Tuple([Type.Number(), Type.Number(), Type.Number()]),
      ],
      {
        title: '"origin", "center", "bottom" or three numbers',
        description:
          'Meshes: what becomes the origin of the file: that of the project, the middle of the' +
          ' model, the middle of its bottom, or a point in voxels.',
      },
    ),
  ),
  texture: Type.Optional(
    Type.Enum(['palette', 'baked', 'none'], {
      description:
        'Meshes. palette: a picture of the colours. baked: one of the faces, so that greedy joins' +
        ' faces of different colours. none: colours at vertices or in materials only.',
    }),
  ),
  materials: Type.Optional(
    Type.Enum(['layer', 'color'], {
      description: 'obj, glTF, 3mf: a material for each of the project, or one for each colour.',
    }),
  ),
  vertex_colors: Type.Optional(
    Type.Boolean({ description: 'glTF: colours at the vertices instead of in a texture.' }),
  ),
  exact_colors: Type.Optional(
    Type.Boolean({ description: 'kvx: a model of up to 254 colours keeps them all.' }),
  ),
  voxlap_header: Type.Optional(
    Type.Boolean({
      description:
        'vxl: a map of Voxlap itself, with ground under all of it. vox: a model of Voxlap and' +
        ' Slab6 instead of one of MagicaVoxel.',
    }),
  ),
  rle: Type.Optional(Type.Boolean({ description: 'qb: equal voxels in a row are packed.' })),
  hand: Type.Optional(
    Type.Enum(['left', 'right'], {
      description: 'qb: the hand of the coordinates; right, if nothing is said.',
    }),
  ),
  blocks: Type.Optional(
    Type.String({
      ...{ minLength: 1, maxLength: PATH_LENGTH_MAX },
      description: 'Minecraft, Luanti: a file with the colour of each block, before our own table.',
    }),
  ),
};

const WritingOptions = Type.Object(WritingFields);
export type WritingOptions = Static<typeof WritingOptions>;

const MESHES = ['obj', 'ply', 'gltf', 'glb', 'stl', '3mf'];
const MINECRAFT = ['schem', 'schematic', 'litematic', 'nbt'];

/** The formats that each option means something to; to others it is told to be unused. */
export const WRITING_FORMATS: Readonly<
  Record<
    Exclude<keyof WritingOptions, 'like' | 'strict' | keyof typeof ShapingFields>,
    readonly string[]
  >
> = {
  up: [...MESHES, 'binvox'],
  y_up: [...MESHES, 'binvox'],
  mesh: MESHES,
  pivot: MESHES,
  texture: ['obj', 'gltf', 'glb'],
  materials: ['obj', 'gltf', 'glb', '3mf'],
  vertex_colors: ['gltf', 'glb', 'obj'],
  exact_colors: ['vox', 'kvx'],
  voxlap_header: ['vxl', 'vox'],
  rle: ['qb'],
  hand: ['qb'],
  blocks: ['mts', ...MINECRAFT],
};
