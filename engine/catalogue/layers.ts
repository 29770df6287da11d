/** Methods about layers. The ids are those that every other method takes. */

import { Type } from '../../conf/type.ts';
import {
  Channel,
  COLOR_SPELLINGS,
  COORDINATE_MAX,
  Color,
  Count,
  LayerName,
  projectParams,
  Success,
} from './schemas.ts';
import { method } from './spec.ts';

const Id = Type.Integer({ minimum: 1, maximum: COORDINATE_MAX });

/** Which layer: its id, its name, or its place in list_layers. */
export const Which = {
  layer_id: Type.Optional(Id),
  layer_name: Type.Optional(Type.String({ maxLength: 255 })),
  index: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: COORDINATE_MAX,
      description: 'The place in list_layers, from 0.',
    }),
  ),
};

export const WHICH_SPELLINGS = { id: 'layer_id' };

const ROOF = { method: 'goxel.create_layer', params: { name: 'roof' } };

const LayerInfo = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  visible: Type.Boolean(),
  active: Type.Boolean(),
  voxel_count: Count,
});

export const listLayers = method({
  name: 'goxel.list_layers',
  aliases: ['list_layers', 'goxel.get_layers', 'get_layers', 'layer.list', 'layer.get_list'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Lists the layers.',
  summary: 'Lists the layers, lowest first.',
  params: projectParams({}),
  positional: [],
  result: Type.Object({ count: Count, layers: Type.Array(LayerInfo) }),
  errors: [],
  examples: [{ name: 'of a fresh daemon', params: {} }],
});

export const createLayer = method({
  name: 'goxel.create_layer',
  aliases: ['create_layer', 'layer.create', 'layer.add'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds a layer.',
  summary: 'Adds a layer on top and makes it the active one.',
  description:
    'The colour is accepted and repeated for the clients that send one: a layer has no colour, ' +
    'its voxels have.',
  params: projectParams({
    name: Type.Optional(LayerName),
    r: Type.Optional(Channel),
    g: Type.Optional(Channel),
    b: Type.Optional(Channel),
    visible: Type.Optional(Type.Boolean({ default: true })),
    color: Type.Optional(Color),
  }),
  positional: ['name', 'r', 'g', 'b', 'visible'],
  spellings: { layer_name: 'name', ...COLOR_SPELLINGS },
  result: Type.Object({
    success: Success,
    name: Type.String(),
    visible: Type.Boolean(),
    color: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()]),
    layer_id: Id,
  }),
  errors: ['GOX_LAYER_LIMIT'],
  examples: [{ name: 'by name', params: { name: 'roof' } }],
});

export const deleteLayer = method({
  name: 'goxel.delete_layer',
  aliases: ['delete_layer', 'layer.delete', 'layer.remove'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Deletes a layer.',
  summary: 'Deletes a layer and its voxels; in place of the last comes a new, empty one.',
  params: projectParams(Which),
  positional: ['layer_id', 'layer_name'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Type.Object({
    success: Success,
    layer_id: Id,
    name: Type.String(),
    changed: Type.Integer({ minimum: 0, description: 'How many voxels went with it.' }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'by its name',
      given: [ROOF],
      params: { layer_name: 'roof' },
      result: { success: true, layer_id: 2, name: 'roof', changed: 0 },
    },
  ],
});

export const setLayerVisibility = method({
  name: 'goxel.set_layer_visibility',
  aliases: ['set_layer_visibility', 'layer.set_visibility'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Shows or hides a layer.',
  summary: 'Shows or hides a layer.',
  params: projectParams({
    ...Which,
    visible: Type.Optional(Type.Boolean({ default: true })),
  }),
  positional: ['layer_id', 'visible'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Type.Object({ success: Success, visible: Type.Boolean(), layer_id: Id }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'hide the first',
      params: { index: 0, visible: false },
      result: { success: true, visible: false, layer_id: 1 },
    },
  ],
});

export const setActiveLayer = method({
  name: 'goxel.set_active_layer',
  aliases: ['set_active_layer', 'layer.set_active', 'layer.select', 'select_layer'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Chooses a layer.',
  summary: 'Chooses the layer that requests without a layer_id work on.',
  params: projectParams(Which),
  positional: ['layer_id', 'layer_name'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Type.Object({ success: Success, layer_id: Id }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [{ name: 'the first', params: { index: 0 } }],
});

export const renameLayer = method({
  name: 'goxel.rename_layer',
  aliases: ['rename_layer', 'layer.rename'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Renames a layer.',
  summary: 'Gives a layer another name.',
  params: projectParams({ ...Which, name: LayerName }),
  positional: [],
  spellings: { ...WHICH_SPELLINGS, new_name: 'name' },
  result: Type.Object({ success: Success, layer_id: Id, name: Type.String() }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'by its name',
      given: [ROOF],
      params: { layer_name: 'roof', name: 'attic' },
    },
  ],
});

export const LAYER_METHODS = [
  listLayers,
  createLayer,
  deleteLayer,
  setLayerVisibility,
  setActiveLayer,
  renameLayer,
] as const;
