/**
 * Every example of section 7 of the JSON-RPC 2.0 specification (jsonrpc.org/specification) on a
 * real socket, byte by byte. `echo`, which gives its parameters back, stands in the place of
 * `subtract` and `sum`; `goxel.get_voxel` in the place of `get_data`, so that a batch mixes what
 * the daemon answers itself with what an engine does.
 *
 * All is asked of a daemon that is strict (`transport.strict`) and of one that is not: they must
 * answer alike. `strict.test.ts` has what they do not answer alike.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ErrorCode, errorObject } from '../../conf/errors.ts';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection } from '../support/raw.ts';

const daemons = await Promise.all([
  startDaemon(),
  startDaemon({ settings: { 'transport.strict': true } }),
]);

/** The bytes of a reply; `id` and `result` are JSON texts. */
function result(id: string, value: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${value}}`;
}

function failure(id: string, code: ErrorCode, message: string): string {
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(errorObject(code, message))}}`;
}

const NO_OBJECT = failure(
  'null',
  'GOX_INVALID_REQUEST',
  'Invalid Request: a request must be an object.',
);
const WRONG_BRACKET = failure(
  'null',
  'GOX_PARSE',
  'Parse error: a bracket is closed by another kind.',
);
const DATA = '{"x":1,"y":2,"z":3,"exists":false,"color":[0,0,0,0]}';
const BAD_JSON = '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]';
const BAD_BATCH = `[
  {"jsonrpc": "2.0", "method": "echo", "params": [1,2,4], "id": "1"},
  {"jsonrpc": "2.0", "method"
]`;

/** Title, request, the reply's exact text ('' for none). */
const EXAMPLES: readonly (readonly [title: string, request: string, reply: string])[] = [
  [
    'rpc call with positional parameters',
    '{"jsonrpc": "2.0", "method": "echo", "params": [42, 23], "id": 1}',
    result('1', '[42,23]'),
  ],
  [
    'rpc call with positional parameters, the other way round',
    '{"jsonrpc": "2.0", "method": "echo", "params": [23, 42], "id": 2}',
    result('2', '[23,42]'),
  ],
  [
    'rpc call with named parameters',
    '{"jsonrpc": "2.0", "method": "echo", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    result('3', '{"subtrahend":23,"minuend":42}'),
  ],
  [
    'rpc call with named parameters, the other way round',
    '{"jsonrpc": "2.0", "method": "echo", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    result('4', '{"minuend":42,"subtrahend":23}'),
  ],
  ['a notification', '{"jsonrpc": "2.0", "method": "echo", "params": [1,2,3,4,5]}', ''],
  ['a notification of an unknown method', '{"jsonrpc": "2.0", "method": "foobar"}', ''],
  [
    'rpc call of non-existent method',
    '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    failure('"1"', 'GOX_METHOD_NOT_FOUND', 'Method not found: foobar'),
  ],
  ['rpc call with invalid JSON', BAD_JSON, WRONG_BRACKET],
  [
    'rpc call with invalid Request object',
    '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    failure('null', 'GOX_INVALID_REQUEST', 'Invalid Request: "method" must be a string.'),
  ],
  ['rpc call batch, invalid JSON', BAD_BATCH, WRONG_BRACKET],
  [
    'rpc call with an empty Array',
    '[]',
    failure('null', 'GOX_INVALID_REQUEST', 'Invalid Request: a batch must not be empty.'),
  ],
  ['rpc call with an invalid Batch (but not empty)', '[1]', `[${NO_OBJECT}]`],
  ['rpc call with invalid Batch', '[1,2,3]', `[${[NO_OBJECT, NO_OBJECT, NO_OBJECT].join(',')}]`],
  [
    'rpc call Batch',
    `[
        {"jsonrpc": "2.0", "method": "echo", "params": [1,2,4], "id": "1"},
        {"jsonrpc": "2.0", "method": "goxel.remove_voxel", "params": [7,7,7]},
        {"jsonrpc": "2.0", "method": "echo", "params": [42,23], "id": "2"},
        {"foo": "boo"},
        {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
        {"jsonrpc": "2.0", "method": "goxel.get_voxel", "params": [1,2,3], "id": "9"}
    ]`,
    `[${[
      result('"1"', '[1,2,4]'),
      result('"2"', '[42,23]'),
      failure('null', 'GOX_INVALID_REQUEST', 'Invalid Request: "jsonrpc" must be "2.0".'),
      failure('"5"', 'GOX_METHOD_NOT_FOUND', 'Method not found: foo.get'),
      result('"9"', DATA),
    ].join(',')}]`,
  ],
  [
    'rpc call Batch (all notifications)',
    `[
        {"jsonrpc": "2.0", "method": "echo", "params": [1,2,4]},
        {"jsonrpc": "2.0", "method": "goxel.remove_voxel", "params": [7,7,7]}
    ]`,
    '',
  ],
];

/** Half-closes after the bytes, and gives everything that comes back, from either daemon. */
async function exchange(bytes: string): Promise<string> {
  const [lenient, strict] = await Promise.all(
    daemons.map(async ({ socket }) => {
      const connection = await RawConnection.open(socket);
      connection.write(bytes);
      connection.end();
      return (await connection.rest()).toString();
    }),
  );
  assert.equal(inOrder(strict!), inOrder(lenient!));
  return lenient!;
}

/** The lines: those of different parts of the daemon come in any order. */
const inOrder = (replies: string) => replies.split('\n').sort();

const examples = suite('examples of the specification');

for (const [title, request, reply] of EXAMPLES) {
  examples(title, async () => {
    assert.is(await exchange(`${request}\n`), reply === '' ? '' : `${reply}\n`);
  });
}

examples('all of them on one connection', async () => {
  for (const { socket } of daemons) {
    const connection = await RawConnection.open(socket);
    for (const [title, request, reply] of EXAMPLES) {
      connection.write(`${request}\n`);
      if (reply !== '') assert.is(await connection.line(), reply, title);
    }
    assert.is(await connection.ask('{"jsonrpc":"2.0","method":"echo","id":0}'), result('0', '{}'));
    connection.destroy();
  }
});

examples.run();

const ids = suite('ids');

const ECHOED = [
  '1.5',
  '-0',
  '1e400',
  '0.1000',
  '123456789012345678901234567890',
  '-9007199254740993',
  '"é"',
  '"\\u00e9\\"\\\\"',
  '""',
  '"🟥"',
  'null',
];

for (const id of ECHOED) {
  ids(`${id} comes back as it was sent`, async () => {
    const error = failure(id, 'GOX_METHOD_NOT_FOUND', 'Method not found: nothing');
    const voxel = `{"jsonrpc":"2.0","id":${id},"method":"goxel.get_voxel","params":[1,2,3]}`;
    const lines = [
      `{"jsonrpc":"2.0","id":${id},"method":"echo","params":[1]}`,
      `[${voxel}]`,
      `{"jsonrpc":"2.0","id":${id},"method":"nothing"}`,
      voxel,
    ];
    const replies = await exchange(`${lines.join('\n')}\n`);
    const expected = [result(id, '[1]'), `[${result(id, DATA)}]`, error, result(id, DATA)];
    assert.equal(replies.split('\n').sort(), [...expected, ''].sort());
  });
}

for (const id of ['true', '{}', '[1]']) {
  ids(`${id} is none, and the answer has null`, async () => {
    const reply = await exchange(`{"jsonrpc":"2.0","id":${id},"method":"echo"}\n`);
    const text = 'Invalid Request: "id" must be a string, a number or null.';
    assert.is(reply, `${failure('null', 'GOX_INVALID_REQUEST', text)}\n`);
  });
}

ids.run();

const notifications = suite('notifications');

async function notify(socket: string): Promise<void> {
  const connection = await RawConnection.open(socket);
  connection.write('{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[4,5,6,"#3366CC"]}\n');
  connection.write('{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[4,5,"six"]}\n');
  connection.write('{"jsonrpc":"2.0","method":"log_message","params":{"text":"hello"}}\n');
  connection.write('{"jsonrpc":"2.0","method":"goxel.add_voxel","params":[oops]}\n');
  const complaint = await connection.line();
  assert.match(complaint, '"id":null,"error":{"code":-32700');
  assert.is(
    await connection.ask('{"jsonrpc":"2.0","method":"goxel.get_voxel","params":[4,5,6],"id":1}\n'),
    result('1', '{"x":4,"y":5,"z":6,"exists":true,"color":[51,102,204,255]}'),
  );
  connection.destroy();
}

notifications('get nothing, and are done', async () => {
  for (const { socket } of daemons) await notify(socket);
});

notifications('the daemons stop in order', async () => {
  for (const daemon of daemons) assert.equal(await daemon.stop(), { code: 0, signal: null });
});

notifications.run();
