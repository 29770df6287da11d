/**
 * `npm run bench -- render [--rounds N]`: pictures of the big terrain in one thread, the median
 * milliseconds of each stage, and then from a running daemon, with all its threads and the way over
 * the socket. The time of the processor says more on a machine that others use too.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatFor } from '../../engine/formats/index.ts';
import { prepareRender } from '../../engine/render/direct.ts';
import type { RenderOptions } from '../../engine/render/options.ts';
import { runRenderPart } from '../../engine/render/render.ts';
import { connect } from '../../transport/client.ts';
import { startDaemon } from '../support/daemon.ts';
import { model } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);
const document = formatFor('a.gox').read!(model('big_terrain').bytes, 'big_terrain');
document.merged();

const CASES: Readonly<Record<string, RenderOptions>> = {
  '1920x1080 default': { views: [{ width: 1920, height: 1080 }] },
  '1920x1080 isometric': { views: [{ width: 1920, height: 1080, camera: 'isometric' }] },
  '1920x1080 file camera': { views: [{ width: 1920, height: 1080, camera: { active: true } }] },
  '1920x1080 jpeg': { views: [{ width: 1920, height: 1080 }], format: 'jpeg' },
  '3840x2160 default': { views: [{ width: 3840, height: 2160 }] },
  '256x256 default': { views: [{ width: 256, height: 256 }] },
};

const NAMES = ['prepare', 'occupancy', 'faces', 'shadows', 'bands', 'strips', 'pictures'];

/** Milliseconds of each stage, and of the processor for all. */
function measure(options: RenderOptions): number[] {
  const before = process.cpuUsage();
  const times: number[] = [];
  const clock = (run: () => void) => {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  };
  let job: ReturnType<typeof prepareRender> | undefined;
  clock(() => {
    job = prepareRender(document, options);
  });
  const { stages } = job!;
  for (const [stage, parts] of stages.entries()) {
    clock(() => {
      for (let part = 0; part < parts; part++) runRenderPart(job!, stage, part);
    });
  }
  const { user, system } = process.cpuUsage(before);
  return [...times, (user + system) / 1000];
}

const median = (sorted: number[]) => sorted.sort((a, b) => a - b)[sorted.length >> 1]!;

for (const [name, options] of Object.entries(CASES)) {
  const runs = Array.from({ length: rounds }, () => measure(options));
  const stages = NAMES.map((stage, i) => `${stage} ${median(runs.map((r) => r[i]!)).toFixed(1)}`);
  const whole = median(runs.map((r) => r.slice(0, -1).reduce((sum, ms) => sum + ms, 0)));
  const processor = median(runs.map((r) => r.at(-1)!)).toFixed(0);
  process.stdout.write(
    `${name}: ${whole.toFixed(0)} ms, processor ${processor} ms (${stages.join(', ')})\n`,
  );
}

/** Rounds that do not count. */
const WARM_UP = 6;

const ASKED = {
  '1920x1080 from a daemon': { width: 1920, height: 1080 },
  '1920x1080 jpeg from a daemon': { width: 1920, height: 1080, format: 'jpeg' },
  '256x256 from a daemon': { width: 256, height: 256 },
};

const directory = temporaryDirectory();
const path = join(directory, 'big_terrain.gox');
writeFileSync(path, model('big_terrain').bytes);
const daemon = await startDaemon({});
const client = await connect({ path: daemon.socket });
await client.call('goxel.load_project', { path });
for (const [name, params] of Object.entries(ASKED)) {
  const times: number[] = [];
  // The first ones run code that is not optimized yet.
  for (let round = 0; round < rounds + WARM_UP; round++) {
    const start = performance.now();
    await client.call('goxel.render_scene', params);
    times.push(performance.now() - start);
  }
  process.stdout.write(`${name}: ${median(times.slice(WARM_UP)).toFixed(0)} ms\n`);
}
await client.close();
await daemon.stop();
