/** Every command where something of its environment is missing: each says what, and what to do. */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../supervisor/cli/commands.ts';
import { type CliResult, shell } from '../support/cli.ts';
import { startDaemon } from '../support/daemon.ts';
import { ROOT } from '../support/modules.ts';
import { openDirectory, openMain } from '../support/open-program.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const MODEL = join(ROOT, 'test/fixtures/models/axes/axes.gox');
/** A stack, or what Node says when nobody caught it. */
const DEFECT = /defect of this program|\n {4}at |Unhandled|node:internal/;

const daemon = await startDaemon();
const to = `--socket ${daemon.socket}`;

/** The commands that ask a running daemon, with what they need, and change nothing of it. */
const ASKING = [
  ...['call ping', 'tree', 'health', 'status', 'debug off', 'reload'],
  ...['inspect --off', 'top --once', 'report --output -'],
];
/** Those that need none; each leaves some text. */
const OTHERS = [
  ...['--help', '--version', 'help status', 'call --help', 'completion bash', 'completion zsh'],
  ...['completion fish', 'formats'],
  ...Object.keys(COMMANDS).filter((name) => name === 'config print'),
];

function fine(result: CliResult, what: string): void {
  assert.is(result.code, 0, `${what}: ${result.stderr}`);
  assert.not.match(result.stderr, DEFECT, what);
}

const missing = suite('commands and what they lack');
/** Only root can become another user. */
const asRoot = process.getuid?.() === 0 ? missing : missing.skip;

missing('this test knows all commands', () => {
  const known = [...ASKING, ...OTHERS, 'run', 'stop', 'upgrade', 'convert', 'info'];
  known.push('journal', 'repair');
  const names = Object.keys(COMMANDS).map((name) => name.split(' ')[0]);
  for (const name of names)
    assert.ok(
      known.some((text) => text.split(' ')[0] === name),
      name,
    );
});

missing('a pipe whose reader is gone ends them in silence', async () => {
  for (const command of [...ASKING.map((text) => `${text} ${to}`), ...OTHERS]) {
    // The reader has gone before anything is written.
    const result = await shell(`exec 3> >(exec true); wait $!; gs ${command} >&3`);
    fine(result, command);
    assert.is(result.stderr, '', command);
  }
});

missing('a full disk is an error that says so', async () => {
  for (const command of [`status ${to}`, `health ${to}`, 'completion bash', '--help']) {
    const { code, stderr } = await shell(`gs ${command} > /dev/full`);
    assert.is(code, 74, `${command}: ${stderr}`);
    assert.match(stderr, 'cannot write the output', command);
    assert.not.match(stderr, DEFECT);
  }
});

missing('no home and no working directory: they run all the same', async () => {
  const gone = join(temporaryDirectory(), 'gone');
  for (const command of [...ASKING.map((text) => `${text} ${to}`), ...OTHERS]) {
    mkdirSync(gone);
    fine(await shell(`cd ${gone} && rmdir ${gone} && HOME= gs ${command} > /dev/null`), command);
  }
});

missing('no working directory: a relative path of convert is a sentence', async () => {
  const gone = join(temporaryDirectory(), 'gone');
  mkdirSync(gone);
  const out = join(temporaryDirectory(), 'a.txt');
  const script = `cd ${gone} && rmdir ${gone}; gs convert a.gox ${out}`;
  const { code, stderr } = await shell(`${script}; code=$?; gs convert ${MODEL} ${out} || exit 1
    exit $code`);
  assert.is(code, 66, stderr);
  assert.match(stderr, '"a.gox" cannot be resolved: the working directory of this process is gone');
});

asRoot('a socket of another user is no reason to start one', async () => {
  // As a user who may enter, and not connect.
  const own = await startDaemon({ socket: join(openDirectory(), 's') });
  const as_nobody = 'setpriv --reuid 65534 --clear-groups --regid 65534';
  for (const command of [...ASKING, 'stop']) {
    const script = `${as_nobody} "${process.execPath}" "${openMain()}" ${command} \
      --socket ${own.socket}`;
    const { code, stderr } = await shell(script);
    assert.is(code, 77, `${command}: ${stderr}`);
    assert.match(stderr, /this user may not connect|belongs to/, command);
    assert.not.match(stderr, 'start one with');
  }
  assert.equal(await own.stop(), { code: 0, signal: null });
});

missing('too few descriptors are called so', async () => {
  for (const command of ASKING.slice(0, 3)) {
    let called = 0;
    for (const files of [18, 19, 20, 21, 22, 24, 26, 28, 30]) {
      const { code, stderr } = await shell(`ulimit -n ${files}; gs ${command} ${to} > /dev/null`);
      if (code === 0) continue;
      called += 1;
      // Then Node has none left to begin with, and says so itself.
      if (/^node:internal.*EMFILE|^node:fs/s.test(stderr)) continue;
      assert.is(code, 71, `${command} with ${files}: ${stderr}`);
      assert.match(stderr, 'too few file descriptors');
      assert.not.match(stderr, DEFECT, `${command} with ${files}`);
    }
    assert.ok(called > 0, command);
  }
});

missing('the daemon is still there', async () => {
  assert.equal(await daemon.stop(), { code: 0, signal: null });
});

missing.run();
