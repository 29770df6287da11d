/** Methods that paint and fill many voxels at once. */

import { Type } from '../../conf/type.ts';
import { AxisBox, BoxParam, Point, RegionCorners, RegionParam } from './geometry.ts';
import { BlendModeName, ShapeName } from './layer-edits.ts';
import {
  COLOR_SPELLINGS,
  Color,
  Count,
  described,
  Edited,
  LayerId,
  LayerView,
  Position,
  projectParams,
  Spot,
  Success,
  Tint,
  Triple,
  VOXELS_PER_CALL_MAX,
  Where,
} from './schemas.ts';
import { method } from './spec.ts';
import { BRUSH } from './voxels.ts';

const scope = 'project';

/** Voxels are told apart by their neighbours' colours. */
export const Threshold = Type.Integer({
  minimum: 0,
  maximum: 255,
  description: 'The largest difference of a channel between neighbours; 255 takes any colour.',
});

/** What an edit of many voxels answers. */
export const VoxelCount = Type.Object({
  success: Success,
  voxel_count: Type.Integer({
    minimum: 0,
    description: 'How many voxels the layer has now; `changed` tells of this request.',
  }),
  ...Edited,
});

const FLOOR = {
  method: 'goxel.fill_region',
  params: { min: [0, 0, 0], max: [3, 3, 0], color: '#808080' },
};

/** The width of a soft edge. */
export const Smoothness = Type.Number({
  minimum: 0,
  maximum: 64,
  default: 0,
  description: 'The width of a soft edge, in voxels.',
});

/** Where a painter works: which mirror images it makes, and where it may change anything. */
export const PaintedWhere = {
  symmetry: Type.Optional(
    Type.Array(Type.Enum(['x', 'y', 'z']), {
      maxItems: 3,
      title: 'an array of "x", "y" and "z"',
      description: 'The axes along which the shape is mirrored as well.',
    }),
  ),
  symmetry_origin: Type.Optional(Point),
  clip: Type.Optional(described(AxisBox, 'Only voxels whose centre is in this box are painted.')),
};

export const paintShape = method({
  name: 'goxel.paint_shape',
  aliases: ['paint_shape', 'goxel.volume_op', 'volume_op'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Paints a shape in a box.',
  summary: "Paints a cube, sphere or cylinder in a box, as Goxel's shape tool does.",
  description:
    'A voxel is in the shape when its centre is. The cylinder stands along the Z axis of the' +
    ' box. Without a symmetry_origin, shapes are mirrored at the middle of the image box.',
  params: projectParams({
    shape: ShapeName,
    box: BoxParam,
    mode: Type.Optional(BlendModeName),
    ...Tint,
    smoothness: Type.Optional(Smoothness),
    ...PaintedWhere,
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['shape', 'box'],
  spellings: { ...COLOR_SPELLINGS, shape_type: 'shape' },
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a ball of 16',
      params: { shape: 'sphere', box: { min: [0, 0, 0], max: [16, 16, 16] }, color: '#FF8800' },
    },
  ],
});

export const fillRegion = method({
  name: 'goxel.fill_region',
  aliases: ['fill_region', 'voxel.fill', 'shape.box'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Fills a region.',
  summary: 'Puts one colour at every position between two corners, both inclusive.',
  description:
    'Both corners are filled, in whichever order they come: {"min": [0, 0, 0], "max": [3, 3, 0]}' +
    ' are 16 voxels. Of a bounding box, give min and last. Alpha 0 removes.',
  params: projectParams({
    ...RegionCorners,
    ...Tint,
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['min', 'max', 'color', 'layer_id'],
  spellings: { ...COLOR_SPELLINGS, start: 'min', end: 'max' },
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a floor',
      params: FLOOR.params,
      result: { success: true, voxel_count: 16, changed: 16, layer_id: 1 },
    },
    {
      name: 'a cube of four, by other corners, over the floor of it',
      given: [FLOOR],
      params: { min: [3, 3, 3], max: [0, 0, 0], color: '#808080' },
      result: { success: true, voxel_count: 64, changed: 48, layer_id: 1 },
    },
  ],
});

export const paintVoxels = method({
  name: 'goxel.paint_voxels',
  aliases: ['paint_voxels', 'goxel.paint_voxel', 'paint_voxel', 'voxel.paint'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Paints voxels.',
  summary: 'Gives voxels that are there another colour; one voxel, or many by positions.',
  params: projectParams({
    ...Where,
    positions: Type.Optional(Type.Array(Spot, { maxItems: VOXELS_PER_CALL_MAX })),
    ...Tint,
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['x', 'y', 'z', 'r', 'g', 'b', 'a', 'layer_id'],
  spellings: { ...COLOR_SPELLINGS, voxels: 'positions' },
  ignored: BRUSH,
  result: Type.Object({
    success: Success,
    painted: Type.Integer({
      minimum: 0,
      description: 'How many voxels were there; `changed` leaves out those of that colour.',
    }),
    ...Edited,
  }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'one that is there',
      given: [FLOOR],
      params: [1, 1, 0, 255, 0, 0],
      result: { success: true, painted: 1, changed: 1, layer_id: 1 },
    },
    {
      name: 'one that is not there',
      params: [1, 1, 0, 255, 0, 0],
      result: { success: true, painted: 0, changed: 0, layer_id: 1 },
    },
  ],
});

export const floodFill = method({
  name: 'goxel.flood_fill',
  aliases: ['flood_fill'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Fills what is connected.',
  summary: 'Fills a connected region: of voxels of like colour, or of empty space in a region.',
  description:
    'From a voxel: recolours what is connected with it over faces, as far as neighbours differ' +
    ' by no more than threshold. From an empty position: fills the empty space connected with' +
    ' it, up to the end of the region or, without one, of the image box.',
  params: projectParams({
    ...Where,
    ...Tint,
    layer_id: Type.Optional(LayerId),
    threshold: Type.Optional(Threshold),
    region: Type.Optional(RegionParam),
  }),
  positional: ['x', 'y', 'z', 'r', 'g', 'b', 'a', 'layer_id'],
  spellings: COLOR_SPELLINGS,
  ignored: BRUSH,
  result: Type.Object({ success: Success, voxels_filled: Count, ...Edited }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a floor',
      given: [FLOOR],
      params: { x: 0, y: 0, z: 0, color: '#FF0000' },
      result: { success: true, voxels_filled: 16, changed: 16, layer_id: 1 },
    },
  ],
});

export const clearVoxels = method({
  name: 'goxel.clear_voxels',
  aliases: ['clear_voxels', 'clear_layer', 'goxel.clear_layer', 'voxel.clear'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Clears a layer.',
  summary: 'Removes the voxels of a layer: those selected, those of a region, or all.',
  description: 'Without a region, the selected voxels; without a selection either, all.',
  params: projectParams({
    layer_id: Type.Optional(LayerId),
    region: Type.Optional(RegionParam),
  }),
  positional: ['layer_id'],
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'all',
      given: [FLOOR],
      params: {},
      result: { success: true, voxel_count: 0, changed: 16, layer_id: 1 },
    },
    {
      name: 'a row, both ends of which go',
      given: [FLOOR],
      params: { region: { min: [0, 0, 0], max: [3, 0, 0] } },
      result: { success: true, voxel_count: 12, changed: 4, layer_id: 1 },
    },
  ],
});

export const replaceColor = method({
  name: 'goxel.replace_color',
  aliases: ['replace_color'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Replaces a colour.',
  summary: 'Gives all voxels of a colour, or near it, another one.',
  params: projectParams({
    from: Color,
    to: Color,
    tolerance: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, default: 0 })),
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['from', 'to', 'tolerance', 'layer_id'],
  result: Type.Object({ success: Success, replaced: Count, ...Edited }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'of a floor',
      given: [FLOOR],
      params: { from: '#808080', to: '#00FF00' },
      result: { success: true, replaced: 16, changed: 16, layer_id: 1 },
    },
  ],
});

export const extrude = method({
  name: 'goxel.extrude',
  aliases: ['extrude'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Pulls or pushes a face.',
  summary: 'Pulls a face of the model out, or pushes it in.',
  description:
    'The face is the flat region of voxels connected with the one at the position, all of them' +
    ' free on that side; when that one is not free, nothing is done. A positive distance copies' +
    ' them outwards, a negative one removes as many layers inwards.',
  params: projectParams({
    ...Where,
    face: Type.Enum(['-x', '+x', '-y', '+y', '-z', '+z']),
    distance: Type.Integer({ minimum: -4096, maximum: 4096 }),
    threshold: Type.Optional(Threshold),
    layer_id: Type.Optional(LayerId),
  }),
  positional: [],
  spellings: { delta: 'distance' },
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a floor, two up',
      given: [FLOOR],
      params: { position: [1, 1, 0], face: '+z', distance: 2 },
      result: { success: true, voxel_count: 48, changed: 32, layer_id: 1 },
    },
  ],
});

export const getPacked = method({
  name: 'goxel.get_packed_region',
  aliases: ['get_packed_region', 'voxel.get_packed'],
  scope,
  level: 'read',
  edits: false,
  brief: 'Reads voxels as bytes.',
  summary: 'Gives all voxels between two corners, both inclusive, as bytes.',
  description:
    'Four bytes (red, green, blue, alpha) for each position, x fastest, then y, then z; zeros' +
    ' where no voxel is. They are base64 in JSON and binary in MessagePack. Both corners are' +
    ' given, whichever comes first: {"min": [3, 0, 0], "max": [4, 0, 0]} are two positions.',
  params: projectParams({ ...RegionCorners, layer_id: Type.Optional(LayerView) }),
  positional: ['min', 'max', 'layer_id'],
  result: Type.Object({
    min: Triple,
    size: Type.Tuple([Count, Count, Count]),
    data: Type.Unknown({ description: 'The bytes.' }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'two positions',
      given: [FLOOR],
      params: { min: [3, 0, 0], max: [4, 0, 0] },
      result: { min: [3, 0, 0], size: [2, 1, 1], data: 'gICA/wAAAAA=' },
    },
  ],
});

export const setPacked = method({
  name: 'goxel.set_packed_region',
  aliases: ['set_packed_region', 'voxel.set_packed'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Writes voxels as bytes.',
  summary: 'Puts voxels into a region, given as bytes in the layout of get_packed_region.',
  description: 'Alpha 0 removes, unless keep is true: then it leaves what is there.',
  params: projectParams({
    min: Position,
    size: Type.Tuple([
      Type.Integer({ minimum: 1 }),
      Type.Integer({ minimum: 1 }),
      Type.Integer({ minimum: 1 }),
    ]),
    data: Type.Unknown({ title: 'bytes, or a base64 text', description: 'The bytes.' }),
    keep: Type.Optional(Type.Boolean({ default: false })),
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['min', 'size', 'data'],
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'two voxels',
      params: { min: [0, 0, 0], size: [2, 1, 1], data: '/wAA/wD/AP8=' },
      result: { success: true, voxel_count: 2, changed: 2, layer_id: 1 },
    },
  ],
});

export const PAINTING_METHODS = [
  paintShape,
  fillRegion,
  paintVoxels,
  floodFill,
  clearVoxels,
  replaceColor,
  extrude,
  getPacked,
  setPacked,
] as const;
