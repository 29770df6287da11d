import * as fc from 'fast-check';
import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEED } from '../../support/seed.ts';
import { envelopeOf, latin1, plainEvent } from './support.ts';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const pack = (value: unknown) => packr.pack(value);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const refused = (code: string, id = '\xc0') => ({ invalid: code, id, encoding: 'msgpack' });
const outcome = (bytes: Uint8Array) => plainEvent(envelopeOf(bytes));

/** A request whose id is these bytes. */
function withId(id: Uint8Array): Buffer {
  return Buffer.concat([
    hex('84'),
    pack('jsonrpc'),
    pack('2.0'),
    pack('id'),
    id,
    pack('method'),
    pack('ping'),
    pack('params'),
    pack({ project: 'a' }),
  ]);
}

const reading = suite('MessagePack: reading');

reading('finds the parts of a request, and echoes ids byte for byte', () => {
  const ids = ['07', 'cc07', 'cd0007', 'ce00000007', 'cf0000000000000007', 'ff', 'd0ff', 'd1ffff'];
  ids.push('d2ffffffff', 'd3ffffffffffffffff', 'ca3fc00000', 'cb3ff8000000000000', 'c0');
  ids.push('a0', 'a161', 'd90161', 'da000161', 'db0000000161');
  for (const id of ids) {
    assert.equal(
      outcome(withId(hex(id))),
      {
        method: 'ping',
        id: latin1(hex(id)),
        params: latin1(pack({ project: 'a' })),
        project: 'a',
        encoding: 'msgpack',
      },
      id,
    );
  }
});

reading('refuses ids of other types, without echoing them', () => {
  for (const id of ['c2', 'c3', '90', '80', 'c40161']) {
    assert.equal(outcome(withId(hex(id))), refused('GOX_INVALID_REQUEST'), id);
  }
});

reading('walks over values of every type', () => {
  const extras = ['c40161', 'c5000161', 'c60000000161'];
  extras.push(
    '91c3',
    'dc0001c2',
    'dd00000001c0',
    '81a16101',
    'de0001a16101',
    'df00000001a16101',
    'e0',
  );
  for (const extra of extras) {
    const request = { jsonrpc: '2.0', id: 1, method: 'ping' };
    const bytes = Buffer.concat([hex('84'), hex('a178'), hex(extra), pack(request).subarray(1)]);
    assert.is(envelopeOf(bytes).kind, 'request', extra);
  }
});

/** A timestamp, a big number, an undefined, a record of msgpackr, and one of each tag. */
const EXTENSIONS = ['d6ff00000000', 'c7044200000007', 'd4000000', 'd57240a0', 'd40061'];
EXTENSIONS.push('d5006161', 'd60061616161', `d700${'61'.repeat(8)}`, `d800${'61'.repeat(16)}`);
EXTENSIONS.push('c7010061', 'c800010061', 'c9000000010061');

reading('refuses values of extension types, wherever they stand', () => {
  for (const extension of EXTENSIONS) {
    const value = hex(extension);
    const places = [
      withId(value),
      withParams(value),
      withParams(Buffer.concat([hex('91'), value])),
      withParams(Buffer.concat([hex('81a178'), value])),
      withParams(Buffer.concat([hex('81a17891'), value])),
      withParams(Buffer.concat([hex('81'), value, hex('01')])),
      withParams(Buffer.concat([hex('9181'), value, hex('01')])),
    ];
    for (const bytes of places) assert.equal(outcome(bytes), refused('GOX_PARSE'), extension);
  }
});

reading('takes only strings for the keys of a map', () => {
  for (const key of ['01', 'c0', 'c3', '90', 'c40161', 'cb3ff8000000000000']) {
    for (const inside of ['', '91', '81a178']) {
      const bytes = withParams(Buffer.concat([hex(inside), hex('81'), hex(key), hex('01')]));
      assert.equal(outcome(bytes), refused('GOX_PARSE'), key);
    }
  }
});

reading('reads past a large number of an extension type without making it', () => {
  const number = Buffer.concat([hex('c900f0000042'), Buffer.alloc(15 * 2 ** 20, 0x7f)]);
  const since_ms = performance.now();
  assert.equal(outcome(withParams(Buffer.concat([hex('81a178'), number]))), refused('GOX_PARSE'));
  assert.ok(performance.now() - since_ms < 20_000);
});

reading('takes nil for no parameters', () => {
  const envelope = envelopeOf(withParams(hex('c0')));
  assert.is(envelope.kind === 'request' && envelope.params.length, 0);
});

/** A request with these bytes for its parameters. */
function withParams(bytes: Uint8Array): Buffer {
  const whole = pack({ jsonrpc: '2.0', id: 1, method: 'a', params: 0 });
  return Buffer.concat([whole.subarray(0, -1), bytes]);
}

reading('takes the project where it stands, and the last if it stands twice', () => {
  const params = (value: unknown) =>
    envelopeOf(pack({ jsonrpc: '2.0', id: 1, method: 'a', params: value }));
  const project = (value: unknown) => {
    const envelope = params(value);
    return envelope.kind === 'request' ? envelope.project : envelope.kind;
  };
  assert.is(project({ x: { project: 'b' }, project: 'a' }), 'a');
  assert.is(project({ x: { project: 'b' }, project: 5 }), undefined);
  assert.is(project(['project', 'a']), undefined);
  assert.is(project('a'), 'invalid');
  assert.is(project(null), undefined);
  const head = pack({ jsonrpc: '2.0', id: 1, method: 'a', params: {} }).subarray(0, -1);
  const twice = [hex('82'), pack('project'), pack('a'), pack('project'), pack('b')];
  const envelope = envelopeOf(Buffer.concat([head, ...twice]));
  assert.is(envelope.kind === 'request' && envelope.project, 'b');
});

reading('reads batches', () => {
  const element = { jsonrpc: '2.0', id: 1, method: 'ping' };
  const envelope = envelopeOf(pack([element, 1, { jsonrpc: '2.0', method: 'ping' }, { id: 2 }]));
  const nothing = { method: 'ping', params: '', project: undefined, encoding: 'msgpack' };
  assert.equal(plainEvent(envelope), {
    batch: [
      { ...nothing, id: '\x01' },
      refused('GOX_INVALID_REQUEST'),
      { ...nothing, id: undefined },
      refused('GOX_INVALID_REQUEST', '\x02'),
    ],
  });
  assert.equal(outcome(pack([])), refused('GOX_INVALID_REQUEST'));
  assert.equal(outcome(pack(new Array(1001).fill(1))), refused('GOX_BATCH_TOO_LONG'));
});

reading.run();

const hostile = suite('MessagePack: hostile bytes');

hostile('are refused before anything is done about the lengths they announce', () => {
  for (const bytes of [
    'dfffffffff',
    'ddffffffff',
    'dbffffffff',
    'c6ffffffff',
    'c9ffffffff00',
    '81a26964dbffffffff',
    'dd00000002c0',
    'df0000000201',
    '9f',
    '8f',
    'c1',
    '81c1c1',
    '',
    'd9',
    'cf00',
    '92c0',
    '8080',
  ]) {
    assert.equal(outcome(hex(bytes)), refused('GOX_PARSE'), bytes);
  }
});

hostile('nest as deep as the limit and no deeper', () => {
  const nested = (depth: number) => Buffer.concat([hex('91'.repeat(depth - 1)), hex('90')]);
  const params = (depth: number) =>
    Buffer.concat([
      pack({ jsonrpc: '2.0', id: 1, method: 'a', params: 0 }).subarray(0, -1),
      nested(depth),
    ]);
  assert.is(envelopeOf(params(63)).kind, 'request');
  assert.equal(outcome(params(64)), refused('GOX_TOO_DEEP'));
  assert.equal(outcome(Buffer.alloc(1_000_000, 0x91)), refused('GOX_TOO_DEEP'));
  assert.equal(outcome(hex('81a178'.repeat(300_000))), refused('GOX_TOO_DEEP'));
});

hostile('in names must be UTF-8', () => {
  const bytes = Buffer.concat([hex('83'), pack('jsonrpc'), pack('2.0'), pack('id'), hex('01')]);
  assert.equal(outcome(Buffer.concat([bytes, pack('method'), hex('a1ff')])), refused('GOX_PARSE'));
});

hostile('give the answer that a full decoding gives, cut short or changed', () => {
  const message = fc.record(
    {
      jsonrpc: fc.constant('2.0'),
      id: fc.oneof(fc.integer(), fc.string(), fc.double(), fc.constant(null)),
      method: fc.string(),
      params: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue())),
    },
    { requiredKeys: ['jsonrpc', 'method'] },
  );
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
  fc.assert(
    fc.property(message, fc.option(fc.nat()), damage, (value, length, changes) => {
      const whole = pack(value);
      const bytes = Buffer.from(length === null ? whole : whole.subarray(0, length % whole.length));
      for (const [place, byte] of changes) if (bytes.length > 0) bytes[place % bytes.length] = byte;
      const envelope = envelopeOf(bytes);
      if (changes.length > 0) return;
      if (length !== null) assert.equal(plainEvent(envelope), refused('GOX_PARSE'));
      else assert.is(envelope.kind === 'request' && envelope.method, value.method);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

hostile.run();
