/**
 * `npm run test:crash`: engines and daemons that die at random moments, and whether everything that
 * was acknowledged is there.
 *
 *     npm run test:crash -- [--runs N] [--seed S] [--dies engines|nobody]
 *
 * A run is some load, an engine's death or more, and the death of the daemon; 300 without `--runs`.
 */

import { parseArgs } from 'node:util';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';
import { Matrix, type MatrixOptions } from './matrix.ts';

const RUNS_DEFAULT = 300;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: String(RUNS_DEFAULT) },
    seed: { type: 'string', default: String(SEED) },
    dies: { type: 'string', default: 'all' },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
if (!(runs > 0) || !Number.isInteger(seed)) throw new Error('--runs and --seed need numbers');

console.log(`crash matrix of ${runs} runs: --seed ${seed} repeats it`);
const began_ms = performance.now();
const matrix = new Matrix({
  ...{ seed, runs, dies: values.dies as MatrixOptions['dies'], directory: temporaryDirectory() },
  hangs: true,
  onRun: ({ run, kills, deaths, answered }) => {
    if (run % 10 !== 0 && run !== runs) return;
    const died = Object.values(deaths).reduce((sum, n) => sum + n, 0);
    const seconds = ((performance.now() - began_ms) / 1000).toFixed(0);
    console.log(`${seconds} s: ${kills} daemons killed, ${died} engines dead, ${answered} answers`);
  },
});
try {
  const { deaths } = await matrix.run();
  console.log(
    Object.entries(deaths)
      .map(([way, n]) => `${way} ${n}`)
      .join(', '),
  );
} catch (error) {
  console.error((error as Error).message);
  console.error(`to repeat: npm run test:crash -- --runs ${runs} --seed ${seed}`);
  process.exitCode = 1;
}
