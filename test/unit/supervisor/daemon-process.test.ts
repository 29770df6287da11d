/** What the system tells of the process of a daemon. */

import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lives, statIn } from '../../../supervisor/cli/control/daemon-process.ts';

const daemon = suite('process of a daemon');

/** A line of /proc/PID/stat, up to the field that is needed last. */
const stat = (state: string, threads: number) =>
  `77 (a) Z (b) ${state} 1 77 77 0 -1 4194560 1 0 0 0 5 2 0 0 20 0 ${threads} 0 4242 0 0`;

daemon('ends with the last of its threads', () => {
  const ended = (state: string, threads: number) => statIn(stat(state, threads)).ended;
  assert.is(ended('S', 11), false);
  assert.is(ended('Z', 3), false, 'the first thread is over, others hold its files');
  assert.is(ended('Z', 1), true);
  assert.is(ended('X', 0), true);
  assert.is(statIn(stat('S', 11)).began, '4242');
});

daemon('lives as long as it began when it did', () => {
  const { pid } = process;
  const { began } = statIn(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  assert.is(lives({ pid, began }), true);
  assert.is(lives({ pid, began: '1' }), false, 'the id is used again');
  assert.is(lives({ pid: 2 ** 22 + 1, began }), false, 'there is no such id');
});

daemon.run();
