/** Methods by which a client says who it is. */

import { LEVELS, type Level } from '../../conf/levels.ts';
import { Type } from '../../conf/type.ts';
import { Success } from './schemas.ts';
import { method, type Result } from './spec.ts';

export const authenticate = method({
  name: 'system.authenticate',
  aliases: ['authenticate', 'goxel.authenticate', 'daemon.authenticate'],
  scope: 'daemon',
  level: 'read',
  edits: false,
  brief: 'Shows a token.',
  summary: 'Shows a token of security.token_file, and tells what the connection may do.',
  description:
    'Where the daemon asks for a token, which it does over TCP as a rule, this must be the first' +
    ' request of a connection; what is sent behind it need not wait for its answer. Elsewhere,' +
    ' and a second time, it changes nothing. Each method needs a level: read, standard or admin.',
  params: Type.Object({ token: Type.String({ title: 'a string, the token' }) }),
  positional: ['token'],
  result: Type.Object({
    success: Success,
    level: Type.Enum([...LEVELS]),
    name: Type.String({
      description: 'What the file calls the token; empty where it has no name, or none was asked.',
    }),
  }),
  errors: ['GOX_UNAUTHENTICATED', 'GOX_TOKEN_REFUSED'],
  examples: [
    { name: 'on a connection that needs none', params: { token: 'a-token-of-16-or-more' } },
  ],
});

/** Its result. @param token the name of the token */
export function admission(of: { level: Level; token: string }): Result<typeof authenticate> {
  return { success: true, level: of.level, name: of.token };
}

export const ACCESS_METHODS = [authenticate];
