/** Time in which the whole process stood still counts against nobody. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withDaemon } from '../support/daemon.ts';
import { RawConnection, type RawReply, request } from '../support/raw.ts';

/**
 * A standstill may cost up to 400 ms of it, loading the sandbox takes its time, and a busy machine
 * has us wait between what we do in it.
 */
const TIMEOUT_MS = 2500;
/** By as much more as nobody could take for chance. */
const FROZEN_MS = TIMEOUT_MS + 1500;
const SETTINGS = {
  'performance.request_timeout_ms': TIMEOUT_MS,
  'limits.partial_frame_timeout_ms': TIMEOUT_MS,
  'limits.script_timeout_ms': TIMEOUT_MS / 5,
};

const frozen = suite('a frozen process');

frozen('loses no project, and cuts no half-sent request', () =>
  withDaemon({ settings: SETTINGS }, async ({ socket, pid }) => {
    const [client, sender] = await Promise.all([
      RawConnection.open(socket),
      RawConnection.open(socket),
    ]);
    await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
    const script = 'const until = Date.now() + 100; while (Date.now() < until);';
    const text = request('goxel.get_voxel', [1, 2, 3], 7);
    for (let round = 0; round < 2; round++) {
      await sender.written(text.slice(0, 20));
      client.write(request('script.execute', { script }, 5));
      await sleep(30);
      process.kill(pid, 'SIGSTOP');
      await sleep(FROZEN_MS);
      process.kill(pid, 'SIGCONT');
      sender.write(text.slice(20));
      const { result, error } = JSON.parse(await sender.line()) as RawReply;
      assert.is(error, undefined, JSON.stringify(error));
      assert.ok((result as { exists: boolean }).exists);
      // The script itself may have run out of the time that it was given.
      await client.line();
    }
    const { result } = await client.call('status');
    const { engines } = result as { engines: { restarts: number }[] };
    assert.equal(
      engines.map(({ restarts }) => restarts),
      [0, 0],
    );
    for (const connection of [client, sender]) connection.destroy();
  }),
);

frozen('takes no text that waits in the kernel for one that stands still', () =>
  withDaemon({}, async ({ socket, pid }) => {
    // What would be answered after 100 ms: the rest is sent in the standstill, then right after it.
    for (const behind_ms of [-FROZEN_MS / 3, 0]) {
      const client = await RawConnection.open(socket);
      await client.written('{"method":"ping"');
      await sleep(20);
      process.kill(pid, 'SIGSTOP');
      await sleep(FROZEN_MS / 3);
      if (behind_ms < 0) client.write('}');
      process.kill(pid, 'SIGCONT');
      if (behind_ms === 0) client.write('}');
      assert.match(await client.line(), '"result":{"pong":true');
      client.destroy();
    }
  }),
);

frozen.run();
