/** PNG images of every kind, against the pixels they were made of. */

import { crc32, deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeAnyPng } from '../../../engine/image/any-png.ts';
import { PngError } from '../../../engine/image/png.ts';

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

interface Kind {
  readonly depth: number;
  readonly type: number;
  readonly interlace?: 0 | 1;
}

function png(width: number, height: number, kind: Kind, rows: Uint8Array): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([kind.depth, kind.type, 0, 0, kind.interlace ?? 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

const test = suite('any PNG');

test('reads grey of one bit', () => {
  const { rgba } = decodeAnyPng(
    png(4, 1, { depth: 1, type: 0 }, Uint8Array.of(0, 0b1010_0000)),
    4,
    1,
  );
  const [black, white] = [
    [0, 0, 0, 255],
    [255, 255, 255, 255],
  ];
  assert.equal([...rgba], [...white!, ...black!, ...white!, ...black!]);
});

test('reads colours of 16 bits, rounded', () => {
  const rows = Uint8Array.of(0, 0xff, 0xff, 0x80, 0x80, 0, 0, 0x12, 0x34, 0, 0, 0xff, 0xff);
  const { rgba } = decodeAnyPng(png(2, 1, { depth: 16, type: 2 }, rows), 2, 1);
  assert.equal([...rgba], [255, 128, 0, 255, 18, 0, 255, 255]);
});

test('reads interlaced images', () => {
  // A picture of 2 x 2: the first pass has the first pixel, the sixth the one beside it, the
  // seventh the second row.
  const rows = Uint8Array.of(
    ...[0, 255, 0, 0, 255],
    ...[0, 0, 255, 0, 255],
    ...[0, 0, 0, 255, 255, 9, 8, 7, 6],
  );
  const { rgba } = decodeAnyPng(png(2, 2, { depth: 8, type: 6, interlace: 1 }, rows), 2, 2);
  assert.equal([...rgba], [255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 9, 8, 7, 6]);
});

const BOMB = new Uint8Array(64 * 1024 * 1024);

for (const [title, file] of [
  ['unpacks to more than its pixels', png(4, 4, { depth: 16, type: 6 }, BOMB)],
  ['is cut', png(2, 2, { depth: 16, type: 2 }, new Uint8Array(26)).subarray(0, 50)],
  ['has no data', png(2, 2, { depth: 16, type: 2 }, new Uint8Array(0))],
  ['is of another size', png(3, 3, { depth: 16, type: 2 }, new Uint8Array(57))],
] as const) {
  test(`refuses one that ${title}`, () => {
    const side = title.includes('more') ? 4 : 2;
    assert.throws(
      () => decodeAnyPng(file, side, side),
      (error: unknown) => error instanceof PngError,
    );
  });
}

test.run();
