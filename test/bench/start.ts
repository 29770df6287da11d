/**
 * `npm run bench -- start [--rounds N]`: from the start of a process until it is ready, beside what
 * Node itself takes: to do nothing, and to listen on a socket. The daemon has an empty store, and
 * one with 100 projects, which come after it is ready. All take turns in every round.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Client, connect } from '../../transport/client.ts';
import { DAEMON_MAIN, startDaemon } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { median, table } from './table.ts';

const PROJECTS = 100;
/** Clock ticks of /proc, in ms. */
const TICK_MS = 10;

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });

const SERVER = `require('node:net').createServer().listen(process.argv[1], () => {
  console.error('it listens on it');
});`;

interface Measured {
  readonly name: string;
  args(directory: string): readonly string[];
  /** Of its own for each start where it is not said. */
  readonly state?: string;
  /** It is ready when it says so; without, when it has ended. */
  readonly says?: string;
  readonly ready_ms: number[];
  readonly cpu_ms: number[];
}

/** Makes a store with projects of some hundred voxels each. */
async function fillStore(state: string): Promise<void> {
  const daemon = await startDaemon({ state, settings: { 'limits.projects_max': 2 * PROJECTS } });
  const client = await connect({ path: daemon.socket });
  for (let n = 0; n < PROJECTS; n += 1) await fillProject(client, `project ${n}`);
  await client.close();
  await daemon.stop();
}

async function fillProject(client: Client, project: string): Promise<void> {
  await client.call('goxel.create_project', { project });
  const [min, max, color] = [[0, 0, 0], [7, 7, 7], '#3366CC'];
  await client.call('goxel.fill_region', { project, min, max, color });
}

/** The processor's time that a process has had, while it lives. */
function cpuOf(pid: number): number {
  const words = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(words[11]) + Number(words[12])) * TICK_MS;
}

async function measure(one: Measured): Promise<void> {
  const directory = temporaryDirectory();
  const state = one.state ?? join(directory, 'state');
  const began_ms = performance.now();
  const child = spawn(process.execPath, one.args(directory), {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: directory,
    env: { ...process.env, GOXEL_CONFIG: '/dev/null', XDG_STATE_HOME: state },
  });
  const ended = once(child, 'exit');
  if (one.says === undefined) await ended;
  else await said(child, one.says);
  one.ready_ms.push(performance.now() - began_ms);
  if (one.says !== undefined) one.cpu_ms.push(cpuOf(child.pid!));
  child.kill('SIGKILL');
  await ended;
  rmSync(directory, { recursive: true });
}

function said(child: ChildProcess, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stderr!.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes(what)) resolve();
    });
    child.once('exit', () => reject(new Error(`it ended: ${text}`)));
  });
}

function daemon(name: string, state?: string): Measured {
  const set = ['--set', `limits.projects_max=${2 * PROJECTS}`];
  return {
    ...{ name, says: 'listens on', ready_ms: [], cpu_ms: [] },
    ...(state === undefined ? {} : { state }),
    args: (directory) => [DAEMON_MAIN, 'run', '--socket', join(directory, 's'), ...set],
  };
}

const store = join(temporaryDirectory(), 'store');
await fillStore(store);
const all: readonly Measured[] = [
  { name: 'node -e 0', args: () => ['-e', '0'], ready_ms: [], cpu_ms: [] },
  {
    ...{ name: 'a bare server', says: 'listens on', ready_ms: [], cpu_ms: [] },
    args: (directory) => ['-e', SERVER, join(directory, 's')],
  },
  daemon('the daemon, empty store'),
  daemon(`the daemon, ${PROJECTS} projects`, store),
];
for (let round = 0; round < Number(values.rounds); round += 1) {
  for (const one of all) await measure(one);
}
const node_ms = median(all[0]!.ready_ms);
const rows = all.map(({ name, ready_ms, cpu_ms }) => [
  ...[name, median(ready_ms).toFixed(0), (median(ready_ms) / node_ms).toFixed(1)],
  cpu_ms.length === 0 ? '' : median(cpu_ms).toFixed(0),
]);
console.log(table(['from start to ready', 'ms', '× node -e 0', 'processor ms'], rows));
