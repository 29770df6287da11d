/**
 * Whatever takes long looks again and again at whether it is to stop: the work then ends with what
 * the look throws, an edit is taken back, and more work looks more often.
 */

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { documentAround } from '../../../engine/document/around.ts';
import type { Document } from '../../../engine/document/document.ts';
import { FORMATS } from '../../../engine/formats/index.ts';
import { obj } from '../../../engine/formats/meshes/obj.ts';
import { checkInterrupt, interruptible } from '../../../engine/interrupt.ts';
import { Files } from '../../../engine/project/files.ts';
import { renderPictures } from '../../../engine/render/render.ts';
import { createScripts } from '../../../engine/script/script.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { LooseProject } from '../../support/project.ts';
import { temporaryDirectory } from '../../support/tmp.ts';

const interrupts = suite('interrupts');

class Stop extends Error {}

/** How often an action looks. */
function looksOf(action: () => unknown): number {
  let looks = 0;
  interruptible(() => {
    looks++;
  }, action);
  return looks;
}

/** Has an action end at a look. */
function stopAt(look: number, action: () => unknown): void {
  let looks = 0;
  const stop = () => {
    if (++looks === look) throw new Stop();
  };
  assert.throws(
    () => interruptible(stop, action),
    (error: unknown) => error instanceof Stop,
  );
}

/** A sponge of so many blocks along x, of four colours. */
function sponge(blocks: number, side = 16): Volume {
  const volume = new Volume();
  for (let x = 0; x < blocks * 16; x++) {
    for (let y = 0; y < side; y++) {
      for (let z = 0; z < side; z++) {
        const color = 0xff00_0000 + ((x >> 2) & 3) * 0x40_2010;
        if ((x * 7 + y * 5 + z * 3) % 4 !== 0) volume.set(x, y, z, color);
      }
    }
  }
  return volume;
}

interrupts('a look outside of work, and after it, does nothing', () => {
  checkInterrupt();
  stopAt(1, checkInterrupt);
  checkInterrupt();
});

for (const { name, write, read } of FORMATS) {
  const bytesOf = (document: Document) => Buffer.concat([...write!(document)]);
  if (write === undefined) continue;
  const [small, large] = [sponge(2), sponge(8)];

  interrupts(`writing ${name} looks by what there is to write`, () => {
    const few = looksOf(() => bytesOf(documentAround(small)));
    const many = looksOf(() => bytesOf(documentAround(large)));
    assert.ok(few >= 2, `${few} looks for 2 blocks`);
    // A map of .vxl has the same size, whatever is in it.
    if (name !== 'vxl') assert.ok(many >= few + 6, `${few} and ${many} looks for 2 and 8 blocks`);
    stopAt(Math.ceil(many / 4), () => bytesOf(documentAround(large)));
  });

  for (const mesh of ['greedy', 'marching', 'smooth'] as const) {
    if (!['obj', 'gltf', 'glb', 'stl', 'ply'].includes(name)) continue;
    interrupts(`writing ${name} of ${mesh} looks too, in every walk`, () => {
      const write_ = (volume: Volume) => () => [...write(documentAround(volume), { mesh })];
      const few = looksOf(write_(small));
      const many = looksOf(write_(large));
      assert.ok(few >= 2 && many >= few + 12, `${few} and ${many} looks`);
      stopAt(many - 1, write_(large));
    });
  }

  if (read === undefined) continue;
  interrupts(`reading ${name} looks by what there is to read`, () => {
    const files = [small, large].map((volume) => bytesOf(documentAround(volume)));
    const [few, many] = files.map((bytes) => looksOf(() => read(bytes, name)));
    assert.ok(few! >= 2, `${few} looks for 2 blocks`);
    if (name !== 'vxl') assert.ok(many! >= few! + 6, `${few} and ${many} looks`);
    stopAt(Math.ceil(many! / 2), () => read(files[1]!, name));
    // Whatever part is read: a texture, a palette, the voxels.
    for (let look = 1; look <= Math.min(few!, 12); look++) {
      stopAt(look, () => read(files[0]!, name));
    }
  });
}

/** A block of 64³ with a hole in it. */
function holed(): LooseProject {
  const made = new LooseProject();
  made.run('goxel.fill_region', { min: [0, 0, 0], max: [63, 63, 63], color: '#FF0000' });
  made.project.document.activeLayer.volume.fillBox([20, 20, 20], [40, 40, 40], 0);
  return made;
}

const BOX = { min: [0, 0, 0], max: [64, 64, 64] };

/** Each is some work in such a project. */
const EDITS: readonly (readonly [method: string, params: object])[] = [
  ['goxel.fill_region', { min: [-90, 0, 0], max: [-1, 90, 90], color: '#00FF00' }],
  ['goxel.paint_shape', { shape: 'sphere', box: BOX, color: '#0000FF' }],
  ['goxel.paint_shape', { shape: 'cube', box: BOX, mode: 'sub' }],
  [
    'goxel.paint_stroke',
    {
      points: [
        [0, 0, 0],
        [64, 64, 64],
      ],
      radius: 9,
      color: '#0000FF',
    },
  ],
  ['goxel.laser', { from: [-90, 32, 32], direction: [1, 0, 0], radius: 30 }],
  ['goxel.flood_fill', { x: 1, y: 1, z: 1, color: '#123456' }],
  ['goxel.replace_color', { from: '#FF0000', to: '#FFFFFF' }],
  ['goxel.extrude', { x: 0, y: 0, z: 0, face: '-x', distance: 300 }],
  ['goxel.filter', { kind: 'hollow' }],
  ['goxel.filter', { kind: 'fill_holes' }],
  ['goxel.filter', { kind: 'hull' }],
  ['goxel.filter', { kind: 'colors', lightness: 0.5 }],
  ['goxel.transform_layer', { rotate: { axis: 'z', degrees: 90 } }],
  ['goxel.transform_layer', { translate: [3, 5, 7] }],
  ['goxel.procedural_shape', { shape_type: 'terrain', size_x: 96, size_y: 96 }],
  ['goxel.procedural_shape', { shape_type: 'sphere', radius: 40 }],
];

for (const [i, [method, params]] of EDITS.entries()) {
  interrupts(`${method} (${i}) that is stopped half way has changed nothing`, () => {
    const whole = holed();
    const before = whole.state;
    const looks = looksOf(() => whole.run(method, params));
    assert.ok(looks >= 10, `${looks} looks`);
    assert.not.equal(whole.state, before, 'it changes something');
    for (const part of [0.2, 0.6, 1]) {
      const bench = holed();
      stopAt(Math.ceil(looks * part), () => bench.run(method, params));
      assert.equal(bench.state, before);
    }
  });
}

for (const kind of ['box', 'color', 'all', 'connected']) {
  interrupts(`a selection (${kind}) that is stopped leaves the one before`, () => {
    const box = { box: BOX, color: '#FF0000', position: [0, 0, 0] };
    const whole = holed();
    const looks = looksOf(() => whole.run('goxel.select', { kind, ...box }));
    assert.ok(looks >= 10, `${looks} looks`);
    const bench = holed();
    stopAt(looks, () => bench.run('goxel.select', { kind, ...box }));
    assert.is(bench.project.selection.mask.count(), 0);
  });
}

interrupts('a script looks as long as it runs, and is taken back', async () => {
  const bench = holed();
  const { project } = bench;
  project.scripting.scripts = await createScripts();
  const before = bench.state;
  let looks = 0;
  const stop = () => {
    if (++looks >= 1000) throw new GoxError('GOX_CANCELLED', 'The request was cancelled.');
  };
  const script = 'goxel.image.activeLayer.volume.setAt([1, 1, 1], [1, 2, 3, 255]); for (;;) {}';
  assert.throws(
    () => interruptible(stop, () => bench.run('script.execute', { script })),
    (error: unknown) => error instanceof GoxError && error.code === 'GOX_CANCELLED',
  );
  assert.equal(bench.state, before);
});

interrupts('a file that is being written when work stops goes away again', () => {
  const directory = temporaryDirectory();
  const files = new Files({ roots: [directory], file_bytes_max: 2 ** 24 });
  const write = () => files.write(join(directory, 'a.obj'), obj.write!(documentAround(sponge(8))));
  const looks = looksOf(write);
  rmSync(join(directory, 'a.obj'));
  for (const part of [0.01, 0.5, 1]) stopAt(Math.ceil(looks * part), write);
  assert.equal(readdirSync(directory), []);
});

interrupts('a picture is made with looks', () => {
  const document = documentAround(sponge(8));
  const views = [{ width: 64, height: 64 }];
  const looks = looksOf(() => renderPictures(document, { views }));
  assert.ok(looks >= 50, `${looks} looks`);
  stopAt(looks, () => renderPictures(document, { views }));
});

interrupts.run();
