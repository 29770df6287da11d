/**
 * What `transport.strict` changes: each row of the table in `transport/README.md`, asked of a
 * daemon with it and of one without.
 */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection } from '../support/raw.ts';

interface Row {
  /** The first column of the table. */
  readonly sent: string;
  readonly bytes: string;
  /** The reply of a daemon that is not strict, and of one that is. */
  readonly lenient: RegExp;
  readonly strict: RegExp;
}

const INVALID = (id = 'null') =>
  new RegExp(`^\\{"jsonrpc":"2\\.0","id":${id},"error":\\{"code":-32600,`);

const ROWS: readonly Row[] = [
  {
    sent: '`{"method":"ping"}`, with neither `jsonrpc` nor `id`',
    bytes: '{"method":"ping"}',
    lenient: /^\{"jsonrpc":"2\.0","id":null,"result":\{"pong":true,/,
    strict: INVALID(),
  },
  {
    sent: '`"params":null`',
    bytes: '{"jsonrpc":"2.0","id":1,"method":"echo","params":null}',
    lenient: /^\{"jsonrpc":"2\.0","id":1,"result":\{\}\}$/,
    strict: INVALID('1'),
  },
  {
    sent: '`{"tool":"ping","arguments":{}}`, the call of a tool',
    bytes: '{"arguments":{},"tool":"ping"}',
    lenient: /^\{"success":true,"content":\{"pong":true,/,
    strict: INVALID(),
  },
  {
    sent: '`{"method":"ping"`, a bare object without its last bracket, and nothing more',
    bytes: '{"method":"ping"',
    lenient: /"id":null,"error":\{"code":-32700,"message":"Parse error: the last .* is missing/,
    strict: /"id":null,"error":\{"code":-32700,"message":"Parse error: .* 700 ms\."/,
  },
];

/** What is answered alike, since no program needs anything else. */
const ALIKE: readonly (readonly [bytes: string, reply: RegExp])[] = [
  ['{"id":2,"method":"echo","params":{}}', INVALID('2')],
  ['[{"method":"ping"}]', /^\[\{"jsonrpc":"2\.0","id":null,"error":\{"code":-32600,/],
  ['\0\0 \r\n{"jsonrpc":"2.0","id":3,"method":"echo"}\0', /"id":3,"result":\{\}/],
  ['{"jsonrpc":"2.0","method":"echo"}{"jsonrpc":"2.0","id":4,"method":"echo"}', /"id":4,/],
];

const [lenient, strict] = await Promise.all([
  startDaemon(),
  startDaemon({
    settings: { 'transport.strict': true, 'limits.stalled_text_timeout_ms': 700 },
  }),
]);

async function answer(socket: string, bytes: string): Promise<string> {
  const connection = await RawConnection.open(socket);
  const reply = await connection.ask(bytes);
  connection.destroy();
  return reply;
}

const test = suite('transport.strict');

for (const { sent, bytes, ...replies } of ROWS) {
  test(`${sent} is answered by it and without it`, async () => {
    assert.match(await answer(lenient.socket, bytes), replies.lenient);
    assert.match(await answer(strict.socket, bytes), replies.strict);
  });
}

for (const [bytes, reply] of ALIKE) {
  test(`${JSON.stringify(bytes)} is answered alike`, async () => {
    assert.match(await answer(lenient.socket, bytes), reply);
    assert.match(await answer(strict.socket, bytes), reply);
  });
}

test('the table has these rows and no others', () => {
  const page = readFileSync('transport/README.md', 'utf8');
  const [, table = ''] = page.split('| a client sends');
  const rows = table.split('\n\n', 1)[0]!.split('\n').slice(2);
  const first = rows.map((row) =>
    row
      .split(/(?<!\\)\|/)[1]
      ?.trim()
      .replaceAll('\\|', '|'),
  );
  assert.equal(
    first,
    ROWS.map(({ sent }) => sent),
  );
});

test('the daemons stop in order', async () => {
  for (const daemon of [lenient, strict]) assert.is((await daemon.stop()).code, 0);
});

test.run();
