/** Many connections over TCP: who comes in, who does not, and what is left. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { openSocketsAndFiles } from '../support/processes.ts';
import { actors, eventually, RawConnection, request, treeOf } from '../support/raw.ts';
import { member, OFTEN, portOf, TCP, whole, withTcp } from '../support/tcp-daemon.ts';

const crowds = suite('crowds over TCP');

crowds('one too many reads why, though it had sent something, and places are shared', async () => {
  const settings = { 'performance.max_connections': 2, 'limits.operators_max': 0 };
  await withTcp(settings, async (port, { socket }) => {
    const members = [await member(port), await member(socket)];
    for (const where of [port, socket]) {
      const client = await RawConnection.open(where);
      // More than the daemon reads at once, and nobody reads it.
      client.write(request('ping', undefined, 1).repeat(5000));
      assert.match(await whole(client), 'GOX_TOO_MANY_CONNECTIONS');
      client.destroy();
    }
    members[1]?.destroy();
    members.push(await member(port));
    members[2]?.destroy();
    members[0]?.destroy();
  });
});

crowds('a thousand connections come and go, and nothing is left of them', async () => {
  // An operator, who comes in beyond the others, stays for a second only.
  const settings = { ...OFTEN, 'performance.max_connections': 20, 'limits.operators_max': 0 };
  await withTcp(settings, async (port, daemon) => {
    const before = openSocketsAndFiles(daemon.pid);
    for (let round = 0; round < 10; round += 1) {
      const all = Array.from({ length: 100 }, async (_, index) => {
        const client = await RawConnection.open(port);
        if (index % 4 === 0) client.write('{"half":');
        if (index % 4 === 1) client.write(request('ping', undefined, 1));
        if (index % 4 === 2) client.end();
        if (index % 8 === 3) await new Promise((resolve) => setTimeout(resolve, 20));
        client.destroy();
      });
      await Promise.all(all);
    }
    await eventually('no descriptor is left', () => openSocketsAndFiles(daemon.pid) <= before);
    const client = await member(port);
    await eventually('no connection is left', async () => {
      return actors(await treeOf(client), /^connection:/).length <= 3;
    });
    client.destroy();
  });
});

/** Where somebody was told that the daemon stops, by the time that it was gone. */
async function toldOfStop(): Promise<Set<string>> {
  const settings = { ...TCP, 'performance.shutdown_timeout_ms': 4000 };
  const daemon = await startDaemon({ settings });
  const port = portOf(daemon);
  const busy = await RawConnection.open(port);
  // Keeps the daemon: an answer is due to it, and it does not read.
  const script = 'for (;;) {}';
  busy.write(request('goxel.execute_script', { script }, 1));
  await eventually('it runs', async () => {
    const client = await RawConnection.open(daemon.socket);
    const running = actors(await treeOf(client), /^connection:/).length > 1;
    client.destroy();
    return running;
  });
  let gone = false;
  const ended = daemon.stop().finally(() => {
    gone = true;
  });
  const answers = new Set<string>();
  while (answers.size === 0 && !gone) {
    for (const where of [port, daemon.socket]) {
      const client = await RawConnection.open(where).catch(() => undefined);
      const said = client === undefined ? '' : await whole(client).catch(() => '');
      if (said.includes('GOX_SHUTTING_DOWN')) answers.add(String(where));
      client?.destroy();
    }
  }
  busy.destroy();
  assert.equal(await ended, { code: 0, signal: null });
  return answers;
}

crowds('who connects while the daemon stops is told so', async () => {
  let answers = new Set<string>();
  // On a busy machine a daemon may be gone before anybody has come.
  for (let tries = 5; tries > 0 && answers.size === 0; tries -= 1) answers = await toldOfStop();
  assert.ok(answers.size > 0);
});

crowds.run();
