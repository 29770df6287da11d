/**
 * Calls of tools, as the MCP of the v14 daemon had them on the same socket: `{"tool": name,
 * "arguments": {…}}`, without an id. At this edge they become requests for methods, and their
 * replies `{"success": true, "content": …}`, or `{"success": false, "error_code": …,
 * "error_message": …, "error_data": …}`; nobody behind it knows of tools.
 */

import { ERRORS } from '../conf/error-catalogue.ts';
import { GoxError } from '../conf/errors.ts';
import { ascii, textOf } from './bytes.ts';
import type { Headed, Invalid, Reply } from './jsonrpc.ts';
import { invalid } from './refusals.ts';

/** The codes of that MCP that there is a reason for here. */
const INVALID_TOOL = -1001;
const INVALID_PARAMS = -1002;
const INTERNAL = -1003;

const CODES = new Map<number, number>([
  [ERRORS.GOX_METHOD_NOT_FOUND.number, INVALID_TOOL],
  [ERRORS.GOX_PARSE.number, INVALID_PARAMS],
  [ERRORS.GOX_INVALID_REQUEST.number, INVALID_PARAMS],
  [ERRORS.GOX_INVALID_PARAMS.number, INVALID_PARAMS],
]);

const SUCCESS = ascii('{"success":true,"content":');

/** A call that is answered with an error at once. */
export function invalidCall(error: GoxError): Invalid {
  return { ...invalid('json', error), form: 'tool' };
}

/** What `arguments` must be, where they are something else. */
export function argumentsError(): GoxError {
  return new GoxError('GOX_INVALID_PARAMS', '"arguments" must be an object.');
}

/** The reply to a call, from that to the request it became. */
export function toolReply({ failed, body, meta }: Reply): Headed {
  if (failed) return toolFailure(body);
  if (meta === undefined) return { encoding: 'json', head: SUCCESS, body };
  const head = Buffer.from(`{"success":true,"_meta":${textOf(meta)},"content":`);
  return { encoding: 'json', head, body };
}

function toolFailure(body: Uint8Array): Headed {
  const { code, message, data } = JSON.parse(textOf(body)) as ReturnType<GoxError['toObject']>;
  const error_code = CODES.get(code) ?? INTERNAL;
  const start = JSON.stringify({ success: false, error_code, error_message: message });
  const head = Buffer.from(`${start.slice(0, -1)},"error_data":`);
  return { encoding: 'json', head, body: Buffer.from(JSON.stringify(data)) };
}
