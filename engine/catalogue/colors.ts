/** Methods that count and find colours. */

import { Type } from '../../conf/type.ts';
import { RegionParam } from './geometry.ts';
import {
  COLOR_SPELLINGS,
  Color,
  Coordinate,
  Count,
  LayerView,
  projectParams,
  Rgba,
  VOXELS_PER_CALL_MAX,
} from './schemas.ts';
import { method } from './spec.ts';

const Byte = Type.Integer({ minimum: 0, maximum: 255 });

const Scope = {
  layer_id: Type.Optional(LayerView),
  region: Type.Optional(RegionParam),
};

/** `#RRGGBBAA`, upper case. */
const Hex = Type.String();

const RED = { method: 'goxel.add_voxel', params: [1, 2, 3, '#FF0000'] };
const DARK_RED = { method: 'goxel.add_voxel', params: [2, 2, 3, '#F00000'] };

export const getColorHistogram = method({
  name: 'goxel.get_color_histogram',
  aliases: ['get_color_histogram'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Counts colours.',
  summary: 'Counts the voxels of each colour.',
  description:
    'With a bin_size of 2 or more, red, green and blue become the middle of their bin.' +
    ' Percentages are of the entries given. Without sort_by_count the order is by colour.',
  params: projectParams({
    ...Scope,
    bin_size: Type.Optional(Type.Integer({ minimum: 0, maximum: 256, default: 0 })),
    sort_by_count: Type.Optional(Type.Boolean({ default: true })),
    top_n: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: VOXELS_PER_CALL_MAX,
        default: 0,
        description: '0: all.',
      }),
    ),
  }),
  positional: [],
  result: Type.Object({
    histogram: Type.Array(
      Type.Object({ color: Hex, rgba: Rgba, count: Count, percentage: Type.Number() }),
    ),
    total_voxels: Count,
    unique_colors: Count,
    metadata: Type.Object({ binned: Type.Boolean(), bin_size: Type.Optional(Type.Integer()) }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'of two voxels',
      given: [RED, DARK_RED],
      params: { top_n: 1 },
      result: {
        histogram: [{ color: '#F00000FF', rgba: [240, 0, 0, 255], count: 1, percentage: 100 }],
        total_voxels: 2,
        unique_colors: 2,
        metadata: { binned: false },
      },
    },
  ],
});

export const findVoxelsByColor = method({
  name: 'goxel.find_voxels_by_color',
  aliases: ['find_voxels_by_color'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Finds a colour.',
  summary: 'Finds the voxels of a colour, or near it.',
  description:
    'tolerance is the largest difference of a channel, alpha too: one number for all, or one for' +
    ' each, which is 0 for an alpha that is not given.',
  params: projectParams({
    color: Color,
    tolerance: Type.Optional(
      Type.Union([Byte, Type.Array(Byte, { minItems: 3, maxItems: 4 })], {
        title: 'an integer from 0 to 255, or an array of 3 or 4 of them',
      }),
    ),
    ...Scope,
    max_results: Type.Optional(
      Type.Integer({ minimum: 0, maximum: VOXELS_PER_CALL_MAX, default: 1000 }),
    ),
    include_locations: Type.Optional(Type.Boolean({ default: true })),
  }),
  positional: ['color'],
  spellings: COLOR_SPELLINGS,
  result: Type.Object({
    target_color: Hex,
    match_count: Count,
    truncated: Type.Boolean({ description: 'Whether there are more than max_results.' }),
    locations: Type.Optional(
      Type.Array(Type.Object({ x: Coordinate, y: Coordinate, z: Coordinate, color: Rgba })),
    ),
    metadata: Type.Object({ tolerance: Type.Array(Type.Integer()) }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'one of two reds',
      given: [RED, DARK_RED],
      params: { color: '#FF0000', tolerance: 10 },
      result: {
        target_color: '#FF0000FF',
        match_count: 1,
        truncated: false,
        locations: [{ x: 1, y: 2, z: 3, color: [255, 0, 0, 255] }],
        metadata: { tolerance: [10, 10, 10, 10] },
      },
    },
  ],
});

export const getUniqueColors = method({
  name: 'goxel.get_unique_colors',
  aliases: ['get_unique_colors'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Lists colours.',
  summary: 'Lists the colours there are, by red, green and blue, or by how often they occur.',
  params: projectParams({
    ...Scope,
    merge_similar: Type.Optional(
      Type.Boolean({ default: false, description: 'Round to bins of merge_threshold.' }),
    ),
    merge_threshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 256, default: 10 })),
    sort_by_count: Type.Optional(Type.Boolean({ default: false })),
  }),
  positional: [],
  result: Type.Object({
    colors: Type.Array(Type.Object({ hex: Hex, rgba: Rgba })),
    count: Count,
    metadata: Type.Object({
      layer_id: Type.Integer({ description: 'The layer that was read; -2 for all.' }),
      sorted_by_count: Type.Boolean(),
    }),
  }),
  errors: ['GOX_LAYER_NOT_FOUND', 'GOX_RESULT_TOO_LARGE'],
  examples: [
    {
      name: 'of two voxels',
      given: [RED, DARK_RED],
      params: {},
      result: {
        colors: [
          { hex: '#F00000FF', rgba: [240, 0, 0, 255] },
          { hex: '#FF0000FF', rgba: [255, 0, 0, 255] },
        ],
        count: 2,
        metadata: { layer_id: 1, sorted_by_count: false },
      },
    },
  ],
});

export const COLOR_METHODS = [getColorHistogram, findVoxelsByColor, getUniqueColors] as const;
