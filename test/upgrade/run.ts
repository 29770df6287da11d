/**
 * `npm run test:upgrade`: a daemon is replaced by itself under clients, and none of them notices.
 *
 *     npm run test:upgrade -- [--upgrades N] [--seed N]
 *
 * Fails when a client was refused a connection, lost one, got an error, or when an edit that was
 * acknowledged is not there at the end.
 */

import { parseArgs } from 'node:util';
import { parseSeed } from '../support/seed.ts';
import { campaign } from './campaign.ts';

const { values } = parseArgs({
  options: {
    upgrades: { type: 'string', default: '20' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
});
const upgrades = Number(values.upgrades);
if (!Number.isInteger(upgrades) || upgrades < 1) {
  throw new Error(`--upgrades needs a number from 1, not ${values.upgrades}`);
}
const seed = parseSeed(values.seed);

console.log(`${upgrades} upgrades, seed ${seed}`);
const { faults, pids, ...counts } = await campaign({ upgrades, seed, said: console.log });
for (const fault of faults.slice(0, 20)) console.log(`FAULT ${fault}`);
console.log(JSON.stringify({ seed, processes: pids.length, faults: faults.length, ...counts }));
if (faults.length > 0 || counts.lost > 0 || counts.exit_code !== 0) process.exitCode = 1;
