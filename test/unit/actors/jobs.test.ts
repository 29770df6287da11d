/** The queue of jobs: order, stages, threads that share a job, cancelling, loss. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Call, HandedOver, Source } from '../../../actors/engines/call.ts';
import type { JobLink } from '../../../actors/engines/thread.ts';
import { JobQueue } from '../../../actors/jobs/jobs.ts';
import { GoxError } from '../../../conf/errors.ts';
import { JobControl } from '../../../engine/port/job-control.ts';
import type { PartAnswer, PartOrder } from '../../../engine/port/layout.ts';
import { configWith } from '../../support/probe.ts';

/** A thread whose parts end when the test says so. */
class FakeThread implements JobLink {
  readonly orders: PartOrder[] = [];
  readonly forgotten: number[] = [];
  #settle: ((answer: PartAnswer | undefined) => void) | undefined;

  run(order: PartOrder): Promise<PartAnswer | undefined> {
    assert.is(this.#settle, undefined, 'a thread has one part at a time');
    this.orders.push(order);
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  forget(job: number): void {
    this.forgotten.push(job);
  }

  /** The part that runs ends; the text is the job's result. */
  async end(text?: string, handover?: unknown): Promise<void> {
    const settle = this.#settle;
    this.#settle = undefined;
    const more = handover === undefined ? {} : { handover };
    settle?.(text === undefined ? undefined : { status: 0, bytes: bytesOf(text), ...more });
    await new Promise((resolve) => setImmediate(resolve));
  }

  get parts(): string[] {
    return this.orders.map(({ job, stage, part, ticket }) => {
      return `${job}.${stage}.${part}${ticket === undefined ? '' : ' new'}`;
    });
  }
}

function bytesOf(text: string): ArrayBuffer {
  return new Uint8Array(Buffer.from(text)).buffer;
}

function client() {
  const outcomes: string[] = [];
  const source: Source = {
    wants: () => true,
    take: () => [],
    putBack: () => {},
    answer: (_call, status, bytes, start, end) => {
      outcomes.push(`${status}:${Buffer.from(bytes.subarray(start, end)).toString()}`);
    },
    fail: (_call, error) => void outcomes.push(error.code),
    expire: () => {},
    flush: () => void outcomes.push('flush'),
  };
  return { source, outcomes };
}

const CALL = { project: { name: 'tower' } } as unknown as Call;
const ticket = (title: string, stages = [1]) => ({
  ...{ kind: 'export', title, input: {}, stages, method: 0 },
});

async function queue(change: { jobs_max?: number; job_timeout_ms?: number } = {}) {
  const config = await configWith(({ limits }) => void Object.assign(limits, change));
  const handedOver: HandedOver[] = [];
  const clock = { ms: 0, now_ms: () => clock.ms };
  const jobs = new JobQueue(config, clock, (one) => handedOver.push(one));
  return Object.assign(jobs, { clock, handedOver });
}

const test = suite('jobs');

test('runs the stages of a job one after the other, the parts of each side by side', async () => {
  const jobs = await queue();
  const [a, b] = [new FakeThread(), new FakeThread()];
  jobs.attach(0, a);
  jobs.attach(1, b);
  const { source, outcomes } = client();
  jobs.submit(ticket('picture', [3, 2, 1]), CALL, source);
  assert.equal([a.parts, b.parts], [['1.0.0 new'], ['1.0.1 new']]);
  await a.end();
  assert.equal(a.parts, ['1.0.0 new', '1.0.2']);
  await b.end();
  assert.equal(b.parts, ['1.0.1 new'], 'the next stage waits for the last part of this one');
  await a.end();
  assert.equal([a.parts.at(-1), b.parts.at(-1)], ['1.1.0', '1.1.1']);
  await b.end();
  await a.end();
  assert.equal(jobs.list()[0]?.progress, 2 / 3);
  const last = a.parts.at(-1) === '1.2.0' ? a : b;
  assert.equal(outcomes, []);
  await last.end('done');
  assert.equal(outcomes, ['0:done', 'flush']);
  assert.equal(jobs.list(), []);
  assert.equal([a.forgotten, b.forgotten], [[1], [1]]);
});

test('a thread of its own has saves and the like not wait for pictures', async () => {
  const jobs = await queue();
  const threads = [new FakeThread(), new FakeThread(), new FakeThread()];
  for (const [i, thread] of threads.entries()) jobs.attach(i, thread);
  const [picture, save] = [client(), client()];
  jobs.submit(ticket('picture', [9, 1]), CALL, picture.source);
  assert.equal(
    threads.map(({ parts }) => parts.length),
    [1, 1, 0],
  );
  jobs.submit({ ...ticket('save'), kind: 'save' }, CALL, save.source);
  await threads[2]!.end('saved');
  assert.equal(save.outcomes, ['0:saved', 'flush']);
});

test('the oldest job comes first, and a free thread helps the next', async () => {
  const jobs = await queue();
  const [a, b] = [new FakeThread(), new FakeThread()];
  jobs.attach(0, a);
  const [first, second] = [client(), client()];
  jobs.submit(ticket('first', [1, 1]), CALL, first.source);
  jobs.submit(ticket('second'), CALL, second.source);
  jobs.attach(1, b);
  assert.equal([a.parts, b.parts], [['1.0.0 new'], ['2.0.0 new']]);
  assert.equal(
    jobs.list().map(({ title, state, project }) => [title, state, project]),
    [
      ['first', 'running', 'tower'],
      ['second', 'running', 'tower'],
    ],
  );
  await a.end();
  await b.end('two');
  await a.end('one');
  assert.equal([first.outcomes[0], second.outcomes[0]], ['0:one', '0:two']);
});

test('a cancelled job is answered at once, and its thread told to stop', async () => {
  const jobs = await queue();
  const thread = new FakeThread();
  jobs.attach(0, thread);
  const [first, second] = [client(), client()];
  jobs.submit(ticket('first', [1, 1]), CALL, first.source);
  jobs.submit(ticket('second'), CALL, second.source);
  const why = new GoxError('GOX_CANCELLED', 'enough');
  assert.is(jobs.cancel(1, why), true);
  assert.is(jobs.cancel(1, why), false);
  assert.equal(first.outcomes, ['GOX_CANCELLED', 'flush']);
  assert.is(new JobControl(thread.orders[0]!.control).cancelled, true);
  assert.is(thread.orders.length, 1, 'the thread is not free before its part has ended');
  await thread.end('too late');
  assert.equal(first.outcomes.length, 2, 'nobody hears of it');
  assert.equal(thread.parts, ['1.0.0 new', '2.0.0 new']);
  assert.equal(thread.forgotten, [1]);
});

test('the job of a thread that is lost fails; the others go on', async () => {
  const jobs = await queue();
  const [a, b] = [new FakeThread(), new FakeThread()];
  const runner = jobs.attach(0, a);
  const [first, second] = [client(), client()];
  jobs.submit(ticket('first'), CALL, first.source);
  jobs.submit(ticket('second'), CALL, second.source);
  jobs.detach(runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  assert.equal(first.outcomes, ['GOX_ENGINE_LOST', 'flush']);
  jobs.attach(1, b);
  await b.end('two');
  assert.equal(second.outcomes, ['0:two', 'flush']);
});

test('jobs of a client that left are given up', async () => {
  const jobs = await queue();
  const [first, second] = [client(), client()];
  jobs.submit(ticket('first'), CALL, first.source);
  jobs.submit(ticket('second'), CALL, second.source);
  jobs.abandon(first.source);
  assert.equal(first.outcomes, ['GOX_CANCELLED', 'flush']);
  assert.equal(
    jobs.list().map(({ title }) => title),
    ['second'],
  );
});

test('refuses more jobs than jobs_max', async () => {
  const jobs = await queue({ jobs_max: 1 });
  const { source, outcomes } = client();
  jobs.submit(ticket('first'), CALL, source);
  jobs.submit(ticket('second'), CALL, source);
  assert.equal(outcomes, ['GOX_OVERLOADED']);
});

test('gives up what takes longer than job_timeout_ms, and its thread after a grace', async () => {
  const jobs = await queue({ job_timeout_ms: 1000 });
  const thread = new FakeThread();
  const runner = jobs.attach(0, thread);
  const { source, outcomes } = client();
  jobs.submit(ticket('first'), CALL, source);
  jobs.clock.ms = 1000;
  jobs.expire();
  assert.equal(outcomes, []);
  jobs.clock.ms = 1001;
  jobs.expire();
  assert.equal(outcomes, ['GOX_REQUEST_TIMEOUT', 'flush']);
  jobs.clock.ms += 5000;
  assert.is(jobs.overdue(runner), undefined, 'the part has a grace to stop in');
  jobs.clock.ms += 1;
  assert.is(jobs.overdue(runner), 5001);
});

test('a job is cancelled by its request as well', async () => {
  const jobs = await queue();
  const { source, outcomes } = client();
  jobs.submit(ticket('first'), CALL, source);
  const why = new GoxError('GOX_CANCELLED', 'enough');
  assert.is(jobs.cancelCall({ ...CALL }, why), false, 'of another request');
  assert.is(jobs.cancelCall(CALL, why), true);
  assert.equal(outcomes, ['GOX_CANCELLED', 'flush']);
});

test('what a job hands over goes to the engine, which answers', async () => {
  const jobs = await queue();
  const thread = new FakeThread();
  jobs.attach(0, thread);
  const { source, outcomes } = client();
  jobs.submit(ticket('load'), CALL, source);
  await thread.end('', { blocks: 7 });
  assert.equal(jobs.handedOver, [{ call: CALL, source, handover: { blocks: 7 } }]);
  assert.equal(jobs.list(), []);
  assert.equal(thread.forgotten, [1]);
  assert.equal(outcomes, [], 'not by the job');
});

test('a part that no thread could begin is run by another, one that killed it is not', async () => {
  const jobs = await queue();
  const [short, killed, fine] = [new FakeThread(), new FakeThread(), new FakeThread()];
  const { source, outcomes } = client();
  const runner = jobs.attach(0, short);
  jobs.submit(ticket('first', [2, 1]), CALL, source);
  jobs.release(runner, 'EMFILE');
  assert.equal(outcomes, []);
  const second = jobs.attach(1, killed);
  assert.equal(killed.parts, ['1.0.0 new']);
  jobs.detach(second, new GoxError('GOX_ENGINE_LOST', 'gone'));
  assert.equal(outcomes, ['GOX_ENGINE_LOST', 'flush']);
  jobs.attach(0, fine);
  assert.equal(fine.parts, []);
});

test('a job that waits for a thread in vain is told so after request_timeout_ms', async () => {
  const jobs = await queue();
  const { source, outcomes } = client();
  const runner = jobs.attach(0, new FakeThread());
  jobs.submit(ticket('first'), CALL, source);
  jobs.release(runner, 'EMFILE');
  jobs.clock.ms = 30_000;
  jobs.expire();
  assert.equal(outcomes, []);
  jobs.clock.ms = 30_001;
  jobs.expire();
  assert.equal(outcomes, ['GOX_ENGINE_BUSY', 'flush']);
});

test('with one thread left jobs go on; with none they are refused until one is back', async () => {
  const jobs = await queue();
  const [first, second, third] = [client(), client(), client()];
  jobs.rest(0, 'crash loop');
  jobs.submit(ticket('first'), CALL, first.source);
  assert.equal(first.outcomes, []);
  jobs.rest(1, 'crash loop');
  assert.equal(first.outcomes, ['GOX_ENGINE_FAILED', 'flush']);
  jobs.submit(ticket('second'), CALL, second.source);
  assert.equal(second.outcomes, ['GOX_ENGINE_FAILED']);
  const thread = new FakeThread();
  jobs.attach(1, thread);
  jobs.submit(ticket('third'), CALL, third.source);
  await thread.end('done');
  assert.equal(third.outcomes, ['0:done', 'flush']);
});

test.run();
