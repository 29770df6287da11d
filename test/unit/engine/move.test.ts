/** Movements: real Goxel's results, and the rule applied to one voxel at a time. */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Layer } from '../../../engine/document/layer.ts';
import { moved } from '../../../engine/ops/move.ts';
import { moveLayer, recenter } from '../../../engine/ops/move-layer.ts';
import { boxCorners, boxMatrix, identity, inverse } from '../../../engine/volume/matrix.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { editScript } from '../../support/edit-script.ts';
import { scripts, voxelLines } from '../../support/fixtures.ts';
import { SEED } from '../../support/seed.ts';

const RED = 0xff00_00ff;
const LIMIT = 20_000;
const EDGE = 0x7fff_ffff;
/** Of larger numbers float64 has no halves left, and nothing is made. */
const EXACT_MAX = 2 ** 40;

/** The matrix of a script's words: `t x y z`, `r degrees ax ay az` with one axis 1, `s x y z`. */
function scriptMatrix([kind, ...words]: readonly string[]): Float32Array {
  const [a, b, c, d] = words.map(Number) as [number, number, number, number];
  const m = identity();
  if (kind === 't') m.set([a, b, c], 12);
  else if (kind === 's') for (const [i, value] of [a, b, c].entries()) m[5 * i] = value;
  else {
    const angle = Math.fround((a * Math.PI) / 180);
    const [i, j] = b === 1 ? [1, 2] : c === 1 ? [2, 0] : [0, 1];
    assert.is(Math.abs(b) + Math.abs(c) + Math.abs(d), 1);
    m[5 * i] = Math.cos(angle);
    m[5 * j] = Math.cos(angle);
    m[4 * i + j] = Math.sin(angle);
    m[4 * j + i] = -Math.sin(angle);
  }
  return m;
}

/** The rule for every place of a cube around the origin. */
function naive(source: Volume, matrix: Float32Array, reach: number): Volume {
  const back = inverse(matrix)!;
  const round = (value: number) => Math.trunc(value < 0 ? value - 0.5 : value + 0.5);
  const target = new Volume();
  for (let z = -reach; z < reach; z++) {
    for (let y = -reach; y < reach; y++) {
      for (let x = -reach; x < reach; x++) {
        const from = (i: number) =>
          round(back[i]! * x + (back[4 + i]! * y + (back[8 + i]! * z + back[12 + i]!)));
        const [sx, sy, sz] = [from(0), from(1), from(2)];
        const inside = sx === (sx | 0) && sy === (sy | 0) && sz === (sz | 0);
        if (inside) target.set(x, y, z, source.get(sx, sy, sz));
      }
    }
  }
  return target;
}

const near = fc.integer({ min: -20, max: 20 });
const color = fc.integer({ min: 1, max: 0xff_ffff }).map((rgb) => (rgb | 0xff00_0000) >>> 0);
const voxels = fc
  .array(fc.tuple(near, near, near, color), { minLength: 20, maxLength: 60 })
  .map((list) => {
    const volume = new Volume();
    volume.fillBox([-9, -9, -9], [9, 9, 2], RED);
    for (const [x, y, z, rgba] of list) volume.set(x, y, z, rgba);
    return volume;
  });

const test = suite('move');

test('moves layers as Goxel does', () => {
  const found = scripts('move_');
  assert.ok(found.length >= 10);
  for (const one of found) {
    const { volume, rest } = editScript(one);
    const layer = new Layer(1, 'layer');
    layer.set({ volume });
    for (const [name, ...words] of rest) {
      if (name === 'layer') recenter(layer);
      else if (name === 'move') moveLayer(layer, scriptMatrix(words), LIMIT);
      else layer.set({ volume: moved(layer.volume, scriptMatrix(words), LIMIT) });
    }
    assert.is(voxelLines(layer.volume), one.beside('.out.txt')?.toString(), one.title);
  }
});

test('every movement is the rule applied to each place', () => {
  const entry = fc.oneof(
    fc.constantFrom(0, 1, -1, 0.5, 2),
    fc.double({ min: -1.5, max: 1.5, noNaN: true }),
  );
  const nine = fc.array(entry, { minLength: 9, maxLength: 9 });
  const quarter = fc
    .tuple(fc.constantFrom(0, 1, 2, 3, 4, 5), fc.array(fc.constantFrom(1, -1, 1.0000001)))
    .map(([order, signs]) => {
      const axes = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
      ][order]!;
      const m = Array.from({ length: 9 }, () => -4.371139e-8);
      for (const [i, axis] of axes.entries()) m[3 * i + axis] = signs[i] ?? 1;
      return m;
    });
  const shift = fc.oneof(
    fc.integer({ min: -30, max: 30 }),
    fc.constantFrom(-16, 0, 16, 32, 0.5, -0.5, 7.499, 0.49),
  );
  fc.assert(
    fc.property(
      voxels,
      fc.oneof(quarter, nine, fc.constant([1, 0, 0, 0, 1, 0, 0, 0, 1])),
      fc.tuple(shift, shift, shift),
      (source, r, t) => {
        const m = new Float32Array([
          ...[r[0]!, r[1]!, r[2]!, 0],
          ...[r[3]!, r[4]!, r[5]!, 0],
          ...[r[6]!, r[7]!, r[8]!, 0],
          ...[...t, 1],
        ]);
        const before = voxelLines(source);
        const target = moved(source, m, LIMIT * 10);
        const back = inverse(m);
        if (back === undefined || back.some((value) => Math.abs(value) > EXACT_MAX)) {
          assert.is(target.count(), 0);
          return;
        }
        const reach = 48;
        const part = new Volume();
        for (const { x, y, z, data } of target.blocks()) {
          const inside = [x, y, z].every((v) => v >= -reach && v < reach);
          if (inside) part.setBlock(x, y, z, data);
        }
        assert.is(voxelLines(part), voxelLines(naive(source, m, reach)));
        // What is shared must not change with the source.
        source.fillBox([-50, -50, -50], [50, 50, 50], 0xffff_ffff);
        source.fillBox([-50, -50, -50], [50, 50, 50], 0);
        assert.is.not(before, '');
        assert.is(voxelLines(moved(target, identity(), LIMIT * 10)), voxelLines(target));
      },
    ),
    { seed: SEED, numRuns: 20 },
  );
});

test('a step by whole blocks shares them, and either may be written', () => {
  const source = new Volume();
  source.fillBox([0, 0, 0], [40, 16, 16], RED);
  source.set(3, 3, 3, 0xffff_ffff);
  const m = identity();
  m.set([32, -16, 160], 12);
  const target = moved(source, m, LIMIT);
  assert.is(target.blockAt(32, -16, 160), source.blockAt(0, 0, 0));
  source.set(3, 3, 3, 0);
  target.set(35, -13, 163, RED);
  assert.is(source.get(3, 3, 3), 0);
  assert.is(target.get(35, -13, 163), RED);
  assert.is(target.count(), 40 * 256);
});

test('what would leave the coordinates is refused, up to them is not', () => {
  const source = new Volume();
  source.fillBox([EDGE - 20, 0, 0], [EDGE, 1, 1], RED);
  const by = (x: number) => {
    const m = identity();
    m.set([x], 12);
    return moved(source, m, LIMIT);
  };
  assert.throws(() => by(16), 'too large');
  assert.throws(() => by(1), 'too large');
  assert.equal(by(-16).box(), { min: [EDGE - 36, 0, 0], max: [EDGE - 16, 1, 1] });
  const low = new Volume();
  low.fillBox([-EDGE - 1, -EDGE - 1, 0], [-EDGE + 20, -EDGE, 1], RED);
  const flip = identity();
  flip[0] = -1;
  assert.throws(() => moved(low, flip, LIMIT), 'too large');
  assert.is(moved(low, identity(), LIMIT).count(), 21);
});

test('too many blocks are refused', () => {
  const source = new Volume();
  source.fillBox([0, 0, 0], [64, 64, 64], RED);
  const m = identity();
  m.set([3, 3, 3], 12);
  assert.throws(() => moved(source, m, 124));
  assert.is(moved(source, m, 125).count(), 64 ** 3);
  m[0] = 1000;
  assert.throws(() => moved(source, m, LIMIT), 'too large');
});

test("a plain layer's box and origin follow, others only get their mat", () => {
  const layer = new Layer(1, 'layer');
  layer.volume.fillBox([0, 0, 0], [4, 3, 2], RED);
  layer.mat.set([1, 2, 0], 12);
  layer.set({ box: boxMatrix({ min: [0, 0, 0], max: [4, 3, 2] }) });
  const turn = scriptMatrix(['r', '90', '0', '0', '1']);
  turn.set([10, 0, -3], 12);
  moveLayer(layer, turn, LIMIT);
  const { min, max } = boxCorners(layer.box!);
  const rounded = [...min, ...max].map((value) => Math.round(value * 1000) / 1000 + 0);
  const box = layer.volume.box()!;
  assert.equal(rounded, [...box.min, ...box.max]);
  assert.equal([...layer.mat.slice(12)], [11, 2, -3, 1]);
  const shape = new Layer(2, 'shape');
  shape.set({ shape: { kind: 'cube', color: RED } });
  shape.set({ mat: boxMatrix({ min: [0, 0, 0], max: [4, 4, 4] }) });
  moveLayer(shape, scriptMatrix(['t', '5', '0', '-1']), LIMIT);
  assert.equal(boxCorners(shape.mat), { min: [5, 0, -1], max: [9, 4, 3] });
  const mat = shape.mat.slice();
  recenter(shape);
  recenter(new Layer(3, 'empty'));
  assert.equal(shape.mat, mat);
});

test.run();
