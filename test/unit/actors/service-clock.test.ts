/** The clock of deadlines, on a system's clock that stands still when the test says so. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { type RealClock, ServiceClock } from '../../../actors/service-clock.ts';

/** Time that passes in steps; `freeze` lets it pass without anything being run. */
function system() {
  const timers = new SimulatedClock();
  let frozen_ms = 0;
  const real: RealClock = {
    now_ms: () => timers.now() + frozen_ms,
    setTimeout: (action, wait_ms) => timers.setTimeout(action, wait_ms),
    clearTimeout: (timer) => timers.clearTimeout(timer as number),
  };
  return {
    real,
    run: (ms: number) => {
      for (let step = 0; step < ms; step += 10) timers.increment(10);
    },
    freeze: (ms: number) => {
      frozen_ms += ms;
    },
  };
}

const test = suite('service clock');

test('goes as the system does while the process runs', () => {
  const { real, run } = system();
  const clock = new ServiceClock(real);
  for (const ms of [150, 50, 1000, 30]) {
    const before = clock.now_ms();
    run(ms);
    assert.is(clock.now_ms() - before, ms);
  }
});

test('does not count the time in which the process stood still', () => {
  const { real, run, freeze } = system();
  const clock = new ServiceClock(real);
  run(1000);
  freeze(3_600_000);
  const after = clock.now_ms();
  assert.ok(after >= 1000 && after <= 1400, `${after}`);
  run(1000);
  assert.ok(clock.now_ms() >= 2000 && clock.now_ms() <= 2400, `${clock.now_ms()}`);
});

test('never goes back', () => {
  const { real, run, freeze } = system();
  const clock = new ServiceClock(real);
  let last = clock.now_ms();
  for (let i = 0; i < 200; i += 1) {
    if (i % 7 === 0) freeze(i * 100);
    run(30);
    assert.ok(clock.now_ms() >= last);
    last = clock.now_ms();
  }
});

test('a timer waits for its time of service', () => {
  const { real, run, freeze } = system();
  const clock = new ServiceClock(real);
  let fired = 0;
  clock.setTimeout(() => fired++, 2000);
  run(1000);
  freeze(60_000);
  run(500);
  assert.is(fired, 0, 'the second half was not there yet');
  run(600);
  assert.is(fired, 1);
  run(10_000);
  assert.is(fired, 1);
});

test('a timer can be taken back, also while it waits for the rest', () => {
  const { real, run, freeze } = system();
  const clock = new ServiceClock(real);
  let fired = 0;
  const timer = clock.setTimeout(() => fired++, 1000);
  run(500);
  freeze(60_000);
  run(50);
  clock.clearTimeout(timer);
  run(10_000);
  assert.is(fired, 0);
});

test('a timer may be longer than those of Node', () => {
  const waits: number[] = [];
  const real: RealClock = {
    now_ms: () => 0,
    setTimeout: (_action, wait_ms) => waits.push(wait_ms),
    clearTimeout: () => {},
  };
  new ServiceClock(real).setTimeout(() => {}, 40 * 86_400_000);
  assert.is(waits.at(-1), 0x7fff_ffff);
});

test.run();
