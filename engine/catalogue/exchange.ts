/** Methods that bring models of other formats in and out, by files or in requests and results. */

import { Type } from '../../conf/type.ts';
import { Options } from './options.ts';
import {
  PATH_SPELLINGS,
  READING_ERRORS,
  READING_SPELLINGS,
  ReadingFields,
  Sizing,
} from './reading.ts';
import { FormatName, Path, projectParams, RealPath, Success, Written } from './schemas.ts';
import { method } from './spec.ts';
import { Warnings } from './warnings.ts';
import { WritingFields } from './writing.ts';

const ONE_VOXEL = { method: 'goxel.add_voxel', params: [4, 5, 6, '#3366CC'] };

export const importFile = method({
  name: 'goxel.import_file',
  aliases: [
    'import_file',
    'goxel.import_model',
    'import_model',
    'import.model',
    'goxel.import_mesh',
    'import_mesh',
  ],
  scope: 'project',
  level: 'standard',
  edits: true,
  replay: 'change',
  barrier: true,
  brief: 'Adds layers from a file.',
  summary: 'Adds the layers of a file on top of those there are; the first becomes the active one.',
  description:
    'The layers get new ids. Names that are taken get a number: "walls 2". Materials come along;' +
    ' cameras, light and image box stay as they are. Files are read as by load_project. With' +
    ' `data` in the place of `path` the file is in the request; it stands alone, and is of the' +
    ' `format` that is told, or obj text.',
  params: projectParams({
    path: Type.Optional(Path),
    data: Type.Optional(
      Type.Unknown({
        title: 'bytes, or a base64 text, or the text of a file',
        description:
          'The bytes of a file: binary in MessagePack, Base64 in JSON; a text that is no Base64' +
          ' is the file itself. At most limits.file_bytes_max.',
      }),
    ),
    options: Options,
    ...ReadingFields,
  }),
  positional: ['path', 'format'],
  spellings: READING_SPELLINGS,
  result: Type.Object({
    success: Success,
    path: Type.Optional(RealPath),
    layer_ids: Type.Array(Type.Integer({ minimum: 1 })),
    voxel_count: Type.Integer({ minimum: 0, description: 'Of the new layers together.' }),
    sizing: Sizing,
    warnings: Warnings,
  }),
  errors: [...READING_ERRORS, 'GOX_LAYER_LIMIT'],
  examples: [
    {
      name: 'what was saved before, beside itself',
      given: [ONE_VOXEL, { method: 'goxel.save_project', params: ['tower.gox'] }],
      params: { path: 'tower.gox' },
    },
    {
      name: 'a text in the request',
      params: { data: '0 0 0 ff0000\n0 0 1 00ff00\n', format: 'txt' },
      result: { success: true, layer_ids: [2], voxel_count: 2 },
    },
  ],
});

export const exportModel = method({
  name: 'goxel.export_model',
  aliases: [
    'export_model',
    'goxel.export_file',
    'export_file',
    'goxel.export',
    'export',
    'goxel.export_to_file',
    'export_project',
    'goxel.export_project',
    'export_mesh',
    'goxel.export_mesh',
    'export.model',
    'export.obj',
    'export.ply',
    'export.vox',
  ],
  scope: 'project',
  level: 'standard',
  edits: false,
  barrier: true,
  brief: 'Writes another format.',
  summary: 'Writes the model to a file of another format, or into the result.',
  description:
    'As save_project, but the project goes on being saved where it was. Without a path, `format`' +
    ' is needed, and the result has the file as `data`; each format is one file, with all of its' +
    ' buffers and textures inside. More than limits.result_bytes_max are refused.' +
    ' `includeTextures` and `includeNormals` of the v14 TypeScript client are taken in `options`.',
  params: projectParams({
    path: Type.Optional(Path),
    format: Type.Optional(FormatName),
    options: Options,
    ...WritingFields,
  }),
  positional: ['path', 'format'],
  spellings: { ...PATH_SPELLINGS, output_path: 'path' },
  result: Type.Object({
    success: Success,
    ...Written,
    path: Type.Optional(RealPath),
    data: Type.Optional(
      Type.Unknown({ description: 'Without a path: Base64 in JSON, binary in MessagePack.' }),
    ),
    warnings: Warnings,
  }),
  errors: [
    ...(['GOX_PATH_REFUSED', 'GOX_FILE', 'GOX_FORMAT_UNKNOWN', 'GOX_FORMAT_LIMIT'] as const),
    ...(['GOX_RESULT_TOO_LARGE', 'GOX_STRICT', 'GOX_LAYER_NOT_FOUND'] as const),
    ...(['GOX_FORMAT_BROKEN', 'GOX_MEMORY_LIMIT'] as const),
  ],
  examples: [
    { name: 'as a Wavefront mesh', given: [ONE_VOXEL], params: { path: 'tower.obj' } },
    {
      name: 'into the result',
      given: [ONE_VOXEL],
      params: { format: 'txt' },
    },
  ],
});
