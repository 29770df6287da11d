/**
 * Runs files through a target in processes of their own and watches them: one that stays on a file
 * for too long is killed, and the next one goes on behind it.
 */

import { spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { caseOf } from './case.ts';
import { OUTCOMES, type Outcome } from './judge.ts';
import { EXIT_MEMORY, FAULTS_MAX, type Progress, readProgress } from './progress.ts';
import type { Target } from './targets.ts';

/** Nearly all take less than 5 ms; a busy machine may hold a process up for a while. */
const HANG_MS = 10_000;
const POLL_MS = 200;
const HEAP_MIB = 512;

const CHILD = fileURLToPath(new URL('./child.js', import.meta.url));

export interface Finding {
  readonly number: number;
  readonly message: string;
  /** The name of the file that was damaged, and where the damaged one is. */
  readonly seed: string;
  readonly path: string;
}

export interface Tally {
  files: number;
  readonly counts: Record<Outcome, number>;
  readonly findings: Finding[];
  slowest_ms: number;
  slowest_number: number;
  rss_mib: number;
}

export function newTally(): Tally {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0]));
  return {
    files: 0,
    counts: counts as Record<Outcome, number>,
    findings: [],
    slowest_ms: 0,
    slowest_number: -1,
    rss_mib: 0,
  };
}

/** Numbers their files of progress. */
let processes = 0;

/**
 * Reads the files of the numbers `from` up to before `to`, and adds what comes of them. The
 * directory gets files of its own, which go, and those that were at fault.
 */
export async function runRange(
  target: Target,
  seed: number,
  from: number,
  to: number,
  directory: string,
  tally: Tally,
): Promise<void> {
  for (let next = from; next < to && tally.findings.length < FAULTS_MAX; ) {
    const path = join(directory, `progress-${processes++}`);
    const end = await runChild([target.name, String(seed), String(next), String(to), path], path);
    rmSync(path, { force: true });
    const faults = [...end.faults];
    if (end.why !== undefined)
      faults.push({ number: end.progress?.number ?? next, message: end.why });
    for (const { number, message } of faults) {
      const { seed: origin, bytes } = caseOf(target, seed, number);
      const place = join(directory, `${target.name.replace(' ', '-')}-${seed}-${number}`);
      writeFileSync(place, bytes);
      tally.findings.push({ number, message, seed: origin.name, path: place });
    }
    if (end.progress === undefined) return;
    add(tally, end.progress, end.progress.number + 1 - next);
    next = end.progress.number + 1;
  }
}

function add(tally: Tally, progress: Progress, files: number): void {
  tally.files += files;
  for (const outcome of OUTCOMES) tally.counts[outcome] += progress.counts[outcome];
  if (progress.slowest_ms > tally.slowest_ms) {
    tally.slowest_ms = progress.slowest_ms;
    tally.slowest_number = progress.slowest_number;
  }
  tally.rss_mib = Math.max(tally.rss_mib, progress.rss_mib);
}

interface End {
  readonly progress: Progress | undefined;
  readonly faults: readonly { number: number; message: string }[];
  /** What was wrong with the process; undefined when it came to its end. */
  readonly why: string | undefined;
}

async function runChild(args: readonly string[], path: string): Promise<End> {
  writeFileSync(path, '');
  const flags = [`--max-old-space-size=${HEAP_MIB}`, '--enable-source-maps'];
  const child = spawn(process.execPath, [...flags, CHILD, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const faults: { number: number; message: string }[] = [];
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = (errors + data).slice(-4000);
  });
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('{')) faults.push(JSON.parse(line));
  });

  let hung = false;
  let last: { number: number | undefined; since_ms: number } = { number: -1, since_ms: 0 };
  const watch = setInterval(() => {
    const number = readProgress(path)?.number;
    const now_ms = performance.now();
    if (number !== last.number) last = { number, since_ms: now_ms };
    else if (now_ms - last.since_ms > HANG_MS) {
      hung = true;
      child.kill('SIGKILL');
    }
  }, POLL_MS);
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...end) => resolve(end));
    },
  ).finally(() => clearInterval(watch));

  const progress = readProgress(path);
  let why: string | undefined;
  if (hung) why = `hung for more than ${HANG_MS} ms`;
  else if (code === EXIT_MEMORY) why = `took memory: ${Math.round(progress?.rss_mib ?? 0)} MiB`;
  else if (code !== 0) why = `died of ${signal ?? code}: ${errors}`;
  return { progress, faults, why };
}
