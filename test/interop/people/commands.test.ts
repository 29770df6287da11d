/**
 * The public reports of users, each with the very command that went wrong and what is right of it.
 * `engine/README.md` has the kinds of them and the sources.
 */

import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shell } from '../../support/cli.ts';
import { ROOT } from '../../support/modules.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const CASES = join(ROOT, 'test/fixtures/cases');

/** What a command left in the folder of its case. */
interface Left {
  readonly stdout: string;
  readonly stderr: string;
  /** A file as text. */
  text(name: string): string;
  /** The voxels of a text file, `X Y Z RRGGBB`, sorted. */
  voxels(name?: string): string[];
  bytes(name: string): Buffer;
  /** The names of the .png files, sorted. */
  pictures(): string[];
}

interface Told {
  readonly size: number[];
  readonly voxel_count: number;
  readonly color_count: number;
  readonly layers: { readonly name: string; readonly position: number[] }[];
}

type Case = readonly [name: string, line: string, right: (left: Left) => void];

function told({ stdout }: Left): Told {
  return JSON.parse(stdout) as Told;
}

/** So many voxels, of one colour. */
function are(left: Left, count: number, color: string): void {
  const voxels = left.voxels();
  assert.is(voxels.length, count);
  assert.equal([...new Set(voxels.map((voxel) => voxel.split(' ')[3]))], [color]);
}

function asExpected(left: Left): void {
  assert.equal(left.voxels(), left.voxels('expected.txt'));
}

/** Of the animated case, one after another. */
const FRAMES = [
  ...['20 0 5 c80000', '20 0 4 00c800', '20 0 5 00c800'],
  ...['20 0 4 0000c8', '20 0 5 0000c8', '20 0 6 0000c8'],
];

const points = ['0 0 0 c80000', '2 0 0 00c800', '4 0 0 0000c8'];

const RIGHT: readonly Case[] = [
  [
    'convert-has-no-options',
    'gs convert unit.obj out.vox --size 32 --solid && gs info --json out.vox',
    (left) => assert.equal([told(left).size, told(left).voxel_count], [[32, 32, 32], 32 ** 3]),
  ],
  [
    'convert-has-no-options',
    'gs convert unit.obj out.vox && gs info --json out.vox',
    (left) => assert.equal(told(left).size, [64, 64, 64]),
  ],
  [
    'gltf-skinned-node-transform',
    'gs convert skinned.gltf out.txt',
    (left) => assert.is(left.voxels().length, 121),
  ],
  [
    'hidden-layers-exported',
    'for to in glb obj ply stl vox txt qb qbt pov gltf; do gs convert hid.gox out.$to; done',
    (left) => {
      const found = left.stderr.match(/Hidden layers are left out: "hidden"\. \(WARN_HIDDEN/g);
      assert.is(found?.length, 10);
      assert.is(left.voxels().length, 1);
      assert.not.match(left.text('out.glb'), '"name":"hidden"');
    },
  ],
  [
    'kv6-pivot-lost',
    'gs convert hand.kv6 out.kv6',
    (left) => {
      const pivot = (name: string) => [20, 24, 28].map((at) => left.bytes(name).readFloatLE(at));
      assert.equal(pivot('out.kv6'), pivot('hand.kv6'));
    },
  ],
  [
    'obj-byte-order-mark',
    'gs convert bom.obj out.txt',
    (left) => assert.equal([left.voxels().length, left.stderr], [602, '']),
  ],
  [
    'obj-concave-door',
    'gs convert door.obj out.txt',
    (left) => {
      const places = left.voxels().map((voxel) => voxel.split(' ').map(Number));
      const inDoor = places.filter(([x = 0, , z = 0]) => x >= 8 && x <= 12 && z <= 11);
      assert.equal([places.length > 300, inDoor], [true, []]);
    },
  ],
  [
    'obj-export-without-material',
    'gs convert two.txt two.obj',
    (left) => {
      const model = left.text('two.obj');
      assert.match(model, /^mtllib two\.mtl$/m);
      assert.match(model, /^o Layer\.1$/m);
      assert.match(model, /^vt /m);
      assert.match(left.text('two.mtl'), /^map_Kd two\.png$/m);
      assert.equal(left.bytes('two.png').subarray(1, 4).toString(), 'PNG');
    },
  ],
  [
    'obj-missing-vt-refused',
    'gs convert novt.obj out.txt',
    (left) => {
      assert.is(left.voxels().length, 602);
      assert.match(left.stderr, 'WARN_DETAIL_SKIPPED, 24 times, line 9');
    },
  ],
  [
    'obj-texture-elsewhere-white',
    'gs convert source/a.obj out.txt',
    (left) => are(left, 121, '0000c8'),
  ],
  [
    'obj-texture-elsewhere-white',
    'gs convert source/b.obj out.txt',
    (left) => are(left, 121, 'c80000'),
  ],
  [
    'obj-texture-elsewhere-white',
    'rm source/tex.png; gs convert source/b.obj out.txt',
    (left) => assert.match(left.stderr, /warning: .*tex\.png/),
  ],
  ['obj-tga-texture-refused', 'gs convert crate.obj out.txt', (left) => are(left, 121, 'c80000')],
  [
    'obj-tr-one-vanishes',
    'gs convert square.obj out.txt',
    (left) => {
      are(left, 121, 'c80000');
      assert.match(left.stderr, /taken for opaque.*WARN_OPACITY/);
    },
  ],
  [
    'ply-export-float-colours',
    'gs convert two.txt two.ply',
    (left) => assert.match(left.text('two.ply'), /property uchar red\nproperty uchar green\n/),
  ],
  [
    'ply-points-give-nothing',
    'gs convert points.ply out.vox && gs convert out.vox out.txt',
    (left) => assert.equal(left.voxels(), points),
  ],
  [
    'slices-cannot-be-read-back',
    'gs convert m.txt m.slices && gs convert m.slices out.txt',
    (left) => assert.equal(left.voxels(), left.voxels('m.txt')),
  ],
  [
    'slices-cannot-be-read-back',
    'gs convert m.txt m.slices && gs convert m.slices out.txt --count 2',
    (left) => assert.equal(left.voxels(), left.voxels('m.txt')),
  ],
  ...['two', 'lead', 'rgba', 'float'].map((name): Case => {
    const line = `gs convert ${name}.txt out.txt`;
    return ['txt-spaces-refused', line, (left) => assert.equal(left.voxels(), ['1 2 3 ff0000'])];
  }),
  [
    'vox-export-changes-few-colours',
    'gs convert ground.qb out.vox && gs convert ground.qb a.txt && gs convert out.vox b.txt',
    (left) => {
      const colorsOf = (name: string) =>
        left
          .voxels(name)
          .map((one) => one.split(' ')[3])
          .sort();
      assert.is(new Set(colorsOf('a.txt')).size, 48);
      assert.ok(colorsOf('a.txt').join() === colorsOf('b.txt').join());
    },
  ],
  [
    'vox-export-drops-layers-and-places',
    'gs convert three.qb out.vox && gs info --json out.vox',
    (left) => {
      const layers = told(left).layers.map(({ name, position }) => [name, ...position].join(' '));
      assert.equal(layers, ['body 10 30 20', 'arm 15 30 20', 'leg 10 30 15']);
    },
  ],
  ['vox-scene-as-shown', 'gs convert scene.vox out.txt', asExpected],
  [
    'vox-scene-as-shown',
    'gs convert axes.vox out.txt && gs convert hierarchy.vox h.txt',
    (left) => assert.equal([left.voxels().length, left.voxels('h.txt').length], [12_452, 256]),
  ],
  [
    'vox-shape-frames',
    'gs convert frames.vox out.txt',
    (left) => {
      assert.equal(left.voxels(), ['20 0 5 c80000']);
      assert.match(left.stderr, /WARN_FRAMES_LEFT_OUT, 2 times/);
    },
  ],
  [
    'vox-shape-frames',
    "gs convert frames.vox 'f{frame}.txt' --json; gs convert frames.vox 'p{frame}.png'",
    (left) => {
      assert.equal(
        ['f0.txt', 'f1.txt', 'f2.txt'].flatMap((name) => left.voxels(name)),
        FRAMES,
      );
      const { results } = JSON.parse(left.stdout) as { readonly results: { to: string }[] };
      assert.equal(
        results.map(({ to }) => basename(to)),
        ['f0.txt', 'f1.txt', 'f2.txt'],
      );
      assert.equal(left.pictures(), ['p0.png', 'p1.png', 'p2.png']);
    },
  ],
  [
    'vox-shape-frames',
    "gs convert frames.vox 'f{frame}.txt' --frame 2; gs convert frames.vox '{i}.txt'; test $? = 64",
    (left) => {
      assert.equal(left.voxels('f2.txt'), FRAMES.slice(3));
      assert.match(left.stderr, /\{i\} stands for nothing; there are .*\{frame\}/);
    },
  ],
  ['vox-short-palette', 'gs convert short.vox out.txt', asExpected],
  ['voxlap-vox-lying-and-dark', 'gs convert post.vox out.txt', asExpected],
  [
    'vxl-tiberian-sun-unclear',
    'gs convert tank.vxl out.txt; test $? = 65',
    (left) => assert.match(left.stderr, /is a \.vxl of Command & Conquer \(Tiberian Sun, Red/),
  ],
];

const commands = suite('what users typed');

for (const [name, line, right] of RIGHT) {
  commands(`${name}: ${line}`, async () => {
    const directory = temporaryDirectory();
    cpSync(join(CASES, name), directory, { recursive: true });
    const { code, stdout, stderr } = await shell(`cd ${directory}\n${line}`);
    assert.is(code, 0, stderr);
    right({
      ...{ stdout, stderr },
      text: (file) => readFileSync(join(directory, file), 'latin1'),
      bytes: (file) => readFileSync(join(directory, file)),
      pictures: () =>
        readdirSync(directory)
          .filter((one) => one.endsWith('.png'))
          .sort(),
      voxels: (file = 'out.txt') => {
        assert.ok(existsSync(join(directory, file)), file);
        const lines = readFileSync(join(directory, file), 'latin1').split('\n');
        return lines.filter((one) => one !== '' && !one.startsWith('#')).sort();
      },
    });
  });
}

commands('every report has a command here', () => {
  assert.equal([...new Set(RIGHT.map(([name]) => name))].sort(), readdirSync(CASES).sort());
});

commands.run();
