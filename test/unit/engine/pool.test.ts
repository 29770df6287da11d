import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pool } from '../../../engine/port/pool.ts';
import { Budget, ProjectMemory } from '../../../engine/project/memory.ts';
import { refused } from '../../support/refused.ts';

const KIB = 1024;

/** Engines that share a pool of 100 KiB of voxels, of which one project may have 80. */
function engines(count: number, history_bytes_max = 10 * KIB) {
  const pool = new Pool();
  return Array.from({ length: count }, () => {
    const place = pool.take();
    const budget = new Budget({
      ...{ voxel_bytes_max: 100 * KIB, project_voxel_bytes_max: 80 * KIB },
      ...{ history_bytes_max, pool: place },
    });
    return { budget, end: () => pool.giveBack(place) };
  });
}

const pool = suite('pool of engines');

pool('what one engine holds, the others have not', () => {
  const [one, other] = engines(2);
  const [first, second] = [new ProjectMemory(one!.budget), new ProjectMemory(other!.budget)];
  assert.is(second.ceiling.bytes_free, 80 * KIB);
  first.require(70 * KIB);
  assert.equal(second.ceiling, {
    key: 'limits.voxel_bytes_max',
    ...{ bytes_max: 100 * KIB, bytes_free: 30 * KIB },
  });
  second.require(30 * KIB);
  const { code, details } = refused(() => second.require(30 * KIB + 1));
  assert.is(code, 'GOX_MEMORY_LIMIT');
  assert.is(details?.key, 'limits.voxel_bytes_max');
  assert.is(details?.bytes_free, 0);
  assert.is(other!.budget.bytes, 30 * KIB);
  first.require(10 * KIB);
  second.require(80 * KIB);
  assert.is(refused(() => second.require(80 * KIB + 1)).details?.key, PROJECT_KEY);
});

const PROJECT_KEY = 'limits.project_voxel_bytes_max';

pool('to hold less is never refused', () => {
  const [one, other] = engines(2);
  const [first, second] = [new ProjectMemory(one!.budget), new ProjectMemory(other!.budget)];
  first.require(60 * KIB);
  // As after an edit that nothing could stop.
  second.account(60 * KIB);
  first.require(50 * KIB);
  assert.is(one!.budget.bytes, 50 * KIB);
  refused(() => first.require(51 * KIB));
});

pool('the row of an engine that ended holds nothing, and is given to the next', () => {
  const [one, other] = engines(2);
  new ProjectMemory(one!.budget).require(70 * KIB);
  const second = new ProjectMemory(other!.budget);
  one!.end();
  assert.is(second.ceiling.bytes_free, 80 * KIB);
  second.require(80 * KIB);
});

pool('steps to undo have a ceiling for one project and one for all', () => {
  const [one, other] = engines(2);
  const [first, second] = [new ProjectMemory(one!.budget), new ProjectMemory(other!.budget)];
  const third = new ProjectMemory(one!.budget);
  assert.is(first.history_bytes_max, 10 * KIB);
  first.accountHistory(10 * KIB);
  assert.is(first.history_bytes_max, 10 * KIB);
  second.accountHistory(10 * KIB);
  // A quarter of 100 KiB, for all of them.
  assert.is(third.history_bytes_max, 5 * KIB);
  third.accountHistory(5 * KIB);
  first.accountHistory(0);
  assert.is(first.history_bytes_max, 10 * KIB);
  assert.is(third.history_bytes_max, 10 * KIB);
  const [alone] = engines(1, 60 * KIB);
  assert.is(new ProjectMemory(alone!.budget).history_bytes_max, 60 * KIB);
});

pool.run();
