/** The machine of the server of metrics and health, as the coverage begins it. */

import * as assert from 'uvu/assert';
import { type HttpCommand, type HttpInput, httpMachine } from '../../../machines/http.ts';
import { DEFECT, fakeEffect } from '../fake-effect.ts';
import { configWith, probe } from '../probe.ts';
import { type Subject, type Watch, walker } from './stage.ts';

const INPUT: HttpInput = { config: await configWith(() => {}) };

export const SERVING = { type: 'server.serving', address: '/here' } as const;
export const TAKEN = { type: 'server.failed', code: 'taken', reason: 'it is taken' } as const;

/** One with a fake for what serves. */
export function http(watch?: Watch) {
  const server = fakeEffect<HttpCommand, HttpInput>();
  const machine = httpMachine.provide({ actors: { server: server.logic } });
  return { server, begin: () => probe(machine, INPUT, watch) };
}

export const httpSubject: Subject = {
  machine: httpMachine,
  inputs: [INPUT],
  said: [SERVING, TAKEN, { type: 'server.closed' }, { type: 'child.stop', now: false }],
  begin: (_, watch) => {
    const { server, begin } = http(watch);
    return walker(begin(), [[server, /^server\./]]);
  },
  lives: {
    'breaks, is opened again, and breaks while it closes': (watch) => {
      const { server, begin } = http(watch);
      const { send } = begin();
      server.say(SERVING);
      server.breakDown();
      watch.clock.next();
      server.say(SERVING);
      send({ type: 'child.stop', now: false });
      server.breakDown();
    },
  },
};

/** At the start it is its supervisor's business; later it is opened again. */
export function breakHttp(when: 'as it starts' | 'later', watch: Watch): void {
  const { server, begin } = http(watch);
  if (when === 'as it starts') server.atStart('throw');
  const { snapshot } = begin();
  if (when === 'later') {
    server.say(SERVING);
    server.breakDown();
    assert.is(snapshot().value, 'broken');
    watch.clock.next();
    assert.is(server.alive, 1);
    return;
  }
  assert.is(snapshot().value, 'failed');
  assert.equal(snapshot().output, { failure: `Error: ${DEFECT}`, code: 'refused' });
  assert.is(server.alive, 0);
}
