/** Reading .gltf and .glb files that are damaged, or nearly so. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readGltf } from '../../../engine/formats/gltf/import-gltf.ts';
import { Report } from '../../../engine/formats/report.ts';
import { model, voxelLines } from '../../support/fixtures.ts';
import { FLOAT, type GltfMaker, type Json, USHORT } from '../../support/gltf-maker.ts';
import {
  PIXELS,
  PLAIN,
  read,
  SQUARE,
  square,
  TWO,
  textured,
  told,
  UV,
} from '../../support/gltf-square.ts';
import { assertRefused, readDamaged } from '../../support/mesh-shapes.ts';

const test = suite('damaged gltf');

test('pictures that are none leave the colour of the material', () => {
  for (const image of [Buffer.from('GIF89a'), PIXELS.subarray(0, 40)]) {
    assert.equal(told(textured(UV, { image })), ['WARN_TEXTURE_UNREADABLE']);
    assert.is(read(textured(UV, { image })).get(1, 0, 1), 0xffff_ffff);
  }
});

test('refuses extensions that it must know and does not, by name', () => {
  const maker = square();
  maker.json.extensionsRequired = ['KHR_materials_unlit', 'EXT_unheard_of'];
  assertRefused(() => read(maker), 'GOX_FORMAT_UNSUPPORTED', /EXT_unheard_of/);
  delete (maker.json as Json).extensionsRequired;
  maker.json.extensionsUsed = ['KHR_materials_unlit', 'EXT_unheard_of', 'EXT_unheard_of'];
  assert.equal(told(maker), ['WARN_UNKNOWN_PART']);
});

test('names other versions', () => {
  for (const version of ['0.8', '1.0', '1.1', '3.0']) {
    const maker = square();
    maker.json.asset = { version };
    const message = new RegExp(`version ${version.replace('.', '[.]')}`);
    assertRefused(() => read(maker), 'GOX_FORMAT_UNKNOWN', message);
  }
  const named = Buffer.from('{"accessors": {"a": {}}, "scenes": {}}');
  assertRefused(() => readGltf(named, 'a.gltf'), 'GOX_FORMAT_UNKNOWN', /version 1.0/);
  const glb = square().glb();
  glb[4] = 1;
  assertRefused(() => readGltf(glb, 'a.glb'), 'GOX_FORMAT_UNKNOWN', /version 1.0/);
  const bare = square();
  delete (bare.json as Json).asset;
  assert.equal(told(bare), ['WARN_BROKEN_PART']);
});

test('says what is damaged', () => {
  const broken = (change: (json: GltfMaker['json']) => void, message: RegExp) => {
    const maker = square();
    change(maker.json);
    assertRefused(() => read(maker), 'GOX_FORMAT_BROKEN', message);
  };
  broken((json) => (json.asset = { version: 'new' }), /not of version 2/);
  broken((json) => (json.asset = null), /asset is no object/);
  broken((json) => (json.scenes = [{ nodes: [7] }]), /no nodes\[7\]/);
  broken(
    (json) => (json.nodes = [{ mesh: 0, scale: [1e308, 1e308, 1e308] }]),
    /vertex 1 of meshes/,
  );
  broken((json) => (json.accessors[0]!.count = 5), /leaves its buffer view/);
  broken((json) => (json.accessors[0]!.count = -1), /no whole number/);
  broken((json) => (json.accessors[0]!.type = 'VEC2'), /type VEC2/);
  broken((json) => (json.accessors[0]!.componentType = 1), /component type 1/);
  broken((json) => (json.bufferViews[0]!.byteLength = 1e9), /leaves its buffer/);
  broken((json) => (json.bufferViews[0]!.byteStride = 4), /stride of 4/);
  broken((json) => (json.accessors[1]!.count = 1e12), /leaves its buffer view/);
});

test('says what is damaged whatever stands there, in a few words', () => {
  const list = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
  const odd = { toString: 0, valueOf: 0 };
  for (const value of [list, odd, 'x'.repeat(10_000)]) {
    const changes: ((json: GltfMaker['json']) => void)[] = [
      (json) => (json.asset = { version: value }),
      (json) => (json.scenes = [{ nodes: [value] }]),
      (json) => (json.nodes = [{ mesh: value }]),
      (json) => (json.meshes = [{ primitives: [{ attributes: { POSITION: value } }] }]),
      (json) => (json.accessors[0]!.type = value),
      (json) => (json.accessors[0]!.componentType = value),
      (json) => (json.accessors[0]!.bufferView = value),
      (json) => (json.extensionsRequired = [value]),
    ];
    for (const [i, change] of changes.entries()) {
      const maker = square();
      change(maker.json);
      // Too deep to be written, but not to be read.
      const text = JSON.stringify(maker.json, (_, part) => (part === list ? '@' : part));
      const deep = '['.repeat(20_000) + ']'.repeat(20_000);
      assertRefused(
        () => readGltf(Buffer.from(text.replaceAll('"@"', deep)), 'a.gltf'),
        i === 7 ? 'GOX_FORMAT_UNSUPPORTED' : 'GOX_FORMAT_BROKEN',
        /^.{1,200}$/,
      );
    }
  }
});

test('corners that make no whole face are told', () => {
  const cut = (mode: number, indices: number[]) =>
    told(square((m) => ({ mode, indices: m.accessor(USHORT, 1, indices) })));
  assert.equal(cut(4, [0, 1, 2, 0, 2]), ['WARN_FACES_SKIPPED']);
  assert.equal(cut(1, [0, 1, 2]), ['WARN_FACES_SKIPPED']);
  assert.equal(cut(5, [0, 1, 3, 2]), []);
  assert.equal(cut(3, [0, 1, 2]), []);
});

test('a node in two places or below itself counts once', () => {
  const maker = square();
  maker.json.scenes = [{ nodes: [0] }];
  maker.json.nodes = [{ children: [1] }, { children: [0], mesh: 0 }];
  assert.is(voxelLines(read(maker)), PLAIN);
  assert.equal(told(maker), ['WARN_DETAIL_SKIPPED']);
});

test('what is damaged is left out of what is well', () => {
  const beside = (change: (json: GltfMaker['json']) => void, code = 'WARN_FACES_SKIPPED') => {
    const maker = square();
    const [mesh] = maker.json.meshes as [{ primitives: Json[] }];
    mesh.primitives.push({ ...mesh.primitives[0], ...{ attributes: { POSITION: 2 } } });
    maker.accessor(FLOAT, 3, SQUARE);
    change(maker.json);
    assert.is(voxelLines(read(maker)), PLAIN);
    assert.equal(told(maker), [code]);
  };
  beside((json) => (json.accessors[2]!.count = 500));
  beside((json) => (json.accessors[2]!.componentType = 7));
  beside((json) => (json.accessors[2] = {}));
  beside((json) => (json.bufferViews[2]!.buffer = 3));
  beside((json) => {
    (json.meshes as { primitives: Json[] }[])[0]!.primitives[1] = {};
  });
  beside((json) => (json.nodes = [{ mesh: 0 }, { mesh: 4 }]));
  beside((json) => (json.nodes = [{ mesh: 0, matrix: [1] }]), 'WARN_DETAIL_SKIPPED');
  beside((json) => (json.scenes = [{ nodes: [9, 0] }]), 'WARN_DETAIL_SKIPPED');
});

test('one corner that is none costs its faces', () => {
  const maker = square((m) => ({ indices: m.accessor(USHORT, 1, [...TWO, 0, 1, 77]) }));
  assert.is(voxelLines(read(maker)), PLAIN);
  assert.equal(told(maker), ['WARN_FACES_SKIPPED']);
  const nan = [...SQUARE, Number.NaN, 0, 0];
  const corner = square((m) => ({
    positions: m.accessor(FLOAT, 3, nan),
    indices: m.accessor(USHORT, 1, [...TWO, 0, 1, 4]),
  }));
  assert.is(voxelLines(read(corner)), PLAIN);
  assert.equal(told(corner), ['WARN_FACES_SKIPPED']);
});

test('the container may say wrong lengths', () => {
  const glb = square().glb();
  const changed = (change: (bytes: Buffer) => Buffer, codes: string[]) => {
    const report = new Report();
    const bytes = change(Buffer.from(glb));
    assert.is(voxelLines(readGltf(bytes, 'a.glb', { report }).merged()), PLAIN);
    assert.equal(
      report.warnings().map(({ code }) => code),
      codes,
    );
  };
  const total = (length: number) => (bytes: Buffer) => {
    bytes.writeUInt32LE(length, 8);
    return bytes;
  };
  changed((bytes) => Buffer.concat([bytes, Buffer.from('behind it')]), ['WARN_TRAILING_BYTES']);
  changed(total(2 ** 31), ['WARN_DETAIL_SKIPPED']);
  changed(total(12), []);
  changed(
    (bytes) => Buffer.from(bytes.toString('latin1').replace(/}( *)(?=....BIN)/s, pad), 'latin1'),
    [],
  );
});

/** Zeros in the place of the blanks behind the JSON. */
function pad(_: string, blanks: string): string {
  return `}${'\0'.repeat(blanks.length)}`;
}

test('a byte order mark before the JSON is passed over', () => {
  const bytes = Buffer.concat([Buffer.from('efbbbf', 'hex'), square().gltf()]);
  assert.is(voxelLines(readGltf(bytes, 'a.gltf').merged()), PLAIN);
});

test('corners and coordinates that are none are damage', () => {
  const corner = square((m) => ({ indices: m.accessor(USHORT, 1, [0, 1, 4]) }));
  assertRefused(() => read(corner), 'GOX_FORMAT_BROKEN', /names vertex 4 of 4/);
  const nan = square((m) => ({ positions: m.accessor(FLOAT, 3, SQUARE.with(7, Number.NaN)) }));
  assertRefused(() => read(nan), 'GOX_FORMAT_BROKEN', /vertex 2 of .* has no finite coordinates/);
});

test('a small file that asks for endless work is refused', () => {
  const maker = square();
  maker.json.accessors.push({ componentType: FLOAT, count: 2 ** 22, type: 'VEC3' });
  const primitive = { attributes: { POSITION: maker.json.accessors.length - 1 } };
  maker.json.meshes = [{ primitives: Array(10_000).fill(primitive) }];
  assertRefused(() => read(maker), 'GOX_MEMORY_LIMIT');
});

test('damaged files are refused as such, or read', () => {
  assert.ok(readDamaged(readGltf, textured(UV, { sampler: {} }).glb()) > 100);
  assert.ok(readDamaged(readGltf, square().gltf()) > 100);
  assert.ok(readDamaged(readGltf, model('two').gui('.vcolor.gltf') ?? square().gltf()) > 100);
});

test.run();
