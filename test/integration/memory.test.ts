/** Leaks that were planted are named, where there is none nothing is said. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Daemon, type DaemonOptions, startDaemon } from '../support/daemon.ts';
import { RawConnection } from '../support/raw.ts';

const LEAKY = {
  NODE_OPTIONS: `--import ${new URL('../support/leaky.js', import.meta.url).href}`,
};
const SETTINGS = { 'leaks.interval_ms': 100, 'workers.count': 1 };
/** A leak is told after 48 counts at the earliest. */
const COUNTS = 50;
/** Far more than it takes. */
const TOLD_MS_MAX = 40_000;
const PACE_MS = 20;

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly series?: string;
  readonly from?: number;
  readonly to?: number;
}

/** What the log says of things that only grew. */
function grown(daemon: Daemon): Line[] {
  const lines = daemon.stdout().split('\n');
  return lines
    .filter((line) => line.startsWith('{') && line.includes('"series"'))
    .map((line) => JSON.parse(line) as Line);
}

const isNamed = (daemon: Daemon, series: string) =>
  grown(daemon).some((line) => line.series === series && line.level >= 40);

/**
 * Has the daemon do something every 20 ms, whatever time that takes, as long as it is wanted. A
 * pace that drops is no leak's.
 */
async function work(does: (n: number) => Promise<unknown>, isWanted: () => boolean) {
  const since_ms = performance.now();
  for (let n = 0; isWanted(); n += 1) {
    await does(n);
    await sleep(Math.max(0, since_ms + n * PACE_MS - performance.now()));
  }
}

/** The daemon, which ends with the test, however that goes. */
async function withDebugged(
  options: DaemonOptions,
  use: (daemon: Daemon, connection: RawConnection) => Promise<void>,
) {
  const daemon = await startDaemon(options);
  const connection = await RawConnection.open(daemon.socket);
  try {
    await use(daemon, connection);
  } finally {
    connection.destroy();
    await daemon.kill();
  }
}

const memory = suite('memory');

/** Has a daemon leak by what it is asked, until each of these is named. */
function leaky(
  options: DaemonOptions,
  leaks: readonly string[],
  does: (n: number, connection: RawConnection) => Promise<unknown>,
) {
  const settings = { ...SETTINGS, 'logging.level': 'debug' };
  return withDebugged({ ...options, settings }, async (daemon, connection) => {
    const named = () => leaks.filter((series) => isNamed(daemon, series));
    const end_ms = performance.now() + TOLD_MS_MAX;
    await work(
      (n) => does(n, connection),
      () => performance.now() < end_ms && named().length < leaks.length,
    );
    assert.equal(named(), leaks);
    const told = grown(daemon).find(({ series }) => series === leaks[0]);
    assert.match(told?.msg ?? '', 'may be a leak');
    assert.ok(told!.to! > told!.from! + 12);
  });
}

memory(
  'names what leaks in a daemon: memory and timers, or projects that nobody closes',
  async () => {
    await Promise.all([
      leaky({ env: LEAKY }, ['timers', 'heap used'], (_, connection) => connection.call('ping')),
      leaky({}, ['projects'], (n, connection) =>
        connection.call('goxel.create_project', { project: `p${n}` }),
      ),
    ]);
  },
);

memory('is silent about one that works and leaks nothing, and off with the debug lines', () =>
  withDebugged({ settings: SETTINGS }, async (daemon, connection) => {
    const leaks = async () => {
      const { result } = await connection.call('supervisor.leaks');
      return result as { state: string; series: { name: string; values: number[] }[] };
    };
    const none = { state: 'off', counts_a_row: 1, ago_ms: [], collections: [] };
    assert.equal(await leaks(), { ...none, series: [], found: [] });
    await connection.call('supervisor.debug', { on: true });
    const end_ms = performance.now() + COUNTS * SETTINGS['leaks.interval_ms'];
    await work(
      async (n) => {
        const other = await RawConnection.open(daemon.socket);
        await other.call('goxel.add_voxel', [n % 50, 0, 0]);
        await connection.call('rpc.discover', { full: true });
        other.destroy();
      },
      () => performance.now() < end_ms,
    );
    const { state, series } = await leaks();
    assert.is(state, 'sampling');
    for (const name of ['heap used', 'rss', 'timers', 'projects', 'actors engine']) {
      const values = series.find((one) => one.name === name)?.values ?? [];
      assert.ok(values.length > 20 && values.length <= 64, `${values.length} of ${name}`);
    }
    assert.equal(
      grown(daemon).filter(({ level }) => level >= 40),
      [],
    );
    await connection.call('supervisor.debug', { on: false });
    assert.equal(await leaks(), { ...none, series: [], found: [] });
  }),
);

memory.run();
