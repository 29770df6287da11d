/** Which file formats there are. */

import { Type } from '../../conf/type.ts';
import { Count, projectParams } from './schemas.ts';
import { method } from './spec.ts';

export const listFormats = method({
  name: 'goxel.list_formats',
  aliases: ['list_formats', 'export.formats', 'import.formats'],
  scope: 'project',
  level: 'read',
  edits: false,
  brief: 'Lists file formats.',
  summary: 'Lists the file formats: what is read and written, what each holds, and its options.',
  params: projectParams({}),
  positional: [],
  result: Type.Object({
    count: Count,
    formats: Type.Array(
      Type.Object({
        name: Type.String(),
        extensions: Type.Array(Type.String({ description: 'Without the dot.' })),
        reads: Type.Boolean(),
        writes: Type.Boolean(),
        keeps: Type.Optional(
          Type.Array(Type.String(), {
            description:
              'Of layers, names, visibility (which are hidden), materials, opacity, place,' +
              ' inside (voxels that are not seen), cameras, and colors or the "nearest colors" of' +
              ' its own, what a file that is written holds. The rest is told by warnings.',
          }),
        ),
        colors_max: Type.Optional(Type.Integer({ description: 'So many different ones.' })),
        reading: Type.Array(Type.String(), { description: 'Parameters of load_project for it.' }),
        writing: Type.Array(Type.String(), { description: 'Parameters of export_model for it.' }),
      }),
    ),
    options: Type.Array(Type.String(), {
      description: 'Parameters of export_model for every format that is no picture.',
    }),
  }),
  errors: [],
  examples: [{ name: 'all', params: {} }],
});
