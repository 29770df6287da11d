/** Voxels that shine, asked directly: no light is lost or counts twice, and noise is less. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Document } from '../../../engine/document/document.ts';
import { prepareTrace, type TraceJob } from '../../../engine/trace/job.ts';
import type { TraceOptions } from '../../../engine/trace/options.ts';
import { runTracePart } from '../../../engine/trace/trace.ts';
import type { Box, Vec3 } from '../../../engine/volume/box.ts';
import { boxes, GREY, RED, WHITE } from '../../support/pictures.ts';
import { freeControl, runTrace } from '../../support/trace.ts';
import {
  byChance,
  DARK,
  type Look,
  layerOf,
  lightOf,
  lightOfJob,
  looking,
} from '../../support/trace-scenes.ts';

/** A hollow room of 12³ with walls one thick, and a look for them. */
function room(look: Look, rgba = GREY): Document {
  const document = boxes([[-7, -7, -7], [7, 7, 7], rgba]);
  document.activeLayer.volume.fillBox([-6, -6, -6], [6, 6, 6], 0);
  return looking(document, look);
}

/** From inside of the room, at a corner of it. */
const INSIDE = {
  width: 16,
  height: 12,
  camera: { eye: [-5, -5, 1] as Vec3, target: [4, 4, -2] as Vec3 },
  fov_degrees: 80,
} as const;

const energy = suite('light of lamps');

energy('a white body in a closed room that shines evenly shines alike', () => {
  // The walls send back nothing.
  const document = room({ color: [0, 0, 0, 1], metallic: 1, emission: [1, 1, 1] }, WHITE);
  layerOf(document, { roughness: 0.4 }).fillBox([1, 1, -5], [4, 4, 0], WHITE);
  const options = { views: [INSIDE], samples: 64, bounces: 64, ...DARK };
  const { each, mean } = lightOf(document, options);
  assert.is(each.length, 16 * 12);
  assert.ok(Math.abs(mean - 1) < 0.005, `${mean}`);
});

energy('a white room that shines doubles its light at each bounce', () => {
  const document = room({ emission: [1, 1, 1] }, WHITE);
  for (const bounces of [0, 2]) {
    const options = { views: [INSIDE], samples: 64, bounces, ...DARK };
    const { mean } = lightOf(document, options);
    const expected = bounces + 2;
    assert.ok(Math.abs(mean / expected - 1) < 0.01, `${mean}, not ${expected}`);
  }
});

/** Mean light of pictures by some seeds, always the same ones, and its standard error. */
function meanOf(document: Document, options: TraceOptions, change: (job: TraceJob) => TraceJob) {
  const means: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    means.push(lightOfJob(change(prepareTrace(document, { ...options, seed: run }))).mean);
  }
  const mean = means.reduce((sum, value) => sum + value, 0) / RUNS;
  const squares = means.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (RUNS * (RUNS - 1))) };
}
const RUNS = 8;

type Lamp = Box & { readonly emission: number[] };
const SMALL: Lamp = { min: [-2, -2, 4], max: [0, 0, 6], emission: [6, 3, 1] };
const LARGE: Lamp = { min: [-6, -6, 5], max: [6, 6, 6], emission: [0.5, 1, 1] };
const IN_CORNER: Lamp = { min: [4, 2, -6], max: [6, 4, -4], emission: [2, 2, 4] };

for (const [name, walls, lamp, rgba] of [
  ['matt walls and a small lamp', {}, SMALL, GREY],
  ['matt walls and a shining ceiling', {}, LARGE, GREY],
  ['matt walls and a lamp in a corner', {}, IN_CORNER, GREY],
  ['half metal', { metallic: 0.5, roughness: 0.5 }, SMALL, GREY],
  ['rough metal', { metallic: 1, roughness: 0.8 }, IN_CORNER, RED],
  ['mirrors', { metallic: 1, roughness: 0 }, LARGE, GREY],
] as const) {
  energy(`asked and found by chance it is the same: ${name}`, () => {
    const document = room(walls, rgba);
    layerOf(document, { emission: [...lamp.emission] }).fillBox(lamp.min, lamp.max, WHITE);
    const options = { views: [INSIDE], samples: 32, bounces: 2, ...DARK };
    const asked = meanOf(document, options, (job) => job);
    const found = meanOf(document, options, byChance);
    const error = Math.hypot(asked.error, found.error);
    const told = `${asked.mean} ± ${asked.error}, by chance ${found.mean} ± ${found.error}`;
    assert.ok(error < 0.03 * found.mean, `too much noise to tell: ${told}`);
    assert.ok(Math.abs(asked.mean - found.mean) < 4 * error, told);
  });
}

energy('a small lamp in a room leaves a fifth of the noise', () => {
  const document = room({}, GREY);
  // Above the eye, out of sight.
  layerOf(document, { emission: [8, 8, 8] }).fillBox([-5, -5, 4], [-4, -4, 5], WHITE);
  const options = { views: [INSIDE], bounces: 0, ...DARK };
  const truth = lightOf(document, { ...options, samples: 1024 }).each;
  const noise = (change: (job: TraceJob) => TraceJob) => {
    const { each } = lightOfJob(change(prepareTrace(document, { ...options, samples: 16 })));
    const squares = each.reduce((sum, light, i) => sum + (light - truth[i]!) ** 2, 0);
    return Math.sqrt(squares / each.length);
  };
  const [asked, found] = [noise((job) => job), noise(byChance)];
  assert.ok(asked < found / 5, `${asked}, by chance ${found}`);
});

energy.run();

const list = suite('list of lamps');

function listed(document: Document, threads = 1): TraceJob {
  const job = prepareTrace(document, { views: [{ width: 8, height: 8 }], threads });
  for (let part = 0; part < threads; part++) runTracePart(job, 0, part, freeControl());
  return job;
}

list('has the faces that shine on something, with their power', () => {
  const document = boxes([[-20, -3, -3], [20, 3, 0], GREY]);
  // Over several blocks, on the ground, and with a hole.
  const lamp = layerOf(document, { emission: [1, 0, 0.5] });
  lamp.fillBox([-18, -2, 0], [18, 1, 2], WHITE);
  lamp.fillBox([-1, -1, 0], [0, 0, 1], 0);
  const glass = layerOf(document, { color: [1, 1, 1, 0.5] });
  glass.fillBox([18, -2, 0], [19, 1, 2], WHITE);
  const { lamps } = listed(document);
  const outside = 36 * 3 + 2 * 36 * 2 + 2 * 3 * 2;
  assert.is(lamps.count[0], outside + 4 + 1);
  assert.ok(Math.abs(lamps.sums[lamps.count[0]! - 1]! - 1.5 * (outside + 5)) < 1e-9);
});

list('is the same for any number of threads', () => {
  const document = boxes([[0, 0, 0], [40, 40, 1], GREY]);
  const lamp = layerOf(document, { emission: [1, 1, 1] });
  for (let i = 0; i < 40; i += 3) lamp.fillBox([i, i, 1], [i + 2, i + 1, 3], i % 2 ? RED : WHITE);
  const [one, three] = [listed(document), listed(document, 3)];
  assert.equal(one.lamps.faces, three.lamps.faces);
  assert.equal(one.lamps.sums, three.lamps.sums);
  const options = { views: [{ width: 40, height: 30 }], samples: 3 };
  const [a] = runTrace(prepareTrace(document, options));
  const [b] = runTrace(prepareTrace(document, { ...options, threads: 3 }));
  assert.ok(Buffer.from(a!).equals(b!));
});

list('takes the smaller groups when not all faces fit', () => {
  const document = boxes([[-2, -2, -2], [0, 0, -1], GREY]);
  const lava = layerOf(document, { emission: [1, 0.2, 0] });
  // Every voxel of a checkerboard shows six faces: more than 2^18 in all.
  for (let i = 0; i < 48 ** 3; i++) {
    const [x, y, z] = [i % 48, Math.floor(i / 48) % 48, Math.floor(i / 48 / 48)];
    if ((x + y + z) % 2 === 0) lava.set(x, y, z, WHITE);
  }
  const lamp = layerOf(document, { emission: [9, 9, 9] });
  lamp.fillBox([60, 0, 0], [62, 2, 2], WHITE);
  const { lamps } = listed(document);
  assert.is(lamps.count[0], 24);
});

list('has nothing that is dark, black or lets light through', () => {
  const document = looking(boxes([[0, 0, 0], [4, 4, 4], GREY]), {});
  assert.is(listed(document).lamps.faces.length, 0);
  layerOf(document, { emission: [1, 1, 1] }).fillBox([9, 0, 0], [10, 1, 1], 0xff00_0000);
  const veil = layerOf(document, { emission: [1, 1, 1], color: [1, 1, 1, 0.5] });
  veil.fillBox([0, 0, 9], [1, 1, 10], WHITE);
  assert.is(listed(document).lamps.count[0], 0);
});

list.run();
