/**
 * Strangers that send anything: nothing of it is run, no reply has a result, what they are answered
 * is bounded by what they send, and when they have gone nothing is held for them.
 */

import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { goxeMsgpack } from '../../transport/client-codec.ts';
import { Tokens } from '../../transport/tokens.ts';
import { connected } from '../support/connected.ts';
import { SEED } from '../support/seed.ts';

/** Each run has others. */
const RUNS = 250;
/** An error, its advice and all, with its frame. */
const ERROR_BYTES_MAX = 1024;
/** More is never said to one: 16 requests, the one too many, and three wrong tokens. */
const ERRORS_MAX = 20;
const SECRET = 'token-that-rules';

const NAMES = METHODS.flatMap(({ name, aliases }) => [name, ...aliases]);
const wrongToken = fc.oneof(
  fc.string(),
  fc.constantFrom<unknown>(SECRET.slice(1), `${SECRET} `, null, 1, [SECRET]),
);
const request = fc.record(
  {
    jsonrpc: fc.constantFrom<unknown>('2.0', '2.0', '2.0', '1.0', 2),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    method: fc.oneof(
      fc.constantFrom(...NAMES),
      fc.constantFrom('system.authenticate', 'authenticate', 'shutdown'),
    ),
    params: fc.oneof(
      wrongToken.map((token) => ({ token })),
      wrongToken.map((token) => [token]),
      fc.object(),
    ),
  },
  { requiredKeys: ['jsonrpc', 'method'] },
);
const message = fc.oneof(
  { weight: 4, arbitrary: request },
  fc.array(request, { maxLength: 30 }),
  fc.anything(),
);
const encoded = fc.oneof(
  { weight: 4, arbitrary: message.map((value) => Buffer.from(`${textOf(value)}\n`)) },
  message.map((value) => Buffer.from(goxeMsgpack.encode(value ?? null))),
  message.map((value) => {
    const text = textOf(value);
    return Buffer.from(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch {
    return '{}';
  }
}

const fuzz = suite('fuzz: strangers');

fuzz('run nothing, and hold nothing once they have gone', async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(encoded, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(300), { maxLength: 6 }),
      async (messages, cuts) => {
        const ran: string[] = [];
        const tokens = new Tokens([{ token: SECRET, level: 'admin', name: '' }]);
        const client = await connected({}, (_, method) => ran.push(method), {
          ...{ trust: 'token', tokens },
        });
        let rest = Buffer.concat(messages);
        for (const cut of cuts) {
          client.socket.send(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        client.socket.send(rest);
        await new Promise(setImmediate);
        refused += client.refused.length;
        assert.equal(ran, []);
        assert.equal(client.defects, []);
        assert.not(client.told().includes('connection.authenticated'));
        assert.not(client.told().includes('session.needed'));
        assert.not.match(client.socket.text, '"result"');
        const bytes = client.socket.text.length;
        assert.ok(bytes <= ERRORS_MAX * ERROR_BYTES_MAX, `${bytes} bytes were answered`);
        client.close();
        assert.is(client.ledger.bytes, 0);
      },
    ),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(refused > 0, 'some tokens were tried');
});

fuzz.run();
