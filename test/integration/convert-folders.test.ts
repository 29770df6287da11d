/** `convert` and `info` of folders, many files, pipes, and every option of the catalogue. */

import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { READ_FORMATS, WRITTEN_FORMATS } from '../../engine/catalogue/format-names.ts';
import { ReadingFields } from '../../engine/catalogue/reading.ts';
import { WritingFields } from '../../engine/catalogue/writing.ts';
import { formatFacts } from '../../engine/conversion/formats.ts';
import { encodePng } from '../../engine/image/png.ts';
import { MODEL_COMMANDS } from '../../supervisor/cli/model-commands.ts';
import { cli, shell } from '../support/cli.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const VOXELS = '0 0 0 ff0000\n1 0 0 00ff00\n';
const CUBE = `v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1
f 1 4 3 2\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n`;

/** A folder with files of these texts. */
function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

const PICTURE = encodePng({ width: 2, height: 2, rgba: new Uint8Array(16).fill(200) });

function filesIn(directory: string): string[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => join(parentPath, name).slice(directory.length + 1));
}

const folders = suite('convert: folders');

folders('textures and texts that are no models are passed over, and told', async () => {
  const directory = folder({
    ...{ 'm/house.txt': VOXELS, 'm/sub/cube.obj': CUBE, 'm/sub/tex.png': PICTURE },
    ...{ 'm/LICENSE.txt': 'Do what you like.\n', 'm/readme.md': '# models', 'm/.hidden.txt': 'x' },
    ...{ 'm/cloud.csv': 'x,y,z\n1,2,3\n', 'm/table.csv': 'name;price\nhouse;3\n' },
  });
  symlinkSync('..', join(directory, 'm/sub/ring'));
  symlinkSync('../house.txt', join(directory, 'm/sub/linked.txt'));
  const args = ['--recursive', '--out-dir', join(directory, 'out'), '--to', 'vox', '--size', '4'];
  const { code, stderr } = await cli('convert', join(directory, 'm'), ...args);
  assert.is(code, 0, stderr);
  // The size is about some of them, and nobody is told that it is not about the others.
  assert.equal(stderr.split('\n').slice(0, -1), [
    `goxel-supervisor: ${directory}/m: 4 files that are no models are passed over: ` +
      'LICENSE.txt, readme.md, table.csv, …',
    'goxel-supervisor: 4 of 4 models converted',
  ]);
  const made = filesIn(join(directory, 'out')).sort();
  assert.equal(made, ['cloud.vox', 'house.vox', 'sub/cube.vox', 'sub/linked.vox']);
});

folders('pictures are models where there is nothing else, or when they are asked for', async () => {
  const directory = folder({ 'p/a.png': PICTURE, 'p/b.png': PICTURE, 'm/a.txt': VOXELS });
  copyFileSync(join(directory, 'p/a.png'), join(directory, 'm/tex.png'));
  for (const [from, options, names] of [
    ['p', [], ['a.vox', 'b.vox']],
    ['m', [], ['a.vox']],
    ['m', ['--from', 'png'], ['tex.vox']],
  ] as const) {
    const out = join(directory, `out-${from}-${options.length}`);
    const args = ['--out-dir', out, '--to', 'vox', ...options];
    const { code, stderr } = await cli('convert', join(directory, from), ...args);
    assert.is(code, 0, stderr);
    assert.equal(filesIn(out).sort(), [...names]);
  }
});

folders('files of one name are told apart by their extension, if that is asked', async () => {
  const directory = folder({ 'm/a.txt': VOXELS, 'm/a.obj': CUBE });
  const refused = await shell(`cd ${directory}; gs convert m --out-dir o --to vox`);
  assert.is(refused.code, 64, refused.stderr);
  assert.match(refused.stderr, /would be written twice, .*; \{ext\} tells them apart/);
  const { code, stderr } = await shell(`cd ${directory}; gs convert m 'o/{name}-{ext}.vox'`);
  assert.is(code, 0, stderr);
  assert.equal(filesIn(join(directory, 'o')).sort(), ['a-obj.vox', 'a-txt.vox']);
});

folders('names with blanks, braces, hyphens and dollars are names', async () => {
  const names = ['a b.txt', '{name}.txt', '-x.txt', '$&.txt', 'café.v1.txt'];
  const directory = folder(Object.fromEntries(names.map((name) => [`m/${name}`, VOXELS])));
  const { code, stderr } = await shell(`cd ${directory}; gs convert m --out-dir o --to qb`);
  assert.is(code, 0, stderr);
  const wanted = names.map((name) => name.replace(/txt$/, 'qb'));
  assert.equal(filesIn(join(directory, 'o')).sort(), wanted.sort());
});

folders('a thread that ends with one file of many loses that file only', async () => {
  const rows = Array.from({ length: 90_000 }, (_, i) => `${i % 300} ${Math.floor(i / 300)} 0 ff`);
  const big = rows.map((row, i) => `${row}${(i % 65_536).toString(16).padStart(4, '0')}`);
  const directory = folder({ 'm/a.txt': VOXELS, 'm/big.txt': big.join('\n'), 'm/c.txt': VOXELS });
  const memory = 'export NODE_OPTIONS=--max-old-space-size=12';
  const line = `cd ${directory}; ${memory}; gs convert m --out-dir o --to obj`;
  const { stderr } = await shell(line);
  assert.match(stderr, /of 3 models converted/);
  const made = filesIn(join(directory, 'o')).filter((name) => /^[ac]\.obj$/.test(name));
  assert.equal(made.sort(), ['a.obj', 'c.obj'], stderr);
});

folders('text of voxels comes by a pipe in pieces, of which none is kept', async () => {
  const pieces = [
    `printf '\\xef\\xbb\\xbf0 0 0 ff0000\\n1 2 3 ff'`,
    'sleep 0.2',
    `printf '0000\\r\\n4 5 6 00ff00'`,
  ];
  const { code, stdout, stderr } = await shell(
    `(${pieces.join('; ')}) | gs convert - --from txt - --to txt`,
  );
  assert.is(code, 0, stderr);
  assert.match(stdout, /\n1 2 3 ff0000\n4 5 6 00ff00\n$/);
  const broken = await shell("printf 'hello\\nworld' | gs convert - --from txt - --to txt");
  assert.is(broken.code, 65);
  assert.match(broken.stderr, /standard input is damaged in line 1, byte 0/);
});

folders(
  'info goes on after a file that it cannot read, and tells of meshes how large',
  async () => {
    const directory = folder({ 'a.txt': VOXELS, 'broken.vox': 'VOX nothing', 'cube.obj': CUBE });
    const told = await shell(`cd ${directory}; gs info a.txt broken.vox cube.obj`);
    assert.is(told.code, 65);
    assert.match(
      told.stdout,
      /a\.txt\n {2}format +txt\n.*\n {2}voxels +2\n {2}colours +2\n {2}layers/,
    );
    assert.match(
      told.stdout,
      /cube\.obj\n {2}format +obj\n.*\n {2}scale +\d+ voxels a unit, by itself\n/,
    );
    const { stdout } = await shell(`cd ${directory}; gs info --json a.txt broken.vox cube.obj`);
    const [a, broken, cube] = JSON.parse(stdout);
    assert.equal([a.success, a.materials, a.cameras], [true, [], []]);
    assert.equal([broken.success, broken.error.code], [false, 'GOX_FORMAT_BROKEN']);
    assert.is(cube.sizing.by, 'default');
    const json = await shell(`cd ${directory}; gs convert cube.obj o.vox --size 8 --json`);
    assert.equal(JSON.parse(json.stdout).sizing.by, 'size');
  },
);

folders.run();

const catalogued = suite('convert: the catalogue');

catalogued('every option of reading and writing is one of the command', () => {
  const { format: _, ...reading } = ReadingFields;
  const options = Object.keys(MODEL_COMMANDS.convert.options);
  for (const name of [...Object.keys(reading), ...Object.keys(WritingFields)]) {
    assert.ok(options.includes(name.replaceAll('_', '-')), name);
  }
  const looked = Object.keys(MODEL_COMMANDS.info.options);
  for (const name of Object.keys(reading)) assert.ok(looked.includes(name.replaceAll('_', '-')));
});

catalogued('the names of formats that shells complete are those that there are', () => {
  const facts = formatFacts();
  for (const [names, of] of [
    [READ_FORMATS, 'reads'],
    [WRITTEN_FORMATS, 'writes'],
  ] as const) {
    const wanted = facts.filter((one) => one[of]).map(({ name }) => name);
    const found = names.map((name) => formatFacts(name)[0]?.name);
    assert.equal(found, wanted);
  }
});

catalogued('every exit code of the help is one that a test gives', async () => {
  const { stdout } = await cli('convert', '--help');
  const [, text = ''] = /Exit code (0:[\s\S]*?)Voxels may/.exec(stdout) ?? [];
  const codes = [...text.matchAll(/\b(\d+)[:,]/g)].map(([, code]) => Number(code));
  assert.equal(codes, [0, 64, 65, 66, 70, 73, 74, 130, 143]);
  const tests = readFileSync(new URL('./convert-failures.test.js', import.meta.url), 'utf8');
  for (const code of [64, 65, 66, 73, 74]) assert.match(tests, new RegExp(`, ${code}, /`));
});

catalogued.run();
