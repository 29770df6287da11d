/** Reloads at a time, before the daemon is up, and when it stops. */

import { spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { eventually, RawConnection, request } from '../support/raw.ts';
import { withReloading, yamlOf } from '../support/reloading.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const several = suite('several reloads');

several('at a time are one after the other, and all are answered', () =>
  withReloading({}, async ({ daemon, told, write }) => {
    const clients = await Promise.all(
      Array.from({ length: 5 }, () => RawConnection.open(daemon.socket)),
    );
    for (let round = 0; round < 10; round += 1) {
      write({ 'limits.depth_max': 32 + round });
      for (const one of clients) one.write(request('supervisor.reload', [], round));
      process.kill(daemon.pid, 'SIGHUP');
    }
    for (const one of clients) {
      for (const line of await one.lines(10)) assert.match(line, '"restart_needed"');
    }
    await eventually('the last counted', () =>
      JSON.stringify(told(/read again/)).includes('"to":41'),
    );
    assert.ok(told(/read again/).length <= 60);
    for (const one of clients) one.destroy();
  }),
);

several('end with the daemon', async () => {
  const patient = { 'performance.shutdown_timeout_ms': 120_000 };
  await withReloading(patient, async ({ daemon, client, write }) => {
    await client.call('goxel.add_voxel', [1, 2, 3]);
    // It would take minutes, and the daemon waits for it as long as its client does.
    const render = { width: 512, height: 512, trace: { samples: 10_000 } };
    await client.deliver(request('goxel.render_scene', render, 1));
    write({ ...patient, 'limits.depth_max': 32 });
    process.kill(daemon.pid, 'SIGTERM');
    await eventually('it was stopping', () => daemon.stdout().includes('"stopping"'));
    process.kill(daemon.pid, 'SIGHUP');
    // Longer than it waits for whoever may write the file.
    await sleep(300);
    client.destroy();
    assert.equal(await daemon.exited(), { code: 0, signal: null });
    assert.not.match(daemon.stdout(), 'the configuration was');
  });
});

several('are made up for when they are asked for before the daemon is up', async () => {
  const directory = temporaryDirectory();
  const file = join(directory, 'daemon.yaml');
  const socket = join(directory, 'd.sock');
  const write = (depth_max: number) => {
    writeFileSync(
      `${file}.new`,
      yamlOf({ 'sockets.unix.path': socket, 'limits.depth_max': depth_max }),
    );
    renameSync(`${file}.new`, file);
  };
  write(64);
  const child = spawn(process.execPath, [DAEMON_MAIN, 'run', '--config', file]);
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    while (!handlesHangups(child.pid ?? 0)) await sleep(1);
    child.kill('SIGHUP');
    await eventually('it was up, and read it again', () => output.includes('was read again'));
    assert.ok(output.indexOf('"listening"') < output.indexOf('was read again'));
    write(8);
    child.kill('SIGHUP');
    await eventually('the next one counted', () => output.includes('"to":8'));
    child.kill('SIGTERM');
    assert.is(await ended, 0);
  } finally {
    child.kill('SIGKILL');
  }
});

/** Whether SIGHUP, 1, has a handler, as /proc tells. */
function handlesHangups(pid: number): boolean {
  const [, mask = '0'] =
    /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (BigInt(`0x${mask}`) & 1n) !== 0n;
}

several.run();
