/** What is told of values: no secrets, nothing that is too long, whatever they are. */

import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor, createMachine } from 'xstate';
import { Masking } from '../../../../supervisor/inspector/service/masking.ts';
import { SEED } from '../../../support/seed.ts';

const CHARS = 4000;
const masking = new Masking((key) => key === 'salary');

function shown(value: unknown, chars = CHARS): unknown {
  return JSON.parse(masking.json(value, chars));
}

const test = suite('masking');

test('hides what is secret by its key, and keeps the rest', () => {
  const value = {
    name: 'ann',
    token: 'abc',
    admin_token: 'abc',
    dbPassword: 12345,
    Authorization: 'Basic abc',
    'api-key': { nested: 'abc' },
    cookies: ['a=b'],
    privateKey: Buffer.from('abc'),
    salary: 1,
    has_token: true,
    secret: null,
  };
  const hidden = Object.fromEntries(
    Object.entries(value).map(([key, one]) => {
      const open = key === 'name' || typeof one === 'boolean' || one === null;
      return [key, open ? one : '(masked)'];
    }),
  );
  assert.equal(shown(value), hidden);
  assert.equal(shown(new Map([['password', 'abc']])), { '(class)': 'Map', password: '(masked)' });
});

test('hides secrets within texts', () => {
  const texts: readonly (readonly [string, string])[] = [
    ['http://h/a?x=1&token=s3cr3t&y=2', 'http://h/a?x=1&token=(masked)&y=2'],
    ['https://ann:s3cr3t@h/', 'https://ann:(masked)@h/'],
    ['authorization: Bearer s3cr3t.s3cr3t', 'authorization: (masked)'],
    ['sent "Bearer s3cr3t123"', 'sent "Bearer (masked)"'],
    ['{"password":"s3cr3t and more","a":1}', '{"password":(masked),"a":1}'],
    ['DB_PASSWORD=s3cr3t HOME=/', 'DB_PASSWORD=(masked) HOME=/'],
    ['a eyJhbGciOi.eyJzdWIiOi.s3cr3t b', 'a (masked) b'],
    ['ghp_s3cr3ts3cr3t', '(masked)'],
    ['-----BEGIN RSA PRIVATE KEY-----\ns3cr3t', '(masked)'],
    ['a plain text, of keys and baskets', 'a plain text, of keys and baskets'],
  ];
  for (const [text, expected] of texts) assert.is(shown(text), expected);
});

test('hides a secret that the cut goes through', () => {
  const text = `${'x'.repeat(995)}?token=s3cr3ts3cr3ts3cr3t`;
  assert.not.match(String(shown(text)), 's3c');
});

test('shows every kind of value', () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  class Point {
    readonly x = 1;
    #hidden = 2;
    get sum(): number {
      throw new Error(`${this.#hidden}`);
    }
  }
  const values: readonly (readonly [unknown, unknown])[] = [
    [undefined, '(undefined)'],
    [Number.NaN, 'NaN'],
    [12n, '12n'],
    [Symbol('s'), 'Symbol(s)'],
    [() => {}, '(function)'],
    [Math.max, '(function max)'],
    [new Uint8Array(123), 'Uint8Array of 123 bytes'],
    [Buffer.alloc(3), 'Buffer of 3 bytes'],
    [new ArrayBuffer(5), 'ArrayBuffer of 5 bytes'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'Invalid Date'],
    [/a+/g, '/a+/g'],
    [Promise.resolve(), '(promise)'],
    [new URL('http://h/?token=abc'), 'http://h/?token=(masked)'],
    [new Map([[{ a: 1 }, 2]]), { '(class)': 'Map', '{"a":1}': 2 }],
    [new Set([1, 2]), { '(class)': 'Set', values: [1, 2] }],
    [new Point(), { '(class)': 'Point', x: 1 }],
    [circle, { self: '(circular)' }],
    [new Proxy({}, {}), '(proxy)'],
    [Object.create(null), {}],
  ];
  for (const [value, expected] of values) assert.equal(shown(value), expected);
  const error = shown(new TypeError('no', { cause: 'why' })) as Record<string, unknown>;
  assert.equal([error['(class)'], error.message, error.cause], ['TypeError', 'no', 'why']);
});

test('shows actors and machines by their ids', () => {
  const machine = createMachine({ id: 'm', initial: 'a', states: { a: {} } });
  const actor = createActor(machine, { id: 'one' });
  assert.equal(shown(actor), { ref: actor.sessionId, id: 'one' });
  assert.is(shown(machine), '(machine m)');
  assert.is(shown(machine.root.states.a), '#m.a');
});

test('runs nothing of what it looks at', () => {
  let calls = 0;
  const call = (): number => calls++;
  const value = {
    get own() {
      return call();
    },
    toJSON: call,
    toString: call,
    [Symbol.toPrimitive]: call,
    list: Object.defineProperty([], '0', { get: call, enumerable: true }),
  };
  const { own, list } = shown(value) as Record<string, unknown>;
  assert.equal([own, list], ['(getter)', ['(getter)']]);
  const traps = new Proxy({}, { get: call, ownKeys: () => [`${call()}`] });
  shown({ traps, made: Object.create(traps), call: new Proxy(() => {}, { get: call }) });
  assert.is(calls, 0);
});

test('cuts what is long, deep or wide, and says so', () => {
  assert.is(shown('x'.repeat(5000)), `${'x'.repeat(1000)}… (5000 characters)`);
  const wide = shown(Array.from({ length: 1000 }, () => 1)) as unknown[];
  assert.is(wide.at(-1), '(… 800 more)');
  const keys = shown(Object.fromEntries(wide.map((_, index) => [`k${index}`, 'x'.repeat(90)])));
  assert.ok(Object.keys(keys as object).some((key) => /^\(… \d+ more\)$/.test(key)));
  let deep: unknown = 1;
  for (let level = 0; level < 10_000; level++) deep = { deep };
  assert.match(JSON.stringify(shown(deep)), '(too deep)');
  assert.is(shown(2n ** 100_000n), '(bigint of more than 100 digits)');
});

test('yields JSON of a bounded size for anything, without what is secret', () => {
  const secret = 'hunter2hunter2';
  const anything = fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true });
  const place = fc.constantFrom(
    { password: secret },
    { a: [{ apiKey: secret }] },
    { url: `http://h/?token=${secret}` },
    { headers: `cookie: a=${secret}` },
    new Map([['credential', secret]]),
  );
  fc.assert(
    fc.property(anything, place, fc.integer({ min: 1, max: 3000 }), (value, hidden, chars) => {
      const json = masking.json({ hidden, value, again: [hidden] }, chars);
      assert.not.match(json, secret);
      assert.ok(JSON.parse(json) !== undefined);
      assert.ok(json.length < 20 * chars + 5000, `${json.length} characters for ${chars}`);
    }),
    { seed: SEED, numRuns: 300 },
  );
});

test('takes no long time for texts made to take long', () => {
  const texts = ['a'.repeat(1e6), 'token'.repeat(2e5), 'eyJ'.repeat(3e5), `${'a:'.repeat(5e5)}//@`];
  const start_ms = performance.now();
  for (const text of texts) masking.json({ text, list: [text, text] }, 32_768);
  const took_ms = performance.now() - start_ms;
  // In the square of their lengths it would be hours.
  assert.ok(took_ms < 30_000, `${took_ms} ms`);
});

test.run();
