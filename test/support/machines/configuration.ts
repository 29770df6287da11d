/** The machine of the configuration, as the coverage begins it. */

import type { EventObject } from 'xstate';
import {
  configurationMachine,
  type Found,
  type ReloadOutcome,
} from '../../../machines/configuration.ts';
import { fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

export const FOUND: Found = {
  config: await configWith(() => {}),
  live: [{ key: 'limits.depth_max', from: 64, to: 32 }],
  waiting: [{ key: 'user', from: '', to: 'goxel' }],
  warnings: ['a root is left out'],
};

export function configuration(watch?: Watch, isUp = false) {
  const reader = fakeEffect<EventObject, undefined>();
  const applier = fakeEffect<EventObject, Found>();
  const told: string[] = [];
  const machine = configurationMachine.provide({
    actors: { reader: reader.logic, applier: applier.logic },
    guards: { 'is up': () => isUp },
    actions: {
      'announce reload': ({ context: { current } }) =>
        void told.push(`reload for ${current.map(({ by }) => by).join(', ')}`),
      'announce outcome': ({ context: { outcome } }) => void told.push(`${outcome?.kind}`),
    },
  });
  const probed = probe(machine, undefined, watch);
  const answers: [who: string, outcome: ReloadOutcome][] = [];
  /** Asks as a method does, whose caller waits. */
  const ask = (by: string) =>
    probed.send({ type: 'reload.asked', by, answer: (outcome) => answers.push([by, outcome]) });
  return { ...probed, reader, applier, told, answers, ask };
}

export const configurationSubject: Subject = {
  machine: configurationMachine,
  inputs: [{}],
  said: [
    ...[{ type: 'reload.asked', by: 'SIGHUP' }, { type: 'daemon.running' }],
    ...[{ type: 'daemon.stopping' }, { type: 'child.stop', now: false }],
    ...[
      { type: 'reader.found', found: FOUND },
      { type: 'reader.refused', problems: ['it is not there'] },
    ],
    ...[
      { type: 'applier.done', applied: FOUND.live, restart_needed: FOUND.waiting },
      { type: 'applier.refused', problems: ['the port is taken'] },
    ],
  ],
  begin: (_, watch) => {
    const one = configuration(watch);
    return walker(one, [
      [one.reader, /^reader\./],
      [one.applier, /^applier\./],
    ]);
  },
  lives: {
    'is started anew while the daemon is up': (watch) => {
      const { send, reader } = configuration(watch, true);
      send({ type: 'reload.asked', by: 'SIGHUP' });
      reader.say({ type: 'reader.refused', problems: [] });
    },
  },
};
