/** The machine of a change of process, as the coverage begins it. */

import * as assert from 'uvu/assert';
import {
  type UpgradeCommand,
  type UpgradeInput,
  type UpgradeOutcome,
  upgradeMachine,
} from '../../../machines/upgrade.ts';
import { DEFECT, fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const INPUT: UpgradeInput = { config: await configWith(() => {}) };

export const READY = { type: 'successor.ready', pid: 7, version: '2.0.0' } as const;
export const FAILED = {
  ...{ type: 'successor.failed', reason: 'it ended with code 78', exit_code: 78, talk: ['no'] },
} as const;

/** One with a fake for what has the successor; `fixed`: why there can be none. */
export function upgrading(watch?: Watch, fixed?: string) {
  const estate = fakeEffect<UpgradeCommand, UpgradeInput>();
  const told: string[] = [];
  const machine = upgradeMachine.provide({
    actors: { estate: estate.logic },
    guards: { 'cannot be': () => fixed !== undefined },
    actions: {
      'refuse asker': ({ event }) => {
        if (event.type !== 'upgrade.asked') return;
        event.answer({ kind: 'refused', reason: fixed ?? '' });
      },
      'announce failure': () => told.push('failure'),
      'end daemon': () => told.push('end'),
    },
  });
  const probed = probe(machine, INPUT, watch);
  const outcomes: UpgradeOutcome[] = [];
  const ask = () => {
    const answer = (outcome: UpgradeOutcome) => outcomes.push(outcome);
    probed.send({ type: 'upgrade.asked', by: 'a test', answer });
  };
  return { ...probed, estate, told, outcomes, ask };
}

const ASKED = { type: 'upgrade.asked', by: 'a test', answer: () => {} } as const;

export const upgradeSubject: Subject = {
  machine: upgradeMachine,
  inputs: [INPUT],
  said: [
    ...[ASKED, READY, FAILED, { type: 'work.quiet' }, { type: 'estate.gone' }],
    ...[{ type: 'estate.back' }, { type: 'child.stop', now: false }],
  ],
  begin: (_, watch) => {
    const one = upgrading(watch);
    return walker(one, [[one.estate, /^(successor|work|estate)\./]]);
  },
  lives: {
    'cannot be': (watch) => {
      const { ask, outcomes, snapshot } = upgrading(watch, 'it is the first process');
      ask();
      assert.equal(outcomes, [{ kind: 'refused', reason: 'it is the first process' }]);
      assert.is(snapshot().value, 'idle');
    },
    'is not waited for when it does not come back': (watch) => {
      const { ask, estate, outcomes, snapshot } = upgrading(watch);
      ask();
      estate.say(FAILED);
      while (snapshot().value === 'taking back' && watch.clock.next());
      assert.is(snapshot().value, 'idle');
      assert.is(estate.alive, 0);
      assert.is(outcomes.at(-1)?.kind, 'failed');
    },
    'fails, is asked for again, and ends the daemon': (watch) => {
      const { ask, estate, outcomes, told, snapshot } = upgrading(watch);
      ask();
      ask();
      assert.is(outcomes.at(-1)?.kind, 'refused', 'one at a time');
      estate.say(FAILED);
      estate.say(FAILED);
      assert.is(snapshot().value, 'taking back');
      estate.say({ type: 'estate.back' });
      assert.is(outcomes.at(-1)?.kind, 'failed');
      ask();
      estate.say(READY);
      watch.clock.next();
      assert.is(snapshot().value, 'handing over');
      assert.is(outcomes.at(-1)?.kind, 'handing over');
      estate.say({ type: 'estate.gone' });
      estate.say(FAILED);
      estate.breakDown();
      assert.is(snapshot().value, 'handed over');
      assert.equal(told, ['failure', 'end']);
    },
  },
};

/** All is as it was, and it can be asked for again. */
export function breakEstate(when: 'as it starts' | 'later', watch: Watch): void {
  const { ask, estate, outcomes, snapshot } = upgrading(watch);
  if (when === 'as it starts') estate.atStart('throw');
  ask();
  if (when === 'later') {
    estate.say(READY);
    estate.breakDown();
  }
  assert.is(snapshot().value, 'idle');
  assert.is(outcomes.length, 1);
  assert.is(outcomes[0]?.kind, 'failed');
  assert.match(outcomes[0]?.kind === 'failed' ? outcomes[0].reason : '', DEFECT);
  assert.is(estate.alive, 0);
}
