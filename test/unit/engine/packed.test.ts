/** Blocks in few bytes: every form against the plain words, and volumes that hold such blocks. */

import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BLOCK_BYTES, BLOCK_VOXELS, newBlockData } from '../../../engine/volume/block.ts';
import type { Vec3 } from '../../../engine/volume/box.ts';
import { pack, storedBytes, unpack, wordIn } from '../../../engine/volume/packed.ts';
import { Volume, type VolumeSnapshot } from '../../../engine/volume/volume.ts';
import { SEED } from '../../support/seed.ts';
import { randomNumbers } from '../../support/volumes.ts';

const packed = suite('packed blocks');

type Random = () => number;

/** Words of so many colours in a share of the places, 0 elsewhere; some colours have alpha 0. */
function randomWords(random: Random, colors: number, share: number): Uint32Array {
  const list = Array.from({ length: colors }, (_, i) =>
    i % 5 === 4 ? i + 1 : (Math.floor(random() * 2 ** 32) | 0x0100_0001) >>> 0,
  );
  const words = newBlockData();
  // In order first, so that all of them are there.
  let next = 0;
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    if (random() >= share) continue;
    words[i] = list[next < colors ? next++ : Math.floor(random() * colors)]!;
  }
  return words;
}

packed('words come out as they went in, all at once and one by one', () => {
  const random = randomNumbers(SEED);
  const forms = new Set<string>();
  for (const colors of [1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 1000, 4096]) {
    for (const share of [0, 0.001, 0.05, 0.5, 0.7, 0.95, 0.9999, 1]) {
      const words = randomWords(random, colors, share);
      const stored = pack(words);
      if (stored === undefined) {
        const filled = words.reduce((sum, word) => sum + (word === 0 ? 0 : 1), 0);
        assert.ok(colors > 256 && filled > 2900, `${colors} colours, ${filled} words`);
        continue;
      }
      forms.add(`${stored[0]! & 0x7f}`);
      assert.ok(stored.buffer instanceof SharedArrayBuffer);
      const title = `${colors} colours, ${share} of the places`;
      assert.equal(unpack(stored, new Uint32Array(BLOCK_VOXELS).fill(7)), words, title);
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        if (wordIn(stored, i) !== words[i]) assert.unreachable(`${title}: word ${i}`);
        if (wordIn(words, i) !== words[i]) assert.unreachable(`${title}: plain word ${i}`);
      }
    }
  }
  assert.is(forms.size, 11, 'every width, with a mask and without, was there');
});

packed('runs and edges of the mask come out as they went in', () => {
  for (const places of [[0], [31], [32], [255], [256], [4095], [0, 4095], [31, 32], [63, 64, 65]]) {
    const words = newBlockData();
    for (const place of places) words[place] = 0xff00_0000 + place;
    const stored = pack(words)!;
    assert.equal(unpack(stored, new Uint32Array(BLOCK_VOXELS)), words);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      if (wordIn(stored, i) !== words[i]) assert.unreachable(`${places}: word ${i}`);
    }
  }
});

packed('a form takes what its mask, palette and entries take', () => {
  const bytes = (words: (i: number) => number) => {
    const data = newBlockData();
    for (let i = 0; i < BLOCK_VOXELS; i++) data[i] = words(i);
    return pack(data)?.byteLength;
  };
  const [head, mask] = [4, 512 + 32];
  const red = 0xff00_00ff;
  assert.is(
    bytes(() => red),
    head + 4,
  );
  assert.is(
    bytes(() => 0),
    head + 4,
  );
  assert.is(
    bytes((i) => (i < 256 ? red : 0)),
    head + mask + 4,
  );
  assert.is(
    bytes((i) => red + (i & 1)),
    head + 2 * 4 + 512,
  );
  assert.is(
    bytes((i) => (i < 256 ? red + (i & 15) : 0)),
    head + mask + 16 * 4 + 128,
  );
  assert.is(
    bytes((i) => (i < 256 ? red + i : 0)),
    head + mask + 256 * 4 + 256,
  );
  assert.is(
    bytes((i) => (i < 512 ? red + i : 0)),
    head + mask + 512 * 4,
  );
  assert.is(
    bytes((i) => red + i),
    undefined,
  );
});

/** More blocks than a volume keeps as words. */
const BLOCKS = 3000;
const SIDE = 60;

/** A volume and its words by block, written by both. */
class Pair {
  volume = new Volume();
  readonly model = new Map<string, Uint32Array>();

  set(x: number, y: number, z: number, rgba: number): void {
    this.volume.set(x, y, z, rgba);
    const words = this.#words(x, y, z);
    const place = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
    words[place] = rgba >>> 24 === 0 ? 0 : rgba;
  }

  setBlock(x: number, y: number, z: number, words: Uint32Array): void {
    this.volume.setBlock(x, y, z, words);
    this.#words(x, y, z).set(words);
  }

  fillBox(min: Vec3, max: Vec3, rgba: number): void {
    this.volume.fillBox(min, max, rgba);
    for (let z = min[2]; z < max[2]; z++) {
      for (let y = min[1]; y < max[1]; y++) {
        for (let x = min[0]; x < max[0]; x++) {
          const place = (x & 15) | ((y & 15) << 4) | ((z & 15) << 8);
          this.#words(x, y, z)[place] = rgba >>> 24 === 0 ? 0 : rgba;
        }
      }
    }
  }

  agree(volume = this.volume): void {
    let [count, bytes] = [0, 0];
    for (const { x, y, z, data, block } of volume.blocks()) {
      bytes += block.bytes;
      const words = this.model.get(`${x} ${y} ${z}`)!;
      assert.ok(words, `a block at ${x} ${y} ${z}`);
      let voxels = 0;
      for (let i = 0; i < BLOCK_VOXELS; i++) {
        if (words[i]! > 0xff_ffff) voxels++;
        if (data[i]! > 0xff_ffff || words[i]! > 0xff_ffff) {
          if (data[i] !== words[i]) assert.unreachable(`block ${x} ${y} ${z}, word ${i}`);
        }
      }
      assert.is(block.count, voxels);
      count += voxels;
    }
    assert.is(volume.count(), count);
    let expected = 0;
    for (const words of this.model.values())
      for (const word of words) expected += word > 0xff_ffff ? 1 : 0;
    assert.is(count, expected);
    assert.ok(volume.byteLength >= bytes);
  }

  #words(x: number, y: number, z: number): Uint32Array {
    const key = `${x & ~15} ${y & ~15} ${z & ~15}`;
    let words = this.model.get(key);
    if (words !== undefined) return words;
    words = new Uint32Array(BLOCK_VOXELS);
    this.model.set(key, words);
    return words;
  }
}

function filledPair(random: Random): Pair {
  const pair = new Pair();
  for (let i = 0; i < BLOCKS; i++) {
    const [x, y] = [(i % SIDE) * 16, Math.floor(i / SIDE) * 16];
    const colors = [1, 2, 4, 16, 200, 4096][Math.floor(random() * 6)]!;
    pair.setBlock(x, y, 0, randomWords(random, colors, random() < 0.2 ? 1 : random()));
  }
  return pair;
}

packed('a volume of more blocks than stay as words is what was written into it', () => {
  const random = randomNumbers(SEED + 1);
  const pair = filledPair(random);
  pair.agree();
  const integer = (end: number) => Math.floor(random() * end);
  const position = () => [integer(SIDE * 16), integer(SIDE * 16), integer(20) - 2] as const;
  for (let step = 0; step < 3000; step++) {
    const [x, y, z] = position();
    const rgba = random() < 0.3 ? 0 : (0x8000_0000 + integer(4)) >>> 0;
    if (step % 500 === 0) {
      pair.fillBox([x, y, z], [x + integer(40), y + integer(40), z + integer(20)], rgba);
    } else if (step % 50 === 0) {
      pair.setBlock(x & ~15, y & ~15, 0, randomWords(random, 1 + integer(300), random()));
    } else pair.set(x, y, z, rgba);
    const [gx, gy, gz] = position();
    const words = pair.model.get(`${gx & ~15} ${gy & ~15} ${gz & ~15}`);
    const word = words?.[(gx & 15) | ((gy & 15) << 4) | ((gz & 15) << 8)] ?? 0;
    assert.is(pair.volume.get(gx, gy, gz), word > 0xff_ffff ? word : 0);
  }
  pair.agree();
});

packed('a snapshot goes to another thread packed, and edits go on beside it', () => {
  const random = randomNumbers(SEED + 2);
  const pair = filledPair(random);
  const { port1, port2 } = new MessageChannel();
  port1.postMessage(pair.volume.snapshot());
  const clone = pair.volume.clone();
  for (let i = 0; i < BLOCKS; i++) {
    pair.volume.set((i % SIDE) * 16 + 3, Math.floor(i / SIDE) * 16 + 5, 7, 0xff00_ff00 + i);
  }
  const { message } = receiveMessageOnPort(port2) as { message: VolumeSnapshot };
  port1.close();
  const small = message.blocks.filter((stored) => storedBytes(stored) < BLOCK_BYTES).length;
  assert.ok(small > BLOCKS / 4, `${small} of the blocks are packed`);
  pair.agree(Volume.of(message));
  pair.agree(clone);
});

packed('words that a reader keeps stay as they are, however many others are read', () => {
  const pair = filledPair(randomNumbers(SEED + 3));
  const kept = [...pair.volume.blocks()].map(({ x, y, z, data }) => ({ x, y, z, data }));
  pair.volume.fillBox([0, 0, 0], [SIDE * 16, SIDE * 16, 16], 0xff12_3456);
  for (const { x, y, z, data } of kept) assert.equal(data, pair.model.get(`${x} ${y} ${z}`));
});

packed('a block written again and again is not packed in between', () => {
  const { volume } = filledPair(randomNumbers(SEED + 4));
  volume.set(3, 3, 3, 0xff00_0001);
  const before = volume.blockAt(0, 0, 0)!;
  for (let i = 0; i < 200; i++) {
    volume.set(i & 15, 3, 3, 0xff00_0000 + i);
    assert.is(volume.blockAt(0, 0, 0), before);
    // Another block becomes words, and one is packed for it.
    volume.set((i % SIDE) * 16, 32 + 16 * (i % 30), 0, 0xff00_00ff);
  }
});

packed('a sheet one voxel thick takes at most 20 bytes a voxel', () => {
  const side = 2000;
  for (const colors of [1, 16, 256]) {
    const volume = new Volume();
    for (let y = 0; y < side; y += 16) {
      for (let x = 0; x < side; x += 16) {
        const words = newBlockData();
        for (let i = 0; i < 256; i++) words[1024 + i] = 0xff00_0000 + ((i * 7 + x) % colors);
        volume.setBlock(x, y, 0, words);
      }
    }
    assert.is(volume.count(), side * side);
    const bytes = volume.byteLength / volume.count();
    assert.ok(bytes <= 20, `${bytes} bytes a voxel, of ${colors} colours`);
    volume.clear();
    assert.is(volume.byteLength, 0);
  }
});

packed.run();
