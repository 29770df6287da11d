/** The commands that work on models in files: what ends them, how, and what they say then. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../engine/document/document.ts';
import { gox } from '../../engine/formats/gox/gox.ts';
import { shell } from '../support/cli.ts';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const VOXELS = '0 0 0 ff0000\n1 0 0 00ff00\n';

const directory = temporaryDirectory();
for (const [name, text] of [
  ['a.txt', VOXELS],
  ['-a.txt', VOXELS],
  ['broken.vox', 'VOX nothing'],
  ['none.obj', '# no faces\n'],
  ['x1/m.txt', VOXELS],
  ['x2/m.txt', VOXELS],
] as const) {
  mkdirSync(join(directory, name, '..'), { recursive: true });
  writeFileSync(join(directory, name), text);
}
mkdirSync(join(directory, 'empty'));

/** A project of one layer, which is hidden. */
const hidden = Document.empty();
hidden.activeLayer.volume.set(0, 0, 0, 0xff0000ff);
hidden.activeLayer.set({ name: 'den', visible: false });
writeFileSync(join(directory, 'hidden.gox'), Buffer.concat([...(gox.write?.(hidden) ?? [])]));

/** And one whose voxels are hardly to be seen. */
const faint = Document.empty();
faint.activeLayer.volume.set(0, 0, 0, 0x400000ff);
writeFileSync(join(directory, 'faint.gox'), Buffer.concat([...(gox.write?.(faint) ?? [])]));

const failing = suite('convert: exit codes');

/** A line of a shell, its exit code, and what it says of it. */
const LINES: readonly (readonly [line: string, code: number, said: RegExp])[] = [
  // The command line is wrong.
  ['gs convert', 64, /IN is missing/],
  ['gs convert a.txt', 64, /OUT is missing/],
  ['gs convert a.txt o.vox --siz 4', 64, /unknown option --siz; did you mean --size/],
  ['gs convert -a.txt o.vox', 64, /unknown option -a; a file is \.\/-…/],
  ['gs convert a.txt o.obj --mesh gredy', 64, /did you mean greedy/],
  ['gs convert a.txt o.obj --pivot -1,0', 64, /--pivot: expected .*or three numbers, got "-1,0"/],
  ['gs convert a.txt o.vox --rotate 90', 64, /--rotate: expected turns such as "z90"/],
  ['gs convert a.txt o.vox --palette no', 64, /--palette: expected a palette file or one of DB32/],
  ['gs convert a.txt o.vox --to vxo', 64, /--to: The format "vxo".*did you mean vox/],
  ['gs convert a.txt o.vox --from tx', 64, /--from: .*did you mean txt/],
  ['gs formats tx', 64, /did you mean txt/],
  ['gs convert a.txt x1', 65, /x1 is a folder; --to FORMAT/],
  ['gs convert a.txt none/', 65, /none\/ is a folder; --to FORMAT/],
  ['gs convert a.txt a.txt', 64, /is an input, too; --force/],
  ["gs convert x1/m.txt x2/m.txt 'o/{name}.vox'", 64, /o\/m\.vox would be written twice/],
  ['gs convert a.txt -o o.vox -o ./o.vox', 64, /would be written twice/],
  ['gs convert a.txt --out-dir o -o o.vox', 64, /--out-dir and --output both say/],
  ['gs convert a.txt - --to txt --json', 64, /--json is printed where the file is to go/],
  ['gs info', 64, /FILE is missing/],
  // A file is.
  ['gs convert broken.vox o.txt', 65, /broken\.vox is damaged/],
  ['gs convert a.txt o.what', 65, /by --from or --to/],
  ['gs convert none.obj o.txt', 65, /No voxel came of .*GOX_EMPTY/],
  [
    'gs convert hidden.gox o.obj',
    65,
    /hidden, .*--hidden writes them\. \(GOX_EMPTY\)\n--allow-empty/,
  ],
  [
    'gs convert faint.gox o.glb',
    65,
    /less than half of their alpha.* \(GOX_EMPTY\)\n--allow-empty/,
  ],
  ['gs convert a.txt o.vox --layers Layr.1', 65, /did you mean Layer\.1.*\n`goxel-supervisor info/],
  ['gs convert a.txt o.vox --solid --strict', 65, /"solid" means nothing.*GOX_STRICT/],
  ['gs info a.txt broken.vox a.txt > /dev/null', 65, /broken\.vox is damaged/],
  // There is no file.
  ['gs convert a.txt/b.txt o.vox', 66, /not a directory/],
  [`gs convert ${'n'.repeat(300)}.txt o.vox`, 66, /name too long/],
  ['gs convert no.txt o.vox', 66, /no\.txt" cannot be used: no such file/],
  ["gs convert 'no*.txt' o.vox", 66, /no file matches no\*\.txt/],
  ['gs convert empty --out-dir o --to vox', 66, /empty: no file that can be read/],
  ['gs convert . --out-dir o --to vox --from 3mf', 66, /no file .*; --recursive looks into/],
  ['gs info empty', 66, /empty: no file that can be read/],
  // None can be made, or written.
  ['gs convert a.txt o.vox --palette none.gpl', 66, /none\.gpl" cannot be used: no such file/],
  ['gs convert a.txt o.vox --palette a/b.gpl --rotate z45', 64, /--rotate: .*90, 180 or 270/],
  ['gs convert a.txt o.vox --scale 5000', 65, /GOX_MEMORY_LIMIT\)\nGive a smaller/],
  ['gs convert a.txt none/o.vox', 73, /none\/o\.vox" cannot be used: no such file/],
  ['gs convert a.txt a.txt/o.vox', 73, /cannot be used: not a directory/],
  ['gs convert a.txt - --to txt > /dev/full', 74, /no space left on device/],
  ['gs convert a.txt o.vox --json > /dev/full', 74, /no space left/],
];

for (const [line, code, said] of LINES) {
  failing(line, async () => {
    const result = await shell(`cd ${directory}\n${line}`);
    assert.is(result.code, code, result.stderr);
    assert.match(result.stderr, said);
    const made = readdirSync(directory).filter((name) => /^[o.]/.test(name));
    assert.equal(made, line.includes('--json >') ? ['o.vox'] : []);
  });
}

failing('what is no failure', async () => {
  for (const line of [
    'gs convert -- -a.txt o.vox',
    'gs convert ./-a.txt o.vox',
    'gs convert a.txt o.vox --rotate -z90',
    'gs convert a.txt o.obj --pivot -1,0,.5',
    'gs convert hidden.gox o.obj --hidden',
    'gs convert hidden.gox o.obj --allow-empty --quiet',
    'gs convert hidden.gox o.gox',
    'gs convert faint.gox o.gox',
    'gs convert hidden.gox o.vox --layers den',
    'gs convert a.txt /dev/null --to vox',
    'gs convert a.txt deep/ --to vox && test -e deep/a.vox',
    'gs convert a.txt - --to obj | head -1 > /dev/null; exit $' + '{PIPESTATUS[0]}',
  ]) {
    const { code, stderr } = await shell(`cd ${directory}\n${line}`);
    assert.equal([line, code, stderr], [line, 0, '']);
  }
});

failing('a signal in the middle of a small file leaves nothing half written', async () => {
  const place = temporaryDirectory();
  const rows = Array.from({ length: 16_000 }, (_, i) => `${i % 126} ${i >> 7} 0 ff0000`);
  writeFileSync(join(place, 'm.txt'), rows.join('\n'));
  const outputs = ['gox', 'obj', 'ply', 'vox'].flatMap((name) => ['-o', `o.${name}`]);
  const args = [DAEMON_MAIN, 'convert', 'm.txt', ...outputs];
  for (let round = 0; round < 6; round += 1) {
    const child = spawn(process.execPath, args, { stdio: 'ignore', cwd: place });
    const ended = once(child, 'exit');
    // When it has begun to write, or has written all.
    const isBegun = () => readdirSync(place).some((name) => name.endsWith('.tmp'));
    while (child.exitCode === null && !isBegun()) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    child.kill('SIGTERM');
    await ended;
    assert.equal(
      readdirSync(place).filter((name) => name.startsWith('.')),
      [],
    );
  }
  assert.ok(existsSync(join(place, 'm.txt')));
});

failing.run();
