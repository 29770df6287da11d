/**
 * `npm run bench`: every group of measurements, each in a process of its own, one after the other.
 *
 *     npm run bench                     all groups
 *     npm run bench -- formats edits    these
 *     npm run bench -- edits --rounds 5 what stands after the first option goes to each group
 *     npm run bench -- edits --beside DIST --turns 3
 *                                       this build and that of another checkout, in turns: ratios
 *
 * Machines are noisy: what is compared takes turns in every round, and what counts is the median of
 * the ratios between neighbours in time.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareBuilds } from './beside.ts';

const GROUPS = [
  'formats',
  'convert',
  'meshes',
  'edits',
  'scale',
  'filters',
  'requests',
  'inspector',
  'overload',
  'render',
  'png',
  'preview',
  'trace',
  'replay',
  'memory',
  'start',
  'recovery',
  'journal',
  'mirror',
];

// Node 20 reads these at every start, for up to twice the time that it takes itself: what is
// measured would be no start as others have it.
delete process.env.NODE_EXTRA_CA_CERTS;

const args = process.argv.slice(2);
const options = args.findIndex((arg) => arg.startsWith('-'));
const names = options < 0 ? args : args.slice(0, options);
const rest = options < 0 ? [] : args.slice(options);
const beside = take('--beside');
const turns = Number(take('--turns') ?? '3');

/** The value of an option that is not the groups' own, which is taken out. */
function take(option: string): string | undefined {
  const at = rest.indexOf(option);
  return at < 0 ? undefined : rest.splice(at, 2)[1];
}

for (const name of names) {
  if (!GROUPS.includes(name)) {
    console.error(`There is no group "${name}"; there are ${GROUPS.join(', ')}.`);
    process.exit(64);
  }
}

for (const group of names.length > 0 ? names : GROUPS) {
  const script = fileURLToPath(new URL(`${group}.js`, import.meta.url));
  if (!existsSync(script)) continue;
  console.log(`\n## ${group}\n`);
  if (beside !== undefined && group !== 'requests') {
    compareBuilds({ group, dist: resolve(beside), turns, args: rest });
    continue;
  }
  // It compares by itself.
  const other = beside === undefined ? [] : ['--beside', resolve(beside)];
  const { status } = spawnSync(process.execPath, [script, ...rest, ...other], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
