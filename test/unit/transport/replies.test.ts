/** What a connection holds is counted: replies, requests, batches, and all of them together. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { Failures } from '../../../transport/failures.ts';
import type { Request } from '../../../transport/jsonrpc.ts';
import { Ledger } from '../../../transport/ledger.ts';
import { Replies, type RepliesEvents } from '../../../transport/replies.ts';
import { errorReply } from '../../../transport/reply.ts';
import { FakeOutput } from '../../support/fake-output.ts';

const LIMITS = { output_bytes_max: 1000, result_bytes_max: 100_000 };

const ledgerOf = (held_bytes_max: number) => new Ledger({ limits: { held_bytes_max } });

function made(ledger = ledgerOf(1_000_000), more: Partial<RepliesEvents> = {}) {
  const output = new FakeOutput();
  const failures = new Failures();
  const events = {
    ...{ flow: () => {}, unblocked: () => {}, idle: () => {}, failed: () => {} },
    ...more,
  };
  const limited = { limits: LIMITS };
  const replies = new Replies(output, () => 'text', limited, ledger, events, failures);
  return { output, ledger, failures, replies };
}

function request(id: number, params = 0): Request {
  const bytes = new Uint8Array(params);
  const encoded = Buffer.from(String(id));
  const rest = { method: 'm', params: bytes, project: undefined, meta: undefined } as const;
  return { kind: 'request', encoding: 'json', id: encoded, ...rest };
}

const body = (length: number) => Buffer.from(`"${'x'.repeat(length - 2)}"`);

/** Results and the codes of errors, in the order in which they were written. */
const told = ({ replies }: FakeOutput) =>
  replies.map((reply) => reply.error?.data.code ?? reply.result);

const test = suite('replies');

test('is full while the client does not read, and not any more when it has', () => {
  const flows: boolean[] = [];
  const parts = made(undefined, { flow: () => flows.push(parts.replies.blocked) });
  parts.output.reads = false;
  parts.replies.answer(parts.replies.place(request(1), undefined, 0), false, body(1200));
  parts.replies.flush();
  assert.is(parts.replies.blocked, true);
  assert.is(parts.replies.roomy, false);
  parts.output.readAll();
  assert.is(parts.replies.blocked, false);
  assert.ok(flows.includes(true) && flows.at(-1) === false);
});

test('counts for the whole what waits, and nothing once it has gone', () => {
  const { output, ledger, replies: one } = made();
  output.reads = false;
  const pending = [1, 2].map((id) => one.place(request(id, 5000), undefined, 0));
  one.account(70);
  assert.ok(ledger.bytes >= 10_070, `${ledger.bytes}`);
  assert.is(one.crowded, true);
  for (const place of pending) one.answer(place, false, body(300));
  one.flush();
  assert.is(one.crowded, false);
  assert.is(ledger.bytes, 70 + output.unread_bytes);
  output.readAll();
  one.account(0);
  assert.is(ledger.bytes, 0);
  one.place(request(3, 800), undefined, 0);
  one.account(12);
  one.end();
  one.account(99);
  assert.is(ledger.bytes, 0);
});

test('the results of a batch are bounded together, and the others are told so', () => {
  const { output, replies: one } = made();
  const batch = { replies: new Array(4), left: 4 };
  for (let place = 0; place < 4; place += 1) {
    one.answer(one.place(request(place), batch, place), false, body(40_000));
  }
  one.flush();
  const [replies] = output.replies as unknown as [FakeOutput['replies']];
  assert.equal(
    replies.map(({ error }) => error?.data.code ?? 'result'),
    ['result', 'result', 'GOX_RESULT_TOO_LARGE', 'GOX_RESULT_TOO_LARGE'],
  );
});

test('a small reply is kept however much there is, a large one gives way', () => {
  const { output, replies: one } = made(ledgerOf(10_000));
  one.answer(one.place(request(1), undefined, 0), false, body(20_000));
  one.answer(one.place(request(2), undefined, 0), false, body(100));
  one.flush();
  const [large, small] = output.replies;
  assert.is(large?.error?.data.code, 'GOX_OVERLOADED');
  assert.match(JSON.stringify(large), 'limits.held_bytes_max');
  assert.is(small?.error, undefined);
});

test('a small part of a large answer does not keep the whole of it', () => {
  const { replies: one } = made();
  const answer = new Uint8Array(1_000_000).fill(0x31);
  const batch: { replies: ({ body: Uint8Array } | undefined)[]; left: number } = {
    ...{ replies: new Array(2), left: 2 },
  };
  one.answer(one.place(request(1), batch as never, 0), false, answer.subarray(0, 10));
  assert.is(batch.replies[0]?.body.buffer.byteLength, 10);
});

const bareRequest = (): Request => ({ ...request(0), id: Buffer.from('null'), form: 'bare' });
const numberBody = (value: number) => Buffer.from(`${value}`);

test('those without an id keep the order of their requests, others come when ready', () => {
  const { output, replies: one } = made();
  const [first, second, third] = [0, 0, 0].map(() => one.place(bareRequest(), undefined, 0));
  const other = one.place(request(9), undefined, 0);
  one.answer(third!, false, numberBody(3));
  one.say(errorReply(new GoxError('GOX_PARSE', 'Parse error: no.')));
  one.answer(other, false, numberBody(9));
  one.answer(second!, false, numberBody(2));
  one.flush();
  assert.equal(told(output), [9]);
  one.answer(first!, false, numberBody(1));
  one.flush();
  assert.equal(told(output), [9, 1, 2, 3, 'GOX_PARSE']);
  one.say(errorReply(new GoxError('GOX_PARSE', 'Parse error: no.')));
  one.flush();
  assert.is(told(output).length, 6);
});

test('what waits for its turn is bounded, and of no use to who has gone', () => {
  const { output, ledger, replies: one } = made();
  const places = [0, 0, 0, 0].map(() => one.place(bareRequest(), undefined, 0));
  for (const place of places.slice(1)) one.answer(place, false, body(40_000));
  one.account();
  assert.ok(ledger.bytes > 80_000 && ledger.bytes < 90_000, `${ledger.bytes}`);
  one.answer(places[0]!, false, numberBody(0));
  one.flush();
  assert.equal(told(output).slice(-1), ['GOX_RESULT_TOO_LARGE']);
  const late = [0, 0].map(() => one.place(bareRequest(), undefined, 0));
  one.answer(late[1]!, false, body(5000));
  one.abandon();
  one.answer(late[0]!, false, body(5000));
  one.flush();
  assert.is(output.replies.length, 4);
  assert.is(one.held, 0);
});

test('a reply that waits for its turn counts as what has no answer', () => {
  const { replies: one } = made();
  const first = one.place(bareRequest(), undefined, 0);
  const second = one.place(bareRequest(), undefined, 0);
  assert.is(one.crowded, false);
  one.answer(second, false, body(900));
  assert.is(one.crowded, true);
  one.answer(first, false, body(3));
  one.flush();
  assert.is(one.crowded, false);
});

test('a request counts until its turn has come, so that no more are read than may wait', () => {
  const flows: boolean[] = [];
  const parts = made(undefined, { flow: () => flows.push(parts.replies.crowded) });
  const { output, replies: one } = parts;
  const first = one.place(bareRequest(), undefined, 0);
  for (let n = 0; n < 5; n += 1) one.answer(one.place(bareRequest(), undefined, 0), false, body(3));
  one.say(errorReply(new GoxError('GOX_PARSE', 'Parse error: no.')));
  one.flush();
  assert.equal([one.open, one.crowded, output.replies.length], [6, true, 0]);
  one.answer(first, false, body(3));
  one.flush();
  assert.equal([one.open, one.crowded, output.replies.length], [0, false, 7]);
  assert.equal(flows, [true, false]);

  const last = one.place(bareRequest(), undefined, 0);
  one.answer(one.place(bareRequest(), undefined, 0), false, body(3));
  one.abandon();
  assert.is(one.open, 1);
  one.answer(last, false, body(3));
  assert.equal([one.open, one.held], [0, 0]);
});

test('one that must stop for the whole goes on when there is room', () => {
  const ledger = ledgerOf(5000);
  const [first, second] = [made(ledger), made(ledger)];
  for (const { output } of [first, second]) output.reads = false;
  first.replies.answer(first.replies.place(request(1), undefined, 0), false, body(400));
  first.replies.flush();
  assert.is(first.replies.blocked, false);
  const held = second.replies.place(request(1, 6000), undefined, 0);
  second.replies.account();
  first.replies.account();
  assert.is(first.replies.blocked, true, 'it holds something while all hold too much');
  second.replies.answer(held, false, body(10));
  second.replies.flush();
  assert.is(first.replies.blocked, false);
});

test('what one that is woken by its own reading held is counted out once', () => {
  const { output, ledger, replies: one } = made(ledgerOf(500));
  output.reads = false;
  for (let i = 0; i < 4; i++) {
    one.answer(one.place(request(i), undefined, 0), false, body(400));
    one.flush();
  }
  assert.ok(ledger.full);
  output.readAll();
  one.account();
  assert.is(ledger.bytes, 0);
});

test('a reply that cannot be written ends its connection, and is nobody else’s', () => {
  const failed: unknown[] = [];
  const { output, replies: one } = made(undefined, { failed: (error) => failed.push(error) });
  output.write = () => {
    throw new RangeError('too long');
  };
  one.fail(one.place(request(1), undefined, 0), new GoxError('GOX_CANCELLED', 'x'));
  one.flush();
  assert.match(String(failed[0]), 'too long');
});

test('replies that are errors are counted, also in batches and in the place of results', () => {
  const { failures, replies: one, ledger } = made();
  const failure = new GoxError('GOX_FILE', 'no');
  one.answer(one.place(request(1), undefined, 0), false, body(10));
  assert.is(failures.total, 0);
  one.fail(one.place(request(2), undefined, 0), failure);
  const batch = { replies: new Array(2), left: 2 };
  one.fail(one.place(request(3), batch, 0), failure);
  one.answer(one.place(request(4), batch, 1), false, body(10));
  one.say(errorReply(new GoxError('GOX_PARSE', 'no')));
  assert.equal(failures.byCode(), { GOX_FILE: 2, GOX_PARSE: 1 });
  // It is carried out, and there is no room for what it answers.
  one.answer(one.place(request(5), undefined, 0), false, body(ledger.bytes_max + 1));
  assert.is(failures.byCode().GOX_OVERLOADED, 1);
  // Nobody is told of these.
  one.fail(one.place({ ...request(6), id: undefined }, undefined, 0), failure);
  const place = one.place(request(7), undefined, 0);
  one.abandon();
  one.fail(place, failure);
  assert.is(failures.total, 4);
});

const idsOf = (output: FakeOutput) => output.replies.map(({ id, method }) => id ?? method);

test('answers come out as they come in, batches when the last is there', () => {
  const { output, replies } = made();
  const batch = { replies: new Array(3), left: 3 };
  const places = [1, 2, 3].map((id, place) => replies.place(request(id), batch, place));
  const [fourth, fifth] = [4, 5].map((id) => replies.place(request(id), undefined, 0));
  replies.answer(places[2]!, false, body(3));
  replies.answer(fifth!, false, body(3));
  replies.answer(places[0]!, false, body(3));
  replies.flush();
  assert.equal(idsOf(output), [5]);
  replies.answer(fourth!, false, body(3));
  replies.answer(places[1]!, false, body(3));
  replies.flush();
  const [, four, three] = output.replies as unknown as [unknown, { id: 4 }, { id: number }[]];
  assert.is(four.id, 4);
  assert.equal(
    three.map(({ id }) => id),
    [1, 2, 3],
  );
  assert.is(output.writes.length, 2, 'a write each flush');
});

test('notifications stand between the replies, each of which counts', () => {
  const { output, ledger, replies } = made();
  const [first, second] = [1, 2].map((id) => replies.place(request(id), undefined, 0));
  replies.answer(first!, false, body(3));
  assert.is(replies.notify('progress', body(100), 'json'), true);
  replies.account();
  assert.ok(replies.held >= 103 && ledger.bytes === replies.held, `${replies.held}`);
  replies.answer(second!, false, body(3));
  replies.flush();
  assert.equal(idsOf(output), [1, 'progress', 2]);
  assert.is(replies.held, 0);
  assert.is(replies.open, 0, 'nobody answers them');
});

test('notifications are dropped and counted where replies would be refused', () => {
  const { output, ledger, replies } = made();
  const note = (bytes: number) => replies.notify('n', body(bytes), 'json');
  assert.is(note(LIMITS.result_bytes_max + 1), false);
  output.reads = false;
  assert.is(note(600), true);
  assert.is(note(600), true, 'as long as what is due is within the ceiling');
  assert.is(note(10), false, 'beyond it, written or not');
  replies.flush();
  assert.is(replies.blocked, true);
  assert.is(note(10), false);
  output.readAll();
  assert.is(note(10), true);
  ledger.move(ledger.bytes_max);
  assert.is(note(10), false, 'all connections hold too much');
  ledger.move(-ledger.bytes_max);
  output.writable = false;
  assert.is(note(10), false);
  output.writable = true;
  replies.abandon();
  assert.is(note(10), false);
  assert.is(replies.dropped, 6);
});

test('an output that went away takes nothing, and nothing is held for it', () => {
  const { output, ledger, replies } = made();
  const place = replies.place(request(1), undefined, 0);
  output.writable = false;
  replies.answer(place, false, body(300));
  replies.flush();
  replies.account();
  assert.is(output.text, '');
  assert.is(ledger.bytes, 0);
});

test('limits that are replaced count from the next reply', () => {
  const output = new FakeOutput();
  const config = { limits: { ...LIMITS, held_bytes_max: 1_000_000 } };
  const ledger = new Ledger(config);
  const events = { flow() {}, unblocked() {}, idle() {}, failed() {} };
  const replies = new Replies(output, () => 'text', config, ledger, events);
  output.reads = false;
  const say = (bytes: number) => {
    replies.answer(replies.place(request(1), undefined, 0), false, body(bytes));
    replies.flush();
  };
  say(500);
  assert.is(replies.blocked, false);
  config.limits = { ...config.limits, output_bytes_max: 400 };
  replies.account();
  assert.is(replies.blocked, true);
  config.limits = { ...config.limits, output_bytes_max: 4000, held_bytes_max: 600 };
  replies.account();
  assert.is(replies.blocked, false);
  say(5000);
  assert.is(output.replies.at(-1)?.error?.data.code, 'GOX_OVERLOADED');
});

test.run();
