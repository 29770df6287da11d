import { isUtf8 } from 'node:buffer';
import { GoxError } from '../conf/errors.ts';
import { META } from '../engine/catalogue/meta.ts';
import { toolMethod } from '../engine/catalogue/tools.ts';
import {
  BACKSLASH,
  BYTE_ORDER_MARK,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  EMPTY,
  matches,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
  skipBlanks,
  span,
  textOf,
} from './bytes.ts';
import { PlainReader } from './envelope-plain.ts';
import { type Envelope, type Invalid, nullId, type Request } from './jsonrpc.ts';
import type { Limits, ReaderConfig } from './limits.ts';
import { metaOf } from './meta.ts';
import {
  batchError,
  depthError,
  invalid,
  parseError,
  requestError,
  requestProblem,
} from './refusals.ts';
import { argumentsError, invalidCall } from './tool-calls.ts';

/**
 * Reads a JSON message into an envelope by the JSON-RPC 2.0 specification (section 4, 5.1 and 6).
 * Plain requests take the short way; for all others `JSON.parse` judges the text, and the bytes
 * of id and parameters are then found in a text known to be valid. Of a member given twice the
 * last counts, as in `JSON.parse`.
 */
export class JsonReader {
  readonly #config: ReaderConfig;
  readonly plain: PlainReader;

  constructor(config: ReaderConfig) {
    this.#config = config;
    this.plain = new PlainReader(config);
  }

  /** @param lenient whether what is no JSON-RPC may be one, unless `transport.strict` is set */
  read(bytes: Uint8Array, lenient: boolean): Envelope {
    const from = markEnd(bytes);
    if (from > 0) return this.read(bytes.subarray(from), lenient);
    const start = skipBlanks(bytes, 0, bytes.length);
    const plain = this.#whole(bytes, start, bytes.length, false, lenient);
    if (plain !== undefined) return plain;
    const { depth_max } = this.#config.limits;
    if (deeperThan(bytes, depth_max)) return invalid('json', depthError(depth_max));
    const value = parsed(bytes);
    if (value instanceof GoxError) return invalid('json', value);
    if (Array.isArray(value)) return this.#batch(bytes, start, value);
    return this.#element(bytes, start, bytes.length, value, lenient);
  }

  #batch(bytes: Uint8Array, start: number, values: readonly unknown[]): Envelope {
    const error = batchError(values.length, this.#config.limits);
    if (error !== undefined) return invalid('json', error);
    const elements: (Request | Invalid)[] = [];
    let at = start;
    for (const value of values) {
      const begin = skipBlanks(bytes, at + 1, bytes.length);
      const end = valueEnd(bytes, begin);
      elements.push(this.#element(bytes, begin, end, value, false));
      at = skipBlanks(bytes, end, bytes.length);
    }
    return { kind: 'batch', encoding: 'json', elements };
  }

  /** A request whose text is known to be valid JSON for `value`. */
  #element(
    bytes: Uint8Array,
    start: number,
    end: number,
    value: unknown,
    lenient: boolean,
  ): Request | Invalid {
    const plain = this.#whole(bytes, start, end, true, lenient);
    if (plain !== undefined) return plain;
    return irregular(bytes, start, value, this.#config, lenient);
  }

  /** A plain request with nothing but blanks behind it. */
  #whole(
    bytes: Uint8Array,
    start: number,
    end: number,
    valid: boolean,
    lenient: boolean,
  ): Request | undefined {
    const plain = this.plain.read(bytes, start, end, valid, lenient);
    if (plain === undefined) return undefined;
    return skipBlanks(bytes, this.plain.end, end) === end ? plain : undefined;
  }
}

/** The place behind a byte order mark, which some clients write in front of a text. */
function markEnd(bytes: Uint8Array): number {
  return matches(bytes, 0, bytes.length, BYTE_ORDER_MARK) ? BYTE_ORDER_MARK.length : 0;
}

/** The value of a whole text, or the error that it is none. */
function parsed(bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) return parseError('the text is not UTF-8.');
  try {
    return JSON.parse(textOf(bytes));
  } catch (cause) {
    return parseError(cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function irregular(
  bytes: Uint8Array,
  start: number,
  value: unknown,
  { limits, transport: { strict } }: ReaderConfig,
  lenient: boolean,
): Request | Invalid {
  if (!isRecord(value)) return invalid('json', requestError('a request must be an object.'));
  const spans = memberSpans(bytes, start);
  if (lenient && !strict && typeof value.tool === 'string' && isToolCall(spans)) {
    return toolCall(value.tool, value.arguments, spans.get('arguments'), limits);
  }
  const { method, params } = value;
  const bare =
    lenient && !strict && typeof method === 'string' && !spans.has('jsonrpc') && !spans.has('id');
  const jsonrpc = bare ? '2.0' : value.jsonrpc;
  const id = spans.get('id');
  const id_valid = isId(value.id);
  // Many clients send null for "none"; the letter of the specification has no such value.
  const none = params === undefined || (params === null && !strict);
  const params_valid = none || isRecord(params) || Array.isArray(params);
  const problem = requestProblem({ jsonrpc, method, id_valid, params_valid });
  if (problem !== undefined) return invalid('json', problem, id_valid ? id : undefined);
  const named = namedOf(params);
  const project = typeof named?.project === 'string' ? named.project : undefined;
  const meta = metaOf(named?.[META], limits);
  const encoded = none ? EMPTY : (spans.get('params') ?? EMPTY);
  return {
    kind: 'request',
    encoding: 'json',
    id: bare ? nullId('json') : id,
    form: bare ? 'bare' : undefined,
    method: String(method),
    params: encoded,
    project,
    meta,
  };
}

/** Whether an object that names a tool is no request. */
function isToolCall(spans: ReadonlyMap<string, Uint8Array>): boolean {
  return !spans.has('jsonrpc') && !spans.has('method');
}

/** The call of a tool as the request that it means. */
function toolCall(
  tool: string,
  named: unknown,
  encoded: Uint8Array | undefined,
  limits: Limits,
): Request | Invalid {
  const method = toolMethod(tool);
  if (method instanceof GoxError) return invalidCall(method);
  const none = named === undefined || named === null;
  if (!none && !isRecord(named)) return invalidCall(argumentsError());
  const project = typeof named?.project === 'string' ? named.project : undefined;
  return {
    kind: 'request',
    encoding: 'json',
    id: nullId('json'),
    form: 'tool',
    method,
    params: none ? EMPTY : (encoded ?? EMPTY),
    project,
    meta: metaOf(named?.[META], limits),
  };
}

/** The parameters that have names; those in an array by themselves have, too. */
function namedOf(params: unknown): Record<string, unknown> | undefined {
  const named: unknown = Array.isArray(params) && params.length === 1 ? params[0] : params;
  return isRecord(named) ? named : undefined;
}

function isId(value: unknown): boolean {
  return value === undefined || value === null || ['string', 'number'].includes(typeof value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The encoded values of an object in valid JSON, by their names; the last of each name. */
function memberSpans(bytes: Uint8Array, start: number): Map<string, Uint8Array> {
  const spans = new Map<string, Uint8Array>();
  let at = skipBlanks(bytes, start + 1, bytes.length);
  while (bytes[at] !== CLOSE_BRACE) {
    const key_end = valueEnd(bytes, at);
    const name: unknown = JSON.parse(textOf(bytes, at, key_end));
    const colon = skipBlanks(bytes, key_end, bytes.length);
    const value = skipBlanks(bytes, colon + 1, bytes.length);
    const value_end = valueEnd(bytes, value);
    spans.set(String(name), span(bytes, value, value_end));
    at = skipBlanks(bytes, value_end, bytes.length);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1, bytes.length);
  }
  return spans;
}

/** The place behind the value that begins at `at`, in valid JSON. */
function valueEnd(bytes: Uint8Array, at: number): number {
  let depth = 0;
  for (let next = at; next < bytes.length; next++) {
    const byte = bytes[next]!;
    if (byte === QUOTE) next = quoteEnd(bytes, next + 1);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      // Behind a number or a name the bracket is that of the container around.
      if (depth === 0) return next;
      depth--;
    } else if (depth > 0 || (byte !== COMMA && byte > SPACE)) continue;
    else return next;
    if (depth === 0) return next + 1;
  }
  return bytes.length;
}

/** The place of the quote that ends the string whose text begins at `at`, or the end. */
function quoteEnd(bytes: Uint8Array, at: number): number {
  let next = at;
  while (next < bytes.length && bytes[next] !== QUOTE) next += bytes[next] === BACKSLASH ? 2 : 1;
  return next;
}

/** Whether a text, valid or not, opens more than `depth_max` brackets outside strings. */
function deeperThan(bytes: Uint8Array, depth_max: number): boolean {
  let depth = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) at = quoteEnd(bytes, at + 1);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (++depth > depth_max) return true;
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth--;
  }
  return false;
}
