/**
 * Damaged MagicaVoxel files: always a GoxError that says where, never a crash, a hang, or more
 * memory than allowed.
 */

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../../engine/document/document.ts';
import { formatFor } from '../../../engine/formats/index.ts';
import { Report } from '../../../engine/formats/report.ts';
import { GOXEL } from '../../support/documents.ts';
import { imports } from '../../support/fixtures.ts';
import { assertInProportion } from '../../support/in-proportion.ts';
import { SEED } from '../../support/seed.ts';
import {
  chunk,
  chunksOf,
  dict,
  group,
  int32,
  model,
  shape,
  transform,
  voxFile,
} from '../../support/vox-file.ts';

const vox = formatFor('x.vox');
const FILE = 'broken.vox';
const BLOCK_BYTES = 16384;

/** Both ways of reading. */
const WAYS = [GOXEL, {}];

function outcome(bytes: Uint8Array, options = {}): GoxError | Document {
  try {
    return vox.read!(bytes, FILE, options);
  } catch (error) {
    if (error instanceof GoxError) return error;
    throw error;
  }
}

function refused(bytes: Uint8Array, code: string, message: RegExp, options = {}): GoxError {
  const result = outcome(bytes, options);
  if (!(result instanceof GoxError)) return assert.unreachable(`not refused: ${message}`) as never;
  assert.is(result.code, code, result.message);
  assert.match(result.message, message);
  assert.ok(result.message.includes(FILE), result.message);
  return result;
}

const sample = () => imports('vox').find(({ name }) => name === 'vox_rot10.vox')!.bytes;
const ONE = model([1, 1, 1], [0, 0, 0, 1]);
const empty = Buffer.alloc(0);

const test = suite('damaged .vox');

test('a file cut at any byte is refused with the chunk and the byte, or tells its end', () => {
  const bytes = sample();
  for (let length = 0; length < bytes.length; length++) {
    const report = new Report();
    const result = outcome(bytes.subarray(0, length), { report });
    if (!(result instanceof GoxError)) {
      // Cut between two chunks.
      const told = report.warnings().map(({ message }) => message);
      assert.ok(
        told.some((message) => /says that it has/.test(message)),
        `${length} bytes`,
      );
      continue;
    }
    assert.is(result.code, 'GOX_FORMAT_BROKEN');
    const details = result.details as { file: string; chunk: string; offset: number };
    assert.is(details.file, FILE);
    assert.is(typeof details.chunk, 'string');
    assert.ok(details.offset >= 0 && details.offset <= length, `offset ${details.offset}`);
  }
});

test('a chunk cut at any byte is refused or passed over, but for palettes', () => {
  const lenient = new Set(['RGBA', 'IMAP', 'rOBJ']);
  for (const { type, offset, content } of chunksOf(sample())) {
    for (let length = 0; length < content.length; length++) {
      const chunks = chunksOf(sample()).map((other) =>
        chunk(other.type, other.offset === offset ? content.subarray(0, length) : other.content),
      );
      const report = new Report();
      const result = outcome(voxFile(...chunks), { report });
      if (result instanceof GoxError) assert.is(result.details?.chunk, type);
      else if (!lenient.has(type)) assert.ok(!report.empty, `${type} cut to ${length}`);
    }
  }
});

test('a file with any bit flipped, but in its palette, is read or refused', () => {
  const chunks = chunksOf(sample()).filter(({ type }) => type !== 'RGBA');
  const bytes = voxFile(...chunks.map(({ type, content }) => chunk(type, content)));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    for (const way of WAYS) outcome(flipped, way);
  }
});

test('noise anywhere in a file is read or refused', () => {
  const bytes = sample();
  const noise = fc.tuple(fc.nat(bytes.length - 1), fc.uint8Array({ minLength: 1, maxLength: 16 }));
  fc.assert(
    fc.property(fc.array(noise, { minLength: 1, maxLength: 4 }), (changes) => {
      const noisy = Buffer.from(bytes);
      for (const [at, data] of changes) noisy.set(data.subarray(0, noisy.length - at), at);
      for (const way of WAYS) outcome(noisy, way);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test('scenes of any shape are read or refused, and in any order', () => {
  const id = fc.integer({ min: -1, max: 8 });
  const frame = fc.record({ _r: fc.nat(130).map(String), _t: fc.constantFrom('1 2 3', '-9 0 7') });
  const node = fc.oneof(
    fc.tuple(id, id, frame).map(([a, b, moves]) => transform(a, b, moves)),
    fc.tuple(id, fc.array(id, { maxLength: 4 })).map(([a, list]) => group(a, ...list)),
    fc.tuple(id, fc.array(id, { maxLength: 2 })).map(([a, list]) => shape(a, ...list)),
  );
  fc.assert(
    fc.property(fc.array(node, { maxLength: 8 }), (nodes) => {
      for (const way of WAYS) outcome(voxFile(ONE, ONE, ...nodes), way);
    }),
    { seed: SEED, numRuns: 800 },
  );
});

const sized = (...size: number[]) => chunk('SIZE', int32(...size));
const moved = (frame: Record<string, string>) => voxFile(ONE, transform(0, 1, frame), shape(1, 0));
const headed = (type: string, content: number, inside: number, chunks: Uint8Array = empty) =>
  Buffer.concat([
    Buffer.from('VOX '),
    int32(150),
    Buffer.from(type),
    int32(content, inside),
    chunks,
  ]);
const packed = (size: number[], cells: number) =>
  voxFile(
    sized(...size),
    chunk('TDCZ', Buffer.concat([int32(...size), deflateSync(new Uint8Array(cells))])),
  );

const BROKEN: [what: string, bytes: Buffer, message: RegExp][] = [
  ['nothing', empty, /no MagicaVoxel file/],
  ['another file', Buffer.alloc(2000, 'PNG'), /no MagicaVoxel file/],
  ['an older file of negative sizes', Buffer.concat([int32(-1, -1, 2), Buffer.alloc(900)]), /-1/],
  ['no MAIN', headed('RIFF', 0, 0), /no chunk MAIN/],
  ['no model', voxFile(), /no model/],
  ['a negative length', headed('MAIN', -12, 12), /-12 and 12 bytes/],
  ['lengths beyond 2³¹', headed('MAIN', 0x7fff_ffff, 0x7fff_ffff), /do not fit/],
  ['a chunk beyond MAIN', voxFile(ONE, headed('RGBA', 8, 0).subarray(8)), /8 and 0 bytes/],
  ['a negative size', voxFile(sized(1, -1, 1)), /size of -1/],
  ['voxels alone', voxFile(ONE.subarray(24)), /voxels without a SIZE/],
  ['-1 voxels', voxFile(sized(1, 1, 1), chunk('XYZI', int32(-1))), /-1 voxels/],
  ['2³¹ voxels', voxFile(sized(1, 1, 1), chunk('XYZI', int32(0x7fff_ffff))), /2147483647 voxels/],
  ['packed voxels that are not', voxFile(sized(1, 1, 1), chunk('TDCZ', int32(1, 1, 1))), /unpack/],
  ['too few packed voxels', packed([2, 2, 2], 7), /7 bytes, not 8/],
  ['too many packed voxels', packed([2, 2, 2], 9), /cannot be unpacked/],
  ['a packed size too large', packed([257, 1, 1], 257), /side of 257/],
  ['two sizes', voxFile(sized(1, 1, 1), chunk('TDCZ', int32(1, 2, 1))), /not that of its SIZE/],
];
for (const [what, bytes, message] of BROKEN) {
  test(`refuses ${what}`, () => {
    for (const way of WAYS) refused(bytes, 'GOX_FORMAT_BROKEN', message, way);
  });
}

const under = [transform(0, 1), group(1, 0, 2), shape(2, 0)];

/** A list of voxels that says how many it has. */
const listing = (count: number, bytes: number[]) =>
  voxFile(sized(1, 1, 1), chunk('XYZI', Buffer.concat([int32(count), Buffer.from(bytes)])));

/** Files of which the one voxel is read all the same. */
const PASSED_OVER: [what: string, bytes: Buffer, message: RegExp][] = [
  ['many entries', voxFile(ONE, chunk('nTRN', int32(0, 0x7fff_ffff))), /2147483647 dictionary/],
  ['-1 children', voxFile(ONE, chunk('nGRP', int32(0, 0, -1))), /-1 children/],
  ['a long text', voxFile(ONE, chunk('nTRN', int32(0, 1, 99, 0, 0, 0))), /99 bytes of text/],
  ['two nodes of an id', voxFile(ONE, group(3), group(3)), /second node of id 3/],
  ['a rotation onto a line', moved({ _r: '0' }), /no rotation/],
  ['a rotation to a fourth axis', moved({ _r: '3' }), /no rotation/],
  ['a rotation of 8 bits', moved({ _r: '132' }), /no rotation/],
  ['half a translation', moved({ _t: '1 2' }), /no rotation/],
  ['a node below itself', voxFile(ONE, ...under), /itself/],
  [
    'nodes below a root that are below themselves',
    voxFile(ONE, transform(5, 0), ...under),
    /itself/,
  ],
  ['a node that is not there', voxFile(ONE, group(0, 1, 7), shape(1, 0)), /node 7/],
  ['a model that is not there', voxFile(ONE, group(0, 1, 2), shape(1, 0), shape(2, 5)), /model 5/],
  ['a SIZE alone', voxFile(ONE, sized(1, 1, 1)), /last SIZE .* no voxels/],
  ['two SIZEs', voxFile(sized(1, 1, 1), ONE), /the SIZE before it/],
  [
    'voxels that are cut short beside others',
    voxFile(sized(1, 1, 1), chunk('XYZI', int32(1)), ONE),
    /1 voxels do not fit/,
  ],
  ['more voxels than there are', listing(2, [0, 0, 0, 1]), /says that it has 2 voxels, and has 1/],
  ['-1 voxels of one', listing(-1, [0, 0, 0, 1]), /says that it has -1 voxels, and has 1/],
  ['fewer voxels than there are', listing(1, [0, 0, 0, 1, 5, 5, 5, 2]), /1 voxels, and has 2/],
  ['a MAIN that says it has -5 bytes', headed('MAIN', 0, -5, ONE), /says that it has -5 bytes/],
  ['a MAIN with chunks for its content', headed('MAIN', ONE.length, 0, ONE), /it has 0 bytes/],
  ['no MAIN around chunks', Buffer.concat([voxFile().subarray(0, 8), ONE]), /no chunk MAIN/],
  ['a MAIN that says less than it has', headed('MAIN', 0, 0, ONE), /says that it has 0 bytes/],
  ['a MAIN that says more than it has', headed('MAIN', 0, 999, ONE), /says that it has 999 bytes/],
];
for (const [what, bytes, message] of PASSED_OVER) {
  test(`passes over ${what}, and tells it`, () => {
    const report = new Report();
    const read = outcome(bytes, { report });
    if (read instanceof GoxError) return assert.unreachable(read.message);
    assert.is(read.merged().count(), 1);
    assert.ok(read.layers.some(({ visible }) => visible));
    const told = report.warnings().filter(({ code }) => code === 'WARN_BROKEN_PART');
    assert.ok(
      told.some((warning) => message.test(warning.message)),
      JSON.stringify(told),
    );
    assert.ok(told.every((warning) => warning.message.includes(FILE)));
  });
}

test('a scene that turns in a circle is refused as Goxel would hang', () => {
  for (const bytes of [voxFile(ONE, ...under), voxFile(ONE, transform(5, 0), ...under)]) {
    refused(bytes, 'GOX_FORMAT_BROKEN', /itself/, GOXEL);
  }
});

test('voxels out of all coordinates are left out, and told', () => {
  for (const _t of ['9999999999 0 0', '0 2147483648 0']) {
    const report = new Report();
    const read = outcome(moved({ _t }), { report }) as Document;
    assert.is(read.merged().count(), 0);
    assert.equal(
      report.warnings().map(({ code }) => code),
      ['WARN_CLIPPED'],
    );
  }
});

test('bytes behind the end are told', () => {
  const report = new Report();
  outcome(Buffer.concat([voxFile(ONE), Buffer.from('a few more bytes')]), { report });
  assert.equal(
    report.warnings().map(({ code }) => code),
    ['WARN_TRAILING_BYTES'],
  );
});

test('errors and warnings name the chunk and its byte', () => {
  const report = new Report();
  outcome(voxFile(ONE, group(3), group(3)), { report });
  const byte = 20 + ONE.length + group(3).length + 12;
  assert.equal(report.warnings()[0]!.where, { chunk: 'nGRP', byte });
  const error = refused(voxFile(ONE.subarray(24)), 'GOX_FORMAT_BROKEN', /without a SIZE/);
  assert.equal(error.details, { file: FILE, chunk: 'XYZI', offset: 32 });
  assert.match(error.message, /^broken\.vox is damaged in chunk "XYZI", byte \d+: /);
});

test('sizes without voxels cost no time', () => {
  const largest = 0x7fff_ffff;
  const old = Buffer.concat([int32(largest, largest, 0), Buffer.alloc(768)]);
  assert.is((outcome(old) as Document).merged().count(), 0);
  const hollow = voxFile(model([largest, largest, largest]));
  assert.is((outcome(hollow) as Document).merged().count(), 0);
});

test('a small file cannot ask for more memory than allowed', () => {
  const limit = { voxel_bytes_max: 64 * BLOCK_BYTES };
  const spread = (count: number) =>
    model(
      [256, 256, 256],
      ...Array.from({ length: count }, (_, i) => [(i % 16) * 16, i & 240, 0, 1]),
    );
  assert.ok(!(outcome(voxFile(spread(64)), limit) instanceof GoxError));
  refused(voxFile(spread(65)), 'GOX_MEMORY_LIMIT', /take \d+ bytes at least/, limit);
  refused(voxFile(spread(40), spread(40)), 'GOX_MEMORY_LIMIT', /take \d+ bytes at least/, limit);
  const old = Buffer.concat([int32(1, 1, 16 * 65), Buffer.alloc(16 * 65 + 768)]);
  refused(old, 'GOX_MEMORY_LIMIT', /./, limit);
  const many = Array<Buffer>(16385).fill(model([1, 1, 1]));
  refused(voxFile(...many), 'GOX_MEMORY_LIMIT', /16384 models/);
});

test('groups that multiply what they hold are refused in time', () => {
  const levels = 40;
  const doubling = (leaf: Buffer) =>
    voxFile(ONE, ...Array.from({ length: levels }, (_, i) => group(i, i + 1, i + 1)), leaf);
  for (const leaf of [shape(levels, 0), group(levels)]) {
    refused(doubling(leaf), 'GOX_MEMORY_LIMIT', /places more than/);
    assert.ok(!(outcome(doubling(leaf), GOXEL) instanceof GoxError));
  }
});

test('instances that cannot find room are refused before they are made', () => {
  const times = 16_000;
  const voxels = (place: (i: number) => number[]) =>
    model([256, 256, 256], ...Array.from({ length: 60_000 }, (_, i) => [...place(i), 1]));
  const often = (one: Buffer) => voxFile(one, group(0, ...Array(times).fill(1)), shape(1, 0));
  const filled = often(voxels((i) => [i & 255, i >> 8, 0]));
  refused(filled, 'GOX_MEMORY_LIMIT', /take \d+ bytes at least/);
  // A list that names one place again and again costs what one voxel does.
  const same = outcome(often(voxels(() => [7, 7, 7]))) as Document;
  assert.is(same.layers.length, times);
  assert.is(same.merged().count(), 1);
  const size = int32(256, 256, 256);
  const packed = chunk(
    'TDCZ',
    Buffer.concat([size, deflateSync(new Uint8Array(256 ** 3).fill(1))]),
  );
  const dense = often(Buffer.concat([chunk('SIZE', size), packed]));
  refused(dense, 'GOX_MEMORY_LIMIT', /take \d+ bytes at least/);
});

test('takes time in proportion to a scene that is one long chain', () => {
  const file = (length: number) => {
    const shapes = Array.from({ length: length / 4 }, (_, i) => shape(length + 1 + i, i));
    return voxFile(
      ...shapes.map(() => model([1, 1, 1])),
      ...Array.from({ length }, (_, i) => transform(i, i + 1, { _t: '0 0 1' })),
      group(length, ...shapes.map((_, i) => length + 1 + i)),
      ...shapes,
    );
  };
  assertInProportion(1000, file, (bytes) => {
    for (const way of WAYS) assert.ok(!(outcome(bytes, way) instanceof GoxError));
  });
});

test('references to nothing place nothing', () => {
  const file = voxFile(ONE, group(0, 5, 6), transform(5, 99), shape(6, 7, -1), dictless());
  for (const way of WAYS) assert.is((outcome(file, way) as Document).layers.length, 1);
});

/** A chunk that nobody knows. */
function dictless(): Buffer {
  return chunk('WHAT', dict({ _name: 'x' }), ONE);
}

test.run();
