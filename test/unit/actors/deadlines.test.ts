/** Requests with a deadline of their own, and cancelling: in every state in which one can be. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SimulatedClock } from 'xstate';
import { Deadlines } from '../../../actors/connection/deadlines.ts';
import type { Call } from '../../../actors/engines/call.ts';
import { GoxError } from '../../../conf/errors.ts';
import type { PendingReply } from '../../../transport/jsonrpc.ts';
import { engineStage, type StageClient } from '../../support/engine-stage.ts';
import { testClock } from '../../support/test-clock.ts';

const timer = suite('the timer of deadlines');

/** Deadlines, and what ended when. */
function watched() {
  const time = new SimulatedClock();
  let timers = 0;
  const clock = testClock(time);
  const counting = {
    ...clock,
    setTimeout(action: () => void, wait_ms: number) {
      timers += 1;
      return clock.setTimeout(action, wait_ms);
    },
  };
  const ended: [name: number, at_ms: number, code: string][] = [];
  const defects: unknown[] = [];
  const deadlines = new Deadlines(counting, (error) => defects.push(error));
  const keeper = {
    cancel(is: (reply: PendingReply) => boolean, why: GoxError) {
      const found = all.find(({ reply }) => is(reply))!;
      ended.push([found.reply.place, time.now(), why.code]);
      return true;
    },
  };
  const all: { reply: PendingReply; since_ms: number; timeout_ms?: number; waits: boolean }[] = [];
  const watch = (timeout_ms?: number, waits = true) => {
    const reply = { place: all.length } as PendingReply;
    const own = timeout_ms === undefined ? {} : { timeout_ms };
    const request = { reply, since_ms: time.now(), waits, ...own };
    all.push(request);
    deadlines.watch(request, keeper);
    return request;
  };
  return { time, deadlines, ended, defects, watch, timers: () => timers };
}

timer('each ends at its time, in any order of coming', () => {
  const { time, ended, watch, deadlines } = watched();
  for (const timeout_ms of [300, 100, 200]) watch(timeout_ms);
  watch(50, false);
  for (let i = 0; i < 1000; i += 1) time.increment(1);
  assert.equal(ended, [
    [3, 50, 'GOX_REQUEST_TIMEOUT'],
    [1, 100, 'GOX_ENGINE_BUSY'],
    [2, 200, 'GOX_ENGINE_BUSY'],
    [0, 300, 'GOX_ENGINE_BUSY'],
  ]);
  assert.is(deadlines.size, 0);
});

timer('there is none for requests without one, and few for many', () => {
  const { time, ended, watch, deadlines, timers } = watched();
  watch();
  assert.is(deadlines.size + timers(), 0);
  watch(1000);
  for (let i = 0; i < 990; i += 1) {
    time.increment(1);
    deadlines.forget(watch(1000));
  }
  time.increment(10);
  assert.is(timers(), 1);
  assert.equal(ended, [[1, 1000, 'GOX_ENGINE_BUSY']]);
  assert.is(deadlines.size, 0);
});

timer('what fails to be given up stops nobody else', () => {
  const { time, ended, defects, watch, deadlines } = watched();
  const broken = {
    cancel() {
      throw new Error('defect');
    },
  };
  const request = { reply: {} as PendingReply, since_ms: 0, timeout_ms: 10, waits: true };
  deadlines.watch(request, broken);
  watch(10);
  time.increment(10);
  assert.is(defects.length, 1);
  assert.is(ended.length, 1);
});

timer.run();

const EDIT = { method: 'goxel.add_voxel' };
const CANCELLED = new GoxError('GOX_CANCELLED', 'the engine saw it');

interface Scene {
  readonly stage: Awaited<ReturnType<typeof engineStage>>;
  readonly client: StageClient;
  /** The request that is cancelled or comes to its deadline. */
  readonly id: number;
}

/** A client whose request is in a state; other requests are around it. */
type Enter = (edit: object) => Promise<Scene>;

/** The request waits behind another of its session. */
const waits: Enter = async (edit) => {
  const stage = await engineStage(() => {});
  const client = stage.connect();
  const [, id] = client.ask(EDIT, edit, EDIT);
  return { stage, client, id: id! };
};

/** Its project is being opened by somebody else. */
const waitsForProject: Enter = async (edit) => {
  const stage = await engineStage(() => {});
  const [opener, client] = [stage.connect(), stage.connect()];
  opener.ask({ method: 'goxel.create_project' });
  stage.depart();
  const [id] = client.ask(edit, EDIT);
  return { stage, client, id: id! };
};

const runs: Enter = async (edit) => {
  const scene = await waits(edit);
  scene.stage.depart(2);
  return scene;
};

const isJob: Enter = async (edit) => {
  const scene = await runs(edit);
  const call = theCall(scene);
  scene.stage.jobs.set(call, undefined);
  return scene;
};

/** The call of the request. */
function theCall({ stage, id }: Scene): Call {
  return stage.callOf(id)!;
}

const outcome = ({ client, id }: Scene) => client.outcomes.find(([one]) => one === id)?.[1];
const cancel = ({ client, id }: Scene) => {
  const [own] = client.ask({ method: '$/cancelRequest', params: { id } });
  return client.output.replies.find((one) => one.id === own)?.result;
};

const cancelling = suite('cancelling');

for (const [name, enter] of Object.entries({ waits, waitsForProject })) {
  cancelling(`one that ${name} is answered at once; a second time there is none`, async () => {
    const scene = await enter(EDIT);
    const before = scene.stage.admission.waiting;
    assert.is(cancel(scene), true);
    assert.is(outcome(scene), 'GOX_CANCELLED');
    assert.is(scene.stage.admission.waiting, before - 1);
    assert.is(cancel(scene), false);
    assert.is(scene.client.outcomes.filter(([id]) => id === scene.id).length, 1);
  });
}

cancelling('one that runs is told to stop, and its engine says how it ended', async () => {
  const scene = await runs(EDIT);
  const call = theCall(scene);
  assert.is(cancel(scene), true);
  assert.is(cancel(scene), true);
  assert.is(outcome(scene), undefined);
  assert.equal(
    scene.stage.cancelled.map((one) => [one.call === call, one.why.code]),
    Array(2).fill([true, 'GOX_CANCELLED']),
  );
  scene.stage.fail(call, CANCELLED);
  assert.is(outcome(scene), 'GOX_CANCELLED');
  assert.is(cancel(scene), false);
});

cancelling('one that was done before it saw that is answered as if nobody had asked', async () => {
  const scene = await runs(EDIT);
  cancel(scene);
  scene.stage.answer(theCall(scene));
  assert.is(outcome(scene), 'result');
});

cancelling('one that its engine puts back does not begin again', async () => {
  const scene = await runs(EDIT);
  cancel(scene);
  scene.stage.putBack([theCall(scene)]);
  assert.is(outcome(scene), 'GOX_CANCELLED');
  assert.is(scene.stage.admission.waiting, 1);
});

cancelling('one that is a job is the job’s business', async () => {
  const scene = await isJob(EDIT);
  assert.is(cancel(scene), true);
  assert.is(cancel(scene), true);
  assert.is(scene.stage.jobs.get(theCall(scene))?.code, 'GOX_CANCELLED');
  assert.equal(scene.stage.cancelled, []);
});

cancelling('goes by the type of the id as well', async () => {
  const stage = await engineStage(() => {});
  const asker = stage.connect();
  const ids = [1, '1', 'é', 1.5, -3, 2 ** 53];
  for (const id of ids) asker.ask({ ...EDIT, id });
  for (const id of ids) {
    asker.ask({ method: '$/cancelRequest', params: { id } });
    const ended = asker.outcomes.filter(([, how]) => how === 'GOX_CANCELLED');
    assert.equal(ended.at(-1)?.[0], id);
  }
  assert.is(stage.admission.waiting, 0);
});

cancelling.run();

const deadlines = suite('deadlines of requests');
const TIMED = { ...EDIT, params: { _meta: { timeout_ms: 100 } } };

for (const [name, enter] of Object.entries({ waits, waitsForProject })) {
  deadlines(`one that ${name} is refused at its time, as not begun`, async () => {
    const scene = await enter(TIMED);
    const before = scene.stage.admission.waiting;
    scene.stage.pass(98);
    assert.is(outcome(scene), undefined);
    scene.stage.pass(2);
    assert.is(outcome(scene), 'GOX_ENGINE_BUSY');
    assert.is(scene.stage.admission.waiting, before - 1);
    assert.is(scene.client.outcomes.length, 1);
  });
}

deadlines('one that runs is told to stop at its time, once', async () => {
  const scene = await runs(TIMED);
  scene.stage.pass(1000);
  assert.equal(
    scene.stage.cancelled.map(({ why }) => why.code),
    ['GOX_REQUEST_TIMEOUT'],
  );
  assert.ok(scene.stage.cancelled[0]?.call === theCall(scene));
  assert.is(outcome(scene), undefined);
  // Put back by an engine that had not come to it.
  scene.stage.putBack([theCall(scene)]);
  assert.is(outcome(scene), 'GOX_REQUEST_TIMEOUT');
});

deadlines('one that is a job ends it', async () => {
  const scene = await isJob(TIMED);
  scene.stage.pass(100);
  assert.is(scene.stage.jobs.get(theCall(scene))?.code, 'GOX_REQUEST_TIMEOUT');
});

deadlines('one that was answered is forgotten', async () => {
  const scene = await runs(TIMED);
  assert.is(scene.stage.deadlines.size, 1);
  scene.stage.answer(theCall(scene));
  assert.is(scene.stage.deadlines.size, 0);
});

deadlines('its own comes before the limit for all, be it longer', async () => {
  const scene = await waits({ ...EDIT, params: { _meta: { timeout_ms: 60_000 } } });
  scene.stage.pass(50_000);
  scene.stage.expire(30_000);
  const ids = scene.client.outcomes.map(([id]) => id);
  assert.equal(ids, [scene.id - 1, scene.id + 1]);
  scene.stage.pass(10_000);
  assert.is(outcome(scene), 'GOX_ENGINE_BUSY');
});

deadlines.run();
