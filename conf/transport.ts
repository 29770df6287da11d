/** What is spoken on the sockets, of the configuration; `schema.ts` is the whole. */

import { section } from './section.ts';
import { Type } from './type.ts';

export const transport = section('How requests are read.', {
  strict: Type.Boolean({
    default: false,
    live: true,
    description:
      'Whether only JSON-RPC 2.0 to the letter is answered. Programs of the original send bare' +
      ' objects, without "jsonrpc" and "id", and {"tool": ...}; transport/README.md has all' +
      ' differences in a table.',
  }),
});
