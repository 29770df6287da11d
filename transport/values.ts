/** Values of requests and results between bytes and JavaScript, for the methods answered here. */

import { isUtf8 } from 'node:buffer';
import { Packr } from 'msgpackr';
import { GoxError } from '../conf/errors.ts';
import type { Encoding, PendingReply } from './jsonrpc.ts';

/** Plain maps and doubles, as in the engines. */
const messagePack = new Packr({ useRecords: false, int64AsType: 'number' });

export function encoded(value: unknown, encoding: Encoding): Uint8Array {
  return encoding === 'msgpack' ? messagePack.pack(value) : Buffer.from(JSON.stringify(value));
}

/** Nothing for no bytes. Throws GOX_PARSE. */
export function decoded(bytes: Uint8Array, encoding: Encoding): unknown {
  if (bytes.length === 0) return undefined;
  try {
    if (encoding === 'msgpack') return messagePack.unpack(bytes);
    if (!isUtf8(bytes)) throw new Error('the parameters are not UTF-8');
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
  } catch (error) {
    throw new GoxError('GOX_PARSE', `Parse error: ${(error as Error).message}`);
  }
}

/** The id of a request as a value. Throws GOX_PARSE. */
export function idValue(reply: PendingReply): unknown {
  reply.idValue ??= decoded(reply.id ?? NOTHING, reply.encoding);
  return reply.idValue;
}

/** The same for a line of the log; a notification has none. */
export function requestId(reply: PendingReply): unknown {
  return reply.id === undefined ? undefined : idValue(reply);
}

const NOTHING = new Uint8Array(0);
