/** When a message that is half there is given up, and what does not count. */

import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { PartialMessage } from '../../../actors/connection/partial.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Framer } from '../../../transport/framing.ts';
import type { Request } from '../../../transport/jsonrpc.ts';
import { configWith } from '../../support/probe.ts';
import { testClock } from '../../support/test-clock.ts';

const TIMEOUT_MS = 2000;

async function stage({ strict = false } = {}) {
  const time = new SimulatedClock();
  const timers = new Set<unknown>();
  const config = await configWith((all) => {
    Object.assign(all.limits, { stalled_text_timeout_ms: TIMEOUT_MS });
    Object.assign(all.transport, { strict });
  });
  const reader = new EnvelopeReader(config);
  const framer = new Framer<Request>(config, reader.plain);
  const told: string[] = [];
  const errors: string[] = [];
  const partial = new PartialMessage(
    { clock: testClock(time, timers), config, reader },
    framer,
    ({ type }) => told.push(type),
    ({ message }) => errors.push(message),
  );
  const send = (bytes: string | Uint8Array) =>
    partial.read(framer.push(Buffer.from(bytes as string)).length > 0);
  /** In steps that are shorter than any look, with a turn of the event loop for each. */
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 5) {
      time.increment(5);
      await turn();
    }
  };
  return { partial, send, pass, time, timers, told, errors };
}

const LOOK_MS = 25;
const BARE_MS = 100 + LOOK_MS;
/** A look of the longer time may begin as late. */
const STALLED_MS = 1.5 * TIMEOUT_MS;
const MISSING = 'Parse error: the last "}" of the request is missing.';

const test = suite('a message that is half there');

for (const text of ['{"method":"ping"', '{"method":"m","params":{"a":[1]}', ' {"method":"a" ']) {
  test(`${text} is answered soon`, async () => {
    const { send, pass, errors } = await stage();
    send(text);
    await pass(95);
    assert.equal(errors, []);
    await pass(BARE_MS - 95);
    assert.equal(errors, [MISSING]);
    await pass(STALLED_MS);
    assert.equal(errors, [MISSING], 'once');
  });
}

const LATER = [
  '{"jsonrpc":"2.0","method":"ping","id":1',
  '{"method":"ping","id":1',
  '{"method":"ping"}{"meth',
  '{"method":"ping',
  '{"method":"ping\\',
  '{"method":"m","params":{"a":1}}{"method":"m","params":{"a":1',
  '[{"method":"ping"',
  '{"params":[]',
  'nonsense',
  '{"method":"m","params":"x"',
  `{"method":"m","more":"${'x'.repeat(5000)}"`,
];

for (const text of LATER) {
  test(`${text.slice(0, 60)} is answered later`, async () => {
    const { send, pass, errors } = await stage();
    send(text);
    await pass(TIMEOUT_MS - LOOK_MS);
    assert.equal(errors, []);
    await pass(3 * LOOK_MS);
    assert.is(errors.length, 1);
    assert.match(errors[0]!, `limits.stalled_text_timeout_ms, ${TIMEOUT_MS} ms.`);
  });
}

test('a bare object has the longer time where only JSON-RPC to the letter is taken', async () => {
  const { send, pass, errors } = await stage({ strict: true });
  send('{"method":"ping"');
  await pass(TIMEOUT_MS - LOOK_MS);
  assert.equal(errors, []);
  await pass(3 * LOOK_MS);
  assert.is(errors.length, 1);
});

const PATIENT: readonly string[] = [
  '{"method":"ping"\n',
  '{\n  "method": "ping"\n   ',
  '{"method":"ping"\r\n',
  '{"a":] and what is behind an error',
  'Content-Length: 30\r\n\r\n{"method":"ping"',
  'Content-',
  'GOX',
  'GOXE\u0000\u0000\u0000\u0001\u0000\u0000\u0000\u0020\u0000\u0000\u0000\u0000{"method":"ping"',
  '{"method":"ping"}',
  '{"method":"ping"}\u0000\u0000',
];

for (const bytes of PATIENT) {
  test(`${JSON.stringify(bytes)} is waited for`, async () => {
    const { send, pass, timers, errors } = await stage();
    send(bytes);
    await pass(STALLED_MS);
    assert.equal(errors, []);
    assert.is(timers.size, 0);
  });
}

test('a byte now and then is enough', async () => {
  const { send, pass, errors } = await stage();
  for (const byte of '{"method":"m","params":{"text":"slow"}') {
    send(byte);
    await pass(90);
  }
  for (let i = 0; i < 20; i += 1) {
    send(' ');
    await pass(90);
  }
  send('}');
  await pass(STALLED_MS);
  assert.equal(errors, []);
});

test('bytes that come late count anew, and the short time too', async () => {
  const { send, pass, errors } = await stage();
  send('{"met');
  await pass(TIMEOUT_MS - 2 * LOOK_MS);
  send('hod":"ping"');
  await pass(95);
  assert.equal(errors, []);
  await pass(BARE_MS - 95);
  assert.equal(errors, [MISSING]);
});

test('a look that is late counts no more than its wait', async () => {
  const { send, time, pass, errors } = await stage();
  send('{"method":"ping"');
  for (let standstill = 0; standstill < 3; standstill += 1) {
    time.increment(60_000);
    await turn();
  }
  assert.equal(errors, []);
  await pass(BARE_MS);
  assert.equal(errors, [MISSING]);
});

test('what came while the main thread was busy is read before it counts', async () => {
  const { send, time, pass, errors } = await stage();
  send('{"method":"ping"');
  await pass(BARE_MS - LOOK_MS);
  // The last look is due, and the bytes are read behind it in the same turn.
  time.increment(LOOK_MS);
  send(' ');
  await turn();
  await pass(95);
  assert.equal(errors, []);
});

test('time in which nothing is read does not count', async () => {
  const { partial, send, pass, told, timers, errors } = await stage();
  send('{"method":"ping"');
  partial.pause();
  await pass(STALLED_MS);
  assert.is(timers.size, 0);
  partial.resume();
  await pass(50);
  assert.equal(errors, []);
  await pass(BARE_MS);
  assert.equal(errors, [MISSING]);
  assert.equal(told, ['frame.partial', 'frame.whole', 'frame.partial']);
});

test('nothing is watched when it is whole, nor at the end', async () => {
  const { partial, send, pass, told, timers, errors } = await stage();
  send('{"method":"ping"');
  send('}');
  assert.is(timers.size, 0);
  send('{"method"');
  partial.end();
  assert.is(timers.size, 0);
  await pass(STALLED_MS);
  assert.equal(errors, []);
  assert.equal(told, ['frame.partial', 'frame.whole', 'frame.partial']);
});

test.run();
