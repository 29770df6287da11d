/** Qubicle's trees, .qbt both ways and .qbcl, neither of which Goxel can read. */

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { Document as NewDocument } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { boxCorners } from '../../../engine/volume/matrix.ts';
import { refused, refusesEveryCut, survivesNoise } from '../../support/damage.ts';
import { documentOf, readAs, VOLUMES, written } from '../../support/documents.ts';
import { imports, voxelLines } from '../../support/fixtures.ts';
import {
  BLUE,
  CELLS,
  columns,
  i32,
  matrix,
  model,
  node,
  project,
  RED,
  SOUND,
  sized,
  text,
  u32,
} from '../../support/qbcl-file.ts';
import { SEED } from '../../support/seed.ts';

const test = suite('Qubicle trees');

const layersOf = ({ layers }: Document) =>
  layers.map(({ name, visible, box, volume }) => [
    name,
    visible,
    boxCorners(box!),
    voxelLines(volume).trim(),
  ]);

test("a project has a layer for each matrix: name, place, visibility, and its groups'", () => {
  assert.equal(layersOf(readAs('qbcl', SOUND)), [
    [
      'plain',
      true,
      { min: [0, -1, 0], max: [2, 1, 3] },
      '0 -1 0 ff0000ff\n0 -1 1 ff0000ff\n1 0 2 0000ffff',
    ],
    [
      'häuser',
      false,
      { min: [10, -31, 20], max: [12, -29, 23] },
      '10 -31 20 ff0000ff\n10 -31 21 ff0000ff\n11 -30 22 0000ffff',
    ],
    [
      'child',
      false,
      { min: [101, -4, 2], max: [103, -2, 5] },
      '101 -4 2 ff0000ff\n101 -4 3 ff0000ff\n102 -3 4 0000ffff',
    ],
    [
      'merged',
      true,
      { min: [-5, -1, 0], max: [-3, 1, 3] },
      '-5 -1 0 ff0000ff\n-5 -1 1 ff0000ff\n-4 0 2 0000ffff',
    ],
  ]);
});

const twins = imports('qbcl', ['imports', 'real']).flatMap((fixture) => {
  // The model beside it that is not the same one by another hand.
  const twin = fixture.name === 'vengi_qubicle.qbcl' ? undefined : fixture.name.slice(0, -2);
  const found = imports('qb', ['imports', 'real']).find(({ name }) => name === twin);
  return found === undefined ? [] : [{ fixture, twin: found }];
});
for (const { fixture, twin } of twins) {
  test(`${fixture.title} has the layers of ${twin.name}`, () => {
    const [ours, theirs] = [readAs('qbcl', fixture.bytes), readAs('qb', twin.bytes)];
    for (const layer of theirs.layers) {
      const same = ours.layers.find(({ name }) => name === layer.name);
      assert.ok(same !== undefined, `no layer ${layer.name}`);
      assert.is(voxelLines(same.volume), voxelLines(layer.volume));
      assert.equal(same.box, layer.box);
    }
  });
}

test('a damaged project is refused', () => {
  const broken = (message: RegExp, ...nodes: Buffer[]) =>
    refused('qbcl', project(...nodes), 'GOX_FORMAT_BROKEN', message);
  broken(/unknown kind of node, 7/, node(7, 'x', 1));
  broken(
    /3 cells leave the height of 3/,
    node(0, 'x', 1, matrix([0, 0, 0], columns([0, 0x0200_0003, RED], [], [], []))),
  );
  broken(
    /a run leaves its column/,
    node(0, 'x', 1, matrix([0, 0, 0], columns([0x0200_0003], [], [], []))),
  );
  broken(/length of a column do not fit/, node(0, 'x', 1, matrix([0, 0, 0], columns([], []))));
  broken(/cannot be unpacked/, node(0, 'x', 1, matrix([0, 0, 0], Buffer.alloc(1e7))));
  broken(/out of range/, node(0, 'x', 1, matrix([0, 0, 0], CELLS, [0xffff_ffff, 1, 1])));
  let deep = model('leaf', 1);
  for (let i = 0; i < 100; i++) deep = model('x', 1, deep);
  broken(/nested more than 64 deep/, deep);
  const bomb = matrix([0, 0, 0], Buffer.alloc(7e7), [10_000, 1, 10_000]);
  refused('qbcl', project(node(0, 'x', 1, bomb)), 'GOX_MEMORY_LIMIT', /67108864/);
});

test('a project cut anywhere, or with noise, is read or refused', () => {
  refusesEveryCut('qbcl', SOUND);
  survivesNoise('qbcl', SOUND);
});

/** A .qbt file; nodes say how long they are. */
function tree(colors: Buffer, ...nodes: Buffer[]): Buffer {
  const scale = Buffer.from(Float32Array.of(1, 1, 1).buffer);
  const head = [
    Buffer.from('QB 2\u0001\0'),
    scale,
    Buffer.from('COLORMAP'),
    u32(colors.length / 4),
  ];
  return Buffer.concat([...head, colors, Buffer.from('DATATREE'), ...nodes]);
}
const branch = (kind: number, ...rest: Buffer[]) =>
  Buffer.concat([u32(kind), sized(Buffer.concat(rest))]);
const place = (name: string, at: readonly number[], size: readonly number[], cells: Buffer) =>
  Buffer.concat([
    ...[text(name), i32(...at), u32(1, 1, 1), Buffer.alloc(12), u32(...size)],
    sized(deflateSync(cells)),
  ]);

test('a tree has a layer for each matrix, moved with its group; others are skipped', () => {
  const cells = u32(0x7f00_00ff, 0, 0x0100_ff00);
  const bytes = tree(
    Buffer.alloc(0),
    branch(
      1,
      u32(3),
      branch(0, place('a', [1, 2, 3], [1, 3, 1], cells)),
      branch(9, Buffer.from('what is this')),
      branch(
        2,
        place('group', [100, 0, 0], [1, 1, 1], u32(RED)),
        u32(1),
        branch(0, place('b', [0, 0, -7], [3, 1, 1], cells)),
      ),
    ),
  );
  assert.equal(layersOf(readAs('qbt', bytes)), [
    ['a', true, { min: [1, -3, 2], max: [2, -2, 5] }, '1 -3 2 ff0000ff\n1 -3 4 00ff00ff'],
    ['b', true, { min: [100, 7, 0], max: [103, 8, 1] }, '100 7 0 ff0000ff\n102 7 0 00ff00ff'],
  ]);
  const report = new Report();
  formatFor('x.qbt').read!(bytes, 'x.qbt', { report });
  assert.equal(
    report.warnings().map(({ code, count }) => [code, count]),
    [
      ['WARN_UNKNOWN_PART', 1],
      ['WARN_NAMES_LOST', 1],
    ],
  );
  refusesEveryCut('qbt', bytes);
  survivesNoise('qbt', bytes);
});

test('a tree may have a colour map', () => {
  const colors = u32(RED, BLUE);
  const root = (cell: number) => branch(0, place('a', [0, 0, 0], [1, 1, 1], u32(cell)));
  assert.is(
    readAs('qbt', tree(colors, root(0x7f00_0001)))
      .merged()
      .get(0, 0, 0),
    BLUE,
  );
  refused('qbt', tree(colors, root(0x7f00_0002)), 'GOX_FORMAT_BROKEN', /no colour 2/);
});

test('a damaged tree is refused', () => {
  const broken = (message: RegExp, bytes: Buffer) =>
    refused('qbt', bytes, 'GOX_FORMAT_BROKEN', message);
  const none = Buffer.alloc(0);
  broken(
    /unpack to 4 bytes, not 8/,
    tree(none, branch(0, place('a', [0, 0, 0], [1, 2, 1], u32(1)))),
  );
  broken(/cannot be unpacked/, tree(none, branch(0, place('a', [0, 0, 0], [1, 1, 1], u32(1, 2)))));
  const short = branch(0, place('a', [0, 0, 0], [1, 1, 1], u32(RED)));
  short.writeUInt32LE(20, 4);
  broken(/longer than it says/, tree(none, short));
});

test('a tree is read as it is written', () => {
  fc.assert(
    fc.property(fc.array(VOLUMES, { minLength: 1, maxLength: 3 }), (volumes) => {
      const document = documentOf(volumes[0]!);
      for (const volume of volumes.slice(1)) document.addLayer('é').set({ volume });
      document.addLayer('empty');
      const again = readAs('qbt', written(document, 'qbt'));
      assert.equal(
        again.layers.map(({ name, volume }) => [name, voxelLines(volume)]),
        document.layers.slice(0, -1).map(({ name, volume }) => [name, voxelLines(volume)]),
      );
    }),
    { seed: SEED },
  );
  const empty = readAs('qbt', written(NewDocument.empty(), 'qbt'));
  assert.is(empty.merged().count(), 0);
});

test('a tree refuses layers that are too large', () => {
  const document = NewDocument.empty();
  for (const at of [0, 999]) document.activeLayer.volume.set(at, at, at, RED);
  assert.throws(
    () => formatFor('x.qbt').write!(document),
    (error: { code: string; message: string }) =>
      error.code === 'GOX_FORMAT_LIMIT' && error.message.includes('1000 x 1000 x 1000'),
  );
});

test.run();
