/**
 * Flights: several under way to one engine, answered in any order. Whatever happens, each call is
 * settled once, and those of a session run in the order in which they came.
 */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startEngineThread } from '../../../actors/engines/thread.ts';
import { findMethod } from '../../../engine/catalogue/methods.ts';
import { AnswerReader, encodeBatch } from '../../../engine/port/daemon-side.ts';
import { NEW_PROJECT_FLAG } from '../../../engine/port/layout.ts';
import { ENGINE_OPTIONS } from '../../support/engine.ts';
import { landed, PlayedWorker, playedQueue } from '../../support/flights.ts';

/** Sessions with so many calls each, in a queue that lets two flights be under way. */
async function stage(...counts: number[]) {
  const queue = await playedQueue(2);
  const worker = new PlayedWorker();
  const sources = counts.map((count) => {
    const source = queue.source();
    const calls = Array.from({ length: count }, () => queue.call());
    return { source, calls };
  });
  const go = () => {
    for (const { source, calls } of sources) for (const call of calls) source.add(call);
  };
  const attach = () => queue.calls.send({ type: 'worker.attached', link: worker.link });
  return { ...queue, worker, sources, go, attach };
}

const flights = suite('flights');

flights('two are under way, in slots of their own, and land in any order', async () => {
  const { attach, go, sources, worker } = await stage(1, 1, 1);
  attach();
  go();
  assert.equal(
    worker.arrived.map(({ slot, calls }) => [slot, calls]),
    [
      [0, [1]],
      [1, [2]],
    ],
  );
  worker.arrived[1]!.answer();
  await landed();
  assert.equal(
    worker.arrived.map(({ slot, calls }) => [slot, calls]),
    [
      [0, [1]],
      [1, [3]],
    ],
  );
  worker.arrived[0]!.answer();
  worker.arrived[0]!.answer();
  await landed();
  const outcomes = sources.map(({ source }) => [...source.outcomes.values()]);
  assert.equal(outcomes, [[['1']], [['2']], [['3']]]);
});

flights('a session waits for its own flight, since its rest may be put back', async () => {
  const { attach, call, go, sources, worker } = await stage(3);
  attach();
  const { source } = sources[0]!;
  source.most = 2;
  go();
  source.add(call());
  assert.equal(
    worker.arrived.map(({ calls }) => calls),
    [[1]],
    'no second flight of the same session',
  );
  worker.arrived[0]!.answer(0);
  await landed();
  while (worker.arrived.length > 0) {
    worker.arrived[0]!.answer(1);
    await landed();
  }
  assert.equal(worker.ran, [1, 2, 3, 4]);
});

flights('what an answer leaves out goes before what a waiter is let to do by it', async () => {
  const { attach, go, sources, worker } = await stage(1, 4);
  const [opener, other] = sources;
  other!.source.most = 2;
  go();
  // As the end of a bar does: it has the other session get in line in the middle of an answer.
  const answer = opener!.source.answer.bind(opener!.source);
  opener!.source.answer = (...args) => {
    answer(...args);
    other!.source.stand();
  };
  attach();
  assert.equal(worker.arrived[0]!.calls, [1, 2, 3]);
  worker.arrived[0]!.answer(2);
  await landed();
  while (worker.arrived.length > 0) {
    worker.arrived[0]!.answer();
    await landed();
  }
  assert.equal(worker.ran, [1, 2, 3, 4, 5]);
});

flights('a flight ages from when it is its turn', async () => {
  const { attach, calls, clock, go, reports, worker } = await stage(1, 1);
  attach();
  go();
  const check = (ms: number) => {
    clock.ms = ms;
    calls.send({ type: 'calls.check' });
  };
  for (const ms of [1000, 29_000, 31_000]) check(ms);
  worker.arrived[0]!.answer();
  await landed();
  check(32_000);
  check(62_000);
  assert.equal(worker.ran, [-1], 'it was out of time');
  worker.control.enter(1);
  worker.control.begin(0);
  worker.control.check();
  check(62_001);
  assert.throws(() => worker.control.check(), /request_timeout_ms/);
  assert.equal(reports, []);
});

flights('a call that cannot cross fails with its flight alone', async () => {
  const { attach, go, sources, worker } = await stage(1, 1, 1);
  attach();
  go();
  worker.arrived[0]!.reject();
  await landed();
  assert.equal([...sources[0]!.source.outcomes.values()], [['GOX_INTERNAL']]);
  for (const arrived of [...worker.arrived]) arrived.answer();
  await landed();
  assert.equal(worker.ran, [2, 3]);
});

flights('a defect half way through an answer leaves no call without one', async () => {
  const { attach, go, sources, worker, reports } = await stage(1, 1, 1);
  go();
  sources[1]!.source.answer = () => {
    throw new Error('a defect');
  };
  attach();
  assert.equal(worker.arrived[0]!.calls, [1, 2, 3]);
  worker.arrived[0]!.answer();
  await landed();
  const outcomes = sources.map(({ source }) => [...source.outcomes.values()]);
  assert.equal(outcomes, [[['1']], [['GOX_INTERNAL']], [['GOX_INTERNAL']]]);
  assert.is(reports.at(-1)?.type, 'calls.failed');
});

flights('an engine knows its flights apart', async () => {
  const { thread, link, end } = startEngineThread('engine:0', {
    options: { ...ENGINE_OPTIONS, jobs_inline: false },
    service: new SharedArrayBuffer(8),
  });
  const asked = (method: string, params: object) => ({
    method: findMethod(method)!.index | NEW_PROJECT_FLAG,
    params: Buffer.from(JSON.stringify(params)),
    project: { number: 1 },
  });
  const at = { x: 1, y: 2, z: 3 };
  for (const slot of [0, 1]) link.flight.clear(slot);
  // One request each: of more the engine might leave some for later.
  link.flight.stop(1, 0, 'cancel');
  const answers = [
    link.run(encodeBatch([{ source: { client: 1 }, calls: [asked('goxel.add_voxel', at)] }], 0)),
    link.run(encodeBatch([{ source: { client: 1 }, calls: [asked('goxel.get_voxel', at)] }], 1)),
  ];
  const statuses = (await Promise.all(answers)).map((answer) => {
    const reader = new AnswerReader(answer instanceof ArrayBuffer ? answer : answer.answer);
    const each: number[] = [];
    while (reader.next()) each.push(reader.status);
    return each;
  });
  end();
  await new Promise((resolve) => thread.once('exit', resolve));
  assert.equal(statuses, [[0], [1]]);
  assert.equal(
    [0, 1].map((slot) => link.flight.running(slot)),
    [0, 0],
  );
});

flights.run();
