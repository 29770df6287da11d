/** The PID file, which only one daemon has. */

import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDaemon } from '../support/daemon.ts';
import { eventually } from '../support/raw.ts';
import { runToEnd } from '../support/run.ts';
import { temporaryDirectory } from '../support/tmp.ts';

function place() {
  const directory = temporaryDirectory();
  return { directory, pid_file: join(directory, 'run', 'd.pid'), socket: join(directory, 's') };
}

const file = suite('PID file');

for (const env of [{}, { GOXEL_NATIVE: 'off' }]) {
  const how = 'GOXEL_NATIVE' in env ? 'without koffi' : 'with koffi';

  file(`it holds the number, for all to read, and goes with the daemon, ${how}`, async () => {
    const { pid_file } = place();
    const daemon = await startDaemon({ settings: { pid_file }, env });
    assert.is(readFileSync(pid_file, 'utf8'), `${daemon.pid}\n`);
    assert.is(statSync(pid_file).mode & 0o777, 0o644);
    const other = await runToEnd(['--socket', join(temporaryDirectory(), 's')], {
      settings: { pid_file },
      env,
    });
    assert.is(other.code, 75);
    assert.match(other.stderr, `pid_file: process ${daemon.pid} has locked ${pid_file}`);
    assert.is((await daemon.stop()).code, 0);
    assert.not(existsSync(pid_file));
  });
}

file('one that was left behind blocks nobody, whatever number it holds', async () => {
  const { pid_file, directory } = place();
  mkdirSync(join(directory, 'run'));
  for (const left of ['999999\n', `${process.pid}\n`, '']) {
    writeFileSync(pid_file, left);
    const daemon = await startDaemon({ settings: { pid_file } });
    assert.is(readFileSync(pid_file, 'utf8'), `${daemon.pid}\n`);
    await daemon.kill();
  }
});

file('one that was removed or replaced is made again, and says so', async () => {
  const { pid_file } = place();
  const daemon = await startDaemon({ settings: { pid_file } });
  const isThere = () =>
    existsSync(pid_file) && readFileSync(pid_file, 'utf8') === `${daemon.pid}\n`;
  rmSync(pid_file);
  await eventually('it is made again', isThere);
  await eventually('it is said', () =>
    daemon.stdout().includes('the PID file was removed or replaced'),
  );
  writeFileSync(`${pid_file}.new`, '');
  renameSync(`${pid_file}.new`, pid_file);
  await eventually('it is written again', isThere);
  const settings = { pid_file };
  assert.is((await runToEnd(['--socket', `${pid_file}.s`], { settings })).code, 75);
  await daemon.stop();
  assert.not(existsSync(pid_file));
});

file('what is no PID file is not written over', async () => {
  const { pid_file, directory, socket } = place();
  mkdirSync(join(directory, 'run'));
  const precious = join(directory, 'precious');
  writeFileSync(precious, 'of some worth\n');
  symlinkSync(precious, pid_file);
  for (const path of [precious, pid_file, directory]) {
    const { code, stderr } = await runToEnd(['--socket', socket], { settings: { pid_file: path } });
    assert.is(code, 78, stderr);
    assert.match(stderr, `pid_file:`);
  }
  assert.is(readFileSync(precious, 'utf8'), 'of some worth\n');
});

file.run();
