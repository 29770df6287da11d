/** What scripts can do: Goxel's API, its examples, values, arguments, output and modules. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { boxMatrix } from '../../../engine/volume/matrix.ts';
import { voxelLines } from '../../support/fixtures.ts';
import { example, failure, run, value } from './script-support.ts';

const test = suite('scripts');

const RED = 0xff00_00ff;
const selection = boxMatrix({ min: [0, 0, 0], max: [4, 3, 2] });

test('FillRandom fills the selection', async () => {
  const document = Document.empty();
  const input = { execute: 'FillRandom' };
  const result = await run(example('fill-random.js'), { document, input, selection });
  assert.equal(result.scripts, ['FillRandom']);
  const { volume } = document.activeLayer;
  assert.is(volume.count(), 24);
  assert.equal(volume.box(), { min: [0, 0, 0], max: [4, 3, 2] });
  assert.ok(new Set([...voxelLines(volume).matchAll(/\w{8}$/gm)].map(String)).size > 10);
});

test('Dilate grows one voxel to 27 of its colour', async () => {
  const document = Document.empty();
  document.activeLayer.volume.set(-1, 0, 5, RED);
  await run(example('dilate.js'), { document, input: { execute: 'Dilate' } });
  const { volume } = document.activeLayer;
  assert.is(volume.count(), 27);
  assert.equal(volume.box(), { min: [-2, -1, 4], max: [1, 2, 7] });
  assert.is(volume.get(0, 1, 6), RED);
});

test('VoxelSphere fills the ball in the selection with the colour of the painter', async () => {
  const document = Document.empty();
  const ball = boxMatrix({ min: [-4, -4, 0], max: [4, 4, 8] });
  const code = `${example('voxel-sphere.js')}\ngoxel.palette.color = [1, 2, 3, 255];`;
  const input = { execute: 'VoxelSphere' };
  const result = await run(code, { document, input, selection: ball });
  let inside = 0;
  for (let x = -4; x < 4; x++) {
    for (let y = -4; y < 4; y++) {
      for (let z = -4; z < 4; z++) {
        if ((x + 0.5) ** 2 + (y + 0.5) ** 2 + (z + 0.5) ** 2 <= 16) inside++;
      }
    }
  }
  assert.is(result.value, inside);
  assert.equal(result.output, [`${inside} voxels`]);
  assert.is(document.activeLayer.volume.count(), inside);
  assert.is(document.activeLayer.volume.get(0, 0, 4), 0xff03_0201);
});

test('a registered format exports what all layers show', async () => {
  const document = Document.empty();
  document.activeLayer.volume.set(1, 2, 3, RED);
  const written: [string, string][] = [];
  const files = {
    write: (path: string, bytes: Uint8Array) => {
      written.push([path, Buffer.from(bytes).toString()]);
    },
  };
  const input = { exportWith: { format: 'List', path: 'out.list' } };
  const result = await run(example('list-format.js'), { document, input, files });
  assert.equal(result.formats, ['List']);
  assert.equal(written, [['out.list', '1 2 3 ff0000\n']]);
  const { message } = await failure(example('list-format.js'), undefined, { input });
  assert.match(message, /cannot write files here: out\.list \(script\.js:/);
});

test('a volume is handed to the host to save, or refused', async () => {
  const saved: unknown[] = [];
  const files = {
    save: (path: string, volume: { count(): number }, format: string) => {
      saved.push([path, volume.count(), format]);
    },
  };
  const code = 'const v = new Volume(); v.setAt([0, 0, 0], [1, 1, 1, 1]);';
  await run(`${code} v.save('a.txt'); v.save('b', 'txt')`, { files });
  const expected = [
    ['a.txt', 1, ''],
    ['b', 1, 'txt'],
  ];
  assert.equal(saved, expected);
  assert.match(
    (await failure(`${code} v.save('a.txt')`)).message,
    /cannot write files here: a\.txt/,
  );
});

test('setAt takes arrays, vectors and objects, and completes each in its way', async () => {
  const code = `
    const v = new Volume();
    v.setAt([0, 0, 0], [1, 2, 3, 4]);
    v.setAt(new Vec(1, 0, 0), new Vec(1, 2, 3));
    v.setAt({ x: 2, y: 0, z: 0 }, { r: 9.99, g: 0, b: 0 });
    v.setAt([3, 0, 0], [1, 2, 3]);
    v.setAt([4, 0, 0], [255, 255, 255, 255]);
    v.setAt([4, 0, 0], [0, 0, 0, 0]);
    [0, 1, 2, 3, 4].map((x) => { const c = v.getAt([x, 0, 0]); return [c.r, c.g, c.b, c.a]; })`;
  const expected = [
    [1, 2, 3, 4],
    [1, 2, 3, 255],
    [9, 0, 0, 255],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ];
  assert.equal(await value(code), expected);
});

test('a vector is a position and a colour', async () => {
  const code = 'const v = new Vec(1, 2, 3, 4); v.g = 7; v.w = 8; [v.x, v.y, v.z, v.a, ...v]';
  assert.equal(await value(code), [1, 7, 3, 8, 1, 7, 3, 8]);
});

test('layers can be made, named, hidden, chosen and written', async () => {
  const document = Document.empty();
  const code = `
    const [first] = goxel.layers;
    const top = goxel.image.addLayer('roof');
    top.volume.setAt([0, 0, 9], [1, 1, 1, 255]);
    first.name = 'walls';
    first.visible = false;
    first.volume.setAt([0, 0, 0], [2, 2, 2, 255]);
    const merged = goxel.image.getLayersVolume();
    merged.clear();
    const names = [goxel.image.activeLayer.name, goxel.image.layers.length];
    goxel.image.activeLayer = first;
    [...names, merged.count, goxel.image.activeLayer === first, JSON.stringify(top)]`;
  const expected = ['roof', 2, 0, true, '{"id":2,"name":"roof","visible":true}'];
  assert.equal(await value(code, { document }), expected);
  const [walls, roof] = document.layers;
  assert.equal([walls?.name, walls?.visible, roof?.name], ['walls', false, 'roof']);
  assert.is(document.activeLayer, walls);
  assert.is(voxelLines(walls!.volume), '0 0 0 020202ff\n');
  assert.is(voxelLines(document.merged()), '0 0 9 010101ff\n');
});

test('a clone that a script writes into becomes a plain layer', async () => {
  const document = Document.empty();
  const base = document.activeLayer;
  base.volume.set(0, 0, 0, RED);
  const clone = document.addLayer('clone');
  clone.set({ baseId: base.id });
  clone.mat.set([5, 0, 0], 12);
  const code = `
    goxel.layers[0].volume.setAt([0, 1, 0], [0, 0, 255, 255]);
    const seen = goxel.layers[1].volume.count;
    goxel.layers[1].volume.setAt([9, 9, 9], [0, 255, 0, 255]);
    seen`;
  assert.is(await value(code, { document }), 2);
  document.refresh();
  assert.is(clone.baseId, 0);
  assert.is(voxelLines(clone.volume), '5 0 0 ff0000ff\n5 1 0 0000ffff\n9 9 9 00ff00ff\n');
});

test('the short names edit the active layer', async () => {
  const code = `
    const added = goxel.addVoxel(1, 2, 3, 10, 20, 30);
    const seen = goxel.getVoxel(1, 2, 3);
    const painted = [goxel.paintVoxels(1, 2, 3, 9, 9, 9), goxel.paintVoxels(5, 5, 5, 9, 9, 9)];
    const repainted = goxel.getVoxel(1, 2, 3).r;
    goxel.removeVoxel(1, 2, 3);
    [added, seen, painted, repainted, goxel.getVoxel(1, 2, 3)]`;
  const nothing = { r: 0, g: 0, b: 0, a: 0 };
  const expected = [0, { r: 10, g: 20, b: 30, a: 255 }, [1, 0], 9, nothing];
  assert.equal(await value(code), expected);
});

test('the short names take a colour as the v14 daemon documents them', async () => {
  const code = `
    goxel.addVoxel(1, 0, 0, [10, 20, 30, 40]);
    goxel.addVoxel(2, 0, 0, [10, 20, 30]);
    goxel.addVoxel(3, 0, 0, { r: 1, g: 2, b: 3 });
    const before = [1, 2, 3].map((x) => goxel.getVoxel(x, 0, 0).a);
    const painted = goxel.paintVoxels([[1, 0, 0], [2, 0, 0], [9, 0, 0]], [5, 6, 7, 255]);
    [before, painted, goxel.getVoxel(1, 0, 0), goxel.paintVoxels(2, 0, 0, [8, 9, 10])]`;
  assert.equal(await value(code), [[40, 255, 255], 2, { r: 5, g: 6, b: 7, a: 255 }, 1]);
});

test('a turned box is gone through by the centres of its voxels', async () => {
  const turned = new Float32Array([2, 2, 0, 0, -2, 2, 0, 0, 0, 0, 1, 0, 0.5, 0.5, 1, 1]);
  const code = `
    const box = goxel.image.selectionBox;
    const seen = [];
    box.iterVoxels((p) => seen.push(Math.abs(p.x) + Math.abs(p.y) <= 4));
    const { x, y, z } = box.worldToLocal([2.5, 2.5, 2]);
    [seen.length, seen.every(Boolean), x, y, z]`;
  // The diamond |x| + |y| <= 4 has 41 points; half of its border is outside, in each of two planes.
  const result = (await value(code, { selection: turned })) as unknown[];
  assert.equal(result, [64, true, 1, 0, 1]);
});

test('values: completion, promise, exports and what a registered script returns', async () => {
  assert.is(await value('1; 2'), 2);
  assert.is(await value('undefined'), null);
  assert.is(await value('(() => 1)'), null);
  assert.is(await value('(async () => { await null; return 5; })()'), 5);
  assert.equal(await value('export const a = 1; export const b = [2];'), { a: 1, b: [2] });
  assert.equal(await value('export default { x: await Promise.resolve(1) };'), { x: 1 });
  assert.is(await value('await null; 1; export {};'), null);
  const registered = 'goxel.registerScript({ name: "s", async onExecute() { return this.name; } })';
  assert.is(await value(registered, { input: { execute: 's' } }), 's');
});

test('arguments come as JSON, and as a list', async () => {
  const args = { list: [1, 'ä', null], __proto__x: true };
  assert.equal(await value('args', { input: { args } }), args);
  assert.equal(await value('scriptArgs', { input: { args: ['a', 2] } }), ['a', 2]);
  assert.equal(await value('[args, scriptArgs]'), [null, []]);
});

test('what a script prints comes line by line', async () => {
  const code = `
    import * as std from 'std';
    console.log('a', 1, { b: [2] }, null, undefined, new Error('c'));
    console.warn('w'); console.error('e'); print('p');
    std.printf('%d-%5.2f|%-3s|%03d|%x|%%', 7.9, 3.14159, 's', -5, 255);
    std.puts('!\\nnext\\nlast');`;
  const expected = [
    'a 1 {"b":[2]} null undefined Error: c',
    ...['w', 'e', 'p'],
    ...['7- 3.14|s  |-05|ff|%!', 'next', 'last'],
  ];
  assert.equal((await run(code)).output, expected);
});

test('std.exit ends the script; what it did before stays when the status is 0', async () => {
  const document = Document.empty();
  const code = `import { exit } from 'std';
    goxel.addVoxel(0, 0, 0);
    try { exit(0); } catch {}
    try { goxel.image.addLayer('late'); } catch {}
    goxel.addVoxel(1, 0, 0);
    for (;;);`;
  await run(code, { document });
  assert.is(voxelLines(document.merged()), '0 0 0 ffffffff\n');
  assert.is(document.layers.length, 1);
  const { message } = await failure("import('std').then((std) => std.exit(3));");
  assert.match(message, /ended itself with status 3/);
});

test('two runs of a script without chance give the same', async () => {
  const code = `${example('dilate.js')}
    goxel.addVoxel(3, 3, 3);
    goxel.addVoxel(40, 3, 3, 1, 2, 3, 4);`;
  const lines: string[] = [];
  for (let i = 0; i < 2; i++) {
    const document = Document.empty();
    const result = await run(code, { document, input: { execute: 'Dilate' } });
    lines.push(JSON.stringify(result) + voxelLines(document.merged()));
  }
  assert.is(lines[0], lines[1]);
});

test('nothing of one run is seen by the next', async () => {
  await run('globalThis.left = 1; Array.prototype.left = 2; goxel.left = 3; Object.left = 4;');
  assert.equal(await value('[typeof left, [].left, goxel.left, Object.left]'), [
    'undefined',
    null,
    null,
    null,
  ]);
});

test.run();
