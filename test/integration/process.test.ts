/** The daemon as a process: how it starts, stops and says why it does not start. */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

async function refusal(...args: string[]): Promise<string> {
  try {
    await startDaemon({ args });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error('it started');
}

/** Far longer than a start takes, on a busy machine too. */
const TRIES_MS = 60_000;

const life = suite('daemon process');

life('listens with the mode it is told, and leaves no socket when it stops', async () => {
  const daemon = await startDaemon();
  assert.is(statSync(daemon.socket).mode & 0o777, 0o600);
  assert.equal(await daemon.stop(), { code: 0, signal: null });
  assert.not(existsSync(daemon.socket));
  const open = await startDaemon({ args: ['--set', 'sockets.unix.permissions=0666'] });
  assert.is(statSync(open.socket).mode & 0o777, 0o666);
  await open.stop();
});

life('serves who connects as soon as the socket is there', async () => {
  const socket = join(temporaryDirectory(), 's');
  const starting = startDaemon({ socket });
  // Without a pause between tries, so that it is met in the very moment of taking the path.
  let client: RawConnection | undefined;
  const end_ms = performance.now() + TRIES_MS;
  while (client === undefined && performance.now() < end_ms) {
    client = await RawConnection.open(socket).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ECONNREFUSED') throw error;
      return undefined;
    });
  }
  if (client === undefined) throw new Error('it never listened');
  assert.match(await client.ask(request('ping', [], 1)), '"pong":true');
  client.destroy();
  await (await starting).stop();
});

life('starts again on the socket that a killed one left', async () => {
  const socket = join(temporaryDirectory(), 's');
  const first = await startDaemon({ socket });
  assert.equal(await first.kill(), { code: null, signal: 'SIGKILL' });
  assert.ok(existsSync(socket), 'the test needs a socket left');
  const second = await startDaemon({ socket });
  await second.stop();
});

life('exits with EX_CONFIG and says what is wrong', async () => {
  const message = await refusal('--workers', '0');
  assert.match(message, /exited with 78/);
  assert.match(message, /--workers: workers\.count: expected an integer from 1 to 64, not 0/);
});

life('exits with EX_USAGE for an option there is not', async () => {
  const message = await refusal('--sokcet', '/tmp/s');
  assert.match(message, /exited with 64/);
  assert.match(message, /did you mean --socket\?/);
});

life('takes the environment, and flags over it', async () => {
  const env = { GOXEL_SUPERVISOR__SOCKETS__UNIX__PERMISSIONS: '0640' };
  const daemon = await startDaemon({ env });
  assert.is(statSync(daemon.socket).mode & 0o777, 0o640);
  await daemon.stop();
});

life.run();
