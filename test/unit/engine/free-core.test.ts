/** Whether others leave a core free. */

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { countOf, FreeCore, quotaIn, type Used } from '../../../engine/port/free-core.ts';
import { eventually } from '../../support/raw.ts';

const core = suite('free core');

const SECOND = 1000;

/** A machine on which others take so many cores, and this thread one, from second to second. */
function machine(cores: number) {
  let [at_ms, all_ms, own_ms] = [50 * SECOND, 9 * SECOND, 2 * SECOND];
  const free = new FreeCore(cores, (): Used => ({ at_ms, all_ms, own_ms }));
  free.isThere(at_ms);
  return (others: number, seconds = 1) => {
    at_ms += seconds * SECOND;
    all_ms += seconds * (others + 1) * SECOND;
    own_ms += seconds * SECOND;
    return free.isThere(at_ms);
  };
}

core('is there as long as others leave one, however much this thread takes', () => {
  const after = machine(4);
  const taken = [0, 3, 3.2, 3.5, 2, 4];
  assert.equal(
    taken.map((others) => after(others)),
    [true, true, false, false, true, false],
  );
});

core('is measured a few times a second, and not by what was long ago', () => {
  const after = machine(2);
  assert.is(after(1.5), false);
  assert.is(after(0, 0.4), false, 'it was measured just now');
  assert.is(after(0, 0.2), true);
  assert.is(after(1.5, 60), true, 'what is over says nothing of now');
  assert.is(after(1.5), false);
});

core('is never there with less than two, and taken to be where nothing is known', () => {
  const unknown = () => undefined;
  const asked = (cores: number) => {
    const free = new FreeCore(cores, unknown);
    return [0, 1, 2].map((second) => free.isThere(second * SECOND));
  };
  assert.equal(asked(1), [false, false, false]);
  assert.equal(asked(1.5), [false, false, false]);
  assert.equal(asked(2), [true, true, true]);
});

core('is not there while other threads take all that this machine has', async () => {
  const cores = availableParallelism();
  const online = countOf(readFileSync('/sys/devices/system/cpu/online', 'latin1'));
  const free = new FreeCore(cores);
  const busy = Array.from({ length: cores }, () => new Worker('for (;;);', { eval: true }));
  try {
    const isTaken = () => !free.isThere(performance.now());
    // Of a part of a machine nothing is known, but that one core is none to spare.
    if (cores === online || cores === 1) await eventually('it is noticed', isTaken);
    else assert.not(isTaken() || (await sleep(1200).then(isTaken)));
  } finally {
    await Promise.all(busy.map((thread) => thread.terminate()));
  }
});

core('counts the cores of lists', () => {
  const lists = ['0', '0-1', '0-3,7', '1,3-5,8-15\n'];
  assert.equal(lists.map(countOf), [1, 2, 5, 12]);
});

core('knows how much a control group may take', () => {
  const of = (groups: string, files: Readonly<Record<string, string>>) =>
    quotaIn({ groups, read: (path) => files[path.replace('/sys/fs/cgroup', '')] ?? '' });
  assert.is(of('0::/\n', { '/cpu.max': '150000 100000\n' }), 1.5);
  assert.is(of('9:name=systemd:/a\n0::/b/c\n', { '/b/c/cpu.max': '50000 100000\n' }), 0.5);
  assert.is(of('0::/outside\n', { '/cpu.max': '400000 100000\n' }), 4, 'the root is its own');
  assert.is(of('0::/\n', { '/cpu.max': 'max 100000\n' }), Number.POSITIVE_INFINITY);
  assert.is(of('4:memory:/\n', {}), Number.POSITIVE_INFINITY);
  const around = { '/a/b/cpu.max': 'max 100000\n', '/a/cpu.max': '300000 100000\n' };
  assert.is(of('0::/a/b\n', around), 3, 'one around it has a limit');
  const files = (quota: number) => ({
    '/cpu/x/cpu.cfs_quota_us': `${quota}\n`,
    '/cpu/x/cpu.cfs_period_us': '100000\n',
  });
  assert.is(of('2:cpu,cpuacct:/x\n0::/\n', files(250_000)), 2.5, 'v1');
  assert.is(of('2:cpuacct,cpu:/x\n', files(-1)), Number.POSITIVE_INFINITY);
  assert.is(of('2:cpuset:/x\n', files(250_000)), Number.POSITIVE_INFINITY, 'of another');
});

core.run();
