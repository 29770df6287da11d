/** Methods that change what layers are: their properties, their order, copies, clones, merges. */

import { Type } from '../../conf/type.ts';
import { BoxParam, BoxView, Id, Index, MatrixOf16 } from './geometry.ts';
import { WHICH_SPELLINGS, Which } from './layers.ts';
import {
  Bounds,
  COLOR_SPELLINGS,
  Color,
  Count,
  Edited,
  LayerName,
  projectParams,
  Rgba,
  Success,
} from './schemas.ts';
import { method } from './spec.ts';

const BLEND_MODES = [
  ...(['over', 'sub', 'sub_clamp', 'paint', 'max', 'intersect', 'intersect_fill'] as const),
  'mult_alpha',
] as const;

export const BlendModeName = Type.Enum(BLEND_MODES, {
  'x-name': 'BlendMode',
  description: 'How colours and alpha are combined, as in Goxel.',
});

/** Goxel replaces layers, and paints with all others. */
const LayerModeName = Type.Enum([...BLEND_MODES, 'replace'] as const, {
  'x-name': 'LayerMode',
  description:
    'How a layer acts on those below it, as in Goxel; `replace` leaves nothing of them but itself.',
});

export const ShapeName = Type.Enum(['cube', 'sphere', 'cylinder']);

const ShapeFields = { shape: ShapeName, color: Type.Optional(Color) };

const LayerView = Type.Object(
  {
    id: Id,
    name: Type.String(),
    index: Index,
    visible: Type.Boolean(),
    active: Type.Boolean(),
    kind: Type.Enum(['voxels', 'clone', 'shape', 'image']),
    voxel_count: Count,
    bounding_box: Bounds,
    mode: Type.String(),
    material: Type.Union([Index, Type.Null()]),
    matrix: Type.Array(Type.Number()),
    box: Type.Union([BoxView, Type.Null()]),
    base_id: Type.Union([Type.Integer(), Type.Null()]),
    shape: Type.Union([Type.Object({ shape: Type.String(), color: Rgba }), Type.Null()]),
    image_path: Type.Union([Type.String(), Type.Null()]),
  },
  { 'x-name': 'Layer' },
);

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };
const ROOF = { method: 'goxel.create_layer', params: { name: 'roof' } };
/** What an edit of what a layer is answers. */
export const Changed = Type.Object({ success: Success, layer: LayerView, changed: Edited.changed });

const scope = 'project';

export const getLayer = method({
  name: 'goxel.get_layer',
  aliases: ['get_layer', 'layer.get'],
  scope,
  level: 'read',
  edits: false,
  brief: 'Describes a layer.',
  summary: 'Tells everything about a layer but its voxels; the active one without a choice.',
  params: projectParams(Which),
  positional: ['layer_id'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: LayerView,
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [{ name: 'the first', params: { index: 0 } }],
});

export const updateLayer = method({
  name: 'goxel.update_layer',
  aliases: ['update_layer', 'layer.update'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Changes a layer.',
  summary: 'Changes what is given of a layer; of the active one without a choice.',
  description:
    'The matrix is the origin of a plain layer (its voxels stay), the movement of a clone, the' +
    ' box of a shape layer. shape and color are for shape layers. null takes a box, a material' +
    ' or an image away. The mode is how the layer acts on those below it in pictures' +
    ' (goxel.render_scene) and merges; `over` with another material stays apart. As in Goxel,' +
    ' exports and reads of all layers take every layer as `over`: merge first to export the rest.',
  params: projectParams({
    ...Which,
    name: Type.Optional(LayerName),
    visible: Type.Optional(Type.Boolean()),
    mode: Type.Optional(LayerModeName),
    material: Type.Optional(Type.Union([Index, Type.Null()])),
    matrix: Type.Optional(MatrixOf16),
    box: Type.Optional(Type.Union([BoxParam, Type.Null()])),
    shape: Type.Optional(ShapeName),
    color: Type.Optional(Color),
    image_path: Type.Optional(Type.Union([Type.String({ maxLength: 255 }), Type.Null()])),
  }),
  positional: ['layer_id'],
  spellings: { ...WHICH_SPELLINGS, ...COLOR_SPELLINGS },
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'subtract from those below', params: { index: 0, mode: 'sub' } }],
});

export const duplicateLayer = method({
  name: 'goxel.duplicate_layer',
  aliases: ['duplicate_layer', 'layer.duplicate'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Copies a layer.',
  summary: 'Copies a layer; the copy comes right above it and is the active one.',
  params: projectParams({ ...Which, name: Type.Optional(LayerName) }),
  positional: ['layer_id'],
  spellings: WHICH_SPELLINGS,
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_LAYER_LIMIT', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'the first', given: [ONE_VOXEL], params: { index: 0, name: 'copy' } }],
});

export const cloneLayer = method({
  name: 'goxel.clone_layer',
  aliases: ['clone_layer', 'layer.clone'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds a clone of a layer.',
  summary: 'Adds a layer that shows a base layer, moved by a matrix, and follows its edits.',
  params: projectParams({
    ...Which,
    name: Type.Optional(LayerName),
    matrix: Type.Optional(MatrixOf16),
  }),
  positional: ['layer_id'],
  spellings: WHICH_SPELLINGS,
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_LAYER_LIMIT', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'ten to the right',
      given: [ONE_VOXEL],
      params: { index: 0, matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 10, 0, 0, 1] },
    },
  ],
});

export const createShapeLayer = method({
  name: 'goxel.create_shape_layer',
  aliases: ['create_shape_layer', 'layer.create_shape'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds a shape layer.',
  summary: 'Adds a layer that shows a shape in a box, inside the image box.',
  params: projectParams({
    ...ShapeFields,
    name: Type.Optional(LayerName),
    box: Type.Optional(BoxParam),
  }),
  positional: ['shape'],
  spellings: { shape_type: 'shape', ...COLOR_SPELLINGS },
  result: Changed,
  errors: ['GOX_LAYER_LIMIT', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'a ball',
      params: { shape: 'sphere', color: '#FF8800', box: { min: [-5, -5, 0], max: [5, 5, 10] } },
    },
  ],
});

export const makePlainLayer = method({
  name: 'goxel.make_layer_plain',
  aliases: ['make_layer_plain', 'unclone_layer', 'layer.make_plain'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Makes a layer plain.',
  summary: 'Makes a clone or shape layer an ordinary one that owns the voxels it shows.',
  params: projectParams(Which),
  positional: ['layer_id'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [{ name: 'one that is', params: { index: 0 } }],
});

export const reorderLayer = method({
  name: 'goxel.reorder_layer',
  aliases: ['reorder_layer', 'layer.reorder'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Moves a layer up or down.',
  summary: 'Moves a layer to another place in the order, 0 being the lowest.',
  params: projectParams({ ...Which, to: Index }),
  positional: [],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Type.Object({ success: Success, order: Type.Array(Id), layer_id: Id }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [{ name: 'to the bottom', given: [ROOF], params: { layer_name: 'roof', to: 0 } }],
});

export const mergeLayers = method({
  name: 'goxel.merge_layers',
  aliases: ['merge_layers', 'layer.merge'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Merges two layers.',
  summary: 'Combines a source layer into a target layer.',
  description:
    "Without a mode: the source's own. The source is removed unless delete_source is false.",
  params: projectParams({
    source_layer_id: Id,
    target_layer_id: Id,
    mode: Type.Optional(LayerModeName),
    delete_source: Type.Optional(Type.Boolean({ default: true })),
  }),
  positional: ['source_layer_id', 'target_layer_id'],
  spellings: { source_id: 'source_layer_id', target_id: 'target_layer_id' },
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'the second into the first', given: [ROOF], params: [2, 1] }],
});

export const mergeDown = method({
  name: 'goxel.merge_down',
  aliases: ['merge_down', 'layer.merge_down'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Merges with the one below.',
  summary: 'Combines a layer, by its own mode, into the one below it.',
  params: projectParams(Which),
  positional: ['layer_id'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'the roof', given: [ROOF], params: { layer_name: 'roof' } }],
});

export const mergeVisible = method({
  name: 'goxel.merge_visible_layers',
  aliases: ['merge_visible_layers', 'layer.merge_visible'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Merges visible layers.',
  summary: 'Combines all visible layers, each by its own mode, into the lowest of them.',
  params: projectParams({}),
  positional: [],
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [{ name: 'two of them', given: [ROOF], params: {} }],
});

export const LAYER_EDIT_METHODS = [
  getLayer,
  updateLayer,
  duplicateLayer,
  cloneLayer,
  createShapeLayer,
  makePlainLayer,
  reorderLayer,
  mergeLayers,
  mergeDown,
  mergeVisible,
] as const;
