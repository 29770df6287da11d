/** What is kept of pictures takes its share of memory, and gives way to voxels. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Pool } from '../../../engine/port/pool.ts';
import { Budget } from '../../../engine/project/memory.ts';

const MIB = 1024 * 1024;

/** Engines with 1024 MiB of voxels, of which 256 may be taken by pictures. */
function budgets(count: number): Budget[] {
  const pool = new Pool();
  return Array.from({ length: count }, () => {
    const limits = { voxel_bytes_max: 1024 * MIB, project_voxel_bytes_max: 1024 * MIB };
    return new Budget({ ...limits, history_bytes_max: MIB, pool: pool.take() });
  });
}

class Pictures {
  bytes: number;

  constructor(mib: number) {
    this.bytes = mib * MIB;
  }

  drop(): void {
    this.bytes = 0;
  }
}

const test = suite('memory of pictures');

test('what was drawn longest ago goes when all take too much', () => {
  const [budget, other] = budgets(2) as [Budget, Budget];
  const [one, two, three] = [new Pictures(100), new Pictures(100), new Pictures(100)];
  budget.addPictures(one);
  budget.addPictures(two);
  budget.addPictures(one);
  budget.addPictures(three);
  assert.equal([one.bytes > 0, two.bytes, three.bytes > 0], [true, 0, true]);
  // What another engine keeps counts; what was drawn last stays all the same.
  const fourth = new Pictures(200);
  other.addPictures(fourth);
  assert.ok(fourth.bytes > 0);
  budget.addPictures(two);
  assert.equal([one.bytes, three.bytes], [0, 0]);
});

test('all of it goes before voxels are without room, which are never refused for it', () => {
  const [budget] = budgets(1) as [Budget];
  const [one, two] = [new Pictures(60), new Pictures(60)];
  budget.addPictures(one);
  budget.addPictures(two);
  assert.is(budget.bytes_free, 1024 * MIB);
  budget.add(900 * MIB);
  assert.equal([one.bytes > 0, two.bytes > 0], [true, true]);
  budget.add(50 * MIB);
  assert.equal([one.bytes, two.bytes > 0], [0, true]);
  budget.add(70 * MIB);
  assert.is(two.bytes, 0);
  assert.is(budget.bytes_free, 4 * MIB);
});

test('a project that is no more keeps nothing', () => {
  const [budget] = budgets(1) as [Budget];
  const [gone, other] = [new Pictures(200), new Pictures(200)];
  budget.addPictures(gone);
  budget.forgetPictures(gone);
  budget.addPictures(other);
  budget.add(800 * MIB);
  assert.ok(other.bytes > 0);
});

test.run();
