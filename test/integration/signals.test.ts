/** Signals: ends in order and in time, forced ends, and dumps of the tree. */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DAEMON_MAIN, startDaemon, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, type RawReply, type RawTree, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

/** What the daemon gives those that are slow, when it stops: more than is waited for anything. */
const PATIENT = { 'performance.shutdown_timeout_ms': 120_000 };
/** The C daemon took 299 s; people give 2 s, but machines may be busy. */
const STOP_MS_MAX = 20_000;
const ENDLESS_RENDER = { width: 512, height: 512, trace: { samples: 10_000 } };
const STARTS = 6;
const STORM = 100;
/** Takes some hundred ms of an engine's time. */
const LONG = `[${'[0,0,0],'.repeat(99_999)}[0,0,0]]`;

function long(id: number): string {
  const params = `{"positions":${LONG}}`;
  return `{"jsonrpc":"2.0","method":"goxel.get_voxels","params":${params},"id":${id}}\n`;
}

const stopping = suite('signals that stop');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  stopping(`${signal}, with idle clients`, async () => {
    const daemon = await startDaemon({ settings: PATIENT });
    const idle = await RawConnection.open(daemon.socket);
    await idle.call('goxel.add_voxel', [1, 2, 3]);
    const silent = await RawConnection.open(daemon.socket);
    const half = await RawConnection.open(daemon.socket);
    half.write('{"jsonrpc":"2.0",');
    const start = performance.now();
    process.kill(daemon.pid, signal);
    assert.equal(await daemon.exited(), { code: 0, signal: null });
    const took_ms = performance.now() - start;
    assert.ok(took_ms < STOP_MS_MAX, `it took ${took_ms} ms`);
    assert.not(existsSync(daemon.socket));
    assert.match(daemon.stdout(), `"reason":"${signal}"`);
    for (const client of [idle, silent, half]) {
      await client.rest();
      client.destroy();
    }
  });

  stopping(`${signal}, with requests under way, which are finished`, async () => {
    // All of them fit into what a connection may ask for before it is answered.
    const settings = { ...PATIENT, 'limits.output_bytes_max': 64 * 1024 * 1024 };
    const daemon = await startDaemon({ settings });
    const client = await RawConnection.open(daemon.socket);
    await client.call('ping');
    for (let id = 0; id < 3; id += 1) client.write(long(id));
    // Its reply says that the requests before it are with the daemon.
    client.write(request('ping', [], 'all'));
    const first = await client.line();
    assert.match(first, /"id":("all"|0)/);
    process.kill(daemon.pid, signal);
    const replies = `${first}\n${await client.rest()}`.trimEnd().split('\n');
    assert.match(replies.pop() ?? '', '"server.draining"', 'the last is no reply');
    const ids = replies.map((line) => (JSON.parse(line) as RawReply).id);
    assert.equal(ids.sort(), [0, 1, 2, 'all']);
    for (const line of replies) assert.match(line.slice(0, 60), '"result"');
    assert.equal(await daemon.exited(), { code: 0, signal: null });
    client.destroy();
  });
}

stopping('nobody connects any more, once it is told to stop', async () => {
  const daemon = await startDaemon({ settings: PATIENT });
  const client = await RawConnection.open(daemon.socket);
  client.write(long(1) + request('ping', [], 'all'));
  await client.line();
  process.kill(daemon.pid, 'SIGTERM');
  await eventually('the socket was gone', () => !existsSync(daemon.socket));
  const code = await new Promise((resolve) => {
    connect(daemon.socket).once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  assert.is(code, 'ENOENT');
  assert.match((await client.rest()).toString('latin1', 0, 60), '"id":1,"result"');
  assert.equal(await daemon.exited(), { code: 0, signal: null });
  client.destroy();
});

stopping('a second signal ends it without waiting, and everything is answered', async () => {
  const settings = { ...PATIENT, 'limits.output_bytes_max': 64 * 1024 * 1024 };
  const daemon = await startDaemon({ settings });
  const client = await RawConnection.open(daemon.socket);
  await client.call('goxel.add_voxel', [1, 2, 3]);
  // For this one it would wait for minutes.
  client.write(request('goxel.render_scene', ENDLESS_RENDER, 0));
  client.write(`${long(1)}${long(2)}${long(3)}${request('ping', [], 'all')}`);
  // Others may be answered before the ping was read.
  let first = await client.line();
  let early = 0;
  for (; !first.includes('"all"'); early += 1) first = await client.line();
  process.kill(daemon.pid, 'SIGTERM');
  await eventually('it was stopping', () => daemon.stdout().includes('"stopping"'));
  process.kill(daemon.pid, 'SIGTERM');
  const replies = (await client.rest()).toString().trimEnd().split('\n');
  const [notice] = replies.splice(
    replies.findIndex((line) => line.includes('"server.draining"')),
    1,
  );
  assert.match(notice ?? '', '"server.draining"');
  assert.is(replies.length + early, 4);
  for (const line of replies) assert.match(line, /"result"|GOX_SHUTTING_DOWN/);
  assert.equal(await daemon.exited(), { code: 0, signal: null });
  assert.not(existsSync(daemon.socket));
  client.destroy();
});

stopping('the method shutdown answers, and stops as a signal does', async () => {
  const daemon = await startDaemon({ settings: PATIENT });
  const client = await RawConnection.open(daemon.socket);
  client.write(long(1) + request('shutdown', undefined, 2));
  const replies = (await client.rest()).toString().trimEnd().split('\n').sort();
  assert.match(replies[0]?.slice(0, 60) ?? '', '"id":1,"result"');
  assert.is(replies[1], '{"jsonrpc":"2.0","id":2,"result":{"success":true}}');
  assert.equal(await daemon.exited(), { code: 0, signal: null });
  client.destroy();
});

stopping.run();

const dumping = suite('SIGUSR1');

/** The paths of the dumps that the log tells of. */
function dumps(log: string): string[] {
  return [...log.matchAll(/"path":"([^"]+\.tree\.json)","msg":"tree of actors written"/g)].map(
    ([, path]) => path ?? '',
  );
}

dumping('writes the tree to the log and to the file that the log names', () => {
  const directory = join(temporaryDirectory(), 'dumps');
  return withDaemon({ settings: { 'dump.directory': directory } }, async (daemon) => {
    const client = await RawConnection.open(daemon.socket);
    await client.call('goxel.add_voxel', [1, 2, 3]);
    process.kill(daemon.pid, 'SIGUSR1');
    await eventually('the log told of a dump', () => dumps(daemon.stdout()).length > 0);
    const [path = ''] = dumps(daemon.stdout());
    assert.ok(path.startsWith(`${directory}/`));
    assert.is(statSync(path).mode & 0o777, 0o600);
    const tree = JSON.parse(readFileSync(path, 'utf8')) as RawTree & {
      readonly statistics: { readonly requests: { readonly total: number } };
    };
    assert.is(tree.statistics.requests.total, 1);
    assert.match(daemon.stdout(), /"statistics":\["daemon +\d/);
    assert.is(tree.id, 'daemon');
    assert.is(tree.state, 'running');
    for (const id of ['engine:0', 'engine:1', 'session:0']) {
      assert.match(JSON.stringify(tree), `"id":"${id}"`);
      assert.match(daemon.stdout(), `─ ${id}  `);
    }
    client.destroy();
  });
});

dumping('that cannot be written is said in the log, and nothing else happens', () => {
  const file = join(temporaryDirectory(), 'file');
  writeFileSync(file, '');
  return withDaemon({ settings: { 'dump.directory': file } }, async (daemon) => {
    process.kill(daemon.pid, 'SIGUSR1');
    await eventually('the log told', () => daemon.stdout().includes('cannot write the tree'));
    const client = await RawConnection.open(daemon.socket);
    assert.match(await client.ask(request('ping', [], 1)), '"pong":true');
    client.destroy();
  });
});

dumping('in a storm, beside requests', () => {
  const directory = join(temporaryDirectory(), 'dumps');
  return withDaemon({ settings: { 'dump.directory': directory } }, async (daemon) => {
    const client = await RawConnection.open(daemon.socket);
    for (let i = 0; i < STORM; i += 1) {
      process.kill(daemon.pid, 'SIGUSR1');
      assert.match(await client.ask(request('goxel.add_voxel', [i, 0, 0], i)), '"success":true');
    }
    // Those that come close together may be one dump; but one comes after the last of them.
    await eventually('it was dumped again', () => dumps(daemon.stdout()).length > 1);
    // The log first: there may be another dump at any time.
    const told = dumps(daemon.stdout());
    const files = readdirSync(directory);
    assert.ok(files.length <= STORM);
    for (const path of told) assert.ok(files.includes(basename(path)), path);
    assert.not(daemon.stdout().includes('cannot write'));
    client.destroy();
  });
});

dumping('SIGQUIT does the same, and makes a directory with those above it', () => {
  const directory = join(temporaryDirectory(), 'not', 'there');
  return withDaemon({ settings: { 'dump.directory': directory } }, async (daemon) => {
    process.kill(daemon.pid, 'SIGQUIT');
    await eventually('it was dumped', () => dumps(daemon.stdout()).length > 0);
    assert.ok(readdirSync(directory).length > 0);
  });
});

/**
 * Signals from the first moment on. In the few ms before Node holds SIGUSR1 off, the kernel's own
 * answer to it is to end the process, which no program can change; so the first goes out then.
 */
dumping('during the start neither ends the process nor leaves a debugger open', async () => {
  for (let start = 0; start < STARTS; start += 1) {
    const directory = temporaryDirectory();
    const socket = join(directory, 's');
    const run = ['run', '--socket', socket, '--set', `dump.directory=${directory}`];
    // A port of its own: with the usual one taken, the debugger would not open anyway.
    const child = spawn(process.execPath, ['--inspect-port=0', DAEMON_MAIN, ...run], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
      });
    }
    const ended = new Promise<unknown>((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal));
    });
    try {
      while (child.exitCode === null && !output.includes('"listening"')) {
        if (survivesSigusr1(child.pid ?? 0)) child.kill('SIGUSR1');
        await sleep(1 + start);
      }
      const client = await RawConnection.open(socket);
      assert.match(await client.ask(request('ping', [], 1)), '"pong":true');
      // Node's own thread may open the debugger a moment late; it is closed again as soon.
      await eventually('no debugger listened', () => !debuggerListens(child.pid ?? 0));
      client.destroy();
      child.kill('SIGTERM');
      assert.is(await ended, 0);
    } finally {
      child.kill('SIGKILL');
    }
  }
});

/** Whether SIGUSR1, 10 on Linux, is held off or handled, as /proc tells. */
function survivesSigusr1(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const masks = [...status.matchAll(/^Sig(?:Blk|Cgt):\s*([0-9a-f]+)$/gm)];
  return masks.some(([, mask]) => (BigInt(`0x${mask}`) & (1n << 9n)) !== 0n);
}

/** Whether any thread of a process listens on a TCP port. */
function debuggerListens(pid: number): boolean {
  const inodes = new Set(
    readdirSync(`/proc/${pid}/fd`).map(
      // Some were closed since.
      (fd) => statSync(`/proc/${pid}/fd/${fd}`, { throwIfNoEntry: false })?.ino,
    ),
  );
  return readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .some(([, , , state, , , , , , inode]) => state === '0A' && inodes.has(Number(inode)));
}

dumping.run();
