/**
 * The quick part of the campaign on the protocol, for every change, and whether its oracle sees
 * what it is there to see.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { errorObject } from '../../conf/errors.ts';
import { SEED } from '../support/seed.ts';
import { campaign, STREAMS_PER_ROUND, streamOfNumber } from './protocol/campaign.ts';
import { type Arrival, type Due, judgeArrivals, refusal, result } from './protocol/due.ts';
import { packedId, ReplyReader, TOOL_ID } from './protocol/replies.ts';
import { ENDINGS } from './protocol/stream.ts';

const ROUNDS = 2;
const QUICK_MS = 15_000;
const SHOWN_MAX = 6;

const quick = suite('protocol: a quick campaign');

quick(
  'everything due is answered, nothing else is, and a healthy client sees none of it',
  async () => {
    const faults: string[] = [];
    const tally = await campaign({
      seed: SEED,
      rounds: ROUNDS,
      time_ms: QUICK_MS,
      onFault: ({ number, what }) => {
        faults.push(`${what}\n  npm run test:fuzz -- protocol --seed ${SEED} --only ${number}`);
      },
    });
    assert.is(
      faults.length,
      0,
      `${faults.length} faults:\n${faults.slice(0, SHOWN_MAX).join('\n')}`,
    );
    // Otherwise it would prove little.
    assert.ok(tally.streams >= STREAMS_PER_ROUND, `${tally.streams} streams`);
    assert.ok(tally.replies > 3 * tally.streams, `${tally.replies} replies`);
    assert.ok(tally.control > tally.streams, `${tally.control} to the healthy client`);
  },
);

quick('streams are of every framing and ending, and the same for the same seed', () => {
  const kinds = new Set<string>();
  for (let number = 0; number < 400; number++) {
    const stream = streamOfNumber(SEED, number);
    kinds.add(stream.framing).add(stream.ending);
    if (number > 20) continue;
    const again = streamOfNumber(SEED, number);
    assert.is(Buffer.compare(Buffer.concat(stream.pieces), Buffer.concat(again.pieces)), 0);
    assert.is(again.dues.length, stream.dues.length);
  }
  for (const kind of ['text', 'header', 'goxe', ...ENDINGS]) assert.ok(kinds.has(kind), kind);
});

quick.run();

const oracle = suite('protocol: the oracle');

const pong = result((value) => (value as { pong?: boolean }).pong === true);
const due = (id: string, line?: string): Due & { readonly ids: readonly string[] } => ({
  what: `ping ${id}`,
  encoding: 'json',
  ids: [id],
  wrong: pong,
  line,
});
const reply = (id: string, more: object = { result: { pong: true } }): Arrival => ({
  encoding: 'json',
  id,
  value: { jsonrpc: '2.0', id: JSON.parse(id), ...more },
});
const refused = (id: string, more: object = {}) =>
  reply(id, { error: { ...errorObject('GOX_PARSE', 'It is none.'), ...more } });

const DUES: readonly Due[] = [
  due('1', 'a'),
  due('2', 'a'),
  due('3'),
  [due('4'), due('5')] as Due,
  { ...due('6'), wrong: refusal('GOX_PARSE'), ids: ['null', '6'] },
  { ...due('null'), wrong: refusal('GOX_PARSE') },
];
const RIGHT: readonly Arrival[] = [
  reply('3'),
  reply('1'),
  [reply('4'), reply('5')] as Arrival,
  refused('null'),
  reply('2'),
  refused('6'),
];

function faults(arrivals: readonly Arrival[], all = true): string {
  return judgeArrivals(arrivals, DUES, all).join('\n');
}

function changed(place: number, ...arrivals: readonly Arrival[]): string {
  return faults(RIGHT.toSpliced(place, 1, ...arrivals));
}

oracle('what is due passes, also in another order', () => {
  assert.is(faults(RIGHT), '');
  assert.is(faults([refused('null'), refused('null'), ...RIGHT.slice(0, 3), reply('2')]), '');
  assert.is(faults(RIGHT.slice(2, 5), false), '', 'of a connection that was cut');
});

oracle('a reply that is missing, comes twice, or belongs to nobody is a fault', () => {
  assert.match(changed(0), /missing: ping 3/);
  assert.match(changed(0, reply('3'), reply('3')), /not due/);
  assert.match(changed(0, reply('7')), /not due.*\nmissing: ping 3/s);
  assert.match(changed(0, reply('"3"')), /not due/);
  assert.match(faults([reply('7')], false), /not due/);
  assert.match(faults([...RIGHT, refused('null')]), /not due/);
});

oracle('an order that is wrong is a fault', () => {
  const [three, one, batch, , two] = RIGHT as [Arrival, Arrival, Arrival, Arrival, Arrival];
  const rest = [three, batch, refused('null'), refused('6')];
  assert.match(faults([two, one, ...rest]), /out of order/);
  assert.match(changed(2, [reply('5'), reply('4')] as Arrival), /not due.*\nmissing: a batch/s);
  assert.match(changed(2, reply('4'), reply('5')), /not due/);
  assert.match(changed(2, [reply('4')] as Arrival), /1 replies in a batch/);
});

oracle('an outcome that is wrong is a fault', () => {
  assert.match(changed(0, reply('3', { result: { pong: false } })), /another result/);
  assert.match(changed(0, refused('3')), /no result/);
  assert.match(changed(5, reply('6')), /no error/);
  const other = { error: errorObject('GOX_TOO_DEEP', 'It is.') };
  assert.match(changed(5, reply('6', other)), /GOX_TOO_DEEP instead of GOX_PARSE/);
  assert.match(
    changed(0, { ...(reply('3') as object), encoding: 'msgpack' } as Arrival),
    /msgpack/,
  );
});

oracle('a reply that is no reply is a fault', () => {
  assert.match(changed(0, reply('3', {})), /result and error, or neither/);
  assert.match(changed(0, reply('3', { result: { pong: true }, more: 1 })), /members more/);
  assert.match(changed(5, refused('6', { code: -1 })), /GOX_PARSE with the number -1/);
  assert.match(changed(5, refused('6', { message: 'x'.repeat(5000) })), /5000 characters/);
  assert.match(changed(5, refused('6', { data: { code: 'GOX_NO' } })), /no error of the catalogue/);
  const defect = { error: errorObject('GOX_INTERNAL', 'Oh.') };
  assert.match(changed(5, reply('6', defect)), /a defect/);
});

oracle.run();

const reading = suite('protocol: reading replies');

function read(framing: 'text' | 'header' | 'goxe', bytes: string): ReplyReader {
  const reader = new ReplyReader(framing);
  for (const byte of Buffer.from(bytes, 'latin1')) reader.push(Buffer.of(byte));
  return reader;
}

reading('ids are the bytes that came', () => {
  const [one, batch] = read(
    'text',
    '{"jsonrpc":"2.0","id":1.50,"result":{"id":2}}\n' +
      '[{"jsonrpc":"2.0","id":"\\"]","result":[]},{"jsonrpc":"2.0","id":12e3,"result":"}"}]\n',
  ).arrivals;
  assert.is((one as { id: string }).id, '1.50');
  assert.equal(
    (batch as unknown as { id: string }[]).map(({ id }) => id),
    ['"\\"]"', '12e3'],
  );
  assert.is(packedId(2n ** 63n), 'bigint 9223372036854775808');
});

reading('replies to calls of tools are read as those to requests', () => {
  const error = errorObject('GOX_INVALID_PARAMS', 'It is wrong.');
  const told = { error_message: error.message, error_data: error.data };
  const failure = (error_code: number, more = {}) =>
    `${JSON.stringify({ success: false, error_code, ...told, ...more })}\n`;
  const { arrivals } = read('text', `{"success":true,"content":[1]}\n${failure(-1002)}`);
  assert.equal(arrivals, [
    { encoding: 'json', id: TOOL_ID, value: { jsonrpc: '2.0', id: null, result: [1] } },
    { encoding: 'json', id: TOOL_ID, value: { jsonrpc: '2.0', id: null, error } },
  ]);
  for (const wrong of [failure(-1003), failure(-1002, { id: 1 }), '{"success":true}\n']) {
    assert.throws(() => read('text', wrong), /no reply to a tool/);
  }
});

reading('what is framed in another way is a fault', () => {
  const text = '{"jsonrpc":"2.0","id":1,"result":1}';
  assert.is(read('header', `Content-Length: ${text.length}\r\n\r\n${text}`).arrivals.length, 1);
  assert.throws(() => read('header', `Length: 3\r\n\r\n${text}`), /no header/);
  assert.throws(() => read('goxe', `GOXE\0\0\0\x02\0\0\0\x23\0\0\0\0${text}`), /no GOXE header/);
  assert.throws(() => read('text', '{"id":1,"jsonrpc":"2.0","result":1}\n'), /no reply/);
  assert.is(read('text', text).pending_bytes, text.length);
});

reading.run();
