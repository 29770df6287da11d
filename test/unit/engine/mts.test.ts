/** Luanti's schematics: read as in Goxel, which cannot write them. */

import { deflateSync, inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { outcome, refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, readAs, VOLUMES, written } from '../../support/documents.ts';
import { imports, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const WHITE = 0xffff_ffff;
const test = suite('mts');

const fixtures = imports('mts');
for (const fixture of fixtures) {
  test(`${fixture.title} is read as in Goxel`, () => {
    const truth = fixture.beside('.import.voxels.txt')!.toString();
    const document = readAs('mts', fixture.bytes);
    assert.is(voxelLines(document.merged()), truth);
    const info = JSON.parse(fixture.beside('.import.info.json')!.toString()) as { box: number[] };
    assert.equal([...document.box], info.box);
  });
}

test('was compared with Goxel', () => assert.ok(fixtures.length > 0));

interface Parts {
  readonly version?: number;
  readonly size?: readonly number[];
  readonly names?: readonly string[];
  readonly nodes: Uint8Array;
}

function schematic({ version = 4, size = [1, 1, 1], names = ['air'], nodes }: Parts): Buffer {
  const u16 = (...values: number[]) => Buffer.from(values.flatMap((v) => [v >> 8, v & 255]));
  const slices = version < 3 ? [] : [Buffer.alloc(size[1]!, 127)];
  const listed = names.flatMap((name) => [u16(name.length), Buffer.from(name)]);
  const head = [Buffer.from('MTSM'), u16(version, ...size), ...slices, u16(names.length)];
  return Buffer.concat([...head, ...listed, nodes]);
}

const column = (...nodes: number[]) =>
  deflateSync(Buffer.from([...nodes.flatMap((n) => [0, n]), ...nodes.map(() => 127), ...nodes]));

test('colours nodes by name: whatever case, stairs as what they are made of, else white', () => {
  const names = ['ignore', 'Default:DIRT', 'stairs:stair_outer_wood', 'my:own', 'air'];
  const nodes = column(0, 1, 2, 3, 4);
  const { volume } = readAs('mts', schematic({ size: [1, 5, 1], names, nodes })).activeLayer;
  assert.equal(
    [0, 1, 2, 3, 4].map((z) => volume.get(0, 0, z)),
    [0, 0xff2b_4361, 0xff39_6683, WHITE, 0],
  );
});

test('reads old versions', () => {
  for (const version of [1, 2, 3, 4]) {
    const bytes = schematic({ version, names: ['wool:red'], nodes: column(0) });
    assert.is(readAs('mts', bytes).merged().get(0, 0, 0), 0xff12_12aa);
  }
});

/** Two wool nodes of these probabilities, and a slice above of that one. */
function probable(version: number, [a, b]: [number, number], slice: number): Buffer {
  const nodes = deflateSync(Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, a, b, 254, 254, 0, 0, 0, 0]));
  const bytes = schematic({ version, size: [2, 2, 1], names: ['wool:red'], nodes });
  if (version >= 3) bytes[12 + 1] = slice;
  return bytes;
}

test('what the game never places is air, and in Goxel is not', () => {
  const placed = (version: number, pair: [number, number], slice: number, options = {}) => {
    const bytes = probable(version, pair, slice);
    const volume = formatFor('', 'mts').read!(bytes, 'a.mts', options).merged();
    return [0, 1].flatMap((z) => [0, 1].map((x) => (volume.get(x, 0, z) === 0 ? 0 : 1)));
  };
  assert.equal(placed(4, [0x80, 1], 127), [0, 1, 1, 1]);
  assert.equal(placed(4, [127, 127], 0), [1, 1, 0, 0]);
  assert.equal(placed(3, [1, 2], 1), [0, 1, 0, 0]);
  assert.equal(placed(2, [0, 255], 0), [0, 1, 1, 1]);
  assert.equal(placed(1, [0, 0], 0), [1, 1, 1, 1]);
  assert.equal(placed(4, [0, 0], 0, { like: 'goxel' }), [1, 1, 1, 1]);
});

test('unknown nodes get a colour of their names and are told; a file says others', () => {
  const names = ['air', 'my:own', 'wool:red'];
  const bytes = schematic({ size: [1, 3, 1], names, nodes: column(1, 2, 0) });
  const report = new Report();
  const seen = (options: object) => {
    const volume = formatFor('', 'mts').read!(bytes, 'a.mts', options).merged();
    return [volume.get(0, 0, 0), volume.get(0, 0, 1)];
  };
  const [own, red] = seen({ report });
  assert.ok(own !== WHITE && own! >>> 24 === 255);
  assert.is(red, 0xff12_12aa);
  const [warning] = report.warnings();
  assert.is(warning!.code, 'WARN_BLOCKS_UNKNOWN');
  assert.match(warning!.message, /"my:own"/);
  const open = () => Buffer.from('# mine\r\nmy:own 1 2 3\nwool:red = #04050680\n');
  assert.equal(seen({ blocks: 'colors.txt', open }), [0xff03_0201, 0x8006_0504]);
});

test('builds of what a file names, and never of ladders or signs', () => {
  const document = Document.empty();
  for (const [i, rgb] of [0x2b5d7d, 0x426794, 0x39_6683].entries()) {
    document.activeLayer.volume.set(i, 0, 0, 0xff00_0000 + rgb);
  }
  const text = (options: object) =>
    Buffer.concat([...formatFor('', 'mts').write!(document, options)]).toString('latin1');
  assert.not.match(text({}), /ladder|sign|fence/);
  const report = new Report();
  const open = () => Buffer.from('{"my:own": "000000", "my:red": [255, 0, 0]}');
  const named = text({ blocks: 'b.json', open, report });
  assert.match(named, /air..my:red/s);
  assert.equal(
    report.warnings().map(({ code, count }) => [code, count]),
    [['WARN_COLORS_MERGED', 3]],
  );
});

test('keeps the places of what it writes, as nodes that read as their own colours', () => {
  fc.assert(
    fc.property(VOLUMES, (volume) => {
      const bytes = written(documentOf(volume), 'mts');
      const again = readAs('mts', bytes);
      const { min } = volume.box()!;
      assert.is(again.merged().count(), volume.count());
      for (const { x, y, z, data } of volume.blocks()) {
        for (const [i, rgba] of data.entries()) {
          const place = [
            x + (i & 15) - min[0],
            y + ((i >> 4) & 15) - min[1],
            z + (i >> 8) - min[2],
          ];
          const found = again.merged().get(place[0]!, place[1]!, place[2]!);
          assert.is(found === 0, rgba === 0);
        }
      }
      const nodes = voxelLines(again.merged());
      assert.is(voxelLines(readAs('mts', written(again, 'mts')).merged()), nodes);
    }),
    { seed: SEED },
  );
});

test('names nodes by the palette, or the nearest building node, and leaves air alone', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  volume.set(5, 5, 5, 0xff00_00ff);
  volume.set(5, 5, 6, 0xff13_12ab);
  volume.set(5, 5, 8, 0xff2c_4460);
  const colors = Uint32Array.of(0xff00_00ff, 0xff13_12ab);
  document.set({ palette: { name: 'mine', colors, names: ['default:mese', 'no node'] } });
  const bytes = written(document, 'mts');
  const text = bytes.toString('latin1');
  const size = '\0\u0001\0\u0004\0\u0001\x7f\x7f\x7f\x7f';
  const names = ['air', 'default:mese', 'wool:red', 'default:dirt'];
  const listed = names.map((name) => `\0${String.fromCharCode(name.length)}${name}`).join('');
  assert.ok(text.startsWith(`MTSM\0\u0004${size}\0\u0004${listed}`));
  const nodes = inflateSync(bytes.subarray(text.indexOf('dirt') + 4));
  assert.equal([...nodes], [0, 1, 0, 2, 0, 0, 0, 3, 127, 127, 0, 127, 0, 0, 0, 0]);
});

test('refuses what a file cannot hold', () => {
  const volume = new Volume();
  for (const at of [0, 400]) volume.set(at, at, at, 0xff00_0000);
  assert.throws(
    () => formatFor('x.mts').write!(documentOf(volume)),
    (error: { code: string; message: string }) =>
      error.code === 'GOX_FORMAT_LIMIT' && error.message.includes('401 x 401 x 401'),
  );
  assert.is((outcome('mts', written(Document.empty(), 'mts')) as Document).merged().count(), 0);
});

test('refuses damage', () => {
  const broken = (message: RegExp, parts: Parts) =>
    refused('mts', schematic(parts), 'GOX_FORMAT_BROKEN', message);
  broken(/version 5 is not supported/, { version: 5, nodes: column(0) });
  broken(/no name 1, only 1/, { nodes: column(1) });
  broken(/unpack to 4 bytes, not 8/, { size: [1, 2, 1], nodes: column(0) });
  broken(/cannot be unpacked/, { nodes: column(0, 0) });
  broken(/cannot be unpacked/, { nodes: Buffer.from('no zlib') });
});

test('unpacks no more than the size says, and no size that is too big', () => {
  const bomb = deflateSync(Buffer.alloc(5e7));
  refused('mts', schematic({ nodes: bomb }), 'GOX_FORMAT_BROKEN', /cannot be unpacked/);
  const large = { size: [0xffff, 0xffff, 0xffff], nodes: bomb };
  refused('mts', schematic(large), 'GOX_MEMORY_LIMIT', /67108864 bytes/);
});

test('a file cut anywhere, or with noise, is read or refused', () => {
  const { bytes } = fixtures[0]!;
  refusesEveryCut('mts', bytes);
  survivesNoise('mts', bytes);
});

test.run();
