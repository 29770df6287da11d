import { Packr } from 'msgpackr';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ERRORS } from '../../../conf/error-catalogue.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { Reply } from '../../../transport/jsonrpc.ts';
import {
  composeReplies,
  composeStandalone,
  errorReply,
  notification,
} from '../../../transport/reply.ts';
import { goxe } from './support.ts';

const packr = new Packr({ useRecords: false });

function json(id: string, body: string, failed = false): Reply {
  return { encoding: 'json', id: Buffer.from(id), failed, body: Buffer.from(body) };
}

function msgpack(id: unknown, body: unknown): Reply {
  return { encoding: 'msgpack', id: packr.pack(id), failed: false, body: packr.pack(body) };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

const reply = suite('replies');

reply('are compact, id first, one a line, all in one buffer', () => {
  const long = `"${'ü'.repeat(500)}"`;
  assert.is(
    text(composeReplies([json('1', '{"pong":true}'), json('"é"', long), json('2', '[]')], 'text')),
    '{"jsonrpc":"2.0","id":1,"result":{"pong":true}}\n' +
      `{"jsonrpc":"2.0","id":"é","result":${long}}\n` +
      '{"jsonrpc":"2.0","id":2,"result":[]}\n',
  );
});

reply('with an error have an error in place of a result', () => {
  const replies = [json('1.5', '{"code":-1001}', true)];
  assert.is(
    text(composeReplies(replies, 'text')),
    '{"jsonrpc":"2.0","id":1.5,"error":{"code":-1001}}\n',
  );
});

reply('stand beside notifications, in every framing and encoding', () => {
  const told = notification('progress', Buffer.from('{"part":0.5}'), 'json');
  const bare = notification('"é"', new Uint8Array(0), 'json');
  const first = '{"jsonrpc":"2.0","method":"progress","params":{"part":0.5}}';
  const second = '{"jsonrpc":"2.0","method":"\\"é\\""}';
  const third = '{"jsonrpc":"2.0","id":1,"result":2}';
  const all = [told, bare, json('1', '2')];
  const frames = [first, second, third];
  assert.is(text(composeReplies(all, 'text')), frames.map((one) => `${one}\n`).join(''));
  assert.is(
    text(composeReplies(all, 'header')),
    frames.map((one) => `Content-Length: ${Buffer.byteLength(one)}\r\n\r\n${one}`).join(''),
  );
  assert.equal(composeReplies(all, 'goxe'), Buffer.concat(frames.map((one) => goxe(one))));
  const packed = [
    notification('progress', packr.pack({ part: 0.5 }), 'msgpack'),
    notification('bare', new Uint8Array(0), 'msgpack'),
  ].map((one) => composeReplies([one], 'goxe'));
  assert.equal(
    packed.map((bytes) => packr.unpack(bytes.subarray(16))),
    [
      { jsonrpc: '2.0', method: 'progress', params: { part: 0.5 } },
      { jsonrpc: '2.0', method: 'bare' },
    ],
  );
  assert.equal(packed[0], goxe(packed[0]!.subarray(16)), 'a header that says MessagePack');
});

reply('of a batch are one array, and nothing when there are none', () => {
  const batch = [json('1', '1'), json('null', '{}', true)];
  const array = '[{"jsonrpc":"2.0","id":1,"result":1},{"jsonrpc":"2.0","id":null,"error":{}}]';
  assert.is(
    text(composeReplies([batch, [], json('2', '2')], 'text')),
    `${array}\n{"jsonrpc":"2.0","id":2,"result":2}\n`,
  );
  assert.is(
    text(composeReplies([[json('1', '1')]], 'text')),
    '[{"jsonrpc":"2.0","id":1,"result":1}]\n',
  );
  assert.is(composeReplies([[], []], 'text').length, 0);
  assert.is(composeReplies([[]], 'goxe').length, 0);
  assert.is(composeReplies([], 'header').length, 0);
});

reply('have their length in bytes in front where headers are spoken', () => {
  const body = '{"jsonrpc":"2.0","id":1,"result":"ü"}';
  const frame = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
  assert.is(text(composeReplies([json('1', '"ü"'), json('1', '"ü"')], 'header')), frame + frame);
});

reply('are GOXE frames of the encoding of their requests', () => {
  const bytes = composeReplies([json('1', '2'), msgpack('a', { b: [1] })], 'goxe');
  const first = goxe('{"jsonrpc":"2.0","id":1,"result":2}');
  assert.equal(Buffer.from(bytes.subarray(0, first.length)), first);
  const second = bytes.subarray(first.length);
  assert.equal(Buffer.from(second), goxe(second.subarray(16)));
  assert.equal(packr.unpack(second.subarray(16)), { jsonrpc: '2.0', id: 'a', result: { b: [1] } });
});

reply('of a MessagePack batch are an array of any length', () => {
  for (const count of [1, 15, 16, 1000, 70_000]) {
    const batch = Array.from({ length: count }, (_, i) => msgpack(i, i));
    const values = packr.unpack(composeReplies([batch], 'goxe').subarray(16));
    assert.is(values.length, count);
    assert.equal(values.at(-1), { jsonrpc: '2.0', id: count - 1, result: count - 1 });
  }
});

reply('to what failed here carry the entry of the catalogue', () => {
  const error = new GoxError('GOX_TOO_DEEP', 'Too deep.', { depth_max: 3 });
  const { number, retryable, advice } = ERRORS.GOX_TOO_DEEP;
  const data = { code: 'GOX_TOO_DEEP', retryable, advice, details: { depth_max: 3 } };
  const expected = {
    jsonrpc: '2.0',
    id: null,
    error: { code: number, message: 'Too deep.', data },
  };
  assert.equal(JSON.parse(text(composeStandalone(error))), expected);
  const packed = composeReplies([errorReply(error, 'msgpack')], 'goxe');
  assert.equal(packr.unpack(packed.subarray(16)), expected);
});

reply.run();
