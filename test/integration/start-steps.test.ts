/** The start of the daemon in its steps, and what comes of one that fails. */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { runToEnd } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const STEPS = [
  ...['configuration', 'environment', 'pid file', 'signals', 'log', 'detach', 'privileges'],
  ...['inspection', 'projects', 'store', 'renders', 'sockets', 'engines', 'jobs', 'takeover'],
  ...['listeners', 'health', 'leak search'],
];

function stepsIn(log: string, what: 'done' | 'undone'): string[] {
  const found = log.matchAll(new RegExp(`"step \\d+ of 11: ([a-z ]+) ${what}"`, 'g'));
  return [...found].map(([, name = '']) => name);
}

function place() {
  const directory = temporaryDirectory();
  return { directory, pid_file: join(directory, 'run', 'd.pid'), socket: join(directory, 's') };
}

const steps = suite('steps of the start');

steps('they are taken in the order of the design, and undone in reverse', async () => {
  const { pid_file, directory } = place();
  const file = join(directory, 'log');
  const settings = { pid_file, 'logging.level': 'debug', 'logging.file': file };
  const daemon = await startDaemon({ settings });
  await eventually('all is started', () => readFileSync(file, 'utf8').includes('"steps":'));
  assert.equal(stepsIn(readFileSync(file, 'utf8'), 'done'), STEPS);
  const client = await RawConnection.open(daemon.socket);
  const { result } = await client.call('supervisor.tree');
  const { state, children } = result as { state: string; children: { id: string }[] };
  assert.is(state, 'running');
  assert.equal(
    children.map(({ id }) => id),
    [...STEPS, 'upgrade'],
  );
  client.destroy();
  assert.is((await daemon.stop()).code, 0);
  assert.equal(stepsIn(readFileSync(file, 'utf8'), 'undone'), STEPS.toReversed());
  assert.match(readFileSync(file, 'utf8'), /"steps":\{"configuration":[^}]*\},"msg":"started"/);
});

steps('one that fails undoes those before it, and says which and why', async () => {
  const { pid_file, directory, socket } = place();
  const file = join(directory, 'log');
  const settings = {
    ...{ pid_file, working_directory: join(directory, 'none') },
    ...{ 'logging.file': file, 'logging.level': 'debug' },
  };
  const { code, stderr } = await runToEnd(['--socket', socket], { settings });
  assert.is(code, 78);
  const sentence = `working_directory: cannot enter ${directory}/none: there is no such directory`;
  assert.match(stderr, sentence);
  const log = readFileSync(file, 'utf8');
  assert.match(log, sentence);
  assert.equal(stepsIn(log, 'undone'), STEPS.slice(0, STEPS.indexOf('detach')).toReversed());
  assert.not(existsSync(pid_file), 'the PID file is left');
});

steps('the working directory is where it is told', async () => {
  const { directory } = place();
  const daemon = await startDaemon({ settings: { working_directory: directory } });
  assert.match(readFileSync(`/proc/${daemon.pid}/environ`, 'latin1'), 'TMPDIR=');
  assert.is(statSync(`/proc/${daemon.pid}/cwd`).ino, statSync(directory).ino);
  await daemon.stop();
});

steps('limits of the system are set, and what connections need comes first', async () => {
  const daemon = await startDaemon({
    settings: { 'resources.open_files': 64, 'resources.open_files_max': 1000 },
  });
  const limits = () => readFileSync(`/proc/${daemon.pid}/limits`, 'utf8');
  await eventually('the limits are set', () => /Max open files\s+\d+\s+1000 /.test(limits()));
  assert.match(limits(), /Max core file size\s+0\s+0 /);
  const [, soft] = /Max open files\s+(\d+)/.exec(limits()) ?? [];
  assert.ok(Number(soft) > 64 && Number(soft) < 1000, `${soft} for ten connections`);
  await daemon.stop();
});

steps.run();
