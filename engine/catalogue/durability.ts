/** What is kept for good, and what became of edits whose replies did not come. */

import { Type } from '../../conf/type.ts';
import { OpId } from './meta.ts';
import { Count, projectParams } from './schemas.ts';
import { method } from './spec.ts';

const OPS_MAX = 1000;

export const getDurability = method({
  name: 'goxel.get_durability',
  aliases: ['get_durability'],
  scope: 'project',
  level: 'read',
  edits: false,
  unscripted: 'what is on the disk is known outside of the engine',
  brief: 'Tells which edits are kept.',
  summary: 'Tells which edits of a project are kept, and what became of those with an op_id.',
  description:
    'Edits have sequences, which grow; what is kept of one is kept of all before it. Who comes' +
    ' back after its connection broke, or after the daemon was started again, learns from' +
    ' `sequence`, or by `op_ids`, which of its edits were done; or it sends them again with the' +
    ' same op_id. It answers when all edits before it are kept, as journal.sync has it.',
  params: projectParams({
    op_ids: Type.Optional(
      Type.Array(OpId, { maxItems: OPS_MAX, description: 'Those of edits to be told of.' }),
    ),
  }),
  positional: ['op_ids'],
  result: Type.Object({
    sequence: Type.Integer({ minimum: 0, description: 'Of the last edit; 0 when there was none.' }),
    kept: Type.Integer({
      minimum: 0,
      description: 'Of the last edit that a power cut would not take; 0 with journal.ephemeral.',
    }),
    epoch: Type.Integer({
      minimum: 0,
      description: 'Of who has the project; another one after each start of the daemon.',
    }),
    sync: Type.Enum(['always', 'interval', 'never'], { description: 'What journal.sync says.' }),
    ephemeral: Type.Boolean({ description: 'Whether the project ends with the daemon.' }),
    read_only: Type.Optional(
      Type.Object(
        { code: Type.String(), message: Type.String() },
        { description: 'The error that edits get now, where its journal takes none.' },
      ),
    ),
    ops: Type.Array(
      Type.Object({
        op_id: Type.String(),
        sequence: Type.Union([Count, Type.Null()], {
          description: 'Of the edit; null when it was not done, or is forgotten by now.',
        }),
      }),
      { description: 'In the order of op_ids.' },
    ),
  }),
  errors: [],
  examples: [{ name: 'of an edit that was never sent', params: { op_ids: ['0193-7f'] } }],
});
