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
  summary: 'Lists the file formats, and whether they can be read and written.',
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
      }),
    ),
  }),
  errors: [],
  examples: [{ name: 'all', params: {} }],
});
