/** Which clients take so little of what waits for them that they are cut. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { SendWatch } from '../../../actors/connection/send-watch.ts';
import { configWith } from '../../support/probe.ts';
import { testClock } from '../../support/test-clock.ts';

async function stage(send_timeout_ms = 800) {
  const time = new SimulatedClock();
  const timers = new Set<unknown>();
  const output = { unread_bytes: 1000, taken_bytes: 0 };
  const config = await configWith(({ limits }) => {
    limits.send_timeout_ms = send_timeout_ms;
  });
  let cut = 0;
  const watch = new SendWatch(testClock(time, timers), config, output, () => void cut++);
  /** In small steps: the simulated clock is where a step ends when it calls. */
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1) time.increment(1);
  };
  return { pass, timers, output, watch, cut: () => cut };
}

const test = suite('send watch');

test('cuts a client that takes nothing for the time-out, once', async () => {
  const { pass, watch, cut } = await stage();
  watch.begin();
  pass(799);
  assert.is(cut(), 0);
  pass(1);
  assert.is(cut(), 1);
  pass(10_000);
  assert.is(cut(), 1);
});

test('lets one that takes a little now and then have all the time it needs', async () => {
  const { pass, watch, output, cut } = await stage();
  watch.begin();
  for (let round = 0; round < 50; round += 1) {
    pass(700);
    output.taken_bytes += 1;
    // What is written meanwhile is no progress of the client's, and no standstill.
    output.unread_bytes += 500;
  }
  assert.is(cut(), 0);
  pass(700);
  assert.is(cut(), 0, 'counted from when the last byte was taken');
  pass(300);
  assert.is(cut(), 1);
});

test('does not count what is written as what is taken', async () => {
  const { pass, watch, output, cut } = await stage();
  watch.begin();
  for (let round = 0; round < 8; round += 1) {
    output.unread_bytes += 500;
    watch.begin();
    pass(100);
  }
  assert.is(cut(), 1);
});

test('rests while nothing waits, and begins anew when something does', async () => {
  const { pass, watch, output, cut } = await stage();
  watch.begin();
  pass(700);
  output.unread_bytes = 0;
  pass(10_000);
  output.unread_bytes = 1;
  watch.begin();
  pass(799);
  assert.is(cut(), 0);
  pass(1);
  assert.is(cut(), 1);
});

test('leaves no timer behind', async () => {
  const { timers, pass, watch, cut } = await stage();
  watch.begin();
  watch.end();
  assert.is(timers.size, 0);
  pass(10_000);
  assert.is(cut(), 0);
});

test.run();
