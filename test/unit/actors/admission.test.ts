/** Who may wait for an engine: the fair share of each, and that every request is counted once. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Admission, type Queued, type Share } from '../../../actors/connection/admission.ts';
import { Random } from '../../fuzz/random.ts';
import { engineStage } from '../../support/engine-stage.ts';
import { stepsOf } from '../../support/engine-steps.ts';
import { SEED } from '../../support/seed.ts';

/** A queue of so many places for so many connections, and a clock that is set by hand. */
function queueOf(queue_size: number, max_connections: number) {
  const clock = { ms: 0, now_ms: () => clock.ms };
  const config = { workers: { queue_size }, performance: { max_connections } };
  const admission = new Admission(config, clock);
  const request = (share: Share): Queued => ({ share, waits: false });
  /** Lets so many wait, as far as they are admitted. */
  const fill = (share: Share, count: number) => {
    const admitted: Queued[] = [];
    for (let i = 0; i < count && share.refusal(clock.ms) === undefined; i += 1) {
      const one = request(share);
      share.enter(one);
      admitted.push(one);
    }
    return admitted;
  };
  return { admission, clock, config, fill, request };
}

const shares = suite('shares of the queue');

shares('who is alone may have all of it, and not more', () => {
  const { admission, fill } = queueOf(1000, 10);
  const share = admission.open();
  assert.is(fill(share, 2000).length, 1000);
  assert.equal(admission.figures(), { queued: 1000, queue_size: 1000, queue_refused: 1 });
});

shares('of several, each has its part while there is room', () => {
  const { admission, fill } = queueOf(1000, 10);
  const [one, two, three] = [admission.open(), admission.open(), admission.open()];
  fill(one, 100);
  assert.is(fill(two, 2000).length, 500);
  assert.is(fill(three, 2000).length, 334);
  // The queue is full by now, and its small share is taken.
  assert.is(fill(one, 2000).length, 66);
});

shares('who comes to a full queue has a small share that nobody can take', () => {
  const { admission, fill } = queueOf(1000, 10);
  fill(admission.open(), 2000);
  for (let others = 1; others < 10; others += 1) {
    assert.is(fill(admission.open(), 2000).length, 100);
  }
  assert.is(admission.waiting, 1900);
});

shares('which is one request at least', () => {
  const { admission, fill } = queueOf(3, 10);
  fill(admission.open(), 9);
  assert.is(fill(admission.open(), 9).length, 1);
});

shares('a configuration that was replaced counts at once', () => {
  const { admission, config, fill } = queueOf(1000, 10);
  const share = admission.open();
  fill(share, 500);
  config.workers.queue_size = 400;
  assert.is(fill(share, 1).length, 0);
  config.workers.queue_size = 501;
  assert.is(fill(share, 9).length, 1);
});

shares('in any history, what is counted is what waits', () => {
  for (let round = 0; round < 40; round += 1) {
    const random = new Random(SEED, 'shares', round);
    const { admission, config, fill, request } = queueOf(1 + random.small(60), 1 + random.below(8));
    const { queue_size } = config.workers;
    const { max_connections } = config.performance;
    let open = Array.from({ length: max_connections }, () => admission.open());
    let waiting: Queued[] = [];
    let departed: Queued[] = [];
    for (let step = 0; step < 400; step += 1) {
      const share = random.pick(open);
      const one = waiting.length > 0 ? random.pick(waiting) : request(share);
      const what = random.below(8);
      if (what < 3) waiting.push(...fill(share, 1 + random.small(30)));
      else if (what === 3) {
        one.share.depart(one);
        if (waiting.includes(one)) departed.push(one);
      } else if (what === 4) one.share.leave(one);
      else if (what === 5 && departed.length > 0) {
        const back = departed.pop()!;
        // At most as many come again as left, so that the bound below still holds.
        if (admission.waiting < queue_size) {
          back.share.enter(back);
          back.share.enter(back);
          if (open.includes(back.share)) waiting.push(back);
        }
      } else if (what === 6 && random.chance(0.2)) {
        share.end();
        open = open.map((other) => (other === share ? admission.open() : other));
        waiting = waiting.filter((other) => other.share !== share);
        departed = departed.filter((other) => other.share !== share);
        // What ends after its connection counts for nothing.
        one.share.leave(one);
      }
      waiting = waiting.filter(({ waits }) => waits);
      assert.is(admission.waiting, waiting.length, `round ${round}, step ${step}`);
      const of = (one: Share) => waiting.filter((other) => other.share === one).length;
      const crowd = open.filter((other) => of(other) > 0).length;
      for (const other of open) {
        assert.is(other.waiting, of(other));
        const fair = queue_size / (of(other) > 0 ? crowd : crowd + 1);
        const roomy = waiting.length < queue_size && of(other) < fair;
        const small = of(other) < Math.max(1, Math.floor(queue_size / max_connections));
        assert.is(other.roomy, roomy || small, `round ${round}, step ${step}`);
      }
      assert.ok(waiting.length <= Math.max(2 * queue_size, queue_size + max_connections));
    }
  }
});

shares.run();

const retry = suite('when to ask again');

function retryAfter(share: Share, now_ms: number): number {
  return share.refusal(now_ms)!.details!.retry_after_ms as number;
}

retry('is a guess as long as nothing was measured', () => {
  const { admission, fill } = queueOf(100, 1);
  const share = admission.open();
  fill(share, 100);
  const refusal = share.refusal(0)!;
  assert.is(refusal.code, 'GOX_OVERLOADED');
  assert.match(refusal.message, 'workers.queue_size');
  assert.equal(refusal.details, { queue_size: 100, retry_after_ms: 100 });
});

retry('is how long what waits will take, by the speed of late', () => {
  const { admission, clock, fill } = queueOf(100, 1);
  const share = admission.open();
  let waiting = fill(share, 100);
  /** For so long, one leaves and one comes, each so many milliseconds. */
  const pass = (time_ms: number, each_ms: number) => {
    for (const end = clock.ms + time_ms; clock.ms < end; ) {
      clock.ms += each_ms;
      const [first, ...others] = waiting;
      share.depart(first!);
      waiting = [...others, ...fill(share, 1)];
    }
    return retryAfter(share, clock.ms);
  };
  assert.is(pass(2000, 5), 500);
  const slower = pass(2000, 50);
  assert.ok(slower > 500 && slower < 5000, `${slower}`);
  const steady = pass(30_000, 50);
  assert.ok(steady > 4900 && steady <= 5000, `${steady}`);
});

retry('is bounded on both sides', () => {
  const { admission, clock, fill } = queueOf(100, 1);
  const share = admission.open();
  const first = fill(share, 100);
  clock.ms += 1;
  share.refusal(clock.ms);
  for (const one of first.slice(1)) share.depart(one);
  fill(share, 98);
  clock.ms += 1;
  fill(share, 1);
  assert.is(retryAfter(share, clock.ms), 10);
  clock.ms += 3_600_000;
  assert.is(retryAfter(share, clock.ms), 30_000);
});

retry('time in which nothing waits tells nothing of the speed', () => {
  const { admission, clock, fill } = queueOf(100, 1);
  const share = admission.open();
  const first = fill(share, 100);
  clock.ms += 1;
  share.refusal(clock.ms);
  clock.ms += 300;
  for (const one of first) share.depart(one);
  clock.ms += 3_600_000;
  fill(share, 100);
  assert.is(retryAfter(share, clock.ms), 300);
});

retry.run();

const counted = suite('what waits in sessions is counted');

/** A stage with so many places in the queue. */
const stageOf = (queue_size: number) =>
  engineStage(({ workers }) => {
    workers.queue_size = queue_size;
  });

counted('once, in any history', async () => {
  for (let round = 0; round < 25; round += 1) {
    const random = new Random(SEED, 'sessions', round);
    const stage = await engineStage(({ workers, performance }) => {
      workers.queue_size = 5 + random.below(60);
      performance.max_connections = 4;
    });
    const clients = [stage.connect(), stage.connect(), stage.connect()];
    const steps = stepsOf(stage, clients);
    for (let step = 0; step < 200; step += 1) {
      random.pick(steps)(random);
      const waiting = clients.reduce((sum, one) => sum + one.waiting, 0);
      assert.is(stage.admission.waiting, waiting, `round ${round}, step ${step}`);
      for (const one of clients) assert.is(one.intake.queued, one.waiting);
    }
    for (const one of clients) one.end();
    assert.is(stage.admission.waiting, 0);
    assert.equal(stage.defects, []);
  }
});

counted(
  'a burst that fills the queue leaves as far as it can before any of it is refused',
  async () => {
    const stage = await stageOf(10);
    const client = stage.connect();
    const edits = (count: number) => Array(count).fill({ method: 'goxel.add_voxel' });
    client.ask(...edits(10));
    assert.equal(client.outcomes, []);
    const [refused] = client.ask(...edits(1));
    assert.equal(client.outcomes, [[refused, 'GOX_OVERLOADED']]);
    for (const call of stage.depart()) stage.answer(call);
    client.ask(...edits(10));
    assert.is(client.outcomes.length, 11);
  },
);

counted('notifications, daemon methods and cancels are never refused', async () => {
  const stage = await stageOf(1);
  const client = stage.connect();
  client.ask({ method: 'goxel.add_voxel' });
  for (let i = 0; i < 3; i += 1) client.ask({ method: 'goxel.add_voxel', id: undefined });
  assert.is(stage.admission.waiting, 4);
  client.ask({ method: 'ping' }, { method: '$/cancelRequest', params: { id: 1 } });
  assert.equal(
    client.outcomes.map(([, outcome]) => outcome),
    ['result', 'GOX_CANCELLED', 'result'],
  );
});

counted('a connection that ends leaves nothing, whatever ends first', async () => {
  const stage = await stageOf(10);
  const client = stage.connect();
  client.ask({ method: 'goxel.add_voxel' }, { method: 'goxel.add_voxel' });
  const [call] = stage.depart(1);
  client.intake.end();
  assert.is(stage.admission.waiting, 0);
  stage.putBack([call!]);
  client.end();
  assert.is(stage.admission.waiting, 0);
});

counted.run();
