/** Models that are written larger or smaller, and what of them stays. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { newCamera } from '../../../engine/document/scene.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { interruptible } from '../../../engine/interrupt.ts';
import { resampled } from '../../../engine/ops/resample.ts';
import { shaped } from '../../../engine/project/shaping.ts';
import { boxCorners, boxMatrix, identity } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { TestEngine } from '../../support/engine.ts';

const RED = 0xff00_00ff;
const GREY = 0xff80_8080;
const MANY = 1 << 20;

const sizes = suite('the size of what is written');

for (const factor of [2, 3, 1.5, 5]) {
  sizes(`is ${factor} times as large, wherever it is`, () => {
    const volume = new Volume();
    volume.fillBox([-40, -8, -2], [-20, 24, 30], GREY);
    volume.set(-30, 0, 30, RED);
    const made = resampled(volume, factor, MANY);
    const { min, max } = made.box()!;
    const corners = [min, max].map((corner) => corner.map((value) => value / factor));
    assert.ok(corners[0]!.every((value, i) => Math.abs(value - [-40, -8, -2][i]!) <= 0.5));
    assert.ok(corners[1]!.every((value, i) => Math.abs(value - [-20, 24, 31][i]!) <= 0.5));
    const middle = [-29.5, 0.5, 30.5].map((value) => Math.floor(value * factor));
    assert.is(made.get(middle[0]!, middle[1]!, middle[2]!), RED);
    if (Number.isInteger(factor)) assert.is(made.count(), volume.count() * factor ** 3);
  });
}

sizes('made larger and smaller again is what it was', () => {
  const volume = new Volume();
  for (let i = 0; i < 4000; i++) {
    const at = [i % 53, (i * 7) % 41, (i * 13) % 29].map((value) => value - 20);
    volume.set(at[0]!, at[1]!, at[2]!, (0xff00_0000 | (i * 40_503)) >>> 0);
  }
  const back = resampled(resampled(volume, 3, MANY), 1 / 3, MANY);
  assert.is(back.count(), volume.count());
  for (const { x, y, z, data } of volume.blocks()) {
    assert.equal([...back.blockAt(x, y, z)!], [...data]);
  }
});

sizes('keeps thin walls and single voxels, however small', () => {
  for (const factor of [0.5, 0.3, 0.1]) {
    const volume = new Volume();
    volume.fillBox([0, 7, 0], [100, 8, 100], GREY);
    volume.set(50, 90, 50, RED);
    const made = resampled(volume, factor, MANY);
    const side = Math.ceil(100 * factor);
    assert.is(made.count(), side * side + 1, `${factor}`);
    assert.ok([...made.blocks()].some(({ data }) => data.includes(RED)));
  }
});

sizes('has the colour that most have which are seen, not what is inside', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [64, 64, 64], RED);
  volume.fillBox([1, 1, 1], [63, 63, 63], GREY);
  volume.set(32, 32, 63, 0xff00_ff00);
  const made = resampled(volume, 0.125, MANY);
  assert.is(made.count(), 512);
  assert.is(made.get(4, 4, 7), RED);
  assert.is(made.get(0, 0, 0), RED);
  assert.is(made.get(4, 4, 4), GREY);
});

sizes('is that of all there is: cameras, boxes, marks, clones, shapes', () => {
  const document = Document.empty();
  const [base] = document.layers;
  base!.volume.set(1, 2, 3, RED);
  const mat = identity();
  mat.set([4, 0, 0], 12);
  const clone = document.addLayer('clone');
  clone.set({ baseId: base!.id, mat });
  const odd = document.addLayer('odd');
  odd.set({
    baseId: base!.id,
    mat: Float32Array.of(0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1, 0, 9, 9, 9, 1),
  });
  const ball = document.addLayer('ball');
  ball.set({
    shape: { kind: 'sphere', color: GREY },
    mat: boxMatrix({ min: [20, 0, 0], max: [26, 6, 6] }),
  });
  document.set({
    box: boxMatrix({ min: [-3, 0, 0], max: [30, 8, 8] }),
    cameras: [{ ...newCamera('eye'), dist: 50 }],
  });
  const options = { scale: 2 };
  const made = shaped(document, options, new Report(), { format: 'gox', palette: undefined });
  assert.is(made.cameras[0]!.dist, 100);
  assert.equal(boxCorners(made.box), { min: [-6, 0, 0], max: [60, 16, 16] });
  assert.equal(made.layers[3]!.volume.box(), { min: [40, 0, 0], max: [52, 12, 12] });
  // What another program computes of clones and shapes in the file.
  const bytes = Buffer.concat([...formatFor('x.gox').write!(made)]);
  const read = formatFor('x.gox').read!(bytes, 'x.gox');
  read.refresh();
  for (const [i, { volume }] of made.layers.entries()) {
    assert.equal(read.layers[i]!.volume.box(), volume.box(), `${i}`);
    assert.is(read.layers[i]!.volume.count(), volume.count(), `${i}`);
  }
  assert.is(read.layers[1]!.baseId, base!.id);
  assert.is(read.layers[1]!.volume.get(11, 5, 7), RED);
  assert.is(base!.volume.count(), 1);
});

sizes('of meshes is theirs, of their units', () => {
  const engine = new TestEngine();
  engine.call('add_voxel', [0, 0, 0, '#ff0000']);
  const { data } = engine.call('export_model', { format: 'obj', scale: 3 }) as { data: string };
  const text = Buffer.from(data, 'base64').toString();
  assert.is(text.match(/^v /gm)!.length, 8);
  assert.match(text, /^v 3 /m);
});

sizes('that is too large is refused before the work, with what to give', () => {
  const engine = new TestEngine();
  engine.call('fill_region', { min: [0, 0, 0], max: [9, 9, 9], color: '#ff0000' });
  for (const scale of [1000, 1e9, 1e300]) {
    const before = performance.now();
    const { message, data } = engine.fail('export_model', { format: 'vox', scale });
    assert.is(data.code, 'GOX_MEMORY_LIMIT');
    assert.match(message, /Give a smaller `scale`/);
    assert.ok(performance.now() - before < 1000);
  }
});

sizes('can be interrupted', () => {
  const volume = new Volume();
  volume.fillBox([0, 0, 0], [64, 64, 64], GREY);
  for (const factor of [4, 0.5]) {
    let asked = 0;
    const stop = () => {
      if (++asked > 20) throw new Error('stopped');
    };
    assert.throws(() => interruptible(stop, () => resampled(volume, factor, MANY)), /stopped/);
  }
});

sizes.run();
