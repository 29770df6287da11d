/** Methods that make pictures. */

import { Type } from '../../conf/type.ts';
import { Angle, Index, Length, Point, PositiveLength, Share } from './geometry.ts';
import { RenderFile } from './renders.ts';
import { Color, Count, described, Path, projectParams, RealPath, Success } from './schemas.ts';
import { method } from './spec.ts';

/** Pixels of a side. */
const SIDE_MAX = 8192;
export const Side = Type.Integer({
  maximum: SIDE_MAX,
  default: 512,
  description: '0 or less: 512.',
});

const VIEWS_MAX = 256;

export const Preset = Type.Enum(
  ['front', 'back', 'left', 'right', 'top', 'bottom', 'isometric', 'perspective', 'default'],
  { 'x-any-case': true },
);

const Camera = Type.Union(
  [
    Preset,
    Type.Object({ name: Type.String({ maxLength: 255 }) }),
    Type.Object({ index: Index }),
    Type.Object({ active: Type.Boolean() }),
    Type.Object(
      { eye: Point, target: Point, up: Type.Optional(Point) },
      { 'x-spellings': { position: 'eye' } },
    ),
    Type.Object({
      yaw: Angle,
      pitch: Angle,
      distance: Type.Optional(PositiveLength),
      target: Type.Optional(Point),
    }),
  ],
  {
    'x-name': 'Camera',
    title:
      "a preset, {name}, {index} or {active: true} of the project's cameras, {eye, target} or " +
      '{yaw, pitch}',
    description:
      'A preset (fitted to the content): the side that it shows, front being the one at -y, right' +
      ' the one at +x; isometric and perspective see front, right and top. A camera of the' +
      ' project; an eye that looks at a target; or angles in degrees about a target, which is the' +
      ' middle of the content without one: yaw 0 looks from the front, 90 from the right, a' +
      ' positive pitch from above.',
  },
);

const ViewFields = {
  camera: Type.Optional(Camera),
  orthographic: Type.Optional(Type.Boolean()),
  field_of_view: Type.Optional(
    Type.Number({ minimum: 1, maximum: 170, default: 20, description: 'Vertical, in degrees.' }),
  ),
  fit: Type.Optional(
    Type.Boolean({
      description: 'Whether the camera is moved until the content fills the picture.',
    }),
  ),
  margin: Type.Optional(Type.Number({ minimum: 0, maximum: 0.45, default: 0.04 })),
  pixels_per_voxel: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1024 })),
};

const Background = Type.Union([Type.Enum(['gradient', 'transparent']), Color], {
  'x-name': 'Background',
  title: '"gradient", "transparent" or a colour',
});

const Tracing = Type.Object(
  {
    samples: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 64 })),
    time_ms: Type.Optional(
      Type.Integer({
        minimum: 10,
        maximum: 3_600_000,
        description: 'Tracing ends then, with the samples it has.',
      }),
    ),
    bounces: Type.Optional(Type.Integer({ minimum: 0, maximum: 64, default: 4 })),
    sky: Type.Optional(Type.Number({ minimum: 0, maximum: 1000, default: 1 })),
    sun_degrees: Type.Optional(Type.Number({ minimum: 0, maximum: 90, default: 2 })),
    floor: Type.Optional(Type.Boolean({ default: false })),
    refraction: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 3,
        default: 1.5,
        description:
          'Index of what lets light through: 1.5 is glass, 1.33 water, and 1 a veil, through' +
          ' which light goes straight and untinted.',
      }),
    ),
    denoise: Type.Optional(Type.Boolean({ default: false })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff, default: 0 })),
  },
  { description: 'Path tracing: slower, and with light as it is.' },
);

const Picture = Type.Object({
  width: Count,
  height: Count,
  format: Type.String(),
  bytes: Count,
  path: Type.Optional(RealPath),
  image: Type.Optional(Type.Unknown({ description: 'Base64 in JSON, binary in MessagePack.' })),
});

const ReturnMode = Type.Enum(['base64', 'file_path'], {
  description:
    'base64: into the result, without output_path. file_path: to a file, of which `file` of the' +
    ' result tells all; without output_path it is a managed render, which the daemon names, and' +
    ' removes after a time (goxel.list_renders).',
});

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };

export const renderScene = method({
  name: 'goxel.render_scene',
  aliases: [
    'render_scene',
    'goxel.render',
    'goxel.render_image',
    'render_image',
    'render.image',
    'goxel.render_to_file',
    'goxel.screenshot',
    'render.screenshot',
    'goxel.capture',
    'goxel.export_png',
    'goxel.export_image',
    'render_preview',
    'render.preview',
    'goxel.generate_preview',
  ],
  scope: 'project',
  level: 'standard',
  edits: false,
  unscripted: 'pictures are drawn in threads of their own',
  brief: 'Makes a picture.',
  summary: 'Makes a picture, or several, of the project as it is; edits go on meanwhile.',
  description:
    'To a file, or without output_path into the result. `views` asks for several pictures in one ' +
    'call, `turntable` for so many around the model; their files are numbered: tower-000.png. ' +
    '`trace` makes final pictures by path tracing. goxel.list_jobs tells the progress. z is up;' +
    ' the front of a model is its side at -y, with +x to the right.',
  params: projectParams({
    output_path: Type.Optional(Path),
    width: Type.Optional(Side),
    height: Type.Optional(Side),
    camera_preset: Type.Optional(
      described(
        Preset,
        'The v14 name of a preset for `camera`. A preset shows the side it is named for; in the' +
          ' v14 daemon "left" and "right" are the other way round.',
      ),
    ),
    ...ViewFields,
    views: Type.Optional(
      Type.Array(
        Type.Object({ width: Type.Optional(Side), height: Type.Optional(Side), ...ViewFields }),
        { minItems: 1, maxItems: VIEWS_MAX, title: `an array of 1 to ${VIEWS_MAX} views` },
      ),
    ),
    turntable: Type.Optional(
      Type.Object({
        count: Type.Integer({ minimum: 1, maximum: VIEWS_MAX }),
        pitch: Type.Optional(Angle),
      }),
    ),
    background: Type.Optional(Background),
    light: Type.Optional(
      Type.Object({
        pitch: Type.Optional(Angle),
        yaw: Type.Optional(Angle),
        intensity: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
        ambient: Type.Optional(Share),
        shadow: Type.Optional(Share),
        fixed: Type.Optional(Type.Boolean()),
      }),
    ),
    occlusion: Type.Optional(Share),
    outline: Type.Optional(
      Type.Object({ silhouette: Type.Optional(Share), borders: Type.Optional(Share) }),
    ),
    surface: Type.Optional(Type.Enum(['blocks', 'marching', 'smooth'], { default: 'blocks' })),
    materials: Type.Optional(
      Type.Boolean({
        default: true,
        description:
          'Layers with their materials and modes, as on the screen of Goxel, and what can be' +
          ' seen through mixed in its order at every sample; or all merged, of the default' +
          ' material, as in its PNG export.',
      }),
    ),
    samples: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2,
        default: 2,
        description:
          'Along a side of a pixel. Where a sample is as wide as two voxels or more, means of 2³,' +
          ' 4³, 8³ or 16³ are drawn in their place, unless there are outlines.',
      }),
    ),
    format: Type.Optional(Type.Enum(['png', 'jpeg', 'jpg'], { 'x-any-case': true })),
    quality: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 90 })),
    trace: Type.Optional(Type.Union([Type.Boolean(), Tracing], { title: 'true, or settings' })),
    options: Type.Optional(
      Type.Object({
        return_mode: Type.Optional(ReturnMode),
        background_color: Type.Optional(Color),
      }),
    ),
    return_mode: Type.Optional(described(ReturnMode, 'As in `options`.')),
    camera_position: Type.Optional(Type.Array(Length, { minItems: 3, maxItems: 3 })),
    camera_target: Type.Optional(Type.Array(Length, { minItems: 3, maxItems: 3 })),
  }),
  positional: ['output_path', 'width', 'height'],
  spellings: { path: 'output_path', file_path: 'output_path', background_color: 'background' },
  result: Type.Object({
    success: Success,
    file: Type.Optional(RenderFile),
    files: Type.Optional(
      Type.Array(RenderFile, { description: 'Where several pictures were asked for.' }),
    ),
    width: Count,
    height: Count,
    format: Type.String(),
    output_path: Type.Optional(RealPath),
    image: Type.Optional(Type.Unknown({ description: 'Base64 in JSON, binary in MessagePack.' })),
    bytes: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Of the picture; of several, in `pictures`.' }),
    ),
    pictures: Type.Optional(Type.Array(Picture)),
  }),
  errors: [
    ...(['GOX_PATH_REFUSED', 'GOX_FILE', 'GOX_MEMORY_LIMIT', 'GOX_CANCELLED'] as const),
    'GOX_RENDERS_FULL',
  ],
  examples: [
    {
      name: 'a thumbnail',
      given: [ONE_VOXEL],
      params: { output_path: 'tower.png', width: 64, height: 64, camera_preset: 'isometric' },
    },
    {
      name: 'into the result',
      given: [ONE_VOXEL],
      params: { width: 32, height: 32, background: 'transparent' },
    },
  ],
});

export const RENDER_METHODS = [renderScene] as const;
