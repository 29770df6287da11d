/** Methods that read voxels. */

import { Type } from '../../conf/type.ts';
import { RegionCorners } from './geometry.ts';
import {
  Bounds,
  Color,
  Count,
  FoundVoxel,
  LayerView,
  ProbedVoxel,
  projectParams,
  Spot,
  Triple,
  VOXELS_PER_CALL_MAX,
  Where,
} from './schemas.ts';
import { method } from './spec.ts';

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };
const ANOTHER_VOXEL = { method: 'goxel.add_voxel', params: [7, 5, 6, 12, 200, 90] };

export const getVoxel = method({
  name: 'goxel.get_voxel',
  aliases: ['get_voxel', 'voxel.get', 'goxel.get_voxel_info', 'get_voxel_info'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Reads a voxel.',
  summary: 'Tells whether a voxel is at a position, and its colour.',
  params: projectParams({ ...Where, layer_id: Type.Optional(LayerView) }),
  positional: ['x', 'y', 'z', 'layer_id'],
  result: ProbedVoxel,
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'where one is',
      given: [ONE_VOXEL],
      params: { x: 4, y: 5, z: 6 },
      result: { x: 4, y: 5, z: 6, exists: true, color: [51, 102, 204, 255] },
    },
    {
      name: 'where none is',
      params: [4, 5, 6],
      result: { x: 4, y: 5, z: 6, exists: false, color: [0, 0, 0, 0] },
    },
  ],
});

export const getVoxels = method({
  name: 'goxel.get_voxels',
  aliases: ['get_voxels'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Reads many voxels.',
  summary: 'As get_voxel for many positions; answered in their order.',
  params: projectParams({
    positions: Type.Array(Spot, { maxItems: VOXELS_PER_CALL_MAX }),
    layer_id: Type.Optional(LayerView),
  }),
  positional: ['positions', 'layer_id'],
  spellings: { voxels: 'positions' },
  result: Type.Object({ voxels: Type.Array(ProbedVoxel), count: Count }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'two positions',
      given: [ONE_VOXEL],
      params: { positions: [[4, 5, 6], { x: 0, y: 0, z: 0 }] },
      result: {
        voxels: [
          { x: 4, y: 5, z: 6, exists: true, color: [51, 102, 204, 255] },
          { x: 0, y: 0, z: 0, exists: false, color: [0, 0, 0, 0] },
        ],
        count: 2,
      },
    },
  ],
});

/** What both paged reads take. */
const Paging = {
  layer_id: Type.Optional(LayerView),
  color_filter: Type.Optional(Color),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  limit: Type.Optional(
    Type.Integer({
      maximum: VOXELS_PER_CALL_MAX,
      default: 10_000,
      description: `The most voxels in the result; 0 or less means ${VOXELS_PER_CALL_MAX}.`,
    }),
  ),
};

const Page = Type.Object({
  voxels: Type.Array(FoundVoxel),
  count: Count,
  truncated: Type.Boolean({ description: 'Whether there are more after this page.' }),
  bbox: Type.Optional(
    Type.Object(
      { min: Triple, max: Triple },
      { description: 'Around the voxels of this page, both ends inclusive; left out without any.' },
    ),
  ),
});

const ORDER = 'The order is by block of 16³ (z, then y, then x), and so within a block.';

export const getVoxelsRegion = method({
  name: 'goxel.get_voxels_region',
  aliases: ['get_voxels_region'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Lists voxels of a region.',
  summary: 'Lists the voxels between two corners, both inclusive, page by page.',
  description:
    'Both corners belong to the region, in whichever order they come: {"min": [4, 5, 6], "max":' +
    ` [4, 5, 6]} is one position. ${ORDER}`,
  params: projectParams({ ...RegionCorners, ...Paging }),
  positional: ['min', 'max', 'layer_id', 'color_filter', 'offset', 'limit'],
  result: Page,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'the first of two',
      given: [ONE_VOXEL, ANOTHER_VOXEL],
      params: { min: [0, 0, 0], max: [9, 9, 9], limit: 1 },
      result: {
        voxels: [{ x: 4, y: 5, z: 6, color: [51, 102, 204, 255] }],
        count: 1,
        truncated: true,
        bbox: { min: [4, 5, 6], max: [4, 5, 6] },
      },
    },
    {
      name: 'the one at both corners',
      given: [ONE_VOXEL, ANOTHER_VOXEL],
      params: { min: [4, 5, 6], max: [4, 5, 6] },
      result: {
        voxels: [{ x: 4, y: 5, z: 6, color: [51, 102, 204, 255] }],
        count: 1,
        truncated: false,
        bbox: { min: [4, 5, 6], max: [4, 5, 6] },
      },
    },
  ],
});

export const getLayerVoxels = method({
  name: 'goxel.get_layer_voxels',
  aliases: ['get_layer_voxels'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Lists voxels of a layer.',
  summary: 'Lists the voxels of a layer, page by page.',
  description: ORDER,
  params: projectParams(Paging),
  positional: ['layer_id', 'color_filter', 'offset', 'limit'],
  result: Page,
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'of one colour',
      given: [ONE_VOXEL, ANOTHER_VOXEL],
      params: { color_filter: [12, 200, 90] },
      result: {
        voxels: [{ x: 7, y: 5, z: 6, color: [12, 200, 90, 255] }],
        count: 1,
        truncated: false,
        bbox: { min: [7, 5, 6], max: [7, 5, 6] },
      },
    },
    {
      name: 'of nothing',
      params: {},
      result: { voxels: [], count: 0, truncated: false },
    },
  ],
});

export const getBoundingBox = method({
  name: 'goxel.get_bounding_box',
  aliases: ['get_bounding_box'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Gives the smallest box.',
  summary: 'Gives the smallest box around the voxels.',
  description:
    '`max` is exclusive, as of every box: give min and max to what takes a `box`, min and `last`' +
    ' to what takes a region, such as fill_region. `dimensions` is max - min. Without any voxel,' +
    ' `empty` is true, the numbers are 0 and there is no `last`. `exact: false` rounds the box' +
    ' outwards to multiples of 16.',
  params: projectParams({
    layer_id: Type.Optional(LayerView),
    exact: Type.Optional(Type.Boolean({ default: true })),
  }),
  positional: ['layer_id', 'exact'],
  result: Bounds,
  errors: ['GOX_LAYER_NOT_FOUND'],
  examples: [
    {
      name: 'of one voxel',
      given: [ONE_VOXEL],
      params: {},
      result: {
        ...{ empty: false, min: [4, 5, 6], max: [5, 6, 7], dimensions: [1, 1, 1] },
        last: [4, 5, 6],
      },
    },
    {
      name: 'of nothing',
      params: {},
      result: { empty: true, min: [0, 0, 0], max: [0, 0, 0], dimensions: [0, 0, 0] },
    },
  ],
});

export const QUERY_METHODS = [
  getVoxel,
  getVoxels,
  getVoxelsRegion,
  getLayerVoxels,
  getBoundingBox,
] as const;
