/** Projects made anew after a death: in which order, and what becomes of one that cannot be. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EngineLink } from '../../../actors/engines/thread.ts';
import type { Rebuilt } from '../../../engine/port/layout.ts';
import { landed, PlayedWorker, playedQueue } from '../../support/flights.ts';

const DEATH = { type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' } as const;

/** A queue whose engine has answered for its project, and for others of these names. */
async function stage(...names: string[]) {
  const queue = await playedQueue(1, false);
  const others = names.map((name) => {
    const project = queue.projects.find(name, { project: 'opens' });
    queue.projects.begin(project);
    return project;
  });
  const all = [queue.project, ...others];
  for (const project of all) project.known = true;
  return { ...queue, all };
}

/** A worker that makes projects anew when the test says so. */
function slowWorker() {
  const worker = new PlayedWorker();
  const asked: number[] = [];
  const ends: ((how: Rebuilt | Error) => void)[] = [];
  const recover: EngineLink['recover'] = (project) => {
    asked.push(project);
    return new Promise((resolve, reject) => {
      ends.push((how) => (how instanceof Error ? reject(how) : resolve(how)));
    });
  };
  const end = async (how: Rebuilt | Error = { sequence: 0, unsaved: false }) => {
    ends.shift()!(how);
    await landed();
  };
  return { worker, link: { ...worker.link, recover }, asked, end };
}

const test = suite('recovery');

test('one at a time, first those for which somebody waits', async () => {
  const { all, call, calls, source } = await stage('b', 'c');
  const [first, , wanted] = all;
  calls.send(DEATH);
  assert.ok(all.every(({ replaying }) => replaying));
  const session = source();
  session.add({ ...call(), project: wanted! });
  const { asked, end, link, worker } = slowWorker();
  calls.send({ type: 'worker.attached', link });
  assert.equal(asked, [wanted!.number]);
  assert.equal(worker.arrived, []);
  await end({ sequence: 3, unsaved: true });
  assert.equal([wanted!.state, wanted!.unsaved], ['open', true]);
  assert.equal(asked, [wanted!.number, first!.number]);
  assert.is(worker.arrived.length, 1, 'it is served while the others are made anew');
  for (let left = 2; left > 0; left -= 1) await end();
  assert.ok(all.every(({ state }) => state === 'open'));
});

test('one that cannot be is lost, and the others are there', async () => {
  const { all, call, calls, source } = await stage('b');
  calls.send(DEATH);
  const { end, link } = slowWorker();
  const session = source();
  session.add(call());
  calls.send({ type: 'worker.attached', link });
  await end(new Error('a record that nobody knows'));
  await end();
  assert.equal(
    all.map(({ state }) => state),
    ['lost', 'open'],
  );
  assert.match(all[0]!.reason, 'a record that nobody knows');
});

test('one of which two threads die is lost, and comes last after the first of them', async () => {
  const { all, calls } = await stage('b');
  const [deadly, other] = all;
  calls.send(DEATH);
  calls.send({ type: 'worker.attached', link: slowWorker().link });
  calls.send(DEATH);
  assert.equal([deadly!.state, deadly!.deaths], ['replaying', 1]);
  const { asked, end, link } = slowWorker();
  calls.send({ type: 'worker.attached', link });
  await end();
  assert.equal(asked, [other!.number, deadly!.number]);
  assert.is(other!.state, 'open');
  calls.send(DEATH);
  assert.equal([deadly!.state, other!.state], ['lost', 'replaying']);
  assert.match(deadly!.reason, '2 threads died while they made it anew');
});

test('a request that did not stop gets its error, and those beside it are run again', async () => {
  const { call, calls, reports, source } = await stage();
  const first = new PlayedWorker();
  const [one, late, other] = [source(), source(), source()];
  for (const session of [one, late, other]) session.add(call());
  calls.send({ type: 'worker.attached', link: first.link });
  assert.equal(first.arrived[0]?.calls, [1, 2, 3]);
  first.control.enter(0);
  first.control.begin(1);
  calls.send({ ...DEATH, code: 'GOX_REQUEST_TIMEOUT' });
  assert.equal([...late.outcomes.values()], [['GOX_REQUEST_TIMEOUT']]);
  assert.equal(reports.at(-1), { type: 'calls.blamed', deaths: 1 });
  const second = new PlayedWorker();
  calls.send({ type: 'worker.attached', link: second.link });
  await landed();
  while (second.arrived.length > 0) {
    second.arrived[0]!.answer();
    await landed();
  }
  assert.equal(second.ran.toSorted(), [1, 3]);
  assert.equal(
    [one, other].flatMap(({ outcomes }) => [...outcomes.values()]),
    [['1'], ['3']],
  );
});

test('a death before any request has begun is blamed on none', async () => {
  const { call, calls, source } = await stage();
  const session = source();
  session.add(call());
  for (let deaths = 0; deaths < 4; deaths += 1) {
    const worker = new PlayedWorker();
    calls.send({ type: 'worker.attached', link: worker.link });
    await landed();
    assert.equal(worker.arrived[0]?.calls, [1]);
    calls.send(DEATH);
  }
  assert.equal([...session.outcomes], []);
});

test.run();
