/**
 * The quick part of the crash matrix (`test/crash/`): engines and daemons die at random moments,
 * and what was acknowledged is there. `npm run test:crash` does the whole of it.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Matrix } from '../crash/matrix.ts';
import { SEED } from '../support/seed.ts';
import { temporaryDirectory } from '../support/tmp.ts';

const RUNS = 6;

const crashes = suite('crashes');

crashes('take nothing that was acknowledged, and leave nothing half done', async () => {
  const directory = temporaryDirectory();
  const what = { runs: RUNS, dies: 'all', hangs: false } as const;
  const matrix = new Matrix({ ...what, seed: SEED, directory, onRun: () => {} });
  const { kills, deaths, answered } = await matrix.run();
  const died = Object.values(deaths).reduce((sum, count) => sum + count, 0);
  console.log(`${kills} daemons killed, ${died} engines dead, ${answered} requests answered`);
  assert.is(kills, RUNS);
  assert.ok(died >= RUNS / 2, `${died} engines died`);
});

crashes.run();
