/**
 * `npm run bench -- png [--rounds N]`: how small the PNGs of real scenes are, and how long packing
 * them takes: as it was done before (one filter, runs only or small differences), as it is done
 * now, and the least that zlib needs with any usual filter at its highest level, in one stream.
 * Processor time, of the median round; the ways take turns.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packPicture } from '../../engine/image/strips.ts';
import { TestEngine } from '../support/engine.ts';
import { model } from '../support/fixtures.ts';
import {
  packedBefore,
  pixelsOf,
  SHADED_SCENES,
  SMALL_SCENES,
  smallest,
  tracedBefore,
} from '../support/png-scenes.ts';
import { SCENES, type SceneRequest } from '../support/readme-scenes.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { median, table, took } from './table.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' } } });
const rounds = Number(values.rounds);
const directory = temporaryDirectory();

type Scene = readonly [
  name: string,
  requests: readonly SceneRequest[],
  picture: SceneRequest['params'],
];

function file(name: string): SceneRequest[] {
  const path = join(directory, `${name}.gox`);
  writeFileSync(path, model(name).bytes);
  return [{ method: 'goxel.load_project', params: { path } }];
}

const SIDES = [64, 256, 512, 1024, 2048];
const BACKGROUNDS = ['gradient', 'transparent', '#FFFFFF'];
const tracing = (samples: number, denoise: boolean) => ({
  ...{ width: 256, height: 256, trace: { samples, denoise } },
});

const scenes: readonly Scene[] = [
  ...Object.entries({ ...SMALL_SCENES, ...SHADED_SCENES }).map(
    ([name, requests]): Scene => [name, requests, {}],
  ),
  ...['alpha', 'csg', 'colors300', 'ellipsoid', 'filters', 'multi', 'sphere10', 'symmetry'].map(
    (name): Scene => [name, file(name), {}],
  ),
  ...SCENES.filter(({ picture }) => picture.trace === undefined).map(
    ({ name, requests, picture }): Scene => [`README ${name}`, requests, picture],
  ),
  ...SIDES.map((side): Scene => {
    return [`terrain ${side}²`, file('big_terrain'), { width: side, height: side }];
  }),
  ...SIDES.map((side): Scene => [`csg ${side}²`, file('csg'), { width: side, height: side }]),
  ...BACKGROUNDS.map((background): Scene => {
    return [`filters, ${background}`, file('filters'), { background, camera: 'isometric' }];
  }),
  ['csg, traced', file('csg'), tracing(16, false)],
  ['csg, traced, smooth', file('csg'), tracing(16, true)],
  ['terrain, traced', file('big_terrain'), tracing(16, false)],
];

const rows: string[][] = [];
const ratios: { time: number; size: number }[] = [];
for (const [name, requests, picture] of scenes) {
  const engine = new TestEngine({ roots: [directory] });
  for (const { method, params } of requests) await engine.callAsync(method, params);
  const { image } = (await engine.callAsync('goxel.render_scene', {
    ...picture,
    format: 'png',
  })) as { image: string };
  const png = Buffer.from(image, 'base64');
  const pixels = pixelsOf(png);
  const traced = 'trace' in picture;
  const times: [number, number][] = [];
  let before = 0;
  for (let round = 0; round < rounds + 2; round++) {
    const old = took(() => {
      before = traced ? tracedBefore(pixels) : packedBefore(pixels);
    });
    times.push([old.cpu_s, took(() => packPicture({ ...pixels, traced })).cpu_s]);
  }
  const [was_s, is_s] = [0, 1].map((i) => median(times.slice(2).map((pair) => pair[i]!)));
  const least = smallest(pixels);
  const time = is_s! / was_s!;
  ratios.push({ time, size: png.length / least });
  rows.push([
    name,
    ...[before, png.length, least].map(String),
    (png.length / least).toFixed(3),
    ...[was_s!, is_s!].map((seconds) => (seconds * 1000).toFixed(1)),
    time.toFixed(2),
  ]);
}
const mean = (of: readonly number[]) => of.reduce((sum, one) => sum + one, 0) / of.length;
const means = [mean(ratios.map(({ size }) => size)), mean(ratios.map(({ time }) => time))];
rows.push(['mean', '', '', '', means[0]!.toFixed(3), '', '', means[1]!.toFixed(2)]);
const head = ['scene', 'before', 'now', 'least', 'now / least', 'before ms', 'ms', 'ratio'];
process.stdout.write(`${table(head, rows)}\n`);
