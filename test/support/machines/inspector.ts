/** The machine of the inspector, as the coverage begins it. */

import * as assert from 'uvu/assert';
import {
  type InspectorCommand,
  type InspectorInput,
  type InspectorOutcome,
  type InspectorServerInput,
  inspectorMachine,
} from '../../../machines/inspector.ts';
import { DEFECT, fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const inputWith = async (enabled: boolean, port: number): Promise<InspectorInput> => ({
  config: await configWith(({ inspector }) => Object.assign(inspector, { enabled, port })),
});

const OFF = await inputWith(false, 0);
const ON = await inputWith(true, 0);
/** With a port of its own. */
export const ON_4000 = await inputWith(true, 4000);

export function inspector(input = OFF, watch?: Watch) {
  const server = fakeEffect<InspectorCommand, InspectorServerInput>();
  const told: string[] = [];
  const machine = inspectorMachine.provide({
    actors: { server: server.logic },
    actions: {
      'announce serving': ({ context: { port } }) => void told.push(`serving ${port}`),
      'announce end': () => void told.push('end'),
      'announce failure': ({ context: { reason } }) => void told.push(reason),
    },
  });
  const begin = () => {
    const probed = probe(machine, input, watch);
    const answers: InspectorOutcome[] = [];
    const answer = (outcome: InspectorOutcome) => void answers.push(outcome);
    const on = (port?: number) =>
      probed.send({ type: 'inspector.on', ...(port === undefined ? {} : { port }), answer });
    const off = () => probed.send({ type: 'inspector.off', answer });
    return { ...probed, answers, on, off };
  };
  return { server, told, begin };
}

export const inspectorSubject: Subject = {
  machine: inspectorMachine,
  inputs: [OFF, ON, ON_4000],
  said: [
    ...[{ type: 'inspector.on' }, { type: 'inspector.on', port: 4001 }, { type: 'inspector.off' }],
    ...[4000, 4001].map((port) => ({ type: 'server.serving', port })),
    ...[{ type: 'server.failed', reason: 'the port is taken' }, { type: 'server.closed' }],
    ...[{ type: 'viewers.came' }, { type: 'viewers.left' }, { type: 'child.stop', now: false }],
  ],
  begin: (input, watch) => {
    const { server, begin } = inspector(input as InspectorInput, watch);
    return walker(begin(), [[server, /^(server|viewers)\./]]);
  },
  lives: {
    'is turned off and on at a time, and then nobody closes': (watch) => {
      const { server, begin } = inspector(ON, watch);
      const one = begin();
      server.say({ type: 'server.serving', port: 4000 });
      one.off();
      one.on();
      while (watch.clock.next());
    },
    'fails while it stops': (watch) => {
      const { server, begin } = inspector(ON, watch);
      const { send } = begin();
      server.say({ type: 'server.serving', port: 4000 });
      send({ type: 'child.stop', now: false });
      server.breakDown();
    },
  },
};

/** It says so, and goes on: whoever asks again has another try. */
export function breakInspectorServer(when: 'as it starts' | 'later', watch: Watch): void {
  const { server, begin } = inspector(OFF, watch);
  if (when === 'as it starts') server.atStart('throw');
  const { snapshot, answers, on } = begin();
  on();
  if (when === 'later') server.breakDown();
  assert.is(snapshot().value, 'failed');
  const [outcome] = answers;
  assert.match(outcome?.kind === 'failed' ? outcome.reason : '', DEFECT);
  assert.is(server.alive, 0);
  on();
  server.say({ type: 'server.serving', port: 4000 });
  assert.equal(answers[1], { kind: 'serving', port: 4000 });
}
