/** What is read in, or put into, the answers to requests that open and close projects. */

import { getDurability } from '../../engine/catalogue/durability.ts';
import { decodeParams } from '../../engine/catalogue/params.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { Encoding, PendingReply, ReplyMeta } from '../../transport/jsonrpc.ts';
import { decoded, encoded } from '../../transport/values.ts';
import type { Call } from './call.ts';

/** A request that its engine has answered with a result. */
interface AnsweredCall extends Pick<Call, 'durability' | 'project'> {
  readonly spec: MethodSpec;
  readonly reply: PendingReply;
}

/** What a project is called by the result of the request that opened it. */
export function titleIn(body: Uint8Array, encoding: Encoding): string {
  const result = body.length === 0 ? undefined : decoded(body, encoding);
  if (typeof result !== 'object' || result === null) return '';
  if ('name' in result && typeof result.name === 'string') return result.name;
  return 'path' in result && typeof result.path === 'string' ? result.path : '';
}

/** The result of a request, with what only this side knows of it. */
export function resultOf(call: AnsweredCall, body: Uint8Array, asked_by: string): Uint8Array {
  const { spec, project, reply } = call;
  const { encoding } = reply;
  if (spec === getDurability) return withMembers(body, encoding, project.log.durability);
  // By another name than it was asked for by.
  const renamed = spec.project === 'closes' && project.name !== asked_by;
  return renamed ? withMembers(body, encoding, { project: project.name }) : body;
}

/** What is said beside the result, if the request asked for that. */
export function metaOf({ durability, project, reply }: AnsweredCall): Uint8Array | undefined {
  if (durability === undefined) return undefined;
  const { sequence, repeated } = durability;
  const meta: ReplyMeta = { sequence, epoch: project.log.epoch };
  return encoded(repeated ? { ...meta, repeated } : meta, reply.encoding);
}

function withMembers(body: Uint8Array, encoding: Encoding, members: object): Uint8Array {
  const result = body.length === 0 ? undefined : decoded(body, encoding);
  if (typeof result !== 'object' || result === null) return body;
  return encoded({ ...result, ...members }, encoding);
}

/**
 * The result of closing a project that no engine has.
 *
 * @throws GoxError GOX_INVALID_PARAMS, as an engine does
 */
export function closedRemains(
  project: string,
  title: string,
  { spec, params, reply }: Pick<AnsweredCall, 'spec' | 'reply'> & Pick<Call, 'params'>,
): Uint8Array {
  const { encoding } = reply;
  decodeParams(spec, decoded(params, encoding));
  const closed = { name: title, voxel_count: 0, unsaved: false };
  return encoded({ success: true, project, closed }, encoding);
}
