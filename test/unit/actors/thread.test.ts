/** What the end of a thread means: a death, or that the system had nothing left for it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { endOf } from '../../../actors/engines/thread.ts';

const test = suite('the end of a thread');

function failure(code: string): Error {
  return Object.assign(new Error(`${code}: it went wrong`), { code });
}

test('want of descriptors, memory or threads is a shortage', () => {
  for (const code of ['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'ERR_WORKER_INIT_FAILED']) {
    const reason = `${code}: it went wrong`;
    assert.equal(endOf(failure(code), 1), { type: 'worker.short', reason });
  }
});

test('anything else is a death', () => {
  for (const error of [failure('ERR_WORKER_OUT_OF_MEMORY'), failure('ENOENT'), new Error('x')]) {
    assert.equal(endOf(error, 1), { type: 'worker.exited', reason: error.message });
  }
  const reason = 'its thread ended with code 7';
  assert.equal(endOf(undefined, 7), { type: 'worker.exited', reason });
});

test.run();
