/** Reading .obj and .mtl files. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatFor } from '../../../engine/formats/index.ts';
import { readObj } from '../../../engine/formats/meshes/import-obj.ts';
import { Report } from '../../../engine/formats/report.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { boxCorners } from '../../../engine/volume/matrix.ts';
import { GOXEL } from '../../support/documents.ts';
import { imports, models, voxelLines } from '../../support/fixtures.ts';
import {
  assertRefused,
  assertSameOutside,
  box,
  objOf,
  readDamaged,
  shown,
} from '../../support/mesh-shapes.ts';

const read = (text: string, options = {}) => readObj(Buffer.from(text), 'a.obj', options).merged();

/** A unit square on z 0 of the file, which is y 0 of the volume, seen from the front. */
const SQUARE = 'v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\n';

const test = suite('reading obj');

for (const fixture of imports('obj')) {
  test(`${fixture.title} reads as in Goxel`, () => {
    const document = readObj(fixture.bytes, fixture.name, GOXEL);
    assert.is(voxelLines(document.merged()), fixture.beside('.import.voxels.txt')!.toString());
    assert.equal(boxCorners(document.box), document.merged().box());
  });
}

test('a cube is its surface, around grid points, with Y up turned to Z up', () => {
  const lines = [];
  for (let z = 0; z <= 2; z++) {
    for (let y = -2; y <= 0; y++) {
      for (let x = 0; x <= 2; x++) {
        if (x !== 1 || y !== -1 || z !== 1) lines.push(`${x} ${y} ${z} ffffffff\n`);
      }
    }
  }
  assert.is(
    voxelLines(readObj(objOf(box([0, 0, 0], [2, 2, 2])), 'a.obj').merged()),
    lines.join(''),
  );
});

for (const fixture of models()) {
  for (const [suffix, y_up] of [
    ['.obj', true],
    ['.zup.obj', false],
  ] as const) {
    const bytes = fixture.gui(suffix);
    if (bytes === undefined) continue;
    test(`what Goxel exports of ${fixture.title} as ${suffix} is the same voxels, filled`, () => {
      const model = formatFor('a.gox').read!(fixture.bytes, fixture.name);
      const document = readObj(bytes, suffix, { solid: true, y_up });
      assertSameOutside(document.merged(), shown(model.merged()));
    });
  }
}

test('vertex colours are blended to the nearest point of the surface', () => {
  const text = 'v 0 0 0 1 0 0\nv 4 0 0 0 0 1\nv 4 4 0 0 0 1\nv 0 4 0 1 0 0\nf 1 2 3 4\n';
  const volume = read(text);
  assert.is(volume.get(0, 0, 0), 0xff00_00ff);
  assert.is(volume.get(2, 0, 3), 0xff80_0080);
  assert.is(volume.get(4, 0, 4), 0xffff_0000);
});

test('an alpha behind the colour is kept, and none makes no voxel in Goxel', () => {
  const text = (alpha: string) => SQUARE.replaceAll('\n', ` 0 1 0 ${alpha}\n`);
  assert.is(read(`${text('0.75')}f 1 2 3 4\n`).get(0, 0, 0), 0xbf00_ff00);
  assert.is(read(`${text('0')}f 1 2 3 4\n`, GOXEL).count(), 0);
});

test('faces may count backwards, have any number of corners, and run over lines', () => {
  const plain = read(`${SQUARE}f 1 2 3\nf 1 3 4\n`);
  assert.ok(plain.count() > 0);
  for (const faces of [
    'f -4 -3 -2 -1',
    'f 1//1 2//1 3/1/1 4',
    'f 1 2 \\\n 3 \\\r\n4',
    '  f\t1 2 3 4 # x',
  ]) {
    assert.is(voxelLines(read(`${SQUARE}vt 0 0\n${faces}\n`)), voxelLines(plain));
  }
});

test('statements that say nothing about surfaces are passed over', () => {
  const rest = '# text\no a\ng b c\ns off\nvn 0 0 1\nl 1 2\np 1\nmtllib no.mtl\nusemtl x\n';
  assert.is(read(`${SQUARE}${rest}f 1 2 3 4`).count(), 4);
  assert.is(read(`${SQUARE}curv 0 1 \\\n 1 2 \\\r\n 3\nf 1 2 3 4`).count(), 4);
  assert.is(read('').count(), 0);
  assert.equal(boxCorners(readObj(Buffer.from('# nothing\n'), 'a').box), {
    min: [-16, -16, 0],
    max: [16, 16, 32],
  });
});

const MTL = `# two
newmtl red
Ka 1 1 1
Kd 1.0 0.0 0.0
newmtl glass one
Kd .5
Tr 0.75
newmtl picture
map_Kd -o 0 0 -clamp on wood 1.png
`;

test('materials come from the file that the caller gives', () => {
  const named: string[] = [];
  const picture = encodePng({
    width: 2,
    height: 2,
    rgba: Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255, 7, 8, 9, 255, 10, 11, 12, 255),
  });
  const resolve = (name: string) => {
    named.push(name);
    return name === 'wood 1.png' ? picture : Buffer.from(MTL);
  };
  const at = (material: string) => {
    const big = SQUARE.replaceAll('1', '9');
    const uv = 'vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n';
    return read(`mtllib a b.mtl\n${big}${uv}usemtl ${material}\nf 1/1 2/2 3/3 4/4\n`, { resolve });
  };
  assert.is(at('red').get(5, 0, 5), 0xff00_00ff);
  assert.is(at('glass one').get(5, 0, 5), 0xff80_8080);
  assert.is(at('none').get(5, 0, 5), 0xffff_ffff);
  const volume = at('picture');
  // The last row of the image is at the bottom.
  assert.is(volume.get(1, 0, 1), 0xff09_0807);
  assert.is(volume.get(8, 0, 1), 0xff0c_0b0a);
  assert.is(volume.get(1, 0, 8), 0xff03_0201);
  assert.is(volume.get(8, 0, 8), 0xff06_0504);
  assert.equal(new Set(named), new Set(['a b.mtl', 'wood 1.png']));
});

test('a picture may have the name of what every object has', () => {
  const named: string[] = [];
  const resolve = (name: string) => {
    named.push(name);
    return name === 'm' ? Buffer.from('newmtl a\nmap_Kd constructor\n') : undefined;
  };
  read(`mtllib m\n${SQUARE}usemtl a\nf 1 2 3 4\n`, { resolve });
  assert.equal(named, ['m', 'constructor']);
});

test('what is wrong with a line costs that line, and is told', () => {
  const told = (text: string) => {
    const report = new Report();
    const document = readObj(Buffer.from(`${SQUARE}${text}f 1 2 3 4\n`), 'a.obj', { report });
    assert.is(document.merged().count(), 4, text);
    return report.warnings();
  };
  const skipped = (text: string, message: RegExp, line: number) => {
    const [warning, ...others] = told(text);
    assert.equal(others, []);
    assert.is(warning?.code, 'WARN_FACES_SKIPPED', text);
    assert.match(warning!.message, message);
    assert.equal([warning!.count, warning!.where], [1, { line }]);
  };
  skipped('f 1 2\n', /less than three corners/, 5);
  skipped('f\n', /less than three corners/, 5);
  for (const corners of ['1 2 5', '1 2 0', '1 2 -5', '1 2 x', '1 2 99999999999']) {
    skipped(`f ${corners}\n`, /not there/, 5);
  }
  for (const vertex of ['1 2', '1 2 0x10', '1 2 nan', '1 2 -Inf', '1 2 1e999', '1e31 0 0']) {
    skipped(`v ${vertex}\nf 1 2 5\n`, /not there/, 6);
  }
  const detail = 'WARN_DETAIL_SKIPPED';
  assert.equal(
    told('v 1 2 3 .5 .5\nf 1/1 2/1 3/1\nf 1/7/9 2/7/9 3/7/9\n').map(({ code, count }) => [
      code,
      count,
    ]),
    [
      [detail, 1],
      [detail, 6],
    ],
  );
  assert.equal(
    told('v 1 2 3 .5 .5 x\nwhat is this\n~\n').map(({ code }) => code),
    [...[detail, 'WARN_UNKNOWN_PART', 'WARN_UNKNOWN_PART']],
  );
});

test('what is no such file at all is refused', () => {
  const broken = (text: string, message: RegExp) =>
    assertRefused(() => read(text), 'GOX_FORMAT_BROKEN', message);
  broken('\x7fELF\n', /line 1, byte 0: no statement/);
  broken('# a\n\x89PNG\n', /line 2, byte 4: no statement/);
});

test('reads numbers in every notation', () => {
  const volume = read('v -0 +0. .0e0\nv 1.25E+1 0 0\nv 12.4999999999999999999 0 1e1\nf 1 2 3\n');
  assert.equal(volume.box(), { min: [0, -10, 0], max: [14, 1, 1] });
});

test('damaged files are refused as such, or read', () => {
  const colored = SQUARE.replaceAll('\n', ' .5 0 1\n');
  const text = `mtllib m\nusemtl red\n${colored}vt 0 1\nf 1/1 2/1 3/1 4/1\n`;
  const resolve = () => Buffer.from(MTL);
  readDamaged(
    (bytes, source, options) => readObj(bytes, source, { ...options, resolve }),
    Buffer.from(text),
  );
  readDamaged(
    (bytes) => read(`mtllib m\n${SQUARE}`, { resolve: () => bytes }) as never,
    Buffer.from(MTL),
  );
});

test.run();
