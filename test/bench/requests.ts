/**
 * `npm run bench -- requests`: small requests over a Unix socket, our daemon beside the floor of
 * this runtime and beside jayson: one after the other, with many under way, from ten clients, for
 * a connection each, and the first after a start. Machines are noisy, so the servers take turns in
 * every round and what counts is the median of the ratios, each between neighbours in time.
 *
 *     npm run bench -- requests [--rounds N] [--scale F] [--only ROW] [--beside DIST]
 *
 * The daemon is measured twice, since the others keep nothing: with `--ephemeral`, and as it is
 * by itself, when each edit is on the disk before it is answered. DIST is the `dist` of another
 * checkout, such as that of the commit before: its daemon takes turns with this one.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Load } from './load.ts';
import {
  DAEMON,
  daemonAt,
  load,
  type Server,
  script,
  type Wanted,
  withServers,
} from './servers.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    beside: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const scale = Number(values.scale);

/** Requests that do not count: compilers and caches warm up on them. */
const WARM_UP = 2000;

type Figure = keyof Load;
type Goals = Partial<Record<Figure, string>>;

interface Row {
  readonly name: string;
  readonly wanted: Wanted;
  /** Somebody else takes one of the cores. */
  readonly busy?: boolean;
  /** As ratios to the floor. */
  readonly goals: Goals;
}

const one = (depth: number) => ({ connections: 1, depth });
const ROWS: readonly Row[] = [
  {
    name: 'one after the other',
    wanted: { edits: one(1), count: 8_000, warm_up: WARM_UP },
    goals: { p50_us: '≤ 0.8', p99_us: '≤ 2', cpu_us: '≤ 2' },
  },
  {
    name: 'one after the other, a core kept busy',
    wanted: { edits: one(1), count: 4_000, warm_up: WARM_UP },
    busy: true,
    goals: { p50_us: '≤ 1.6' },
  },
  {
    name: '16 under way',
    wanted: { edits: one(16), count: 50_000, warm_up: WARM_UP },
    goals: { throughput: '≥ 0.6' },
  },
  {
    name: '64 under way',
    wanted: { edits: one(64), count: 80_000, warm_up: WARM_UP },
    goals: { throughput: '≥ 0.7' },
  },
  {
    name: 'ten clients',
    wanted: { edits: { connections: 10, depth: 1 }, count: 20_000, warm_up: WARM_UP },
    goals: { throughput: '≥ 0.9' },
  },
  {
    name: 'connect, ask, close',
    wanted: { count: 2_000, warm_up: 500 },
    goals: { p50_us: '≤ 1.4' },
  },
];

const FIGURES: readonly Figure[] = ['throughput', 'p50_us', 'p99_us', 'cpu_us'];
const HEAD = ['requests/s', 'p50 µs', 'p99 µs', 'processor µs'];
const TIMES = ['×', '× p50', '× p99', '× processor'];
/** The daemon whose goals they are. */
const OURS = 'goxel-supervisor';

/** A process that takes what it can of one core. */
function keepBusy(): ChildProcess {
  return spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' });
}

async function measured(server: Server, { wanted, busy }: Row): Promise<Load> {
  const other = busy === true ? keepBusy() : undefined;
  try {
    return await load(server, { ...wanted, count: Math.round(wanted.count * scale) });
  } finally {
    other?.kill('SIGKILL');
  }
}

function tableOf({ name, goals }: Row, results: ReadonlyMap<string, readonly Load[]>): string {
  const floor = results.get('echo')!;
  const rows = [...results].map(([server, loads]) => {
    const of = (figure: Figure) => median(loads.map((each) => each[figure]));
    const ratio = (figure: Figure) =>
      median(loads.map((each, i) => each[figure] / floor[i]![figure])).toFixed(2);
    const goal = (figure: Figure) => {
      const wanted = server === OURS ? goals[figure] : undefined;
      return wanted === undefined ? '' : ` (${wanted})`;
    };
    return [
      server,
      ...FIGURES.map((figure) => of(figure).toFixed(figure === 'cpu_us' ? 1 : 0)),
      ...FIGURES.map((figure) => ratio(figure) + goal(figure)),
    ];
  });
  return table([name, ...HEAD, ...TIMES], rows);
}

/** The first edits of a daemon beside those of the same when it is warm, as a ratio. */
async function first(ours: (path: string) => string[]): Promise<number> {
  let ratio = 0;
  await withServers({ [OURS]: ours }, async ([server]) => {
    const cold = await load(server!, { edits: one(1), count: FIRST, warm_up: 0 });
    const warm = await load(server!, { edits: one(1), count: 4000, warm_up: WARM_UP });
    ratio = cold.p50_us / warm.p50_us;
  });
  return ratio;
}
const FIRST = 300;

const { beside, only } = values;
const ours = daemonAt(DAEMON, '--ephemeral');
const starts = {
  echo: (path: string) => [script('echo-server.js'), path],
  jayson: (path: string) => [script('jayson-server.js'), path],
  [OURS]: ours,
  'on the disk': daemonAt(DAEMON),
  ...(beside === undefined
    ? {}
    : { beside: daemonAt(join(beside, 'bundle/supervisor/main.js'), '--ephemeral') }),
};

console.log(`Voxel edits, ${rounds} rounds, ${availableParallelism()} cores; goals in parentheses`);
await withServers(starts, async (servers) => {
  for (const row of ROWS) {
    if (!row.name.includes(only)) continue;
    const results = new Map<string, Load[]>(servers.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const server of servers) results.get(server.name)!.push(await measured(server, row));
    }
    console.log(`\n${tableOf(row, results)}`);
  }
});
if (`first ${FIRST}`.includes(only)) {
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) ratios.push(await first(ours));
  console.log(
    `\nThe first ${FIRST} edits take ${median(ratios).toFixed(2)} times (≤ 1.5) the warm.`,
  );
}
