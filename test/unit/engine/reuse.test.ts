/** Room of blocks that were packed is used again, and never while somebody has it. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCK_VOXELS, newBlockData, newScratch } from '../../../engine/volume/block.ts';
import { Volume } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const reuse = suite('room used again');

/** More blocks a row than 2048 / 32, so that the blocks of 32 rows are not all words. */
const SIDE = 70;

/** Writes voxels of a random block, in one of the ways that there are. */
function writeSome(volume: Volume, random: () => number): void {
  const [x, y] = [Math.floor(random() * SIDE) * 16, Math.floor(random() * SIDE) * 16];
  const word = (0xff00_0000 + Math.floor(random() * 0xff_ffff)) >>> 0;
  const way = random();
  if (way < 0.6) for (let i = 0; i < 16; i++) volume.set(x + i, y + i, i, word + (i & 3));
  else if (way < 0.9) {
    const words = newBlockData();
    words.fill(word, 256, 512);
    volume.giveBlock(x, y, 0, words);
  } else volume.fillBox([x + 1, y + 1, 0], [x + 20, y + 20, 1], word);
}

reuse('arrays that somebody was given stay as they are, however much is written', () => {
  const random = randomNumbers(SEED);
  const volume = new Volume();
  const held: { readonly array: Uint32Array; readonly copy: Uint32Array }[] = [];
  const hold = (array: Uint32Array) => {
    if (array.length === BLOCK_VOXELS) held.push({ array, copy: array.slice() });
  };
  for (let step = 0; step < 30_000; step++) {
    writeSome(volume, random);
    if (step % 100 !== 0) continue;
    // Who reads has what was written until it is written again: the volume copies then.
    volume.hold();
    const slot = Math.floor(random() * volume.blockCount);
    const { x, y, z, data } = volume.blockIn(slot);
    hold(data);
    hold(volume.blockAt(x, y, z)!);
    if (step % 10_000 === 0) for (const array of volume.snapshot().blocks) hold(array);
  }
  assert.ok(held.length > 2000, `${held.length} arrays were held`);
  for (const { array, copy } of held) assert.equal(array, copy);
});

reuse('what a reader keeps of a volume that holds it alone stays as it is', () => {
  const random = randomNumbers(SEED + 1);
  const volume = new Volume();
  for (let x = 0; x < 100; x++) volume.set(16 * x, -1, 0, 0xff00_0000 + x);
  const kept = Array.from({ length: 100 }, (_, x) => volume.blockAt(16 * x, -1, 0)!);
  for (let step = 0; step < 8000; step++) writeSome(volume, random);
  assert.is.not(volume.blockAt(0, -1, 0), kept[0], 'it is packed by now');
  for (const [x, words] of kept.entries()) {
    const expected = new Uint32Array(BLOCK_VOXELS);
    expected[15 * 16] = 0xff00_0000 + x;
    assert.equal(words, expected);
  }
});

reuse('a copy of a volume is read while that is written', () => {
  const volume = new Volume();
  for (let i = 0; i < SIDE ** 2; i++) volume.set((i % SIDE) * 16, i & ~15, 0, 0xff00_0000 + i);
  const copy = volume.clone();
  const scratch = newScratch();
  const read: { readonly array: Uint32Array; readonly copy: Uint32Array }[] = [];
  for (const { data } of copy.blocks(scratch)) {
    if (data !== scratch) read.push({ array: data, copy: data.slice() });
  }
  assert.ok(read.length > 0, 'some are words');
  for (let i = 0; i < SIDE ** 2; i++) volume.set((i % SIDE) * 16, -1 - (i & ~15), 0, 0xff00_00ff);
  for (const { array, copy } of read) assert.equal(array, copy);
});

const SHEET = 2400;

/** A sheet one voxel thick, of 22,500 blocks, and what it makes the buffers of a thread grow by. */
function grownBy(draw: (volume: Volume) => void): number {
  const before = process.memoryUsage().arrayBuffers;
  const volume = new Volume();
  draw(volume);
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.is(volume.count(), SHEET ** 2);
  return grown / volume.count();
}

function setAll(volume: Volume): void {
  for (let y = 0; y < SHEET; y++) {
    for (let x = 0; x < SHEET; x++) volume.set(x, y, 0, 0xff00_0000 + ((x ^ y) & 15));
  }
}

function giveAll(volume: Volume): void {
  for (let y = 0; y < SHEET; y += 16) {
    for (let x = 0; x < SHEET; x += 16) {
      const words = newBlockData();
      for (let i = 0; i < 256; i++) words[i] = 0xff00_0000 + ((i + x) & 15);
      volume.giveBlock(x, y, 0, words);
    }
  }
}

reuse('a sheet leaves no room about that nobody uses', () => {
  // 5.8 bytes a voxel are the blocks that stay words. Without reuse 50 and more lie about.
  for (const draw of [setAll, giveAll]) {
    const bytes = grownBy(draw);
    assert.ok(bytes < 12, `${draw.name}: ${bytes} bytes a voxel`);
  }
  const bytes = grownBy((volume) => volume.fillBox([0, 0, 0], [SHEET, SHEET, 1], 0xff00_00ff));
  assert.ok(bytes < 1, `fillBox: ${bytes} bytes a voxel`);
});

reuse.run();
