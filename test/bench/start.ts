/**
 * `npm run bench -- start [--rounds N]`: from the start of a process until it says that it is
 * ready, and until a client that waits for its socket has its first answers; beside what Node
 * itself takes, to do nothing, and to answer lines on a socket. The daemon has an empty store, or
 * one with 100 projects, which are read after it is ready; or it is started by the command line of
 * the C daemon. All take turns in every round. Then what memory a daemon and its connections take
 * that have nothing to do, and the least that `convert` takes.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Client, connect } from '../../transport/client.ts';
import { DAEMON_MAIN, startDaemon } from '../support/daemon.ts';
import {
  BARE_SERVER,
  type FirstAnswers,
  firstAnswers,
  type StartedServer,
} from '../support/first-answers.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { bareMemory, connectionMemory, daemonMemory } from './idle.ts';
import { median, table } from './table.ts';

const PROJECTS = 100;
const BARE = 'a bare server';
const EMPTY = 'the daemon, empty store';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } });

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

/** How long Node runs, in ms. Throws when it fails. */
async function timeOf(...args: readonly string[]): Promise<number> {
  const began_ms = performance.now();
  const [code] = await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}`);
  return performance.now() - began_ms;
}

function daemon(state?: string): StartedServer {
  const set = ['--set', `limits.projects_max=${2 * PROJECTS}`];
  return {
    ...{ says: 'listens on', state },
    args: (socket) => [DAEMON_MAIN, 'run', '--socket', socket, ...set],
  };
}

const ORIGINAL: StartedServer = {
  says: 'listens on',
  args: (socket) => [DAEMON_MAIN, '--foreground', '--socket', socket, '--workers', '4'],
};

const store = join(temporaryDirectory(), 'store');
await fillStore(store);
const servers: Readonly<Record<string, StartedServer>> = {
  [BARE]: BARE_SERVER,
  [EMPTY]: daemon(),
  [`the daemon, ${PROJECTS} projects`]: daemon(store),
  'the daemon, as the C daemon is started': ORIGINAL,
};
const voxel = join(temporaryDirectory(), 'voxel.txt');
writeFileSync(voxel, '0 0 0 ff0000\n');
const converted = [DAEMON_MAIN, 'convert', voxel, `${voxel}.vox`];

const nothings: number[] = [];
const conversions: number[] = [];
const rounds = new Map<string, FirstAnswers[]>(Object.keys(servers).map((name) => [name, []]));
for (let round = 0; round < Number(values.rounds); round += 1) {
  nothings.push(await timeOf('-e', '0'));
  conversions.push(await timeOf(...converted));
  for (const [name, server] of Object.entries(servers)) {
    rounds.get(name)!.push(await firstAnswers(server));
  }
}

const node_ms = median(nothings);
const bare_ms = median(rounds.get(BARE)!.map(({ ping }) => ping));
const rows = [...rounds].map(([name, all]) => {
  const of = (what: keyof FirstAnswers) => median(all.map((one) => one[what]));
  const columns = (['listens', 'ready', 'ping', 'edit'] as const).map((what) =>
    of(what).toFixed(0),
  );
  const [goal, times] = name === EMPTY ? [' (≤ 80)', ' (≤ 2)'] : ['', ''];
  columns[2] += goal;
  return [name, ...columns, (of('ping') / bare_ms).toFixed(1) + times, of('cpu').toFixed(0)];
});
const head = ['from the start, in ms', 'it listens', 'says so', 'ping is answered', 'an edit is'];
console.log(
  table(
    [...head, '× the bare server', 'processor'],
    [['node -e 0', '', node_ms.toFixed(0), '', '', '', ''], ...rows],
  ),
);

const convert_ms = median(conversions);
const ratio = (convert_ms / node_ms).toFixed(2);
const text = `takes ${convert_ms.toFixed(0)} ms, ${ratio} times (≤ 1.6) node -e 0`;
console.log(`\nA conversion of one voxel ${text}.\n`);

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
const memory = await daemonMemory();
console.log(
  table(
    ['resident, in MB', 'after the start', 'after an edit'],
    [
      [BARE, megabytes(await bareMemory()), ''],
      ['the daemon, two engines', `${megabytes(memory.started)} (≤ 65)`, megabytes(memory.edited)],
    ],
  ),
);
const kilobytes = ((await connectionMemory()) / 1e3).toFixed(0);
const when = 'asked something, and then nothing for 20 s,';
console.log(`\nA connection that has ${when} keeps ${kilobytes} kB (≤ 15).`);
