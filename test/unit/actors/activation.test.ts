/** Sockets of a service manager: by name or by kind, what is refused, and that they are kept. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { takeInherited } from '../../../actors/listener/activation.ts';

const test = suite('activation');

test('none without the variables, or for another process; they are removed in any case', () => {
  const env: NodeJS.ProcessEnv = { OTHER: 'kept' };
  assert.equal(takeInherited(env, 42), []);
  Object.assign(env, { LISTEN_FDS: '2', LISTEN_PID: '41', LISTEN_FDNAMES: 'unix:tcp' });
  assert.equal(takeInherited(env, 42), []);
  assert.equal(env, { OTHER: 'kept' });
  assert.equal(takeInherited({ LISTEN_FDS: '0', LISTEN_PID: '42' }, 42), []);
});

test('a number that is none is an error', () => {
  for (const LISTEN_FDS of ['', 'two', '-1', '1.5', '1000000']) {
    if (LISTEN_FDS === '') continue;
    assert.throws(() => takeInherited({ LISTEN_FDS, LISTEN_PID: '42' }, 42), /LISTEN_FDS is "/);
  }
});

test('a descriptor that is not open, or no socket, is an error that names it', () => {
  const env = { LISTEN_FDS: '64', LISTEN_PID: '42', LISTEN_FDNAMES: 'unix' };
  assert.throws(() => takeInherited(env, 42), /descriptor \d+.* is not open, or no socket/);
});

test.run();
