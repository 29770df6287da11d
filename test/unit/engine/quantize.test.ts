/** Colours are counted, reduced and found again as in Goxel. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nearestIndex, nearestIndices } from '../../../engine/image/nearest.ts';
import { ColorCounter, medianCut } from '../../../engine/image/quantize.ts';
import { pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';

const OPAQUE = 0xff00_0000;
const color = fc.nat(0xff_ffff).map((rgb) => (OPAQUE | rgb) >>> 0);
const grey = (value: number) => pack(value, value, value, 255);

const test = suite('quantize');

test('colours are counted in the order of their first coming', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(color, fc.nat(5)), { maxLength: 3000 }), (colors) => {
      const counter = new ColorCounter();
      const counts = new Map<number, number>();
      for (const one of colors) {
        counter.add(one, 2);
        counts.set(one, (counts.get(one) ?? 0) + 2);
      }
      assert.equal([...counter.colors], [...counts.keys()]);
      assert.equal([...counter.counts], [...counts.values()]);
      for (const [i, one] of [...counts.keys()].entries()) assert.is(counter.find(one), i);
      assert.is(counter.find(77), -1);
    }),
    { seed: SEED, numRuns: 50 },
  );
});

test('only solid voxels count, as opaque colours', () => {
  const volume = new Volume();
  volume.set(0, 0, 0, 0x7e00_0001);
  volume.set(1, 0, 0, 0x7f00_0002);
  volume.set(2, 0, 0, 0xff00_0002);
  volume.set(-1, 0, 0, 0xff00_0003);
  const counter = ColorCounter.ofSolid(volume);
  assert.equal([...counter.colors], [0xff00_0002, 0xff00_0003]);
  assert.equal([...counter.counts], [2, 1]);
});

test('no colours make an empty palette, one of one voxel is followed by nothing', () => {
  const none = new Uint32Array(0);
  assert.equal([...medianCut(none, none, 3)], [0, 0, 0]);
  assert.equal([...medianCut(Uint32Array.of(7), Uint32Array.of(1), 3)], [7, 0, 0]);
});

test('a colour on the cut belongs to both halves', () => {
  const colors = Uint32Array.of(grey(0), grey(100), grey(200));
  // Half of 8 voxels: 1 of grey 0 and 3 of grey 100; the other 3 of it are with grey 200.
  const cut = medianCut(colors, Uint32Array.of(1, 6, 1), 2);
  assert.equal([...cut], [grey(75), grey(125)]);
});

test('the widest channel is cut, the first of equally wide ones', () => {
  const colors = Uint32Array.of(pack(9, 0, 90, 255), pack(0, 9, 0, 255), pack(9, 9, 91, 255));
  const counts = Uint32Array.of(1, 1, 2);
  assert.equal([...medianCut(colors, counts, 2)], [pack(4, 4, 45, 255), pack(9, 9, 91, 255)]);
  const flat = Uint32Array.of(pack(9, 0, 0, 255), pack(0, 9, 0, 255));
  assert.equal([...medianCut(flat, Uint32Array.of(1, 1), 2)], [pack(0, 9, 0, 255), flat[0]]);
});

test('a palette lies within the colours and has no fewer entries than asked', () => {
  fc.assert(
    fc.property(fc.uniqueArray(color, { minLength: 1, maxLength: 600 }), (list) => {
      const palette = medianCut(Uint32Array.from(list), new Uint32Array(list.length).fill(3), 64);
      assert.is(palette.length, 64);
      for (const shift of [0, 8, 16]) {
        const values = list.map((one) => (one >>> shift) & 0xff);
        const [low, high] = [Math.min(...values), Math.max(...values)];
        for (const entry of palette) {
          const value = (entry >>> shift) & 0xff;
          assert.ok(entry === 0 || (value >= low && value <= high));
        }
      }
    }),
    { seed: SEED, numRuns: 100 },
  );
});

test('the nearest entry is the first of equally near ones, in the range only', () => {
  const palette = Uint32Array.of(grey(50), grey(10), grey(30), grey(30), grey(50));
  assert.is(nearestIndex(palette, grey(50), 1, 3), 2);
  assert.is(nearestIndex(palette, grey(20), 1, 3), 1);
  assert.is(nearestIndex(palette, grey(30), 0, 4), 2);
  assert.is(nearestIndex(palette, grey(50), 0, 4), 0);
});

test('many colours find the entries that one by one they find', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(color, fc.constant(0)), { minLength: 3, maxLength: 256 }),
      fc.array(color, { maxLength: 300 }),
      (entries, colors) => {
        const palette = Uint32Array.from(entries);
        const last = palette.length - 2;
        const one = colors.map((wanted) => nearestIndex(palette, wanted, 1, last));
        assert.equal([...nearestIndices(palette, Uint32Array.from(colors), 1, last)], one);
      },
    ),
    { seed: SEED, numRuns: 300 },
  );
});

test.run();
