/** The queue of calls into an engine, with a link that answers when the test says so. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createActor } from 'xstate';
import {
  type Call,
  type CallsRegistry,
  callsEffect,
  type EngineLink,
  type Source,
} from '../../../actors/calls.ts';
import { JobQueue } from '../../../actors/jobs.ts';
import { type Project, Projects } from '../../../actors/projects.ts';
import type { GoxError } from '../../../conf/errors.ts';
import { CURRENT_PROJECT } from '../../../engine/catalogue/schemas.ts';
import { type AnswerWords, answerOf, batchLengths } from '../../support/batch.ts';
import { configWith } from '../../support/probe.ts';

/** Links whose batches are answered by `settle`. */
function fakeLink() {
  const batches: number[][] = [];
  const pending: ((answer: ArrayBuffer) => void)[] = [];
  const link: EngineLink = {
    run: (batch) => {
      batches.push(batchLengths(batch));
      return new Promise((resolve) => pending.push(resolve));
    },
    close: async () => {},
    stats: async () => ({ projects: 0, voxel_bytes: 0, requests: 0 }),
    setClipboard: () => {},
  };
  const settle = async (words: AnswerWords) => {
    pending.shift()?.(answerOf(words));
    await new Promise(setImmediate);
  };
  return { link, batches, settle };
}

/** A session that notes what becomes of its calls, which are told apart by their length. */
class FakeSource implements Source {
  readonly outcomes: string[] = [];
  readonly #calls: Call[];

  constructor(project: Project, lengths: readonly number[]) {
    this.#calls = lengths.map((length) => ({
      method: 1,
      params: new Uint8Array(length),
      since_ms: 0,
      project,
    }));
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

  expire(): void {}
  flush(): void {}
}

async function queue() {
  const config = await configWith(() => {});
  const registry: CallsRegistry = {
    ...{ calls: new Map(), projects: new Projects(1, 10), jobs: new JobQueue(config) },
    clipboard: undefined,
  };
  const actor = createActor(callsEffect(registry), { input: { index: 0, config } }).start();
  const calls = registry.calls.get(0);
  if (calls === undefined) throw new Error('the queue is not in the registry');
  const project = registry.projects.find(CURRENT_PROJECT, {});
  const source = (...lengths: number[]) => new FakeSource(project, lengths);
  return { actor, calls, project, source, projects: registry.projects };
}

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

test('answers what was in flight when the worker died and keeps the rest', async () => {
  const { calls, project, source, projects } = await queue();
  const first = fakeLink();
  calls.send({ type: 'worker.attached', link: first.link });
  const [away, waiting] = [source(1), source(2)];
  for (const one of [away, waiting]) calls.send({ type: 'work.ready', source: one });
  calls.send({ type: 'calls.fail', code: 'GOX_ENGINE_LOST', reason: 'killed' });
  assert.equal(away.outcomes, ['1:GOX_ENGINE_LOST']);
  assert.equal(waiting.outcomes, []);
  assert.is(project.state, 'lost');
  assert.throws(() => projects.find(CURRENT_PROJECT, {}), /lost when its engine died: killed/);
  // What the dead worker still says is nobody's answer.
  await first.settle([[0, 'late']]);
  assert.equal(away.outcomes, ['1:GOX_ENGINE_LOST']);
  const second = fakeLink();
  calls.send({ type: 'worker.attached', link: second.link });
  assert.equal(second.batches, [[2]]);
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

test.run();
