/** What is read in, or put into, the answers to requests that open and close projects. */

import type { Encoding } from '../../transport/jsonrpc.ts';
import { decoded, encoded } from '../../transport/values.ts';

/** What a project is called by the result of the request that opened it. */
export function titleIn(body: Uint8Array, encoding: Encoding): string {
  const result = body.length === 0 ? undefined : decoded(body, encoding);
  if (typeof result !== 'object' || result === null) return '';
  if ('name' in result && typeof result.name === 'string') return result.name;
  return 'path' in result && typeof result.path === 'string' ? result.path : '';
}

/** The result of a request that closed a project of another name than it was asked for by. */
export function withName(body: Uint8Array, encoding: Encoding, project: string): Uint8Array {
  const result = body.length === 0 ? undefined : decoded(body, encoding);
  if (typeof result !== 'object' || result === null) return body;
  return encoded({ ...result, project }, encoding);
}

/** The result of closing a project that no engine has. */
export function closedRemains(project: string, title: string, encoding: Encoding): Uint8Array {
  const closed = { name: title, voxel_count: 0, unsaved: false };
  return encoded({ success: true, project, closed }, encoding);
}
