/** What a connection holds is counted: replies, requests, batches, and all of them together. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Wire, type WireEvents } from '../../../actors/connection/wire.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { Request } from '../../../transport/jsonrpc.ts';
import { Ledger } from '../../../transport/ledger.ts';
import { FakeSocket } from '../../support/fake-socket.ts';

const LIMITS = { output_bytes_max: 1000, result_bytes_max: 100_000 };

function wire(ledger = new Ledger(1_000_000), events: Partial<WireEvents> = {}) {
  const socket = new FakeSocket();
  const made = new Wire(socket.asSocket(), () => 'text', LIMITS, ledger, {
    ...{ flow: () => {}, sessionNeeded: () => {}, idle: () => {}, failed: () => {} },
    ...events,
  });
  return { socket, ledger, wire: made };
}

function request(id: number, params = 0): Request {
  const bytes = new Uint8Array(params);
  const encoded = Buffer.from(String(id));
  const rest = { method: 'm', params: bytes, project: undefined } as const;
  return { kind: 'request', encoding: 'json', id: encoded, ...rest };
}

const body = (length: number) => Buffer.from(`"${'x'.repeat(length - 2)}"`);

const test = suite('wire');

test('is full while the client does not read, and not any more when it has', () => {
  const flows: boolean[] = [];
  const parts = wire(undefined, { flow: () => flows.push(parts.wire.full) });
  parts.socket.reads = false;
  parts.wire.answer(parts.wire.place(request(1), undefined, 0), false, body(1200));
  parts.wire.flush();
  assert.is(parts.wire.full, true);
  assert.is(parts.wire.roomy, false);
  parts.socket.readAll();
  assert.is(parts.wire.full, false);
  assert.ok(flows.includes(true) && flows.at(-1) === false);
});

test('counts for the whole what waits, and nothing once it has gone', () => {
  const { socket, ledger, wire: one } = wire();
  socket.reads = false;
  const pending = [1, 2].map((id) => one.place(request(id, 5000), undefined, 0));
  one.account(70);
  assert.ok(ledger.bytes >= 10_070, `${ledger.bytes}`);
  assert.is(one.crowded, true);
  for (const place of pending) one.answer(place, false, body(300));
  one.flush();
  assert.is(one.crowded, false);
  assert.is(ledger.bytes, 70 + socket.writableLength);
  socket.readAll();
  one.account(0);
  assert.is(ledger.bytes, 0);
  one.place(request(3, 800), undefined, 0);
  one.account(12);
  one.end();
  one.account(99);
  assert.is(ledger.bytes, 0);
});

test('the results of a batch are bounded together, and the others are told so', () => {
  const { socket, wire: one } = wire();
  const batch = { replies: new Array(4), left: 4 };
  for (let place = 0; place < 4; place += 1) {
    one.answer(one.place(request(place), batch, place), false, body(40_000));
  }
  one.flush();
  const [replies] = socket.replies as unknown as [FakeSocket['replies']];
  assert.equal(
    replies.map(({ error }) => error?.data.code ?? 'result'),
    ['result', 'result', 'GOX_RESULT_TOO_LARGE', 'GOX_RESULT_TOO_LARGE'],
  );
});

test('a small reply is kept however much there is, a large one gives way', () => {
  const { socket, wire: one } = wire(new Ledger(10_000));
  one.answer(one.place(request(1), undefined, 0), false, body(20_000));
  one.answer(one.place(request(2), undefined, 0), false, body(100));
  one.flush();
  const [large, small] = socket.replies;
  assert.is(large?.error?.data.code, 'GOX_OVERLOADED');
  assert.match(JSON.stringify(large), 'limits.held_bytes_max');
  assert.is(small?.error, undefined);
});

test('a small part of a large answer does not keep the whole of it', () => {
  const { wire: one } = wire();
  const answer = new Uint8Array(1_000_000).fill(0x31);
  const batch: { replies: ({ body: Uint8Array } | undefined)[]; left: number } = {
    ...{ replies: new Array(2), left: 2 },
  };
  one.answer(one.place(request(1), batch as never, 0), false, answer.subarray(0, 10));
  assert.is(batch.replies[0]?.body.buffer.byteLength, 10);
});

test('one that must stop for the whole goes on when there is room', () => {
  const ledger = new Ledger(5000);
  const [first, second] = [wire(ledger), wire(ledger)];
  for (const { socket } of [first, second]) socket.reads = false;
  first.wire.answer(first.wire.place(request(1), undefined, 0), false, body(400));
  first.wire.flush();
  assert.is(first.wire.full, false);
  const held = second.wire.place(request(1, 6000), undefined, 0);
  second.wire.account();
  first.wire.account();
  assert.is(first.wire.full, true, 'it holds something while all hold too much');
  second.wire.answer(held, false, body(10));
  second.wire.flush();
  assert.is(first.wire.full, false);
});

test('what one that is woken by its own reading held is counted out once', () => {
  const { socket, ledger, wire: one } = wire(new Ledger(500));
  socket.reads = false;
  for (let i = 0; i < 4; i++) {
    one.answer(one.place(request(i), undefined, 0), false, body(400));
    one.flush();
  }
  assert.ok(ledger.full);
  socket.readAll();
  one.account();
  assert.is(ledger.bytes, 0);
});

test('a reply that cannot be written ends its connection, and is nobody else’s', () => {
  const failed: unknown[] = [];
  const { socket, wire: one } = wire(undefined, { failed: (error) => failed.push(error) });
  socket.write = () => {
    throw new RangeError('too long');
  };
  one.fail(one.place(request(1), undefined, 0), new GoxError('GOX_CANCELLED', 'x'));
  one.flush();
  assert.match(String(failed[0]), 'too long');
});

test('names sessions by numbers that are used again', () => {
  const slots: number[] = [];
  const { wire: one } = wire(undefined, { sessionNeeded: ({ slot }) => slots.push(slot) });
  const session = {
    ...{ submit() {}, resume() {}, idle: () => true, cancel: () => false },
    ...{ abandon() {}, giveUp() {}, refuseRest() {} },
  };
  for (let i = 0; i < 100; i += 1) {
    one.deliver(`p${i}`, []);
    one.attach(`p${i}`, session);
    if (slots.filter((slot) => slot === slots.at(-1)).length > 1) one.detach(`p${i - 16}`);
  }
  assert.ok(Math.max(...slots) < 16, `${Math.max(...slots)}`);
});

test.run();
