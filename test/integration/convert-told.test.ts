/** What `convert` makes of files that names do not tell, and how it names what it warns of. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../engine/document/document.ts';
import { gox } from '../../engine/formats/gox/gox.ts';
import { cli, shell } from '../support/cli.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const CUBE = `v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 0 0 1\nv 1 0 1\nv 1 1 1\nv 0 1 1
f 1 4 3 2\nf 5 6 7 8\nf 1 2 6 5\nf 2 3 7 6\nf 3 4 8 7\nf 4 1 5 8\n`;

const directory = temporaryDirectory();
const put = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(directory, name), content);
};
mkdirSync(join(directory, 'o'));
put('cube.obj', CUBE);
put('cube.obj.gz', gzipSync(CUBE));
put('cube', CUBE);
put('two.txt', '50 0 0 ff0000\n51 0 0 00ff00\n');
put('none.gpl', 'GIMP Palette\nName: none\n');

/** A layer that is hardly to be seen, one that is hidden, and one that is a copy of the first. */
const mixed = Document.empty();
mixed.activeLayer.set({ name: 'faint' });
mixed.activeLayer.volume.set(0, 0, 0, 0x400000ff);
const solid = mixed.addLayer('solid');
solid.volume.set(1, 0, 0, 0xff0000ff);
solid.set({ visible: false });
put('mixed.gox', Buffer.concat([...(gox.write?.(mixed) ?? [])]));

const COUNT = "grep -vc '^#' o/a.txt";

const telling = suite('convert: what is told');

/** A line of a shell, what it prints, and what it says beside. */
const LINES: readonly (readonly [line: string, printed: RegExp, said: RegExp])[] = [
  // An option is about what a file holds: 4 voxels a unit, and not each voxel 4 of them.
  [`gs convert cube.obj o/a.txt --scale 4; ${COUNT}`, /^98\n$/, /^$/],
  [`gs convert cube.obj.gz o/a.txt --scale 4; ${COUNT}`, /^98\n$/, /^$/],
  [`gs convert cube o/a.txt --scale 4; ${COUNT}`, /^98\n$/, /^$/],
  [`gs convert - o/a.txt --scale 4 < cube.obj; ${COUNT}`, /^98\n$/, /^$/],
  [`gs convert cube two.txt o/a.txt --size 5; ${COUNT}`, /^100\n$/, /LAYERS_MERGED, 2 times/],
  [`gs convert cube.obj.gz two.txt --to txt --size 5 --out-dir o; ls o`, /cube\.txt/, /^[^:]*: 2/],
  // Of two that say the same one is heeded.
  [
    'gs convert cube o/a.txt --size 9 --voxel-size 2',
    /^$/,
    /"voxel_size" means nothing beside "size"/,
  ],
  // What comes from a pipe is there for each frame.
  ["gs convert - 'o/{frame}.txt' --from txt < two.txt; cat o/0.txt", /^50 0 0/m, /^$/],
  // What is no animation is one frame, and nobody asked for any.
  ["gs convert two.txt 'o/w{frame}.txt' --strict; cat o/w0.txt", /^50 0 0/m, /^$/],
  ["gs convert two.txt 'o/x{frame}.txt' --frame 0; ls o", /x0\.txt/, /The option "frame"/],
  // A file stands once in a line.
  ['gs convert cube o/a.txt --frame 1', /^$/, /^goxel-supervisor: warning: \/\S*cube: The option/],
  [
    'cp cube cube.bin; gs convert cube.bin o/a.txt --size 5',
    /^$/,
    /^goxel-supervisor: warning: \/\S*cube\.bin is an obj model[^/]*$/,
  ],
  [
    'gs convert - o/a.txt --size 5 < cube.obj.gz',
    /^$/,
    /^goxel-supervisor: warning: standard input is packed with gzip[^:]*$/,
  ],
  ['gs convert mixed.gox - --to txt --hidden', /^1 0 0/m, /warning: standard output: txt cannot/],
  // What is left out of what is written leaves nothing.
  ['gs convert mixed.gox o/b.vox; ls o', /^(?!.*b\.vox)/s, /b\.vox: All voxels .* \(GOX_EMPTY\)/],
  ['gs convert mixed.gox - --to txt', /^$/, /^goxel-supervisor: All voxels .* \(GOX_EMPTY\)/],
  ['gs convert mixed.gox - --to txt --layers faint', /^$/, /All voxels .* \(GOX_EMPTY\)/],
  // A palette is no model.
  ['gs convert two.txt o/a.vox --palette none.gpl', /^$/, /0 colours.*\nGive another palette/],
];

for (const [line, printed, said] of LINES) {
  telling(line, async () => {
    const { stdout, stderr } = await shell(`cd ${directory}\n${line}`);
    assert.match(stdout, printed);
    assert.match(stderr.trimEnd(), said);
  });
}

telling(
  'frames are those of an animation that is read by frames, not the animations of a mesh',
  async () => {
    const file = join(temporaryDirectory(), 'waving.gltf');
    const uri = `data:application/octet-stream;base64,${Buffer.alloc(36).toString('base64')}`;
    const moving = { channels: [], samplers: [] };
    const model = {
      ...{ asset: { version: '2.0' }, scene: 0, scenes: [{ nodes: [0] }], nodes: [{ mesh: 0 }] },
      meshes: [{ primitives: [{ attributes: { POSITION: 0 }, mode: 0 }] }],
      animations: [moving, moving],
      accessors: [{ bufferView: 0, componentType: 5126, count: 3, type: 'VEC3' }],
      ...{ bufferViews: [{ buffer: 0, byteLength: 36 }], buffers: [{ byteLength: 36, uri }] },
    };
    writeFileSync(file, JSON.stringify(model));
    const { stdout, stderr } = await cli('info', '--json', file);
    assert.match(stderr + stdout, /WARN_FRAMES_LEFT_OUT/);
    assert.is((JSON.parse(stdout) as { readonly frame_count?: number }).frame_count, undefined);
  },
);

telling.run();
