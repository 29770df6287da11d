/** What traced pictures promise beside light: cameras, backgrounds, sameness, time, threads. */

import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ErrorCode, GoxError } from '../../../conf/errors.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import type { Background, View } from '../../../engine/render/options.ts';
import { prepareTrace, type TraceJob } from '../../../engine/trace/job.ts';
import type { TraceOptions } from '../../../engine/trace/options.ts';
import { samplesAfter } from '../../../engine/trace/passes.ts';
import { runTracePart } from '../../../engine/trace/trace.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { models } from '../../support/fixtures.ts';
import {
  axes,
  boxes,
  CLEAR,
  cube,
  decodePicture,
  GREY,
  pixelAt,
  RED,
  render,
  WHITE,
} from '../../support/pictures.ts';
import { freeControl, runTrace, trace } from '../../support/trace.ts';

const VIEW = { width: 50, height: 40 };

const cameras = suite('cameras of traced pictures');

const SIZE = { width: 64, height: 48 };
const LOOKS: View[] = [
  { ...SIZE },
  { ...SIZE, camera: 'isometric' },
  { ...SIZE, camera: 'left', fov_degrees: 70 },
  { ...SIZE, camera: { active: true } },
  { ...SIZE, camera: { yaw_degrees: 200, pitch_degrees: -30 }, orthographic: true },
];

for (const [number, fixture] of models()
  .filter(({ name }) => name !== 'empty')
  .entries()) {
  // Every model is seen from some sides, and every side shows many models.
  const looks = LOOKS.filter((_, i) => (i + number) % 2 === 0);
  cameras(`${fixture.title} has the rasteriser's outline`, () => {
    const document = formatFor('a.gox').read!(fixture.bytes, fixture.title);
    const options = { views: looks, samples: 8, bounces: 0, refraction: 1, ...CLEAR };
    const job = prepareTrace(document, options);
    for (const [i, bytes] of runTrace(job).entries()) {
      const [traced, drawn] = [decodePicture(bytes), render(document, looks[i]!, CLEAR)];
      let [covered, differ] = [0, 0];
      for (let at = 3; at < drawn.data.length; at += 4) {
        if (drawn.data[at]! > 0) covered++;
        // A pixel of an edge has four samples there and eight here.
        if (Math.abs(drawn.data[at]! - traced.data[at]!) > 140) differ++;
      }
      assert.ok(differ <= 1 + covered / 100, `view ${i}: ${differ} pixels of ${covered}`);
    }
  });
}

cameras('an eye inside of voxels looks out of them', () => {
  const document = boxes([[-2, -2, -2], [2, 2, 2], WHITE], [[-9, 9, -9], [9, 10, 9], RED]);
  const camera = { eye: [0.5, 0.5, 0.5] as Vec3, target: [0.5, 9, 0.5] as Vec3 };
  const picture = trace(document, { views: [{ ...VIEW, camera }], samples: 4, ...CLEAR });
  const [red, green, , alpha] = pixelAt(picture, 25, 20);
  assert.ok(red! > green! + 50 && alpha === 255, `${red} ${green} ${alpha}`);
});

cameras('each view has its own size and picture', () => {
  const views = [VIEW, { width: 17, height: 33, camera: 'top' }, { width: 1, height: 1 }] as const;
  const pictures = runTrace(prepareTrace(cube(3), { views, samples: 2 })).map(decodePicture);
  assert.equal(
    pictures.map(({ width, height }) => [width, height]),
    views.map(({ width, height }) => [width, height]),
  );
  const middle = pictures.map((picture) =>
    pixelAt(picture, picture.width >> 1, picture.height >> 1),
  );
  for (const [red] of middle) assert.ok(red! > 130, `${red}`);
});

cameras.run();

const form = suite('form of traced pictures');

form('backgrounds are those of the rasteriser', () => {
  const backgrounds: Background[] = ['gradient', 'transparent', [1, 77, 200, 255], [9, 8, 7, 100]];
  for (const background of backgrounds) {
    for (const format of ['png', 'jpeg'] as const) {
      const options = { format, background };
      const traced = trace(cube(2), { views: [VIEW], samples: 1, ...options });
      const drawn = render(cube(2), VIEW, options);
      const within = format === 'jpeg' ? 4 : 0;
      // The eye sees nothing of the colour under alpha 0; JPEG keeps no alpha.
      if (format === 'jpeg' && typeof background !== 'string' && background[3] < 255) continue;
      for (const [x, y] of [
        [0, 0],
        [49, 0],
        [3, 39],
      ] as const) {
        const [a, b] = [pixelAt(traced, x, y), pixelAt(drawn, x, y)];
        for (const [c, value] of a.entries()) {
          assert.ok(Math.abs(value - b[c]!) <= within, `${format} ${background}: ${a}, not ${b}`);
        }
      }
    }
  }
});

form('edges lie over the background, and over none without a rim', () => {
  const document = boxes([[0, 0, 0], [4, 4, 4], WHITE]);
  const light = { intensity: 0, ambient: 1 };
  const clear = trace(document, { views: [VIEW], samples: 32, light, ...CLEAR });
  let edges = 0;
  for (let at = 0; at < clear.data.length; at += 4) {
    const alpha = clear.data[at + 3]!;
    if (alpha > 0 && alpha < 255) edges++;
    if (alpha > 0) assert.ok(clear.data[at]! > 250, `${clear.data[at]} under ${alpha}`);
  }
  assert.ok(edges > 20);
});

form('pictures too wide for one band of packing come whole', () => {
  const view = {
    width: 1500,
    height: 500,
    camera: 'front',
    orthographic: true,
    margin: 0,
  } as const;
  const document = boxes([[0, 0, 0], [3, 1, 1], GREY]);
  const light = { intensity: 0, ambient: 1 };
  const picture = trace(document, { views: [view], samples: 1, bounces: 0, light });
  const row = (y: number) => Array.from({ length: 15 }, (_, i) => pixelAt(picture, i * 100, y)[0]!);
  for (const y of [0, 249, 250, 499]) {
    const mean = row(y).reduce((sum, value) => sum + value, 0) / 15;
    assert.ok(mean > 100 && mean < 180, `row ${y}: ${mean}`);
  }
});

form('refuses what is out of range', () => {
  const refuses = (code: ErrorCode, options: Partial<TraceOptions>) =>
    assert.throws(
      () => prepareTrace(cube(1), { views: [VIEW], ...options }),
      (error: GoxError) => error.code === code,
      JSON.stringify(options),
    );
  for (const samples of [0, 10_001, 1.5, Number.NaN]) refuses('GOX_INVALID_PARAMS', { samples });
  for (const bounces of [-1, 65]) refuses('GOX_INVALID_PARAMS', { bounces });
  refuses('GOX_INVALID_PARAMS', { sky: -1 });
  refuses('GOX_INVALID_PARAMS', { time_ms: Number.NaN });
  refuses('GOX_INVALID_PARAMS', { threads: 0 });
  refuses('GOX_INVALID_PARAMS', { sun_degrees: 91 });
  for (const refraction of [0.9, 3.1]) refuses('GOX_INVALID_PARAMS', { refraction });
  refuses('GOX_INVALID_PARAMS', { views: [{ width: 0, height: 3 }] });
  refuses('GOX_MEMORY_LIMIT', { views: [{ width: 8192, height: 8192 }] });
  refuses('GOX_MEMORY_LIMIT', { views: [{ width: 8192, height: 2048 }], denoise: true });
});

form.run();

const work = suite('work on traced pictures');

const SCENE = () => boxes([[0, 0, 0], [9, 9, 1], WHITE], [[2, 2, 1], [5, 5, 7], GREY]);
const OPTIONS: TraceOptions = {
  views: [VIEW, { width: 33, height: 20 }],
  samples: 14,
  floor: true,
};

const same = (a: readonly Uint8Array[], b: readonly Uint8Array[]) =>
  a.length === b.length && a.every((bytes, i) => Buffer.from(bytes).equals(b[i]!));

/** What a part of the last stage has made. */
function picture(made: ReturnType<typeof runTracePart>): Uint8Array {
  if (typeof made !== 'object') throw new Error(`${made} instead of a picture`);
  return made;
}

/** Runs each stage in as many threads as it has parts, at the same time; the last one here. */
async function runInThreads(job: TraceJob): Promise<Uint8Array[]> {
  const path = new URL('../../support/trace-worker.js', import.meta.url);
  const last = job.stages.length - 1;
  for (const [stage, parts] of job.stages.slice(0, last).entries()) {
    const ended = Array.from({ length: parts }, (_, part) => {
      const worker = new Worker(path, { workerData: { job, stage, part } });
      return new Promise((done, fail) => worker.once('exit', done).once('error', fail));
    });
    await Promise.all(ended);
  }
  return job.views.map((_, part) => picture(runTracePart(job, last, part, freeControl())));
}

work('is the same in one part, in three, and in three threads', async () => {
  const one = runTrace(prepareTrace(SCENE(), OPTIONS));
  assert.ok(same(one, runTrace(prepareTrace(SCENE(), { ...OPTIONS, threads: 3 }))));
  assert.ok(same(one, await runInThreads(prepareTrace(SCENE(), { ...OPTIONS, threads: 3 }))));
  assert.not.ok(same(one, runTrace(prepareTrace(SCENE(), { ...OPTIONS, seed: 1 }))));
});

work('is the same in threads when it is smoothed', async () => {
  const options = { ...OPTIONS, samples: 2, denoise: true };
  const one = runTrace(prepareTrace(SCENE(), options));
  assert.ok(same(one, await runInThreads(prepareTrace(SCENE(), { ...options, threads: 3 }))));
});

work('shows the document as it was', () => {
  const [document, before] = [SCENE(), runTrace(prepareTrace(SCENE(), OPTIONS))];
  const job = prepareTrace(document, OPTIONS);
  document.activeLayer.volume.fillBox([0, 0, 0], [9, 9, 9], RED);
  assert.ok(same(before, runTrace(job)));
});

/** A clock that a look at the control moves on by 1. */
function steppedControl() {
  const control = { ...freeControl(), clock: 0, now_ms: () => control.clock };
  control.check = () => {
    control.clock++;
  };
  return control;
}

work('ends in time, with the same number of samples everywhere but for a pass', () => {
  const views = [{ width: 64, height: 48 }];
  // 12 tiles of 16 rows: 192 looks a pass.
  for (const time_ms of [0, 100, 500, 1500]) {
    for (const threads of [1, 2]) {
      const options: TraceOptions = { views, samples: 10_000, time_ms, threads, ...CLEAR };
      const job = prepareTrace(axes(), options);
      const control = steppedControl();
      for (let part = 0; part < threads; part++) runTracePart(job, 0, part, control);
      const started = control.clock;
      for (let part = 0; part < threads; part++) runTracePart(job, 1, part, control);
      const took = control.clock - started;
      assert.ok(took >= time_ms && took <= Math.max(time_ms, 192) + 20, `${took} of ${time_ms}`);
      const passes = [...job.done];
      assert.ok(Math.min(...passes) >= 1);
      assert.ok(Math.max(...passes) - Math.min(...passes) <= 1, passes.join(' '));
      assert.is(control.progress, 1);
      const traced = decodePicture(picture(runTracePart(job, 2, 0, control)));
      const drawn = render(axes(), views[0]!, CLEAR);
      for (let at = 3; at < drawn.data.length; at += 4) {
        if (drawn.data[at] === 255 && drawn.data[at - 4] === 255 && drawn.data[at + 4] === 255) {
          assert.ok(traced.data[at]! > 0, 'a pixel without samples');
        }
      }
    }
  }
});

work('is the same when its parts gave their threads back, and takes no more time', () => {
  const whole = runTrace(prepareTrace(SCENE(), OPTIONS));
  const job = prepareTrace(SCENE(), { ...OPTIONS, threads: 2 });
  for (const part of [0, 1]) runTracePart(job, 0, part, freeControl());
  let looks = 0;
  const control = { ...freeControl(), takeYield: () => looks++ % 5 === 4 };
  const left = [0, 1];
  let yielded = 0;
  for (let part = left.shift(); part !== undefined; part = left.shift()) {
    if (runTracePart(job, 1, part, control) !== 'yielded') continue;
    yielded += 1;
    left.push(part);
  }
  assert.ok(yielded > 3, `${yielded}`);
  const pictures = job.views.map((_, view) => picture(runTracePart(job, 2, view, freeControl())));
  assert.ok(same(whole, pictures));

  const views = [{ width: 64, height: 48 }];
  const timed = prepareTrace(axes(), { views, samples: 10_000, time_ms: 1000, ...CLEAR });
  const clock = { ...steppedControl(), takeYield: () => looks++ % 5 === 4 };
  clock.check = () => void clock.clock++;
  clock.now_ms = () => clock.clock;
  runTracePart(timed, 0, 0, clock);
  const started = clock.clock;
  while (runTracePart(timed, 1, 0, clock) === 'yielded');
  const took = clock.clock - started;
  assert.ok(took >= 1000 && took <= 1040, `${took}`);
});

work('goes on and says how far it is', () => {
  const job = prepareTrace(SCENE(), { ...OPTIONS, samples: 4 });
  const seen: number[] = [];
  const control = freeControl();
  control.check = () => void seen.push(control.progress);
  runTracePart(job, 0, 0, control);
  seen.length = 0;
  control.progress = 0;
  runTracePart(job, 1, 0, control);
  assert.ok(seen.every((value, i) => value >= (seen[i - 1] ?? 0) && value <= 1));
  assert.ok(new Set(seen).size > 20);
  assert.is(control.progress, 1);
});

work('stops at once when it is no longer wanted, in all parts', () => {
  const last = 2;
  for (const [stage, looks] of [
    [0, 0],
    [1, 0],
    [1, 5],
    [1, 300],
    [last, 10],
  ] as const) {
    const job = prepareTrace(SCENE(), { ...OPTIONS, threads: 2 });
    for (let before = 0; before < stage; before++) {
      for (let part = 0; part < job.stages[before]!; part++) {
        runTracePart(job, before, part, freeControl());
      }
      if (before === 0 && stage === 1) break;
    }
    const control = freeControl();
    let left = looks;
    control.check = () => {
      if (left-- === 0) throw new Error('enough');
    };
    assert.throws(() => runTracePart(job, stage, 0, control), 'enough');
    assert.is(left, -1, 'it looked again');
    if (stage === 1 && looks > 0) {
      // The other part neither goes on nor waits for what will not come.
      const passes = Math.max(...job.done);
      runTracePart(job, 1, 1, freeControl());
      assert.ok(Math.max(...job.done) <= Math.max(passes, 1));
    }
  }
});

work('counts samples by passes', () => {
  const counts = (samples: number) =>
    [1, 2, 3, 4, 5].map((passes) => samplesAfter(passes, samples));
  assert.equal(counts(100), [1, 2, 4, 8, 12]);
  assert.equal(counts(7), [1, 2, 4, 7, 7]);
  for (const samples of [1, 2, 3, 4, 5, 11]) {
    const job = prepareTrace(cube(2), { views: [VIEW], samples });
    runTrace(job);
    assert.ok([...job.done].every((passes) => samplesAfter(passes, samples) === samples));
    assert.ok([...job.done].every((passes) => samplesAfter(passes - 1, samples) < samples));
  }
});

work.run();
