/** Completion in each shell, by the script that the command prints: what TAB offers. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../supervisor/cli/commands.ts';
import { cli } from '../support/cli.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { withTool } from '../support/tools.ts';

const directory = temporaryDirectory();
const house = join(directory, 'house.gox');
writeFileSync(house, '');

/** Writes the script of a shell to a file. */
async function scriptOf(shell: string): Promise<string> {
  const { code, stdout, stderr } = await cli('completion', shell);
  assert.is(code, 0, stderr);
  assert.is(stderr, '');
  const path = join(directory, `_goxel-supervisor.${shell}`);
  writeFileSync(path, stdout);
  return path;
}

function run(program: string, ...args: readonly string[]): string {
  const options = { encoding: 'utf8', cwd: directory, timeout: 20_000 } as const;
  const env = { ...process.env, HOME: directory, LC_ALL: 'C.UTF-8' };
  const { stdout, stderr } = spawnSync(program, args, { ...options, env });
  assert.is(stderr, '', `${program} ${args.join(' ')}`);
  return stdout;
}

/** What is typed, and what may come of it; the last word is completed. */
const LINES: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [['st'], ['status', 'stop']],
  [
    ['debug', ''],
    ['on', 'off', 'heap'],
  ],
  [['debug', 'on', 'o'], []],
  [['debug', 'heap', '--eng'], ['--engine']],
  [['help', 'rel'], ['reload']],
  [['run', '--log'], ['--log-level']],
  [['run', '--log-level', 'er'], ['error']],
  [['stop', '--n'], ['--now']],
  [['call', '--socket', '/tmp/x', 'goxel.render_s'], ['goxel.render_scene']],
  [['call', 'ping', 'goxel.render_s'], []],
  [['convert', 'hou'], ['house.gox']],
  [['convert', '--to', 'pov'], ['povray']],
  [['convert', '--from', 'mcs'], ['mcstructure']],
  [['convert', '--to', 'mcs'], []],
  [['convert', '--mesh', 'gre'], ['greedy']],
  [['convert', '--pivot', 'bo'], ['bottom']],
  [
    ['convert', '--vox'],
    ['--voxel-size', '--voxlap-header'],
  ],
  [['info', '--rec'], ['--recursive']],
  [['run', '--config', 'hou'], ['house.gox']],
];

const shells = suite('completion');

withTool(shells, 'bash')('bash', async () => {
  const script = await scriptOf('bash');
  run('bash', '-n', script);
  const offered = (...words: readonly string[]): string[] => {
    const typed = ['goxel-supervisor', ...words].map((word) => `'${word}'`).join(' ');
    const lines = [
      `source '${script}'`,
      `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}`,
      // Of compopt, which complains outside of a real completion.
      '_goxel_supervisor 2> /dev/null',
      `printf '%s\\n' "\${COMPREPLY[@]}"`,
    ];
    return sorted(run('bash', '--norc', '-c', lines.join('\n')).split('\n'));
  };
  for (const [typed, expected] of LINES) {
    assert.equal(offered(...typed), sorted(expected), typed.join(' '));
  }
  // Words are cut at =, as bash does it.
  assert.equal(offered('run', '--log-level', '=', 'er'), ['error']);
  assert.equal(offered('run', '--set', 'logging.lev'), ['logging.level=']);
  assert.equal(offered('run', '--set', 'logging.level', '=', 'er'), ['error']);
  const daemon = run('bash', '--norc', '-c', `source '${script}'; complete -p goxel-daemon`);
  assert.match(daemon, '--daemonize');
  const all = offered('');
  for (const name of Object.keys(COMMANDS)) {
    const [first = '', second] = name.split(' ');
    assert.ok(all.includes(first), name);
    if (second !== undefined) assert.ok(offered(first, '').includes(second), name);
  }
});

withTool(shells, 'fish')('fish', async () => {
  const script = await scriptOf('fish');
  run('fish', '--no-execute', script);
  const offered = (line: string): string[] => {
    const command = `source '${script}'; complete -C '${line}'`;
    const lines = run('fish', '--no-config', '-c', command).split('\n');
    return sorted(lines.map((text) => text.replace(/\t.*/, '')));
  };
  for (const [typed, expected] of LINES) {
    const line = ['goxel-supervisor', ...typed].join(' ');
    assert.equal(offered(line), sorted(expected), line);
  }
  assert.equal(offered('goxel-supervisor run --set logging.level=er'), ['logging.level=error']);
  assert.equal(offered('goxel-daemon --daem'), sorted(['--daemon', '--daemonize']));
  assert.equal(offered('goxel-daemon --log-file hou'), ['house.gox']);
});

/** Types a line into a zsh on a terminal of its own, presses TAB, and prints what is there then. */
const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
read_all() { local part; all=; while zpty -r -t shell part; do all+=$part; done }
wait_for() {
  local i
  for i in {1..200}; do
    read_all
    seen+=$all
    [[ $seen == *$~1* ]] && return
    sleep 0.05
  done
}
zpty -w shell "PS1=; autoload -U compinit; compinit -u -d $1/dump; source $2"
zpty -w shell "stty cols 200; echo rea''dy"
seen=; wait_for ready
zpty -w -n shell "$3"$'\\t'
seen=; wait_for "$4"
print -r -- "\${(V)seen}"
zpty -d shell
`;

withTool(shells, 'zsh')('zsh', async () => {
  const script = await scriptOf('zsh');
  run('zsh', '-n', script);
  const file = join(directory, 'type.zsh');
  writeFileSync(file, ZSH);
  for (const [typed, word] of [
    ['stat', 'status'],
    ['run --log-l', '--log-level'],
    ['debug of', 'off'],
    ['call goxel.render_s', 'goxel.render_scene'],
    ['run --set logging.lev', 'logging.level='],
    ['convert hou', 'house.gox'],
  ] as const) {
    const line = `goxel-supervisor ${typed}`;
    assert.match(run('zsh', '-f', file, directory, script, line, word), word);
  }
});

function sorted(words: readonly string[]): string[] {
  return words.filter((word) => word !== '').sort();
}

shells('an unknown shell is an error that names the others', async () => {
  const { code, stderr } = await cli('completion', 'csh');
  assert.is(code, 64);
  assert.match(stderr, 'expected bash or zsh or fish, not csh');
});

shells.run();
