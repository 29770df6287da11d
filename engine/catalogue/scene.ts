/** Methods about the image box, the materials, the cameras, the light and the palette. */

import { Type } from '../../conf/type.ts';
import { Angle, BoxParam, BoxView, Index, MatrixOf16, PositiveLength, Share } from './geometry.ts';
import {
  Color,
  ColorText,
  Count,
  LayerName,
  Path,
  projectParams,
  RealPath,
  Rgba,
  Success,
  Written,
} from './schemas.ts';
import { method } from './spec.ts';
import { Warnings } from './warnings.ts';

/**
 * Linear light, as Goxel's materials have it. Numbers are always parts of 1, so that what
 * get_scene gives can be sent back.
 */
const LinearColor = Type.Union([ColorText, Type.Array(Share, { minItems: 3, maxItems: 4 })], {
  title: 'a colour text, or an array of 3 or 4 numbers from 0 to 1',
  description:
    'Red, green, blue and opacity, linear, always as parts of 1 ([1, 0, 0] is red); or a colour' +
    ' as text, such as "#FF0000", which is made linear.',
});

/** What a picture by the path tracer can do with. */
const EMISSION_MAX = 1000;
const Emitted = Type.Number({ minimum: 0, maximum: EMISSION_MAX });

const Emission = Type.Union([ColorText, Type.Array(Emitted, { minItems: 3, maxItems: 3 })], {
  title: `a colour text, or an array of 3 numbers from 0 to ${EMISSION_MAX}`,
  description:
    'Red, green and blue light given off, linear, where 1 is white and a small lamp needs more;' +
    ' or a colour as text, which is made linear.',
});

const MaterialFields = {
  color: Type.Optional(LinearColor),
  metallic: Type.Optional(Share),
  roughness: Type.Optional(Share),
  emission: Type.Optional(Emission),
};

const MaterialView = Type.Object({
  name: Type.String(),
  color: Type.Array(Type.Number()),
  metallic: Type.Number(),
  roughness: Type.Number(),
  emission: Type.Array(Type.Number()),
});

const CameraFields = {
  matrix: Type.Optional(MatrixOf16),
  distance: Type.Optional(PositiveLength),
  orthographic: Type.Optional(Type.Boolean()),
  active: Type.Optional(Type.Boolean({ description: 'Whether it becomes the active one.' })),
};

const CameraView = Type.Object({
  name: Type.String(),
  matrix: Type.Array(Type.Number(), {
    description: 'Camera to world; it looks down its own -Z axis, +Y is up.',
  }),
  distance: Type.Number({ description: 'From the point it turns about, in voxels.' }),
  orthographic: Type.Boolean(),
  active: Type.Boolean(),
});

const LightFields = {
  pitch: Type.Optional(Angle),
  yaw: Type.Optional(Angle),
  intensity: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
  fixed: Type.Optional(Type.Boolean({ description: 'Whether it moves with the camera.' })),
  ambient: Type.Optional(Share),
  shadow: Type.Optional(Share),
};

const LightView = Type.Object({
  pitch: Type.Number({ description: 'Degrees.' }),
  yaw: Type.Number({ description: 'Degrees.' }),
  intensity: Type.Number(),
  fixed: Type.Boolean(),
  ambient: Type.Number(),
  shadow: Type.Number(),
});

const PaletteView = Type.Object({
  name: Type.String(),
  colors: Type.Array(Rgba),
  names: Type.Array(Type.String()),
});

const scope = 'project';

export const getScene = method({
  name: 'goxel.get_scene',
  aliases: ['get_scene', 'camera.get'],
  scope,
  level: 'read',
  edits: false,
  brief: 'Describes the scene.',
  summary: 'Tells the image box, the materials, the cameras, the light and the palette.',
  params: projectParams({}),
  positional: [],
  result: Type.Object({
    box: Type.Union([BoxView, Type.Null()]),
    materials: Type.Array(MaterialView),
    cameras: Type.Array(CameraView),
    light: LightView,
    palette: PaletteView,
  }),
  errors: [],
  examples: [{ name: 'of a fresh daemon', params: {} }],
});

export const setImageBox = method({
  name: 'goxel.set_image_box',
  aliases: ['set_image_box'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Sets the image box.',
  summary: 'Sets the image box, or fits it to what the layers hold.',
  description: 'Voxels outside of it stay; shape layers end at it.',
  params: projectParams({
    box: Type.Optional(BoxParam),
    fit: Type.Optional(Type.Boolean({ description: 'Fit the box to the layers instead.' })),
  }),
  positional: [],
  result: Type.Object({ success: Success, box: BoxView }),
  errors: ['GOX_MEMORY_LIMIT'],
  examples: [
    {
      name: 'eight voxels a side',
      params: { box: { min: [0, 0, 0], max: [8, 8, 8] } },
      result: {
        success: true,
        box: {
          min: [0, 0, 0],
          max: [8, 8, 8],
          matrix: [4, 0, 0, 0, 0, 4, 0, 0, 0, 0, 4, 0, 4, 4, 4, 1],
          last: [7, 7, 7],
        },
      },
    },
  ],
});

export const addMaterial = method({
  name: 'goxel.add_material',
  aliases: ['add_material', 'material.add'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds a material.',
  summary: 'Adds a material; layers are given one by update_layer.',
  params: projectParams({ name: Type.Optional(LayerName), ...MaterialFields }),
  positional: ['name'],
  result: Type.Object({ success: Success, index: Index, material: MaterialView }),
  errors: ['GOX_LAYER_LIMIT'],
  examples: [
    {
      name: 'glass',
      params: { name: 'glass', color: [1, 1, 1, 0.5], roughness: 0 },
    },
  ],
});

export const updateMaterial = method({
  name: 'goxel.update_material',
  aliases: ['update_material', 'material.update'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Changes a material.',
  summary: 'Changes what is given of a material.',
  params: projectParams({ index: Index, name: Type.Optional(LayerName), ...MaterialFields }),
  positional: ['index'],
  result: Type.Object({ success: Success, material: MaterialView }),
  errors: [],
  examples: [{ name: 'make it dull', params: { index: 0, roughness: 1 } }],
});

export const removeMaterial = method({
  name: 'goxel.remove_material',
  aliases: ['remove_material', 'material.remove'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Removes a material.',
  summary: 'Removes a material; layers that had it have none.',
  params: projectParams({ index: Index }),
  positional: ['index'],
  result: Type.Object({ success: Success, count: Count }),
  errors: [],
  examples: [{ name: 'the first', params: { index: 0 }, result: { success: true, count: 0 } }],
});

export const addCamera = method({
  name: 'goxel.add_camera',
  aliases: ['add_camera', 'camera.add'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Adds a camera.',
  summary: 'Adds a camera that sees the image box, or what its matrix says.',
  description: 'The first one is active; others become so when asked.',
  params: projectParams({ name: Type.Optional(LayerName), ...CameraFields }),
  positional: ['name'],
  result: Type.Object({ success: Success, index: Index, camera: CameraView }),
  errors: ['GOX_LAYER_LIMIT'],
  examples: [{ name: 'fitted', params: { name: 'front door' } }],
});

export const updateCamera = method({
  name: 'goxel.update_camera',
  aliases: ['update_camera', 'camera.set', 'camera.update'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Changes a camera.',
  summary: 'Changes what is given of a camera; without an index, of the active one.',
  params: projectParams({
    index: Type.Optional(Index),
    name: Type.Optional(LayerName),
    ...CameraFields,
  }),
  positional: ['index'],
  result: Type.Object({ success: Success, camera: CameraView }),
  errors: [],
  examples: [{ name: 'no perspective', params: { orthographic: true } }],
});

export const removeCamera = method({
  name: 'goxel.remove_camera',
  aliases: ['remove_camera', 'camera.remove'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Removes a camera.',
  summary: 'Removes a camera; when it was the active one, the next one becomes so.',
  params: projectParams({ index: Index }),
  positional: ['index'],
  result: Type.Object({ success: Success, count: Count }),
  errors: [],
  examples: [{ name: 'the first', params: { index: 0 }, result: { success: true, count: 0 } }],
});

export const updateLight = method({
  name: 'goxel.update_light',
  aliases: ['update_light', 'light.set'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Changes the light.',
  summary: 'Changes what is given of the light.',
  params: projectParams(LightFields),
  positional: [],
  result: Type.Object({ success: Success, light: LightView }),
  errors: [],
  examples: [{ name: 'from above', params: { pitch: 0, shadow: 0.5 } }],
});

export const setPalette = method({
  name: 'goxel.set_palette',
  aliases: ['set_palette', 'palette.set'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'request',
  brief: 'Sets the palette.',
  summary: 'Sets the palette: a built-in one by its name, or a list of colours.',
  params: projectParams({
    name: Type.Optional(LayerName),
    colors: Type.Optional(
      Type.Array(Color, { minItems: 1, maxItems: 4096, title: 'an array of 1 to 4096 colours' }),
    ),
  }),
  positional: ['name'],
  result: Type.Object({ success: Success, palette: PaletteView }),
  errors: [],
  examples: [{ name: 'two colours', params: { name: 'duo', colors: ['#000000', '#FFFFFF'] } }],
});

export const loadPalette = method({
  name: 'goxel.load_palette',
  aliases: ['load_palette', 'palette.load'],
  scope,
  level: 'standard',
  edits: true,
  replay: 'change',
  barrier: true,
  brief: 'Reads a palette file.',
  summary:
    'Reads the palette from a file: .gpl, .ase, .aco, .act, .hex, .pal, .png, .txt, .dat, or an' +
    ' Aseprite picture.',
  params: projectParams({ path: Path }),
  positional: ['path'],
  result: Type.Object({
    ...{ success: Success, palette: PaletteView, path: RealPath },
    warnings: Warnings,
  }),
  errors: ['GOX_PATH_REFUSED', 'GOX_FILE', 'GOX_FORMAT_UNKNOWN', 'GOX_FORMAT_BROKEN'],
  examples: [
    {
      name: 'one that was saved',
      given: [{ method: 'goxel.save_palette', params: { path: 'duo.gpl' } }],
      params: { path: 'duo.gpl' },
    },
  ],
});

export const savePalette = method({
  name: 'goxel.save_palette',
  aliases: ['save_palette', 'palette.save'],
  scope,
  level: 'standard',
  edits: false,
  barrier: true,
  brief: 'Writes a palette file.',
  summary: 'Writes the palette to a GIMP palette file (.gpl).',
  params: projectParams({ path: Path }),
  positional: ['path'],
  result: Type.Object({ success: Success, ...Written }),
  errors: ['GOX_PATH_REFUSED', 'GOX_FILE'],
  examples: [{ name: 'as it is', params: { path: 'duo.gpl' } }],
});

export const SCENE_METHODS = [
  getScene,
  setImageBox,
  addMaterial,
  updateMaterial,
  removeMaterial,
  addCamera,
  updateCamera,
  removeCamera,
  updateLight,
  setPalette,
  loadPalette,
  savePalette,
] as const;
