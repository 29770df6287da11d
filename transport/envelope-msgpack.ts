import { META } from '../engine/catalogue/meta.ts';
import { EMPTY } from './bytes.ts';
import type { Envelope, Invalid, Request } from './jsonrpc.ts';
import type { ReaderConfig } from './limits.ts';
import { metaOf } from './meta.ts';
import { kindOf, MsgpackCursor, type MsgpackKind, MsgpackProblem } from './msgpack.ts';
import { batchError, invalid, requestError, requestProblem } from './refusals.ts';
import { decoded } from './values.ts';

/**
 * Reads a MessagePack message into an envelope, by the same rules as JSON: the message is a map,
 * or an array of them, whose keys are strings. Of a member given twice the last counts.
 */
export function readMsgpack(bytes: Uint8Array, config: ReaderConfig): Envelope {
  const cursor = new MsgpackCursor(bytes, config.limits);
  try {
    const envelope = cursor.kind === 'array' ? batch(cursor, config) : element(cursor, config, 0);
    cursor.finish();
    return envelope;
  } catch (problem) {
    if (problem instanceof MsgpackProblem) return invalid('msgpack', problem.error);
    throw problem;
  }
}

function batch(cursor: MsgpackCursor, config: ReaderConfig): Envelope {
  const count = cursor.container(0);
  const error = batchError(count, config.limits);
  const elements: (Request | Invalid)[] = [];
  for (let left = count; left > 0; left--) {
    // A batch that is refused is walked over all the same: it may turn out to be no MessagePack.
    if (error === undefined) elements.push(element(cursor, config, 1));
    else cursor.skip(1);
  }
  if (error !== undefined) return invalid('msgpack', error);
  return { kind: 'batch', encoding: 'msgpack', elements };
}

/** One request; `depth` containers are open around it. */
function element(cursor: MsgpackCursor, config: ReaderConfig, depth: number): Request | Invalid {
  if (cursor.kind !== 'map') {
    cursor.skip(depth);
    return invalid('msgpack', requestError('a request must be a map.'));
  }
  let jsonrpc: unknown;
  let method: unknown;
  let id: Uint8Array | undefined;
  let params = EMPTY;
  let known = NOTHING_KNOWN;
  for (let left = cursor.container(depth); left > 0; left--) {
    cursor.requireKey();
    switch (text(cursor, depth + 1)) {
      case 'jsonrpc':
        jsonrpc = text(cursor, depth + 1);
        break;
      case 'method':
        method = text(cursor, depth + 1);
        break;
      case 'id':
        id = cursor.value(depth + 1);
        break;
      case 'params': {
        const start = cursor.at;
        known = knownParams(cursor, depth + 1);
        params = cursor.bytes.subarray(start, cursor.at);
        break;
      }
      default:
        cursor.skip(depth + 1);
    }
  }
  const id_valid = id === undefined || isOneOf(id, 'string', 'number', 'nil');
  // Many clients send nil for "none".
  if (isOneOf(params, 'nil') && !config.transport.strict) params = EMPTY;
  const params_valid = params.length === 0 || isOneOf(params, 'array', 'map');
  const problem = requestProblem({ jsonrpc, method, id_valid, params_valid });
  if (problem !== undefined) return invalid('msgpack', problem, id_valid ? id : undefined);
  const { project } = known;
  const meta = known.meta && metaOf(decoded(known.meta, 'msgpack'), config.limits);
  return {
    kind: 'request',
    encoding: 'msgpack',
    id,
    form: undefined,
    method: String(method),
    params,
    project,
    meta,
  };
}

function isOneOf(value: Uint8Array, ...kinds: MsgpackKind[]): boolean {
  return kinds.includes(kindOf(value[0]));
}

/** The next value if it is a string; other values are walked over. */
function text(cursor: MsgpackCursor, depth: number): string | undefined {
  if (cursor.kind === 'string') return cursor.string();
  cursor.skip(depth);
  return undefined;
}

/** What is looked for in parameters: the project if it is a string, and the encoded `_meta`. */
interface Known {
  project: string | undefined;
  meta: Uint8Array | undefined;
}

const NOTHING_KNOWN: Readonly<Known> = { project: undefined, meta: undefined };

/** Walks over the parameters and returns what is looked for in them. */
function knownParams(cursor: MsgpackCursor, depth: number): Known {
  if (cursor.kind === 'array') {
    // One map in an array by itself stands for named parameters, as in JSON.
    const count = cursor.container(depth);
    if (count === 1 && kindOf(cursor.bytes[cursor.at]) === 'map') {
      return knownParams(cursor, depth + 1);
    }
    for (let left = count; left > 0; left--) cursor.skip(depth + 1);
    return NOTHING_KNOWN;
  }
  if (cursor.kind !== 'map') {
    cursor.skip(depth);
    return NOTHING_KNOWN;
  }
  const known: Known = { project: undefined, meta: undefined };
  for (let left = cursor.container(depth); left > 0; left--) {
    cursor.requireKey();
    const name = text(cursor, depth + 1);
    if (name === 'project') known.project = text(cursor, depth + 1);
    else if (name === META) known.meta = cursor.value(depth + 1);
    else cursor.skip(depth + 1);
  }
  return known;
}
