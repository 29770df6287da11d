/**
 * `npm run bench -- convert [--rounds N] [--models N]`: what small files take. One voxel from txt
 * to vox, beside what Node itself takes to do nothing, in turns; and a folder of small models in
 * one command, beside a process for each of them. Medians of the rounds; those of the folder are 3.
 */

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { measure, type Usage } from './programs.ts';
import { median, table } from './table.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    models: { type: 'string', default: '200' },
  },
});
const FOLDER_ROUNDS = 3;
/** Each of these has so many voxels. */
const SIDE = 6;

const directory = temporaryDirectory();

function node(...args: readonly string[]): Usage {
  return measure(directory, [process.execPath, ...args]);
}

function convert(...args: readonly string[]): Usage {
  return node(DAEMON_MAIN, 'convert', ...args);
}

/** The sum of several. */
function together(usages: readonly Usage[]): Usage {
  const sum = (key: keyof Usage) => usages.reduce((all, usage) => all + usage[key], 0);
  const peak_mb = Math.max(...usages.map((usage) => usage.peak_mb));
  return { wall_s: sum('wall_s'), cpu_s: sum('cpu_s'), peak_mb };
}

/** Cubes of voxels with a few colours, all a little different. */
function writeModels(folder: string, count: number): void {
  mkdirSync(folder);
  for (let n = 0; n < count; n += 1) {
    const lines = Array.from({ length: SIDE ** 3 }, (_, i) => {
      const [x, y, z] = [i % SIDE, Math.floor(i / SIDE) % SIDE, Math.floor(i / SIDE ** 2)];
      return `${x} ${y} ${z} ${((n * 7 + z * 40) % 256).toString(16).padStart(2, '0')}8040`;
    });
    writeFileSync(join(folder, `${n}.txt`), lines.join('\n'));
  }
}

function row(title: string, usages: readonly Usage[], beside: readonly Usage[]): string[] {
  const of = (all: readonly Usage[], key: keyof Usage) => median(all.map((usage) => usage[key]));
  const ratio = (key: keyof Usage) => (of(usages, key) / of(beside, key)).toFixed(2);
  const ms = (key: keyof Usage) => (1000 * of(usages, key)).toFixed(0);
  const mb = of(usages, 'peak_mb').toFixed(0);
  return [title, ms('wall_s'), ratio('wall_s'), ms('cpu_s'), ratio('cpu_s'), mb];
}

const one = join(directory, 'one.txt');
writeFileSync(one, '0 0 0 ff0000\n');
const nothing: Usage[] = [];
const single: Usage[] = [];
for (let round = 0; round < Number(values.rounds); round += 1) {
  nothing.push(node('-e', '0'));
  single.push(convert(one, join(directory, 'one.vox')));
}
const head = ['', 'ms', '×', 'processor ms', '×', 'MB'];
console.log(table(head, [row('node -e 0', nothing, nothing), row('one voxel', single, nothing)]));

const models = join(directory, 'models');
const count = Number(values.models);
writeModels(models, count);
const each: Usage[] = [];
const folder: Usage[] = [];
for (let round = 0; round < FOLDER_ROUNDS; round += 1) {
  folder.push(convert(models, '--out-dir', join(directory, 'out'), '--to', 'vox', '--quiet'));
  const out = join(directory, 'each.vox');
  each.push(together(readdirSync(models).map((name) => convert(join(models, name), out))));
}
const titles = [`${count} models in one command`, 'a process for each'] as const;
console.log(`\n${table(head, [row(titles[0], folder, folder), row(titles[1], each, folder)])}`);
