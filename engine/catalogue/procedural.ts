/** The method that makes shapes by their numbers. */

import { Type } from '../../conf/type.ts';
import { Length, Point } from './geometry.ts';
import { BlendModeName } from './layer-edits.ts';
import {
  COLOR_SPELLINGS,
  Color,
  Coordinate,
  described,
  Edited,
  LayerId,
  Position,
  projectParams,
  Success,
  Tint,
} from './schemas.ts';
import { method } from './spec.ts';

const Name = Type.Enum([
  'cube',
  'box',
  'sphere',
  'cylinder',
  'pyramid',
  'torus',
  'line',
  'text',
  'noise',
  'terrain',
]);

export const proceduralShape = method({
  name: 'goxel.procedural_shape',
  aliases: ['procedural_shape', 'shape.sphere'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Makes a shape.',
  summary: 'Makes a shape by its numbers.',
  description:
    'A shape fills [centre - size/2, centre + size/2), on whole voxels; sides are 10 unless' +
    ' given, those of a terrain 64. With a radius and no shape_type it is a sphere. noise is' +
    ' another name of terrain: hills around the height base, the same for the same seed.',
  params: projectParams({
    shape_type: Type.Optional(Name),
    size_x: Type.Optional(Coordinate),
    size_y: Type.Optional(Coordinate),
    size_z: Type.Optional(Coordinate),
    size: Type.Optional(Type.Union([Point, Length], { title: 'a number, or a point of three' })),
    center_x: Type.Optional(Length),
    center_y: Type.Optional(Length),
    center_z: Type.Optional(Length),
    center: Type.Optional(Point),
    radius: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 65_536,
        description: 'Of a sphere or cylinder; of a torus to the middle of its tube.',
      }),
    ),
    fill: Type.Optional(
      Type.Enum(['solid', 'shell', 'frame'], {
        description: 'shell: box, sphere, cylinder, pyramid. frame: box.',
      }),
    ),
    thickness: Type.Optional(
      Type.Number({
        minimum: 1,
        maximum: 4096,
        description: "Of walls and bars; of a line; the radius of a torus' tube.",
      }),
    ),
    axis: Type.Optional(
      Type.Enum(['x', 'y', 'z'], {
        description:
          'Along which a cylinder stands and around which a torus goes: z unless given. Text is' +
          ' read from the front, which is -y (y, unless given), the right, +x (x), or the top, +z' +
          ' (z): as the cameras "front", "right" and "top" see it.',
      }),
    ),
    from: Type.Optional(Position),
    to: Type.Optional(Position),
    text: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1024,
        description: 'Printable ASCII and line feeds; the centre is its lower left corner.',
      }),
    ),
    scale: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 256, default: 1, description: 'Text: of a pixel.' }),
    ),
    depth: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 4096, default: 1, description: 'Of text.' }),
    ),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 0xffff_ffff, default: 0 })),
    amplitude: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 65_536,
        default: 12,
        description: 'Terrain: how far its surface may be from base.',
      }),
    ),
    base: Type.Optional(described(Length, 'Terrain: the amplitude unless given.')),
    frequency: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 16,
        default: 0.02,
        description: 'Terrain: hills a voxel.',
      }),
    ),
    octaves: Type.Optional(Type.Integer({ minimum: 1, maximum: 16, default: 4 })),
    colors: Type.Optional(
      Type.Array(Color, {
        minItems: 1,
        maxItems: 256,
        title: 'an array of 1 to 256 colours',
        description: 'Of a terrain, from its lowest height to its highest.',
      }),
    ),
    ...Tint,
    layer_id: Type.Optional(LayerId),
    mode: Type.Optional(BlendModeName),
  }),
  positional: [
    'shape_type',
    ...['size_x', 'size_y', 'size_z', 'center_x', 'center_y', 'center_z'],
    ...['r', 'g', 'b', 'a', 'layer_id'],
  ],
  spellings: { ...COLOR_SPELLINGS, shape: 'shape_type', type: 'shape_type', position: 'center' },
  result: Type.Object({
    success: Success,
    shape_type: Type.String(),
    voxels_created: Type.Integer({
      minimum: 0,
      description: 'At how many positions a voxel is now where none was.',
    }),
    ...Edited,
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a cube of four',
      params: ['cube', 4, 4, 4, 0, 0, 0, 200, 40, 40],
      result: { success: true, shape_type: 'cube', voxels_created: 64, changed: 64, layer_id: 1 },
    },
  ],
});

export const PROCEDURAL_METHODS = [proceduralShape] as const;
