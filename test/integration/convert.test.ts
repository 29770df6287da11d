/** The commands that work on models in files: what they take, tell, write, and never do. */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cli, shell } from '../support/cli.ts';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

/** A cube whose sides are 1 long, of 6 squares. */
const CUBE = `v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1
f 1 4 3 2\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n`;

/** A directory with models: two voxels, one voxel elsewhere, a cube, and a file that is none. */
function models(): string {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'a.txt'), '0 0 0 ff0000\n1 0 0 00ff00\n');
  writeFileSync(join(directory, 'b.txt'), '5 0 0 0000ff\n');
  writeFileSync(join(directory, 'cube.obj'), CUBE);
  writeFileSync(join(directory, 'broken.vox'), 'VOX nothing');
  return directory;
}

/** The lines of a text file but comments. */
function voxels(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).sort();
}

const converting = suite('convert');

converting('options of reading and writing reach the formats', async () => {
  const directory = models();
  const [cube, out] = [join(directory, 'cube.obj'), join(directory, 'out.txt')];
  for (const [options, count] of [
    [['--size', '4'], 56],
    [['--size', '4', '--solid'], 64],
  ] as const) {
    const { code, stderr } = await cli('convert', cube, out, ...options);
    assert.equal([code, stderr], [0, '']);
    assert.is(voxels(out).length, count, options.join(' '));
  }
});

converting('values that an option does not take are told, and the option', async () => {
  const directory = models();
  const out = join(directory, 'out.vox');
  for (const [options, pattern] of [
    [['--size', 'abc'], /--size: expected an integer from 1 to 65536, got "abc"/],
    [['--size', '0'], /--size: expected/],
    [['--mesh', 'gredy'], /--mesh: expected .*did you mean greedy/],
    [['--rotate', 'w90'], /--rotate: expected/],
    [['--pivot', '1,2'], /--pivot: expected/],
    [['--frame', '1.5'], /--frame: expected/],
    [['--siz', '3'], /unknown option --siz; did you mean --size/],
    [['--jobs', '0'], /--jobs is a number/],
  ] as const) {
    const { code, stderr } = await cli('convert', join(directory, 'cube.obj'), out, ...options);
    assert.is(code, 64, stderr);
    assert.match(stderr, pattern);
  }
  assert.not(existsSync(out));
});

converting('several inputs become layers that have the names of their files', async () => {
  const directory = models();
  const out = join(directory, 'out.gox');
  const inputs = ['a.txt', 'b.txt'].map((name) => join(directory, name));
  assert.is((await cli('convert', ...inputs, out)).code, 0);
  const { stdout } = await cli('info', out, '--json');
  const { layers, voxel_count, color_count, size } = JSON.parse(stdout);
  assert.equal(
    layers.map(({ name }: { name: string }) => name),
    ['a', 'b'],
  );
  assert.equal([voxel_count, color_count, size], [3, 3, [6, 1, 1]]);
});

converting('one reading can have several outputs, and JSON tells of each', async () => {
  const directory = models();
  const outputs = ['o.vox', 'o.txt', 'o.gox'].map((name) => join(directory, name));
  const from = join(directory, 'a.txt');
  const { code, stdout } = await cli(
    'convert',
    from,
    '--json',
    ...outputs.flatMap((o) => ['-o', o]),
  );
  assert.is(code, 0);
  const { success, results } = JSON.parse(stdout);
  assert.is(success, true);
  assert.equal(
    results.map(({ to }: { to: string }) => to),
    outputs,
  );
  for (const { from: read, to, bytes } of results) {
    assert.is(read, from);
    assert.is(bytes, readFileSync(to).length);
  }
  assert.equal(voxels(outputs[1]!), voxels(from));
});

converting('folders and patterns convert each, and one that fails stops no other', async () => {
  const directory = models();
  mkdirSync(join(directory, 'more'));
  copyFileSync(join(directory, 'b.txt'), join(directory, 'more', 'b.txt'));
  const out = join(directory, 'out');
  const one = await cli('convert', directory, '--recursive', '--out-dir', out, '--to', 'qb');
  assert.is(one.code, 65, one.stderr);
  assert.match(one.stderr, /broken\.vox is damaged/);
  assert.match(one.stderr, /4 of 5 models converted, 1 failed/);
  const made = readdirSync(out, { recursive: true, encoding: 'utf8' }).sort();
  assert.equal(made, ['a.qb', 'b.qb', 'cube.qb', 'more', 'more/b.qb']);
  const inputs = ['a.txt', 'none.txt', 'b.txt'].map((name) => join(directory, name));
  const pattern = join(directory, 'new', '{name}-2.vox');
  const two = await cli('convert', ...inputs, pattern, '--json');
  assert.is(two.code, 66, two.stderr);
  const { converted, failed, results } = JSON.parse(two.stdout);
  assert.equal([converted, failed], [2, 1]);
  assert.equal(
    results.map(({ error }: { error?: { code: string } }) => error?.code),
    [undefined, 'GOX_FILE', undefined],
  );
  assert.equal(readdirSync(join(directory, 'new')).sort(), ['a-2.vox', 'b-2.vox']);
});

converting('an input is never written over by accident, and nothing twice', async () => {
  const directory = models();
  const path = join(directory, 'a.txt');
  const before = readFileSync(path);
  const other = join(directory, 'more', '..', 'a.txt');
  mkdirSync(join(directory, 'more'));
  for (const args of [
    [path, path],
    [path, other],
    [directory, '--out-dir', directory, '--to', 'txt'],
    [path, join(directory, 'b.txt'), join(directory, 'b.txt')],
  ]) {
    const { code, stderr } = await cli('convert', ...args);
    assert.is(code, 64, stderr);
    assert.match(stderr, /is an input, too; --force/);
  }
  copyFileSync(path, join(directory, 'more', 'a.txt'));
  const twice = [path, join(directory, 'more', 'a.txt'), join(directory, '{name}.vox')];
  assert.match((await cli('convert', ...twice)).stderr, /would be written twice/);
  assert.equal(readFileSync(path), before);
  assert.is((await cli('convert', path, path, '--force')).code, 0);
  assert.equal(voxels(path), ['0 0 0 ff0000', '1 0 0 00ff00']);
});

converting('standard input and output, pipes, and a reader that goes', async () => {
  const directory = models();
  const path = join(directory, 'a.txt');
  const piped = await shell(`gs convert - --from txt - --to txt < ${path}`);
  assert.equal([piped.code, piped.stderr], [0, '']);
  assert.match(piped.stdout, /0 0 0 ff0000\n1 0 0 00ff00\n/);
  const through = await shell(`gs convert <(cat ${path}) --from txt ${directory}/p.txt`);
  assert.is(through.code, 0, through.stderr);
  assert.equal(voxels(join(directory, 'p.txt')), voxels(path));
  const gone = await shell(`exec 3> >(exec true); wait $!; gs convert ${path} - --to obj >&3`);
  assert.equal([gone.code, gone.stderr], [0, '']);
  const guessed = await shell(`gs convert - --to txt - < ${path}`);
  assert.equal([guessed.code, guessed.stderr, guessed.stdout], [0, '', piped.stdout]);
  assert.match((await cli('convert', path, '-')).stderr, /needs --to FORMAT/);
  const large = `export GOXEL_LIMITS_FILE_BYTES_MAX=1048576; yes '0 0 0 ff0000' | gs convert - `;
  const refused = await shell(`${large} --from txt ${directory}/no.vox`);
  assert.is(refused.code, 66, refused.stderr);
  assert.match(refused.stderr, /more bytes than limits.file_bytes_max allows, 1048576/);
  assert.not(existsSync(join(directory, 'no.vox')));
});

converting('warnings are sentences, or errors with --strict', async () => {
  const directory = models();
  const [path, out] = [join(directory, 'a.txt'), join(directory, 'out.vox')];
  const told = await cli('convert', path, out, '--solid', '--json');
  assert.is(told.code, 0);
  const unused = /warning: .*a\.txt: The option "solid" means nothing to txt.*WARN_OPTION_UNUSED/;
  assert.match(told.stderr, unused);
  assert.is(JSON.parse(told.stdout).warnings[0].code, 'WARN_OPTION_UNUSED');
  assert.is((await cli('convert', path, out, '--solid', '--quiet')).stderr, '');
  const strict = await cli('convert', path, join(directory, 'strict.vox'), '--solid', '--strict');
  assert.is(strict.code, 65);
  assert.match(strict.stderr, /GOX_STRICT/);
  assert.not(existsSync(join(directory, 'strict.vox')));
});

converting('a mesh of which nothing comes is an error, unless that is allowed', async () => {
  const directory = models();
  const [path, out] = [join(directory, 'none.obj'), join(directory, 'out.vox')];
  writeFileSync(path, '# a mesh without faces\n');
  const { code, stderr } = await cli('convert', path, out);
  assert.is(code, 65, stderr);
  assert.match(stderr, /No voxel came of .*GOX_EMPTY/);
  assert.not(existsSync(out));
  assert.is((await cli('convert', path, out, '--allow-empty')).code, 0);
  assert.ok(existsSync(out));
});

converting('SIGINT ends it in the middle of many, and leaves no temporary file', async () => {
  const directory = temporaryDirectory();
  const rows = Array.from(
    { length: 60_000 },
    (_, i) => `${i % 300} ${Math.floor(i / 300)} 0 ff0000`,
  );
  for (let n = 0; n < 8; n += 1) writeFileSync(join(directory, `${n}.txt`), rows.join('\n'));
  const out = join(directory, 'out');
  const args = [DAEMON_MAIN, 'convert', directory, '--out-dir', out, '--to', 'obj'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  while (!existsSync(out)) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  assert.equal(await once(child, 'exit'), [null, 'SIGINT']);
  assert.equal(
    readdirSync(out).filter((name) => name.startsWith('.')),
    [],
  );
});

converting.run();

const looking = suite('info and formats');

looking('info tells of each file, and of those that cannot be read', async () => {
  const directory = models();
  const { code, stdout, stderr } = await cli('info', directory);
  assert.is(code, 65, stderr);
  assert.match(stdout, /a\.txt\n {2}format +txt\n {2}size +2 × 1 × 1 from 0 0 0\n {2}voxels +2\n/);
  assert.match(stderr, /broken\.vox is damaged/);
  const json = JSON.parse((await cli('info', directory, '--json')).stdout);
  assert.equal(
    json.map(({ success }: { success: boolean }) => success),
    [true, true, false, true],
  );
  const one = JSON.parse((await cli('info', '--json', join(directory, 'a.txt'))).stdout);
  assert.is(one.voxel_count, 2);
});

looking('formats lists what is read and written, and the options', async () => {
  const { code, stdout } = await cli('formats');
  assert.is(code, 0);
  assert.match(stdout, /^vox +\.vox +yes +yes/m);
  assert.match(stdout, /--mesh/);
  const [vox] = JSON.parse((await cli('formats', 'vox', '--json')).stdout);
  assert.equal([vox.name, vox.reads, vox.writes], ['vox', true, true]);
  assert.is((await cli('formats', 'nothing')).code, 64);
});

looking('the file that starts it loads nothing of the daemon', () => {
  const args = [DAEMON_MAIN, 'convert', '--help'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  for (const option of ['--size N', '--mesh blocks|greedy', '-o, --output OUT', '--no-instances']) {
    assert.match(stdout, option);
  }
});

looking.run();
