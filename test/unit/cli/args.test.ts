import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loadConfig } from '../../../conf/load.ts';
import { SETTINGS } from '../../../conf/settings.ts';
import { parseCommandLine } from '../../../supervisor/cli/args.ts';
import type { CommandSpec } from '../../../supervisor/cli/command-spec.ts';
import { COMMANDS } from '../../../supervisor/cli/commands.ts';
import { CliError, EXIT } from '../../../supervisor/cli/exit-codes.ts';
import { helpText } from '../../../supervisor/cli/help.ts';

/** The message of the usage error that these arguments meet. */
function refusal(...argv: string[]): string {
  try {
    parseCommandLine(argv);
  } catch (error) {
    assert.instance(error, CliError);
    assert.is((error as CliError).exit_code, EXIT.USAGE);
    return (error as CliError).message;
  }
  throw new Error(`accepted: ${argv.join(' ')}`);
}

const parsing = suite('command line: parsing');

parsing('takes commands with their options and arguments', () => {
  assert.equal(parseCommandLine(['run']), {
    kind: 'command',
    command: 'run',
    options: {},
    positionals: [],
    flags: [],
  });
  const call = parseCommandLine(['call', '--socket=/tmp/s', 'ping', '[1,-2]']);
  if (call.kind !== 'command' || call.command !== 'call') throw new Error(call.kind);
  assert.is(call.options.socket, '/tmp/s');
  assert.equal(call.positionals, ['ping', '[1,-2]']);
  const tree = parseCommandLine(['tree', '--json']);
  if (tree.kind !== 'command' || tree.command !== 'tree') throw new Error(tree.kind);
  assert.is(tree.options.json, true);
});

parsing('takes arguments that begin with a dash after --', () => {
  const convert = parseCommandLine(['convert', '--', '-in.gox', '--out.vox']);
  if (convert.kind !== 'command') throw new Error(convert.kind);
  assert.equal(convert.positionals, ['-in.gox', '--out.vox']);
});

parsing('hands options that set configuration keys on as flags', () => {
  const run = parseCommandLine(
    'run --socket /tmp/s --workers 3 --log-level=warn --set a.b=c=d --set e=f'.split(' '),
  );
  if (run.kind !== 'command') throw new Error(run.kind);
  assert.equal(run.flags, [
    { key: 'sockets.unix.path', text: '/tmp/s', flag: '--socket' },
    { key: 'workers.count', text: '3', flag: '--workers' },
    { key: 'logging.level', text: 'warn', flag: '--log-level' },
    { key: 'a.b', text: 'c=d', flag: '--set' },
    { key: 'e', text: 'f', flag: '--set' },
  ]);
});

parsing('answers help and version before anything is checked', () => {
  assert.equal(parseCommandLine(['--version']), { kind: 'version' });
  for (const argv of [['--help'], ['-h'], ['help']]) {
    const all = { kind: 'help', command: undefined, topic: undefined };
    assert.equal(parseCommandLine(argv), all);
  }
  for (const text of ['call --help', 'call -h', 'help call']) {
    const about = { kind: 'help', command: 'call', topic: undefined };
    assert.equal(parseCommandLine(text.split(' ')), about, text);
  }
  for (const text of ['call ping -h', 'call -h ping', 'call --help ping', 'help call ping']) {
    const about = { kind: 'help', command: 'call', topic: 'ping' };
    assert.equal(parseCommandLine(text.split(' ')), about, text);
  }
});

parsing('takes commands of two words, and help about each and about their group', () => {
  const check = parseCommandLine(['config', 'check', '--json', 'a.yaml']);
  if (check.kind !== 'command' || check.command !== 'config check') throw new Error(check.kind);
  assert.is(check.options.json, true);
  assert.equal(check.positionals, ['a.yaml']);
  for (const text of ['config --help', 'config -h', 'help config']) {
    const about = { kind: 'help', command: 'config', topic: undefined };
    assert.equal(parseCommandLine(text.split(' ')), about, text);
  }
  for (const text of ['config check --help', 'config check -h', 'help config check']) {
    const about = { kind: 'help', command: 'config check', topic: undefined };
    assert.equal(parseCommandLine(text.split(' ')), about, text);
  }
  for (const name of ['config check', 'config print', 'config path']) {
    assert.match(helpText('config'), name);
  }
});

parsing('takes --inspect with a port and without one', () => {
  const enabled = { key: 'inspector.enabled', text: 'true', flag: '--inspect' };
  const flags = (...argv: string[]) => {
    const line = parseCommandLine(['run', ...argv]);
    return line.kind === 'command' ? line.flags : undefined;
  };
  const port = { key: 'inspector.port', text: '4000', flag: '--inspect' };
  assert.equal(flags('--inspect'), [enabled]);
  for (const argv of [['--inspect', '4000'], ['--inspect=4000']]) {
    assert.equal(flags(...argv), [enabled, port]);
  }
  const workers = { key: 'workers.count', text: '2', flag: '--workers' };
  assert.equal(flags('--inspect', '--workers', '2'), [enabled, workers]);
  assert.equal(flags('--inspect', '--daemon'), [enabled]);
});

parsing.run();

const refusing = suite('command line: refusals');

refusing('name the nearest command or option', () => {
  assert.is(
    refusal('cal'),
    'unknown command cal; did you mean call? (see goxel-supervisor --help)',
  );
  assert.match(refusal('--verzion'), /^unknown option --verzion; did you mean --version\?/);
  assert.is(
    refusal('run', '--sokcet', '/tmp/s'),
    'unknown option --sokcet; did you mean --socket? (see goxel-supervisor run --help)',
  );
  assert.match(refusal('help', 'rnu'), /^unknown command rnu; did you mean run\?/);
  assert.match(refusal('tree', '-x'), /^unknown option -x/);
});

refusing('name the commands of a group, and the nearest of them', () => {
  assert.is(
    refusal('config'),
    'config needs one of check, print, migrate, schema, path (see goxel-supervisor config --help)',
  );
  assert.match(
    refusal('config', 'chek'),
    /^unknown command config chek; did you mean config check/,
  );
  assert.match(refusal('confg', 'check'), /^unknown command confg; did you mean config\?/);
  assert.match(refusal('help', 'config', 'prnt'), /^unknown command config prnt; did you mean/);
  assert.match(refusal('config', 'constructor'), /^unknown command config constructor/);
});

refusing('do not fall for the names that every object has', () => {
  assert.match(refusal('constructor'), /^unknown command constructor/);
  assert.match(refusal('run', '--constructor'), /^unknown option --constructor/);
  assert.match(refusal('run', '--__proto__=1'), /^unknown option --__proto__/);
});

refusing('say what is missing or too much', () => {
  assert.match(refusal(), /^a command is missing/);
  assert.match(refusal('call'), /^METHOD is missing/);
  assert.match(refusal('convert', 'a.gox'), /^OUT is missing/);
  assert.match(refusal('run', 'now'), /^unexpected argument now/);
  assert.match(refusal('call', 'a', 'b', 'c'), /^unexpected argument c/);
  assert.match(refusal('run', '--socket'), /^--socket needs a value: --socket PATH/);
  assert.match(refusal('run', '--socket', '--workers', '2'), /^--socket needs a value/);
  for (const port of ['70000', 'here', '-1', '1.5', '0x10', '']) {
    assert.match(refusal('inspect', `--port=${port}`), /^--port is a port from 0 to 65535, not/);
  }
  assert.match(
    refusal('run', '--inspect', 'here'),
    /^--inspect is a port from 0 to 65535, not here/,
  );
  assert.match(refusal('run', '--inspect=70000'), /^--inspect is a port/);
  assert.match(refusal('inspect', '--port', '--json'), /^--port needs a value: --port PORT/);
  assert.match(refusal('tree', '--json=yes'), /^--json takes no value/);
  assert.match(
    refusal('run', '--set', 'workers.count'),
    /^--set needs KEY=VALUE, not workers.count/,
  );
  assert.match(refusal('run', '--set', '=2'), /^--set needs KEY=VALUE/);
});

refusing.run();

const helping = suite('command line: help');

helping('shows every command, option and example', () => {
  const overview = helpText(undefined);
  for (const [name, command] of Object.entries<CommandSpec>(COMMANDS)) {
    assert.ok(overview.includes(command.summary), name);
    const help = helpText(name as keyof typeof COMMANDS).replaceAll(/\s+/g, ' ');
    for (const [option, { summary }] of Object.entries(command.options)) {
      assert.ok(help.includes(`--${option}`) && help.includes(summary), `${name} --${option}`);
    }
    for (const example of command.examples) assert.ok(help.includes(example), example);
  }
});

helping('fits a terminal of 100 columns', () => {
  const names = Object.keys(COMMANDS) as (keyof typeof COMMANDS)[];
  for (const name of [undefined, ...names]) {
    const longest = Math.max(
      ...helpText(name)
        .split('\n')
        .map((line) => line.length),
    );
    assert.ok(longest <= 100, `${name}: ${longest}`);
  }
});

helping('gives examples that parse, and keys that exist', async () => {
  for (const command of Object.values<CommandSpec>(COMMANDS)) {
    for (const { key } of Object.values(command.options)) {
      assert.ok(key === undefined || SETTINGS.has(key), key);
    }
    for (const example of command.examples) {
      const argv = [...example.matchAll(/'([^']*)'|(\S+)/g)].map(([, a, b]) => a ?? b ?? '');
      const parsed = parseCommandLine(argv.slice(1));
      if (parsed.kind !== 'command') throw new Error(example);
      await loadConfig({ flags: parsed.flags });
    }
  }
});

helping.run();
