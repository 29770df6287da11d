/** The hysteresis of health: when something counts as worse, and when as better. */

import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  BETTER_CHECKS,
  type Condition,
  type HealthState,
  judge,
  type Patience,
  type Reading,
  worst,
} from '../../../machines/health-conditions.ts';
import { SEED } from '../../support/seed.ts';

const STATES: readonly HealthState[] = ['healthy', 'degraded', 'failing'];
const rank = (state: HealthState) => STATES.indexOf(state);

function reading(state: HealthState, patience: Patience): Reading {
  return { what: 'it', state, reason: `it is ${state}`, value: 1, limit: 2, patience };
}

/** The state after each of the readings. */
function course(states: readonly HealthState[], patience: Patience): HealthState[] {
  let conditions: readonly Condition[] = [];
  return states.map((state, now_ms) => {
    ({ conditions } = judge(conditions, [reading(state, patience)], now_ms));
    return conditions[0]?.state ?? 'healthy';
  });
}

const hysteresis = suite('conditions of health');

hysteresis('nothing is worse or better before as many checks in a row as it takes', () => {
  const patience = fc.record({
    degraded: fc.integer({ min: 1, max: 4 }),
    failing: fc.integer({ min: 1, max: 4 }),
  });
  const states = fc.array(fc.constantFrom(...STATES), { maxLength: 40 });
  fc.assert(
    fc.property(states, patience, (readings, given) => {
      const found = course(readings, given);
      for (const [i, state] of found.entries()) {
        const before = found[i - 1] ?? 'healthy';
        // The last readings, as many as the change needed.
        const last = (count: number) => readings.slice(Math.max(0, i + 1 - count), i + 1);
        if (rank(state) > rank(before)) {
          const count = given[state as 'degraded' | 'failing'];
          assert.is(last(count).length, count);
          assert.ok(last(count).every((one) => rank(one) >= rank(state)));
        } else if (rank(state) < rank(before)) {
          assert.ok(last(BETTER_CHECKS).every((one) => rank(one) < rank(before)));
        }
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});

hysteresis('what stays as it is comes to be told so', () => {
  const patience = { degraded: 2, failing: 3 };
  for (const from of STATES) {
    for (const to of STATES) {
      const readings = [...new Array(9).fill(from), ...new Array(9).fill(to)];
      assert.is(course(readings, patience).at(-1), to, `${from} → ${to}`);
    }
  }
});

hysteresis('gets worse at the check that its patience says, and better at the third', () => {
  const at = (states: HealthState[], patience: Patience) => course(states, patience).join(' ');
  const bad = new Array<HealthState>(4).fill('failing');
  assert.is(at(bad, { degraded: 1, failing: 3 }), 'degraded degraded failing failing');
  assert.is(at(bad, { degraded: 3, failing: 3 }), 'healthy healthy failing failing');
  assert.is(
    at(['failing', 'healthy', 'healthy', 'healthy'], { degraded: 1, failing: 1 }),
    'failing failing failing healthy',
  );
  assert.is(
    at(['failing', 'degraded', 'healthy', 'degraded', 'degraded'], { degraded: 1, failing: 1 }),
    'failing failing failing degraded degraded',
  );
});

hysteresis('what a check no longer tells of gets better as if it were well', () => {
  const bad = reading('degraded', { degraded: 1, failing: 1 });
  let { conditions } = judge([], [bad], 0);
  for (let n = 1; n <= BETTER_CHECKS; n++) {
    assert.is(conditions.length, 1);
    ({ conditions } = judge(conditions, [], n));
  }
  assert.equal(conditions, []);
});

hysteresis('since when is told from when it counted, and not from when it began', () => {
  const bad = reading('degraded', { degraded: 2, failing: 9 });
  const first = judge([], [bad], 10);
  assert.equal(first.changes, []);
  const second = judge(first.conditions, [bad], 20);
  assert.is(second.conditions[0]?.since_ms, 20);
  assert.is(second.changes[0]?.from, 'healthy');
  const third = judge(second.conditions, [bad], 30);
  assert.is(third.conditions[0]?.since_ms, 20);
  assert.equal(third.changes, []);
});

hysteresis('the worst of all is the verdict', () => {
  assert.is(worst([]), 'healthy');
  assert.is(worst([{ state: 'degraded' }, { state: 'healthy' }]), 'degraded');
  assert.is(worst([{ state: 'degraded' }, { state: 'failing' }, { state: 'healthy' }]), 'failing');
});

hysteresis.run();
