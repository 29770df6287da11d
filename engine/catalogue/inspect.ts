/** The method that turns the inspector on and off. */

import { Type } from '../../conf/type.ts';
import { method } from './spec.ts';

export const inspect = method({
  name: 'supervisor.inspect',
  aliases: ['daemon.inspect', 'goxel.inspect', 'system.inspect'],
  scope: 'daemon',
  level: 'admin',
  edits: false,
  brief: 'Serves the inspector.',
  summary: 'Serves the inspector, a page that shows every actor live, and gives its URL.',
  description:
    'Asked again it gives the same URL. With another port it moves there. The page is for this' +
    ' machine only; who has the URL may look. Who shows `admin_token` there, or a token of' +
    ' level admin, may send events to actors.',
  params: Type.Object({
    on: Type.Optional(Type.Boolean({ description: 'Without it: true.' })),
    port: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_535,
        description:
          'Of 127.0.0.1; 0 is one that is free. Without it: where it is, or inspector.port.',
      }),
    ),
  }),
  positional: ['on', 'port'],
  result: Type.Object({
    on: Type.Boolean(),
    url: Type.Optional(Type.String({ description: 'With the token of who looks.' })),
    port: Type.Optional(Type.Integer()),
    viewers: Type.Integer({ description: 'How many look now.' }),
    admin_token: Type.Optional(Type.String({ description: 'Of who may send events.' })),
  }),
  errors: ['GOX_INSPECTOR', 'GOX_SHUTTING_DOWN'],
  examples: [{ name: 'off', params: { on: false }, result: { on: false, viewers: 0 } }],
});
