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
  test(`what is asked of the projects of an engine that ${why} waits for the next`, async () => {
    const played = await playedQueue(1, false);
    const { actor, begin, calls, call, source, project, projects, reports } = played;
    const worker = new PlayedWorker();
    calls.send({ type: 'worker.attached', link: worker.link });
    const [away, waiting] = [source(), source()];
    for (const session of [away, waiting]) session.add(call());
    if (why === 'is given up') calls.send({ type: 'calls.refuse', reason: 'crash loop' });
    actor.stop();
    const outcomes = () => [away, waiting].map((session) => [...session.outcomes.values()]);
    assert.equal([outcomes(), project.state], [[[], []], 'replaying']);
    const reason = why === 'is given up' ? 'crash loop' : 'it was stopped';
    const make = () => projects.find('p', { project: 'opens' });
    assert.throws(make, new RegExp(`No engine is there: ${reason}`));

    const next = new PlayedWorker();
    reports.length = 0;
    const again = begin();
    assert.equal(reports, [{ type: 'calls.waiting' }], 'for its projects, before anybody asks');
    again.send({ type: 'worker.attached', link: next.link });
    await landed();
    assert.is(project.state, 'open');
    for (let left = 2; left > 0; left--) {
      next.arrived[0]!.answer();
      await landed();
    }
    assert.equal(outcomes(), [[['1']], [['2']]]);
  });
}

test.run();
