import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../conf/load.ts';
import type { Config } from '../../../conf/schema.ts';
import { parseCommandLine } from '../../../supervisor/cli/args.ts';
import { CliError, EXIT } from '../../../supervisor/cli/exit-codes.ts';
import { helpText } from '../../../supervisor/cli/help.ts';
import { ORIGINAL_OPTIONS } from '../../../supervisor/cli/original/options.ts';

type RunLine = Extract<ReturnType<typeof parseCommandLine>, { command: 'run' }>;

/** A line of goxel-daemon that starts it, its words in one text. */
function started(words: string, program = '/x/wrapper'): RunLine {
  const line = parseCommandLine(words.split(' '), program);
  if (line.kind !== 'command' || line.command !== 'run') throw new Error(`${words}: ${line.kind}`);
  return line;
}

async function configOf(words: string): Promise<Config> {
  const { flags, original } = started(words);
  return (await loadConfig({ flags, defaults: original?.defaults ?? {}, directory: '/start' }))
    .config;
}

/** The message of the usage error that a line meets. */
function refusal(words: string): string {
  try {
    parseCommandLine(words.split(' '), 'goxel-daemon');
  } catch (error) {
    assert.instance(error, CliError);
    assert.is((error as CliError).exit_code, EXIT.USAGE);
    return (error as CliError).message;
  }
  throw new Error(`accepted: ${words}`);
}

const lines = suite('the command line of goxel-daemon');

lines('is one whose first word is an option, or none at all by its name', () => {
  assert.ok(started('--foreground').original);
  assert.ok(started('-f', 'goxel-supervisor').original);
  assert.not(started('run --ephemeral', 'goxel-daemon').original);
  const alone = parseCommandLine([], '/usr/bin/goxel-daemon');
  assert.is(alone.kind, 'command');
  assert.throws(() => parseCommandLine([], '/usr/bin/goxel-supervisor'), /a command is missing/);
  assert.is(parseCommandLine(['status'], 'goxel-daemon').kind, 'command');
});

lines('sets the keys that its options mean, long and short, apart and together', async () => {
  const long =
    '--socket /s --pid-file /p --log-file /l --working-dir /w --user 0 --group 0 --workers 3' +
    ' --queue-size 1024 --max-connections 200 --verbose --render-dir /r';
  const short = '-fVs /s -p/p -l /l -w /w -u 0 -g 0 -j3 -q1024 -m 200 --render-dir=/r';
  for (const words of [long, short]) {
    const config = await configOf(words);
    assert.is(config.sockets.unix.path, '/s');
    assert.is(config.pid_file, '/p');
    assert.is(config.logging.file, '/l');
    assert.is(config.logging.level, 'debug');
    assert.is(config.working_directory, '/w');
    assert.equal([config.user, config.group], ['0', '0']);
    assert.equal([config.workers.count, config.workers.queue_size], [3, 1024]);
    assert.is(config.performance.max_connections, 200);
    assert.is(config.renders.directory, '/r');
  }
});

lines('takes values after = and names cut short, as getopt_long does', async () => {
  const config = await configOf('--socket=s --log=/l --pid /p --queue=2');
  assert.is(config.sockets.unix.path, '/start/s');
  assert.is(config.logging.file, '/l');
  assert.is(config.pid_file, '/p');
  assert.is(config.workers.queue_size, 2);
  assert.match(refusal('--work=2'), '--work may be --working-dir or --workers');
});

lines('takes the options of run as well', async () => {
  const config = await configOf('-f --ephemeral --log-level warn --inspect --set http.port=9');
  assert.is(config.journal.ephemeral, true);
  assert.is(config.logging.level, 'warn');
  assert.is(config.inspector.enabled, true);
  assert.is(config.http.port, 9);
});

lines('listens where the C daemon does, and v14.6', async () => {
  assert.is((await configOf('--foreground')).sockets.unix.path, '/tmp/goxel-daemon.sock');
  assert.is((await configOf('--headless --daemon')).sockets.unix.path, '/tmp/goxel.sock');
  assert.is((await configOf('--foreground')).pid_file, '');
  for (const words of ['--daemonize', '--headless --daemon']) {
    assert.is((await configOf(words)).pid_file, '/tmp/goxel-daemon.pid');
  }
});

lines('stays in the foreground, goes into the background, or beneath what was called', () => {
  const ways: Record<string, string> = {
    '--daemon --socket /s': 'here',
    '--foreground': 'here',
    '--daemonize': 'background',
    '-D -f': 'here',
    '-f -D': 'background',
    '--headless --daemon': 'beneath',
    '-H --daemon --foreground': 'here',
    '--headless': 'here',
  };
  for (const [words, way] of Object.entries(ways)) assert.is(started(words).original?.way, way);
});

lines('says what does nothing, and takes the nearest of what is too much', async () => {
  const words = '-f --priority-queue --protocol mcp -m 60000';
  const { original } = started(words);
  assert.equal(
    original?.remarks.map((text) => text.split(':')[0]),
    [
      '--priority-queue does nothing here',
      '--protocol does nothing here',
      '-m 60000 is more than there can be here',
    ],
  );
  assert.is((await configOf(words)).performance.max_connections, 1024);
});

lines('refuses what it does not know, and words that are no options', () => {
  assert.match(refusal('--foregruond'), 'unknown option --foregruond; did you mean --foreground?');
  assert.match(refusal('-x'), 'unknown option -x');
  assert.match(refusal('--daemon create a.gox'), 'unexpected argument create: a command');
  assert.match(refusal('-f -- create'), 'unexpected argument create');
  assert.ok(started('-f --').original);
  assert.match(refusal('--socket'), '--socket needs a value: --socket PATH');
  assert.match(refusal('--socket --foreground'), '--socket needs a value');
  assert.match(refusal('--foreground=yes'), '--foreground takes no value');
  assert.match(refusal('--protocol http'), '--protocol is auto, jsonrpc, mcp, not http');
  assert.match(refusal('--test-concurrent'), 'test-concurrent');
  assert.match(refusal('-f --set a'), '--set needs KEY=VALUE');
});

lines(
  'leaves numbers that are none, or beyond its own bounds, to the check of the key',
  async () => {
    for (const words of ['-j 65', '-j 0', '-j four']) {
      const { flags } = started(words);
      const [problem] = await loadConfig({ flags }).then(
        () => [],
        (error: { problems: string[] }) => error.problems,
      );
      assert.match(problem ?? words, /^-j: workers\.count: expected an integer from 1 to 64/);
    }
  },
);

lines('asks a daemon that runs, tests itself, or tells of itself', () => {
  assert.is(parseCommandLine(['--status']).kind, 'control');
  const stop = parseCommandLine(['-p', '/p', '--stop']);
  if (stop.kind !== 'control') throw new Error(stop.kind);
  assert.is(stop.control, 'stop');
  assert.equal(stop.flags, [{ key: 'pid_file', text: '/p', flag: '-p' }]);
  assert.is(parseCommandLine(['--test-lifecycle']).kind, 'self test');
  assert.is(parseCommandLine(['-v']).kind, 'version');
  const help = { kind: 'help', command: 'goxel-daemon', topic: undefined };
  assert.equal(parseCommandLine(['--headless', '--help']), help);
  assert.equal(parseCommandLine(['--help'], 'goxel-daemon'), help);
  assert.equal(parseCommandLine(['help', 'goxel-daemon']), help);
});

lines('has help that names every option and fits a terminal of 100 columns', () => {
  const text = helpText('goxel-daemon');
  for (const name of Object.keys(ORIGINAL_OPTIONS)) assert.match(text, `--${name}`);
  assert.equal(
    text.split('\n').filter((line) => line.length > 100),
    [],
  );
});

lines.run();
