/**
 * `node dist/test/bench/trace.js [--rounds N] [--samples N]`: path tracing of the big terrain at
 * 640x360 in one thread. Prints the median processor time of each stage, and samples and rays in a
 * second of it; rays are counted in a run of its own.
 */

import { parseArgs } from 'node:util';
import { formatFor } from '../../engine/formats/index.ts';
import { prepareTrace } from '../../engine/trace/job.ts';
import type { TraceOptions } from '../../engine/trace/options.ts';
import { runTracePart } from '../../engine/trace/trace.ts';
import { Walker } from '../../engine/trace/walker.ts';
import { model } from '../support/fixtures.ts';
import { freeControl } from '../support/trace.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    samples: { type: 'string', default: '4' },
  },
});
const rounds = Number(values.rounds);
const samples = Number(values.samples);
const document = formatFor('a.gox').read!(model('big_terrain').bytes, 'big_terrain');
document.merged();
const size = { width: 640, height: 360 };

const CASES: Readonly<Record<string, TraceOptions>> = {
  default: { views: [size], samples },
  'with a floor': { views: [size], samples, floor: true },
  'direct light only': { views: [size], samples, bounces: 0 },
  smoothed: { views: [size], samples, denoise: true },
};

/** Of this process, so that what else the machine does counts less. */
function cpu_ms(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of: preparation, marking, tracing, all the rest. */
function measure(options: TraceOptions): number[] {
  const control = freeControl();
  const times = [0, 0, 0, 0];
  let start = cpu_ms();
  const clock = (into: number) => {
    const now = cpu_ms();
    times[into]! += now - start;
    start = now;
  };
  const job = prepareTrace(document, options);
  clock(0);
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) runTracePart(job, stage, part, control);
    clock(Math.min(stage + 1, 3));
  }
  return times;
}

/** How often rays set out, on first legs and after what lets them through. */
function raysOf(options: TraceOptions): number {
  const { walk } = Walker.prototype;
  let rays = 0;
  Walker.prototype.walk = function counted(this: Walker): boolean {
    rays++;
    return walk.call(this);
  };
  measure(options);
  Walker.prototype.walk = walk;
  return rays;
}

const median = (sorted: number[]) => sorted.sort((a, b) => a - b)[sorted.length >> 1]!;
const millions = (count: number) => `${(count / 1e6).toFixed(2)} M`;

for (const [name, options] of Object.entries(CASES)) {
  const runs = Array.from({ length: rounds }, () => measure(options));
  const [prepare, mark, traced, rest] = [0, 1, 2, 3].map((i) => median(runs.map((r) => r[i]!)));
  const paths = (size.width * size.height * samples * 1000) / traced!;
  const rays = (raysOf({ ...options, samples: 1 }) * samples * 1000) / traced!;
  const ms = (value: number | undefined) => `${value!.toFixed(0)} ms`;
  process.stdout.write(
    `${name}: ${millions(paths)} paths/s, ${millions(rays)} rays/s ` +
      `(prepare ${ms(prepare)}, mark ${ms(mark)}, trace ${ms(traced)}, finish ${ms(rest)})\n`,
  );
}
