/** A socket as an output: pieces in one write, what is unread, and its end. */

import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SocketOutput } from '../../../actors/connection/socket-output.ts';
import { FakeSocket } from '../../support/fake-socket.ts';

const test = suite('socket output');

test('writes several pieces together, and says of each when it is taken', async () => {
  const steps: string[] = [];
  const note = (step: string) => () => void steps.push(step);
  const socket = {
    ...{ writable: true, writableLength: 0, cork: note('cork'), uncork: note('uncork') },
    write: (piece: Buffer) => void steps.push(piece.toString()),
    destroySoon: note('end'),
  } as unknown as Socket;
  const output = new SocketOutput(socket);
  output.write([Buffer.from('one')], () => {});
  output.write([Buffer.from('a'), Buffer.from('b')], () => {});
  output.end();
  assert.equal(steps, ['one', 'cork', 'a', 'b', 'uncork', 'end']);
});

test('counts what the other side has not taken', async () => {
  const socket = new FakeSocket();
  const output = new SocketOutput(socket.asSocket());
  let written = 0;
  socket.reads = false;
  output.write([Buffer.alloc(10), Buffer.alloc(20)], () => void written++);
  assert.is(output.unread_bytes, 30);
  assert.is(written, 0);
  socket.reads = true;
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(output.unread_bytes, 0);
  assert.is(written, 2);
  socket.destroy();
  assert.is(output.writable, false);
});

test.run();
