/**
 * The library against a model that knows no xstate, over random histories: the order of starts and
 * stops and their times, windows, escalation, deaths, answers to requests. Beside it, nothing may
 * be left of a tree that has ended, and no two actors of one path may live at a time.
 *
 * `GOXEL_SEED=N GOXEL_HISTORIES=1` runs history N alone. What fails is made small and printed.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SEED } from '../../support/seed.ts';
import { type History, randomHistory } from './simulation/history.ts';
import { runModel } from './simulation/model.ts';
import { print, shrink } from './simulation/shrink.ts';
import { World } from './simulation/world.ts';

/** Each run has others, so that many runs see as much as one long one. */
const HISTORIES = Number(process.env.GOXEL_HISTORIES ?? 3000);
/** On a machine that is busy otherwise fewer histories have to do. */
const WALL_MS_MAX = 15_000;
const HISTORIES_MIN = 500;
/** Every history is over by then, or will never be. */
const UNTIL_MS = 5000;
/** Of the log, before the first difference. */
const LINES_SHOWN = 20;

/** What is wrong with the run of a history; undefined when nothing is. */
function faultOf(history: History): string | undefined {
  const real = new World(history).run(UNTIL_MS);
  if (real.faults.length > 0) return real.faults.join('\n');
  const model = runModel(history, UNTIL_MS);
  return (
    difference('the log', real.log, model.log) ??
    difference('the outcome', [real.outcome], [model.outcome]) ??
    difference('the deaths', [...real.deaths].sort(), [...model.deaths].sort())
  );
}

function difference(
  what: string,
  is: readonly string[],
  must: readonly string[],
): string | undefined {
  const length = Math.max(is.length, must.length);
  for (let index = 0; index < length; index += 1) {
    if (is[index] === must[index]) continue;
    const before = is
      .slice(Math.max(0, index - LINES_SHOWN), index)
      .map((line) => `       ${line}`);
    return [`${what}:`, ...before, `  is   ${is[index]}`, `  must ${must[index]}`].join('\n');
  }
  return undefined;
}

const test = suite('simulation');

test('does what the model does, and leaves nothing behind', () => {
  const began_ms = performance.now();
  let count = 0;
  for (; count < HISTORIES; count += 1) {
    if (count >= HISTORIES_MIN && performance.now() - began_ms > WALL_MS_MAX) break;
    const seed = SEED + count;
    const history = randomHistory(seed);
    const fault = faultOf(history);
    if (fault === undefined) continue;
    const small = shrink(history, (one) => faultOf(one) !== undefined);
    const told = `GOXEL_SEED=${seed} GOXEL_HISTORIES=1 runs it again`;
    assert.unreachable(`${fault}\n\nin short, ${told}:\n${print(small)}\n${faultOf(small)}`);
  }
  console.log(`${count} histories in ${Math.round(performance.now() - began_ms)} ms`);
});

test.run();
