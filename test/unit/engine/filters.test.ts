/** Filters, cuts and crops: real Goxel's results, and places far out. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { clipped } from '../../../engine/ops/clip.ts';
import { planeCut } from '../../../engine/ops/cut.ts';
import { adjustColors, mirror, wrap } from '../../../engine/ops/filters.ts';
import type { Box, Vec3 } from '../../../engine/volume/box.ts';
import { pack } from '../../../engine/volume/color.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { editScript, numbers } from '../../support/edit-script.ts';
import { scripts, voxelLines } from '../../support/fixtures.ts';

const RED = 0xff00_00ff;
const EDGE = 0x7fff_ffff;
type Axis = 0 | 1 | 2;

function boxOf(command: readonly string[] | undefined): Box {
  const [a, b, c, d, e, f] = numbers(command) as [number, number, number, number, number, number];
  return { min: [a, b, c], max: [d, e, f] };
}

/** Runs the scripts of a kind; the function gives the volume that the script ends with. */
function compare(
  beginning: string,
  count_min: number,
  run: (volume: Volume, rest: string[][]) => Volume,
): void {
  const found = scripts(beginning);
  assert.ok(found.length >= count_min);
  for (const one of found) {
    const { volume, rest } = editScript(one);
    const result = run(volume, rest);
    assert.is(voxelLines(result), one.beside('.out.txt')?.toString(), one.title);
  }
}

const test = suite('filters');

test('adjusts colours as Goxel does', () => {
  compare('filter_colors_', 11, (volume, rest) => {
    const [hue, lightness, saturation, contrast] = numbers(rest[0]) as [
      number,
      number,
      number,
      number,
    ];
    return adjustColors(volume, { hue, lightness, saturation, contrast });
  });
});

test('adjusting keeps alpha and what is empty', () => {
  const volume = new Volume();
  volume.set(1, 1, 1, pack(200, 100, 50, 3));
  const adjustment = { hue: 0, lightness: 100, saturation: 0, contrast: 0 };
  assert.is(voxelLines(adjustColors(volume, adjustment)), '1 1 1 ffffff03\n');
});

test('mirrors as Goxel does', () => {
  compare('mirror_', 1, (volume, rest) => {
    mirror(volume, Number(rest[1]![1]) as Axis, boxOf(rest[0]));
    return volume;
  });
});

test('wraps as Goxel does', () => {
  compare('wrap_', 4, (volume, rest) => {
    const [axis, sign] = numbers(rest[1]) as [Axis, 1 | -1];
    wrap(volume, axis, sign, boxOf(rest[0]));
    return volume;
  });
});

test('cuts as Goxel does', () => {
  compare('cut_', 2, (volume, rest) => {
    const [a, b, c, d, e, f] = numbers(rest[0]) as [number, number, number, number, number, number];
    planeCut(volume, [a, b, c], [d, e, f], rest[1]![1] as 'above' | 'below');
    return volume;
  });
});

test('crops as Goxel does', () => {
  compare('crop', 1, (volume, rest) => clipped(volume, boxOf(rest[0])));
});

test('mirror and wrap leave what is outside alone, at any coordinates', () => {
  for (const corner of [-40, 5, EDGE - 50, -EDGE - 1]) {
    for (const axis of [0, 1, 2] as const) {
      const at = (along: number): Vec3 =>
        [0, 1, 2].map((i) => corner + (i === axis ? along : 7)) as unknown as Vec3;
      const volume = new Volume();
      const words = Array.from({ length: 45 }, (_, i) => pack(i, 9, 9, 255));
      for (const [i, word] of words.entries()) volume.set(...at(i), word);
      const low = at(3).map((value, i) => (i === axis ? value : corner)) as unknown as Vec3;
      const high = at(40).map((value, i) => (i === axis ? value : value + 1)) as unknown as Vec3;
      const inside = words.slice(3, 40);
      const show = () => words.map((_, i) => volume.get(...at(i)));
      mirror(volume, axis, { min: low, max: high });
      const mirrored = [...inside].reverse();
      assert.equal(show(), [...words.slice(0, 3), ...mirrored, ...words.slice(40)]);
      wrap(volume, axis, 1, { min: low, max: high });
      const wrapped = [mirrored.at(-1)!, ...mirrored.slice(0, -1)];
      assert.equal(show(), [...words.slice(0, 3), ...wrapped, ...words.slice(40)]);
      wrap(volume, axis, -1, { min: low, max: high });
      assert.equal(show(), [...words.slice(0, 3), ...mirrored, ...words.slice(40)]);
      assert.is(volume.count(), 45);
    }
  }
});

test('a slanting cut takes each voxel by its centre', () => {
  const planes: [Vec3, Vec3][] = [
    [
      [4.5, 4.5, 4.5],
      [1, -2, 3],
    ],
    [
      [20, 20, 20],
      [-0.3, 0.2, 0.9],
    ],
    [
      [0, 0, 33],
      [0, 0, 5],
    ],
  ];
  for (const [origin, normal] of planes) {
    for (const side of ['above', 'below'] as const) {
      const volume = new Volume();
      volume.fillBox([-20, -20, -20], [40, 40, 40], RED);
      planeCut(volume, origin, normal, side);
      for (let i = 0; i < 60 ** 3; i++) {
        const p = [(i % 60) - 20, (Math.trunc(i / 60) % 60) - 20, Math.trunc(i / 3600) - 20];
        const d = p.reduce((sum, value, k) => sum + (value + 0.5 - origin[k]!) * normal[k]!, 0);
        if (Math.abs(d) < 1e-9 && d !== 0) continue;
        const gone = side === 'above' ? d > 0 : d < 0;
        if ((volume.get(p[0]!, p[1]!, p[2]!) === 0) !== gone) assert.unreachable(`${p} ${side}`);
      }
    }
  }
});

test.run();
