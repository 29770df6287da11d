/** Properties of the plan of a restart. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type Plan,
  type PlanChild,
  type RestartType,
  restartPlan,
  type Strategy,
} from '../../../machines/supervision/index.ts';
import { SEED } from '../../support/seed.ts';

const CHILD = fc.record({
  restart: fc.constantFrom<RestartType>('permanent', 'transient', 'temporary'),
  state: fc.constantFrom('alive', 'due', 'held', 'down'),
});

/** Children with ids from a to whatever, one of which, not held, has failed. */
const CASE = fc
  .record({
    strategy: fc.constantFrom<Strategy>('one_for_one', 'one_for_all', 'rest_for_one'),
    children: fc.array(CHILD, { minLength: 1, maxLength: 8 }),
    dead: fc.nat(),
    ready: fc.boolean(),
  })
  .map(({ strategy, children, dead: nth, ready }) => {
    const dead = nth % children.length;
    const all = children.map(({ restart, state }, index): PlanChild => {
      const id = String.fromCharCode(97 + index);
      if (index === dead) {
        // It may be alive, when it has not become ready; a temporary one is not started again.
        const type = restart === 'temporary' ? 'permanent' : restart;
        return { id, restart: type, alive: !ready, due: false, held: false };
      }
      return {
        id,
        restart,
        alive: state === 'alive',
        due: state === 'due',
        held: state === 'held',
      };
    });
    return { strategy, children: all, dead: all[dead] as PlanChild, at: dead };
  });

type Case = typeof CASE extends fc.Arbitrary<infer T> ? T : never;

const test = suite('the plan of a restart');

function holds(property: (plan: Plan, one: Case) => void): void {
  fc.assert(
    fc.property(CASE, (one) => {
      property(restartPlan(one.strategy, one.children, one.dead.id), one);
    }),
    { seed: SEED, numRuns: 1000 },
  );
}

test('starts go left to right, stops right to left, nobody twice', () => {
  holds(({ stops, starts }) => {
    assert.equal(starts, [...new Set(starts)].sort());
    assert.equal(stops, [...new Set(stops)].sort().reverse());
  });
});

test('stops only what is alive, and starts only what is down by then', () => {
  holds(({ stops, starts }, { children }) => {
    for (const { id, alive } of children) {
      if (!alive) assert.not(stops.includes(id), id);
      else if (starts.includes(id)) assert.ok(stops.includes(id), id);
    }
  });
});

test('starts the one that failed', () => {
  holds(({ starts }, { dead }) => assert.ok(starts.includes(dead.id)));
});

test('touches nobody before it under rest_for_one, nobody else under one_for_one', () => {
  holds(({ stops, starts }, { strategy, dead }) => {
    for (const id of [...stops, ...starts]) {
      if (strategy === 'one_for_one') assert.is(id, dead.id);
      if (strategy === 'rest_for_one') assert.ok(id >= dead.id, id);
    }
  });
});

test('leaves nobody running that depends on the one that failed', () => {
  holds(({ stops }, { strategy, children, at }) => {
    if (strategy === 'one_for_one') return;
    const from = strategy === 'one_for_all' ? 0 : at;
    const alive = children.slice(from).filter((child) => child.alive);
    assert.equal(
      [...stops].sort(),
      alive.map(({ id }) => id),
    );
  });
});

test('starts no temporary child again and none that was stopped by hand', () => {
  holds(({ starts }, { children }) => {
    for (const { id, restart, due, held } of children) {
      if (held) assert.not(starts.includes(id), id);
      // One that is due has never been started: it is no restart.
      if (restart === 'temporary' && !due) assert.not(starts.includes(id), id);
    }
  });
});

test('forgets nobody who was due', () => {
  holds(({ starts }, { strategy, children, at }) => {
    for (const [index, { id, due }] of children.entries()) {
      const touched = strategy === 'one_for_all' || (strategy === 'rest_for_one' && index >= at);
      if (touched && due) assert.ok(starts.includes(id), id);
    }
  });
});

test.run();
