/** The units for systemd: what its own tools say of them, and what the daemon makes of them. */

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../conf/load.ts';
import { SETTINGS } from '../../conf/settings.ts';
import { parseCommandLine } from '../../supervisor/cli/args.ts';
import { EXIT } from '../../supervisor/cli/exit-codes.ts';
import { cli } from '../support/cli.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { ROOT } from '../support/modules.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { withTool } from '../support/tools.ts';
import { onlyValue, readUnit } from '../support/unit-file.ts';

const FOLDER = join(ROOT, 'conf/systemd');
const PROGRAM = '/usr/local/bin/goxel-supervisor';
/** systemd's own scale goes from 0 (closed) to 10; this is as ours were measured, and a little. */
const EXPOSURE_MAX = 2;

const service = readUnit(join(FOLDER, 'goxel-supervisor.service'));
const socket = readUnit(join(FOLDER, 'goxel-supervisor.socket'));
const CONFIG = join(FOLDER, 'daemon.conf');

/** Copies of the units that name a program which is there. */
function copies(): string[] {
  const directory = temporaryDirectory();
  const program = join(directory, 'goxel-supervisor');
  writeFileSync(program, '#!/bin/sh\n');
  chmodSync(program, 0o755);
  return ['goxel-supervisor.service', 'goxel-supervisor.socket'].map((name) => {
    const path = join(directory, name);
    writeFileSync(path, readFileSync(join(FOLDER, name), 'utf8').replaceAll(PROGRAM, program));
    return path;
  });
}

const units = suite('units for systemd');

withTool(units, 'systemd-analyze')('systemd-analyze verify has nothing against them', () => {
  const paths = copies();
  const args = ['verify', '--man=no', ...paths];
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  assert.is(`${stdout}${stderr}`, '');
  assert.is(status, 0);
});

withTool(units, 'systemd-analyze')('the service is closed to what it does not need', () => {
  const paths = copies();
  const threshold = `--threshold=${EXPOSURE_MAX * 10}`;
  const args = ['security', '--offline=true', '--no-pager', threshold, paths[0] ?? ''];
  const { status, stdout, stderr } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
  assert.is(status, 0, `${stdout.slice(-300)}${stderr}`);
});

units('name commands that there are', () => {
  for (const key of ['Service ExecStart', 'Service ExecReload']) {
    const [program, ...args] = onlyValue(service, key).split(' ');
    assert.is(program, PROGRAM);
    const line = parseCommandLine(args);
    assert.is(line.kind, 'command', key);
  }
});

units('wait longer than the daemon takes, and restart what a restart may mend', () => {
  const seconds = (key: string) => Number(onlyValue(service, key));
  const shutdown_ms = Number(SETTINGS.get('performance.shutdown_timeout_ms')?.default);
  assert.ok(seconds('Service TimeoutStopSec') * 1000 > shutdown_ms + 2000);
  const heartbeat_ms = Number(SETTINGS.get('health.heartbeat_timeout_ms')?.default);
  assert.ok(seconds('Service WatchdogSec') * 1000 > heartbeat_ms);
  const hopeless = onlyValue(service, 'Service RestartPreventExitStatus').split(' ').map(Number);
  for (const code of [EXIT.USAGE, EXIT.CANTCREAT, EXIT.NOPERM, EXIT.CONFIG]) {
    assert.ok(hopeless.includes(code), String(code));
  }
  for (const code of [EXIT.SOFTWARE, EXIT.TEMPFAIL, EXIT.UNAVAILABLE]) {
    assert.not(hopeless.includes(code), String(code));
  }
  assert.is(onlyValue(service, 'Service Type'), 'notify');
});

units('service, socket and configuration speak of the same places', async () => {
  const { config, warnings } = await loadConfig({ file: CONFIG });
  assert.equal(warnings, []);
  const { path, permissions, backlog } = config.sockets.unix;
  assert.is(onlyValue(socket, 'Socket ListenStream'), path);
  assert.is(onlyValue(socket, 'Socket SocketMode'), permissions);
  assert.is(Number(onlyValue(socket, 'Socket Backlog')), backlog);
  assert.is(path, `/run/${onlyValue(service, 'Service RuntimeDirectory')}/goxel.sock`);
  assert.equal(config.files.roots, [`/var/lib/${onlyValue(service, 'Service StateDirectory')}`]);
  assert.is(onlyValue(service, 'Service WorkingDirectory'), config.files.roots[0]);
  assert.is(config.dump.directory, `/var/log/${onlyValue(service, 'Service LogsDirectory')}`);
  assert.match(onlyValue(service, 'Service ExecStart'), '--config /etc/goxel/daemon.conf');
  assert.is(onlyValue(service, 'Unit AssertPathExists'), '/etc/goxel/daemon.conf');
  // The directory would go with the service, and the socket of the other unit with it.
  assert.is(onlyValue(service, 'Service RuntimeDirectoryPreserve'), 'yes');
});

/** The configuration of the service, with all its places below a directory. */
function configBelow(directory: string): string {
  const text = readFileSync(CONFIG, 'utf8')
    .replaceAll('/run/goxel', directory)
    .replaceAll('/var/lib/goxel', directory)
    .replaceAll('/var/log/goxel', directory);
  const path = join(directory, 'daemon.conf');
  writeFileSync(path, text);
  return path;
}

units('the daemon runs by that configuration, and commands find it by it', async () => {
  const directory = temporaryDirectory();
  const config = configBelow(directory);
  const path = join(directory, 'goxel.sock');
  await withDaemon({ socket: path, args: ['--config', config] }, async ({ pid }) => {
    assert.is(statSync(path).mode & 0o777, 0o660);
    const { code, stdout } = await cli('status', '--config', config);
    assert.is(code, 0);
    assert.match(stdout, `process   ${pid},`);
  });
});

/** The system calls of a set of systemd's, with those of the sets in it. */
function callsOf(set: string, known = new Set<string>()): Set<string> {
  const text = execFileSync('systemd-analyze', ['syscall-filter', set], { encoding: 'utf8' });
  for (const line of text.split('\n').slice(1)) {
    const name = line.trim();
    if (name === '' || name.startsWith('#') || known.has(name)) continue;
    known.add(name);
    if (name.startsWith('@')) callsOf(name, known);
  }
  return known;
}

/** What a daemon does in its life, while somebody looks at its system calls. */
async function lifeUnderStrace(log: string): Promise<void> {
  const directory = temporaryDirectory();
  const path = join(directory, 's');
  const settings = ['--set', `files.roots=${directory}`, '--set', 'limits.script_timeout_ms=20000'];
  const args = ['-f', '-qq', '-c', '-S', 'name', '-o', log, process.execPath, DAEMON_MAIN];
  // A group of its own: the daemon outlives a tracer that is killed alone.
  const child = spawn('strace', [...args, 'run', '--socket', path, ...settings], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    // Under the tracer a start takes several times as long.
    await eventually('its socket is there', () => existsSync(path), 100_000);
    const client = await RawConnection.openEventually(path);
    await client.call('goxel.add_voxel', [1, 2, 3, '#3366CC']);
    await client.call('goxel.save_project', [join(directory, 'a.gox')]);
    await client.call('goxel.load_project', [join(directory, 'a.gox')]);
    await client.call('goxel.export_model', [join(directory, 'a.obj')]);
    await client.call('goxel.render_scene', { width: 32, height: 32 });
    await client.call('script.execute', { script: '1 + 1' });
    await client.call('health_stats');
    await client.call('supervisor.tree');
    await client.call('shutdown');
    client.destroy();
  } catch (error) {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    throw error;
  } finally {
    await ended;
  }
}

withTool(units, 'strace')('the daemon makes no system call that the service forbids', async () => {
  const allowed = new Set<string>();
  for (const text of service.get('Service SystemCallFilter') ?? []) {
    for (const set of text.replace(/^~/, '').split(' ')) {
      for (const call of callsOf(set)) {
        if (text.startsWith('~')) allowed.delete(call);
        else allowed.add(call);
      }
    }
  }
  const log = join(temporaryDirectory(), 'strace');
  await lifeUnderStrace(log);
  const used = readFileSync(log, 'utf8')
    .split('\n')
    .map((line) => /^\s*[\d.]+\s+.*\s(\w+)$/.exec(line)?.[1] ?? '')
    .filter((name) => name !== '' && name !== 'total' && name !== 'syscall');
  assert.ok(used.length > 30, `strace saw ${used.length} calls`);
  assert.equal(
    used.filter((name) => !allowed.has(name)),
    [],
  );
});

units.run();
