/**
 * `npm run test:fuzz -- formats`: many damaged files for every importer.
 *
 *     npm run test:fuzz -- formats [--files N] [--format NAME]… [--seed N] [--only K]
 *
 * Each target is read N damaged files, 100,000 without --files, two processes at a time. What is
 * wrong is printed with the command that repeats it, and the damaged file is left where it says.
 * `--only K` reads the file number K of one format here, with nothing around it.
 */

import { mkdtempSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseSeed, SEED } from '../support/seed.ts';
import { newTally, runRange, type Tally } from './campaign.ts';
import { caseOf } from './case.ts';
import { judge, OUTCOMES } from './judge.ts';
import { allTargets, type Target } from './targets.ts';

const AT_A_TIME = 2;
const FILES_DEFAULT = 100_000;
const RANGE_FILES = 5000;

interface Campaign {
  readonly files: number;
  readonly seed: number;
  readonly targets: readonly Target[];
  /** Where files at fault are left. */
  readonly directory: string;
}

export async function runFormats(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      files: { type: 'string', default: String(FILES_DEFAULT) },
      format: { type: 'string', multiple: true },
      seed: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const files = Number(values.files);
  if (!(Number.isSafeInteger(files) && files > 0)) throw new Error(`--files ${values.files}?`);
  const seed = values.seed === undefined ? SEED : parseSeed(values.seed);
  const targets = chosenTargets(values.format, values.only);
  const directory = mkdtempSync(join(tmpdir(), 'gx-fuzz-'));
  const campaign = { files, seed, targets, directory };
  if (values.only === undefined) await runAll(campaign);
  else runOne(campaign, targets[0]!, Number(values.only));
  if (readdirSync(directory).length === 0) rmdirSync(directory);
}

function chosenTargets(
  format: readonly string[] | undefined,
  only: string | undefined,
): readonly Target[] {
  const all = allTargets();
  if (only !== undefined && format?.length !== 1) throw new Error('--only needs one --format');
  if (format === undefined) return all;
  const names = all.map(({ name }) => name);
  const unknown = format.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`no format ${unknown}, only ${names.join(', ')}`);
  return all.filter(({ name }) => format.includes(name));
}

async function runAll({ files, seed, targets, directory }: Campaign): Promise<void> {
  const tallies = new Map(targets.map(({ name }) => [name, { ...newTally(), left: 0, ms: 0 }]));
  const queue = targets.flatMap((target) => {
    const ranges: { target: Target; from: number }[] = [];
    for (let from = 0; from < files; from += RANGE_FILES) ranges.push({ target, from });
    tallies.get(target.name)!.left = ranges.length;
    return ranges;
  });
  const work = async () => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
      const { target, from } = job;
      const tally = tallies.get(target.name)!;
      const started_ms = performance.now();
      const to = Math.min(files, from + RANGE_FILES);
      await runRange(target, seed, from, to, directory, tally);
      tally.ms += performance.now() - started_ms;
      if (--tally.left === 0) report(seed, target, tally, tally.ms);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

function report(seed: number, { name, seeds }: Target, tally: Tally, duration_ms: number): void {
  const counts = OUTCOMES.filter((outcome) => tally.counts[outcome] > 0).map(
    (outcome) => `${outcome.replace('GOX_', '').toLowerCase()} ${tally.counts[outcome]}`,
  );
  const slowest = `slowest ${Math.round(tally.slowest_ms)} ms (${tally.slowest_number})`;
  const memory = `${Math.round(tally.rss_mib)} MiB`;
  const seconds = `${(duration_ms / 1000).toFixed(1)} s`;
  const verdict = tally.findings.length > 0 ? 'FAIL' : 'ok  ';
  const facts = [`${tally.files} files of ${seeds().length}`, ...counts, seconds, slowest, memory];
  console.log(`${verdict} ${name.padEnd(12)} ${facts.join(', ')}`);
  for (const finding of tally.findings) {
    process.exitCode = 1;
    console.log(`     ${finding.message.replaceAll('\n', '\n     ')}`);
    console.log(`     from ${finding.seed}, see ${finding.path}; to repeat:`);
    const format = name.includes(' ') ? `'${name}'` : name;
    const flags = `--seed ${seed} --format ${format} --only ${finding.number}`;
    console.log(`     npm run test:fuzz -- formats ${flags}`);
  }
}

/** Reads one file in this process, where a debugger can follow. */
function runOne({ seed, directory }: Campaign, target: Target, number: number): void {
  const { seed: origin, bytes, random } = caseOf(target, seed, number);
  const path = join(directory, `${target.name.replace(' ', '-')}-${seed}-${number}`);
  writeFileSync(path, bytes);
  console.log(`file ${number}: ${bytes.length} bytes made of ${origin.name}, see ${path}`);
  const started_ms = performance.now();
  try {
    console.log(judge(target, bytes, random));
  } finally {
    console.log(`${(performance.now() - started_ms).toFixed(1)} ms`);
  }
}
