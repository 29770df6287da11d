/**
 * The test runner:
 *
 *     node dist/test/run.js [--seed N] [--timeout SECONDS] [--root DIR] [SELECTION…]
 *
 * Runs every `*.test.js` below the root, or those whose path contains one of the selections
 * (`unit`, `integration/daemon`), each in a process of its own. Its last line is
 * `N passed, N failed`, with `, N skipped` after it when tests were skipped; it exits with 1 when
 * anything failed.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type FileResult, runFile } from './support/run-file.ts';
import { SEED } from './support/seed.ts';

/** dist/test, and test beside it. */
const COMPILED = fileURLToPath(new URL('./', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../test/', import.meta.url));

/**
 * What runs side by side, so that timing bugs have company: each takes files of its kinds before
 * others. Tests of processes wait for half of their time, and another computes meanwhile. More than
 * three would make slow machines miss deadlines.
 */
const LANES: readonly (readonly string[])[] = [
  ['browser', 'unit'],
  ['fuzz', 'integration'],
  ['integration'],
];
/** Starts big programs, two at a time, and so runs alone, at the end. */
const LONELY_KIND = 'interop';
/** Takes long, and would be among the last: it would end alone. */
const FIRST: readonly string[] = ['unit/supervision/simulation.test.js'];
const TIMEOUT_DEFAULT_S = 240;

// Node 20 reads these at every start, for up to twice the time that it takes itself.
delete process.env.NODE_EXTRA_CA_CERTS;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string' },
    timeout: { type: 'string' },
    root: { type: 'string' },
  },
});
const root = values.root ?? COMPILED;
const timeout_ms = Number(values.timeout ?? TIMEOUT_DEFAULT_S) * 1000;
if (!(timeout_ms > 0)) throw new Error(`--timeout needs seconds, not ${values.timeout}`);
const seed = values.seed ?? String(SEED);

/** Paths below the root, sorted, so that a run is like the last. */
function testFiles(): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.test\.m?js$/.test(path))
    .filter((path) => positionals.length === 0 || positionals.some((part) => path.includes(part)))
    .filter((path) => root !== COMPILED || hasSource(path))
    .sort();
}

/** The compiler leaves the output of a deleted test behind. */
function hasSource(path: string): boolean {
  return existsSync(join(SOURCES, path.replace(/\.js$/, '.ts')));
}

const kindOf = (path: string): string => path.split('/')[0] ?? '';

const files = testFiles();
const name_width = Math.max(0, ...files.map((path) => path.length));

// Short, since tests make Unix sockets below it.
const directory = mkdtempSync(join(tmpdir(), 'gx-'));
const abort = new AbortController();
let stopped_by: NodeJS.Signals | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stopped_by = signal;
    abort.abort();
  });
}

const sum = { passed: 0, failed: 0, skipped: 0 };
let started = 0;

const left = [
  ...files.filter((path) => FIRST.includes(path)),
  ...files.filter((path) => !FIRST.includes(path)),
];

/** The next file for a lane, which is then taken. */
function take(kinds: readonly string[]): string | undefined {
  const mine = kinds.map((kind) => left.findIndex((path) => kindOf(path) === kind));
  const other = left.findIndex((path) => kindOf(path) !== LONELY_KIND);
  const at = [...mine, other].find((index) => index >= 0);
  return at === undefined ? undefined : left.splice(at, 1)[0];
}

function runOnce(path: string): Promise<FileResult> {
  return runFile(join(root, path), {
    timeout_ms,
    directory: join(directory, String(started++)),
    env: { ...process.env, GOXEL_SEED: seed },
    signal: abort.signal,
  });
}

async function runLane(kinds: readonly string[]): Promise<void> {
  for (let path = take(kinds); path !== undefined; path = take(kinds)) {
    if (abort.signal.aborted) return;
    let result = await runOnce(path);
    if (result.deadlocked) {
      console.log(`again ${path}: ${result.faults.join(', ')}`);
      result = await runOnce(path);
    }
    sum.passed += result.passed;
    sum.failed += result.failed;
    sum.skipped += result.skipped;
    report(path, result);
  }
}

function report(path: string, result: FileResult): void {
  const { passed, failed, skipped, duration_ms, faults, output } = result;
  const verdict = failed > 0 ? 'FAIL' : 'ok  ';
  const counts = [`${passed} passed`];
  if (failed > 0) counts.push(`${failed} failed`);
  if (skipped > 0) counts.push(`${skipped} skipped`);
  const seconds = (duration_ms / 1000).toFixed(2).padStart(7);
  console.log(`${verdict} ${path.padEnd(name_width)} ${seconds} s  ${counts.join(', ')}`);
  if (failed === 0) return;
  for (const fault of faults) console.log(`     ${fault}`);
  console.log(output.replace(/^/gm, '     | '));
}

try {
  await Promise.all(LANES.map(runLane));
  await runLane([LONELY_KIND]);
} finally {
  rmSync(directory, { recursive: true, force: true });
}

if (files.length === 0) {
  console.log(`no test file matches ${positionals.join(' ') || root}`);
  sum.failed = 1;
}
if (stopped_by !== undefined) {
  console.log(`stopped by ${stopped_by}`);
  sum.failed = Math.max(sum.failed, 1);
}
if (sum.failed > 0) console.log(`to repeat: GOXEL_SEED=${seed}`);
const skips = sum.skipped > 0 ? `, ${sum.skipped} skipped` : '';
console.log(`${sum.passed} passed, ${sum.failed} failed${skips}`);
process.exitCode = sum.failed > 0 ? 1 : 0;
