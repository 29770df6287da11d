/**
 * A start costs a few times what Node's own does: in time of the processor, which other processes
 * on the machine hardly change, and against a server that does nothing, started in turn.
 * `npm run bench -- start` has the times that clients see.
 */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { median } from '../bench/table.ts';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { BARE_SERVER, firstAnswers } from '../support/first-answers.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const ROUNDS = 5;
/** Some 8 here; with two engines' threads from the start, 11. */
const TIMES_MAX = 10;

const test = suite('start');

test('takes a few times what a bare server does until it has answered an edit', async () => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await firstAnswers(BARE_SERVER);
    const daemon = await firstAnswers({
      args: (socket) => [DAEMON_MAIN, 'run', '--socket', socket],
      says: 'listens on',
    });
    times.push(daemon.cpu / bare.cpu);
  }
  const told = times.map((one) => one.toFixed(1)).join(', ');
  assert.ok(median(times) <= TIMES_MAX, `the daemon took ${told} times what a bare server did`);
});

/** Time of the processor, in seconds, that a program takes which is run so many times in turn. */
const RUNS = 2;
function cpuOf(...args: readonly string[]): number {
  const script = `TIMEFORMAT='%U %S'; time for i in ${'1 '.repeat(RUNS)}; do "$@"; done`;
  const command = ['-c', script, 'bash', process.execPath, ...args];
  // One that the environment configures loads the keys of the configuration first.
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GOXEL_'));
  const env = { ...Object.fromEntries(own), LC_ALL: 'C' };
  const { status, stderr } = spawnSync('bash', command, { encoding: 'utf8', env });
  assert.is(status, 0, stderr);
  const [user = Number.NaN, system = Number.NaN] = stderr.trim().split(' ').map(Number);
  return user + system;
}

test('a small file is converted in a few times what Node takes to do nothing', () => {
  const directory = temporaryDirectory();
  const file = (name: string) => join(directory, name);
  writeFileSync(file('one.txt'), '0 0 0 ff0000\n');
  const conversions = [
    ['one.txt', 'one.vox', 2.9],
    ['one.vox', 'one.obj', 3.4],
    ['one.txt', 'one.gox', 3.2],
  ] as const;
  const times = conversions.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [place, [from, to]] of conversions.entries()) {
      // Side by side, so that what else the machine does is in both.
      const nothing = cpuOf('-e', '0');
      const converted = cpuOf(DAEMON_MAIN, 'convert', file(from), file(to));
      times[place]!.push(converted / nothing);
    }
  }
  for (const [place, [from, to, most]] of conversions.entries()) {
    const told = times[place]!.map((one) => one.toFixed(2)).join(', ');
    assert.ok(median(times[place]!) <= most, `${from} to ${to} took ${told} times what Node does`);
  }
});

test.run();
