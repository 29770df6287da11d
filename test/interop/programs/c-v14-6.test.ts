/**
 * The suite of v14.6: `goxel --headless --daemon`, which serves /tmp/goxel.sock; here the options
 * name another place, for there may be a daemon already. What its tests of the life cycle want is
 * in `starts.test.ts`.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainClient, type Started, startAndWait } from '../../support/programs.ts';
import { takeTurnsAt } from '../../support/turns.ts';

const test = suite('the suite of v14.6');

/** So long it listens for an answer that must not come. */
const QUIET_MS = 100;

const echo = (id: number, params: string) =>
  `{"jsonrpc":"2.0","id":${id},"method":"echo","params":${params}}\n`;

async function during(run: (started: Started) => Promise<void>): Promise<void> {
  const daemon = await startAndWait(
    ({ socket, pid_file }) => [
      ...['--headless', '--foreground', '--socket', socket, '--pid-file', pid_file],
    ],
    { name: 'goxel' },
  );
  try {
    await run(daemon);
  } finally {
    assert.is(await daemon.stop(2_000), 0, daemon.output());
  }
}

async function withClient(
  { places: { socket } }: Started,
  run: (client: PlainClient) => Promise<void>,
): Promise<void> {
  const client = await PlainClient.open(socket);
  try {
    await run(client);
  } finally {
    client.close();
  }
}

test('JSON-RPC echo', async () => {
  await during(async ({ places: { socket } }) => {
    const hello = echo(1, '{"message":"Hello, Goxel!"}');
    const turns = [
      { send: hello, wants: ['"jsonrpc":"2.0"', '"id":1', '"result"', 'Hello, Goxel!'] },
      { send: '{this is not valid json}\n', wants: ['"error"', '-32700', 'Parse error'] },
      // With an `id`, but without `jsonrpc`: not one of the bare objects of the benchmarks.
      {
        send: '{"id":2,"method":"echo","params":{}}\n',
        wants: ['"error"', '-32600', '"id":2'],
      },
      {
        send: '{"jsonrpc":"2.0","id":3,"method":"nonexistent_method","params":{}}\n',
        wants: ['"error"', '-32601'],
      },
      { send: echo(20, '{"type":"string","value":"test"}'), wants: ['"type":"string"'] },
      { send: echo(21, '{"type":"number","value":42}'), wants: ['"type":"number"', '42'] },
      { send: echo(22, '{"type":"boolean","value":true}'), wants: ['"type":"boolean"', 'true'] },
      { send: echo(23, '{"type":"array","value":[1,2,3]}'), wants: ['[1,2,3]'] },
    ];
    for (const turn of turns) await takeTurnsAt(socket, [turn], 4095);
  });
});

test('JSON-RPC notification, batch, and ten at once', async () => {
  await during(async (daemon) => {
    await withClient(daemon, async (client) => {
      client.send('{"jsonrpc":"2.0","method":"echo","params":{"message":"notification"}}\n');
      const read = client.receive(256, QUIET_MS);
      await assertRejects(read, 'nothing came');
    });
    await withClient(daemon, async (client) => {
      const items = [10, 11, 12].map((id, i) => echo(id, `{"n":${i + 1}}`).trim());
      const reply = await client.ask(`[${items.join(',')}]\n`, 4095);
      assert.is(reply[0], '[');
      for (const id of [10, 11, 12]) assert.match(reply, `"id":${id}`);
      assert.is(reply.split('"result"').length - 1, 3);
    });
    await withClient(daemon, async (client) => {
      for (let i = 0; i < 10; i++) client.send(echo(100 + i, `{"index":${i}}`));
      let replies = '';
      while (replies.split('\n').length <= 10) replies += await client.receive(8191);
      for (let i = 0; i < 10; i++) assert.match(replies, `"id":${100 + i}`);
    });
  });
});

async function assertRejects(promise: Promise<unknown>, message: string): Promise<void> {
  const outcome = await promise.then(
    (value) => `it gave ${JSON.stringify(value)}`,
    (error: Error) => error.message,
  );
  assert.match(outcome, message);
}

test('socket connection', async () => {
  await during(async (daemon) => {
    const { socket } = daemon.places;
    const all = await Promise.all(Array.from({ length: 32 }, () => PlainClient.open(socket)));
    for (const [i, client] of all.entries()) client.send(echo(i + 1, `{"client":${i}}`));
    for (const [i, client] of all.entries()) {
      assert.match(await client.receive(1023), `"id":${i + 1}`);
      client.close();
    }
    for (let i = 0; i < 10; i++) {
      await withClient(daemon, async (client) => client.send('{"jsonrpc":"2.0",'));
    }
    await takeTurnsAt(socket, [{ send: echo(999, '{}'), wants: ['"id":999'] }], 1023);
  });
});

test('a large message: its id is in the first 4,095 bytes', async () => {
  await during(async (daemon) => {
    await withClient(daemon, async (client) => {
      client.send(echo(1000, `{"data":"${'A'.repeat(64 * 1024 - 1)}"}`));
      let first = '';
      while (first.length < 4095) first += await client.receive(4095 - first.length);
      assert.match(first, '"id":1000');
    });
  });
});

test('baseline: round trips, and ten silent connections', async () => {
  await during(async (daemon) => {
    await withClient(daemon, async (client) => {
      for (let i = 0; i < 110; i++) {
        assert.match(await client.ask(echo(1, '{"message":"benchmark"}'), 1024), '"id":1');
      }
    });
    const { socket } = daemon.places;
    const ten = await Promise.all(Array.from({ length: 10 }, () => PlainClient.open(socket)));
    // The answers are never read.
    for (const [i, client] of ten.entries()) client.send(echo(i, '{"data":"test"}'));
    for (const client of ten) client.close();
    await takeTurnsAt(socket, [{ send: echo(1, '{}'), wants: ['"result"'] }], 1023);
  });
});

test.run();
