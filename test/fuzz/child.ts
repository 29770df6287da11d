/**
 * Reads a range of a target's files in a process of its own, which may hang or die of it:
 *
 *     node child.js TARGET SEED FROM TO PROGRESS-FILE
 *
 * Prints a line of JSON for each fault. It ends early once it has used too much memory, since what
 * one file took cannot be told apart from what the next ones take.
 */

import { caseOf } from './case.ts';
import { judge, type Outcome } from './judge.ts';
import { EXIT_MEMORY, FAULTS_MAX, ProgressWriter } from './progress.ts';
import { allTargets } from './targets.ts';

/** Of the whole process, at any time. */
const RSS_MIB_MAX = 1024;

const [name, seed, from, to, path] = process.argv.slice(2);
const target = allTargets().find((candidate) => candidate.name === name);
if (target === undefined || path === undefined) throw new Error(`no target ${name}`);

const progress = new ProgressWriter(path);
let faults = 0;
let rss_mib = 0;
for (let number = Number(from); number < Number(to) && faults < FAULTS_MAX; number++) {
  progress.begin(number);
  const { bytes, random } = caseOf(target, Number(seed), number);
  const started_ms = performance.now();
  let outcome: Outcome | undefined;
  try {
    outcome = judge(target, bytes, random);
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    faults++;
    console.log(JSON.stringify({ number, message }));
  }
  // Asking takes longer than many a file.
  if (number % 8 === 0) rss_mib = process.resourceUsage().maxRSS / 1024;
  progress.end(outcome, performance.now() - started_ms, rss_mib);
  if (rss_mib > RSS_MIB_MAX) {
    process.exitCode = EXIT_MEMORY;
    break;
  }
}
progress.close();
