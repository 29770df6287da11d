/**
 * `npm run bench -- overload`: a daemon to which ten times as much is offered as it can do.
 *
 *     npm run bench -- overload [--rounds N] [--seconds S]
 *
 * Capacity is measured by clients that send the next request when one is answered, each with as
 * many under way as its fair share of the queue (`workers.queue_size`) has places: the engine never
 * waits, nothing is refused, and nobody has to wait longer. Fewer under way wait for less and are
 * served as fast; the table tells that too. Then the same connections offer ten times as many
 * requests a second, whatever becomes of them. Beside both, others ask simple things now and then:
 * of the daemon, of the same project, of another.
 *
 * `behind` is how many others were answered while one waited: the part of the wait that is the
 * queue's. Times also grow when clients and other programs take the processors that the engine
 * needs; how much the daemon was kept from them is told at the end.
 */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { startDaemon } from '../support/daemon.ts';
import type { Figures, Round } from './overload-load.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
  },
});

/** Six clients and three others share the default of `workers.queue_size`. */
const UNDER_WAY = Math.floor((1000 / 9) * 6);
const MIB = 1024 * 1024;

function rss_mib(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return (Number(kib) * 1024) / MIB;
}

/** Of the time in which threads of the daemon could have run, how much they waited to. */
function keptWaiting(pid: number): number {
  let [ran, waited] = [0, 0];
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const words = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    ran += Number(words[0]);
    waited += Number(words[1]);
  }
  return waited / (ran + waited);
}

function report(rounds: readonly Round[]): void {
  const of = (which: keyof Round, figure: (one: Figures) => number) =>
    median(rounds.map((round) => figure(round[which])));
  const row = (which: keyof Round, name: string) => [
    ...[name, of(which, (one) => one.accepted_per_s).toFixed(0)],
    of(which, (one) => one.refused_per_s).toFixed(0),
    of(which, (one) => one.p50_ms).toFixed(1),
    of(which, (one) => one.p99_ms).toFixed(1),
    of(which, (one) => one.behind).toFixed(0),
  ];
  const head = ['offered', 'accepted/s', 'refused/s', 'p50 ms', 'p99 ms', 'behind'];
  const rows = [row('few', '24 under way'), row('capacity', `${UNDER_WAY} under way`)];
  console.log(table(head, [...rows, row('over', 'ten times that')]));

  const ratio = (figure: (one: Figures) => number) =>
    median(rounds.map(({ over, capacity }) => figure(over) / figure(capacity)));
  console.log('\nTen times the capacity beside capacity, medians of the rounds:');
  console.log(`  accepted  ${ratio((one) => one.accepted_per_s).toFixed(2)}`);
  console.log(`  p50       ${ratio((one) => one.p50_ms).toFixed(2)}  at most 3.00`);
  console.log(`  p99       ${ratio((one) => one.p99_ms).toFixed(2)}  at most 3.00`);
  console.log(`  behind    ${ratio((one) => one.behind).toFixed(2)}  at most 3.00`);
  console.log('\nOthers, with simple requests:');
  const others = rounds[0]!.over.bystanders.map(({ name }, i) => {
    const by = (which: keyof Round) => of(which, (one) => one.bystanders[i]!.p50_ms).toFixed(1);
    const refused = rounds.reduce((sum, { over }) => sum + over.bystanders[i]!.refused, 0);
    return [name, by('few'), by('capacity'), by('over'), String(refused)];
  });
  console.log(table(['p50 ms', 'few', 'capacity', 'ten times', 'refused'], others));
}

const daemon = await startDaemon({ args: ['--log-level', 'warn'] });
try {
  const load = fileURLToPath(new URL('overload-load.js', import.meta.url));
  const before = rss_mib(daemon.pid);
  let peak = before;
  const looking = setInterval(() => {
    peak = Math.max(peak, rss_mib(daemon.pid));
  }, 50);
  const args = [load, daemon.socket, String(UNDER_WAY), values.rounds, values.seconds];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  clearInterval(looking);
  const kept = keptWaiting(daemon.pid);
  console.log(`Regions filled over 6 connections, ${availableParallelism()} cores\n`);
  report(JSON.parse(stdout) as Round[]);
  const after = rss_mib(daemon.pid);
  const memory = [before, peak, after].map((mib) => mib.toFixed(0));
  console.log(`\nMemory of the daemon, MiB: ${memory[0]} before, ${memory[1]} at most,`);
  console.log(`${memory[2]} after.`);
  console.log(`Its threads waited for a processor ${Math.round(100 * kept)} % of their time.`);
} finally {
  await daemon.stop();
}
