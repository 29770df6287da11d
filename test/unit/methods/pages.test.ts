/** Reading voxels page by page gives each once, whatever the page size, in a fixed order. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { TestEngine } from '../../support/engine.ts';
import { SEED } from '../../support/seed.ts';

const pages = suite('pages');

interface Voxel {
  x: number;
  y: number;
  z: number;
  color: number[];
}
interface Page {
  voxels: Voxel[];
  count: number;
  truncated: boolean;
  bbox?: { min: number[]; max: number[] };
}

const coordinate = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(-16, -1, 15, 16));
const voxel = fc.record({
  x: coordinate,
  y: coordinate,
  z: coordinate,
  r: fc.constantFrom(3, 2),
  g: fc.constant(0),
  b: fc.constant(0),
});

pages('pages put together are the whole, in an order that does not depend on the edits', () => {
  const property = fc.property(
    fc.array(voxel, { maxLength: 60 }),
    fc.integer({ min: 1, max: 25 }),
    fc.tuple(coordinate, coordinate, coordinate),
    fc.tuple(coordinate, coordinate, coordinate),
    (voxels, limit, min, max) => {
      const engine = new TestEngine();
      engine.call('add_voxels', { voxels });
      const model = new Map(voxels.map((v) => [`${v.x},${v.y},${v.z}`, v]));
      const between = (value: number, axis: 0 | 1 | 2) =>
        value >= Math.min(min[axis], max[axis]) && value <= Math.max(min[axis], max[axis]);
      const inside = [...model.values()].filter(
        ({ x, y, z }) => between(x, 0) && between(y, 1) && between(z, 2),
      );
      const read: Voxel[] = [];
      for (;;) {
        const request = { min, max, limit, offset: read.length };
        const page = engine.call('get_voxels_region', request) as Page;
        assert.is(page.count, page.voxels.length);
        assert.is(page.truncated, read.length + page.count < inside.length);
        assert.equal(page.bbox, boxOf(page.voxels));
        read.push(...page.voxels);
        if (!page.truncated) break;
      }
      const key = ({ x, y, z }: { x: number; y: number; z: number }) => `${x},${y},${z}`;
      assert.equal(read.map(key).sort(), inside.map(key).sort());
      for (const { x, y, z, color } of read) {
        assert.is(color[0], model.get(`${x},${y},${z}`)?.r);
      }
      const backwards = new TestEngine();
      backwards.call('add_voxels', { voxels: [...model.values()].reverse() });
      const again = backwards.call('get_voxels_region', { min, max, limit: 0 }) as Page;
      assert.equal(again.voxels, read);
      const twos = engine.call('get_layer_voxels', { color_filter: [2, 0, 0] }) as Page;
      assert.is(twos.count, [...model.values()].filter(({ r }) => r === 2).length);
    },
  );
  fc.assert(property, { seed: SEED, numRuns: 150 });
});

function boxOf(voxels: readonly Voxel[]): Page['bbox'] {
  if (voxels.length === 0) return undefined;
  const ends = (pick: (...values: number[]) => number) => [
    pick(...voxels.map(({ x }) => x)),
    pick(...voxels.map(({ y }) => y)),
    pick(...voxels.map(({ z }) => z)),
  ];
  return { min: ends(Math.min), max: ends(Math.max) };
}

pages.run();
