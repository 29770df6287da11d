/** Pictures of volumes of means, and of what is prepared in turns. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Document } from '../../../engine/document/document.ts';
import { Coarse } from '../../../engine/prepared/coarse.ts';
import { Kept } from '../../../engine/prepared/kept.ts';
import { prepareRender } from '../../../engine/render/direct.ts';
import type { RenderJob } from '../../../engine/render/job.ts';
import type { RenderOptions } from '../../../engine/render/options.ts';
import { runRenderPart } from '../../../engine/render/render.ts';
import { inTurn, runningAgain, Unfinished } from '../../../engine/turns.ts';
import { pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { decodeAnswer, encodeBatch, TestEngine } from '../../support/engine.ts';
import { SEED } from '../../support/seed.ts';
import { type Next, numbersFrom } from '../../support/volumes.ts';

const WIDTH = 200;

/** Ground with grass on it, walls of one voxel, and dust. */
function scene(next: Next): Document {
  const document = Document.empty();
  const { volume } = document.layers[0]!;
  for (let y = 0; y < WIDTH; y += 8) {
    for (let x = 0; x < WIDTH; x += 8) {
      const height = 4 + next(24);
      volume.fillBox([x, y, 0], [x + 8, y + 8, height], pack(90, 60, 40, 255));
      volume.fillBox([x, y, height], [x + 8, y + 8, height + 1], pack(40, 170, 50, 255));
    }
  }
  for (let i = 0; i < 12; i++) {
    const [x, y] = [next(WIDTH - 40), next(WIDTH - 40)];
    const long = 10 + next(30);
    const max = next(2) === 0 ? ([x + 1, y + long, 60] as const) : ([x + long, y + 1, 60] as const);
    volume.fillBox([x, y, 20], max, pack(200, 80, next(256), 255));
  }
  for (let i = 0; i < 2500; i++) {
    volume.set(next(WIDTH), next(WIDTH), 60 + next(60), pack(230, next(256), 90, 255));
  }
  return document;
}

function finished(job: RenderJob): Buffer {
  let bytes: Uint8Array | undefined;
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) bytes = runRenderPart(job, stage, part) ?? bytes;
  }
  return Buffer.from(bytes!);
}

function pixelsOf(document: Document, options: RenderOptions): Uint8Array {
  const job = prepareRender(document, options, undefined, new Kept(2 ** 26));
  finished(job);
  return job.views[0]!.rgba!;
}

/** Lines that nobody can see, with which nothing is drawn of means. */
const EXACT = { outline: { silhouette: 1e-9 } };

/** The difference of all means of squares of so many pixels, on average. */
function difference(a: Uint8Array, b: Uint8Array, width: number, square: number): number {
  let [sum, count] = [0, 0];
  for (let y = 0; y + square <= width; y += square) {
    for (let x = 0; x + square <= width; x += square) {
      for (let channel = 0; channel < 3; channel++) {
        let apart = 0;
        for (let i = 0; i < square ** 2; i++) {
          const at = ((y + Math.floor(i / square)) * width + x + (i % square)) * 4 + channel;
          apart += a[at]! - b[at]!;
        }
        sum += Math.abs(apart) / square ** 2;
        count++;
      }
    }
  }
  return sum / count;
}

const test = suite('levels of detail');

test('a picture of means is near to the one of all voxels', () => {
  for (const camera of ['default', 'top', 'isometric', 'front'] as const) {
    const document = scene(numbersFrom(SEED));
    for (const width of [48, 24]) {
      const options: RenderOptions = { views: [{ width, height: width, camera }] };
      const means = pixelsOf(document, options);
      const all = pixelsOf(document, { ...options, ...EXACT });
      const which = `seed ${SEED}, ${camera}, ${width} pixels`;
      assert.ok(difference(means, all, width, 12) < 8, which);
      assert.ok(difference(means, all, width, 4) < 9, which);
      assert.ok(difference(means, all, width, 1) < 22, which);
    }
  }
});

test('a picture whose voxels are as large as its samples is the one of all voxels', () => {
  const document = scene(numbersFrom(SEED));
  const views = [{ width: 120, height: 120, camera: 'front', pixels_per_voxel: 0.3 }] as const;
  const options = { views: [{ ...views[0], orthographic: true }] };
  assert.equal(pixelsOf(document, options), pixelsOf(document, { ...options, ...EXACT }));
  const smaller = { views: [{ ...options.views[0]!, pixels_per_voxel: 0.24 }] };
  assert.not.equal(pixelsOf(document, smaller), pixelsOf(document, { ...smaller, ...EXACT }));
});

/** The blocks with voxels of a volume, in order of their positions. */
function contentOf(volume: Volume): string[] {
  return [...volume.blocks()]
    .map(({ x, y, z, data }) => `${x} ${y} ${z} ${Buffer.from(Uint8Array.from(data)).toString()}`)
    .sort();
}

test('volumes of means follow what changes', () => {
  const next = numbersFrom(SEED);
  const source = new Volume();
  const half = new Coarse();
  for (let step = 0; step < 60; step++) {
    const [x, y, z] = [next(90) - 40, next(90) - 40, next(60) - 30];
    const color = next(3) === 0 ? 0 : pack(next(256), next(256), 30, 255);
    if (next(2) === 0) source.set(x, y, z, color);
    else source.fillBox([x, y, z], [x + next(40), y + next(5), z + next(20)], color);
    if (next(30) === 0) source.clear();
    half.follow(source);
    const fresh = new Coarse();
    fresh.follow(source);
    assert.equal(contentOf(half.volume), contentOf(fresh.volume), `seed ${SEED}, step ${step}`);
  }
});

test('what is prepared in turns is what is prepared at one go, also after an edit', () => {
  const document = scene(numbersFrom(SEED));
  const { now } = performance;
  let time_ms = 0;
  for (const width of [16, 64]) {
    const options = { views: [{ width, height: width }] };
    const kept = new Kept(2 ** 26);
    for (const color of [0xff00_ffff, 0xffff_00ff]) {
      let job: RenderJob | undefined;
      let turns = 0;
      // A turn ends whenever somebody asks.
      performance.now = () => (time_ms += 100);
      try {
        while (job === undefined) {
          try {
            const prepare = () => prepareRender(document, options, undefined, kept);
            job = runningAgain(() => inTurn(prepare));
          } catch (error) {
            if (!(error instanceof Unfinished)) throw error;
            // Somebody else edits meanwhile.
            if (turns++ === 3) document.layers[0]!.volume.set(5, 5, 90, color);
            assert.ok(turns < 10_000, 'it comes to an end');
          }
        }
      } finally {
        performance.now = now;
      }
      const fresh = new Kept(2 ** 26);
      const wanted = finished(prepareRender(document, options, undefined, fresh));
      assert.equal(finished(job), wanted, `seed ${SEED}, ${width} pixels, ${turns} turns`);
    }
  }
});

test('requests of other projects are answered while a first picture is prepared', () => {
  const engine = new TestEngine({ jobs_inline: false });
  const box = { min: [0, 0, 0], max: [90, 90, 40], color: [90, 200, 40] };
  engine.call('goxel.fill_region', box, 1);
  const picture = { method: 'goxel.render_scene', params: { width: 16, height: 16 }, project: 1 };
  const { now } = performance;
  let time_ms = 0;
  let turns = 0;
  performance.now = () => (time_ms += 100);
  try {
    const asked = (): boolean => {
      const answer = engine.engine.run(encodeBatch([picture]));
      return answer instanceof ArrayBuffer && decodeAnswer(answer).length === 0;
    };
    while (asked()) {
      assert.ok(++turns < 1000, 'it comes to an end');
      engine.call('goxel.add_voxel', { x: turns, y: 0, z: 0, color: [1, 2, 3] }, 2);
    }
  } finally {
    performance.now = now;
  }
  assert.ok(turns > 3, `${turns} turns`);
  assert.equal(engine.defects, []);
});

test.run();
