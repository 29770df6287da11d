/** The parameters of a request, as they came. */

import { GoxError } from '../conf/errors.ts';
import { messagePack } from './encode.ts';
import type { BatchReader, EngineRequest } from './port/engine-side.ts';

/** The parameters as a value; nothing for no bytes. Throws GOX_PARSE. */
export function parse(reader: BatchReader, request: EngineRequest): unknown {
  if (request.start === request.end) return undefined;
  try {
    if (request.msgpack) return messagePack.unpack(reader.bytes(request));
    return JSON.parse(reader.text(request));
  } catch (error) {
    if (error instanceof GoxError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new GoxError('GOX_PARSE', `The parameters cannot be read: ${why}`, undefined, error);
  }
}
