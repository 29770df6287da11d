/**
 * `npm run test:fuzz -- methods`: every method by its schema, with extremes and spoiled values.
 *
 *     npm run test:fuzz -- methods [--cases N] [--seed N] [--only K]
 *
 * A case is a project and six requests on it; 3000 cases without --cases. What is wrong is printed
 * with the command that repeats it; `--only K` runs one case and prints its requests and answers.
 */

import { parseArgs } from 'node:util';
import { parseSeed, SEED } from '../../support/seed.ts';
import { campaign, FUZZED } from './campaign.ts';

const CASES_DEFAULT = 3000;
const FAULTS_MAX = 60;
const SHOWN_LENGTH = 2000;

export async function runMethods(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cases: { type: 'string', default: String(CASES_DEFAULT) },
      seed: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const cases = Number(values.cases);
  if (!(Number.isSafeInteger(cases) && cases > 0)) throw new Error(`--cases ${values.cases}?`);
  const seed = values.seed === undefined ? SEED : parseSeed(values.seed);
  const only = values.only === undefined ? undefined : Number(values.only);
  let faults = 0;
  const tally = await campaign({
    seed,
    cases,
    ...(only === undefined ? {} : { only, onRequest: show }),
    onFault: ({ number, what }) => {
      process.exitCode = 1;
      faults += 1;
      if (faults > FAULTS_MAX) return;
      console.log(`FAIL ${what}`);
      console.log(`     npm run test:fuzz -- methods --seed ${seed} --only ${number}`);
    },
  });
  const ways = Object.entries(tally.spoiled).sort();
  const never = FUZZED.filter(({ name }) => !tally.done.has(name)).map(({ name }) => name);
  console.log(
    `${faults === 0 ? 'ok  ' : 'FAIL'} ${tally.cases} cases, ${tally.requests} requests ` +
      `(${ways.map(([way, n]) => `${way} ${n}`).join(', ')}), ${tally.results} results, ` +
      `${tally.errors} errors; ${faults} faults; no result of: ${never.join(', ') || 'none'}`,
  );
}

function show(text: string, answer: unknown): void {
  console.log(`     ${text.slice(0, SHOWN_LENGTH)}`);
  console.log(`       ${JSON.stringify(answer)?.slice(0, SHOWN_LENGTH)}`);
}
