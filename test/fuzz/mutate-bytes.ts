/** Damage that knows nothing of a format: bits, numbers, and runs of bytes. */

import type { Random } from './random.ts';

type Mutation = (bytes: Buffer, random: Random, other: Uint8Array) => Buffer;

/** Files do not grow by more, or a campaign would be about large files. */
const GROWTH_MAX = 2 ** 16;
const RUN_MAX = 512;
/** Beginnings and ends are hit more often than the middle, since headers and tables are there. */
const EDGE_BYTES = 64;

const INTERESTING = [
  ...[0, 1, -1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257],
  ...[511, 512, 1023, 1024, 4095, 4096, 4097, 16383, 16384, 32767, 32768, 65535, 65536, 65537],
  ...[0xff_ffff, 0x100_0000, 0x3fff_ffff, 0x4000_0000, 0x7fff_fffe, 0x7fff_ffff, -0x8000_0000],
  ...[-0x7fff_ffff, -2, -16, -17, -32768, -65536],
  // As float32: 1, NaN, infinities, the greatest and the least number.
  ...[0x3f80_0000, 0x7fc0_0000, 0x7f80_0000, -0x80_0000, 0x7f7f_ffff, 1],
];

const MUTATIONS: readonly Mutation[] = [
  (bytes, random) => {
    bytes[place(bytes, 1, random)]! ^= 1 << random.below(8);
    return bytes;
  },
  (bytes, random) => {
    bytes[place(bytes, 1, random)] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    bytes[place(bytes, 1, random)] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
    return bytes;
  },
  (bytes, random) => number(bytes, random, () => random.pick(INTERESTING)),
  (bytes, random) => number(bytes, random, (value) => value + random.below(33) - 16),
  (bytes, random) => number(bytes, random, (value) => -value),
  (bytes, random) => number(bytes, random, () => bytes.length + random.below(9) - 4),
  (bytes, random) => {
    if (bytes.length < 2) return bytes;
    bytes.writeUInt16LE(random.below(0x1_0000), place(bytes, 2, random));
    return bytes;
  },
  (bytes, random) => bytes.subarray(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.subarray(0, bytes.length - random.small(bytes.length)),
  (bytes, random) => bytes.subarray(random.small(bytes.length)),
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(from, to), bytes.subarray(at)]);
  },
  (bytes, random) => {
    const run = Buffer.alloc(1 + random.small(RUN_MAX), random.pick([0, 0xff, random.below(256)]));
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), run, bytes.subarray(at)]);
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    return bytes.fill(random.pick([0, 0xff, random.below(256)]), from, to);
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    for (let at = from; at < to; at++) bytes[at] = random.below(256);
    return bytes;
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random);
    bytes.copyWithin(random.below(bytes.length), from, to);
    return bytes;
  },
  (bytes, random, other) => {
    const cut = random.below(Math.min(bytes.length, other.length) + 1);
    return Buffer.concat([bytes.subarray(0, cut), other.subarray(cut)]);
  },
  (bytes, random, other) => {
    const [from, to] = range(other, random);
    const at = random.below(bytes.length + 1);
    const skip = random.chance(0.5) ? to - from : 0;
    return Buffer.concat([
      bytes.subarray(0, at),
      other.subarray(from, to),
      bytes.subarray(at + skip),
    ]);
  },
];

/** A damaged copy; `other` is a file to take parts from. */
export function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + random.small(6); left > 0 && result.length > 0; left--) {
    result = random.pick(MUTATIONS)(result, random, other);
  }
  return result.subarray(0, bytes.length + GROWTH_MAX);
}

/** Where to put so many bytes: anywhere, or near an end, or at a multiple of their number. */
function place(bytes: Uint8Array, size: number, random: Random): number {
  const last = bytes.length - size;
  const way = random.below(4);
  if (way === 0) return Math.min(last, random.below(EDGE_BYTES));
  if (way === 1) return Math.max(0, last - random.below(EDGE_BYTES));
  const at = random.below(last + 1);
  return way === 2 ? at - (at % size) : at;
}

/** Changes a number of 8, 16 or 32 bits, of either order of bytes. */
function number(bytes: Buffer, random: Random, change: (value: number) => number): Buffer {
  const size = random.pick([1, 2, 4, 4]);
  if (bytes.length < size) return bytes;
  const at = place(bytes, size, random);
  const little = random.chance(0.7);
  const value = little ? bytes.readIntLE(at, size) : bytes.readIntBE(at, size);
  const changed = BigInt.asIntN(size * 8, BigInt(change(value)));
  if (little) bytes.writeIntLE(Number(changed), at, size);
  else bytes.writeIntBE(Number(changed), at, size);
  return bytes;
}

function range(bytes: Uint8Array, random: Random): [from: number, to: number] {
  const from = random.below(bytes.length + 1);
  return [from, Math.min(bytes.length, from + 1 + random.small(RUN_MAX))];
}
