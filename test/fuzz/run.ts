/**
 * `npm run test:fuzz`: the campaigns that take longer than a test may.
 *
 *     npm run test:fuzz -- [formats] …     damaged files for every importer
 *     npm run test:fuzz -- protocol …      traffic in every framing
 *     npm run test:fuzz -- methods …       requests of every method, by its schema
 *
 * Each has flags of its own, `--seed N` among them; see the file that it runs.
 */

import { runFormats } from './formats-run.ts';
import { runMethods } from './methods/run.ts';
import { runProtocol } from './protocol/run.ts';

const CAMPAIGNS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  formats: runFormats,
  protocol: runProtocol,
  methods: runMethods,
};

const [first = '', ...rest] = process.argv.slice(2);
const named = first !== '' && !first.startsWith('-');
const run = CAMPAIGNS[named ? first : 'formats'];
if (run === undefined) {
  throw new Error(`no campaign ${first}, only ${Object.keys(CAMPAIGNS).join(', ')}`);
}
await run(named ? rest : process.argv.slice(2));
