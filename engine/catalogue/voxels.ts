/** Methods that edit voxels. Each request happens as a whole or not at all. */

import { Type } from '../../conf/type.ts';
import {
  COLOR_SPELLINGS,
  Color,
  Coordinate,
  Count,
  Edited,
  FlatColor,
  LayerId,
  projectParams,
  Rgba,
  Spot,
  Success,
  Tint,
  VOXELS_PER_CALL_MAX,
  Voxel,
  Where,
} from './schemas.ts';
import { method } from './spec.ts';

const MANY = { maxItems: VOXELS_PER_CALL_MAX };

/** The MCP tools of the v14 daemon offer it, and that daemon never read it. */
export const BRUSH = { brush: 'The MCP tools of the v14 daemon; a voxel is always one voxel.' };

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };

export const addVoxel = method({
  name: 'goxel.add_voxel',
  aliases: ['add_voxel', 'voxel.add'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds a voxel.',
  summary: 'Puts a voxel at a position.',
  description:
    'The position is x, y and z, or `position`. The colour is `color`, or r, g, b and a; white ' +
    'without any. By position, a colour string or array may stand in place of r, g, b and a, ' +
    'with layer_id still the eighth.',
  params: projectParams({ ...Where, ...Tint, layer_id: Type.Optional(LayerId) }),
  positional: ['x', 'y', 'z', 'r', 'g', 'b', 'a', 'layer_id'],
  spellings: COLOR_SPELLINGS,
  ignored: BRUSH,
  result: Type.Object({
    success: Success,
    x: Coordinate,
    y: Coordinate,
    z: Coordinate,
    layer_id: Edited.layer_id,
    color: Rgba,
    changed: Edited.changed,
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'by position, with a colour string',
      params: [4, 5, 6, '#3366CC'],
      result: {
        ...{ success: true, x: 4, y: 5, z: 6 },
        ...{ layer_id: 1, color: [51, 102, 204, 255], changed: 1 },
      },
    },
    {
      name: 'by name, with flat channels',
      params: { position: [7, 5, 6], r: 12, g: 200, b: 90, a: 255 },
      result: {
        ...{ success: true, x: 7, y: 5, z: 6 },
        ...{ layer_id: 1, color: [12, 200, 90, 255], changed: 1 },
      },
    },
  ],
});

export const removeVoxel = method({
  name: 'goxel.remove_voxel',
  aliases: ['remove_voxel', 'voxel.remove'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Removes a voxel.',
  summary: 'Removes the voxel at a position; a success also when there was none.',
  params: projectParams({ ...Where, layer_id: Type.Optional(LayerId) }),
  positional: ['x', 'y', 'z', 'layer_id'],
  ignored: BRUSH,
  result: Type.Object({
    success: Success,
    x: Coordinate,
    y: Coordinate,
    z: Coordinate,
    layer_id: Edited.layer_id,
    removed: Type.Integer({ minimum: 0, maximum: 1, description: '0 when there was no voxel.' }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'by position',
      given: [ONE_VOXEL],
      params: [4, 5, 6],
      result: { success: true, x: 4, y: 5, z: 6, layer_id: 1, removed: 1 },
    },
    {
      name: 'where there is none',
      params: [4, 5, 6],
      result: { success: true, x: 4, y: 5, z: 6, layer_id: 1, removed: 0 },
    },
  ],
});

export const addVoxels = method({
  name: 'goxel.add_voxels',
  aliases: [
    'add_voxels',
    'goxel.add_voxel_batch',
    'goxel.batch_add_voxels',
    'batch_add_voxels',
    'add_voxels_batch',
    'voxel.add_batch',
  ],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds many voxels.',
  summary: 'Puts many voxels; a later one wins over an earlier one at the same position.',
  description:
    'Each has a position and a colour as in add_voxel; without `voxels` it is one, of the ' +
    'parameters themselves. When one is wrong or memory ends, none is added, so `failed` is 0. ' +
    '`added` counts the positions that hold one of these voxels now, `changed` those that held ' +
    'another one or none.',
  params: projectParams({
    voxels: Type.Optional(Type.Array(Voxel, MANY)),
    ...Where,
    ...Tint,
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['voxels', 'layer_id'],
  spellings: COLOR_SPELLINGS,
  ignored: BRUSH,
  result: Type.Object({ success: Success, added: Count, failed: Count, ...Edited }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'in both vocabularies',
      params: {
        voxels: [
          { x: 0, y: 0, z: 0, r: 255, g: 0, b: 0 },
          { position: { x: 1, y: 0, z: 0 }, color: '#00FF0080' },
        ],
      },
      result: { success: true, added: 2, failed: 0, changed: 2, layer_id: 1 },
    },
    {
      name: 'one, as the proxy of v14.6 sends it',
      params: { position: { x: 1, y: 0, z: 0 }, color: { r: 255, g: 0, b: 0, a: 255 } },
      result: { success: true, added: 1, failed: 0, changed: 1, layer_id: 1 },
    },
  ],
});

export const removeVoxels = method({
  name: 'goxel.remove_voxels',
  aliases: ['remove_voxels'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Removes many voxels.',
  summary: 'Removes the voxels at many positions; `removed` counts those that were there.',
  params: projectParams({
    positions: Type.Array(Spot, MANY),
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['positions', 'layer_id'],
  spellings: { voxels: 'positions' },
  result: Type.Object({ success: Success, removed: Count, layer_id: Edited.layer_id }),
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'one that is there, one that is not',
      given: [ONE_VOXEL],
      params: { positions: [[4, 5, 6], { x: 9, y: 9, z: 9 }] },
      result: { success: true, removed: 1, layer_id: 1 },
    },
  ],
});

const Operation = Type.Object(
  {
    type: Type.Enum([
      'add_voxel',
      'add',
      'remove_voxel',
      'remove',
      'paint_voxel',
      'paint_voxels',
      'paint',
    ]),
    ...Where,
    color: Type.Optional(Color),
    ...FlatColor,
    layer_id: Type.Optional(LayerId),
  },
  { 'x-spellings': COLOR_SPELLINGS },
);

export const batchOperations = method({
  name: 'goxel.batch_operations',
  aliases: ['batch_operations', 'goxel.batch_voxel_operations', 'batch_voxel_operations'],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Edits many voxels.',
  summary: 'Adds, removes and paints voxels in one request, in order.',
  description:
    'When one operation is wrong or memory ends, none is done. Painting where no voxel is ' +
    'changes nothing, and is what `failed_operations` counts.',
  params: projectParams({
    operations: Type.Array(Operation, MANY),
    layer_id: Type.Optional(LayerId),
  }),
  positional: ['operations', 'layer_id'],
  result: Type.Object({
    success: Type.Boolean({ description: 'Whether no operation failed.' }),
    total_operations: Count,
    successful_operations: Count,
    failed_operations: Count,
    changed: Edited.changed,
    layer_ids: Type.Array(Edited.layer_id),
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'add, paint, remove',
      params: {
        operations: [
          { type: 'add_voxel', x: 0, y: 0, z: 0, r: 255, g: 0, b: 0 },
          { type: 'paint', position: [0, 0, 0], color: '#0000FF' },
          { type: 'remove', x: 0, y: 0, z: 0 },
        ],
      },
      result: {
        success: true,
        total_operations: 3,
        successful_operations: 3,
        failed_operations: 0,
        changed: 0,
        layer_ids: [1],
      },
    },
  ],
});

export const VOXEL_METHODS = [
  addVoxel,
  removeVoxel,
  addVoxels,
  removeVoxels,
  batchOperations,
] as const;
