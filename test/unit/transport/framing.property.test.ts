import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEED } from '../../support/seed.ts';
import { cut, framed, goxe, LIMITS, received, singleBytes, withHeader } from './support.ts';

/** Each run has others. */
const options = { seed: SEED, numRuns: 150 };
/** Small, so that random texts go past them now and then. */
const SMALL = { ...LIMITS, frame_bytes_max: 300, depth_max: 5, batch_length_max: 3 };

/** JSON texts with unicode, escapes and nesting; compact, or over many lines. */
const jsonText = fc
  .tuple(fc.oneof(fc.object(), fc.array(fc.jsonValue())), fc.constantFrom(0, 1, 2))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

const request = fc
  .record(
    {
      jsonrpc: fc.constantFrom('2.0', '2.0', '2.0', '1.0'),
      method: fc.oneof(fc.constantFrom('ping', 'goxel.add_voxel'), fc.string()),
      id: fc.oneof(fc.integer(), fc.string(), fc.constant(null), fc.double(), fc.boolean()),
      params: fc.oneof(
        fc.array(fc.jsonValue({ maxDepth: 2 })),
        fc.dictionary(
          fc.constantFrom('project', '_meta', 'x', 'ü', '\\'),
          fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.constant({ timeout_ms: 5 })),
        ),
        fc.integer(),
      ),
    },
    { requiredKeys: [] },
  )
  .chain((value) => fc.constantFrom(0, 1).map((indent) => JSON.stringify(value, null, indent)));

const garbage = fc.oneof(
  fc.constantFrom(
    '}',
    '{',
    '[',
    ']',
    '"',
    '\\',
    ',',
    ':',
    '\n',
    '\r\n',
    '\0',
    '{"a":1',
    '[1\n',
    '1',
  ),
  fc.constantFrom('{"jsonrpc":"2.0","id":1,"method":"a","params":[}}', '"2.0"', 'GOXE', 'Content-'),
  fc.constantFrom(
    '{"jsonrpc":"2.0","id":1,"method":"a","params":[1 2\n,3]}',
    '{"jsonrpc":"2.0","id":1,\n"method":"a","params":{"x":"a\nb"}}',
    '{"jsonrpc":"2.0","id":1,\n"method":"a"\n,"params":[]\n}',
  ),
  fc.string(),
);

const separator = fc.constantFrom('', '\n', '\r\n', '\n\n', ' ', '\0\0');
const places = fc.array(fc.nat(), { maxLength: 20 });

/** Requests, other JSON and garbage behind each other. */
const stream = fc
  .array(fc.tuple(fc.oneof(request, request, jsonText, garbage), separator), { maxLength: 12 })
  .map((parts) => Buffer.from(parts.flat().join('')));

const property = suite('framing: however the bytes are cut');

property('JSON texts come out as they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(jsonText, separator)), places, (parts, at) => {
      const bytes = Buffer.from(parts.flat().join(''));
      const expected = parts.map(([text]) => ({
        frame: Buffer.from(text).toString('latin1'),
        encoding: 'json',
      }));
      assert.equal(framed([bytes]), expected);
      assert.equal(framed(cut(bytes, at)), expected);
      assert.equal(framed(singleBytes(bytes)), expected);
    }),
    options,
  );
});

property('any text gives the same events', () => {
  fc.assert(
    fc.property(stream, places, (bytes, at) => {
      for (const limits of [LIMITS, SMALL]) {
        const whole = framed([bytes], limits);
        assert.equal(framed(cut(bytes, at), limits), whole);
        assert.equal(framed(singleBytes(bytes), limits), whole);
      }
    }),
    options,
  );
});

property('any text gives the same envelopes, with the shortcut and without', () => {
  fc.assert(
    fc.property(stream, places, (bytes, at) => {
      for (const limits of [LIMITS, SMALL]) {
        const whole = received([bytes], { limits });
        assert.equal(received([bytes], { limits, shortcut: false }), whole);
        assert.equal(received(cut(bytes, at), { limits }), whole);
        assert.equal(received(singleBytes(bytes), { limits }), whole);
      }
    }),
    options,
  );
});

property('messages of announced length give the same events, with garbage behind them too', () => {
  const payload = fc.oneof(jsonText, garbage);
  const tail = fc.oneof(fc.constant(Buffer.alloc(0)), fc.uint8Array().map(Buffer.from));
  for (const wrap of [withHeader, (text: string) => goxe(text)]) {
    fc.assert(
      fc.property(fc.array(payload, { minLength: 1 }), tail, places, (payloads, rest, at) => {
        const bytes = Buffer.concat([...payloads.map(wrap), rest]);
        const whole = framed([bytes]);
        assert.equal(
          whole.slice(0, payloads.length),
          payloads.map((text) => ({
            frame: Buffer.from(text).toString('latin1'),
            encoding: 'json',
          })),
        );
        for (const limits of [LIMITS, SMALL]) {
          const expected = framed([bytes], limits);
          assert.equal(framed(cut(bytes, at), limits), expected);
          assert.equal(framed(singleBytes(bytes), limits), expected);
        }
      }),
      options,
    );
  }
});

property('any bytes at all give the same envelopes, and throw nothing', () => {
  const first = ['', 'GOXE\0\0\0\x01', 'Content-Length: ', '{', '[{"id":', 'GET /', 'P', 'OPTIONS'];
  const start = fc.constantFrom(...first);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), places, (prefix, noise, at) => {
      const bytes = Buffer.concat([Buffer.from(prefix, 'latin1'), noise]);
      const whole = received([bytes]);
      assert.equal(received(cut(bytes, at)), whole);
      assert.equal(received(singleBytes(bytes), { shortcut: false }), whole);
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

property('after any garbage and a line feed or two the next request is heard', () => {
  const ping = '{"jsonrpc":"2.0","id":"after","method":"ping"}';
  fc.assert(
    fc.property(fc.array(garbage, { maxLength: 5 }), (parts) => {
      // The first message chooses JSON texts; what is left open may swallow one line.
      const bytes = Buffer.from(`{}\n${parts.join('')}\n\n${ping}\n${ping}\n`);
      const last = received([bytes]).at(-1) as { method?: string };
      assert.is(last?.method, 'ping', JSON.stringify(parts));
    }),
    options,
  );
});

property.run();
