/**
 * The latency benchmark of the C daemon: objects with neither `jsonrpc` nor `id`, a connection
 * each, and a count of bytes beside each text that is not always its length. It blocks in one
 * `recv`, so that it ends only when each is answered. `c-benchmarks.test.ts` has the others that
 * send such objects. And what all clients count on that read once: a reply comes whole.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PlainClient, type Started, startAndWait } from '../../support/programs.ts';
import { RawConnection } from '../../support/raw.ts';

const test = suite('programs that read once');

/** Its script gives it a minute for 210 texts that lack their last byte, and some more. */
const SHORT_MS = 60_000 / 250;
const STOP_MS = 5000;

/** As the script of the benchmarks starts it. */
const start = () =>
  startAndWait(({ socket, pid_file }) => ['--socket', socket, '--pid-file', pid_file]);

async function during(run: (daemon: Started) => Promise<void>): Promise<void> {
  const daemon = await start();
  try {
    await run(daemon);
  } finally {
    assert.is(await daemon.stop(STOP_MS), 0, daemon.output());
  }
}

/** What one connection gets for so many bytes of what lies in memory from the text on. */
async function sample(socket: string, text: string, bytes: number): Promise<string> {
  const client = await PlainClient.open(socket);
  // Behind its NUL bytes the next text begins.
  client.send(`${text}\0\0\0\0{"method":"`.slice(0, bytes));
  const reply = await client.receive(4095);
  client.close();
  return reply;
}

interface Scenario {
  readonly text: string;
  /** Sent of it. */
  readonly bytes: number;
  readonly samples: number;
  /** How the reply begins, behind its id. */
  readonly reply: string;
}

const ONE = '"x":0,"y":0,"z":0';
const LACKING = '"error":{"code":-32700,';
const DONE = '"result":{"success":true';
const ADD = `{"method":"add_voxel","params":{${ONE},"color":[255,0,0,255]}}`;

const SCENARIOS: readonly Scenario[] = [
  { text: '{"method":"ping"}', bytes: 16, samples: 10, reply: LACKING },
  { text: '{"method":"get_status"}', bytes: 22, samples: 5, reply: LACKING },
  {
    text: '{"method":"create_project","params":{"name":"test"}}',
    ...{ bytes: 58, samples: 10, reply: DONE },
  },
  { text: ADD, bytes: 88, samples: 10, reply: DONE },
  {
    text: `{"method":"get_voxel","params":{${ONE}}}`,
    ...{ bytes: 55, samples: 10, reply: '"result":{"x":0' },
  },
  // Any answer does.
  {
    text: '{"method":"export_mesh","params":{"format":"obj"}}',
    ...{ bytes: 58, samples: 2, reply: '' },
  },
];

test('latency benchmark', () =>
  during(async ({ places: { socket } }) => {
    for (const { text, bytes, samples, reply } of SCENARIOS) {
      const expected = `{"jsonrpc":"2.0","id":null,${reply}`;
      const began_ms = performance.now();
      for (let taken = 0; taken < samples; taken += 1) {
        const got = await sample(socket, text, bytes);
        assert.is(got.slice(0, expected.length), expected, text);
      }
      const each_ms = (performance.now() - began_ms) / samples;
      assert.ok(each_ms < SHORT_MS, `${text}: ${each_ms} ms each`);
    }
  }));

/** What is sent, and how the reply begins. */
const ENDED: readonly (readonly [sent: string, reply: string])[] = [
  ['{"jsonrpc":"2.0","method":"ping","id":1}\n', '{"jsonrpc":"2.0","id":1,"result"'],
  ['{"tool":"goxel_list_layers"}\n', '{"success":true,"content":{"count":'],
  ['{"method":"ping"', '{"jsonrpc":"2.0","id":null,"error":{"code":-32700'],
  ['', ''],
];

test('netcat that ends its side before it reads', () =>
  during(async ({ places: { socket } }) => {
    for (const [sent, reply] of ENDED) {
      // Its path is there a moment before it listens.
      const client = await RawConnection.openEventually(socket);
      if (sent !== '') client.write(sent);
      client.end();
      const all = (await client.rest()).toString();
      assert.is(all.slice(0, reply.length), reply, sent);
      assert.is(all.split('\n').length, sent === '' ? 1 : 2, all);
      client.destroy();
    }
  }));

const ASKED: readonly string[] = [
  '{"jsonrpc":"2.0","method":"status","id":1}\n',
  '{"jsonrpc":"2.0","method":"goxel.get_voxel","params":[0,0,0],"id":2}\n',
  '[{"jsonrpc":"2.0","method":"ping","id":3},{"jsonrpc":"2.0","method":"echo","id":4}]\n',
  '{"method":"goxel.list_layers"}',
  '{"tool":"goxel_get_voxel","arguments":{"position":{"x":0,"y":0,"z":0}}}',
  '{"tool":"nothing"}',
  '{"jsonrpc":"2.0","method":"nothing","id":5}\n',
  'nonsense\n',
  '{"jsonrpc":"2.0","method":"list_methods","id":6}\n',
];

test('all that read once: a reply comes whole, with its line end', () =>
  during(async ({ places: { socket } }) => {
    const client = await PlainClient.open(socket);
    for (const text of ASKED) {
      const reply = await client.ask(text, 16_384);
      assert.match(reply, /^[^\n]+\n$/, text);
      JSON.parse(reply);
    }
    client.close();
  }));

test.run();
