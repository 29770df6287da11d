/** Clients that take none of their replies for too long are cut; those that take some are not. */

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { libc } from '../../actors/native/libc.ts';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';

const SEND_TIMEOUT_MS = 1500;
const SETTINGS = { 'limits.send_timeout_ms': SEND_TIMEOUT_MS };
const REPLY_BYTES = 4 * 1024 * 1024;
const ECHO = request('echo', ['x'.repeat(REPLY_BYTES)], 1);

/** A client that has asked for much and reads nothing by itself. */
async function asker({ socket: path }: Daemon): Promise<Socket> {
  const socket = connect(path);
  socket.on('error', () => {});
  socket.pause();
  await new Promise<void>((resolve) => socket.write(ECHO, () => resolve()));
  return socket;
}

const connectionsOf = async (of: RawConnection) => actors(await treeOf(of), /^connection:/).length;

const test = suite('unread replies');

/** A test that begins now, beside the others: each waits for most of its time. */
function atOnce(title: string, does: () => Promise<void>): void {
  const over = does();
  // Who fails early is asked later.
  over.catch(() => {});
  test(title, () => over);
}

atOnce('a client that takes nothing for the time-out is cut, and holds nothing any more', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const observer = await RawConnection.open(daemon.socket);
    await observer.call('ping');
    const began_ms = performance.now();
    const lazy = await asker(daemon);
    const told = () => /takes nothing of what waits/.test(daemon.stdout() + daemon.stderr());
    await eventually('it was cut', told);
    await eventually('it was gone', async () => (await connectionsOf(observer)) === 1);
    const took_ms = performance.now() - began_ms;
    assert.ok(took_ms > SEND_TIMEOUT_MS - 500, `cut after ${took_ms} ms`);
    const { result } = await observer.call('status');
    assert.ok((result as { held_bytes: number }).held_bytes < 10_000);
    const log = daemon.stdout() + daemon.stderr();
    assert.match(log, /"connection":\d+,"unread_bytes":\d{6,}.*takes nothing of what waits/);
    lazy.destroy();
    observer.destroy();
  }),
);

/** Reads a reply little by little. */
async function readSlowly(daemon: Daemon) {
  const slow = await asker(daemon);
  let [bytes, pause_ms] = [0, 0];
  let ended = false;
  slow.on('close', () => {
    ended = true;
  });
  const began_ms = performance.now();
  // Some 4 s for the whole: no one write of it is done within the time-out.
  while (bytes <= REPLY_BYTES && !ended) {
    const since_ms = performance.now();
    const chunk = slow.read() as Buffer | null;
    bytes += chunk?.length ?? 0;
    await sleep(chunk === null ? 5 : 60);
    pause_ms = Math.max(pause_ms, performance.now() - since_ms);
  }
  slow.destroy();
  return { bytes, pause_ms, took_ms: performance.now() - began_ms };
}

atOnce('one that takes a little at a time gets all of one large reply', async () => {
  // Again when this process itself stood still for so long that it did take nothing.
  for (let tries = 5; tries > 0; tries -= 1) {
    let stood_still = false;
    await withDaemon({ settings: SETTINGS }, async (daemon) => {
      const { bytes, pause_ms, took_ms } = await readSlowly(daemon);
      stood_still = bytes <= REPLY_BYTES && pause_ms > SEND_TIMEOUT_MS / 2;
      if (stood_still) return;
      assert.ok(bytes > REPLY_BYTES, `${bytes} bytes came`);
      assert.ok(took_ms > 2 * SEND_TIMEOUT_MS, 'the test is slow enough');
      assert.not.match(daemon.stdout() + daemon.stderr(), 'takes nothing');
    });
    if (!stood_still) return;
  }
  assert.unreachable('the machine is too busy');
});

// Only the kernel knows of such a one that it reads.
const slowest = libc() === undefined ? test.skip : atOnce;

slowest('nor is one so slow that the system takes nothing more for it in that time', () =>
  withDaemon({ settings: { 'limits.send_timeout_ms': 2 * SEND_TIMEOUT_MS } }, async (daemon) => {
    // 4 KiB each time that it goes on. Of the 208 KiB of a Unix socket three quarters must be read
    // before it takes more, which is some 8 s.
    const onread = { buffer: Buffer.alloc(4096), callback: () => false };
    const slow = connect({ path: daemon.socket, onread });
    slow.on('error', () => {});
    slow.write(ECHO);
    for (let i = 0; i < (5 * SEND_TIMEOUT_MS) / 200; i += 1) {
      await sleep(200);
      slow.resume();
    }
    // The client itself would not see it before it has read what the system has.
    assert.not.match(daemon.stdout() + daemon.stderr(), 'takes nothing');
    slow.destroy();
  }),
);

atOnce('a standstill of the daemon counts for nothing', () =>
  withDaemon({ settings: SETTINGS }, async (daemon) => {
    const lazy = await asker(daemon);
    await sleep(100);
    process.kill(daemon.pid, 'SIGSTOP');
    await sleep(2 * SEND_TIMEOUT_MS);
    process.kill(daemon.pid, 'SIGCONT');
    let bytes = 0;
    lazy.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    lazy.resume();
    await eventually('all was there', () => bytes > REPLY_BYTES);
    lazy.destroy();
  }),
);

test.run();
