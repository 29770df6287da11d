/**
 * A start costs little more than Node's own: in time of the processor, which other processes on the
 * machine hardly change, and against a server that does nothing, started in turn. `npm run bench --
 * start` has the times that clients see.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { median } from '../bench/table.ts';
import { DAEMON_MAIN } from '../support/daemon.ts';
import { BARE_SERVER, firstAnswers } from '../support/first-answers.ts';

const ROUNDS = 5;
/** Some 4.5 here; with two engines' threads from the start, and all of typebox, 7. */
const TIMES_MAX = 6;

const test = suite('start');

test('takes at most six times what a bare server does until it has answered an edit', async () => {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bare = await firstAnswers(BARE_SERVER);
    const daemon = await firstAnswers({
      args: (socket) => [DAEMON_MAIN, 'run', '--socket', socket],
      says: 'listens on',
    });
    times.push(daemon.cpu / bare.cpu);
  }
  const told = times.map((one) => one.toFixed(1)).join(', ');
  assert.ok(median(times) <= TIMES_MAX, `the daemon took ${told} times what a bare server did`);
});

test.run();
