/** Calls of the C library; each is passed over where koffi has no binary. */

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openDatagram } from '../../../actors/native/datagram.ts';
import { tryLock } from '../../../actors/native/flock.ts';
import { libc } from '../../../actors/native/libc.ts';
import { getResourceLimit, setResourceLimit } from '../../../actors/native/resource-limits.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const native = suite('native');

const hasCode = (code: string) => (error: NodeJS.ErrnoException) => error.code === code;

native('koffi is there for the tests', () => {
  assert.is.not(libc(), undefined);
});

native('one descriptor at a time holds the lock on a file', () => {
  const path = join(temporaryDirectory(), 'lock');
  const [one, other] = [openSync(path, 'w'), openSync(path, 'r')];
  assert.is(tryLock(one), true);
  assert.is(tryLock(one), true);
  assert.is(tryLock(other), false);
  closeSync(one);
  assert.is(tryLock(other), true);
  closeSync(other);
  assert.throws(() => tryLock(99_999), hasCode('EBADF'));
});

native('limits are read, and lowered without lowering what they may be raised to', () => {
  const before = getResourceLimit('files');
  assert.ok(before !== undefined && before.soft > 64);
  const lower = { soft: before.soft - 1, hard: before.hard };
  assert.is(setResourceLimit('files', lower), true);
  assert.equal(getResourceLimit('files'), lower);
  setResourceLimit('files', before);
  assert.equal(getResourceLimit('files'), before);
  assert.throws(() => setResourceLimit('files', { soft: 10, hard: 5 }), hasCode('EINVAL'));
});

/** Prints each datagram that comes to a socket, the bytes as hexadecimal. */
const RECEIVER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind('\\0' + name[1:] if name.startswith('@') else name)
print('bound', flush=True)
for _ in range(2):
    print(s.recv(65536).hex(), flush=True)
`;

async function received(name: string): Promise<string[]> {
  const python = spawn('python3', ['-c', RECEIVER, name], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  for await (const chunk of python.stdout) {
    const bound = text.startsWith('bound');
    text += chunk;
    if (bound || !text.startsWith('bound')) continue;
    const datagram = openDatagram(name);
    datagram?.send(Buffer.from('READY=1'));
    datagram?.send(new Uint8Array([0, 255]));
    datagram?.close();
    datagram?.close();
    assert.throws(() => datagram?.send(new Uint8Array(1)), hasCode('EBADF'));
  }
  return text.trim().split('\n').slice(1);
}

native('datagrams arrive at a path and at an abstract name', async () => {
  const expected = [Buffer.from('READY=1').toString('hex'), '00ff'];
  assert.equal(await received(join(temporaryDirectory(), 'notify')), expected);
  assert.equal(await received(`@goxel-native-${process.pid}`), expected);
});

native('what is wrong with a socket of datagrams is thrown by the code of the system', () => {
  assert.throws(() => openDatagram(join(temporaryDirectory(), 'none')), hasCode('ENOENT'));
  assert.throws(() => openDatagram('@nobody-has-this-name'), hasCode('ECONNREFUSED'));
  assert.throws(() => openDatagram(`/${'x'.repeat(200)}`), hasCode('ENAMETOOLONG'));
});

native.run();
