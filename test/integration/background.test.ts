/** `run --daemon`: a daemon without a terminal, and what its parent tells of it. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GATE } from '../support/late.ts';
import { commandLineOf } from '../support/processes.ts';
import { eventually, RawConnection } from '../support/raw.ts';
import { runToEnd, startRun } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';

function place() {
  const directory = temporaryDirectory();
  const socket = join(directory, 's');
  const pid_file = join(directory, 'd.pid');
  const env = { XDG_STATE_HOME: join(directory, 'state') };
  return { directory, socket, pid_file, env, log: join(env.XDG_STATE_HOME, LOG) };
}

const LOG = 'goxel-supervisor/daemon.log';

function isAlive(pid: number): boolean {
  return commandLineOf(pid) !== '';
}

async function end(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  await eventually('the daemon is gone', () => !isAlive(pid));
}

const background = suite('daemon in the background');

background('the parent returns when it is ready, and says where all is', async () => {
  const { socket, pid_file, env, log } = place();
  const settings = { pid_file };
  const { code, stdout, stderr } = await runToEnd(['--daemon', '--socket', socket], {
    ...{ settings, env },
  });
  assert.is(code, 0, stderr);
  const pid = Number(readFileSync(pid_file, 'utf8'));
  assert.match(stdout, `as process ${pid}`);
  assert.match(stdout, `listens on ${socket}`);
  assert.match(stdout, `writes its log to ${log}`);
  const client = await RawConnection.open(socket);
  assert.ok((await client.call('ping')).result !== undefined);
  client.destroy();
  const [session, group, tty] = execFileSync('ps', ['-o', 'sid=,pgid=,tty=', '-p', String(pid)])
    .toString()
    .trim()
    .split(/\s+/);
  assert.equal([session, group, tty], [String(pid), String(pid), '?']);
  await eventually('it has let go of the parent', () =>
    [0, 1, 2].every((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === '/dev/null'),
  );
  assert.match(readFileSync(`/proc/${pid}/status`, 'utf8'), /^Umask:\s+0027$/m);
  assert.is(statSync(join(log, '..')).mode & 0o777, 0o700);
  assert.match(readFileSync(log, 'utf8'), '"msg":"listening"');
  await end(pid);
  assert.not(existsSync(socket));
  assert.not(existsSync(pid_file));
});

background('what goes wrong at the start is the parent’s error and exit code', async () => {
  const { socket, env, directory } = place();
  const none = join(directory, 'none');
  const failures: [Record<string, string>, number, string][] = [
    [{ 'workers.count': '0' }, 78, 'expected an integer from 1 to 64, not 0'],
    [{ working_directory: none }, 78, `working_directory: cannot enter ${none}`],
    [{ 'logging.file': '/proc/none/log' }, 73, 'logging.file: cannot write to /proc/none/log'],
  ];
  for (const [settings, expected, sentence] of failures) {
    const { code, stdout, stderr } = await runToEnd(['--daemon', '--socket', socket], {
      ...{ settings, env },
    });
    assert.is(code, expected, stderr);
    assert.match(stderr, sentence);
    assert.is(stdout, '');
  }
});

function childOf(pid: number): number | undefined {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? undefined : Number(text.split(' ')[0]);
}

/** A start whose child does nothing before the file `gate` is there. */
async function startHanging(env: Record<string, string>) {
  const { socket, pid_file, directory } = place();
  const gate = join(directory, 'gate');
  const late = `--import ${new URL('../support/late.js', import.meta.url).href}`;
  const run = startRun(['--daemon', '--socket', socket], {
    env: { ...env, [GATE]: gate, NODE_OPTIONS: late },
    settings: { pid_file },
  });
  await eventually('it has a child that hangs', () => childOf(run.pid) !== undefined);
  return { run, gate, socket, pid: childOf(run.pid) ?? 0 };
}

/** Lets the child go on; resolves when it serves. */
async function open(gate: string, socket: string): Promise<void> {
  writeFileSync(gate, '');
  await eventually('it answers', async () => {
    const client = await RawConnection.open(socket).catch(() => undefined);
    const reply = await client?.call('ping');
    client?.destroy();
    return reply?.result !== undefined;
  });
}

background('a start that hangs is given up, and nothing of it is left', async () => {
  const { env } = place();
  const { run, pid } = await startHanging({ ...env, GOXEL_START_TIMEOUT: '2' });
  const { code, stderr } = await run.ended;
  assert.is(code, 75);
  assert.match(stderr, 'the daemon was not ready within 2 s, and is given up');
  assert.not(isAlive(pid));
});

background('Ctrl-C while it starts ends it too', async () => {
  const { env } = place();
  const { run, pid } = await startHanging(env);
  run.child.kill('SIGINT');
  assert.is((await run.ended).code, 130);
  assert.not(isAlive(pid));
});

background('a parent that is told to end while the daemon becomes ready ends it', async () => {
  const { env } = place();
  const { run, pid, gate, socket } = await startHanging(env);
  run.child.kill('SIGSTOP');
  await open(gate, socket);
  // It hears of both in the same moment.
  run.child.kill('SIGTERM');
  run.child.kill('SIGCONT');
  await run.ended;
  await eventually('the daemon is gone', () => !isAlive(pid));
});

background('a parent that is killed meanwhile takes nobody with it', async () => {
  const { env } = place();
  const { run, pid, gate, socket } = await startHanging(env);
  run.child.kill('SIGKILL');
  await run.ended;
  await open(gate, socket);
  await end(pid);
});

background.run();
