/** Exports are streams: memory does not follow the size of the model or of its file. */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BlockNumbering } from '../../../engine/mesh/block-numbering.ts';
import { FaceSurface } from '../../../engine/mesh/faces.ts';
import { NumberedSurface } from '../../../engine/mesh/numbered.ts';
import { WindowNumbering } from '../../../engine/mesh/numbering.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers, randomVolume } from '../../support/volumes.ts';

const MEMORY = fileURLToPath(new URL('../../support/export-memory.js', import.meta.url));

/** The numbers of 2 million corners, which are remembered, and pieces that wait for collection. */
const GROWTH_BYTES_MAX = 96 * 1024 * 1024;

const test = suite('stream');

test('ten million voxels are exported in memory for a few pieces', () => {
  const formats = ['obj', 'ply', 'gltf', 'glb', 'stl', 'txt'];
  const output = execFileSync(process.execPath, [MEMORY, ...formats], { encoding: 'utf8' });
  const { voxels, bytes, grown_bytes } = JSON.parse(output) as {
    voxels: number;
    bytes: Record<string, number>;
    grown_bytes: number;
  };
  assert.ok(voxels > 10_000_000, `${voxels} voxels`);
  const written = formats.reduce((sum, format) => sum + bytes[format]!, 0);
  assert.ok(written > 8 * GROWTH_BYTES_MAX, output);
  assert.ok(grown_bytes < GROWTH_BYTES_MAX, `${grown_bytes} bytes more than before: ${output}`);
});

/** All numbers of a walk. */
function numbersOf(mesh: NumberedSurface): number[][] {
  const { corners } = mesh.surface;
  return Array.from(mesh.walk(), ({ faces, numbers, first }) => [
    first,
    ...numbers.subarray(0, faces.count * corners),
  ]);
}

test('vertices have the same numbers in every walk, remembered or not', () => {
  const random = randomNumbers(SEED);
  for (let i = 0; i < 20; i++) {
    const surface = new FaceSurface(randomVolume(random));
    for (const numbering of [
      () => new WindowNumbering(false),
      () => new WindowNumbering(true),
      () => new BlockNumbering(surface.occupancy),
    ]) {
      const remembering = new NumberedSurface(surface, numbering);
      const forgetful = new NumberedSurface(surface, numbering, 0);
      const first = numbersOf(remembering);
      assert.equal(numbersOf(remembering), first);
      assert.equal(numbersOf(forgetful), first);
      assert.equal(numbersOf(forgetful), first);
      assert.equal(remembering.count(), forgetful.count());
    }
  }
});

test('more vertices than there are numbers are refused', () => {
  const volume = new Volume();
  volume.set(0, 0, 0, 0xff00_00ff);
  const numbering = { count: 0xffff_fff0, number: () => (numbering.count += 24) };
  const mesh = new NumberedSurface(new FaceSurface(volume), () => numbering);
  assert.throws(() => mesh.count(), /at most 4294967295 vertices/);
});

/** The number of each different corner, by position, colour and normal; checks that it has one. */
function checkUnique(volume: Volume): void {
  const surface = new FaceSurface(volume);
  const known = new Map<string, number>();
  const mesh = new NumberedSurface(surface, () => new BlockNumbering(surface.occupancy));
  for (const { faces, numbers } of mesh.walk()) {
    for (let corner = 0; corner < faces.count * 4; corner++) {
      const at = faces.positions.subarray(corner * 3, corner * 3 + 3);
      const face = Math.floor(corner / 4);
      const key = `${at.join()} ${faces.colors[corner]} ${faces.normals[face]}`;
      const number = known.get(key) ?? known.size;
      assert.is(numbers[corner], number, `seed ${SEED}`);
      known.set(key, number);
    }
  }
}

test('vertices of glTF are merged across blocks, in whatever order those come', () => {
  const random = randomNumbers(SEED);
  for (let i = 0; i < 40; i++) checkUnique(randomVolume(random));
  // More vertices than the numbering first has room for, so that it forgets and grows.
  const volume = new Volume();
  const places = Array.from({ length: 27 }, (_, i) => [i % 3, Math.floor(i / 3) % 3, i / 9]);
  for (const [x, y, z] of places.sort(() => random() - 0.5)) {
    for (let i = 0; i < 4096; i++) {
      if (random() < 0.7) continue;
      const rgba = 0xff00_0000 + Math.floor(random() * 2);
      volume.set(
        x! * 16 + (i & 15),
        y! * 16 + ((i >> 4) & 15),
        Math.floor(z!) * 16 + (i >> 8),
        rgba,
      );
    }
  }
  checkUnique(volume);
});

test.run();
