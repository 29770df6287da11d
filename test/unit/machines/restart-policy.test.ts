import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  backoff,
  type RestartSettings,
  restartPolicyMachine,
} from '../../../machines/restart-policy.ts';
import { probe } from '../../support/probe.ts';

const SETTINGS: RestartSettings = {
  restart_on_failure: true,
  max_restart_attempts: 3,
  window_ms: 60_000,
  restart_delay_ms: 200,
  backoff_factor: 2,
  restart_delay_ms_max: 500,
  jitter: 0.5,
};

function policy(change: Partial<RestartSettings> = {}, random = () => 0, lasting = false) {
  const settings = { ...SETTINGS, ...change };
  const { reports, ...probed } = probe(restartPolicyMachine, { settings, lasting, random });
  /** Without those that only tell of the wait. */
  const verdicts = () => reports.filter(({ type }) => type !== PLANNED.type);
  return { ...probed, reports, verdicts };
}

const PLANNED = { type: 'restart.planned' };
const DUE = { type: 'restart.due' };
const REFUSED = { type: 'restart.refused' };
const test = suite('restart policy');

test('waits for the delay before a restart, and not a millisecond less', () => {
  const { clock, reports, send } = policy();
  send({ type: 'child.failed' });
  clock.increment(199);
  assert.equal(reports, [PLANNED]);
  clock.increment(1);
  assert.equal(reports, [PLANNED, DUE]);
});

test('waits longer each time, up to the ceiling', () => {
  assert.is(backoff(SETTINGS, 1), 200);
  assert.is(backoff(SETTINGS, 2), 400);
  assert.is(backoff(SETTINGS, 3), 500);
  const { clock, verdicts, send } = policy();
  for (const [restarts, delay] of [200, 400, 500].entries()) {
    send({ type: 'child.failed' });
    clock.increment(delay - 1);
    assert.is(verdicts().length, restarts);
    clock.increment(1);
    assert.is(verdicts().length, restarts + 1);
  }
});

test('adds jitter as a share of the delay', () => {
  const { clock, verdicts, send } = policy({}, () => 0.5);
  send({ type: 'child.failed' });
  clock.increment(249);
  assert.equal(verdicts(), []);
  clock.increment(1);
  assert.equal(verdicts(), [DUE]);
});

test('refuses one failure more than max_restart_attempts in a window', () => {
  const { clock, verdicts, send, snapshot } = policy();
  for (let i = 0; i < 3; i += 1) {
    send({ type: 'child.failed' });
    clock.increment(1000);
  }
  assert.equal(verdicts(), [DUE, DUE, DUE]);
  send({ type: 'child.failed' });
  assert.equal(verdicts().at(-1), REFUSED);
  assert.is(snapshot().value, 'exhausted');
  clock.increment(3_600_000);
  assert.is(verdicts().length, 4, 'a policy that gave up stays so');
});

test('forgets failures when their window has passed', () => {
  const { clock, verdicts, send } = policy();
  for (let i = 0; i < 20; i += 1) {
    send({ type: 'child.failed' });
    clock.increment(20_001);
  }
  assert.is(verdicts().length, 20);
  assert.ok(verdicts().every(({ type }) => type === 'restart.due'));
});

test('starts again from the shortest delay after a quiet window', () => {
  const { clock, verdicts, send } = policy();
  send({ type: 'child.failed' });
  clock.increment(200);
  send({ type: 'child.failed' });
  clock.increment(60_000);
  assert.is(verdicts().length, 2);
  send({ type: 'child.failed' });
  clock.increment(200);
  assert.is(verdicts().length, 3);
});

test('refuses at once when restarts are switched off', () => {
  const { verdicts, send } = policy({ restart_on_failure: false });
  send({ type: 'child.failed' });
  assert.equal(verdicts(), [REFUSED]);
});

test('one that lasts pauses for the longest wait instead of giving up, again and again', () => {
  const change = { max_restart_attempts: 1, restart_delay_ms_max: 5000 };
  const { clock, verdicts, send, snapshot } = policy(change, () => 0, true);
  send({ type: 'child.failed' });
  clock.increment(200);
  for (let round = 1; round <= 3; round += 1) {
    send({ type: 'child.failed' });
    assert.is(snapshot().value, 'cooling off');
    assert.equal(verdicts().at(-1), { type: 'restart.deferred' });
    clock.increment(4999);
    assert.equal(verdicts().at(-1), { type: 'restart.deferred' });
    clock.increment(1);
    assert.equal(verdicts().at(-1), DUE);
  }
});

test('one that lasts gives up all the same when it must not be restarted', () => {
  const { verdicts, send } = policy({ restart_on_failure: false }, () => 0, true);
  send({ type: 'child.failed' });
  assert.equal(verdicts(), [REFUSED]);
});

test.run();
