/**
 * The commands of the README and of the daemon's greeting run as they stand, and print what is
 * shown. They run in the order of the page, on one daemon, in a copy of the directory they name.
 */

import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DAEMON_MAIN, withDaemon } from '../support/daemon.ts';
import { ROOT } from '../support/modules.ts';
import { eventually } from '../support/raw.ts';
import {
  outputFault,
  type ShownCommand,
  shownCommands,
  suggestedCommands,
} from '../support/readme-commands.ts';
import { temporaryDirectory } from '../support/tmp.ts';

/** What is not run here, and why. */
const SKIPPED: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|install|i)\b/, 'installs over the network'],
  [/^npm (start|test|run|pack|audit)\b/, 'builds, or runs all of this; the CI does'],
  [/^git\b/, 'the clone is what is under test'],
  [/^(sudo|systemctl|journalctl|docker|podman|apt)\b/, 'changes the machine'],
  [/^kill\b/, 'would end the daemon that the others need'],
  [/^npx goxel-supervisor run\b/, 'a daemon runs already'],
];

/** Ages and counts differ from run to run: there the names of the actors are compared. */
const TREE = /goxel-supervisor tree\b/;

const COMMAND_MS = 30_000;

interface Shell {
  readonly directory: string;
  /** Whether what is shown below /tmp is to be found in the directory. */
  readonly moved: boolean;
  readonly socket: string;
}

interface End {
  readonly code: number | null;
  readonly output: string;
}

/** What is used of netcat, where it is not installed: `nc -N -U PATH`. */
const NC = `const [n, u, path] = process.argv.slice(1);
if (n !== "-N" || u !== "-U") throw new Error("only nc -N -U PATH is known here");
const socket = require("node:net").connect({ path, allowHalfOpen: true });
process.stdin.pipe(socket);
socket.pipe(process.stdout);`;

function program(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** A directory with the fixtures, and with programs of the names that the commands use. */
function workplace(): string {
  const directory = temporaryDirectory();
  cpSync(join(ROOT, 'test/fixtures/models'), join(directory, 'test/fixtures/models'), {
    recursive: true,
  });
  mkdirSync(join(directory, 'tmp'));
  mkdirSync(join(directory, 'bin'));
  const node = `exec '${process.execPath}'`;
  program(
    join(directory, 'bin/npx'),
    `[ "$1" = goxel-supervisor ] || { echo "npx $1 is not known here" >&2; exit 1; }
shift
${node} '${DAEMON_MAIN}' "$@"`,
  );
  if (spawnSync('sh', ['-c', 'command -v nc']).status !== 0) {
    program(join(directory, 'bin/nc'), `${node} -e '${NC}' -- "$@"`);
  }
  return directory;
}

/** The text with the paths of the test in place of those that are shown. */
function placed(text: string, { directory, socket }: Shell): string {
  const place = (part: string) =>
    part.replaceAll(/(?<![\w.-])\/tmp\/(goxel\.sock)?/g, (_, name: unknown) =>
      name === undefined ? `${join(directory, 'tmp')}/` : socket,
    );
  // The greeting names the socket as it is.
  return text.split(socket).map(place).join(socket);
}

async function run(text: string, shell: Shell): Promise<End> {
  const child = spawn('bash', ['-o', 'pipefail', '-c', `{ ${text}\n} 2>&1`], {
    cwd: shell.directory,
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: COMMAND_MS,
    killSignal: 'SIGKILL',
    env: {
      ...process.env,
      PATH: `${join(shell.directory, 'bin')}:${process.env.PATH}`,
      GOXEL_SUPERVISOR__SOCKETS__UNIX__PATH: shell.socket,
    },
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}

/** Runs those that can be run; gives what is wrong with each, and how many ran. */
async function runAll(
  commands: readonly ShownCommand[],
  shell: Shell,
): Promise<{ faults: string[]; ran: number }> {
  const faults: string[] = [];
  let ran = 0;
  for (const { text, output, line } of commands) {
    if (SKIPPED.some(([pattern]) => pattern.test(text))) continue;
    ran += 1;
    const shown = output.map((one) => placed(one, shell));
    const end = await run(shell.moved ? placed(text, shell) : text, shell);
    // An error that is shown must be one.
    const fails = shown[0]?.startsWith('goxel-supervisor: ') === true;
    const fault =
      (end.code === 0) === fails
        ? `it ends with ${end.code}: ${end.output.slice(-500)}`
        : faultOf(text, shown, end.output);
    if (fault !== undefined) faults.push(`line ${line}: ${text}\n  ${fault}`);
  }
  return { faults, ran };
}

function faultOf(text: string, shown: readonly string[], actual: string): string | undefined {
  if (!TREE.test(text)) return outputFault(shown, actual);
  if (shown.length === 0) return undefined;
  const [wanted, got] = [actorsOf(shown), actorsOf(actual.split('\n'))];
  return wanted.join() === got.join() ? undefined : `the tree has ${got.join(', ')}`;
}

/** Names of actors with their depth, without numbers; statistics follow behind an empty line. */
function actorsOf(lines: readonly string[]): string[] {
  const end = lines.findIndex((line) => line.trim() === '');
  return lines.slice(0, end < 0 ? lines.length : end).map((line) => {
    const [, stem = '', name = ''] = /^([ │├└─]*)(.*?)(?: {2}|$)/.exec(line) ?? [];
    return `${stem.length / 3} ${name.replace(/\d+/g, 'N')}`;
  });
}

const readme = suite('readme');

readme('its commands run, and print what it shows', async () => {
  const commands = shownCommands(readFileSync(join(ROOT, 'README.md'), 'utf8'));
  assert.ok(commands.length >= 8, `only ${commands.length} commands are found`);
  const directory = workplace();
  await withDaemon({ cwd: directory }, async ({ socket }) => {
    const { faults, ran } = await runAll(commands, { directory, socket, moved: true });
    assert.is(faults.length, 0, `\n${faults.join('\n')}`);
    assert.ok(ran >= 6, `only ${ran} commands are run`);
  });
  const made = readdirSync(directory).filter((name) => !['bin', 'test', 'tmp'].includes(name));
  assert.equal(made, [], 'files in the directory of the clone');
});

readme('what the daemon suggests at its start works, and leaves nothing in the clone', async () => {
  const directory = workplace();
  const env = { TMPDIR: join(directory, 'tmp') };
  await withDaemon({ cwd: directory, env }, async ({ socket, stdout, stderr }) => {
    const greeting = () => stdout() + stderr();
    await eventually('it says what to try', () => suggestedCommands(greeting()).length >= 2);
    const commands = suggestedCommands(greeting());
    assert.ok(commands.length >= 2, greeting());
    const { faults } = await runAll(commands, { directory, socket, moved: false });
    assert.is(faults.length, 0, `\n${faults.join('\n')}`);
  });
  const made = readdirSync(directory).filter((name) => !['bin', 'test', 'tmp'].includes(name));
  assert.equal(made, []);
});

readme.run();

const reading = suite('readme: reading commands');

reading('commands are found in blocks of either kind, with what is below them', () => {
  const page = [
    'Text with $ no command',
    '',
    "    $ printf '%s' 'a",
    "      b' |",
    '        cat',
    '    shown',
    '    $ second',
    '',
    '```sh',
    '$ third \\',
    '  --flag',
    '…',
    '```',
    '',
    '    npm ci && npm start        # install',
    '    npm run x',
    '',
    '    import { connect } from "x";',
  ].join('\n');
  assert.equal(
    shownCommands(page).map(({ text, output, line }) => [text, output.join('|'), line]),
    [
      ["printf '%s' 'a\n  b' |\n    cat", 'shown', 3],
      ['second', '', 7],
      ['third \\\n  --flag', '…', 10],
      ['npm ci && npm start        # install', '', 15],
      ['npm run x', '', 16],
    ],
  );
});

reading('output is compared, but for what is left out and for directories', () => {
  assert.is(
    outputFault(['{', '  "path": "/tmp/a.obj"', '}'], '{\n  "path": "/x/y/a.obj"\n}\n'),
    undefined,
  );
  assert.is(outputFault(['one', '…', 'three'], 'one\ntwo\nthree\n'), undefined);
  assert.is(outputFault(['begins…'], 'begins here\n'), undefined);
  assert.match(outputFault(['one'], 'two\n')!, /shown is "one", but it prints "two"/);
  assert.match(outputFault(['one', 'two'], 'one\n')!, /but it prints/);
  assert.match(outputFault(['…', 'three'], 'one\ntwo\n')!, /but it prints/);
  assert.match(outputFault(['"a.obj"'], '"b.obj"\n')!, /but it prints/);
});

reading('trees are compared by the names of their actors', () => {
  const shown = ['daemon  running  age 2.1s', '├─ engines  running', '│  └─ engine:0  ready'];
  const other = 'daemon  running\n├─ engines  running\n│  └─ engine:7  ready  age 1s\n';
  assert.is(faultOf('npx goxel-supervisor tree', shown, other), undefined);
  assert.match(faultOf('goxel-supervisor tree', shown, `${other}└─ jobs  running\n`)!, /jobs/);
  assert.match(faultOf('goxel-supervisor tree', shown.slice(0, 2), other)!, /engine:N/);
});

reading.run();
