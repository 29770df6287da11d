/**
 * `npm run bench -- formats [--rounds N]`: a model of 1.23 million voxels from one format into
 * another, by three programs in turns: Debian's Goxel (`goxel IN -e OUT`), `goxel-supervisor
 * convert`, and a daemon that runs already (`load_project`, `export_model` over its socket). The
 * whole of this runs within one virtual display, so that its start is in no figure.
 *
 * Raw figures are of whole processes, medians of the rounds. From the net ones the time is taken
 * off that the same program takes for a model of one voxel; they are of the quickest rounds, since
 * what else the machine does only adds, and the difference of two medians is mostly that. Goxel's
 * command line writes no .gox.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Client, connect } from '../../transport/client.ts';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { bigModel } from './big-model.ts';
import { goxelEnvironment, isInstalled, measure, type Usage } from './programs.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string', default: '' },
    inside: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
const only = values.only === '' ? undefined : values.only.split(',');

/** A daemon's first requests run in code that is not compiled yet; users' do not. */
const DAEMON_WARM_UP = 3;

interface Row {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  readonly goxel: (Usage | undefined)[];
  readonly ours: Usage[];
  readonly daemon_s: number[];
}

function row(title: string, from: string, to: string): Row {
  return { title, from, to, goxel: [], ours: [], daemon_s: [] };
}

/** What Goxel reads besides its own format is written by us first. */
const READ = ['vox', 'txt', 'qb', 'kvx', 'vxl'];
const WRITTEN = ['obj', 'ply', 'gltf', 'vox', 'txt', 'qb', 'kvx', 'vxl', 'gox'];

function convert(from: string, to: string): string[] {
  return [process.execPath, DAEMON_MAIN, 'convert', from, to];
}

/** Undefined where there is no Goxel, or it fails. */
function goxel(directory: string, from: string, to: string): Usage | undefined {
  if (!values.inside || to.endsWith('.gox')) return undefined;
  try {
    return measure(directory, ['goxel', from, '-e', to], goxelEnvironment(directory));
  } catch (error) {
    failures.add(`${error}`.split('\n')[0]!);
    return undefined;
  }
}

async function throughDaemon(client: Client, from: string, to: string): Promise<number> {
  const start = performance.now();
  await client.call('goxel.load_project', { path: from });
  const method = to.endsWith('.gox') ? 'goxel.save_project' : 'goxel.export_model';
  await client.call(method, { path: to });
  return (performance.now() - start) / 1000;
}

const failures = new Set<string>();

async function measureAll(): Promise<void> {
  const directory = temporaryDirectory();
  const { title, voxels, big, lowered, trivial } = bigModel(directory);
  const input = (format: string) => (format === 'vxl' ? lowered : big);
  const rows: Row[] = WRITTEN.map((format) =>
    row(`gox → ${format}`, input(format), `${directory}/out.${format}`),
  );
  for (const format of READ) {
    const from = `${directory}/in.${format}`;
    measure(directory, convert(input(format), from));
    rows.push(row(`${format} → txt`, from, `${directory}/out.txt`));
  }
  const chosen = rows.filter(({ title }) => only?.some((part) => title.includes(part)) ?? true);
  const base = row('one voxel', trivial, `${directory}/trivial.txt`);
  for (let round = 0; round < rounds; round++) {
    for (const one of [base, ...chosen]) {
      one.goxel.push(goxel(directory, one.from, one.to));
      one.ours.push(measure(directory, convert(one.from, one.to)));
    }
  }
  await withDaemon({ cwd: directory, env: { TMPDIR: directory } }, async ({ socket }) => {
    const client = await connect({ path: socket });
    for (let round = -DAEMON_WARM_UP; round < rounds; round++) {
      for (const one of [base, ...chosen]) {
        const time_s = await throughDaemon(client, one.from, one.to);
        if (round >= 0) one.daemon_s.push(time_s);
      }
    }
    await client.close();
  });
  console.log(`${title}, ${voxels} voxels, medians of ${rounds} rounds\n`);
  console.log(report(base, chosen));
  for (const failure of failures) console.log(`\nfailed: ${failure}`);
}

const HEAD = [
  'conversion',
  'Goxel s',
  'ours s',
  '×',
  'net s',
  'ours net s',
  '× net',
  'cpu s',
  'ours cpu s',
  '× cpu net',
  'MB',
  'ours MB',
  'daemon s',
  '× daemon',
];

function report(base: Row, rows: readonly Row[]): string {
  return table(
    HEAD,
    [base, ...rows].map((one) => {
      const theirs = one.goxel.every((usage) => usage !== undefined) ? one.goxel : undefined;
      const wall = (usages: readonly Usage[]) => median(usages.map(({ wall_s }) => wall_s));
      const cpu = (usages: readonly Usage[]) => median(usages.map(({ cpu_s }) => cpu_s));
      const memory = (usages: readonly Usage[]) => median(usages.map(({ peak_mb }) => peak_mb));
      const net = (key: 'wall_s' | 'cpu_s', program: 'goxel' | 'ours') =>
        least(one[program], key) - least(base[program], key);
      const pair = (ours: number, goxel: number | undefined, digits = 2) => [
        text(goxel, digits),
        text(ours, digits),
      ];
      const faster = (goxel: number | undefined, ours: number) =>
        text(goxel === undefined ? undefined : goxel / ours, 1);
      const baseline = one === base;
      const nets = (key: 'wall_s' | 'cpu_s') => ({
        ours: baseline ? undefined : net(key, 'ours'),
        goxel: baseline || theirs === undefined ? undefined : net(key, 'goxel'),
      });
      const [netWall, netCpu] = [nets('wall_s'), nets('cpu_s')];
      const daemon_s = median(one.daemon_s);
      const whole = theirs && wall(theirs as Usage[]);
      return [
        one.title,
        ...pair(wall(one.ours), whole),
        faster(whole, wall(one.ours)),
        text(netWall.goxel, 2),
        text(netWall.ours, 2),
        faster(netWall.goxel, netWall.ours ?? Number.NaN),
        ...pair(cpu(one.ours), theirs && cpu(theirs as Usage[])),
        faster(netCpu.goxel, netCpu.ours ?? Number.NaN),
        ...pair(memory(one.ours), theirs && memory(theirs as Usage[]), 0),
        text(daemon_s, 3),
        faster(whole, daemon_s),
      ];
    }),
  );
}

function least(usages: readonly (Usage | undefined)[], key: 'wall_s' | 'cpu_s'): number {
  return Math.min(...usages.map((usage) => usage![key]));
}

function text(value: number | undefined, digits: number): string {
  return value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);
}

if (values.inside || !isInstalled('goxel') || !isInstalled('xvfb-run')) {
  if (!values.inside) console.log('Without goxel and xvfb-run there is nothing to compare with.\n');
  await measureAll();
} else {
  const script = fileURLToPath(import.meta.url);
  const args = ['-a', process.execPath, script, '--inside', ...process.argv.slice(2)];
  process.exitCode = spawnSync('xvfb-run', args, { stdio: 'inherit' }).status ?? 1;
}
