/** Dispatch of the methods of the daemon: at once, as a promise, kept, and with nobody known. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { METHODS } from '../../../engine/catalogue/methods.ts';
import { daemonDispatch, type MethodsDeps } from '../../../supervisor/methods.ts';
import type { Caller } from '../../../transport/caller.ts';

const cancelled: unknown[] = [];
const caller = {
  encoding: 'json',
  cancel: (id: unknown) => cancelled.push(id) > 0,
} as unknown as Caller;

function dispatch(tree: () => unknown = () => ({ id: 'daemon' })) {
  const deps = { tree } as unknown as MethodsDeps;
  const made = daemonDispatch(deps);
  return (method: string, params?: unknown) => made(method, params, caller);
}

const decodedOf = (bytes: Uint8Array | Promise<Uint8Array>) => {
  assert.instance(bytes, Uint8Array, 'no promise is made for what is there');
  return JSON.parse(Buffer.from(bytes as Uint8Array).toString());
};

const test = suite('methods of the daemon');

test('give their results at once, and constant ones from what is kept', () => {
  const ask = dispatch();
  assert.is(decodedOf(ask('ping')).pong, true);
  assert.is(decodedOf(ask('ping', { _meta: { timeout_ms: 5 } })).pong, true);
  assert.is(ask('version'), ask('version'));
});

test('may give a promise, whose value is encoded or whose error is theirs', async () => {
  const later = dispatch(async () => ({ id: 'later' }))('supervisor.tree');
  assert.instance(later, Promise);
  assert.is(Buffer.from(await later).toString(), '{"id":"later"}');
  const failed = dispatch(() => Promise.reject(new GoxError('GOX_FILE', 'no')))('supervisor.tree');
  assert.is(await Promise.resolve(failed).catch((error: GoxError) => error.code), 'GOX_FILE');
});

/** What clients read in one go, with room for the names around the result. */
const LIST_BYTES_MAX = 7800;

test('list all methods in so few bytes that clients read them in one go', () => {
  const bytes = dispatch()('list_methods') as Uint8Array;
  const { count, methods } = decodedOf(bytes);
  assert.is(count, METHODS.length);
  assert.equal(
    methods,
    METHODS.map(({ name, brief }) => ({ method: name, description: brief })),
  );
  assert.ok(bytes.length <= LIST_BYTES_MAX, `${bytes.length} bytes`);
});

test('know who asks', () => {
  const result = decodedOf(dispatch()('$/cancelRequest', { id: 'x' }));
  assert.equal(result, { success: true, cancelled: true });
  assert.equal(cancelled, ['x']);
});

test('to cancel no id, or null, cancels nothing and says so', () => {
  for (const params of [{}, { id: null }, [null], undefined]) {
    const result = decodedOf(dispatch()('$/cancelRequest', params));
    assert.equal(result, { success: true, cancelled: false });
  }
  assert.equal(cancelled, ['x']);
});

test('turn debug lines on and off, or over', () => {
  const asked: unknown[] = [];
  const debug = (on?: boolean) => {
    asked.push(on);
    return 'debug';
  };
  const made = daemonDispatch({ debug } as unknown as MethodsDeps);
  for (const params of [undefined, {}, { on: true }, [false]]) {
    assert.equal(decodedOf(made('supervisor.debug', params, caller)), { level: 'debug' });
  }
  assert.equal(asked, [undefined, undefined, true, false]);
  assert.throws(() => made('supervisor.debug', { on: 'yes' }, caller), /params.on/);
});

test('echo parameters, and not what is about the request', () => {
  const ask = dispatch();
  assert.equal(decodedOf(ask('echo', { a: 1, _meta: { timeout_ms: 5 } })), { a: 1 });
  assert.equal(decodedOf(ask('echo', [1, '_meta'])), [1, '_meta']);
  assert.equal(decodedOf(ask('echo', 'text')), 'text');
  assert.equal(decodedOf(ask('echo')), {});
});

test.run();
