/** Replies wait until what they tell of is kept; the engine does not. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import { landed, PlayedSink, PlayedWorker, playedQueue } from '../../support/flights.ts';

const READ = { edits: false };
const FULL = new GoxError('GOX_JOURNAL_FULL', 'no room');

/** A queue whose project has a sink; calls of a spec that edits are recorded. */
async function stage(flights_max = 1) {
  const queue = await playedQueue(flights_max);
  const worker = new PlayedWorker();
  const sink = new PlayedSink();
  const reads = new Set<number>();
  queue.project.log.goOn(sink);
  worker.edits = (call) => !reads.has(call);
  let count = 0;
  const add = (source: ReturnType<typeof queue.source>, spec?: typeof READ) => {
    const call = queue.call(spec);
    count += 1;
    if (spec === READ) reads.add(count);
    source.add(call);
    return call;
  };
  queue.calls.send({ type: 'worker.attached', link: worker.link });
  const answer = async (done?: number) => {
    worker.arrived[0]!.answer(done);
    await landed();
  };
  return { ...queue, worker, sink, add, answer };
}

type Source = ReturnType<Awaited<ReturnType<typeof stage>>['source']>;
const outcomesOf = (source: Source) =>
  [...source.outcomes].map(([call, outcomes]) => `${call}:${outcomes}`);

const test = suite('held replies');

test('an edit is answered when it is kept, and its engine goes on before', async () => {
  const { add, answer, sink, source, worker } = await stage();
  const [one, other] = [source(), source()];
  add(one);
  add(other);
  await answer();
  assert.equal([outcomesOf(one), worker.arrived[0]?.calls], [[], [2]]);
  add(one);
  await answer();
  assert.equal(worker.arrived[0]?.calls, [3], 'the next of the same session leaves as well');
  sink.keep(1);
  assert.equal([outcomesOf(one), outcomesOf(other)], [['1:1'], []]);
  await answer();
  sink.keep();
  assert.equal([outcomesOf(one), outcomesOf(other)], [['1:1', '3:3'], ['2:2']]);
});

test('what looks at an edit that is not kept waits with it; another project does not', async () => {
  const { add, answer, projects, sink, source } = await stage();
  const [one, reader, stranger] = [source(), source(), source()];
  add(one);
  await answer();
  add(reader, READ);
  await answer();
  const elsewhere = projects.find('elsewhere', { project: 'opens' });
  projects.begin(elsewhere);
  stranger.most = 0;
  add(stranger, READ);
  stranger.waiting[0] = { ...stranger.waiting[0]!, project: elsewhere };
  stranger.most = 1;
  stranger.stand();
  await answer();
  assert.equal([one, reader, stranger].map(outcomesOf), [[], [], ['3:3']]);
  sink.keep();
  assert.equal([one, reader].map(outcomesOf), [['1:1'], ['2:2']]);
});

test('what the engine left for later leaves at once, though the first part is held', async () => {
  const { add, answer, sink, source, worker } = await stage();
  const one = source();
  one.most = 0;
  for (let i = 0; i < 3; i++) add(one);
  one.most = 3;
  one.stand();
  await answer(1);
  assert.equal(worker.arrived[0]?.calls, [2, 3]);
  await answer();
  assert.equal(outcomesOf(one), []);
  sink.keep();
  assert.equal(outcomesOf(one), ['1:1', '2:2', '3:3']);
});

test('so many flights are held, and no more leave until one is given away', async () => {
  const { add, answer, sink, source, worker } = await stage();
  const sources = Array.from({ length: 12 }, source);
  for (const one of sources) {
    add(one);
    if (worker.arrived.length > 0) await answer();
  }
  assert.is(sink.pending, 8);
  assert.is(worker.arrived.length, 0);
  sink.keep(1);
  assert.is(worker.arrived.length, 1);
  while (worker.arrived.length > 0) await answer();
  sink.keep();
  while (worker.arrived.length > 0) {
    await answer();
    sink.keep();
  }
  assert.equal(worker.state, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.equal(
    sources.map((one) => outcomesOf(one).length),
    sources.map(() => 1),
  );
});

test('what has been done is not cancelled any more while it is held', async () => {
  const { add, answer, calls, sink, source } = await stage();
  const one = source();
  const call = add(one);
  await answer();
  calls.send({ type: 'call.cancel', call, why: new GoxError('GOX_CANCELLED', 'enough') });
  sink.keep();
  assert.equal(outcomesOf(one), ['1:1']);
});

test('held replies outlive the thread, the queue and the engine', async () => {
  const { actor, add, answer, calls, sink, source } = await stage();
  const one = source();
  add(one);
  await answer();
  calls.send({ type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' });
  actor.stop();
  assert.equal(outcomesOf(one), []);
  sink.keep();
  assert.equal(outcomesOf(one), ['1:1']);
});

test('a defect while replies are released fails all that is held, once', async () => {
  const { add, answer, reports, sink, source } = await stage();
  const [bad, other] = [source(), source()];
  bad.answer = () => {
    throw new Error('a defect');
  };
  add(bad);
  await answer();
  add(other);
  await answer();
  sink.keep();
  assert.equal([bad, other].map(outcomesOf), [['1:GOX_INTERNAL'], ['2:GOX_INTERNAL']]);
  assert.is(reports[0]?.type, 'calls.failed');
});

test('what cannot be kept fails, whoever waits for it', async () => {
  const { add, answer, sink, source } = await stage();
  const one = source();
  add(one);
  await answer();
  sink.fail(FULL);
  assert.equal(outcomesOf(one), ['1:GOX_JOURNAL_FULL']);
});

test.run();
