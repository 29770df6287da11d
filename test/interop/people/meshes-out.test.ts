/** Meshes that we write as three.js and our own readers read them. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { assimpMeshes } from '../../support/assimp.ts';
import { enclosure } from '../../support/closed-meshes.ts';
import { documentOf } from '../../support/documents.ts';
import { TestEngine } from '../../support/engine.ts';
import { assertSameOutside, shown } from '../../support/mesh-shapes.ts';
import { ROOT } from '../../support/modules.ts';
import { SEED } from '../../support/seed.ts';
import { trianglesOfObj, trianglesOfPly, trianglesOfStl } from '../../support/three-meshes.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { randomNumbers, randomVolume } from '../../support/volumes.ts';
import { type Files, filesOf } from '../../support/written-files.ts';

const CASES = join(ROOT, 'test/fixtures/cases');
const KINDS = ['blocks', 'greedy', 'marching', 'smooth'] as const;

function caseOf(name: string, file: string): Document {
  return formatFor(file).read!(readFileSync(join(CASES, name, file)), file);
}

/** As our reader has it, filled. */
function readBack({ main, beside }: Files, format: string, options: object = {}): Volume {
  const resolve = (name: string) => beside.get(name.slice(name.lastIndexOf('.') + 1));
  const asked = { resolve, solid: true, scale: 1, ...options };
  return formatFor('', format).read!(main, `model.${format}`, asked).merged();
}

interface Written {
  readonly files?: readonly { readonly path: string }[];
}

const places = suite('meshes read back');

for (const extension of ['obj', 'ply', 'stl', 'gltf', 'glb']) {
  places(`scaled ones say how long a voxel is: .${extension}`, () => {
    const directory = temporaryDirectory();
    const engine = new TestEngine({ roots: [directory] });
    engine.call('add_voxel', { x: 1, y: 2, z: 3, color: '#ff0000' });
    engine.call('add_voxel', { x: 2, y: 2, z: 3, color: '#00ff00' });
    for (const scale of [1, 0.1, 25]) {
      const path = join(directory, `a.${extension}`);
      engine.call('export_model', { path, scale, merge: true });
      const { sizing, voxel_count } = engine.call('load_project', {
        ...{ path, solid: true },
      }) as { sizing: { by: string; voxels_per_unit: number }; voxel_count: number };
      assert.is(sizing.by, 'file');
      assert.ok(Math.abs(sizing.voxels_per_unit * scale - 1) < 1e-6, `${sizing.voxels_per_unit}`);
      assert.is(voxel_count, 2);
    }
  });
}

places.run();

const obj = suite('obj written for others');

obj('obj-export-without-material: materials and a picture come beside it', () => {
  const files = filesOf(caseOf('obj-export-without-material', 'two.txt'), 'obj');
  const text = files.main.toString();
  assert.match(text, /^mtllib model\.mtl$/m);
  assert.match(text, /^o Layer\.1$/m);
  assert.match(text, /^usemtl Material\.1$/m);
  assert.not.match(text, /^v( \S+){4}/m, 'colours at the vertices');
  assert.match(files.beside.get('mtl')!.toString(), /^map_Kd model\.png$/m);
  const colors = trianglesOfObj(files).map(({ color }) => color);
  assert.is(colors.length, 20);
  assert.equal([...new Set(colors)].sort(), ['00ff00', 'ff0000']);
  assert.equal(files.warnings, []);
});

obj('files beside one never take the place of those of others', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [1, 2, 3]);
  const place = (name: string) => join(directory, name);
  writeFileSync(place('a.png'), 'a picture of somebody');
  mkdirSync(place('a-2.png'));
  const write = () => engine.call('export_model', { path: place('a.obj') }) as Written;
  const { files } = write();
  const named = [place('a-3.png'), place('a.mtl')];
  assert.equal(
    files?.map(({ path }) => path),
    named,
  );
  assert.is(readFileSync(place('a.png'), 'latin1'), 'a picture of somebody');
  assert.match(readFileSync(place('a.mtl'), 'latin1'), /^map_Kd a-3\.png$/m);
  assert.equal(
    write().files?.map(({ path }) => path),
    named,
    'our own are written over',
  );
  writeFileSync(place('a.mtl'), 'newmtl theirs\n');
  assert.equal(
    write().files?.map(({ path }) => path),
    [place('a-3.png'), place('a-2.mtl')],
  );
  assert.match(readFileSync(place('a.obj'), 'latin1'), /^mtllib a-2\.mtl$/m);
  engine.call('export_model', { path: place('b.mtl'), format: 'obj' });
  assert.match(readFileSync(place('b.mtl'), 'latin1'), /^mtllib b-2\.mtl$/m);
  assert.ok(existsSync(place('b-2.mtl')) && existsSync(place('b.png')));
});

obj('a file that stands alone has colours at its vertices, and says what it cannot follow', () => {
  const document = caseOf('obj-export-without-material', 'two.txt');
  const { beside: _, ...alone } = { beside: 0 };
  const write = (options: ExportOptions) => {
    const asked = { ...alone, ...options };
    return filesOf(document, 'obj', { ...asked, beside: undefined } as unknown as ExportOptions);
  };
  const files = write({});
  assert.equal([files.beside.size, files.warnings], [0, []]);
  const colors = new Set(trianglesOfObj(files).map(({ color }) => color));
  assert.equal([...colors].sort(), ['00ff00', 'ff0000']);
  const told = write({ materials: 'color' }).warnings;
  assert.equal(
    told.map(({ code }) => code),
    ['WARN_OPTION_UNUSED'],
  );
  assert.equal(filesOf(document, 'obj', { vertex_colors: true }).beside.size, 0);
});

obj('layers are objects with their materials; a voxel is in the one that it is seen of', () => {
  const document = Document.empty();
  const glass = { ...newMaterial('Glass'), color: new Float32Array([1, 1, 1, 0.25]) };
  const lamp = { ...newMaterial('Glass'), emission: new Float32Array([1, 0, 0]) };
  const [first, second] = [document.addMaterial(glass), document.addMaterial(lamp)];
  document.activeLayer.volume.fillBox([0, 0, 0], [4, 4, 4], 0xff01_0203);
  document.activeLayer.set({ name: 'wall\nf 1 1 1' });
  const roof = document.addLayer('roof');
  roof.set({ material: first });
  roof.volume.fillBox([2, 0, 0], [6, 4, 4], 0xff04_0506);
  const sun = document.addLayer('sun');
  sun.set({ material: second });
  sun.volume.set(0, 0, 9, 0xffff_ffff);
  document.addLayer('hidden').set({ visible: false, volume: roof.volume.clone() });
  for (const mesh of ['blocks', 'greedy'] as const) {
    const files = filesOf(document, 'obj', { mesh });
    const triangles = trianglesOfObj(files);
    const volumeOf = (name: string) =>
      enclosure(triangles.filter(({ object }) => object === name).map(({ corners }) => corners));
    assert.equal([volumeOf('wall_f_1_1_1').volume, volumeOf('wall_f_1_1_1').open], [32, 0]);
    assert.equal([volumeOf('roof').volume, volumeOf('roof').open], [64, 0]);
    assert.is(volumeOf('sun').volume, 1);
    assert.is(volumeOf('hidden').triangles, 0);
    const used = new Set(triangles.map(({ object, material }) => `${object}: ${material}`));
    assert.equal([...used], ['wall_f_1_1_1: Material.1', 'roof: Glass', 'sun: Glass.2']);
    assert.equal(
      files.warnings.map(({ code }) => code),
      ['WARN_NAMES_LOST'],
    );
    const mtl = files.beside.get('mtl')!.toString();
    assert.match(
      mtl,
      /newmtl Glass\n[\s\S]*\nd 0\.25\n[\s\S]*newmtl Glass\.2\n[\s\S]*\nKe 1 0 0\n/,
    );
  }
});

obj('every kind of mesh and of paint has the colours of the voxels', () => {
  const random = randomNumbers(SEED);
  const paints: ExportOptions[] = [
    {},
    { texture: 'baked' },
    { materials: 'color' },
    { vertex_colors: true },
  ];
  for (let i = 0; i < 6; i++) {
    const volume = randomVolume(random);
    for (const options of [...paints, ...paints.map((paint) => ({ ...paint, mesh: KINDS[1] }))]) {
      const files = filesOf(documentOf(volume), 'obj', options);
      const title = `volume ${i} of seed ${SEED}, ${JSON.stringify(options)}`;
      try {
        assertSameOutside(readBack(files, 'obj'), shown(volume));
      } catch (error) {
        throw new Error(title, { cause: error });
      }
      const found = enclosure(trianglesOfObj(files).map(({ corners }) => corners));
      assert.equal([found.open, found.volume], [0, shown(volume).count()], title);
    }
  }
});

obj('a picture of the faces has each voxel where it is', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  for (let x = 0; x < 40; x++) {
    for (let y = 0; y < 23; y++) volume.set(x, y, 0, (0xff00_0000 | (x * 6) | (y << 12)) >>> 0);
  }
  const files = filesOf(document, 'obj', { texture: 'baked' });
  assert.is(files.main.toString().match(/^f /gm)?.length, 12, 'a box');
  const { width, height } = PNG.sync.read(files.beside.get('png')!);
  assert.ok(width * height < 40 * 23 * 4, `${width} x ${height}`);
  assertSameOutside(readBack(files, 'obj'), volume);
});

obj('of more colours than 16 bits count, each is in the picture', () => {
  const document = Document.empty();
  const { volume } = document.activeLayer;
  for (let i = 0; i < 70_000; i++) volume.set(i % 300, Math.floor(i / 300), 0, 0xff00_0000 + i * 5);
  const files = filesOf(document, 'obj');
  assert.is(files.main.toString().match(/^vt /gm)?.length, 70_000);
  const colors = new Set(trianglesOfObj(files).map(({ color }) => color));
  assert.is(colors.size, 70_000);
});

obj.run();

const others = suite('ply, stl and places written for others');

others('ply-export-float-colours: colours are bytes, and z is up', () => {
  const document = caseOf('ply-export-float-colours', 'two.txt');
  const { main } = filesOf(document, 'ply');
  const header = main.toString().slice(0, main.indexOf('end_header'));
  for (const name of ['red', 'green', 'blue']) assert.match(header, `property uchar ${name}\n`);
  assert.not.match(header, /alpha|float (red|green|blue)/);
  const colors = new Set(trianglesOfPly(main).map(({ color }) => color));
  assert.equal([...colors].sort(), ['00ff00', 'ff0000']);
  document.activeLayer.volume.set(0, 0, 7, 0x8000_ffff);
  const file = filesOf(document, 'ply').main;
  assert.match(file.toString(), /property uchar blue\nproperty uchar alpha\n/);
  const heights = trianglesOfPly(file).flatMap(({ corners }) => corners.map(([, , z]) => z));
  assert.is(Math.max(...heights), 8);
});

others('any mesh is closed and as large as it should be', () => {
  const random = randomNumbers(SEED);
  for (let i = 0; i < 8; i++) {
    const volume = randomVolume(random);
    const document = documentOf(volume);
    for (const mesh of KINDS) {
      const title = `volume ${i} of seed ${SEED}, ${mesh}`;
      const stl = filesOf(document, 'stl', { mesh }).main;
      const ply = filesOf(document, 'ply', { mesh }).main;
      for (const triangles of [trianglesOfStl(stl), trianglesOfPly(ply)]) {
        const found = enclosure(triangles.map(({ corners }) => corners));
        assert.is(found.open, 0, title);
        if (mesh === 'blocks' || mesh === 'greedy') {
          assert.is(found.volume, shown(volume).count(), title);
        }
      }
    }
  }
});

others('scale, pivot and up are the same for all', () => {
  const volume = new Volume();
  volume.fillBox([10, 20, 30], [14, 26, 31], 0xff00_00ff);
  const document = documentOf(volume);
  const bounds = (format: string, options: ExportOptions) => {
    const files = filesOf(document, format, options);
    const read = format === 'obj' ? trianglesOfObj(files) : [];
    if (format === 'ply') read.push(...trianglesOfPly(files.main));
    if (format === 'stl') read.push(...trianglesOfStl(files.main));
    const points = read.flatMap(({ corners }) => [...corners]);
    const most = (pick: (...values: number[]) => number) =>
      [0, 1, 2].map((axis) => Number(pick(...points.map((point) => point[axis]!)).toFixed(5)));
    return [most(Math.min), most(Math.max)];
  };
  for (const format of ['obj', 'ply', 'stl']) {
    const of = (options: ExportOptions) => bounds(format, { mesh: 'greedy', ...options });
    assert.equal(
      of({ up: 'z', scale: 0.1 }),
      [
        [1, 2, 3],
        [1.4, 2.6, 3.1],
      ],
      format,
    );
    assert.equal(
      of({ up: 'y', pivot: 'center' }),
      [
        [-2, -0.5, -3],
        [2, 0.5, 3],
      ],
      format,
    );
    assert.equal(
      of({ up: 'z', pivot: 'bottom', scale: 2 }),
      [
        [-4, -6, 0],
        [4, 6, 2],
      ],
      format,
    );
    assert.equal(
      of({ up: 'y', pivot: [10, 20, 30.5] }),
      [
        [0, -0.5, -6],
        [4, 0.5, 0],
      ],
      format,
    );
  }
});

others('assimp reads them, each layer by its name and with its material', async () => {
  const document = Document.empty();
  document.activeLayer.set({ name: 'a wall' });
  document.activeLayer.volume.fillBox([0, 0, 0], [4, 3, 2], 0xff01_0203);
  const roof = document.addLayer('roof');
  roof.set({ material: document.addMaterial(newMaterial('Tiles')) });
  roof.volume.fillBox([0, 0, 5], [4, 3, 6], 0xff04_0506);
  for (const options of [{}, { mesh: 'greedy' }, { texture: 'baked' }] as const) {
    const { main, beside } = filesOf(document, 'obj', { up: 'z', ...options });
    const files = Object.fromEntries(
      [...beside].map(([extension, bytes]) => [`model.${extension}`, bytes]),
    );
    const meshes = await assimpMeshes('model.obj', main, files);
    const told = meshes.map(({ node, material, min, max }) => [node, material, min, max]);
    const wanted = [
      ['a_wall', 'Material.1', [0, 0, 0], [4, 3, 2]],
      ['roof', 'Tiles', [0, 0, 5], [4, 3, 6]],
    ];
    assert.equal(told, wanted, JSON.stringify(options));
  }
  for (const format of ['ply', 'stl']) {
    const { main } = filesOf(document, format, { mesh: 'greedy' });
    const meshes = await assimpMeshes(`model.${format}`, main);
    assert.equal(
      meshes.map(({ faces, max }) => [faces, max]),
      [[24, [4, 3, 6]]],
      format,
    );
  }
});

others('hidden-layers-exported: what is seen is exported, alike in every format', () => {
  const document = caseOf('hidden-layers-exported', 'hid.gox');
  const count = (text: string, what: RegExp) => text.match(what)?.length ?? 0;
  const written = (format: string) => filesOf(document, format).main.toString('latin1');
  assert.equal(
    [written('obj')].map((text) => count(text, /^o /gm)),
    [1],
  );
  assert.is(count(written('pov'), /Vox\(</g), document.merged().count());
});

others.run();
