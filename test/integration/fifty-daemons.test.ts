/** Many daemons that start at once on one PID file. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eventually } from '../support/raw.ts';
import { startRun } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const file = suite('PID file of many');

file('of fifty that start at once one runs, and the others say who', async () => {
  const directory = temporaryDirectory();
  const pid_file = join(directory, 'run', 'd.pid');
  const runs = Array.from({ length: 50 }, (_, i) =>
    startRun(['--socket', join(directory, `s${i}`), '--set', `pid_file=${pid_file}`]),
  );
  const codes: (number | null)[] = [];
  for (const run of runs) void run.ended.then(({ code }) => codes.push(code));
  await eventually('all but one have ended', () => codes.length >= 49, 200_000);
  assert.equal(
    codes.filter((code) => code !== 75),
    [],
  );
  // Who has the lock may not have written its number yet.
  await eventually('there is a number', () => /\d\n/.test(readFileSync(pid_file, 'utf8')));
  const pid = Number(readFileSync(pid_file, 'utf8'));
  const winner = runs.find((run) => run.pid === pid);
  assert.ok(winner !== undefined && winner.child.exitCode === null, 'the one of the file runs');
  for (const run of runs) {
    if (run !== winner) assert.match((await run.ended).stderr, /pid_file: (another )?process/);
  }
  await eventually('it listens', () => winner.stderr().includes('listens on'));
  winner.child.kill('SIGTERM');
  assert.is((await winner.ended).code, 0);
  assert.not(existsSync(pid_file));
});

file.run();
