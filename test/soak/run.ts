/**
 * `npm run test:soak`: mixed load on a daemon, and whether what it holds stays level.
 *
 *     npm run test:soak -- [--minutes N] [--sample SECONDS] [--death SECONDS] [--lane NAME]…
 *
 * Every kind of work is done side by side for N minutes, 15 without `--minutes`, and an engine dies
 * every minute, which no client may notice (`--death` says how often). What the daemon holds is
 * printed every ten seconds; at the end a line is fitted to the second half of each figure, and one
 * that rises beyond its bound fails the run. `--lane` takes part of the load, to find out which
 * part of it a rise comes from. Environment variables reach the daemon.
 */

import { parseArgs } from 'node:util';
import { type Drift, drifts, type Sample } from './drift.ts';
import { BOUNDS, soak } from './soak.ts';

const MINUTES_DEFAULT = 15;
const SAMPLE_DEFAULT_S = 10;
const DEATH_DEFAULT_S = 60;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: String(MINUTES_DEFAULT) },
    sample: { type: 'string', default: String(SAMPLE_DEFAULT_S) },
    death: { type: 'string', default: String(DEATH_DEFAULT_S) },
    lane: { type: 'string', multiple: true, default: [] },
  },
});
const minutes = positive('minutes', values.minutes);
const sample_s = positive('sample', values.sample);
const death_s = positive('death', values.death);

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} needs a number above 0, not ${text}`);
  return value;
}

const samples: Sample[] = [];
const turns = await soak({
  duration_s: minutes * 60,
  sample_s,
  death_s,
  lanes: values.lane,
  onSample: (sample) => {
    if (samples.length % 30 === 0) console.log(row('s', Object.keys(sample.figures)));
    samples.push(sample);
    console.log(row(sample.time_s.toFixed(0), Object.values(sample.figures)));
  },
});

console.log(
  `turns: ${Object.entries(turns)
    .map(([name, n]) => `${name} ${n}`)
    .join(', ')}`,
);
const found = drifts(samples, BOUNDS);
for (const drift of found) console.log(sentence(drift));
if (found.some(({ flat }) => !flat)) process.exitCode = 1;

function row(first: string, rest: readonly (string | number)[]): string {
  return [first.padStart(5), ...rest.map((cell) => String(cell).padStart(11))].join(' ');
}

function sentence({ figure, mean, rise, allowed, flat }: Drift): string {
  const line = `${rise >= 0 ? '+' : ''}${rise.toFixed(1)} over the second half`;
  const bound = `at most +${allowed.toFixed(1)}`;
  return `${flat ? 'flat ' : 'DRIFT'} ${figure.padEnd(12)} ${mean.toFixed(1)} ${line}, ${bound}`;
}
