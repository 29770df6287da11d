/** The sign of life of a thread: who beats, and what the main thread reads. */

import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { checkInterrupt } from '../../../engine/interrupt.ts';
import { JobControl } from '../../../engine/port/job-control.ts';
import { beat, followPulse, Pulse } from '../../../engine/port/pulse.ts';

/** A service clock that the test sets. */
function clock(now_ms: number) {
  const memory = new SharedArrayBuffer(4);
  const word = new Int32Array(memory);
  word[0] = now_ms;
  return {
    memory,
    set: (ms: number) => {
      word[0] = ms;
    },
  };
}

const pulse = suite('pulse');

pulse('a thread of which nothing was heard yet is silent since it was made', () => {
  const service = clock(5000);
  const made = new Pulse(service.memory);
  assert.is(made.silent_ms, 0);
  service.set(5400);
  assert.is(made.silent_ms, 400);
});

pulse('checks of long loops beat, those of jobs too, and so does the event loop', async () => {
  const service = clock(0);
  const made = new Pulse(service.memory);
  followPulse(made.memory, service.memory);
  const control = new JobControl();
  for (const [i, act] of [beat, checkInterrupt, () => control.check()].entries()) {
    service.set(1000 * (i + 1));
    assert.is(made.silent_ms, 1000);
    act();
    assert.is(made.silent_ms, 0);
  }
  service.set(9000);
  assert.is(made.silent_ms, 6000);
  for (let looks = 0; made.silent_ms > 0 && looks < 1000; looks += 1) await sleep(20);
  assert.is(made.silent_ms, 0);
});

pulse('time in which the process stood still is no silence', () => {
  const service = clock(0);
  const made = new Pulse(service.memory);
  const until = performance.now() + 50;
  while (performance.now() < until);
  assert.is(made.silent_ms, 0);
});

pulse('a clock that overflows goes on', () => {
  const service = clock(0x7fff_fff0);
  const made = new Pulse(service.memory);
  service.set(0x7fff_fff0 + 100);
  assert.is(made.silent_ms, 100);
});

pulse('checks cost some nanoseconds', () => {
  const count = 5000;
  // The best of many short runs: others may have the processor in between.
  let best_ns = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 500; run++) {
    const since = performance.now();
    for (let i = 0; i < count; i++) checkInterrupt();
    best_ns = Math.min(best_ns, ((performance.now() - since) * 1e6) / count);
  }
  assert.ok(best_ns < 100, `${best_ns} ns`);
});

pulse.run();
