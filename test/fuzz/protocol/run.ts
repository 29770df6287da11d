/**
 * `npm run test:fuzz -- protocol`: hostile and sound traffic in every framing.
 *
 *     npm run test:fuzz -- protocol [--rounds N] [--seed N] [--only K]
 *
 * Forty connections a round, eight at a time, each with a stream of messages of which it is known
 * what must be answered; 100 rounds without --rounds. What is wrong is printed with the command
 * that repeats it. `--only K` plays the stream of the number K by itself, with the healthy client
 * beside it.
 */

import { parseArgs } from 'node:util';
import { parseSeed, SEED } from '../../support/seed.ts';
import { campaign, streamOfNumber } from './campaign.ts';

const ROUNDS_DEFAULT = 100;
const FAULTS_MAX = 40;

export async function runProtocol(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
    },
  });
  const seed = values.seed === undefined ? SEED : parseSeed(values.seed);
  const only = values.only === undefined ? undefined : Number(values.only);
  const rounds = Number(values.rounds ?? (only === undefined ? ROUNDS_DEFAULT : 1));
  if (!(Number.isSafeInteger(rounds) && rounds > 0)) throw new Error(`--rounds ${values.rounds}?`);
  if (only !== undefined) show(seed, only);
  let faults = 0;
  const tally = await campaign({
    seed,
    rounds,
    ...(only === undefined ? {} : { only }),
    onFault: ({ number, what }) => {
      process.exitCode = 1;
      faults += 1;
      if (faults > FAULTS_MAX) return;
      console.log(`FAIL ${what}`);
      console.log(`     npm run test:fuzz -- protocol --seed ${seed} --only ${number}`);
    },
  });
  const kinds = Object.entries(tally.kinds).sort();
  console.log(
    `${faults === 0 ? 'ok  ' : 'FAIL'} ${tally.streams} streams with ${tally.dues} replies due, ` +
      `${tally.replies} came, ${tally.control} to the healthy client, ${tally.rss_mib} MiB; ` +
      `${kinds.map(([kind, n]) => `${kind} ${n}`).join(', ')}; ${faults} faults`,
  );
}

/** What a stream is made of. */
function show(seed: number, number: number): void {
  const { framing, ending, pieces, dues } = streamOfNumber(seed, number);
  const bytes = Buffer.concat(pieces);
  console.log(`${framing}, ${ending}, ${bytes.length} bytes in ${pieces.length} pieces:`);
  console.log(bytes.toString('latin1').slice(0, 20_000));
  for (const due of dues) {
    const list = [due].flat();
    console.log(`due: ${list.map(({ what, ids }) => `${what} (${ids.join(' or ')})`).join('; ')}`);
  }
}
