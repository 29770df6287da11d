/** Objects with a method and neither `jsonrpc` nor `id`, which older programs send. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cut, goxe, received, singleBytes, withHeader } from './support.ts';

const bare = suite('bare objects');

/** What is read of a text, by the shortcut, in pieces and without. */
function readings(text: string, strict = false): unknown[] {
  const bytes = Buffer.from(text);
  const whole = received([bytes], { strict });
  assert.equal(received([bytes], { strict, shortcut: false }), whole, text);
  assert.equal(received(cut(bytes, [7]), { strict }), whole, text);
  assert.equal(received(singleBytes(bytes), { strict }), whole, text);
  return whole;
}

const refused = (id = 'null') => [{ invalid: 'GOX_INVALID_REQUEST', id, encoding: 'json' }];

function run(method: string, params = ''): Record<string, unknown> {
  const nothing = { project: undefined, encoding: 'json' };
  return { ...nothing, method, params, id: 'null', form: 'bare' };
}

const TEXTS: readonly [text: string, request: Record<string, unknown>][] = [
  ['{"method":"ping"}', run('ping')],
  [' { "method" : "ping" }\n', run('ping')],
  ['{\n  "method": "get_voxel",\n  "params": {\n"x": 1 }\n}\n', run('get_voxel', '{\n"x": 1 }')],
  ['{"params":[1,2],"method":"m"}', run('m', '[1,2]')],
  ['{"method":"m","params":{"project":"p"}}', { ...run('m', '{"project":"p"}'), project: 'p' }],
  ['{"method":"m","params":null,"more":[1]}', run('m')],
  ['{"method":"\\u0070ing"}', run('ping')],
];

for (const [text, request] of TEXTS) {
  bare(`${JSON.stringify(text)} is a request, unless strict`, () => {
    assert.equal(readings(text), [request]);
    assert.equal(readings(text, true), refused());
  });
}

bare('with nothing or NUL bytes between them are all read', () => {
  const text = '{"method":"a"}{"method":"b"}\0\0{"method":"c"}\0\n\r\n{"method":"d"}\0';
  assert.equal(
    readings(text),
    ['a', 'b', 'c', 'd'].map((name) => run(name)),
  );
});

const NONE: readonly [text: string, id: string][] = [
  ['{"method":"ping","id":7}', '7'],
  ['{"id":null,"method":"ping"}', 'null'],
  ['{"method":"ping","jsonrpc":"1.0"}', 'null'],
  ['{"method":"ping","jsonrpc":null}', 'null'],
  ['{"method":5}', 'null'],
  ['{"method":"ping","params":5}', 'null'],
  ['{"params":[]}', 'null'],
];

for (const [text, id] of NONE) {
  bare(`${text} is none, strict or not`, () => {
    assert.equal(readings(text), refused(id));
    assert.equal(readings(text, true), refused(id));
  });
}

bare('are none in a batch, nor where a length is announced', () => {
  const batch = readings('[{"method":"ping"}]') as { batch: unknown[] }[];
  assert.equal(batch[0]?.batch, refused());
  assert.equal(received([withHeader('{"method":"ping"}')]), refused());
  assert.equal(received([goxe('{"method":"ping"}')]), refused());
});

bare('leave notifications and requests as they are', () => {
  const [note, call] = readings(
    '{"jsonrpc":"2.0","method":"a"}{"jsonrpc":"2.0","method":"a","id":1}',
  );
  assert.equal((note as { id: unknown }).id, undefined);
  assert.equal((call as { form: unknown }).form, undefined);
});

bare.run();
