/** The supervisor of engines: what it passes on, and that it always comes to its end. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EventObject, fromCallback } from 'xstate';
import {
  type CallsCommand,
  type EngineChildInput,
  engineMachine,
} from '../../../machines/engine.ts';
import { enginesMachine } from '../../../machines/engines.ts';
import { fakeEffect } from '../../support/fake-effect.ts';
import { configWith, probe } from '../../support/probe.ts';

/** Two engines; the queue of the first throws at its second heartbeat. */
async function engines(kind: 'engine' | 'job') {
  const worker = fakeEffect<EventObject, EngineChildInput>();
  let alive = 0;
  const calls = fromCallback<CallsCommand, EngineChildInput>(({ input, receive }) => {
    alive += 1;
    let beats = 0;
    receive(({ type }) => {
      if (type === 'calls.check') beats += 1;
      if (input.index === 0 && beats === 2) throw new Error('a defect in the queue');
    });
    return () => {
      alive -= 1;
    };
  });
  const config = await configWith(({ workers }) => {
    workers.count = 2;
  });
  const engine = engineMachine.provide({ actors: { worker: worker.logic, calls } });
  const machine = enginesMachine.provide({ actors: { engine } });
  const input = { kind, count: 2, config, random: () => 0 };
  const probed = probe(machine, input);
  const failures = () => probed.reports.filter(({ type }) => type === 'engines.failed');
  return { ...probed, worker, failures, queues: () => alive };
}

const test = suite('engines');

test('a defect in the queue of an engine is passed on, and stopping comes to its end', async () => {
  for (const kind of ['engine', 'job'] as const) {
    const { clock, failures, reports, send, snapshot, worker } = await engines(kind);
    clock.increment(1000);
    assert.equal(failures(), []);
    clock.increment(1000);
    assert.is(failures().length, 1);
    assert.match(String(failures()[0]?.reason), /0 gave up: .*a defect in the queue/);
    send({ type: 'engines.stop' });
    assert.is(snapshot().status, 'done');
    assert.is(worker.alive, 0);
    assert.equal(reports.at(-1), { type: 'engines.stopped' });
  }
});

test('a defect while stopping does not keep it from ending', async () => {
  const { send, snapshot, queues } = await engines('engine');
  send({ type: 'engines.stop' });
  assert.is(snapshot().status, 'done');
  assert.is(queues(), 0);
});

test.run();
