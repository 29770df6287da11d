import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isWorthCollecting } from '../../../engine/collect.ts';

const collect = suite('collecting shared memory');

const MEBI = 2 ** 20;

collect('growth is worth a collection, a size that stays is not', () => {
  assert.not.ok(isWorthCollecting(0, 0));
  assert.not.ok(isWorthCollecting(30 * MEBI, 0));
  assert.ok(isWorthCollecting(40 * MEBI, 0));
  assert.not.ok(isWorthCollecting(500 * MEBI, 500 * MEBI), 'a large project that is held');
  assert.not.ok(isWorthCollecting(700 * MEBI, 500 * MEBI));
  assert.ok(isWorthCollecting(800 * MEBI, 500 * MEBI));
});

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
    collectSharedGarbage();
    const started = Date.now();
    const timer = setInterval(() => {
      if (used() > before / 2 && Date.now() - started < 30000) return;
      clearInterval(timer);
      parentPort.postMessage([before, used()]);
    }, 200);
  });
`;

collect('buffers that are garbage go, though the thread does nothing', async () => {
  const module = new URL('../../../engine/collect.js', import.meta.url).href;
  const worker = new Worker(PROGRAM(module), { eval: true });
  const [[before, after]] = (await once(worker, 'message')) as [[number, number]];
  await worker.terminate();
  assert.ok(before > 60 * MEBI, `${before} bytes`);
  assert.ok(after < before / 2, `${before} bytes before, ${after} after`);
});

collect.run();
