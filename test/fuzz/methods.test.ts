/**
 * The quick part of the campaign on the methods, for every change, and whether it sees what it is
 * there to see.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { admits } from '../../conf/check.ts';
import { errorObject } from '../../conf/errors.ts';
import { findMethod } from '../../engine/catalogue/methods.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import { SEED } from '../support/seed.ts';
import { campaign, FUZZED } from './methods/campaign.ts';
import { type Answer, answerFaults, effectFaults } from './methods/judge.ts';
import type { Seen } from './methods/observe.ts';
import { Maker, type Spoiled, UNKNOWN_NAME } from './methods/values.ts';
import { Random } from './random.ts';

const CASES = 60;
const CASES_MIN = 5;
const QUICK_MS = 12_000;
const SHOWN_MAX = 6;

const quick = suite('methods: a quick campaign');

quick(
  'each request is answered as the catalogue says, or refused and nothing is changed',
  async () => {
    const faults: string[] = [];
    const tally = await campaign({
      seed: SEED,
      cases: CASES,
      time_ms: QUICK_MS,
      onFault: ({ number, what }) => {
        faults.push(`${what}\n  npm run test:fuzz -- methods --seed ${SEED} --only ${number}`);
      },
    });
    assert.is(
      faults.length,
      0,
      `${faults.length} faults:\n${faults.slice(0, SHOWN_MAX).join('\n')}`,
    );
    // Otherwise it would prove little.
    assert.ok(tally.cases >= CASES_MIN, `${tally.cases} cases`);
    assert.ok(tally.results > tally.requests / 6, `${tally.results} results of ${tally.requests}`);
    assert.ok(tally.errors > tally.requests / 10, `${tally.errors} errors of ${tally.requests}`);
  },
);

quick.run();

const making = suite('methods: making parameters');

making('sound ones are as the schema says, spoiled ones are not, and each way comes', () => {
  const ways = new Map<string, number>();
  for (const [number, spec] of FUZZED.entries()) {
    const maker = new Maker(new Random(SEED, number), true);
    for (let i = 0; i < 40; i++) {
      const { params, spoiled } = maker.make(spec);
      const way = spoiled ?? 'sound';
      ways.set(way, (ways.get(way) ?? 0) + 1);
      const text = `${spec.name} ${way} ${JSON.stringify(params)}`;
      if (way === 'unknown') assert.match(JSON.stringify(params), UNKNOWN_NAME);
      else if (way !== 'sound') assert.not.ok(admits(spec.params, params), text);
    }
  }
  for (const way of ['sound', 'type', 'missing', 'unknown', 'not finite']) {
    assert.ok((ways.get(way) ?? 0) > 50, `${way} ${ways.get(way)}`);
  }
});

making('most that are meant to be sound are', () => {
  let sound = 0;
  let all = 0;
  for (const [number, spec] of FUZZED.entries()) {
    const maker = new Maker(new Random(SEED, number), false);
    for (let i = 0; i < 40; i++) {
      const { params, spoiled } = maker.make(spec);
      if (spoiled !== undefined) continue;
      all += 1;
      if (admits(spec.params, params)) sound += 1;
    }
  }
  assert.ok(sound > 0.8 * all, `${sound} of ${all}`);
});

making.run();

const judging = suite('methods: judging');

const ping = spec('ping');
const add = spec('goxel.add_voxel');

function spec(name: string): MethodSpec {
  return findMethod(name)!.spec;
}

function refused(...of: Parameters<typeof errorObject>): Answer {
  return { ok: false, error: errorObject(...of) };
}

function faults(answer: Answer, spoiled?: Spoiled, of = add): string {
  return answerFaults(of, { params: { x: 1 }, spoiled }, answer).join();
}

judging('a result must be as its schema says', () => {
  const pong = { pong: true, timestamp: 1 };
  assert.is(faults({ ok: true, result: pong }, undefined, ping), '');
  assert.match(faults({ ok: true, result: { pong: 1 } }, undefined, ping), /not as its schema/);
});

judging('spoiled parameters must be an error, which says what is wrong', () => {
  assert.match(faults({ ok: true, result: {} }, 'unknown'), /spoiled .* no error/);
  assert.match(faults(refused('GOX_FILE', 'There is none.'), 'type'), /are GOX_FILE/);
  assert.is(faults(refused('GOX_INVALID_PARAMS', 'params.x: expected more'), 'type'), '');
  assert.match(faults(refused('GOX_INVALID_PARAMS', 'It is wrong.'), 'type'), /names no parameter/);
  assert.match(faults(refused('GOX_INVALID_PARAMS', 'params.x: no'), 'unknown'), /does not name/);
});

judging('an error must be one of the catalogue, and no defect', () => {
  assert.match(faults(refused('GOX_INTERNAL', 'Oh.')), /a defect/);
  assert.match(faults(refused('GOX_FILE', 'x'.repeat(5000))), /5000 characters/);
  const error = { ...errorObject('GOX_FILE', 'No.'), code: 3 };
  assert.match(faults({ ok: false, error }), /with the number 3/);
});

judging('who fails or only reads must change nothing', () => {
  const seen = (content: unknown, path: unknown = null): Seen => ({ info: { path }, content });
  const ok: Answer = { ok: true, result: {} };
  const failed = refused('GOX_MEMORY_LIMIT', 'Too much.');
  const get = spec('goxel.get_voxel');
  const save = spec('goxel.save_project');
  assert.equal(effectFaults(add, ok, seen(1), seen(2)), []);
  assert.match(effectFaults(add, failed, seen(1), seen(2)).join(), /failed changed the project/);
  assert.match(effectFaults(get, ok, seen(1), seen(2)).join(), /edits nothing changed/);
  assert.match(effectFaults(add, failed, seen(1), undefined).join(), /made or ended/);
  assert.match(effectFaults(get, ok, seen(1), seen(1, 'a')).join(), /what is told/);
  assert.equal(effectFaults(save, ok, seen(1), seen(1, 'a')), []);
});

judging.run();
