/** What becomes of requests about the daemon itself, defects of their methods included. */

import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Intake } from '../../../actors/connection/intake.ts';
import { Wire } from '../../../actors/connection/wire.ts';
import { GoxError } from '../../../conf/errors.ts';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { Framer } from '../../../transport/framing.ts';
import { Ledger } from '../../../transport/ledger.ts';
import { configWith } from '../../support/probe.ts';

async function answers(text: string, dispatch: (method: string) => unknown) {
  const { limits } = await configWith(() => {});
  let written = '';
  const write = (bytes: Uint8Array) => {
    written += Buffer.from(bytes).toString();
  };
  // The part of a socket that a wire uses.
  const socket = { writable: true, writableLength: 0, write } as unknown as Socket;
  const events = { flow() {}, sessionNeeded() {}, idle() {}, failed() {} };
  const wire = new Wire(socket, () => 'text', limits, new Ledger(limits.held_bytes_max), events);
  const defects: string[] = [];
  const deps = {
    dispatch: (method: string) => Buffer.from(JSON.stringify(dispatch(method))),
    counters: { requests: 0 },
    clock: { now_ms: () => 0 },
    onDefect: (method: string, error: unknown) => defects.push(`${method}: ${error}`),
  };
  const intake = new Intake(deps, wire, limits, new EnvelopeReader(limits));
  intake.take(new Framer(limits).push(Buffer.from(text)));
  wire.flush();
  return {
    replies: written
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    defects,
  };
}

const PING = '{"jsonrpc":"2.0","method":"ping","id":1}\n';
const test = suite('intake');

test('a defect of a method is answered, reported, and not shown to the client', async () => {
  const { replies, defects } = await answers(PING, () => {
    throw new TypeError('secret');
  });
  assert.is(replies[0].error.data.code, 'GOX_INTERNAL');
  assert.not.match(JSON.stringify(replies), 'secret');
  assert.equal(defects, ['ping: TypeError: secret']);
});

test('an error of the catalogue is answered as it is, and is no defect', async () => {
  const { replies, defects } = await answers(PING, () => {
    throw new GoxError('GOX_OVERLOADED', 'not now');
  });
  assert.is(replies[0].error.message, 'not now');
  assert.equal(defects, []);
});

test('a result is answered under its id', async () => {
  const { replies } = await answers(PING, (method) => ({ method }));
  assert.equal(replies, [{ jsonrpc: '2.0', id: 1, result: { method: 'ping' } }]);
});

test.run();
