/** What the queue of an engine tells its projects. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { landed, numberOf, PlayedWorker, playedQueue } from '../../support/flights.ts';

const test = suite('calls and projects');

test('each answer says whether its project is unsaved', async () => {
  const { calls, call, project, source } = await playedQueue(1);
  const worker = new PlayedWorker();
  calls.send({ type: 'worker.attached', link: worker.link });
  const session = source();
  const seen: [boolean, boolean][] = [];
  for (const unsaved of [false, true, true, false]) {
    session.add(call());
    worker.unsaved = unsaved;
    worker.arrived[0]!.answer();
    await landed();
    seen.push([project.known, project.unsaved]);
  }
  assert.equal(seen, [
    [true, false],
    [true, true],
    [true, true],
    [true, false],
  ]);
});

test('so does the answer to what a job handed over, as a save does', async () => {
  const { calls, call, project, source } = await playedQueue(1);
  const worker = new PlayedWorker();
  calls.send({ type: 'worker.attached', link: worker.link });
  const [session, saving] = [source(), call()];
  for (const unsaved of [true, false]) {
    calls.send({ type: 'call.handover', call: saving, source: session, handover: 1 });
    worker.unsaved = unsaved;
    worker.arrived[0]!.answer();
    await landed();
    assert.is(project.unsaved, unsaved);
  }
  assert.equal(session.outcomes.get(numberOf(saving)), ['1', '1'], 'without the flag');
});

for (const why of ['is given up', 'stops while the daemon goes on'] as const) {
  test(`an engine that ${why} is missed, not waited for`, async () => {
    const { actor, calls, call, source, project, projects } = await playedQueue(1, false);
    const worker = new PlayedWorker();
    calls.send({ type: 'worker.attached', link: worker.link });
    const [away, waiting] = [source(), source()];
    for (const session of [away, waiting]) session.add(call());
    if (why === 'is given up') calls.send({ type: 'calls.refuse', reason: 'crash loop' });
    else actor.stop();
    const outcomes = [away, waiting].map((session) => [...session.outcomes.values()]);
    assert.equal(outcomes, [[['GOX_ENGINE_FAILED']], [['GOX_ENGINE_FAILED']]]);
    assert.is(project.state, 'lost');
    const reason = why === 'is given up' ? 'crash loop' : 'it was stopped';
    const make = () => projects.find('p', { project: 'opens' });
    assert.throws(make, new RegExp(`No engine is there: ${reason}`));
  });
}

test.run();
