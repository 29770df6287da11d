/** Calls between two threads by ports and lanes: each comes, once, and in its order. */

import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import { type Endpoint, type Remote, wrap } from 'comlink';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Awake } from '../../../engine/port/awake.ts';
import { AskingEndpoint, moved, newLanes, turned } from '../../../engine/port/endpoint.ts';
import { ROOM_BYTES } from '../../../engine/port/lane.ts';
import type { LaneApi, LaneOrder } from '../../support/lane-worker.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const endpoint = suite('endpoint');

interface Started {
  readonly remote: Remote<LaneApi>;
  /** Messages that went through the port. */
  posts(): number;
  /** How often it was looked whether an answer is there. */
  looks(): number;
  end(): Promise<unknown>;
}

function started(isAwake: boolean): Started {
  const thread = new Worker(new URL('../../support/lane-worker.js', import.meta.url));
  const { port1, port2 } = new MessageChannel();
  const lanes = newLanes();
  thread.postMessage({ port: port2, lanes } satisfies LaneOrder, [port2]);
  const post = port1.postMessage.bind(port1);
  let posts = 0;
  port1.postMessage = (...given: Parameters<typeof post>) => {
    posts += 1;
    post(...given);
  };
  const own = new AskingEndpoint(port1, turned(lanes), new Awake({ isThere: () => isAwake }));
  const look = own.look.bind(own);
  let looks = 0;
  own.look = () => {
    looks += 1;
    return look();
  };
  return {
    remote: wrap<LaneApi>(own as unknown as Endpoint),
    posts: () => posts,
    looks: () => looks,
    end: () => {
      own.close();
      return thread.terminate();
    },
  };
}

/** Runs `use` with a thread, which ends with it, however that goes. */
async function withThread(
  isAwake: boolean,
  use: (thread: Started) => Promise<void>,
): Promise<void> {
  const thread = started(isAwake);
  try {
    await use(thread);
  } finally {
    await thread.end();
  }
}

/** Asks for one thing; the answer is how many calls there were before. */
async function ask({ remote }: Started, random: () => number): Promise<number> {
  if (random() < 0.15) return remote.note(0);
  const bytes = random() < 0.1 ? 2 * ROOM_BYTES : 4 + 4 * Math.floor(random() * 200);
  const answer = await remote.run(moved(new ArrayBuffer(bytes)));
  assert.is(answer.byteLength, bytes);
  return new Uint32Array(answer, 0, 1)[0]!;
}

for (const isAwake of [false, true]) {
  endpoint(`calls keep their order, whichever way they go (awake: ${isAwake})`, () =>
    withThread(isAwake, async (thread) => {
      const random = randomNumbers(SEED);
      const ended: number[] = [];
      const asked: Promise<number>[] = [];
      const total = 4000;
      while (asked.length < total) {
        // One after the other, or some at a time.
        const burst = random() < 0.7 ? 1 : 1 + Math.floor(random() * 6);
        for (let left = burst; left > 0; left -= 1) {
          const n = asked.length;
          asked.push(ask(thread, random));
          void asked[n]!.then(() => ended.push(n));
        }
        if (random() < 0.9) await asked.at(-1);
        if (random() < 0.02) await sleep(random() * 6);
      }
      const places = await Promise.all(asked);
      const order = places.map((_, n) => n);
      assert.equal(places, order, `they came in their order (seed ${SEED})`);
      assert.equal(ended, order, `so did their answers (seed ${SEED})`);
    }),
  );
}

endpoint('small calls one after the other hardly need the port', () =>
  withThread(true, async (thread) => {
    // However busy the machine is, some of them find who attends to them.
    for (let n = 0; n < 2000; n += 1) await thread.remote.run(new ArrayBuffer(64));
    assert.ok(thread.posts() < 1500, `${thread.posts()} of 2000 were posted`);
  }),
);

endpoint('a thread that is kept busy without a pause still comes to its timers', () =>
  withThread(true, async ({ remote }) => {
    const work = async () => {
      for (let n = 0; n < 200; n += 1) await remote.work(new Uint32Array([2]).buffer);
    };
    await remote.ticks();
    // There is always another when one is done.
    await Promise.all([work(), work()]);
    const ticks = await remote.ticks();
    assert.ok(ticks >= 4, `${ticks} in 800 ms`);
  }),
);

/** Runs `use` while so many callers have the thread at work all the time; how many calls it did. */
async function meanwhile(
  { remote }: Started,
  callers: number,
  use: (answered: () => number) => Promise<void>,
): Promise<void> {
  let [answered, over] = [0, false];
  const call = async () => {
    for (; !over; answered += 1) await remote.work(new Uint32Array([1]).buffer);
  };
  const calling = Array.from({ length: callers }, call);
  await use(() => answered);
  over = true;
  await Promise.all(calling);
}

endpoint('what needs the event loop has it, however busy others keep the thread', () =>
  withThread(true, (thread) =>
    meanwhile(thread, 2, async (answered) => {
      const [turns, before] = [200, answered()];
      await thread.remote.later(new Uint32Array([turns, 1]).buffer);
      // One or two; some forty where a turn comes only when others have had all their time.
      const others = (answered() - before) / turns;
      assert.ok(others < 8, `${others} calls of others a turn`);
    }),
  ),
);

endpoint('nobody waits for what is waited for', () =>
  withThread(true, (thread) =>
    meanwhile(thread, 1, async (answered) => {
      for (let n = 0; n < 5; n += 1) {
        const before = answered();
        await thread.remote.later(new Uint32Array([0, 50]).buffer);
        assert.ok(answered() > before + 1, `${answered() - before} were answered meanwhile`);
      }
    }),
  ),
);

endpoint('a thread that ends leaves nobody who looks for it', () =>
  withThread(true, async (thread) => {
    await thread.remote.run(new ArrayBuffer(64));
    // Its answer is looked for when the thread ends.
    void thread.remote.run(new ArrayBuffer(64));
    const ended = thread.end();
    const looks = thread.looks();
    await ended;
    await sleep(20);
    assert.is(thread.looks(), looks);
  }),
);

endpoint.run();
