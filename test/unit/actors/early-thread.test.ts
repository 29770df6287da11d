/** The thread that is started before there is an engine for it. */

import { once } from 'node:events';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startEarly, takeEarly } from '../../../actors/engines/early-thread.ts';
import { startEngineThread, type ThreadOptions } from '../../../actors/engines/thread.ts';
import { ENGINE_OPTIONS } from '../../support/engine.ts';
import { eventually } from '../../support/raw.ts';

const OPTIONS: ThreadOptions = {
  options: { ...ENGINE_OPTIONS, jobs_inline: false },
  service: new SharedArrayBuffer(8),
};

const test = suite('an early thread');

/** The thread that `start` starts. */
async function startedBy(start: () => void): Promise<Worker> {
  const started = once(process, 'worker');
  start();
  const [thread] = (await started) as [Worker];
  return thread;
}

test('is taken by the first engine, and serves it', async () => {
  const early = await startedBy(() => startEarly(undefined));
  const engines = ['engine:0', 'engine:1'].map((name) => startEngineThread(name, OPTIONS));
  const threads = engines.map(({ thread }) => thread);
  assert.is(threads[0], early);
  assert.is.not(threads[1], early);
  for (const { link, thread, end } of engines) {
    assert.is((await link.stats()).projects, 0);
    const ended = once(thread, 'exit');
    end();
    await ended;
  }
});

test('is taken only by an engine whose heap may be as large', async () => {
  startEarly(2 ** 28);
  assert.is(takeEarly(undefined), undefined);
  const thread = takeEarly(2 ** 28);
  assert.is(thread?.resourceLimits?.maxOldGenerationSizeMb, 256);
  await thread?.terminate();
});

test('that comes to nothing is forgotten', async () => {
  const home = process.cwd();
  const gone = mkdtempSync(join(tmpdir(), 'gx-'));
  process.chdir(gone);
  rmdirSync(gone);
  // The thread keeps no process alive.
  const alive = setInterval(() => {}, 1000);
  try {
    const thread = await startedBy(() => startEarly(undefined));
    await once(thread, 'error');
  } finally {
    clearInterval(alive);
    process.chdir(home);
  }
  assert.is(takeEarly(undefined), undefined);
});

test('is not busy while it waits for what is asked next', async () => {
  const { thread, link, busy, end } = startEngineThread('engine:0', OPTIONS);
  const ended = once(thread, 'exit');
  try {
    await link.stats();
    const before_ms = busy();
    const loop = thread.performance.eventLoopUtilization();
    // It sleeps for some ms after each answer, less often where the machine is busy.
    await eventually('the time that it slept is no work', async () => {
      await sleep(2);
      await link.stats();
      const { active } = thread.performance.eventLoopUtilization(loop);
      return busy() - before_ms < active - 40;
    });
  } finally {
    end();
    await ended;
  }
});

test.run();
