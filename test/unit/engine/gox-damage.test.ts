/**
 * Damaged .gox files: always a GoxError that says where, never a crash, a hang or half a document.
 */

import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { encodePng } from '../../../engine/image/png.ts';
import { model } from '../../support/fixtures.ts';
import { chunk, chunksOf, dict, goxFile } from '../../support/gox-file.ts';
import { assertInProportion } from '../../support/in-proportion.ts';
import { SEED } from '../../support/seed.ts';

const gox = formatFor('a.gox');
const FILE = 'broken.gox';
const read = (bytes: Uint8Array, voxel_bytes_max?: number) =>
  gox.read!(bytes, FILE, voxel_bytes_max === undefined ? {} : { voxel_bytes_max });

/** The error of a file that must be refused, or the document of one that need not be. */
function outcome(bytes: Uint8Array): GoxError | Document {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof GoxError) return error;
    throw error;
  }
}

function refused(bytes: Uint8Array, code: string, message: RegExp, limit?: number): GoxError {
  try {
    read(bytes, limit);
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    assert.is(error.code, code, error.message);
    assert.match(error.message, message);
    assert.ok(error.message.includes(FILE), error.message);
    return error;
  }
  return assert.unreachable(`not refused: ${message}`) as never;
}

const int32 = (...values: number[]) => Buffer.from(Int32Array.from(values).buffer);
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);
const block = chunk(
  'BL16',
  encodePng({ width: 64, height: 64, rgba: new Uint8Array(16384).fill(255) }),
);
const layer = (blocks: number[][], fields: Record<string, Uint8Array> = {}) =>
  chunk('LAYR', Buffer.concat([int32(blocks.length, ...blocks.flat()), dict(fields)]));

const test = suite('damaged .gox');

test('a file cut at any byte is refused, unless the cut is between chunks behind a layer', () => {
  for (const name of ['two', 'multi']) {
    const { bytes } = model(name);
    const chunks = chunksOf(bytes);
    const firstLayer = chunks.findIndex(({ type }) => type === 'LAYR');
    const sound = new Set(chunks.slice(firstLayer + 1).map(({ offset }) => offset));
    for (let length = 0; length < bytes.length; length++) {
      const result = outcome(bytes.subarray(0, length));
      if (sound.has(length)) continue;
      assert.ok(result instanceof GoxError, `${name} cut to ${length} bytes is taken`);
      assert.is(result.code, 'GOX_FORMAT_BROKEN');
      assert.is(result.details?.file, FILE);
      const { chunk: where, offset } = result.details as { chunk: string; offset: number };
      assert.is(typeof where, 'string');
      assert.ok(offset >= 0 && offset <= length, `offset ${offset} of ${length}`);
    }
  }
});

test('a file with any bit flipped is read or refused, and blocks never change unnoticed', () => {
  const { bytes } = model('two');
  const images = chunksOf(bytes).filter(({ type }) => type === 'BL16');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const result = outcome(flipped);
    const at = bit >> 3;
    const inImage = images.some(
      ({ offset, data }) => at >= offset + 8 && at < offset + 8 + data.length,
    );
    if (inImage) assert.ok(result instanceof GoxError, `bit ${bit} of a block`);
    if (!(result instanceof GoxError)) result.merged();
  }
});

test('noise anywhere in a file is read or refused', () => {
  const { bytes } = model('multi');
  const noise = fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 16 }));
  fc.assert(
    fc.property(fc.array(noise, { minLength: 1, maxLength: 4 }), (changes) => {
      const noisy = Buffer.from(bytes);
      for (const [at, data] of changes) noisy.set(data.subarray(0, noisy.length - at), at);
      outcome(noisy);
    }),
    { seed: SEED, numRuns: 800 },
  );
});

test('chunks of noise are read or refused', () => {
  const type = fc.constantFrom('IMG ', 'PREV', 'BL16', 'MATE', 'LAYR', 'CAMR', 'LIGH', 'what');
  const word = fc.oneof(fc.integer({ min: -2, max: 70 }), fc.integer());
  const words = fc.array(word, { maxLength: 40 }).map((values) => int32(...values));
  fc.assert(
    fc.property(fc.array(fc.tuple(type, words), { maxLength: 6 }), (chunks) => {
      outcome(goxFile(block, ...chunks.map(([name, data]) => chunk(name, data))));
    }),
    { seed: SEED, numRuns: 800 },
  );
});

test('errors name the chunk and its byte', () => {
  const bytes = goxFile(block, layer([[1, 0, 0, 0, 0]]));
  const error = refused(bytes, 'GOX_FORMAT_BROKEN', /no block 1/);
  assert.equal(error.details, { file: FILE, chunk: 'LAYR', offset: 8 + block.length + 12 });
  assert.match(error.message, /^broken\.gox is damaged in chunk "LAYR", byte \d+: /);
});

const BROKEN: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ['nothing', Buffer.alloc(0), /does not begin/],
  ['another magic', Buffer.from('GOX\0\x02\0\0\0'), /does not begin/],
  ['version 3', Buffer.from('GOX \x03\0\0\0'), /version 3/],
  ['version 0', Buffer.from('GOX \0\0\0\0'), /version 0/],
  ['version -1', Buffer.concat([Buffer.from('GOX '), int32(-1)]), /version -1/],
  ['no layer', goxFile(block), /before its first layer/],
  ['a negative length', goxFile(Buffer.concat([Buffer.from('LAYR'), int32(-12, 0)])), /-12 bytes/],
  ['a block of -1', goxFile(block, layer([[-1, 0, 0, 0, 0]])), /no block -1/],
  ['a negative count', goxFile(chunk('LAYR', int32(-1))), /-1 blocks/],
  ['a great count', goxFile(chunk('LAYR', int32(0x7fff_ffff))), /2147483647 blocks/],
  ['a block at the end', goxFile(block, layer([[0, 0x7fff_fff8, 0, 0, 0]])), /out of range/],
  ['a key too long', goxFile(chunk('IMG ', int32(6, 0))), /key of 6 bytes/],
  ['a value too long', goxFile(chunk('IMG ', int32(1, 9))), /key length|value/],
];
for (const [what, bytes, message] of BROKEN) {
  test(`refuses ${what}`, () => void refused(bytes, 'GOX_FORMAT_BROKEN', message));
}

test('blocks of version 1 may not begin below the last coordinate', () => {
  const bytes = goxFile(block, layer([[0, -0x8000_0000, 0, 0, 0]]));
  bytes[4] = 1;
  refused(bytes, 'GOX_FORMAT_BROKEN', /out of range/);
});

test('blocks off the grid overwrite each other, empty voxels too', () => {
  const empty = chunk('BL16', encodePng({ width: 64, height: 64, rgba: new Uint8Array(16384) }));
  const placed = [
    [0, 3, -5, 7, 0],
    [1, 3, -5, 8, 0],
    [0, 0, 0, 16, 0],
  ];
  const { volume } = read(goxFile(block, empty, layer(placed))).activeLayer;
  assert.is(volume.get(3, -5, 7), 0xffff_ffff);
  assert.is(volume.get(3, -5, 8), 0);
  assert.is(volume.count(), 256 + 4096);
});

test('a small file cannot ask for more memory than allowed', () => {
  const blocks = (count: number, step: number) =>
    Array.from({ length: count }, (_, i) => [0, i * step, 0, 0, 0]);
  const limit = 64 * 16384;
  read(goxFile(block, layer(blocks(64, 16))), limit);
  const offGrid = blocks(33, 32).map(([n, x]) => [n!, x! + 1, 0, 0, 0]);
  const two = [layer(blocks(40, 16)), layer(blocks(40, 16))];
  for (const layers of [[layer(blocks(65, 16))], [layer(offGrid)], two]) {
    const file = goxFile(block, ...layers);
    const { details } = refused(file, 'GOX_MEMORY_LIMIT', /take \d+ bytes at least/, limit);
    assert.ok(Number(details?.bytes) > limit, `${details?.bytes} are not too many`);
  }
  refused(goxFile(...Array<Buffer>(65).fill(block)), 'GOX_MEMORY_LIMIT', /blocks/, limit);
});

test('clones and shapes of great size are refused, endless and undefined ones are empty', () => {
  const scaled = (size: number) => floats(size, 0, 0, 0, 0, size, 0, 0, 0, 0, size, 0, 0, 0, 0, 1);
  const base = layer([[0, 0, 0, 0, 0]], { id: int32(7) });
  const clone = (mat: Uint8Array) => layer([], { id: int32(8), base_id: int32(7), mat });
  const shape = (mat: Uint8Array) => layer([], { shape: Buffer.from('cube'), mat });
  const box = chunk('IMG ', dict({ box: scaled(1e9) }));
  refused(goxFile(block, base, clone(scaled(1e4))), 'GOX_MEMORY_LIMIT', /at least|coordinates/);
  refused(goxFile(block, base, clone(scaled(1e30))), 'GOX_MEMORY_LIMIT', /at least|coordinates/);
  refused(goxFile(box, shape(scaled(1e8))), 'GOX_MEMORY_LIMIT', /at least|coordinates/);
  for (const size of [Number.NaN, Number.POSITIVE_INFINITY, 0]) {
    for (const file of [
      goxFile(block, base, clone(scaled(size))),
      goxFile(box, shape(scaled(size))),
    ]) {
      assert.is(read(file).layers.at(-1)!.volume.count(), 0);
    }
  }
});

test('clones of clones, of themselves, of each other and of nobody load', () => {
  const placed = [[0, 0, 0, 0, 0]];
  const link = (id: number, base: number) => layer(placed, { id: int32(id), base_id: int32(base) });
  const chain = Array.from({ length: 5000 }, (_, i) => link(i + 1, i + 2));
  const last = layer([], { id: int32(5001) });
  for (const clone of read(goxFile(block, ...chain, last)).layers) {
    assert.is(clone.volume.count(), 0, 'each shows the empty layer at the end');
  }
  const circle = read(goxFile(block, link(1, 2), link(2, 3), link(3, 1), link(4, 4), link(5, 99)));
  for (const { volume } of circle.layers) assert.is(volume.count(), 4096);
  circle.merged();
});

test('takes time in proportion to a file of many small chunks', () => {
  const file = (count: number) =>
    goxFile(
      layer([]),
      ...Array<Buffer>(count).fill(chunk('MATE', dict({ name: Buffer.from('m') }))),
    );
  assertInProportion(4000, file, (bytes) => read(bytes));
});

test.run();
