/** The health monitor: every state and transition, and how long each takes. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fromCallback } from 'xstate';
import type { Config } from '../../../conf/schema.ts';
import { type ChecksCommand, healthMachine } from '../../../machines/health.ts';
import type { HealthState } from '../../../machines/health-conditions.ts';
import type { HealthFacts } from '../../../machines/health-facts.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { factsWith, thread } from '../../support/health-facts.ts';
import { configWith, probe } from '../../support/probe.ts';

const INTERVAL_MS = 5000;
const TIMEOUT_MS = 2000;
const FIRST_MS = 100;

const WELL = factsWith();
/** Told at once, and never more than degraded. */
const JOB_LOST = factsWith({ job_threads: [thread('job:0', { state: 'lost' })] });
/** Failing at once. */
const GIVEN_UP = factsWith({
  engines: [thread('engine:0'), thread('engine:1', { state: 'failed', reason: 'crash loop' })],
});
/** Degraded, and failing with the third check. */
const UNREACHABLE = factsWith({ sockets: [{ id: 'listener:unix', trouble: 'it is gone' }] });

async function health() {
  const checks = fakeEffect<ChecksCommand, { config: Config }>();
  const config = await configWith(() => {});
  const verdicts: string[] = [];
  const changes: string[] = [];
  const stalled: string[] = [];
  let now_ms = 1000;
  const machine = healthMachine.provide({
    actors: { checks: checks.logic },
    actions: {
      'announce verdict': ({ self }) => verdicts.push(String(self.id)),
      'announce changes': ({ context }) => {
        for (const { what, from, to } of context.changes) changes.push(`${what}: ${from} → ${to}`);
      },
      'report stalled': ({ context }) => stalled.push(...context.stalled.map(({ id }) => id)),
    },
  });
  const probed = probe(machine, { config, now_ms: () => now_ms });
  const { clock, snapshot } = probed;
  const pass = (ms: number) => {
    now_ms += ms;
    clock.increment(ms);
  };
  const verdict = () => (snapshot().value as { verdict: HealthState }).verdict;
  const checking = () => (snapshot().value as { checking: string }).checking;
  const answer = (facts: HealthFacts) => {
    checks.say({ type: 'check.done', check: checks.told.at(-1)!.check, facts });
    pass(INTERVAL_MS);
  };
  pass(FIRST_MS);
  return { ...probed, checks, verdicts, changes, stalled, pass, verdict, checking, answer };
}

const monitor = suite('health monitor');

monitor('looks soon after the start, and then at every interval', async () => {
  const { checks, pass, checking, verdict } = await health();
  assert.equal(checks.told, [{ type: 'check.begin', check: 1 }]);
  assert.is(checking(), 'asking');
  checks.say({ type: 'check.done', check: 1, facts: WELL });
  assert.is(checking(), 'resting');
  pass(INTERVAL_MS - 1);
  assert.is(checks.told.length, 1);
  pass(1);
  assert.equal(checks.told[1], { type: 'check.begin', check: 2 });
  assert.is(verdict(), 'healthy');
});

monitor('a daemon that is well stays healthy, and nothing is said', async () => {
  const { answer, verdict, verdicts, changes, snapshot } = await health();
  for (let checks = 0; checks < 20; checks++) answer(WELL);
  assert.is(verdict(), 'healthy');
  assert.equal([verdicts, changes], [[], []]);
  assert.equal(snapshot().context.conditions, []);
});

monitor('goes each way between its three states, and says so once each time', async () => {
  const { answer, verdict, verdicts } = await health();
  const path: readonly (readonly [HealthFacts, number, HealthState])[] = [
    [JOB_LOST, 1, 'degraded'],
    [GIVEN_UP, 1, 'failing'],
    [JOB_LOST, 3, 'degraded'],
    [WELL, 3, 'healthy'],
    [GIVEN_UP, 1, 'failing'],
    [WELL, 3, 'healthy'],
    [UNREACHABLE, 1, 'degraded'],
    [UNREACHABLE, 2, 'failing'],
  ];
  let before: HealthState = 'healthy';
  for (const [i, [facts, checks, to]] of path.entries()) {
    for (let n = 1; n < checks; n++) {
      answer(facts);
      assert.is(verdict(), before, `step ${i}, check ${n}`);
    }
    answer(facts);
    assert.is(verdict(), to, `step ${i}`);
    assert.is(verdicts.length, i + 1);
    before = to;
  }
});

monitor('one good check in between begins the count of good ones anew', async () => {
  const { answer, verdict } = await health();
  for (const facts of [JOB_LOST, WELL, WELL, JOB_LOST, WELL, WELL]) {
    answer(facts);
    assert.is(verdict(), 'degraded');
  }
  answer(WELL);
  assert.is(verdict(), 'healthy');
});

monitor('one bad moment of the event loop is nothing, three in a row are', async () => {
  const { answer, verdict } = await health();
  const late = factsWith({ event_loop: { p50_ms: 1, p99_ms: 501, max_ms: 600 } });
  for (const facts of [late, late, WELL, late, late]) {
    answer(facts);
    assert.is(verdict(), 'healthy');
  }
  answer(late);
  assert.is(verdict(), 'degraded');
});

monitor('says what began, changed and ended, and since when', async () => {
  const { answer, changes, snapshot } = await health();
  answer(UNREACHABLE);
  const [condition] = snapshot().context.conditions;
  assert.is(condition?.since_ms, 1000 + FIRST_MS);
  assert.is(condition?.reading.reason, 'it is gone');
  for (let n = 0; n < 2; n++) answer(UNREACHABLE);
  for (let n = 0; n < 3; n++) answer(WELL);
  assert.equal(changes, [
    'listener:unix: healthy → degraded',
    'listener:unix: degraded → failing',
    'listener:unix: failing → healthy',
  ]);
});

monitor('a verdict is told with the time since when it holds', async () => {
  const { answer, snapshot } = await health();
  answer(WELL);
  assert.is(snapshot().context.since_ms, 1000);
  answer(JOB_LOST);
  assert.is(snapshot().context.since_ms, 1000 + FIRST_MS + INTERVAL_MS);
});

monitor('a check that does not come back is a bad one, and its late answer nothing', async () => {
  const { checks, pass, checking, verdict, answer } = await health();
  pass(TIMEOUT_MS - 1);
  assert.is(checking(), 'asking');
  pass(1);
  assert.is(checking(), 'resting');
  assert.is(verdict(), 'degraded');
  checks.say({ type: 'check.done', check: 1, facts: GIVEN_UP });
  assert.is(verdict(), 'degraded');
  pass(INTERVAL_MS);
  assert.equal(checks.told.at(-1), { type: 'check.begin', check: 2 });
  // Of the first check still, while the second is asked for.
  checks.say({ type: 'check.done', check: 1, facts: GIVEN_UP });
  assert.is(checking(), 'asking');
  for (let n = 0; n < 2; n++) answer(WELL);
  assert.is(verdict(), 'degraded');
  answer(WELL);
  assert.is(verdict(), 'healthy');
});

monitor('three checks in a row that do not come back are failing', async () => {
  const { pass, verdict } = await health();
  for (const expected of ['degraded', 'degraded', 'failing']) {
    pass(TIMEOUT_MS);
    assert.is(verdict(), expected);
    pass(INTERVAL_MS);
  }
});

monitor('a check that fails is a bad one, and says nothing about other things', async () => {
  const { checks, answer, snapshot, pass } = await health();
  answer(JOB_LOST);
  for (let check = 2; check < 8; check++) {
    checks.say({ type: 'check.failed', check, reason: 'a defect' });
    pass(INTERVAL_MS);
  }
  const { conditions } = snapshot().context;
  assert.equal(
    conditions.map(({ what, state }) => [what, state]),
    [
      ['job:0', 'degraded'],
      ['checks', 'failing'],
    ],
  );
  assert.match(conditions[1]?.reading.reason ?? '', 'a defect');
});

monitor('an effect that throws is made anew for the next check, and told', async () => {
  let made = 0;
  const config = await configWith(() => {});
  const machine = healthMachine.provide({
    actors: {
      checks: fromCallback<ChecksCommand, { config: Config }>(({ receive, sendBack }) => {
        made += 1;
        if (made === 1) throw new Error('a defect at the start');
        receive(({ check }) => {
          if (made === 2) throw new Error('a defect in a check');
          sendBack({ type: 'check.done', check, facts: WELL });
        });
      }),
    },
  });
  const { clock, snapshot } = probe(machine, { config, now_ms: () => 0 });
  for (const [check, reason] of [/at the start/, /in a check/].entries()) {
    clock.increment(check === 0 ? FIRST_MS : INTERVAL_MS);
    assert.is(made, check + 1);
    assert.is(snapshot().status, 'active');
    assert.match(snapshot().context.conditions[0]?.reading.reason ?? '', reason);
  }
  for (let n = 0; n < 3; n++) clock.increment(INTERVAL_MS);
  assert.is(made, 3);
  assert.equal(snapshot().context.conditions, []);
});

monitor('tells of a thread past its deadline, at each check as long as it is there', async () => {
  const { answer, stalled, verdict } = await health();
  const silent = (silent_ms: number) =>
    factsWith({
      silences: [
        { id: 'engine:0', silent_ms },
        { id: 'job:1', silent_ms: 5 },
      ],
    });
  answer(silent(15_000));
  assert.is(verdict(), 'healthy');
  answer(silent(15_001));
  assert.is(verdict(), 'degraded');
  answer(silent(30_000));
  assert.equal(stalled, []);
  answer(silent(30_001));
  answer(silent(35_001));
  assert.equal(stalled, ['engine:0', 'engine:0']);
  for (let n = 0; n < 3; n++) answer(WELL);
  assert.is(verdict(), 'healthy');
  assert.is(stalled.length, 2);
});

monitor.run();
