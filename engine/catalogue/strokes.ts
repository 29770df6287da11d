/** Methods that paint along a way: strokes of a brush, and the laser. */

import { Type } from '../../conf/type.ts';
import { LENGTH_MAX, Point } from './geometry.ts';
import { BlendModeName, ShapeName } from './layer-edits.ts';
import { PaintedWhere, Smoothness, VoxelCount } from './painting.ts';
import { COLOR_SPELLINGS, described, LayerId, projectParams, Tint } from './schemas.ts';
import { method } from './spec.ts';

const scope = 'project';

/** More points have no more stamps to stand for. */
const POINTS_MAX = 65_536;

/** Of Goxel's smallest brush. */
const RADIUS = 0.5;

/** How far Goxel's laser reaches. */
const LASER_LENGTH = 2048;

const Radius = Type.Number({ exclusiveMinimum: 0, maximum: LENGTH_MAX, default: RADIUS });

export const paintStroke = method({
  name: 'goxel.paint_stroke',
  aliases: ['paint_stroke', 'goxel.brush_stroke', 'brush_stroke'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Paints along a path.',
  summary: "Paints along a path, as Goxel's brush does.",
  description:
    'The shape is stamped at the first point, and from each point to the next at steps of at' +
    ' most twice the radius; a point is where it is, so [0.5, 0.5, 0.5] is the middle of voxel' +
    ' [0, 0, 0]. All stamps together are merged into the layer by the mode, once, so a' +
    ' translucent colour does not add up where they overlap; intersect, intersect_fill and' +
    ' mult_alpha remove what the stroke does not cover. Spheres at such steps are beads: give' +
    ' more points, or for a straight bar give paint_shape a {from, to, radius}.',
  params: projectParams({
    points: Type.Array(Point, {
      minItems: 1,
      maxItems: POINTS_MAX,
      description: 'The path; one point makes one stamp.',
    }),
    shape: Type.Optional(described(ShapeName, 'cube, unless given.')),
    radius: Type.Optional(described(Radius, 'Half the side of the box that a stamp fills.')),
    axis: Type.Optional(
      Type.Enum(['x', 'y', 'z'], {
        default: 'y',
        description: 'Along which a cylinder stands; as in Goxel y, unless given.',
      }),
    ),
    mode: Type.Optional(BlendModeName),
    ...Tint,
    smoothness: Type.Optional(Smoothness),
    ...PaintedWhere,
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['points', 'radius'],
  spellings: { ...COLOR_SPELLINGS, path: 'points', shape_type: 'shape' },
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a line of four voxels and a corner',
      params: {
        points: [
          [0.5, 0.5, 0.5],
          [3.5, 0.5, 0.5],
          [3.5, 2.5, 0.5],
        ],
        color: '#3366CC',
      },
      result: { success: true, voxel_count: 6, changed: 6, layer_id: 1 },
    },
  ],
});

export const laser = method({
  name: 'goxel.laser',
  aliases: ['laser', 'goxel.laser_cut', 'laser_cut'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Removes along a ray.',
  summary: "Removes all voxels along a ray, as Goxel's laser does.",
  description: 'Those go whose centre is within the radius of the ray, however many lie behind.',
  params: projectParams({
    from: Point,
    direction: described(Point, 'Which way the ray goes; of any length but 0.'),
    radius: Type.Optional(described(Radius, 'Of the hole.')),
    length: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: LENGTH_MAX,
        default: LASER_LENGTH,
        description: 'How far the ray goes.',
      }),
    ),
    ...PaintedWhere,
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['from', 'direction', 'radius'],
  spellings: { origin: 'from', position: 'from' },
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'a hole through a floor',
      given: [
        {
          method: 'goxel.fill_region',
          params: { min: [0, 0, 0], max: [3, 3, 0], color: '#808080' },
        },
      ],
      params: { from: [1.5, 1.5, 20], direction: [0, 0, -1] },
      result: { success: true, voxel_count: 15, changed: 1, layer_id: 1 },
    },
  ],
});

export const STROKE_METHODS = [paintStroke, laser] as const;
