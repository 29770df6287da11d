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
  return probe(restartPolicyMachine, { settings, lasting, random });
}

const DUE = { type: 'restart.due' };
const REFUSED = { type: 'restart.refused' };
const test = suite('restart policy');

test('waits for the delay before a restart, and not a millisecond less', () => {
  const { clock, reports, send } = policy();
  send({ type: 'child.failed' });
  clock.increment(199);
  assert.equal(reports, []);
  clock.increment(1);
  assert.equal(reports, [DUE]);
});

test('waits longer each time, up to the ceiling', () => {
  assert.is(backoff(SETTINGS, 1), 200);
  assert.is(backoff(SETTINGS, 2), 400);
  assert.is(backoff(SETTINGS, 3), 500);
  const { clock, reports, send } = policy();
  for (const [restarts, delay] of [200, 400, 500].entries()) {
    send({ type: 'child.failed' });
    clock.increment(delay - 1);
    assert.is(reports.length, restarts);
    clock.increment(1);
    assert.is(reports.length, restarts + 1);
  }
});

test('adds jitter as a share of the delay', () => {
  const { clock, reports, send } = policy({}, () => 0.5);
  send({ type: 'child.failed' });
  clock.increment(249);
  assert.equal(reports, []);
  clock.increment(1);
  assert.equal(reports, [DUE]);
});

test('refuses one failure more than max_restart_attempts in a window', () => {
  const { clock, reports, send, snapshot } = policy();
  for (let i = 0; i < 3; i += 1) {
    send({ type: 'child.failed' });
    clock.increment(1000);
  }
  assert.equal(reports, [DUE, DUE, DUE]);
  send({ type: 'child.failed' });
  assert.equal(reports.at(-1), REFUSED);
  assert.is(snapshot().value, 'exhausted');
  clock.increment(3_600_000);
  assert.is(reports.length, 4, 'a policy that gave up stays so');
});

test('forgets failures when their window has passed', () => {
  const { clock, reports, send } = policy();
  for (let i = 0; i < 20; i += 1) {
    send({ type: 'child.failed' });
    clock.increment(20_001);
  }
  assert.is(reports.length, 20);
  assert.ok(reports.every(({ type }) => type === 'restart.due'));
});

test('starts again from the shortest delay after a quiet window', () => {
  const { clock, reports, send } = policy();
  send({ type: 'child.failed' });
  clock.increment(200);
  send({ type: 'child.failed' });
  clock.increment(60_000);
  assert.is(reports.length, 2);
  send({ type: 'child.failed' });
  clock.increment(200);
  assert.is(reports.length, 3);
});

test('refuses at once when restarts are switched off', () => {
  const { reports, send } = policy({ restart_on_failure: false });
  send({ type: 'child.failed' });
  assert.equal(reports, [REFUSED]);
});

test('one that lasts pauses for the longest wait instead of giving up, again and again', () => {
  const change = { max_restart_attempts: 1, restart_delay_ms_max: 5000 };
  const { clock, reports, send, snapshot } = policy(change, () => 0, true);
  send({ type: 'child.failed' });
  clock.increment(200);
  for (let round = 1; round <= 3; round += 1) {
    send({ type: 'child.failed' });
    assert.is(snapshot().value, 'cooling off');
    assert.equal(reports.at(-1), { type: 'restart.deferred' });
    clock.increment(4999);
    assert.equal(reports.at(-1), { type: 'restart.deferred' });
    clock.increment(1);
    assert.equal(reports.at(-1), DUE);
  }
});

test('one that lasts gives up all the same when it must not be restarted', () => {
  const { reports, send } = policy({ restart_on_failure: false }, () => 0, true);
  send({ type: 'child.failed' });
  assert.equal(reports, [REFUSED]);
});

test.run();
