/** Properties of the window and of the waits. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  backoff,
  counting,
  judge,
  type Restart,
  type RestartSettings,
} from '../../../machines/supervision/index.ts';
import { SEED } from '../../support/seed.ts';

const RUNS = { seed: SEED, numRuns: 1000 };

const SETTINGS: fc.Arbitrary<RestartSettings> = fc
  .record({
    restart_on_failure: fc.constant(true),
    max_restart_attempts: fc.nat(20),
    window_ms: fc.integer({ min: 1, max: 100_000 }),
    restart_delay_ms: fc.oneof(fc.constant(0), fc.nat(10_000)),
    more_ms: fc.nat(100_000),
    backoff_factor: fc.double({ min: 1, max: 10, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    reset_after_ms: fc.option(fc.nat(50_000)),
  })
  .map(({ more_ms, reset_after_ms, ...settings }) => ({
    ...settings,
    restart_delay_ms_max: settings.restart_delay_ms + more_ms,
    ...(reset_after_ms === null ? {} : { reset_after_ms }),
  }));

/** Times between failures, and of each how long its restart took, if it was ever done. */
const FAILURES = fc.array(
  fc.record({ gap_ms: fc.nat(20_000), took_ms: fc.option(fc.nat(20_000)) }),
  { maxLength: 40 },
);

interface Judged {
  readonly at_ms: number;
  readonly granted: boolean;
  readonly nth: number;
  readonly delay_ms: number;
  readonly before: readonly Restart[];
}

/** Plays failures; a restart that is not done when the next failure comes never is. */
function play(
  settings: RestartSettings,
  failures: readonly { gap_ms: number; took_ms: number | null }[],
  random: () => number = () => 0,
): Judged[] {
  let at_ms = 0;
  let restarts: Restart[] = [];
  return failures.map(({ gap_ms, took_ms }) => {
    at_ms += gap_ms;
    const before = restarts.map((one) =>
      one.done_ms !== undefined && one.done_ms > at_ms ? { ...one, done_ms: undefined } : one,
    );
    const verdict = judge(settings, before, at_ms, random);
    const done_ms = took_ms === null ? undefined : at_ms + took_ms;
    if (verdict.granted) restarts = [...before, { at_ms, done_ms }];
    return { ...verdict, at_ms, before };
  });
}

const test = suite('the window');

test('never grants more than max_restart_attempts in any window, and never refuses fewer', () => {
  fc.assert(
    fc.property(SETTINGS, FAILURES, (settings, failures) => {
      const { max_restart_attempts: max, window_ms } = settings;
      const judged = play(settings, failures);
      for (const { at_ms, granted, before } of judged) {
        // Counted anew, in words other than those of the window itself.
        const within = before.filter((one) => one.at_ms > at_ms - window_ms).length;
        assert.is(granted, within < max);
      }
      const granted = judged.filter((one) => one.granted).map(({ at_ms }) => at_ms);
      for (const [index, from] of granted.entries()) {
        const next = granted[index + max];
        assert.ok(next === undefined || next - from >= window_ms);
      }
    }),
    RUNS,
  );
});

test('grants nothing when restarts are switched off', () => {
  fc.assert(
    fc.property(SETTINGS, FAILURES, (settings, failures) => {
      const off = { ...settings, restart_on_failure: false };
      assert.ok(play(off, failures).every(({ granted }) => !granted));
    }),
    RUNS,
  );
});

test('forgets a failure at the millisecond at which it is window_ms old', () => {
  fc.assert(
    fc.property(SETTINGS, fc.nat(), (settings, at_ms) => {
      const one = [{ at_ms, done_ms: undefined }];
      assert.is(counting(settings, one, at_ms + settings.window_ms - 1).length, 1);
      assert.is(counting(settings, one, at_ms + settings.window_ms).length, 0);
    }),
    RUNS,
  );
});

test('waits are numbers between the shortest and the longest, and grow', () => {
  fc.assert(
    fc.property(SETTINGS, fc.integer({ min: 1, max: 1000 }), (settings, nth) => {
      const wait_ms = backoff(settings, nth);
      assert.ok(wait_ms >= settings.restart_delay_ms, `${wait_ms}`);
      assert.ok(wait_ms <= settings.restart_delay_ms_max, `${wait_ms}`);
      assert.ok(backoff(settings, nth + 1) >= wait_ms);
      assert.is(backoff(settings, 1), settings.restart_delay_ms);
    }),
    RUNS,
  );
});

test('jitter adds a share of the wait, and no more', () => {
  fc.assert(
    fc.property(
      SETTINGS,
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (settings, random) => {
        const one = { ...settings, max_restart_attempts: 1 };
        const { delay_ms } = judge(one, [], 0, () => random);
        const wait_ms = backoff(one, 1);
        assert.ok(delay_ms >= wait_ms, `${delay_ms}`);
        assert.ok(delay_ms <= wait_ms * (1 + one.jitter), `${delay_ms}`);
      },
    ),
    RUNS,
  );
});

test('the wait begins again exactly when nothing failed for reset_after_ms', () => {
  fc.assert(
    fc.property(SETTINGS, FAILURES, (settings, failures) => {
      const { reset_after_ms } = settings;
      for (const { at_ms, before, granted, delay_ms } of play(
        { ...settings, jitter: 0 },
        failures,
      )) {
        if (!granted) continue;
        const counted = before.filter((one) => one.at_ms > at_ms - settings.window_ms);
        // Told from the front: a row begins anew after each failure that followed a stable time.
        let row = 0;
        for (const [index, { done_ms }] of counted.entries()) {
          const next_ms = counted[index + 1]?.at_ms ?? at_ms;
          const stable =
            reset_after_ms !== undefined &&
            done_ms !== undefined &&
            next_ms - done_ms >= reset_after_ms;
          row = stable ? 0 : row + 1;
        }
        assert.is(delay_ms, backoff(settings, row + 1));
      }
    }),
    RUNS,
  );
});

test.run();
