/** The queue of calls into an engine, with a link that answers when the test says so. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor, setup } from 'xstate';
import type { Call, Source } from '../../../actors/engines/call.ts';
import { callsEffect } from '../../../actors/engines/calls.ts';
import type { Project } from '../../../actors/engines/project.ts';
import type { CallsRegistry } from '../../../actors/engines/registry.ts';
import type { EngineLink } from '../../../actors/engines/thread.ts';
import { GoxError } from '../../../conf/errors.ts';
import { CURRENT_PROJECT } from '../../../engine/catalogue/schemas.ts';
import { FlightControl } from '../../../engine/port/flight.ts';
import { type BatchAnswer, type JobTicket, STATUS_JOB } from '../../../engine/port/layout.ts';
import type { EngineEvent } from '../../../machines/engine.ts';
import { type AnswerWords, answerOf, batchLengths } from '../../support/batch.ts';
import { configWith } from '../../support/probe.ts';
import { testProjects, testQuarantine } from '../../support/projects.ts';

/** Links whose batches are answered by `settle`. */
function fakeLink() {
  const batches: number[][] = [];
  const pending: ((answer: BatchAnswer) => void)[] = [];
  const takeOvers: unknown[] = [];
  const link: EngineLink = {
    flight: new FlightControl(),
    run: (batch) => {
      batches.push(batchLengths(batch));
      return new Promise((resolve) => pending.push(resolve));
    },
    takeOver: async (project, word, client, handover) => {
      takeOvers.push([project, word, client, handover]);
      return { status: 0, bytes: new Uint8Array(Buffer.from('taken')).buffer };
    },
    recover: async () => ({ sequence: 0, unsaved: false }),
    readStore: () => Promise.reject(new Error('there is no store')),
    ...{ close: async () => {}, setClipboard: () => {} },
    stats: async () => ({ projects: 0, voxel_bytes: 0, requests: 0 }),
  };
  const settle = async (words: AnswerWords, jobs: readonly JobTicket[] = []) => {
    const answer = answerOf(words);
    pending.shift()?.(
      jobs.length === 0 ? answer : { answer, records: [], jobs, clipboard: undefined },
    );
    await new Promise(setImmediate);
  };
  return { link, batches, takeOvers, settle };
}

/** A session that notes what becomes of its calls, which are told apart by their length. */
class FakeSource implements Source {
  readonly client = 1;
  readonly outcomes: string[] = [];
  readonly expired: (number | string)[] = [];
  wanted = true;
  readonly calls: readonly Call[];
  readonly #calls: Call[];

  constructor(project: Project, lengths: readonly number[]) {
    this.#calls = lengths.map((length) => ({
      method: 1,
      params: new Uint8Array(length),
      since_ms: 0,
      project,
    }));
    this.calls = [...this.#calls];
  }

  wants(): boolean {
    return this.wanted;
  }

  take(_engine: number, count_max: number): Call[] {
    return this.#calls.splice(0, count_max);
  }

  putBack(calls: readonly Call[]): void {
    this.#calls.unshift(...calls);
  }

  answer(call: Call, status: number, bytes: Uint8Array, start: number, end: number): void {
    const text = Buffer.from(bytes.subarray(start, end)).toString();
    this.outcomes.push(`${call.params.length}:${status}:${text}`);
  }

  fail(call: Call, error: GoxError): void {
    this.outcomes.push(`${call.params.length}:${error.code}`);
  }

  expire(time_ms: number, why?: string): void {
    this.expired.push(why === undefined ? time_ms : why);
  }
  flush(): void {}
}

async function queue() {
  const config = await configWith(() => {});
  const clock = { ms: 0, now_ms: () => clock.ms };
  const calls: CallsRegistry['calls'] = new Map();
  const taken: JobTicket[] = [];
  const jobs = { take: (ticket: JobTicket) => void taken.push(ticket) };
  const registry: CallsRegistry = {
    ...{ calls, jobs, clock, projects: testProjects(1, 10), clipboard: undefined },
    ...{ handovers: new Map(), quarantine: testQuarantine(clock), stopping: () => true },
  };
  const reports: EngineEvent[] = [];
  const logic = callsEffect(registry);
  // Its machine, which hears what it reports.
  const machine = setup({ actors: { logic } }).createMachine({
    invoke: { id: 'queue', src: 'logic', input: { index: 0, config } },
    on: { '*': { actions: ({ event }) => reports.push(event as EngineEvent) } },
  });
  const actor = createActor(machine).start();
  const queued = calls.get(0);
  if (queued === undefined) throw new Error('the queue is not in the registry');
  const project = registry.projects.find(CURRENT_PROJECT, {});
  registry.projects.begin(project);
  const source = (...lengths: number[]) => new FakeSource(project, lengths);
  const { projects } = registry;
  return { actor, calls: queued, taken, clock, reports, project, source, projects };
}

const TICKET: JobTicket = { kind: 'export', title: 'x', input: {}, stages: [1], method: 0 };

const test = suite('calls');

test('gathers what comes while a batch is away into the next one', async () => {
  const { calls, source } = await queue();
  const { link, batches, settle } = fakeLink();
  calls.send({ type: 'worker.attached', link });
  const [a, b, c] = [source(1, 2), source(3), source(4)];
  for (const one of [a, b, c]) calls.send({ type: 'work.ready', source: one });
  assert.equal(batches, [[1, 2]]);
  await settle([
    [0, 'x'],
    [1, 'yy'],
  ]);
  assert.equal(batches, [
    [1, 2],
    [3, 4],
  ]);
  await settle([
    [0, ''],
    [0, 'z'],
  ]);
  assert.equal(a.outcomes, ['1:0:x', '2:1:yy']);
  assert.equal(b.outcomes, ['3:0:']);
  assert.equal(c.outcomes, ['4:0:z']);
});

test('waits for a worker, and gives back what an answer left out', async () => {
  const { calls, source } = await queue();
  const { link, batches, settle } = fakeLink();
  const one = source(1, 2, 3);
  calls.send({ type: 'work.ready', source: one });
  assert.equal(one.outcomes, []);
  calls.send({ type: 'worker.attached', link });
  await settle([[0, 'x']]);
  assert.equal(one.outcomes, ['1:0:x']);
  calls.send({ type: 'work.ready', source: one });
  assert.equal(batches, [
    [1, 2, 3],
    [2, 3],
  ]);
});

test('what was in flight when the worker died is run again by the next', async () => {
  const { calls, source } = await queue();
  const first = fakeLink();
  calls.send({ type: 'worker.attached', link: first.link });
  const [away, waiting] = [source(1), source(2)];
  for (const one of [away, waiting]) calls.send({ type: 'work.ready', source: one });
  calls.send({ type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' });
  assert.equal([away.outcomes, waiting.outcomes], [[], []]);
  // What the dead worker still says is nobody's answer.
  await first.settle([[0, 'late']]);
  assert.equal(away.outcomes, []);
  calls.send({ type: 'work.ready', source: away });
  const second = fakeLink();
  calls.send({ type: 'worker.attached', link: second.link });
  assert.equal(second.batches, [[2, 1]]);
});

test('refuses everything once its engine was given up, and when it stops', async () => {
  const { actor, calls, source } = await queue();
  const one = source(1);
  calls.send({ type: 'work.ready', source: one });
  calls.send({ type: 'calls.refuse', reason: 'crash loop' });
  assert.equal(one.outcomes, ['1:GOX_ENGINE_FAILED']);
  const late = source(2);
  calls.send({ type: 'work.ready', source: late });
  assert.equal(late.outcomes, ['2:GOX_ENGINE_FAILED']);
  actor.stop();

  const other = await queue();
  const waiting = other.source(3);
  other.calls.send({ type: 'work.ready', source: waiting });
  other.actor.stop();
  assert.equal(waiting.outcomes, ['3:GOX_SHUTTING_DOWN']);
});

/** What the engine finds when it comes to the request at a place. */
function stopAt(link: EngineLink, place: number): string | undefined {
  const engine = new FlightControl(link.flight.memory);
  engine.begin(place);
  try {
    engine.check();
    return undefined;
  } catch (error) {
    return (error as GoxError).code;
  }
}

test('tells the request that runs too long to stop, and no other', async () => {
  const { calls, clock, reports, source } = await queue();
  const { link, settle } = fakeLink();
  const engine = new FlightControl(link.flight.memory);
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: source(1, 2, 3) });
  const check = (ms: number) => {
    clock.ms = ms;
    calls.send({ type: 'calls.check' });
  };
  engine.begin(0);
  check(29_000);
  engine.begin(1);
  check(31_000);
  check(61_000);
  assert.equal(
    [0, 1, 2].map((place) => stopAt(link, place)),
    [undefined, undefined, undefined],
    'together they may take longer than one of them',
  );
  engine.begin(1);
  check(61_001);
  assert.equal(
    [0, 1, 2].map((place) => stopAt(link, place)),
    [undefined, 'GOX_REQUEST_TIMEOUT', undefined],
  );
  assert.equal(reports, []);
  await settle([
    [0, ''],
    [1, 'late'],
    [0, ''],
  ]);
  calls.send({ type: 'work.ready', source: source(4, 5) });
  assert.equal(
    [0, 1].map((place) => stopAt(link, place)),
    [undefined, undefined],
    'the next flight hears nothing of it',
  );
});

test('only an engine that does not stop within a grace is overdue', async () => {
  const { calls, clock, reports, source } = await queue();
  const { link } = fakeLink();
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: source(1) });
  for (clock.ms = 0; clock.ms <= 60_000; clock.ms += 1000) calls.send({ type: 'calls.check' });
  assert.equal(reports, []);
  calls.send({ type: 'calls.check' });
  assert.equal(reports, [{ type: 'call.overdue', age_ms: 61_000 }]);
});

test('a call in flight can be cancelled, begun or not', async () => {
  const { calls, source } = await queue();
  const { link } = fakeLink();
  const one = source(1, 2);
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: one });
  const why = new GoxError('GOX_CANCELLED', 'enough');
  calls.send({ type: 'call.cancel', call: one.calls[1]!, why });
  assert.equal(
    [0, 1].map((place) => stopAt(link, place)),
    [undefined, 'GOX_CANCELLED'],
  );
});

test('no job begins that nobody wants', async () => {
  const { calls, taken, source } = await queue();
  const { link, settle } = fakeLink();
  const one = source(1);
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: one });
  one.wanted = false;
  await settle([[STATUS_JOB, '']], [TICKET]);
  assert.equal(taken, []);
  assert.equal(one.outcomes, ['1:GOX_CANCELLED']);
});

test('a request that became long work goes to whoever takes it, unanswered', async () => {
  const { calls, taken, source } = await queue();
  const { link, settle } = fakeLink();
  const one = source(1, 2);
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: one });
  await settle(
    [
      [STATUS_JOB, ''],
      [0, 'x'],
    ],
    [TICKET],
  );
  assert.equal(taken, [TICKET]);
  assert.equal(one.outcomes, ['2:0:x']);
});

test('what a project lends is no job, and goes to who asked for it', async () => {
  const { calls, source, taken } = await queue();
  const { link, settle } = fakeLink();
  const asking = source(1);
  const lent: unknown[] = [];
  Object.assign(asking.calls[0]!, { loan: { lent: (value: unknown) => lent.push(value) } });
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: asking });
  await settle([[STATUS_JOB, '']], [{ ...TICKET, input: 'blocks' }]);
  assert.equal([asking.outcomes, lent, taken], [['1:0:'], ['blocks'], []]);
});

test('what a job hands over is taken over between two batches', async () => {
  const { calls, project, source } = await queue();
  const { link, batches, takeOvers, settle } = fakeLink();
  const [busy, loading, waiting] = [source(1), source(2), source(3)];
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: busy });
  const [call] = loading.calls;
  calls.send({ type: 'call.handover', call: call!, source: loading, handover: 'blocks' });
  calls.send({ type: 'work.ready', source: waiting });
  assert.equal(takeOvers, []);
  await settle([[0, 'x']]);
  assert.equal(takeOvers, [[project.number, 1, 1, 'blocks']]);
  assert.equal(loading.outcomes, ['2:0:taken']);
  assert.equal(batches, [[1], [3]]);
});

test('what a job hands over waits for an engine that died', async () => {
  const { calls, source } = await queue();
  const first = fakeLink();
  calls.send({ type: 'worker.attached', link: first.link });
  calls.send({ type: 'work.ready', source: source(1) });
  const [early, late, cancelled] = [source(2), source(3), source(4)];
  const give = (from: typeof early) => {
    const [call] = from.calls;
    calls.send({ type: 'call.handover', call: call!, source: from, handover: 'blocks' });
  };
  give(early);
  give(cancelled);
  const why = new GoxError('GOX_CANCELLED', 'enough');
  calls.send({ type: 'call.cancel', call: cancelled.calls[0]!, why });
  assert.equal(cancelled.outcomes, ['4:GOX_CANCELLED']);
  calls.send({ type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' });
  assert.equal(early.outcomes, []);
  give(late);
  const second = fakeLink();
  calls.send({ type: 'worker.attached', link: second.link });
  await new Promise(setImmediate);
  assert.equal([early.outcomes, late.outcomes], [['2:0:taken'], ['3:0:taken']]);
});

test('says of requests that wait for a worker in vain what it waits for', async () => {
  const { calls, clock, source } = await queue();
  const one = source(1);
  calls.send({ type: 'work.ready', source: one });
  calls.send({ type: 'calls.wait', reason: 'EMFILE' });
  clock.ms = 31_000;
  calls.send({ type: 'calls.check' });
  assert.equal(one.expired, ['EMFILE']);
});

test('a defect of its own answers what is there, and is reported', async () => {
  const { calls, reports, source } = await queue();
  const { link, settle } = fakeLink();
  const [bad, waiting] = [source(1), source(2)];
  bad.answer = () => {
    throw new Error('a defect');
  };
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: bad });
  calls.send({ type: 'work.ready', source: waiting });
  await settle([[0, 'x']]);
  assert.equal(waiting.outcomes, ['2:GOX_INTERNAL']);
  assert.is(reports[0]?.type, 'calls.failed');
});

test('small answers do not keep a large one in memory', async () => {
  const { calls, source } = await queue();
  const { link, settle } = fakeLink();
  const one = source(1, 2);
  const kept: number[] = [];
  one.answer = (_call, _status, bytes) => void kept.push(bytes.buffer.byteLength);
  calls.send({ type: 'worker.attached', link });
  calls.send({ type: 'work.ready', source: one });
  await settle([
    [0, 'x'.repeat(10)],
    [0, 'y'.repeat(1_000_000)],
  ]);
  assert.is(kept[0], 10);
});

test.run();
