/** Methods of image layers: pictures in the scene to look at, and voxels made of them. */

import { Type } from '../../conf/type.ts';
import { Point, PositiveLength } from './geometry.ts';
import { Changed } from './layer-edits.ts';
import { WHICH_SPELLINGS, Which } from './layers.ts';
import { described, LayerName, Path, projectParams } from './schemas.ts';
import { method } from './spec.ts';

const scope = 'project';

const FILE_ERRORS = [
  ...(['GOX_PATH_REFUSED', 'GOX_FILE', 'GOX_FORMAT_UNKNOWN', 'GOX_FORMAT_BROKEN'] as const),
  'GOX_MEMORY_LIMIT',
] as const;

/** A picture that an example can use: of an empty scene, so it is all background. */
const PICTURE = {
  method: 'goxel.render_scene',
  params: { output_path: 'plan.png', width: 8, height: 4 },
};

export const createImageLayer = method({
  name: 'goxel.create_image_layer',
  aliases: ['create_image_layer', 'layer.create_image'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'change',
  barrier: true,
  brief: 'Adds a picture layer.',
  summary: 'Adds a layer that stands for a picture in space, to be looked at or made voxels of.',
  description:
    'The layer has no voxels and holds the path of the picture, as a .gox file does; Goxel shows' +
    ' the picture, pictures rendered here do not. image_layer_to_volume makes voxels of it.' +
    ' goxel.update_layer {matrix} puts it elsewhere: the matrix takes the square from -0.5 to' +
    ' 0.5 in x and y to where the picture lies.',
  params: projectParams({
    path: described(Path, 'A .png or .jpg file below one of the roots (files.roots).'),
    name: Type.Optional(LayerName),
    plane: Type.Optional(
      Type.Enum(['lying', 'upright'], {
        default: 'lying',
        description: 'lying is seen as it is from the top, upright from the front.',
      }),
    ),
    center: Type.Optional(
      described(
        Point,
        'The middle of the picture. Without it: around the origin, on whole voxels; upright it' +
          ' stands on z 0.',
      ),
    ),
    width: Type.Optional(
      described(
        PositiveLength,
        'In voxels. Without height as well: a voxel for each pixel; with one of them, the other' +
          ' follows.',
      ),
    ),
    height: Type.Optional(described(PositiveLength, 'In voxels; see width.')),
  }),
  positional: ['path'],
  spellings: { image_path: 'path', file: 'path', file_path: 'path' },
  result: Changed,
  errors: [...FILE_ERRORS, 'GOX_LAYER_LIMIT'],
  examples: [{ name: 'twice as large', given: [PICTURE], params: { path: 'plan.png', width: 16 } }],
});

export const imageLayerToVolume = method({
  name: 'goxel.image_layer_to_volume',
  aliases: ['image_layer_to_volume', 'image_to_volume', 'layer.image_to_volume'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'change',
  barrier: true,
  brief: 'Makes a picture voxels.',
  summary: 'Makes an image layer a plain one that has the pixels of its picture as voxels.',
  description:
    'They are a sheet one voxel thick where the layer shows the picture, of whatever size and' +
    ' turned in any way, each with the colour and alpha of the pixel there; clear pixels make' +
    ' none. The active layer without a choice.',
  params: projectParams(Which),
  positional: ['layer_id'],
  spellings: { ...WHICH_SPELLINGS, name: 'layer_name' },
  result: Changed,
  errors: ['GOX_LAYER_NOT_FOUND', ...FILE_ERRORS],
  examples: [
    {
      name: 'one that was just made',
      given: [PICTURE, { method: 'goxel.create_image_layer', params: { path: 'plan.png' } }],
      params: {},
    },
  ],
});

export const IMAGE_LAYER_METHODS = [createImageLayer, imageLayerToVolume] as const;
