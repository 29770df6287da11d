/** What of meshes is easily lost on the way into a file: names, places far away, few triangles. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newMaterial } from '../../../engine/document/scene.ts';
import { type ExportOptions, formatFor } from '../../../engine/formats/index.ts';
import { Atlas } from '../../../engine/mesh/atlas.ts';
import { surfaceOf } from '../../../engine/mesh/kinds.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { trianglesOf } from '../../support/closed-meshes.ts';
import { documentOf } from '../../support/documents.ts';
import { TestEngine } from '../../support/engine.ts';
import { model } from '../../support/fixtures.ts';
import { assertSameOutside, shown } from '../../support/mesh-shapes.ts';
import { SEED } from '../../support/seed.ts';
import { threeMeshes } from '../../support/three-gltf.ts';
import { trianglesOfObj, trianglesOfPly } from '../../support/three-meshes.ts';
import { temporaryDirectory } from '../../support/tmp.ts';
import { randomNumbers, randomVolume } from '../../support/volumes.ts';
import { filesOf } from '../../support/written-files.ts';

const test = suite('details of meshes');

/** Names of layers, what an .obj calls them, and whether that is told. */
const NAMES: readonly (readonly [name: string, written: string, told: boolean])[] = [
  ['', 'Layer', false],
  ['  ', 'Layer.2', false],
  ['same', 'same', false],
  ['same', 'same.2', true],
  ['same.2', 'same.2.2', true],
  ['left arm', 'left_arm', true],
  ['new\nline\tand tab', 'new_line_and_tab', true],
  ['Größe', 'Größe', false],
  ['日本', '日本', false],
  ['#1', '_1', true],
  ['a"b\'c', 'a"b\'c', false],
  ['end\\', 'end', true],
  ['../up/x.png', '../up/x.png', false],
];

test('names of layers in an .obj are words, no two alike, and what changes is told', () => {
  const document = Document.empty();
  for (const [i, [name]] of NAMES.entries()) {
    const layer = i === 0 ? document.activeLayer : document.addLayer('');
    layer.set({ name, material: document.addMaterial(newMaterial(name)) });
    layer.volume.set(2 * i, 0, 0, 0xff00_0001 + i);
  }
  const files = filesOf(document, 'obj');
  const seen = new Map(trianglesOfObj(files).map(({ object, color }) => [color, object]));
  assert.equal(
    [...seen.values()],
    NAMES.map(([, written]) => written),
  );
  const told = NAMES.filter((row) => row[2]).length;
  const lost = files.warnings.filter(({ code }) => code === 'WARN_NAMES_LOST');
  // Each is the name of a layer and of a material.
  assert.equal(
    lost.map(({ count }) => count),
    [2 * told],
  );
});

for (const colors of [1, 2, 255, 256, 257, 5000]) {
  test(`${colors} colours of an .obj are exact, each in the middle of its cell`, () => {
    const volume = new Volume();
    const side = Math.ceil(Math.sqrt(colors));
    const color = (i: number) => (0xff00_0000 | ((i * 0x9e3779b1) >>> 8)) >>> 0;
    const wanted = new Set<number>();
    for (let i = 0; i < colors; i++) {
      volume.set(i % side, Math.floor(i / side), 0, color(i));
      wanted.add(color(i));
    }
    const { main, beside } = filesOf(documentOf(volume), 'obj');
    const { width, height, data } = PNG.sync.read(beside.get('png')!);
    assert.ok(width === height && width <= 512, `${width} x ${height}`);
    const found = [...main.toString().matchAll(/^vt (\S+) (\S+)$/gm)].map(([, u, v]) => {
      const [x, y] = [Number(u) * width, (1 - Number(v)) * height];
      const at = (dx: number, dy: number) =>
        data.readUInt32LE((Math.floor(x + dx) + Math.floor(y + dy) * width) * 4);
      // Smoothing between pixels reaches one further.
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ] as const) {
        assert.is(at(dx, dy), at(0, 0), `${u} ${v}`);
      }
      return at(0, 0);
    });
    assert.is(found.length, wanted.size);
    assert.equal(new Set(found), wanted);
  });
}

test('files beside an .obj have names that no reader cuts', () => {
  const directory = temporaryDirectory();
  const engine = new TestEngine({ roots: [directory] });
  engine.call('add_voxel', [1, 2, 3]);
  for (const [name, beside] of [
    ['my "old" house', 'my_old_house'],
    ['-x #1', '_x_1'],
    ['Größe 日本', 'Größe_日本'],
    ["it's", 'it_s'],
  ] as const) {
    const path = join(directory, `${name}.obj`);
    engine.call('export_model', { path });
    assert.match(readFileSync(path, 'utf8'), `\nmtllib ${beside}.mtl\n`);
    assert.match(readFileSync(join(directory, `${beside}.mtl`), 'utf8'), `map_Kd ${beside}.png\n`);
    assert.ok(readdirSync(directory).includes(`${beside}.png`));
    const { sizing, warnings } = engine.call('load_project', { path }) as Record<string, unknown>;
    assert.equal([(sizing as { by: string }).by, warnings], ['file', undefined]);
  }
});

test('a picture of the faces never costs triangles', () => {
  const random = randomNumbers(SEED);
  const volumes = Array.from({ length: 20 }, () => randomVolume(random));
  for (const name of ['csg', 'layer_modes', 'sphere10']) {
    volumes.push(formatFor('a.gox').read!(model(name).bytes, name).merged());
  }
  // Rows of two and three: of any colours they do not join, cut at the colours they do.
  const rows = new Volume();
  for (let y = 0; y < 8; y++) {
    rows.fillBox([-2, y, 0], [0, y + 1, 1], 0xff00_00ff);
    if (y % 2 === 0) rows.set(0, y, 0, 0xff00_ff00);
  }
  for (const [i, volume] of [...volumes, rows].entries()) {
    const count = (surface: Parameters<typeof trianglesOf>[0]) => [...trianglesOf(surface)].length;
    const [baked] = new Atlas([volume]).surfaces;
    const [ours, plain] = [count(baked!), count(surfaceOf(volume, 'greedy'))];
    assert.ok(ours <= plain, `volume ${i} of seed ${SEED}: ${ours} > ${plain}`);
  }
});

test('a model far away comes back where it was, or it is told that it cannot', () => {
  const far = 2 ** 30;
  const volume = new Volume();
  volume.fillBox([far, -far, far], [far + 3, 2 - far, far + 1], 0xff12_3456);
  for (const format of ['obj', 'ply']) {
    const { main, beside, warnings } = filesOf(documentOf(volume), format);
    const resolve = (name: string) => beside.get(name.slice(name.lastIndexOf('.') + 1));
    const read = formatFor('', format).read!(main, `model.${format}`, {
      ...{ resolve, solid: true, sized: () => {} },
    });
    assert.equal([read.merged().box(), warnings], [volume.box(), []], format);
  }
  const codes = (pivot: 'origin' | 'center') =>
    filesOf(documentOf(volume), 'stl', { pivot }).warnings.map(({ code }) => code);
  assert.equal([codes('origin'), codes('center')], [['WARN_CLIPPED'], []]);
});

/** Where layers of voxels lie, all together. */
function randomProject(random: () => number): Document {
  const document = Document.empty();
  const count = 1 + Math.floor(random() * 3);
  for (let i = 0; i < count; i++) {
    const layer = i === 0 ? document.activeLayer : document.addLayer(`part ${i}`);
    layer.set({ volume: randomVolume(random) });
  }
  return document;
}

const WRITTEN: readonly ExportOptions[] = [
  {},
  { mesh: 'greedy', scale: 0.1 },
  { mesh: 'greedy', up: 'z', texture: 'baked' },
  { mesh: 'greedy', up: 'y', scale: 3.7 },
  { mesh: 'marching' },
  { mesh: 'smooth', scale: 12 },
];

for (const format of ['obj', 'ply', 'stl', 'gltf', 'glb']) {
  test(`any project comes back from .${format} as it was, whatever the mesh`, () => {
    const random = randomNumbers(SEED);
    for (let i = 0; i < 6; i++) {
      const document = randomProject(random);
      const expected = shown(document.merged());
      for (const options of WRITTEN) {
        const { main, beside } = filesOf(document, format, options);
        const resolve = (name: string) => beside.get(name.slice(name.lastIndexOf('.') + 1));
        const { up } = options;
        const read = formatFor('', format).read!(main, `model.${format}`, {
          ...{ resolve, sized: () => {} },
          // An .obj or an .stl cannot say which axis is up.
          ...(up === undefined ? {} : { up }),
        }).merged();
        const title = `project ${i} of seed ${SEED}, ${JSON.stringify(options)}`;
        assert.is(read.count(), expected.count(), title);
        if (format === 'stl') assert.equal(read.box(), expected.box(), title);
        else if (options.mesh === undefined || options.mesh === 'greedy') {
          assertSameOutside(read, expected);
        }
      }
    }
  });
}

/** Corners with their normals of a ball around the origin. */
async function ballIn(format: string, options: ExportOptions): Promise<[number[], number[]][]> {
  const volume = new Volume();
  const [low, high] = [-9, 9];
  for (let x = low; x <= high; x++) {
    for (let y = low; y <= high; y++) {
      for (let z = low; z <= high; z++) {
        const rgba = x < 0 ? 0xff00_00ff : 0xff00_ff00;
        if (Math.hypot(x, y, z) < high) volume.set(x, y, z, rgba);
      }
    }
  }
  const files = filesOf(documentOf(volume), format, {
    mesh: 'smooth',
    pivot: 'center',
    ...options,
  });
  assert.equal(files.warnings, []);
  if (format === 'glb') {
    const meshes = await threeMeshes(files.main);
    return meshes.flatMap(({ corners }) =>
      corners.map(({ position, normal }): [number[], number[]] => [[...position], [...normal]]),
    );
  }
  const triangles = format === 'obj' ? trianglesOfObj(files) : trianglesOfPly(files.main);
  return triangles.flatMap(({ corners, normals }) =>
    corners.map((corner, i): [number[], number[]] => [[...corner], [...normals[i]!]]),
  );
}

const SMOOTH: readonly (readonly [format: string, options: ExportOptions])[] = [
  ['obj', {}],
  ['obj', { up: 'z' }],
  ['obj', { materials: 'color' }],
  ['obj', { vertex_colors: true }],
  ['ply', {}],
  ['ply', { up: 'y' }],
  ['glb', {}],
];

for (const [format, options] of SMOOTH) {
  test(`a smooth mesh has a normal a point: ${format} ${JSON.stringify(options)}`, async () => {
    const corners = await ballIn(format, options);
    assert.ok(corners.length > 3000);
    const normals = new Map<string, string>();
    for (const [point, normal] of corners) {
      assert.ok(Math.abs(Math.hypot(...normal) - 1) < 1e-3, `a length of ${Math.hypot(...normal)}`);
      const outward = point.reduce((sum, value, i) => sum + value * normal[i]!, 0);
      assert.ok(outward / Math.hypot(...point) > 0.75, `${point}: ${normal}`);
      const known = normals.get(`${point}`);
      if (known !== undefined) assert.is(`${normal}`, known);
      normals.set(`${point}`, `${normal}`);
    }
  });
}

test.run();
