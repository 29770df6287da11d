/**
 * What the daemon says of its health: a thread that hangs is replaced and told of, time in which
 * the process stood still counts for nothing, and who asks is answered whatever engines do.
 */

import { mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { type Daemon, withDaemon } from '../support/daemon.ts';
import { eventually, RawConnection, type RawReply, request } from '../support/raw.ts';
import { ENGINE_MARKER, JOB_MARKER } from '../support/stuck.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const STUCK = {
  NODE_OPTIONS: `--import ${new URL('../support/stuck.js', import.meta.url).href}`,
};
const CHECK_MS = 200;
/** Long enough for a thread that a busy machine does not let run. */
const HEARTBEAT_MS = 3000;
const SETTINGS = {
  'health.check_interval_ms': CHECK_MS,
  'health.heartbeat_timeout_ms': HEARTBEAT_MS,
  // What other processes of the machine do is none of this test's business.
  'health.event_loop_delay_ms_max': 60_000,
  'health.memory_share_max': 1,
};

interface Health {
  readonly healthy: boolean;
  readonly state: string;
  readonly requests: number;
  readonly reasons: readonly { what: string; state: string; reason: string; since_ms: number }[];
  readonly checks: readonly { what: string; state: string }[];
}

interface Stats {
  readonly failed_requests: number;
  readonly total_requests: number;
  readonly restarts: number;
  readonly errors: Record<string, number>;
  readonly engines: readonly { id: string; restarts: number; pulse_age_ms: number | null }[];
  readonly job_threads: readonly { restarts: number; pulse_age_ms: number | null }[];
}

async function ask<T>(connection: RawConnection, method: string): Promise<T> {
  return (await connection.call(method)).result as T;
}

async function until(observer: RawConnection, state: string): Promise<Health> {
  let health = await ask<Health>(observer, 'health_check');
  await eventually(`it was ${state}`, async () => {
    health = await ask<Health>(observer, 'health_check');
    return health.state === state;
  });
  return health;
}

/** Whether the log says that such a thing was amiss. */
function said(daemon: Daemon, what: RegExp): boolean {
  const lines = daemon.stdout().split('\n');
  const all = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { what?: string; to?: string });
  return all.some((line) => what.test(line.what ?? '') && line.to !== 'healthy');
}

const health = suite('health');

health('a daemon that is well says so, with the fields of the design', () =>
  withDaemon({ settings: SETTINGS }, async ({ socket }) => {
    const connection = await RawConnection.open(socket);
    await eventually('it was checked', async () => {
      return (await ask<Health>(connection, 'health_check')).checks.length > 0;
    });
    const found = (await ask<Health>(connection, 'health.check')) as unknown as object;
    assert.equal(Object.keys(found), [
      ...['healthy', 'uptime', 'requests', 'state', 'since', 'reasons', 'checks'],
    ]);
    const { healthy, state, reasons, checks } = found as Health;
    assert.equal([healthy, state, reasons], [true, 'healthy', []]);
    const names = checks.map(({ what }) => what);
    for (const name of ['checks', 'heartbeat engine:0', 'engine:1', 'job:2', 'listener:unix']) {
      assert.ok(names.includes(name), name);
    }
    assert.not(names.includes('heartbeat job:0'), 'a thread that has not started is no fault');
    connection.destroy();
  }),
);

health('replies that are errors are counted over all connections, with their codes', () =>
  withDaemon({ settings: SETTINGS }, async ({ socket }) => {
    const [one, two] = await Promise.all([RawConnection.open(socket), RawConnection.open(socket)]);
    await one.call('goxel.get_voxel', [1]);
    await two.call('no_such_method');
    await two.ask('[{"jsonrpc":"2.0","id":1,"method":"goxel.get_voxel","params":["x"]},7]\n');
    // Nobody is answered here.
    one.write(request('no_such_method', []));
    await one.call('ping');
    const stats = await ask<Stats>(one, 'health_stats');
    assert.is(stats.failed_requests, 4);
    assert.equal(stats.errors, {
      ...{ GOX_INVALID_PARAMS: 2, GOX_METHOD_NOT_FOUND: 1, GOX_INVALID_REQUEST: 1 },
    });
    assert.is(stats.total_requests, 7);
    for (const connection of [one, two]) connection.destroy();
  }),
);

/** Has the engine of project a hang; gives what the command line says while it is replaced. */
async function hang(daemon: Daemon, observer: RawConnection, victim: RawConnection, nth: number) {
  const name = `${ENGINE_MARKER} ${nth}`;
  victim.write(request('goxel.create_layer', { name, project: 'a' }, 5));
  const bad = await until(observer, 'degraded');
  assert.is(bad.healthy, false);
  const { code } = await cli('health', '--socket', daemon.socket);
  const reply = JSON.parse(await victim.line()) as RawReply;
  assert.is(reply.error?.data.code, 'GOX_REQUEST_QUARANTINED');
  assert.match(reply.error?.message ?? '', 'nothing was heard of its thread');
  await until(observer, 'healthy');
  return code;
}

health('an engine that hangs is replaced; degraded meanwhile, and healthy again after', () => {
  // Long enough for the command line to see it, as a rule; the next wait is twice as long.
  const settings = { ...SETTINGS, 'health.restart_delay_ms': 3000 };
  return withDaemon({ settings, env: STUCK }, async (daemon) => {
    const [observer, victim] = await Promise.all([
      RawConnection.open(daemon.socket),
      RawConnection.open(daemon.socket),
    ]);
    await victim.call('goxel.create_project', { project: 'a' });
    await victim.call('goxel.create_project', { project: 'b' });
    const codes: (number | null)[] = [];
    while (codes.length < 3 && codes.at(-1) !== 1) {
      codes.push(await hang(daemon, observer, victim, codes.length));
    }
    assert.is(codes.at(-1), 1);
    assert.ok(said(daemon, /^heartbeat engine:0$/));
    assert.not(said(daemon, /^projects$/), 'none was lost');
    const stats = await ask<Stats>(observer, 'health_stats');
    assert.equal(
      stats.engines.map(({ restarts }) => restarts),
      [2 * codes.length, 0],
    );
    for (const text of ['the daemon is degraded', 'the daemon is healthy again']) {
      assert.match(daemon.stdout(), text);
    }
    const again = await victim.call('goxel.add_voxel', { x: 1, y: 1, z: 1, project: 'a' });
    assert.is(again.error, undefined);
    for (const connection of [observer, victim]) connection.destroy();
  });
});

health('so is a job thread', () =>
  withDaemon({ settings: SETTINGS, env: STUCK }, async (daemon) => {
    const [observer, victim] = await Promise.all([
      RawConnection.open(daemon.socket),
      RawConnection.open(daemon.socket),
    ]);
    const path = join(temporaryDirectory(), `${JOB_MARKER}.txt`);
    await victim.call('goxel.add_voxel', [1, 2, 3]);
    victim.write(request('goxel.export_model', { path }, 5));
    // It is degraded for a moment only, which a busy machine may miss.
    await eventually('it was degraded', () => daemon.stdout().includes('the daemon is degraded'));
    const reply = JSON.parse(await victim.line()) as RawReply;
    // Another thread has tried it, and hung as well.
    assert.is(reply.error?.data.code, 'GOX_REQUEST_QUARANTINED');
    await until(observer, 'healthy');
    assert.ok(said(daemon, /^heartbeat job:/));
    const { job_threads, engines } = await ask<Stats>(observer, 'health_stats');
    assert.is(
      job_threads.reduce((sum, { restarts }) => sum + restarts, 0),
      2,
    );
    assert.ok(engines.every(({ restarts }) => restarts === 0));
    // The project is there, and the next job runs.
    assert.match(await victim.ask(request('goxel.get_voxel', [1, 2, 3], 1)), '"exists":true');
    for (const connection of [observer, victim]) connection.destroy();
  }),
);

health('is answered while an engine is busy, whose checked loop is a sign of life', () =>
  withDaemon({ settings: { ...SETTINGS, 'workers.count': 1 } }, async ({ socket }) => {
    const [observer, busy] = await Promise.all([
      RawConnection.open(socket),
      RawConnection.open(socket),
    ]);
    const script = `const until = Date.now() + ${2 * HEARTBEAT_MS}; while (Date.now() < until); 7`;
    busy.write(request('script.execute', { script }, 5));
    let answers = 0;
    for (; busy.received.length === 0; answers += 1) {
      await ask<Health>(observer, 'health_check');
      await sleep(20);
    }
    // One would come with the end of the script though it had to wait for that.
    assert.ok(answers > 3, `it was answered ${answers} times`);
    assert.match(await busy.line(), '"value":7');
    const { engines } = await ask<Stats>(observer, 'health_stats');
    assert.is(engines[0]?.restarts, 0);
    for (const connection of [observer, busy]) connection.destroy();
  }),
);

health('a process that stood still for longer than every deadline is as well as before', () =>
  withDaemon({ settings: SETTINGS }, async ({ socket, pid }) => {
    const connection = await RawConnection.open(socket);
    await connection.call('goxel.add_voxel', [1, 2, 3]);
    process.kill(pid, 'SIGSTOP');
    await sleep(HEARTBEAT_MS + 1500);
    process.kill(pid, 'SIGCONT');
    for (let checks = 0; checks < 10; checks++) {
      const { state, reasons } = await ask<Health>(connection, 'health_check');
      assert.is(state, 'healthy', JSON.stringify(reasons));
      await sleep(CHECK_MS / 2);
    }
    assert.is((await ask<Stats>(connection, 'health_stats')).restarts, 0);
    connection.destroy();
  }),
);

health('a socket that is gone and cannot be made again is told, until it can', () => {
  // A directory that is missing is made, but not the one that it is in.
  const parent = join(temporaryDirectory(), 'parent');
  const directory = join(parent, 'here');
  mkdirSync(directory, { recursive: true });
  return withDaemon({ settings: SETTINGS, socket: join(directory, 's') }, async (daemon) => {
    const observer = await RawConnection.open(daemon.socket);
    await until(observer, 'healthy');
    renameSync(parent, `${parent}.gone`);
    const bad = await until(observer, 'failing');
    const [reason] = bad.reasons;
    assert.is(reason?.what, 'listener:unix');
    assert.match(reason?.reason ?? '', dirname(daemon.socket));
    mkdirSync(directory, { recursive: true });
    await until(observer, 'healthy');
    observer.destroy();
  });
});

health('the command works while all places are taken, and its exit code tells', () =>
  withDaemon(
    { settings: { ...SETTINGS, 'performance.max_connections': 1 } },
    async ({ socket }) => {
      const holder = await RawConnection.open(socket);
      await holder.call('ping');
      const told = await cli('health', '--socket', socket);
      assert.is(told.code, 0, told.stderr);
      assert.match(told.stdout, /^healthy since \d{4}-/);
      const json = await cli('health', '--json', '--socket', socket);
      assert.is((JSON.parse(json.stdout) as Health).state, 'healthy');
      holder.destroy();
    },
  ),
);

health.run();
