/**
 * Exactly once: an edit that came with an `op_id` leaves what it was answered beside its record, so
 * that it gets that again when it is sent again, from whoever has the project then, and nothing is
 * done twice.
 *
 * Whoever sends the same id with another request is told so. Ids are the clients', and any client
 * of the project gets the result of one; but only for the same request, which it could have sent
 * itself.
 */

import { createHash } from 'node:crypto';
import { GoxError } from '../../conf/errors.ts';
import { META } from '../catalogue/meta.ts';
import type { Named } from '../catalogue/params.ts';
import type { MethodSpec } from '../catalogue/spec.ts';
import { messagePack, WithBytes } from '../encode.ts';
import type { KeptOp, OpTag } from '../port/layout.ts';
import type { Project } from '../project/project.ts';
import type { RecordedOp } from './bodies.ts';

/** A larger result is not kept: what an edit answers has some hundred bytes, as a rule. */
const RESULT_BYTES_MAX = 64 * 1024;

const PRINT_BYTES = 16;

/**
 * The `op_id` of an edit, in its parameters as they came; whoever read the envelope has checked
 * `_meta`. Reads are done again, and a project that is closed remembers nothing.
 */
export function opIdIn({ edits, project }: MethodSpec, params: unknown): string | undefined {
  if (!edits || project === 'closes') return undefined;
  const named = (Array.isArray(params) ? params[0] : params) as Named;
  const { op_id, opId } = named[META] as { op_id?: string; opId?: string };
  return op_id ?? opId;
}

/** @param params as the schema has them */
export function opTag(id: string, { name }: MethodSpec, params: Named): OpTag {
  // One that is sent again may come in another encoding, or its members in another order, and may
  // name the project by its title this time.
  const { project: _, ...rest } = params;
  const hash = createHash('sha256').update(`${name} ${JSON.stringify(sorted(rest))}`);
  return { id, print: new Uint8Array(hash.digest().subarray(0, PRINT_BYTES)) };
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  const names = Object.keys(value).sort();
  return Object.fromEntries(
    names.map((name) => [name, sorted((value as Readonly<Record<string, unknown>>)[name])]),
  );
}

/**
 * What was done by this id, if anything was.
 *
 * @throws GoxError GOX_OP_MISMATCH
 */
export function doneBefore({ ops }: Project, { id, print }: OpTag): KeptOp | undefined {
  const op = ops.get(id);
  if (op === undefined || Buffer.compare(op.print, print) === 0) return op;
  const message = `The op_id ${JSON.stringify(id)} was sent with another request before.`;
  throw new GoxError('GOX_OP_MISMATCH', message, { op_id: id });
}

/**
 * The result that it got.
 *
 * @throws GoxError GOX_OP_RESULT_GONE
 */
export function resultOf({ id, sequence, result }: KeptOp): WithBytes {
  if (result !== undefined) return new WithBytes(messagePack.unpack(result));
  const message = `The request of the op_id ${JSON.stringify(id)} was carried out before; its`;
  throw new GoxError('GOX_OP_RESULT_GONE', `${message} result is no longer there.`, {
    ...{ op_id: id, sequence },
  });
}

/** The same with what it is answered, as it is kept. */
export function answered(tag: OpTag, result: unknown): RecordedOp {
  const packed = messagePack.pack(result instanceof WithBytes ? result.result : result);
  return { ...tag, result: packed.length > RESULT_BYTES_MAX ? undefined : new Uint8Array(packed) };
}
