/** Which thread gets which part: order, stages, fair shares, threads that come and go. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Parts, progressOf } from '../../../actors/jobs/job-parts.ts';
import { PartScheduler, SLICE_MS } from '../../../actors/jobs/parts.ts';
import { GoxError } from '../../../conf/errors.ts';
import { JobControl } from '../../../engine/port/job-control.ts';
import { FakeThread } from '../../support/fake-thread.ts';

const QUICK = 2;

/** Two threads for any kind and one, number 2, for the quick kinds; jobs that note what is said. */
function scheduler() {
  const clock = { ms: 0, now_ms: () => clock.ms };
  const parts = new PartScheduler(3, 2, clock);
  const said: string[] = [];
  let next = 1;
  let deaths = 0;
  const submit = (stages: readonly number[] = [1], kind = 'render'): Parts => {
    const number = next++;
    return parts.submit(
      number,
      { kind, title: `${number}`, input: {}, stages, method: 0 },
      new JobControl(),
      {
        say: (event) => {
          const more = event.type === 'parts.failed' ? ` ${event.why.code}` : '';
          said.push(`${number} ${event.type}${more}`);
        },
        answered: ({ status }) => said.push(`${number} ${status === 0 ? 'answer' : 'error'}`),
        unheard: ({ status }) => said.push(`${number} unheard ${status}`),
        died: (why) => (deaths++ === 0 ? undefined : why),
      },
    );
  };
  const late: string[] = [];
  const attach = (number: number) => {
    const thread = new FakeThread();
    const runner = parts.attach(number, thread, {
      overdue: (ms) => void late.push(`${number}: ${ms}`),
    });
    return { thread, runner };
  };
  const pass = (ms: number, ...runners: ReturnType<typeof attach>[]) => {
    clock.ms += ms;
    for (const { runner } of runners) parts.check(runner);
  };
  return { parts, submit, attach, said, late, pass };
}

const test = suite('parts');

test('runs the stages of a job one after the other, the parts of each side by side', async () => {
  const { submit, attach, said } = scheduler();
  const [{ thread: a }, { thread: b }] = [attach(0), attach(1)];
  const job = submit([3, 2, 1]);
  assert.equal([a.parts, b.parts], [['1.0.0 new'], ['1.0.1 new']]);
  await a.end();
  assert.equal(a.parts, ['1.0.0 new', '1.0.2']);
  await b.end();
  assert.equal(b.parts, ['1.0.1 new'], 'the next stage waits for the last part of this one');
  await a.end();
  assert.equal([a.parts.at(-1), b.parts.at(-1)], ['1.1.0', '1.1.1']);
  await b.end();
  await a.end();
  assert.is(progressOf(job), 2 / 3);
  const last = a.busy ? a : b;
  await last.end('done');
  const stages = ['1 stage.begun', '1 stage.begun'];
  assert.equal(said, ['1 part.begun', ...stages, '1 answer'], 'nothing is said of single parts');
  assert.equal([a.forgotten, b.forgotten], [[1], [1]]);
});

test('a thread of its own has saves and the like not wait for pictures', async () => {
  const { submit, attach, said } = scheduler();
  const threads = [0, 1, QUICK].map((number) => attach(number).thread);
  submit([9, 1]);
  assert.equal(
    threads.map(({ parts }) => parts.length),
    [1, 1, 0],
  );
  submit([1], 'save');
  await threads[2]!.end('saved');
  assert.is(said.at(-1), '2 answer');
});

test('of jobs that had as much, the oldest comes first, and a free thread helps the next', () => {
  const { submit, attach } = scheduler();
  const { thread: a } = attach(0);
  submit([1, 1]);
  submit();
  submit();
  const { thread: b } = attach(1);
  assert.equal([a.parts, b.parts], [['1.0.0 new'], ['2.0.0 new']]);
});

test('no job gets a second thread while another has none', async () => {
  const { submit, attach } = scheduler();
  const [{ thread: a }, { thread: b }] = [attach(0), attach(1)];
  submit([9, 1]);
  assert.equal([a.parts, b.parts], [['1.0.0 new'], ['1.0.1 new']], 'a job alone has all threads');
  submit([9, 1]);
  await a.end();
  assert.is(a.parts.at(-1), '2.0.0 new');
  await b.end();
  assert.is(b.parts.at(-1), '1.0.2');
  await a.end();
  assert.is(a.parts.at(-1), '2.0.1');
});

test('jobs that have as many threads take turns, however many come', async () => {
  const { submit, attach, pass } = scheduler();
  const { thread } = attach(0);
  const { number } = submit([99, 1]);
  let turns = 0;
  for (let round = 0; round < 20; round++) {
    const long = thread.orders.at(-1)!.job === number;
    if (long) turns += 1;
    // An endless stream of small ones.
    submit();
    pass(10);
    await (long ? thread.end() : thread.end('small'));
  }
  assert.ok(turns >= 4 && turns <= 12, `${turns} of 20 parts were those of the long job`);
});

test('a part that looks gives one of two threads to a job without, and goes on later', async () => {
  const { submit, attach, said } = scheduler();
  const [{ thread: a }, { thread: b }] = [attach(0), attach(1)];
  submit([2, 1]);
  assert.is(await a.look(), false, 'it is alone');
  submit([1]);
  assert.is(await a.look(), true);
  assert.is(await b.look(), false, 'one of them is enough');
  assert.equal(a.parts, ['1.0.0 new', '2.0.0 new']);
  await a.end('small');
  assert.is(said.at(-1), '2 answer');
  assert.is(a.parts.at(-1), '1.0.0', 'the rest of the part');
  await a.end();
  await b.end();
  assert.is(said.at(-1), '1 stage.begun', 'a part that yielded has not ended');
});

test('long jobs that hold all threads give one in turn to those that have none', async () => {
  const { submit, attach, pass } = scheduler();
  const [first, second] = [attach(0), attach(1)];
  const threads = [first.thread, second.thread];
  for (let job = 0; job < 3; job++) submit([1, 1]);
  const served = new Map<number, number>();
  for (const { thread } of [first, second]) assert.is(await thread.look(), false);
  for (let round = 0; round < 30; round++) {
    for (const thread of threads) {
      const { job } = thread.orders.at(-1)!;
      served.set(job, (served.get(job) ?? 0) + 1);
    }
    pass(SLICE_MS, first, second);
    for (const thread of threads) await thread.look();
  }
  const shares = [...served.values()];
  assert.is(shares.length, 3);
  assert.ok(Math.max(...shares) - Math.min(...shares) <= 2, `${shares}`);
});

test('a job with one thread keeps it for a slice', async () => {
  const { submit, attach, pass } = scheduler();
  const one = attach(0);
  submit([1, 1]);
  await one.thread.look();
  submit();
  pass(SLICE_MS - 1, one);
  assert.is(await one.thread.look(), false);
  pass(1, one);
  assert.is(await one.thread.look(), true);
});

test('a part that does not look is not counted on, and keeps its thread', async () => {
  const { submit, attach, pass } = scheduler();
  const [deaf, trace] = [attach(0), attach(1)];
  submit([1], 'export');
  submit([1, 1]);
  assert.is(await trace.thread.look(), false);
  submit();
  pass(SLICE_MS, deaf, trace);
  assert.is(await trace.thread.look(), true, 'although the export has had its thread for as long');
  assert.is(trace.thread.parts.at(-1), '3.0.0 new');
});

test('nobody yields to a job that cannot take the thread', async () => {
  const { submit, attach, pass } = scheduler();
  const quick = attach(QUICK);
  submit([1], 'save');
  await quick.thread.look();
  submit();
  pass(SLICE_MS, quick);
  assert.is(await quick.thread.look(), false);
});

test('what was told to stop is said to have stopped when the last part has', async () => {
  const { parts, submit, attach, said } = scheduler();
  const [{ thread: a }, { thread: b }] = [attach(0), attach(1)];
  const job = submit([2, 1]);
  submit();
  parts.stop(job);
  assert.is(a.control.cancelled, true);
  await a.end();
  assert.is(a.parts.at(-1), '2.0.0 new', 'the thread is free');
  assert.not.ok(said.includes('1 parts.stopped'));
  await b.end('too late');
  assert.equal(said.slice(-2), ['1 unheard 0', '1 parts.stopped']);
  assert.equal([a.forgotten, b.forgotten], [[1], [1]]);
  const waiting = scheduler();
  waiting.parts.stop(waiting.submit());
  assert.equal(waiting.said, ['1 parts.stopped']);
});

test('with the first part that fails no other begins', async () => {
  const { submit, attach, said } = scheduler();
  const [{ thread: a }, { thread: b }] = [attach(0), attach(1)];
  submit([9, 1]);
  await a.fail('broken');
  assert.is(b.control.cancelled, true);
  assert.equal(said, ['1 part.begun', '1 error']);
  assert.is(a.orders.length, 1);
  const other = scheduler();
  const { thread } = other.attach(0);
  other.submit();
  await thread.refuse(new Error('no such job'));
  assert.equal(other.said.slice(-2), ['1 parts.failed GOX_INTERNAL', '1 parts.stopped']);
});

test('what a thread had that is lost another runs, until its owner knows better', async () => {
  const { parts, submit, attach, said } = scheduler();
  const first = attach(0);
  submit();
  submit();
  parts.detach(first.runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  assert.equal(said.splice(0), ['1 part.begun', '1 parts.stalled']);
  await first.thread.end('from beyond');
  const second = attach(1);
  assert.equal(second.thread.parts, ['1.0.0 new']);
  parts.detach(second.runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  assert.equal(said.splice(0), ['1 part.begun', '1 parts.failed GOX_ENGINE_LOST']);
  const { thread } = attach(0);
  await thread.end('two');
  assert.equal(said, ['2 part.begun', '2 answer']);
});

test('the end of a thread is the end of a part that was told to stop', () => {
  const { parts, submit, attach, said } = scheduler();
  const [lost, short] = [attach(0), attach(1)];
  const [first, second] = [submit(), submit()];
  parts.stop(first);
  parts.stop(second);
  parts.detach(lost.runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  parts.release(short.runner, 'EMFILE');
  assert.equal(said.slice(-2), ['1 parts.stopped', '2 parts.stopped']);
});

test('a part that no thread could begin is run by another, which is no death', () => {
  const { parts, submit, attach, said } = scheduler();
  const short = attach(0);
  const job = submit([2, 1]);
  parts.release(short.runner, 'EMFILE');
  assert.equal(said, ['1 part.begun', '1 parts.stalled']);
  assert.is(parts.shortageFor(job), 'EMFILE');
  const killed = attach(1);
  assert.is(parts.shortageFor(job), undefined, 'this one may come');
  assert.equal(killed.thread.parts, ['1.0.0 new']);
  parts.detach(killed.runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  parts.detach(attach(1).runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  assert.is(said.at(-1), '1 parts.failed GOX_ENGINE_LOST');
  assert.equal(attach(0).thread.parts, []);
});

test('a quick thread is no help to those whose threads cannot be started', async () => {
  const { parts, submit, attach } = scheduler();
  const { runner } = attach(0);
  const { thread } = attach(QUICK);
  const [picture, save] = [submit(), submit([1], 'save')];
  parts.release(runner, 'EMFILE');
  assert.is(parts.shortageFor(picture), 'EMFILE');
  assert.is(parts.shortageFor(save), undefined);
  await thread.end('saved');
  assert.is(parts.shortageFor(picture), undefined, 'that thread was started');
});

test('with one thread left jobs go on; with none they fail until one is back', () => {
  const { parts, submit, attach, said } = scheduler();
  parts.rest(0, 'crash loop');
  const job = submit();
  assert.equal(said, []);
  parts.rest(1, 'crash loop');
  assert.equal(said, ['1 parts.failed GOX_ENGINE_FAILED']);
  assert.is(parts.isHopeless(job.ticket), true);
  assert.is(parts.isHopeless({ ...job.ticket, kind: 'save' }), false, 'the quick thread is left');
  attach(1);
  assert.is(parts.isHopeless(job.ticket), false);
});

test('threads that still run what was given up are told of, and no others', () => {
  const { parts, submit, attach, late, pass } = scheduler();
  const threads = [attach(0), attach(1)];
  const [first] = [submit(), submit()];
  parts.stop(first);
  pass(5000, ...threads);
  assert.equal(late, [], 'its machine has that to decide');
  parts.abandon(first);
  assert.equal(late, ['0: 5000']);
});

test('without a machine the thread of a job has the grace to stop in, and is told of', () => {
  const { parts, submit, attach, late, pass } = scheduler();
  const threads = [attach(0), attach(1)];
  const [orphan] = [submit(), submit()];
  parts.orphan(orphan);
  assert.is(threads[0]!.thread.control.cancelled, true);
  pass(5000, ...threads);
  assert.equal(late, []);
  pass(1, ...threads);
  assert.equal(late, ['0: 5001']);
});

test('a thread that retires ends its part, gets no other, and is free after', async () => {
  const { parts, submit, attach, said } = scheduler();
  const [{ thread: a }, { thread: b }] = [attach(0), attach(1)];
  let free = 0;
  submit([2]);
  parts.retire(1, () => {
    free += 1;
  });
  submit([1]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(free, 0, 'it has a part');
  await b.end();
  assert.is(b.parts.length, 1, 'it gets none');
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(free, 1);
  await a.end('done');
  assert.equal(a.parts, ['1.0.0 new', '2.0.0 new']);
  parts.takeBack(1);
  submit([1]);
  assert.is(b.parts.length, 2, 'taken back, it does what waits');
  assert.not.match(said.join(), 'failed');
});

test('a further thread takes any kind; what nobody can do any more fails', async () => {
  const { parts, submit, attach, said } = scheduler();
  parts.threads.add(5);
  const { thread } = attach(5);
  submit([1]);
  assert.is(thread.parts.length, 1);
  await thread.end('done');
  for (const number of [0, 1]) parts.remove(number);
  submit([1]);
  assert.is(thread.parts.length, 2);
  submit([1]);
  parts.remove(5);
  assert.match(said.join(), '3 parts.failed GOX_ENGINE_FAILED');
});

test.run();
