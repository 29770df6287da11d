/** Leaks that were planted are named, and nothing where there is none; snapshots of heaps. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli } from '../support/cli.ts';
import { type Daemon, type DaemonOptions, startDaemon } from '../support/daemon.ts';
import { RawConnection, request } from '../support/raw.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const LEAKY = {
  NODE_OPTIONS: `--import ${new URL('../support/leaky.js', import.meta.url).href}`,
};
const SETTINGS = { 'leaks.interval_ms': 100, 'workers.count': 1 };
/** A leak is told after 48 counts at the earliest. */
const COUNTS = 50;
/** Far more than it takes, on a busy machine too. */
const TOLD_MS_MAX = 150_000;
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
  const settings = { ...SETTINGS, 'logging.level': 'debug', ...options.settings };
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

/** One that works and leaks nothing; the search is off with the debug lines. */
function sound() {
  return withDebugged({ settings: SETTINGS }, async (daemon, connection) => {
    const leaks = async () => {
      const { result } = await connection.call('supervisor.leaks');
      return result as { state: string; series: { name: string; values: number[] }[] };
    };
    const none = { state: 'off', counts_a_row: 1, ago_ms: [], collections: [] };
    assert.equal(await leaks(), { ...none, series: [], found: [] });
    await connection.call('supervisor.debug', { on: true });
    const end_ms = performance.now() + TOLD_MS_MAX;
    let counted = 0;
    await work(
      async (n) => {
        if (n % 25 === 0) counted = (await leaks()).series[0]?.values.length ?? 0;
        const other = await RawConnection.open(daemon.socket);
        await other.call('goxel.add_voxel', [n % 50, 0, 0]);
        await connection.call('rpc.discover', { full: true });
        other.destroy();
      },
      () => performance.now() < end_ms && counted < COUNTS,
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
  });
}

// At a time, since each takes as long as it takes to count.
memory(
  'names memory, timers and projects that leak, and nothing in a daemon that is sound',
  async () => {
    await Promise.all([
      leaky({ env: LEAKY }, ['timers', 'heap used'], (_, connection) => connection.call('ping')),
      // As many as there is time for: what comes to a limit does not grow for long enough.
      leaky({ settings: { 'limits.projects_max': 65_536 } }, ['projects'], (n, connection) =>
        connection.call('goxel.create_project', { project: `p${n}` }),
      ),
      sound(),
    ]);
  },
);

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly edge_fields: unknown[] };
    readonly node_count: number;
    readonly edge_count: number;
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Reads a snapshot as Chrome's tools do, and asserts that it is whole. */
function readSnapshot(path: string): Snapshot {
  const read = JSON.parse(readFileSync(path, 'utf8')) as Snapshot;
  const { meta, node_count, edge_count } = read.snapshot;
  assert.is(read.nodes.length, node_count * meta.node_fields.length);
  assert.is(read.edges.length, edge_count * meta.edge_fields.length);
  assert.ok(node_count > 10_000 && read.strings.length > 1000);
  return read;
}

memory(
  'writes snapshots of heaps, for their owner, and overwrites and leaves nothing',
  async () => {
    const directory = temporaryDirectory();
    const settings = { ...SETTINGS, 'dump.directory': directory, 'health.check_interval_ms': 100 };
    await withDebugged({ settings }, async ({ socket }, connection) => {
      const path = join(directory, 'main.heapsnapshot');
      const heap = (...args: string[]) => cli('debug', 'heap', '--socket', socket, ...args);
      const main = await heap('--output', path);
      assert.is(main.code, 0, main.stderr);
      assert.match(main.stdout, /main\.heapsnapshot: [\d.]+ MB in [\d.]+ s/);
      assert.match(main.stderr, 'secrets too');
      readSnapshot(path);
      assert.is(statSync(path).mode & 0o777, 0o600);

      await connection.call('goxel.create_layer', { name: 'a name in the heap of an engine' });
      const one = request('supervisor.heap', { thread: 'engine:0' }, 1);
      // Of one read: the first cannot be over in between.
      connection.write(one + request('supervisor.heap', undefined, 2));
      const [busy, made] = (await connection.lines(2)).map((line) => JSON.parse(line));
      assert.is(busy.error?.data?.code, 'GOX_ENGINE_BUSY');
      const { result } = made as { result: { path: string; bytes: number } };
      assert.is(statSync(result.path).size, result.bytes);
      const { strings } = readSnapshot(result.path);
      assert.ok(strings.some((text) => text.includes('a name in the heap of an engine')));

      const refused: readonly (readonly [string[], number, RegExp])[] = [
        [['--output', path], 73, /is there already/],
        [['--output', '/tmp/elsewhere.heapsnapshot'], 77, /not below dump\.directory/],
        [['--output', join(directory, '..', 'x')], 77, /not below dump\.directory/],
        [['--engine', '7'], 65, /no thread of engine:7/],
        [['--engine', 'seven'], 64, /number of an engine/],
      ];
      for (const [args, _code, why] of refused) {
        const { code, stderr } = await heap(...args);
        assert.ok(code !== 0, stderr);
        assert.match(stderr, why);
      }
      assert.is(readdirSync(directory).length, 2);
      const health = (await connection.call('health_stats')).result as { restarts: number };
      assert.is(health.restarts, 0);
    });
  },
);

memory.run();
