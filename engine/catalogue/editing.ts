/** Methods that move, filter, select and copy voxels. */

import { Type } from '../../conf/type.ts';
import { Angle, AxisBox, BoxParam, MatrixOf16, Point, SCALE_MIN } from './geometry.ts';
import { Threshold, VoxelCount } from './painting.ts';
import {
  Bounds,
  COLOR_SPELLINGS,
  Color,
  Count,
  described,
  Edited,
  Last,
  LayerId,
  LayerName,
  Position,
  projectParams,
  Success,
  Tint,
} from './schemas.ts';
import { method } from './spec.ts';

const scope = 'project';

const Axis = Type.Enum(['x', 'y', 'z']);

const FLOOR = {
  method: 'goxel.fill_region',
  params: { min: [0, 0, 0], max: [3, 3, 0], color: '#808080' },
};

const SELECTED = { method: 'goxel.select', params: { kind: 'all' } };

export const transformLayer = method({
  name: 'goxel.transform_layer',
  aliases: ['transform_layer', 'goxel.move_layer', 'move_layer', 'layer.transform'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Moves or turns a layer.',
  summary: "Moves, turns, scales or flips a layer, as Goxel's Move tool does.",
  description:
    'Steps are done in this order: flip, scale, rotate, translate, matrix. The fixed point is' +
    " the layer's origin; with recenter, the origin first goes to the middle of the voxels. A" +
    ' voxel of the result is the nearest one of the source: nothing is blended. Of clone and' +
    ' shape layers only the matrix changes.',
  params: projectParams({
    layer_id: Type.Optional(LayerId),
    recenter: Type.Optional(Type.Boolean({ default: false })),
    flip: Type.Optional(Axis),
    scale: Type.Optional(
      Type.Union([Type.Number({ minimum: SCALE_MIN, maximum: 1024 }), Point], {
        title: 'a number from 1/1024 to 1024, or one for each axis ([x, y, z])',
      }),
    ),
    rotate: Type.Optional(
      Type.Object({
        axis: Type.Union([Axis, Point], { title: '"x", "y", "z" or a direction ([x, y, z])' }),
        degrees: Angle,
      }),
    ),
    translate: Type.Optional(Point),
    matrix: Type.Optional(MatrixOf16),
  }),
  positional: ['layer_id'],
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'ten up',
      given: [FLOOR],
      params: { translate: [0, 0, 10] },
      result: { success: true, voxel_count: 16, changed: 32, layer_id: 1 },
    },
  ],
});

export const filter = method({
  name: 'goxel.filter',
  aliases: ['filter', 'goxel.apply_filter'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Filters a layer.',
  summary: 'Runs a filter over a layer.',
  description:
    'colors: changes hue, lightness, saturation and contrast as Goxel does, of what is selected' +
    ' or of all. mirror: flips what is in the box along the axis. wrap: moves what is in the box' +
    ' by one along the axis; what leaves it comes back on the other side. hollow: removes what' +
    ' lies deeper than thickness. fill_holes: fills what nothing reaches from outside. hull:' +
    ' fills the convex hull. cut: removes one side of a plane. crop: removes what is outside the' +
    " box. The box is the one given, else the selection's, the layer's or the image's.",
  params: projectParams({
    kind: Type.Enum(['colors', 'mirror', 'wrap', 'hollow', 'fill_holes', 'hull', 'cut', 'crop']),
    layer_id: Type.Optional(LayerId),
    hue: Type.Optional(Type.Number({ minimum: -180, maximum: 180, description: 'Degrees.' })),
    lightness: Type.Optional(Type.Number({ minimum: -100, maximum: 100 })),
    saturation: Type.Optional(Type.Number({ minimum: -100, maximum: 100 })),
    contrast: Type.Optional(Type.Number({ minimum: -100, maximum: 100 })),
    axis: Type.Optional(Axis),
    direction: Type.Optional(Type.Enum(['forward', 'backward'], { default: 'forward' })),
    box: Type.Optional(BoxParam),
    thickness: Type.Optional(Type.Integer({ minimum: 1, maximum: 4096, default: 1 })),
    color: Type.Optional(
      described(Color, "fill_holes: without it, the neighbours' colours. hull: without it, white."),
    ),
    origin: Type.Optional(described(Point, 'cut: a point of the plane; 0, 0, 0.')),
    normal: Type.Optional(described(Point, 'cut: the direction across the plane.')),
    side: Type.Optional(
      Type.Enum(['above', 'below'], {
        default: 'above',
        description: 'cut: which side goes; the normal points to the one above.',
      }),
    ),
  }),
  positional: ['kind'],
  spellings: { type: 'kind', name: 'kind' },
  result: VoxelCount,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a floor to a shell',
      given: [
        {
          method: 'goxel.fill_region',
          params: { min: [0, 0, 0], max: [3, 3, 3], color: '#808080' },
        },
      ],
      params: { kind: 'hollow', thickness: 1 },
      result: { success: true, voxel_count: 56, changed: 8, layer_id: 1 },
    },
  ],
});

const SelectionView = Type.Object({
  success: Success,
  box: Type.Union([
    Type.Object({ min: Type.Array(Type.Number()), max: Type.Array(Type.Number()), last: Last }),
    Type.Null(),
  ]),
  voxel_count: Count,
  bounding_box: Bounds,
});

export const select = method({
  name: 'goxel.select',
  aliases: ['select', 'goxel.select_region', 'select_region', 'goxel.smart_selection'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Selects voxels.',
  summary: 'Selects voxels of a layer: in a box, connected, of a colour, or all.',
  description:
    'box: those in a box, which filters then use too. connected: those connected with the one at' +
    ' a position over faces, while neighbours differ by no more than threshold. color: those of' +
    ' a colour or near it. `how` says what becomes of the selection there was.',
  params: projectParams({
    kind: Type.Enum(['box', 'connected', 'color', 'all']),
    how: Type.Optional(Type.Enum(['set', 'add', 'sub', 'intersect'], { default: 'set' })),
    box: Type.Optional(AxisBox),
    position: Type.Optional(Position),
    threshold: Type.Optional(Threshold),
    color: Type.Optional(Color),
    tolerance: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, default: 0 })),
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['kind'],
  result: SelectionView,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'all', given: [FLOOR], params: { kind: 'all' } }],
});

export const getSelection = method({
  name: 'goxel.get_selection',
  aliases: ['get_selection'],
  scope,
  level: 'read',
  edits: false,
  brief: 'Tells what is selected.',
  summary: 'Tells what is selected.',
  params: projectParams({}),
  positional: [],
  result: SelectionView,
  errors: [],
  examples: [{ name: 'nothing', params: {} }],
});

export const clearSelection = method({
  name: 'goxel.clear_selection',
  aliases: ['clear_selection', 'deselect'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Selects nothing.',
  summary: 'Selects nothing.',
  params: projectParams({}),
  positional: [],
  result: SelectionView,
  errors: [],
  examples: [{ name: 'whatever was', given: [FLOOR, SELECTED], params: {} }],
});

export const paintSelection = method({
  name: 'goxel.paint_selection',
  aliases: ['paint_selection'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Paints the selection.',
  summary: 'Puts one colour over all that is selected.',
  params: projectParams({ ...Tint, layer_id: Type.Optional(LayerId) }),
  positional: ['color'],
  spellings: COLOR_SPELLINGS,
  result: VoxelCount,
  errors: ['GOX_NOTHING_SELECTED', 'GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a floor',
      given: [FLOOR, SELECTED],
      params: { color: '#FF0000' },
      result: { success: true, voxel_count: 16, changed: 16, layer_id: 1 },
    },
  ],
});

export const copySelection = method({
  name: 'goxel.copy',
  aliases: ['copy', 'goxel.copy_selection', 'copy_selection'],
  scope,
  level: 'standard',
  edits: false,
  brief: 'Copies the selection.',
  summary: 'Copies what is selected of a layer, or all of it, for any project to paste.',
  description: 'There is one clipboard in the daemon, for all projects and clients.',
  params: projectParams({ layer_id: Type.Optional(LayerId) }),
  positional: ['layer_id'],
  result: Type.Object({
    success: Success,
    voxel_count: Count,
    bounding_box: Bounds,
    layer_id: Type.Integer({ description: 'The layer that was copied of.' }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [{ name: 'a floor', given: [FLOOR], params: {} }],
});

export const paste = method({
  name: 'goxel.paste',
  aliases: ['paste', 'goxel.paste_selection', 'paste_selection'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'change',
  brief: 'Pastes what was copied.',
  summary: 'Puts what was copied over a layer.',
  description: 'Where it was, or with its lowest corner at the position.',
  params: projectParams({
    position: Type.Optional(Position),
    layer_id: Type.Optional(LayerId),
    new_layer: Type.Optional(
      Type.Union([Type.Boolean(), LayerName], {
        title: 'true, false or a name',
        description: 'Whether it comes into a new layer, and the name of that.',
      }),
    ),
  }),
  positional: ['position', 'layer_id'],
  result: Type.Object({
    success: Success,
    pasted: Type.Integer({ minimum: 0, description: 'How many voxels were copied.' }),
    layer_id: Edited.layer_id,
    changed: Edited.changed,
  }),
  errors: ['GOX_NOTHING_COPIED', 'GOX_LAYER_NOT_FOUND', 'GOX_LAYER_LIMIT', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a floor, one up',
      given: [FLOOR, { method: 'goxel.copy', params: {} }],
      params: { position: [0, 0, 1] },
      result: { success: true, pasted: 16, layer_id: 1, changed: 16 },
    },
  ],
});

export const cutToLayer = method({
  name: 'goxel.cut_to_layer',
  aliases: ['cut_to_layer', 'goxel.cut_as_new_layer', 'cut_as_new_layer'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Cuts to a new layer.',
  summary: 'Moves what is selected of a layer into a new layer above it.',
  params: projectParams({
    layer_id: Type.Optional(LayerId),
    name: Type.Optional(LayerName),
  }),
  positional: ['layer_id'],
  result: Type.Object({
    success: Success,
    layer_id: Type.Integer({ description: 'The new layer.' }),
    voxel_count: Type.Integer({ minimum: 0, description: 'How many voxels it has.' }),
    source_layer_id: Type.Integer({ description: 'The layer that they were cut from.' }),
    changed: Type.Integer({ minimum: 0, description: 'How many voxels of that have changed.' }),
  }),
  errors: ['GOX_NOTHING_SELECTED', 'GOX_LAYER_NOT_FOUND', 'GOX_LAYER_LIMIT', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'a floor', given: [FLOOR, SELECTED], params: { name: 'floor' } }],
});

export const EDITING_METHODS = [
  transformLayer,
  filter,
  select,
  getSelection,
  clearSelection,
  paintSelection,
  copySelection,
  paste,
  cutToLayer,
] as const;
