/** What a request says about itself is found in every encoding, and nowhere else. */

import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { openRpcDocument, openRpcList } from '../../../engine/catalogue/openrpc.ts';
import { decodeParams } from '../../../engine/catalogue/params.ts';
import type { RequestMeta } from '../../../transport/jsonrpc.ts';
import { traceOf } from '../../../transport/meta.ts';
import { envelopeOf, LIMITS, received } from './support.ts';

const packr = new Packr({ useRecords: false });

/** What is found: the members, the message of an error, or nothing. */
function metaIn(message: string | Uint8Array): unknown {
  const envelope = envelopeOf(message);
  if (envelope.kind !== 'request') return envelope.kind === 'invalid' && envelope.error.code;
  const { meta } = envelope;
  return meta instanceof GoxError ? meta.message : meta;
}

/** With these members and no others. */
function said(members: Partial<RequestMeta> = {}): RequestMeta {
  const none = { timeout_ms: undefined, traceparent: undefined, tracestate: undefined };
  return { ...none, op_id: undefined, durability: false, ...members };
}

const text = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"a","params":${params}}`;
const meta = suite('meta');

const CASES: readonly [string, unknown][] = [
  ['{}', undefined],
  ['{"_meta":null}', undefined],
  ['{"_meta":{}}', said()],
  ['{"_meta":{"timeout_ms":5}}', said({ timeout_ms: 5 })],
  ['{"_meta":{"timeout_ms":null}}', said()],
  ['{"x":[{"y":1}],"_meta":{"timeout_ms":5},"z":"_meta"}', said({ timeout_ms: 5 })],
  [
    '{"_meta":{"a":[{"b":"}"}],"traceparent":"t","tracestate":"a=1"}}',
    said({ traceparent: 't', tracestate: 'a=1' }),
  ],
  ['{"_meta":{"timeout_ms":1},"_meta":{"timeout_ms":2}}', said({ timeout_ms: 2 })],
  ['[{"_meta":{"timeout_ms":7}}]', said({ timeout_ms: 7 })],
  ['{"_meta":{"op_id":"a","durability":true}}', said({ op_id: 'a', durability: true })],
  ['{"_meta":{"opId":"a"}}', said({ op_id: 'a' })],
  [
    '{"_meta":{"op_id":""}}',
    'params._meta.op_id: expected a string of 1 to 128 characters, got ""',
  ],
  ['{"_meta":{"op_id":7}}', 'params._meta.op_id: expected a string of 1 to 128 characters, got 7'],
  ['["_meta",{"timeout_ms":7}]', undefined],
  ['{"x":{"_meta":{"timeout_ms":7}}}', undefined],
  ['{"_metb":{"timeout_ms":7},"x":"_meta"}', undefined],
  [
    '{"_meta":{"timeout_ms":0}}',
    'params._meta.timeout_ms: expected an integer of at least 1, got 0',
  ],
  ['{"_meta":{"timeout_ms":600001}}', said({ timeout_ms: 600_000 })],
  ['{"_meta":{"traceparent":1}}', 'params._meta.traceparent: expected a string, got 1'],
  ['{"_meta":5}', 'params._meta: expected an object such as {"timeout_ms": 5000}, got 5'],
];

meta('is read from the parameters themselves, in JSON and in MessagePack alike', () => {
  for (const [params, expected] of CASES) {
    assert.equal(metaIn(text(params)), expected, params);
    // Printed over lines and with a key that is written otherwise, it takes the careful way.
    const value = JSON.parse(text(params));
    const careful = JSON.stringify(value, null, 1);
    assert.equal(metaIn(careful), expected, careful);
    assert.equal(metaIn(careful.replace('"_meta"', '"\\u005fmeta"')), expected, params);
    assert.equal(metaIn(packr.pack(value)), expected, `MessagePack ${params}`);
  }
});

meta('comes out the same by the shortcut, which gives up what is no JSON', () => {
  for (const [params] of CASES) {
    const bytes = [Buffer.from(text(params))];
    assert.equal(received(bytes), received(bytes, { shortcut: false }), params);
  }
  for (const broken of ['{"_meta":{"a":1 2}}', '{"_meta":{"a"}}', '{"_meta":{"a":[}]}}']) {
    assert.is(metaIn(text(broken)), 'GOX_PARSE', broken);
  }
  const deep = `{"_meta":{"a":${'['.repeat(LIMITS.depth_max)}${']'.repeat(LIMITS.depth_max)}}}`;
  assert.is(metaIn(text(deep)), 'GOX_TOO_DEEP');
});

meta('of one request is not that of the next', () => {
  const both = `${text('{"_meta":{"timeout_ms":5}}')}\n${text('{"x":1}')}\n`;
  const [first, second] = received([Buffer.from(both)]) as { meta?: unknown }[];
  assert.equal(first?.meta, said({ timeout_ms: 5 }));
  assert.is(second?.meta, undefined);
});

meta('is no parameter of any method, and none of its checks', () => {
  for (const spec of METHODS) {
    for (const { params } of spec.examples) {
      if (Array.isArray(params)) continue;
      const plain = decodeParams(spec, structuredClone(params));
      const told = decodeParams(spec, { ...structuredClone(params), _meta: { timeout_ms: 5 } });
      assert.equal(told, plain, spec.name);
    }
  }
  const ping = METHODS.find(({ name }) => name === 'ping')!;
  assert.throws(() => decodeParams(ping, { _metta: 1 }), /unknown parameter/);
});

meta('is told of with every method', () => {
  const { methods, components } = openRpcDocument('1');
  for (const { name, params } of methods) {
    const last = params.at(-1);
    assert.is(last?.name, '_meta', name);
    assert.equal(last?.schema, { $ref: '#/components/schemas/RequestMeta' });
  }
  assert.ok(JSON.stringify(components?.schemas.RequestMeta).includes('timeout_ms'));
  assert.match(openRpcList('1').info.description, '_meta');
});

meta('has a trace only by the form of W3C', () => {
  const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
  const of = (traceparent: string) => traceOf({ traceparent });
  assert.is(of(trace), trace);
  assert.is(of(`cc${trace.slice(2)}-later`), `cc${trace.slice(2)}-later`);
  for (const wrong of [
    trace.toUpperCase(),
    trace.slice(1),
    `ff${trace.slice(2)}`,
    trace.replace(/-4.*6-/, `-${'0'.repeat(32)}-`),
    trace.replace('00f067aa0ba902b7', '0'.repeat(16)),
    `${trace}later`,
  ]) {
    assert.is(of(wrong), undefined, wrong);
  }
  assert.is(traceOf(undefined), undefined);
});

meta.run();
