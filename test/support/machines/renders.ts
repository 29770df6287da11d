/** The machine that looks after managed renders, for the coverage, and how its keeper breaks. */

import * as assert from 'uvu/assert';
import { type KeeperCommand, rendersMachine } from '../../../machines/renders.ts';
import { fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const INPUT = { config: await configWith(() => {}) };

function renders(watch: Watch, breaks = false) {
  const keeper = fakeEffect<KeeperCommand, undefined>();
  if (breaks) keeper.atStart('throw');
  const machine = rendersMachine.provide({ actors: { keeper: keeper.logic } });
  return { ...probe(machine, INPUT, watch), keeper };
}

export const rendersSubject: Subject = {
  machine: rendersMachine,
  inputs: [INPUT],
  said: [{ type: 'sweep.done' }, { type: 'child.stop', now: false }],
  begin: (_, watch) => {
    const one = renders(watch);
    return walker(one, [[one.keeper, /^sweep/]]);
  },
  lives: {},
};

/** It is left alone for a minute, and everything else goes on. */
export function breakKeeper(when: 'as it starts' | 'later', watch: Watch): void {
  const { keeper, snapshot } = renders(watch, when === 'as it starts');
  if (when === 'later') keeper.breakDown();
  assert.is(snapshot().value, 'broken');
  assert.is(keeper.alive, 0);
  watch.clock.increment(60_000);
  assert.is(snapshot().value, 'beginning');
  assert.is(keeper.alive, 1);
}
