/** Requests that became jobs: from the queue of an engine to the reply, with their machines. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnyActorRef, createActor, fromCallback, SimulatedClock } from 'xstate';
import type { Borrower } from '../../../actors/connection/loans.ts';
import type { Call, HandedOver, Source } from '../../../actors/engines/call.ts';
import { Jobs } from '../../../actors/jobs/jobs.ts';
import type { Borrow } from '../../../actors/jobs/work.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { LoanOrder } from '../../../engine/port/layout.ts';
import type { JobInput } from '../../../machines/job.ts';
import {
  type SessionCommand,
  type SessionInput,
  sessionMachine,
} from '../../../machines/session.ts';
import { FakeThread } from '../../support/fake-thread.ts';
import { configWith } from '../../support/probe.ts';

const PROJECT = { name: 'tower', engine: 0, number: 1 };
const call = (more: object = {}) => ({ project: PROJECT, since_ms: 0, ...more }) as unknown as Call;
const ticket = (title: string, stages = [1], kind = 'export') => ({
  ...{ kind, title, input: {}, stages, method: 0 },
});
const ENOUGH = new GoxError('GOX_CANCELLED', 'enough');

async function stage(change: { jobs_max?: number; job_timeout_ms?: number } = {}) {
  const config = await configWith(({ limits }) => void Object.assign(limits, change));
  const clock = new SimulatedClock();
  const handedOver: HandedOver[] = [];
  const takenBack: Call[] = [];
  const log: object[] = [];
  const jobs = new Jobs(config, {
    clock: { now_ms: () => clock.now() },
    log: { debug: (facts: object) => log.push(facts), error: (facts: object) => log.push(facts) },
    handOver: (one: HandedOver) => handedOver.push(one),
    takeBack: (one: Call) => takenBack.push(one),
    judge: ({ deaths }: { deaths: number[] }) => {
      return deaths.push(1) < 2 ? undefined : new GoxError('GOX_REQUEST_QUARANTINED', 'again');
    },
  } as unknown as ConstructorParameters<typeof Jobs>[1]);

  /** What jobs have asked other projects for. */
  const loans: { order: LoanOrder; borrower: Borrower; givenUp: string[] }[] = [];
  const borrow: Borrow = (_call, order, borrower) => {
    const givenUp: string[] = [];
    loans.push({ order, borrower, givenUp });
    return (why) => void givenUp.push(why.code);
  };

  /** A session whose requests become jobs, with what became of them. */
  function client(connection = 1, outcomes: string[] = []) {
    const source: Source = {
      ...{ client: 1, wants: () => true, take: () => [], putBack: () => {}, expire: () => {} },
      answer: (_call, status, bytes, start, end) => {
        outcomes.push(`${status}:${Buffer.from(bytes.subarray(start, end)).toString()}`);
      },
      fail: (_call, error) => void outcomes.push(error.code),
      flush: () => void outcomes.push('flush'),
    };
    const requests = fromCallback<SessionCommand, SessionInput>(({ sendBack }) => {
      const start = (job: JobInput) => sendBack({ type: 'job.needed', job });
      jobs.open(source, { connection, start, turned: () => {}, borrow });
      return () => jobs.close(source);
    });
    const logic = sessionMachine.provide({ actors: { requests, job: jobs.logic } });
    const input = { number: connection, config, session: 'tower' };
    const session = createActor(logic, { clock, input }).start();
    const children = () => Object.keys(session.getSnapshot().children);
    const lives = () => children().filter((id) => id !== 'requests');
    return { source, outcomes, session, lives };
  }

  const attach = (number: number) => {
    const late: number[] = [];
    const thread = new FakeThread();
    const runner = jobs.parts.attach(number, thread, { overdue: (ms) => void late.push(ms) });
    return { thread, runner, late };
  };
  const states = () => jobs.list().map(({ job, state }) => `${job} ${state}`);
  const ends = () => log.map((facts) => 'state' in facts && facts.state);
  return { jobs, clock, client, attach, states, ends, handedOver, takenBack, log, loans };
}

const test = suite('jobs');

test('a request that becomes a job is answered by its last part', async () => {
  const { jobs, clock, client, attach, states, ends } = await stage();
  const { source, outcomes, lives } = client(4);
  jobs.take(ticket('picture', [2, 1]), call(), source);
  assert.equal(states(), ['1 waiting']);
  const { thread } = attach(0);
  assert.equal(states(), ['1 running']);
  await thread.end();
  await thread.end();
  clock.increment(40);
  assert.equal(jobs.list(), [
    {
      ...{ job: 1, kind: 'export', title: 'picture', project: 'tower', connection: 4 },
      ...{ state: 'running', stage: 2, stages: 2, progress: 0.5, age_ms: 40 },
    },
  ]);
  assert.equal(outcomes, []);
  assert.is(jobs.hasJobs(source), true);
  await thread.end('done');
  assert.equal(outcomes, ['0:done', 'flush']);
  assert.equal([jobs.list(), lives(), ends()], [[], [], ['done']]);
  assert.is(jobs.hasJobs(source), false);
  assert.equal(thread.forgotten, [1]);
});

test('numbers of jobs are never used again, ids of their machines are', async () => {
  const { jobs, client, attach } = await stage();
  const { thread } = attach(0);
  const { source, lives } = client();
  for (let number = 1; number < 5; number++) {
    jobs.take(ticket('one'), call(), source);
    assert.is(thread.orders.at(-1)!.job, number);
    assert.equal(lives(), ['job:0']);
    await thread.end('done');
  }
});

test('a cancelled job is answered at once, and is there until its part has stopped', async () => {
  const { jobs, client, attach, states, ends } = await stage();
  const { thread } = attach(0);
  const [first, second] = [client(), client()];
  jobs.take(ticket('first', [1, 1]), call(), first.source);
  jobs.take(ticket('second'), call(), second.source);
  assert.is(jobs.cancel(1, ENOUGH), true);
  assert.is(jobs.cancel(1, ENOUGH), false);
  assert.is(jobs.cancel(9, ENOUGH), false);
  assert.equal(first.outcomes, ['GOX_CANCELLED', 'flush']);
  assert.equal(states(), ['1 cancelling', '2 waiting']);
  assert.is(thread.control.cancelled, true);
  assert.is(thread.orders.length, 1, 'the thread is not free before its part has ended');
  await thread.end('too late');
  assert.equal(first.outcomes.length, 2, 'nobody hears of it');
  assert.equal(thread.parts, ['1.0.0 new', '2.0.0 new']);
  assert.equal(states(), ['2 running']);
  assert.equal(ends(), ['cancelled']);
});

test('a job is cancelled by its request as well', async () => {
  const { jobs, client } = await stage();
  const { source, outcomes } = client();
  const one = call();
  jobs.take(ticket('first'), one, source);
  assert.is(jobs.runs(one), true);
  assert.is(jobs.cancelCall(call(), ENOUGH), false, 'of another request');
  assert.is(jobs.cancelCall(one, ENOUGH), true);
  assert.equal(outcomes, ['GOX_CANCELLED', 'flush']);
  assert.is(jobs.runs(one), false);
});

test('what takes too long is answered, and its thread replaced after the grace', async () => {
  const { jobs, clock, client, attach, ends } = await stage({ job_timeout_ms: 1000 });
  const { late } = attach(0);
  const { source, outcomes } = client();
  jobs.take(ticket('first'), call(), source);
  clock.increment(999);
  assert.equal(outcomes, []);
  clock.increment(1);
  assert.equal(outcomes, ['GOX_REQUEST_TIMEOUT', 'flush']);
  clock.increment(4999);
  assert.equal(late, []);
  clock.increment(1);
  assert.equal(late, [5000]);
  assert.equal([jobs.list(), ends()], [[], ['abandoned']]);
});

test('the time that a request has of itself counts from when it came', async () => {
  const { jobs, clock, client } = await stage();
  const { source, outcomes } = client();
  clock.increment(400);
  jobs.take(ticket('first'), call({ since_ms: 0, timeout_ms: 1000 }), source);
  clock.increment(599);
  assert.equal(outcomes, []);
  clock.increment(1);
  assert.equal(outcomes, ['GOX_REQUEST_TIMEOUT', 'flush']);
});

test('refuses more jobs than jobs_max; those that only have to stop do not count', async () => {
  const { jobs, client, attach, states } = await stage({ jobs_max: 1 });
  attach(0);
  const { source, outcomes } = client();
  jobs.take(ticket('first'), call(), source);
  jobs.take(ticket('second'), call(), source);
  assert.equal(outcomes, ['GOX_OVERLOADED']);
  jobs.cancel(1, ENOUGH);
  jobs.take(ticket('third'), call(), source);
  assert.equal(states(), ['1 cancelling', '2 waiting']);
});

test('refuses jobs while all their threads died again and again', async () => {
  const { jobs, client, attach } = await stage();
  const { source, outcomes } = client();
  for (const number of [0, 1]) jobs.parts.rest(number, 'crash loop');
  jobs.take(ticket('first'), call(), source);
  assert.equal(outcomes, ['GOX_ENGINE_FAILED']);
  attach(1);
  jobs.take(ticket('second'), call(), source);
  assert.is(outcomes.length, 1);
});

test('a job whose thread dies is run again once, unless its parts add to each other', async () => {
  const { jobs, client, attach } = await stage();
  const { source, outcomes } = client();
  const die = () => jobs.parts.detach(attach(0).runner, new GoxError('GOX_ENGINE_LOST', 'gone'));
  jobs.take(ticket('first'), { ...call(), deaths: [] }, source);
  die();
  assert.equal(outcomes, []);
  die();
  assert.equal(outcomes.splice(0), ['GOX_REQUEST_QUARANTINED', 'flush']);
  jobs.take({ ...ticket('sums'), adds: true }, call(), source);
  die();
  assert.equal(outcomes, ['GOX_ENGINE_LOST', 'flush']);
});

test('a job fails whose thread cannot be had any more, or cannot be started for long', async () => {
  const { jobs, clock, client, attach, ends } = await stage();
  const { source, outcomes } = client();
  const lost = attach(0);
  jobs.take(ticket('first'), call(), source);
  jobs.parts.detach(lost.runner, new GoxError('GOX_ENGINE_FAILED', 'stopped'));
  assert.equal(outcomes.splice(0), ['GOX_ENGINE_FAILED', 'flush']);
  const short = attach(0);
  jobs.take(ticket('second'), call(), source);
  jobs.parts.release(short.runner, 'EMFILE');
  clock.increment(29_999);
  assert.equal(outcomes, []);
  clock.increment(1);
  assert.equal(outcomes, ['GOX_ENGINE_BUSY', 'flush']);
  assert.equal(ends(), ['failed', 'failed']);
});

const borrowing = (title: string) => {
  const order = { project: 'other', parameter: 'params.from', params: new Uint8Array(0) };
  return { ...ticket(title), loans: [order, { ...order, parameter: 'params.to' }] };
};

test('a job that borrows begins when all is there, and its threads get that', async () => {
  const { jobs, client, attach, states, loans } = await stage();
  const { thread } = attach(0);
  const { source, outcomes } = client();
  jobs.take(borrowing('first'), call(), source);
  const [from, to] = loans;
  assert.equal([from!.order.parameter, to!.order.parameter], ['params.from', 'params.to']);
  to!.borrower.lent('second');
  assert.equal([states(), thread.busy], [['1 waiting'], false]);
  from!.borrower.lent('first');
  assert.equal(states(), ['1 running']);
  assert.equal(thread.orders[0]!.ticket?.lent, ['first', 'second']);
  await thread.end('done');
  assert.equal(outcomes, ['0:done', 'flush']);
});

test('a job fails with a loan that is refused, and gives up the others', async () => {
  const { jobs, client, attach, ends, loans } = await stage();
  const { thread } = attach(0);
  const { source, outcomes, lives } = client();
  jobs.take(borrowing('first'), call(), source);
  const [from, to] = loans;
  from!.borrower.refused(new GoxError('GOX_PROJECT_NOT_FOUND', 'no such project'));
  assert.equal(outcomes, ['GOX_PROJECT_NOT_FOUND', 'flush']);
  assert.equal(to!.givenUp, ['GOX_PROJECT_NOT_FOUND']);
  // What comes all the same is nobody's.
  to!.borrower.lent('late');
  to!.borrower.refused(ENOUGH);
  assert.equal([ends(), lives(), thread.busy], [['failed'], [], false]);
  assert.is(outcomes.length, 2);
});

test('a job that is stopped while it borrows has nothing to wait for', async () => {
  const { jobs, clock, client, ends, loans } = await stage({ job_timeout_ms: 5000 });
  const { source, outcomes, session } = client();
  jobs.take(borrowing('cancelled'), call(), source);
  jobs.cancel(1, ENOUGH);
  jobs.take(borrowing('late'), call(), source);
  clock.increment(5000);
  jobs.take(borrowing('left'), call(), source);
  session.stop();
  const codes = ['GOX_CANCELLED', 'GOX_REQUEST_TIMEOUT', 'GOX_CANCELLED'];
  assert.equal(
    outcomes.filter((outcome) => outcome !== 'flush'),
    codes,
  );
  assert.equal(
    loans.map(({ givenUp }) => givenUp),
    codes.flatMap((code) => [[code], [code]]),
  );
  assert.equal(ends(), ['cancelled', 'failed', 'abandoned']);
  for (const { borrower } of loans) borrower.lent('late');
  assert.equal(jobs.list(), []);
});

test('what a job hands over goes to the engine, which answers', async () => {
  const { jobs, client, attach, states, handedOver, ends } = await stage();
  const { thread } = attach(0);
  const { source, outcomes } = client();
  const one = call();
  jobs.take(ticket('load'), one, source);
  await thread.end('', { blocks: 7 });
  assert.equal(states(), ['1 handing over']);
  assert.is(jobs.runs(one), false, 'the engine has it');
  const [given] = handedOver;
  assert.equal([given!.call, given!.handover], [one, { blocks: 7 }]);
  assert.equal(outcomes, []);
  given!.source.answer(one, 0, Buffer.from('loaded'), 0, 6);
  given!.source.flush();
  assert.equal(outcomes, ['0:loaded', 'flush']);
  assert.equal([jobs.list(), ends()], [[], ['done']]);
});

test('what the engine has is taken back from it, and answered by it or at the grace', async () => {
  const { jobs, clock, client, attach, states, handedOver, takenBack, ends } = await stage();
  const { thread } = attach(0);
  const { source, outcomes } = client();
  const [first, second] = [call(), call()];
  for (const one of [first, second]) {
    jobs.take(ticket('load'), one, source);
    await thread.end('', {});
    jobs.cancelCall(one, ENOUGH);
  }
  assert.equal(takenBack, [first, second]);
  assert.equal(states(), ['1 cancelling', '2 cancelling']);
  assert.equal(outcomes, [], 'only the engine knows');
  handedOver[0]!.source.fail(first, ENOUGH);
  assert.equal(outcomes.splice(0), ['GOX_CANCELLED']);
  clock.increment(5000);
  assert.equal(outcomes, ['GOX_CANCELLED', 'flush']);
  assert.equal([jobs.list(), ends()], [[], ['cancelled', 'abandoned']]);
  handedOver[1]!.source.answer(second, 0, Buffer.from('late'), 0, 4);
  assert.is(jobs.list().length, 0);
});

test('a session that ends by force leaves no job, and its threads are looked after', async () => {
  const { jobs, clock, client, attach, handedOver, takenBack } = await stage();
  const [a, b] = [attach(0), attach(1)];
  const { source, outcomes, session } = client();
  const loading = call();
  jobs.take(ticket('load'), loading, source);
  await a.thread.end('', {});
  jobs.take(ticket('picture', [1, 1]), call(), source);
  jobs.take(ticket('waits', [1], 'render'), call(), source);
  session.stop();
  assert.equal(jobs.list(), []);
  assert.equal(outcomes, ['GOX_CANCELLED', 'flush', 'GOX_CANCELLED', 'flush']);
  assert.equal(takenBack, [loading]);
  handedOver[0]!.source.fail(loading, ENOUGH);
  assert.is(outcomes.length, 5, 'what the queue says of it still gets to its session');
  assert.is(a.thread.control.cancelled, true);
  clock.increment(5001);
  for (const { runner } of [a, b]) jobs.parts.check(runner);
  assert.equal([...a.late, ...b.late], [5001, 5001]);
});

test('no job begins in a session that is over', async () => {
  const { jobs, client } = await stage();
  const { source, outcomes, session } = client();
  session.send({ type: 'session.end' });
  jobs.take(ticket('first'), call(), source);
  assert.equal(outcomes, ['GOX_CANCELLED']);
  assert.equal(jobs.list(), []);
});

test('everything is cancelled when the daemon stops', async () => {
  const { jobs, client, ends } = await stage();
  const { source, outcomes } = client();
  jobs.take(ticket('first'), call(), source);
  jobs.take(ticket('second'), call(), source);
  jobs.refuse(new GoxError('GOX_SHUTTING_DOWN', 'stop'));
  assert.equal(outcomes, ['GOX_SHUTTING_DOWN', 'flush', 'GOX_SHUTTING_DOWN', 'flush']);
  assert.equal(ends(), ['cancelled', 'cancelled']);
});

test('a defect in a job ends the job and nothing else', async () => {
  const { jobs, client, attach, log, lives: _ } = { ...(await stage()), lives: undefined };
  const { thread } = attach(0);
  const { source, outcomes, session, lives } = client();
  let broken = true;
  const answer = source.answer;
  source.answer = (...args) => {
    if (broken) throw new Error('broken');
    answer(...args);
  };
  jobs.take(ticket('first'), call(), source);
  await thread.end('one');
  assert.equal(outcomes, []);
  assert.equal(lives(), []);
  assert.ok(log.some((facts) => 'err' in facts));
  broken = false;
  jobs.take(ticket('second'), call(), source);
  await thread.end('two');
  assert.equal(outcomes, ['0:two', 'flush']);
  assert.is((session as AnyActorRef).getSnapshot().status, 'active');
});

test.run();
