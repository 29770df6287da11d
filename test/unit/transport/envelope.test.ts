import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EnvelopeReader } from '../../../transport/envelope.ts';
import { SEED } from '../../support/seed.ts';
import { configOf, envelopeOf, plainEvent } from './support.ts';

/** What became of a message: its error and the id it is answered with, or what was read. */
function outcome(text: string): unknown {
  return plainEvent(envelopeOf(text));
}

const utf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const refused = (code: string, id = 'null') => ({ invalid: code, id, encoding: 'json' });

function request(rest: Record<string, unknown> = {}) {
  const nothing = { method: 'ping', id: '1', params: '', project: undefined, encoding: 'json' };
  return { ...nothing, ...rest };
}

const ids = suite('envelope: ids');

ids('are echoed byte for byte, whatever form they have', () => {
  for (const id of [
    '0',
    '-0',
    '7',
    '1.5',
    '1e400',
    '123456789012345678901234567890',
    '""',
    '"a b"',
    '"\\u00e9\\n"',
    'null',
  ]) {
    assert.equal(outcome(`{"jsonrpc":"2.0","method":"ping","id":${id}}`), request({ id }), id);
  }
  const umlaut = envelopeOf('{"jsonrpc":"2.0","method":"ping","id":"é"}');
  assert.is(umlaut.kind === 'request' && Buffer.from(umlaut.id ?? []).toString(), '"é"');
});

ids('of another type are refused, and not echoed', () => {
  for (const id of ['true', '[1]', '{"a":1}', '[]']) {
    const text = `{"jsonrpc":"2.0","method":"ping","id":${id}}`;
    assert.equal(outcome(text), refused('GOX_INVALID_REQUEST'), id);
  }
});

ids('that are no JSON make the message none', () => {
  for (const id of ['01', '-', '+1', '1.', '.5', 'nul', 'nulll', "'a'", '"\t"', '"\\x"', '1 2']) {
    const text = `{"jsonrpc":"2.0","method":"ping","id":${id}}`;
    assert.equal(outcome(text), refused('GOX_PARSE'), id);
  }
});

ids('are echoed with an error about another member', () => {
  assert.equal(outcome('{"id":3,"method":"ping"}'), refused('GOX_INVALID_REQUEST', '3'));
  assert.equal(outcome('{"jsonrpc":"2.0","id":"x"}'), refused('GOX_INVALID_REQUEST', '"x"'));
});

ids('are what makes a request no notification', () => {
  assert.equal(outcome('{"jsonrpc":"2.0","method":"ping"}'), request({ id: undefined }));
});

ids.run();

const members = suite('envelope: members');

members('may stand in any order, with blanks around', () => {
  const expected = request({ id: '"a"', params: '[1, {"b":[]}]' });
  assert.equal(
    outcome(' { "params" : [1, {"b":[]}] ,\r\n\t"id" : "a","method":"ping" , "jsonrpc":"2.0" } '),
    expected,
  );
});

members('may have escapes, and others may stand beside them', () => {
  const text = '{"json\\u0072pc":"2.0","m\\u0065thod":"p\\u0069ng","x":[{"id":2}],"id":1}';
  assert.equal(outcome(text), request());
});

members('given twice count the last time', () => {
  const text =
    '{"id":0,"jsonrpc":"1.0","method":5,"params":1,"method":"ping","jsonrpc":"2.0",' +
    '"params":[2],"i\\u0064":1}';
  assert.equal(outcome(text), request({ params: '[2]' }));
});

members('may give null for no parameters', () => {
  for (const params of ['null', ' null ']) {
    const text = `{"jsonrpc":"2.0","method":"ping","params":${params},"id":1}`;
    assert.equal(outcome(text), request());
  }
});

members('may follow a byte order mark', () => {
  const text = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  assert.equal(outcome(`\ufeff${text}`), request());
  assert.equal(outcome(`\ufeff [${text}]`), { batch: [request()] });
});

members('of wrong types are refused', () => {
  for (const wrong of [
    '"jsonrpc":"2.1","method":"ping"',
    '"jsonrpc":2.0,"method":"ping"',
    '"method":"ping"',
    '"jsonrpc":"2.0"',
    '"jsonrpc":"2.0","method":1',
    '"jsonrpc":"2.0","method":"ping","params":"bar"',
    '"jsonrpc":"2.0","method":"ping","params":7',
  ]) {
    assert.equal(outcome(`{${wrong},"id":1}`), refused('GOX_INVALID_REQUEST', '1'), wrong);
    assert.equal(outcome(`{${wrong}}`), refused('GOX_INVALID_REQUEST'), wrong);
  }
});

members('of a name that all objects have are no trouble', () => {
  const text = '{"__proto__":{"method":"a"},"jsonrpc":"2.0","id":1,"constructor":1}';
  assert.equal(outcome(text), refused('GOX_INVALID_REQUEST', '1'));
});

members('outside the parameters must be JSON', () => {
  for (const text of [
    '{"jsonrpc":"2.0","method":"ping","id":1,}',
    '{"jsonrpc":"2.0" "method":"ping","id":1}',
    '{"jsonrpc":"2.0","method":"ping","id":1}}',
    '{"jsonrpc":"2.0","method":"ping","id":1} x',
    '{"jsonrpc":"2.0","method":"pi\u0001ng","id":1}',
    '{"jsonrpc":"2.0","method":"ping","id":1,"x":01}',
    '{jsonrpc:"2.0","method":"ping","id":1}',
    '{"jsonrpc":"2.0","method":"ping","id":1',
    '',
    ' ',
    'hello',
  ]) {
    assert.equal(outcome(text), refused('GOX_PARSE'), text);
  }
});

members('must be UTF-8', () => {
  assert.equal(outcome('{"jsonrpc":"2.0","method":"pÿ","id":1}'), request({ method: 'pÿ' }));
  for (const text of ['"method":"p\xff","id":1', '"method":"ping","id":"\xff"']) {
    const bytes = Buffer.from(`{"jsonrpc":"2.0",${text}}`, 'latin1');
    const envelope = new EnvelopeReader(configOf()).read({
      kind: 'frame',
      bytes,
      encoding: 'json',
    });
    assert.equal(plainEvent(envelope), refused('GOX_PARSE'), text);
  }
});

members('of a notification are looked at as a whole, for nobody else would complain', () => {
  const text = '{"jsonrpc":"2.0","method":"ping","params":[1 2]}';
  assert.equal(outcome(text), refused('GOX_PARSE'));
});

members.run();

const project = suite('envelope: the project');

const withParams = (params: string) =>
  `{"jsonrpc":"2.0","method":"ping","id":1,"params":${params}}`;

project('is found wherever it stands among named parameters', () => {
  for (const params of [
    '{"project":"a"}',
    '{"x":{"project":"b"},"project":"a"}',
    '{"x":["project","b"],"project" : "a","y":"project"}',
    '{"x":"project","project":"a"}',
    '{"project":"b","project":"a"}',
    '{"project":5,"proj\\u0065ct":"a"}',
    '{"project":"\\u0061"}',
    '{"x\\\\":"\\"project\\":","project":"a"}',
    '[{"project":"a"}]',
    '[ {"x":1,"project":"a"} ]',
  ]) {
    assert.equal(outcome(withParams(params)), request({ params, project: 'a' }), params);
  }
  const params = '{"project":"Schloß"}';
  const envelope = envelopeOf(withParams(params));
  assert.is(envelope.kind === 'request' && envelope.project, 'Schloß');
});

project('is that of the parameters that count when they are given twice', () => {
  const text = (first: string, last: string) =>
    `{"jsonrpc":"2.0","method":"ping","params":${first},"id":1,"params":${last}}`;
  assert.equal(outcome(text('{"project":"a"}', '[1]')), request({ params: '[1]' }));
  assert.equal(outcome(text('[1 2]', '[1]')), refused('GOX_PARSE'));
  const last = '{"project":"b"}';
  assert.equal(outcome(text('{"project":"a"}', last)), request({ params: last, project: 'b' }));
});

project('is none when it is no string, lies deeper, or was overruled', () => {
  for (const params of [
    '["project","a"]',
    '[{"project":"a"},1]',
    '[[{"project":"a"}]]',
    '{"x":{"project":"a"}}',
    '{"project":5}',
    '{"project":["a"]}',
    '{"project":"a","project":null}',
    '{"project":"a","proj\\u0065ct":null}',
    '{"projects":"a","Project":"a"}',
    '{}',
  ]) {
    assert.equal(outcome(withParams(params)), request({ params }), params);
  }
});

project.run();

const batches = suite('envelope: batches and limits');

batches('give each request the bytes it had', () => {
  const text =
    ' [ {"jsonrpc":"2.0","id":1.50,"method":"a","params":{"project": "p", "x":1e2}} ,\n' +
    '{"jsonrpc":"2.0","method":"b"},1,[],"x",{"id":5},null]';
  const invalid = refused('GOX_INVALID_REQUEST');
  assert.equal(outcome(text), {
    batch: [
      request({ method: 'a', id: '1.50', params: '{"project": "p", "x":1e2}', project: 'p' }),
      request({ method: 'b', id: undefined }),
      invalid,
      invalid,
      invalid,
      refused('GOX_INVALID_REQUEST', '5'),
      invalid,
    ],
  });
});

batches('must not be empty, nor longer than the limit, nor broken', () => {
  assert.equal(outcome('[]'), refused('GOX_INVALID_REQUEST'));
  const ping = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
  const of = (length: number) => envelopeOf(`[${new Array(length).fill(ping)}]`);
  const thousand = of(1000);
  assert.is(thousand.kind === 'batch' && thousand.elements.length, 1000);
  assert.equal(plainEvent(of(1001)), refused('GOX_BATCH_TOO_LONG'));
  assert.equal(outcome(`[${ping},]`), refused('GOX_PARSE'));
  assert.equal(outcome(`[${ping},{"jsonrpc":"2.0","params":[1 2]}]`), refused('GOX_PARSE'));
});

batches('and requests may be as deep as the limit and no deeper', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  assert.is(envelopeOf(withParams(nested(63))).kind, 'request');
  assert.equal(outcome(withParams(nested(64))), refused('GOX_TOO_DEEP'));
  assert.equal(outcome('['.repeat(100_000)), refused('GOX_TOO_DEEP'));
  assert.equal(outcome('[{}'.repeat(100_000)), refused('GOX_TOO_DEEP'));
  const quoted = `{"jsonrpc":"2.0","id":1,"method":"${'['.repeat(100)}"}`;
  assert.is(envelopeOf(quoted).kind, 'request');
});

batches.run();

const oracle = suite('envelope: against JSON.parse');

oracle('reads what JSON.parse reads, and nothing that it refuses outside parameters', () => {
  const name = fc.constantFrom('jsonrpc', 'method', 'id', 'params', 'x', 'p\\u0061rams');
  const value = fc.oneof(
    fc.constantFrom('"2.0"', '"ping"', '1', 'null', '"é"', '1.5', '-0', 'true', '01', '"\\n"', ''),
    fc.constantFrom('[1,2]', '{"project":"a"}', '{"x":1,"project":"ü"}', '{"pro\\u006aect":"b"}'),
    fc.json({ maxDepth: 2 }),
  );
  const blank = fc.constantFrom('', '', ' ', '\n');
  const member = fc.tuple(blank, name, blank, value, blank).map(([a, b, c, d, e]) => {
    return `${a}"${b}"${c}:${d}${e}`;
  });
  const usual = fc.constantFrom('"jsonrpc":"2.0"', '"method":"ping"', '"id":7');
  const text = fc
    .array(fc.oneof(usual, usual, member), { maxLength: 6 })
    .map((list) => `{${list.join(',')}}`);
  fc.assert(
    fc.property(text, (message) => {
      const envelope = envelopeOf(message);
      let parsed: Record<string, unknown>;
      try {
        parsed = JSON.parse(message);
      } catch {
        assert.equal(plainEvent(envelope), refused('GOX_PARSE'));
        return;
      }
      const { jsonrpc, method, params, id } = parsed;
      const structured = params === undefined || typeof params === 'object';
      const identified = id === null || ['undefined', 'string', 'number'].includes(typeof id);
      const valid = jsonrpc === '2.0' && typeof method === 'string' && structured && identified;
      assert.is(envelope.kind, valid ? 'request' : 'invalid');
      if (envelope.kind !== 'request') return;
      assert.is(envelope.method, method);
      assert.equal(envelope.id && JSON.parse(utf8(envelope.id)), id);
      assert.equal(
        envelope.params.length > 0 ? JSON.parse(utf8(envelope.params)) : undefined,
        params ?? undefined,
      );
      const named = (params as { project?: unknown } | undefined | null)?.project;
      assert.is(envelope.project, typeof named === 'string' ? named : undefined);
    }),
    { seed: SEED, numRuns: 3000 },
  );
});

oracle.run();
