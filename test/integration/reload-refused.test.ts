/** A reload that is refused: all of the old configuration stays in force. */

import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  enginesOf,
  keysOf,
  type ReloadingDaemon,
  takesDepth,
  withReloading,
  yamlOf,
} from '../support/reloading.ts';

const refusing = suite('a reload is refused');

/** Has a file refused, and sees that all is as it was. */
async function refused(one: ReloadingDaemon, problem: RegExp): Promise<void> {
  const problems = await one.refusal();
  assert.match(problems.join('\n'), problem);
  const line = await one.hup();
  assert.is(line.level, 50);
  assert.equal(line.problems, problems, 'by a signal as by the method');
  assert.ok(await takesDepth(one), 'nothing of the file counts');
}

refusing('for any mistake, all of which are named', () =>
  withReloading({}, async (one) => {
    one.write({ 'limits.depth_max': 8, 'limits.depht_max': 8, 'workers.count': 'two' });
    await refused(one, /limits\.depht_max[\s\S]*workers\.count: expected an integer/);
    const [first = ''] = await one.refusal();
    assert.match(first, new RegExp(`^${one.file}:\\d+:\\d+: `));
  }),
);

refusing('for a file that is not there, no file, not whole, or not to be read', () =>
  withReloading({}, async (one) => {
    const { file, directory, write, writeText } = one;
    rmSync(file);
    await refused(one, /cannot be read|not there any more/);
    mkdirSync(file);
    await refused(one, /directory/i);
    rmSync(file, { recursive: true });
    writeText('limits: {depth_max: 8');
    await refused(one, /daemon\.yaml:1:\d+/);
    if (process.getuid?.() !== 0) {
      write({ 'limits.depth_max': 8 });
      chmodSync(file, 0);
      await refused(one, /cannot be read/);
      rmSync(file);
    }
    write({ 'limits.depth_max': 8 });
    assert.equal(keysOf((await one.reload()).applied), ['limits.depth_max']);
    assert.ok(existsSync(directory));
  }),
);

/** Blanks at the end of a file that is never done. */
const WRITTEN_ON = 40;

refusing('while somebody goes on writing the file', () =>
  withReloading({}, async (one) => {
    const socket = one.daemon.socket;
    const text = yamlOf({ 'sockets.unix.path': socket, 'limits.depth_max': 8 });
    // Not emptied in between: what is read of it is never a whole file by chance.
    writeFileSync(one.file, `limits: {depth_max: 8${' '.repeat(WRITTEN_ON)}`);
    const fd = openSync(one.file, 'r+');
    let at = 0;
    const writing = setInterval(() => {
      at += 1;
      writeSync(fd, ' '.repeat(1 + (at % WRITTEN_ON)), 'limits: {depth_max: 8'.length);
    }, 5);
    let problems: readonly string[] = [];
    try {
      // On a busy machine who writes may pause for so long that it looks done.
      for (let tries = 20; tries > 0 && !/goes on/.test(problems.join()); tries -= 1)
        problems = await one.refusal();
    } finally {
      clearInterval(writing);
      closeSync(fd);
    }
    assert.match(problems.join(), /goes on writing/);
    assert.ok(await takesDepth(one));
    writeFileSync(one.file, text);
    assert.equal(keysOf((await one.reload()).applied), ['limits.depth_max'], 'it waits a little');
  }),
);

/** Only root can give a file to another user. */
const asRoot = process.getuid?.() === 0 ? refusing : refusing.skip;

asRoot('for a file that belongs to somebody else by now', () =>
  withReloading({}, async (one) => {
    one.write({ 'limits.depth_max': 8 });
    chownSync(one.file, 54_321, 54_321);
    await refused(one, /belongs to user 54321/);
  }),
);

refusing('when a port is taken, and what was taken over by then goes back', () =>
  withReloading({ 'workers.count': 2 }, async (one) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const log = join(one.directory, 'other.log');
    one.write({
      ...{ 'limits.depth_max': 8, 'workers.count': 4, 'logging.file': log },
      ...{ 'sockets.tcp.enabled': true, 'sockets.tcp.port': port },
    });
    await refused(one, /sockets: .*another process has the port/).finally(() => other.close());
    assert.is(await enginesOf(one), 'engine:0 ready, engine:1 ready');
    const { applied } = await one.reload();
    assert.is(applied.length, 5, 'the same file is taken when the port is free');
  }),
);

refusing.run();
