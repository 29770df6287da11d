/** What becomes of requests about the daemon itself, defects of their methods included. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Intake } from '../../../actors/connection/intake.ts';
import { Sessions } from '../../../actors/connection/sessions.ts';
import { GoxError } from '../../../conf/errors.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Framer } from '../../../transport/framing.ts';
import { Ledger } from '../../../transport/ledger.ts';
import { Replies } from '../../../transport/replies.ts';
import { FakeOutput } from '../../support/fake-output.ts';
import { configWith } from '../../support/probe.ts';

async function answers(text: string, dispatch: (method: string) => unknown) {
  const config = await configWith(() => {});
  const output = new FakeOutput();
  const events = { flow() {}, unblocked() {}, idle() {}, failed() {} };
  const replies = new Replies(output, () => 'text', config, new Ledger(config), events);
  const sessions = new Sessions(replies, () => {});
  const defects: string[] = [];
  const deps = {
    ...{ config, reader: new EnvelopeReader(config) },
    dispatch: (method: string) => Buffer.from(JSON.stringify(dispatch(method))),
    counters: { requests: 0 },
    clock: { now_ms: () => 0 },
    onDefect: (method: string, error: unknown) => defects.push(`${method}: ${error}`),
  };
  const intake = new Intake(deps, { replies, sessions });
  intake.take(new Framer(config).push(Buffer.from(text)));
  replies.flush();
  return { replies: output.replies, defects };
}

const PING = '{"jsonrpc":"2.0","method":"ping","id":1}\n';
const test = suite('intake');

test('a defect of a method is answered, reported, and not shown to the client', async () => {
  const { replies, defects } = await answers(PING, () => {
    throw new TypeError('secret');
  });
  assert.is(replies[0]?.error?.data.code, 'GOX_INTERNAL');
  assert.not.match(JSON.stringify(replies), 'secret');
  assert.equal(defects, ['ping: TypeError: secret']);
});

test('an error of the catalogue is answered as it is, and is no defect', async () => {
  const { replies, defects } = await answers(PING, () => {
    throw new GoxError('GOX_OVERLOADED', 'not now');
  });
  assert.is(replies[0]?.error?.message, 'not now');
  assert.equal(defects, []);
});

test('a result is answered under its id', async () => {
  const { replies } = await answers(PING, (method) => ({ method }));
  assert.equal(replies, [{ jsonrpc: '2.0', id: 1, result: { method: 'ping' } }]);
});

test.run();
