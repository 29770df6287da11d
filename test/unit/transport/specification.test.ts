/**
 * Every example of section 7 of the JSON-RPC 2.0 specification (jsonrpc.org/specification), from
 * bytes to bytes, in all three framings. Errors are compared by their numbers: the texts are
 * ours.
 */
import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Framer } from '../../../transport/framing.ts';
import type {
  Encoding,
  Envelope,
  Invalid,
  Outgoing,
  Reply,
  Request,
} from '../../../transport/jsonrpc.ts';
import { composeReplies, errorReply } from '../../../transport/reply.ts';
import { configOf, goxe, LIMITS, withHeader } from './support.ts';

const packr = new Packr({ useRecords: false });
const decode = (bytes: Uint8Array, encoding: Encoding) =>
  encoding === 'json' ? JSON.parse(Buffer.from(bytes).toString()) : packr.unpack(bytes);
const encode = (value: unknown, encoding: Encoding) =>
  encoding === 'json' ? Buffer.from(JSON.stringify(value)) : packr.pack(value);

/** The methods that the examples call; `update`, `notify_hello` and `notify_sum` say nothing. */
function dispatch(method: string, params: unknown): unknown {
  const list = params as number[];
  switch (method) {
    case 'subtract': {
      const named = params as { minuend: number; subtrahend: number };
      return Array.isArray(params) ? list[0]! - list[1]! : named.minuend - named.subtrahend;
    }
    case 'sum':
      return list.reduce((sum, term) => sum + term, 0);
    case 'get_data':
      return ['hello', 5];
    default:
      throw new GoxError('GOX_METHOD_NOT_FOUND', `Method not found: ${method}`);
  }
}

function answer(element: Request | Invalid): Reply | undefined {
  const { encoding } = element;
  if (element.kind === 'invalid') return errorReply(element.error, encoding, element.id);
  const { id, method, params } = element;
  if (id === undefined) return undefined;
  try {
    const result = dispatch(method, params.length > 0 ? decode(params, encoding) : undefined);
    return { encoding, id, failed: false, body: encode(result, encoding) };
  } catch (error) {
    return errorReply(error as GoxError, encoding, id);
  }
}

function outgoing(envelope: Envelope): Outgoing {
  if (envelope.kind !== 'batch') return answer(envelope) ?? [];
  return envelope.elements.map(answer).filter((reply) => reply !== undefined);
}

/** What a client reads on the connection after it sent these bytes. */
function exchange(bytes: Uint8Array): Uint8Array {
  const framer = new Framer({ limits: LIMITS });
  const reader = new EnvelopeReader(configOf());
  const replies = framer
    .push(bytes)
    .map((event) =>
      event.kind === 'error' ? errorReply(event.error) : outgoing(reader.read(event)),
    );
  return composeReplies(replies, framer.framing);
}

/** Replies with no more of an error than its number. */
function numbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(numbers);
  const { jsonrpc, id, result, error } = value as Record<string, unknown>;
  if (error === undefined) return { jsonrpc, id, result };
  return { jsonrpc, id, error: (error as { code: number }).code };
}

const result = (value: unknown, id: unknown) => ({ jsonrpc: '2.0', id, result: value });
const error = (code: number, id: unknown = null) => ({ jsonrpc: '2.0', id, error: code });

/** Title, request, expected reply (undefined for none). */
const EXAMPLES: readonly (readonly [string, string, unknown])[] = [
  [
    'rpc call with positional parameters',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    result(19, 1),
  ],
  [
    'rpc call with positional parameters, the other way round',
    '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    result(-19, 2),
  ],
  [
    'rpc call with named parameters',
    '{"jsonrpc": "2.0", "method": "subtract", ' +
      '"params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    result(19, 3),
  ],
  [
    'rpc call with named parameters, in the other order',
    '{"jsonrpc": "2.0", "method": "subtract", ' +
      '"params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    result(19, 4),
  ],
  ['a notification', '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}', undefined],
  ['a notification without parameters', '{"jsonrpc": "2.0", "method": "foobar"}', undefined],
  [
    'rpc call of a method that does not exist',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    error(-32601, '1'),
  ],
  [
    'rpc call with invalid JSON',
    '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    error(-32700),
  ],
  [
    'rpc call with an invalid request object',
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    error(-32600),
  ],
  [
    'rpc call batch, invalid JSON',
    `[
  {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
  {"jsonrpc": "2.0", "method"
]`,
    error(-32700),
  ],
  ['rpc call with an empty array', '[]', error(-32600)],
  ['rpc call with an invalid batch (but not empty)', '[1]', [error(-32600)]],
  ['rpc call with an invalid batch', '[1,2,3]', [error(-32600), error(-32600), error(-32600)]],
  [
    'rpc call batch',
    `[
        {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
        {"jsonrpc": "2.0", "method": "subtract", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    [result(7, '1'), result(19, '2'), error(-32600), error(-32601, '5'), result(['hello', 5], '9')],
  ],
  [
    'rpc call batch, all notifications',
    `[
        {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
    undefined,
  ],
];

const text = suite('the specification on lines');
for (const [title, request, expected] of EXAMPLES) {
  text(title, () => {
    const ping = '{"jsonrpc":"2.0","method":"get_data","id":"next"}\n';
    const reply = Buffer.from(exchange(Buffer.from(`${request}\n${ping}`))).toString();
    assert.ok(reply.endsWith('\n'));
    const lines = reply
      .trimEnd()
      .split('\n')
      .map((line) => numbers(JSON.parse(line)));
    const expectedLines = expected === undefined ? [] : [expected];
    assert.equal(lines, [...expectedLines, result(['hello', 5], 'next')]);
  });
}
text.run();

const header = suite('the specification with headers');
for (const [title, request, expected] of EXAMPLES) {
  header(title, () => {
    const reply = Buffer.from(exchange(withHeader(request))).toString();
    const [, length, body] = /^Content-Length: (\d+)\r\n\r\n(.*)$/s.exec(reply) ?? [];
    assert.is(length, body && String(Buffer.byteLength(body)));
    assert.equal(body && numbers(JSON.parse(body)), expected);
  });
}
header.run();

const binary = suite('the specification in MessagePack');
for (const [title, request, expected] of EXAMPLES) {
  if (title.endsWith('invalid JSON')) continue;
  binary(title, () => {
    const frame = goxe(packr.pack(JSON.parse(request)));
    const reply = exchange(frame);
    if (expected === undefined) assert.is(reply.length, 0);
    else {
      assert.equal(Buffer.from(reply.subarray(0, 16)), goxe(reply.subarray(16)).subarray(0, 16));
      assert.equal(numbers(packr.unpack(reply.subarray(16))), expected);
    }
  });
}
binary.run();
