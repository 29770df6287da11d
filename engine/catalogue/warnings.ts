/** What results tell of a file beside what was asked for. */

import { Type } from '../../conf/type.ts';

export const Warnings = Type.Optional(
  Type.Array(
    Type.Object({
      code: Type.String({ description: 'As conf/WARNINGS.md lists them.' }),
      message: Type.String({ description: 'What was lost, changed or passed over.' }),
      count: Type.Integer({ minimum: 1, description: 'How often.' }),
      where: Type.Optional(
        Type.Unknown({
          description: 'Where first, as far as it is known: file, line, byte, chunk, object.',
        }),
      ),
    }),
    {
      'x-name': 'Warnings',
      description: 'What the file lost or changed on its way; left out when nothing.',
    },
  ),
);
