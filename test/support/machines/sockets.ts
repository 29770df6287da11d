/** The machine of the listening sockets, as the coverage begins it. */

import * as assert from 'uvu/assert';
import {
  type HolderCommand,
  type SocketsInput,
  type SocketsOutcome,
  socketsMachine,
} from '../../../machines/sockets.ts';
import { DEFECT, fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const INPUT: SocketsInput = { config: await configWith(() => {}) };

/** One with a fake for what holds the sockets. */
export function sockets(watch?: Watch) {
  const holder = fakeEffect<HolderCommand, SocketsInput>();
  const machine = socketsMachine.provide({ actors: { holder: holder.logic } });
  return { holder, begin: () => probe(machine, INPUT, watch) };
}

/** A change, and what was answered to it so far. */
export function change() {
  const answers: SocketsOutcome[] = [];
  const answer = (outcome: SocketsOutcome) => void answers.push(outcome);
  return { answers, event: { type: 'sockets.change' as const, config: INPUT.config, answer } };
}

export const socketsSubject: Subject = {
  machine: socketsMachine,
  inputs: [INPUT],
  said: [
    ...[{ type: 'holder.bound', addresses: ['/here'] }, { type: 'holder.closed' }],
    { type: 'holder.failed', code: 'taken', reason: 'somebody has the port' },
    ...[change().event, { type: 'child.stop', now: false }],
  ],
  begin: (_, watch) => {
    const { holder, begin } = sockets(watch);
    return walker(begin(), [[holder, /^holder\./]]);
  },
  lives: {},
};

/** Without its holder it is its supervisor's business. */
export function breakHolder(when: 'as it starts' | 'later', watch: Watch): void {
  const { holder, begin } = sockets(watch);
  if (when === 'as it starts') holder.atStart('throw');
  const { snapshot } = begin();
  if (when === 'later') {
    holder.say({ type: 'holder.bound', addresses: ['/here'] });
    holder.breakDown();
  }
  assert.is(snapshot().value, 'failed');
  assert.equal(snapshot().output, { failure: `Error: ${DEFECT}`, code: 'refused' });
  assert.is(holder.alive, 0);
}
