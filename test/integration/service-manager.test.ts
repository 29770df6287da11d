/** What systemd hears of the daemon: the test has its side of the socket. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { ENGINE_MARKER } from '../support/stuck.ts';
import { temporaryDirectory } from '../support/tmp.ts';

/** Each message is a line, with its assignments in JSON. */
const RECEIVER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind('\\0' + name[1:] if name.startswith('@') else name)
print('"bound"', flush=True)
while True:
    print(json.dumps(s.recv(65536).decode().split('\\n')), flush=True)
`;

interface Manager {
  readonly socket: string;
  /** All assignments that came, in order. */
  heard(): string[];
  count(assignment: string): number;
  end(): void;
}

const managers = new Set<ChildProcess>();
process.once('exit', () => {
  for (const one of managers) one.kill('SIGKILL');
});

async function startManager(socket = join(temporaryDirectory(), 'notify')): Promise<Manager> {
  const python = spawn('python3', ['-c', RECEIVER, socket], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  managers.add(python);
  let text = '';
  python.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await eventually('the service manager listens', () => text.startsWith('"bound"\n'));
  const heard = () =>
    text
      .split('\n')
      .slice(1, -1)
      .flatMap((line) => JSON.parse(line) as string[]);
  const count = (assignment: string) => heard().filter((one) => one === assignment).length;
  return { socket, heard, count, end: () => void python.kill('SIGKILL') };
}

const SENDER = `
import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'MARK=1', sys.argv[1])
`;

/** Returns when it has heard all that was sent before: messages keep their order. */
async function hearAll({ socket, count }: Manager): Promise<void> {
  const before = count('MARK=1');
  const python = spawn('python3', ['-c', SENDER, socket], { stdio: 'inherit' });
  assert.equal(await once(python, 'exit'), [0, null]);
  await eventually('all was heard', () => count('MARK=1') > before);
}

const WATCHDOG_MS = 1000;

const manager = suite('service manager');

for (const kind of ['path', 'abstract name']) {
  manager(`it hears that the daemon is ready, lives and stops, at a ${kind}`, async () => {
    const name = `@goxel-test-${process.pid}`;
    const systemd = await startManager(kind === 'path' ? undefined : name);
    const env = { NOTIFY_SOCKET: systemd.socket, WATCHDOG_USEC: String(1000 * WATCHDOG_MS) };
    const daemon = await startDaemon({ env });
    await eventually('it is ready', () => systemd.count('READY=1') === 1);
    assert.ok(systemd.heard().includes(`MAINPID=${daemon.pid}`));
    await eventually('it gives signs of life', () => systemd.count('WATCHDOG=1') >= 3);
    assert.is(systemd.count('STOPPING=1'), 0);
    assert.is((await daemon.stop()).code, 0);
    await eventually('it says that it stops', () => systemd.count('STOPPING=1') === 1);
    assert.is(systemd.count('READY=1'), 1);
    systemd.end();
  });
}

manager('a daemon that cannot start never says that it is ready', async () => {
  const systemd = await startManager();
  const env = { NOTIFY_SOCKET: systemd.socket };
  await startDaemon({ env, settings: { user: 'no-such-user' } }).then(
    () => assert.unreachable('it started'),
    () => undefined,
  );
  assert.is(systemd.count('READY=1'), 0);
  systemd.end();
});

manager('an engine that hangs: no sign of life, and the log says why', async () => {
  const systemd = await startManager();
  const daemon = await startDaemon({
    env: {
      ...{ NOTIFY_SOCKET: systemd.socket, WATCHDOG_USEC: String(1000 * WATCHDOG_MS) },
      NODE_OPTIONS: `--import ${new URL('../support/stuck.js', import.meta.url).href}`,
    },
  });
  await eventually('it gives signs of life', () => systemd.count('WATCHDOG=1') >= 1);
  const client = await RawConnection.open(daemon.socket);
  client.write(request('goxel.add_voxel', { x: 0, y: 0, z: 0, color: ENGINE_MARKER }, 1));
  await eventually('it is noticed', () => /gave no sign of life for/.test(daemon.stdout()));
  // On a busy machine it may have been noticed too early, and be found well once more.
  await eventually('no sign of life comes any more', async () => {
    await hearAll(systemd);
    const before = systemd.count('WATCHDOG=1');
    await sleep(3 * WATCHDOG_MS);
    await hearAll(systemd);
    return systemd.count('WATCHDOG=1') === before;
  });
  // The daemon itself is well, and says so.
  const operator = await RawConnection.open(daemon.socket);
  assert.ok((await operator.call('ping')).result !== undefined);
  operator.destroy();
  client.destroy();
  await daemon.kill();
  systemd.end();
});

manager('a stop that takes long has its time extended', async () => {
  const systemd = await startManager();
  const settings = { 'performance.shutdown_timeout_ms': 120_000 };
  const daemon = await startDaemon({ env: { NOTIFY_SOCKET: systemd.socket }, settings });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
  const render = { width: 512, height: 512, trace: { samples: 10_000 } };
  await client.deliver(request('goxel.render_scene', render, 'long'));
  const stopped = daemon.stop();
  await eventually('it is given more time', () => {
    const heard = systemd.heard();
    const stopping = heard.indexOf('STOPPING=1');
    return stopping > 0 && heard.indexOf('EXTEND_TIMEOUT_USEC=15000000', stopping) > 0;
  });
  // With its job there is nothing more to wait for.
  client.destroy();
  assert.is((await stopped).code, 0);
  systemd.end();
});

manager('without koffi it is told by the program', async () => {
  const systemd = await startManager();
  const env = { NOTIFY_SOCKET: systemd.socket, GOXEL_NATIVE: 'off' };
  const daemon = await startDaemon({ env });
  await eventually('it is ready', () => systemd.count('READY=1') === 1);
  assert.is((await daemon.stop()).code, 0);
  await eventually('it says that it stops', () => systemd.count('STOPPING=1') === 1);
  systemd.end();
});

manager('a socket that nobody listens on stops nothing', async () => {
  const daemon = await startDaemon({ env: { NOTIFY_SOCKET: join(temporaryDirectory(), 'none') } });
  assert.is((await daemon.stop()).code, 0);
});

manager.run();
