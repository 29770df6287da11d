/**
 * Models of Minecraft, both ways. What is read here is written by an independent program
 * (prismarine-nbt), and so is read what is written.
 */

import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import nbt from 'prismarine-nbt';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, VOLUMES } from '../../support/documents.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const STONE = '7d7d7dff';
const WOOL = 'a12722ff';
const FORMATS = ['schem', 'schematic', 'litematic', 'nbt'] as const;

const test = suite('minecraft');

type Tag = nbt.Tags[nbt.TagType];
const { comp, int, short, string, list, byteArray } = nbt;
const ints = (...values: number[]) => list({ type: 'int', value: values } as never) as Tag;
const compounds = (...values: object[]) => list(comp(values as never) as never) as unknown as Tag;
const file = (root: object, name = '') =>
  gzipSync(nbt.writeUncompressed(comp(root as never, name) as never));

function read(bytes: Uint8Array, format = 'schem', options = {}) {
  const report = new Report();
  const document = formatFor('', format).read!(bytes, `a.${format}`, { report, ...options });
  const lines = voxelLines(document.merged()).trim().split('\n').sort();
  return { document, lines: lines[0] === '' ? [] : lines, warnings: report.warnings() };
}

const SPONGE = {
  Version: int(2),
  DataVersion: int(2586),
  Width: short(2),
  Height: short(3),
  Length: short(2),
  Palette: comp({
    'minecraft:air': int(0),
    'minecraft:stone': int(1),
    'minecraft:red_wool': int(200),
  } as never),
  // 0 0 0 stone, 1 0 0 wool; 0 0 1 stone; 1 2 1 stone.
  BlockData: byteArray([1, -56, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
};
/** South, z 1, is our front. */
const SPONGE_VOXELS = [`0 0 0 ${STONE}`, `0 1 0 ${STONE}`, `1 0 2 ${STONE}`, `1 1 0 ${WOOL}`];

test('Sponge schematics of versions 1 to 3, packed or not: y is up, nothing is mirrored', () => {
  const { Width, Height, Length, Palette, BlockData } = SPONGE;
  assert.equal(read(file(SPONGE, 'Schematic')).lines, SPONGE_VOXELS);
  const first = { Version: int(1), Width, Height, Length, Palette, BlockData };
  assert.equal(read(gunzipSync(file(first, 'Schematic'))).lines, SPONGE_VOXELS);
  const Blocks = comp({ Palette, Data: BlockData, BlockEntities: compounds({ Id: string('a') }) });
  const third = { Schematic: comp({ Version: int(3), Width, Height, Length, Blocks } as never) };
  const { lines, warnings } = read(file(third));
  assert.equal(lines, SPONGE_VOXELS);
  assert.equal(
    warnings.map(({ code, count }) => [code, count]),
    [['WARN_UNKNOWN_PART', 1]],
  );
});

test('a schematic of another kind than its name says is read by what it holds', () => {
  assert.equal(read(file(SPONGE, 'Schematic'), 'schematic').lines, SPONGE_VOXELS);
  assert.equal(read(file(SPONGE, 'Schematic'), 'litematic').lines, SPONGE_VOXELS);
});

test('stands where WorldEdit pastes it, and not where it was in a world', () => {
  const Offset = { type: 'intArray', value: [30000, 64, -9000] };
  const at = { WEOffsetX: int(-5), WEOffsetY: int(2), WEOffsetZ: int(3) };
  const placed = { ...SPONGE, Offset, Metadata: comp(at as never) };
  assert.equal(read(file(placed, 'Schematic')).lines[0], `-4 -2 2 ${WOOL}`);
  assert.equal(read(file({ ...SPONGE, Offset }, 'Schematic')).lines, SPONGE_VOXELS);
});

test('a schematic without data, and what else Minecraft saves', () => {
  const root = { Width: short(2), Height: short(1), Length: short(1), Blocks: byteArray([1, 35]) };
  const { lines } = read(file(root, 'Schematic'), 'schematic');
  assert.equal(lines, [`0 0 0 ${STONE}`, '1 0 0 e9ececff']);
  const level = file({ Data: comp({ LevelName: string('world') } as never) });
  refused('nbt', level, 'GOX_FORMAT_UNKNOWN', /of Minecraft, but there is no model in it, only Da/);
});

test('blocks without a known colour are told with their numbers, whatever their state', () => {
  const palette = { 'a:b[on=true]': int(1), 'a:b[on=false]': int(2), 'a:c': int(0) };
  const root = { ...SPONGE, Palette: comp(palette as never) };
  const BlockData = byteArray([1, 2, 1, 0, 0, 1, 2, 1, 1, 1, 1, 1]);
  const [warning] = read(file({ ...root, BlockData }, 'Schematic')).warnings;
  assert.match(
    warning!.message,
    /^No colour is known of "a:b" \(10\), "a:c" \(2\); it was made of/,
  );
  assert.is(warning!.count, 12);
});

test('MCEdit: numbers with their data, those above 255, and names that the file has', () => {
  const root = {
    Width: short(4),
    Height: short(1),
    Length: short(1),
    Materials: string('Alpha'),
    Blocks: byteArray([35, 44, 300 & 255, 43]),
    Data: byteArray([14, 5 | 8, 0, 0]),
    AddBlocks: byteArray([0, 1]),
    SchematicaMapping: comp({ 'mod:thing': short(300) } as never),
  };
  const { lines, warnings } = read(file(root, 'Schematic'), 'schematic');
  assert.equal(
    lines.map((line) => line.slice(6, 12)).filter((_, i) => i !== 2),
    ['a12722', '7a7979', '9e9e9e'],
  );
  assert.match(warnings[0]!.message, /"mod:thing"/);
  assert.is(warnings[0]!.code, 'WARN_BLOCKS_UNKNOWN');
  assert.is(warnings[0]!.count, 1);
});

const state = (Name: string, properties?: Record<string, string>) => ({
  Name: string(Name),
  ...(properties === undefined
    ? {}
    : {
        Properties: comp(
          Object.fromEntries(
            Object.entries(properties).map(([key, value]) => [key, string(value)]),
          ) as never,
        ),
      }),
});

/** Numbers of some bits each, in longs, across their ends. */
function packedLongs(numbers: readonly number[], bits: bigint): Tag {
  let all = 0n;
  for (const [i, number] of numbers.entries()) all |= BigInt(number) << (BigInt(i) * bits);
  const value: [number, number][] = [];
  for (let i = 0; i * 64 < numbers.length * Number(bits); i++) {
    const one = (all >> BigInt(i * 64)) & (2n ** 64n - 1n);
    value.push([Number(one >> 32n) | 0, Number(one & 0xffff_ffffn) | 0]);
  }
  return { type: 'longArray', value } as unknown as Tag;
}

const vector = (x: number, y: number, z: number) => comp({ x: int(x), y: int(y), z: int(z) });

test('litematics: regions are layers, also those of negative sizes; numbers cross longs', () => {
  const names = ['air', 'stone', 'red_wool', 'dirt', 'sand'];
  const palette = compounds(...names.map((name) => state(`minecraft:${name}`)));
  // 3 bits each; 27 blocks take 81 of them.
  const numbers = Array.from({ length: 27 }, (_, i) => [0, 1, 2][i % 3]!);
  numbers[21] = 2;
  const region = (position: Tag, size: Tag) =>
    comp({
      Position: position,
      Size: size,
      BlockStatePalette: palette,
      BlockStates: packedLongs(numbers, 3n),
    } as never);
  const root = {
    Version: int(6),
    Metadata: comp({ Name: string('two') } as never),
    Regions: comp({
      walls: region(vector(0, 0, 0) as Tag, vector(3, 3, 3) as Tag),
      roof: region(vector(12, 5, 2) as Tag, vector(-3, -3, -3) as Tag),
    } as never),
  };
  const { document } = read(file(root), 'litematic');
  assert.equal(
    document.layers.map(({ name }) => name),
    ['walls', 'roof'],
  );
  const [walls, roof] = document.layers.map(({ volume }) => volume);
  // The 21st: x 0, z 1, y 2. Both are 3 deep, from z 0.
  assert.is(walls!.get(0, 1, 2), 0xff22_27a1);
  assert.is(walls!.get(1, 1, 1), 0xff7d_7d7d);
  assert.equal(roof!.box(), { min: [10, 0, 3], max: [13, 3, 6] });
  assert.is(roof!.get(10, 1, 5), 0xff22_27a1);
});

test('structures of both editions', () => {
  const root = {
    size: ints(2, 2, 2),
    palette: compounds(state('minecraft:oak_log', { axis: 'y' }), state('minecraft:air')),
    blocks: compounds(
      { pos: ints(0, 1, 0), state: int(0) },
      { pos: ints(1, 0, 1), state: int(1), nbt: comp({ id: string('chest') } as never) },
    ),
    entities: compounds(),
  };
  const java = read(file(root), 'nbt');
  assert.equal(java.lines, ['0 1 1 6d5532ff']);
  assert.is(java.warnings[0]!.count, 1);
  const states = (color: string) => comp({ color: string(color) } as never);
  const bedrock = comp({
    format_version: int(1),
    size: ints(1, 2, 2),
    structure: comp({
      block_indices: list({
        type: 'list',
        value: [
          { type: 'int', value: [0, 1, -1, -1] },
          { type: 'int', value: [-1, -1, -1, -1] },
        ],
      } as never),
      palette: comp({
        default: comp({
          block_palette: compounds(
            { name: string('minecraft:stone') },
            { name: string('minecraft:wool'), states: states('red') },
          ),
        } as never),
      } as never),
    } as never),
  } as never);
  const bytes = nbt.writeUncompressed(bedrock as never, 'little');
  assert.equal(read(bytes, 'mcstructure').lines, [`0 0 0 ${WOOL}`, `0 1 0 ${STONE}`]);
});

for (const format of FORMATS) {
  test(`.${format}: read in the same places, and the second time the same`, () => {
    const { write } = formatFor('', format);
    fc.assert(
      fc.property(VOLUMES, (volume) => {
        const once = read(Buffer.concat([...write!(documentOf(volume))]), format).document;
        const twice = read(Buffer.concat([...write!(once)]), format).document;
        assert.is(once.merged().count(), volume.count());
        if (format !== 'nbt') assert.equal(once.merged().box(), volume.box());
        assert.is(voxelLines(twice.merged()), voxelLines(once.merged()));
      }),
      { seed: SEED, numRuns: 20 },
    );
  });

  test(`.${format} as another program reads it`, () => {
    const volume = new Volume();
    volume.set(5, 7, 1, 0xff7d_7d7d);
    volume.set(6, 9, 4, 0xff22_27a1);
    const bytes = gunzipSync(Buffer.concat([...formatFor('', format).write!(documentOf(volume))]));
    const root = nbt.simplify(nbt.parseUncompressed(bytes) as never) as Record<string, never>;
    const told = JSON.stringify(root);
    const wanted = { schem: /"minecraft:red_wool":2/, schematic: /"Blocks":\[0,/ };
    const size = format === 'nbt' ? /"size":\[2,4,3\]/ : /"Name":"minecraft:red_wool"/;
    assert.match(told, { litematic: size, nbt: size, ...wanted }[format]);
  });

  test(`.${format} that is damaged is read or refused`, () => {
    const volume = new Volume();
    volume.fillBox([0, 0, 0], [3, 2, 2], 0xff7d_7d7d);
    const packed = Buffer.concat([...formatFor('', format).write!(documentOf(volume))]);
    refusesEveryCut(format, packed);
    const plain = gunzipSync(packed);
    refusesEveryCut(format, plain);
    survivesNoise(format, plain, 500);
  });
}

test('litematics keep layers, and hidden ones stay away', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, 0xff7d_7d7d);
  const upper = document.addLayer('upper');
  upper.volume.set(4, 5, 6, 0xff7d_7d7d);
  const hidden = document.addLayer('hidden');
  hidden.volume.set(9, 9, 9, 0xff7d_7d7d);
  hidden.set({ visible: false });
  const bytes = Buffer.concat([...formatFor('', 'litematic').write!(document)]);
  const { layers } = read(bytes, 'litematic').document;
  assert.equal(
    layers.map(({ name }) => name),
    ['Layer.1', 'upper'],
  );
  assert.is(layers[1]!.volume.get(4, 5, 6), 0xff7d_7d7d);
});

test('colours become the nearest block, of glass where one sees through; told', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, 0xff00_00fe);
  document.activeLayer.volume.set(1, 0, 0, 0xa000_00fe);
  document.activeLayer.volume.set(2, 0, 0, 0x4000_00fe);
  const report = new Report();
  const bytes = Buffer.concat([...formatFor('', 'schem').write!(document, { report })]);
  const names = gunzipSync(bytes)
    .toString('latin1')
    .match(/minecraft:\w+/g);
  assert.equal(names, [
    'minecraft:air',
    'minecraft:red_mushroom_block',
    'minecraft:red_stained_glass',
  ]);
  assert.equal(
    report.warnings().map(({ code, count }) => [code, count]),
    [['WARN_COLORS_MERGED', 2]],
  );
});

/** All of them say that stone is 102030. */
const BLOCK_FILES = [
  'minecraft:stone: "#102030"\n',
  '# mine\n---\nstone: 102030 # grey\n',
  '{"minecraft:stone": "#102030"}',
  '\ufeff{"STONE": [16, 32, 48]}',
  '{"stone": {"color": "#102030ff"}}',
  '[{"name": "minecraft:stone", "color": "#102030"}, {"name": "x", "color": "no"}]',
  'stone 16 32 48\n',
  'stone=102030\n',
  'name,r,g,b\nstone,16,32,48\n',
  'minecraft:stone;#102030\n',
  'stone: rgb(16, 32, 48)\n',
  'stone[a=b]: "#fff"\nstone: "#102030"\n',
  'GIMP Palette\n16 32 48 stone\n',
];
for (const text of BLOCK_FILES) {
  test(`colours of blocks are read of ${JSON.stringify(text)}`, () => {
    const options = { blocks: 'b.txt', open: () => Buffer.from(text) };
    assert.is(read(file(SPONGE, 'Schematic'), 'schem', options).lines[0], '0 0 0 102030ff');
  });
}

test('a file of blocks may tell states apart', () => {
  const root = { ...SPONGE, Palette: comp({ 'a:b[c=d]': int(1), 'a:b[c=e]': int(0) } as never) };
  const open = () => Buffer.from('a:b[c=d] 1 2 3\na:b 4 5 6\n');
  const { lines } = read(file(root, 'Schematic'), 'schem', { blocks: 'b.txt', open });
  const colors = new Set(lines.map((line) => line.split(' ')[3]));
  assert.equal([...colors].sort(), ['010203ff', '040506ff']);
});

test('a colour of several regions is told once', () => {
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, 0xff00_00fe);
  document.addLayer('other').volume.set(1, 0, 0, 0xff00_00fe);
  const report = new Report();
  Buffer.concat([...formatFor('', 'litematic').write!(document, { report })]);
  assert.equal(
    report.warnings().map(({ code, count }) => [code, count]),
    [['WARN_COLORS_MERGED', 1]],
  );
});

test('a file of blocks is heeded both ways', () => {
  const blocks = { 'minecraft:stone': '#0a0b0c', 'minecraft:red_wool': null, 'my:own': [1, 2, 3] };
  const open = () => Buffer.from(JSON.stringify(blocks));
  const { lines } = read(file(SPONGE, 'Schematic'), 'schem', { blocks: 'b.json', open });
  assert.equal(lines[0], '0 0 0 0a0b0cff');
  assert.is(lines.length, 3);
  const document = Document.empty();
  document.activeLayer.volume.set(0, 0, 0, 0xff00_0000);
  const options = { blocks: 'b.json', open };
  const bytes = Buffer.concat([...formatFor('', 'schem').write!(document, options)]);
  assert.match(gunzipSync(bytes).toString('latin1'), /my:own/);
});

test('bombs, depth and lengths that lie are refused', () => {
  const bomb = gzipSync(Buffer.alloc(80_000_000));
  refused('schem', bomb, 'GOX_MEMORY_LIMIT', /67108865 bytes/);
  const deep = Buffer.concat([
    Buffer.of(10, 0, 0),
    Buffer.concat(Array<Buffer>(100_000).fill(Buffer.of(10, 0, 1, 97))),
    Buffer.alloc(100_001),
  ]);
  refused('schem', deep, 'GOX_FORMAT_BROKEN', /deeper than 512/);
  const long = Buffer.of(10, 0, 0, 9, 0, 1, 97, 10, 0x7f, 0xff, 0xff, 0xff, 0);
  refused('schem', long, 'GOX_FORMAT_BROKEN', /do not fit/);
  const wide = { ...SPONGE, Width: short(-1), Height: short(-1), Length: short(-1) };
  refused('schem', file(wide, 'Schematic'), 'GOX_FORMAT_BROKEN', /too few for 281462092005375/);
  refused('nbt', file({ a: int(1) }), 'GOX_FORMAT_UNKNOWN', /no model in it, only a/);
});

test.run();
