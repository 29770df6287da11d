import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isWorthCollecting } from '../../../engine/port/collect.ts';

const collect = suite('collecting shared memory');

const MEBI = 2 ** 20;

function worth(mebi: number, held = 0, left = 0, since_s = 0): boolean {
  return isWorthCollecting({
    bytes: mebi * MEBI,
    held_bytes: held * MEBI,
    left_bytes: left * MEBI,
    since_ms: since_s * 1000,
  });
}

collect(
  'more than is held is worth a collection, when it has grown or some time has passed',
  () => {
    assert.not.ok(worth(30));
    assert.ok(worth(40));
    assert.not.ok(worth(510, 500, 0, 3600), 'a large project that is held');
    assert.ok(worth(600, 500));
    assert.not.ok(worth(200, 0, 190, 5), 'what the last collection had to leave');
    assert.ok(worth(200, 0, 190, 60), 'and what has become garbage since');
  },
);

/** Makes garbage that has grown old, and tells what the buffers of the thread add up to. */
const PROGRAM = (module: string) => `
  const { parentPort } = require('node:worker_threads');
  const used = () => process.memoryUsage().arrayBuffers;
  import(${JSON.stringify(module)}).then(({ collectSharedGarbage }) => {
    let held = Array.from({ length: 4000 }, () => new SharedArrayBuffer(16384));
    // Two minor collections, and they are old.
    for (let i = 0; i < 60; i++) new Array(1e5).fill(i);
    const before = used();
    held = undefined;
    collectSharedGarbage(() => 0);
    const started = Date.now();
    const timer = setInterval(() => {
      if (used() > before / 2 && Date.now() - started < 30000) return;
      clearInterval(timer);
      parentPort.postMessage([before, used()]);
    }, 200);
  });
`;

collect('buffers that are garbage go, though the thread does nothing', async () => {
  const module = new URL('../../../engine/port/collect.js', import.meta.url).href;
  const worker = new Worker(PROGRAM(module), { eval: true });
  const [[before, after]] = (await once(worker, 'message')) as [[number, number]];
  await worker.terminate();
  assert.ok(before > 60 * MEBI, `${before} bytes`);
  assert.ok(after < before / 2, `${before} bytes before, ${after} after`);
});

/** Is given buffers by another thread, gives them up, and tells whether they are gone. */
const RECEIVER = (module: string) => `
  const { parentPort } = require('node:worker_threads');
  let held, gone = 0;
  const registry = new FinalizationRegistry(() => { gone += 1; });
  parentPort.once('message', async (buffers) => {
    held = buffers;
    for (const buffer of buffers) registry.register(buffer, undefined);
    for (let i = 0; i < 60; i++) new Array(1e5).fill(i);
    const { collectSharedGarbage, noteDropped } = await import(${JSON.stringify(module)});
    collectSharedGarbage(() => 0);
    noteDropped(held.length * 16384);
    const count = held.length;
    held = buffers = undefined;
    const started = Date.now();
    const timer = setInterval(() => {
      if (gone < count / 2 && Date.now() - started < 30000) return;
      clearInterval(timer);
      parentPort.postMessage([gone, count]);
    }, 200);
  });
`;

collect('so do those that another thread has made, and this one gave up', async () => {
  const module = new URL('../../../engine/port/collect.js', import.meta.url).href;
  const worker = new Worker(RECEIVER(module), { eval: true });
  worker.postMessage(Array.from({ length: 4000 }, () => new SharedArrayBuffer(16384)));
  const [[gone, count]] = (await once(worker, 'message')) as [[number, number]];
  await worker.terminate();
  assert.ok(gone > count / 2, `${gone} of ${count}`);
});

collect.run();
