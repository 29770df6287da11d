/** A daemon is replaced by another process where others look on: service managers, monitors. */

import { get } from 'node:http';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fdOf, listenAt, startActivated } from '../support/activated.ts';
import { cli } from '../support/cli.ts';
import { noContainers, startContainer } from '../support/container.ts';
import { freePort } from '../support/free-port.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { datagramReceiver } from '../support/receiver.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { upgrade, withPlace } from '../support/upgraded.ts';

const upgrades = suite('upgrade: places');

upgrades('metrics and health are served all the time', async () => {
  const port = await freePort();
  const settings = { 'http.enabled': true, 'http.port': port };
  await withPlace(
    async (place) => {
      const codes = new Set<string>();
      let going = true;
      const asking = (async () => {
        while (going) codes.add(await asked(port));
      })();
      const { code, stderr } = await upgrade(place);
      going = false;
      await asking;
      assert.is(code, 0, stderr);
      // Who has connected at the very moment, and asked for nothing yet, is cut.
      codes.delete('ECONNRESET');
      assert.equal([...codes], ['200']);
    },
    { settings },
  );
});

upgrades('sockets of a service manager stay, and it hears who is the daemon now', async () => {
  const directory = temporaryDirectory();
  const notify = join(directory, 'notify');
  const path = join(directory, 'd.sock');
  const receiver = await datagramReceiver(notify);
  const server = await listenAt(path);
  const given = [{ fd: fdOf(server), name: 'unix' }];
  const started = startActivated(given, [], '$$', { NOTIFY_SOCKET: notify });
  const { pid } = started.child;
  await eventually('it is ready', () => receiver.messages().includes('READY=1'));
  server.close();
  const { code, stdout, stderr } = await cli('upgrade', '--json', '--socket', path);
  assert.is(code, 0, stderr);
  const next = (JSON.parse(stdout) as { pid: number }).pid;
  try {
    assert.is(await started.exited(), 0);
    const heard = receiver.messages();
    assert.ok(heard.includes(`MAINPID=${next}`), heard.join());
    assert.not.ok(heard.includes('STOPPING=1'), heard.join());
    assert.ok(heard.lastIndexOf('READY=1') > heard.indexOf(`MAINPID=${pid}`));
    const client = await RawConnection.open(path);
    assert.is((await client.call('ping', [])).error, undefined);
    client.destroy();
  } finally {
    process.kill(next, 'SIGTERM');
    await eventually('it has ended', () => !isAlive(next));
    await receiver.end();
  }
});

upgrades('the first process of a container is not replaced', async () => {
  const why = noContainers();
  if (why !== undefined) {
    process.stdout.write(`SKIP ${why}\n`);
    return;
  }
  const container = await startContainer({ GOXEL_JOURNAL_EPHEMERAL: 'true' });
  const client = await RawConnection.open(container.socket);
  const { error } = await client.call('supervisor.upgrade', {});
  assert.is(error?.data.code, 'GOX_UPGRADE');
  assert.match(error?.message ?? '', /first process of a container/);
  await client.call('shutdown', []);
  assert.is(await container.exited(), 0);
});

/** The status, or what has gone wrong. */
function asked(port: number): Promise<string> {
  return new Promise((resolve) => {
    const request = get({ port, path: '/livez', agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.statusCode)));
    });
    request.once('error', ({ code = '' }: NodeJS.ErrnoException) => resolve(code));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

upgrades.run();
