/** Our PNG code against pngjs, which was written by others. */

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { type ColorType, PNG } from 'pngjs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePng, encodePng, PngError } from '../../../engine/image/png.ts';
import { SEED } from '../../support/seed.ts';

const SIDE = 64;
const runs = { seed: SEED, numRuns: 40 };

/** Noise, runs of few colours, and gradients, so that every filter has its turn. */
const pixels = fc
  .record({ kind: fc.constantFrom('noise', 'runs', 'gradient'), seed: fc.nat() })
  .map(({ kind, seed }) => {
    const rgba = new Uint8Array(SIDE * SIDE * 4);
    let state = seed | 1;
    for (let i = 0; i < rgba.length; i++) {
      state = (Math.imul(state, 1103515245) + 12345) | 0;
      if (kind === 'noise') rgba[i] = state >>> 16;
      else if (kind === 'gradient') rgba[i] = (i >> 4) + ((state >>> 30) & 1);
      else rgba[i] = i % 4 === 3 ? 255 : ((i >> 8) * seed) & 0xff;
    }
    return rgba;
  });

function withPngjs(rgba: Uint8Array, options: { colorType: ColorType; filterType: number }) {
  const image = new PNG({ width: SIDE, height: SIDE });
  image.data = Buffer.from(rgba);
  return PNG.sync.write(image, { ...options, inputHasAlpha: true });
}

/** A chunk with a checksum that nobody looks at unless it is ours to be right. */
function pngOf(header: number[], ...chunks: [type: string, data: Uint8Array][]): Uint8Array {
  const image = encodePng({ width: 1, height: 1, rgba: new Uint8Array(4) });
  const parts: Uint8Array[] = [image.subarray(0, 8)];
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIDE, 0);
  head.writeUInt32BE(SIDE, 4);
  head.set(header, 8);
  for (const [type, data] of [['IHDR', head] as const, ...chunks]) {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const chunk = Buffer.alloc(body.length + 8);
    chunk.writeUInt32BE(data.length, 0);
    body.copy(chunk, 4);
    chunk.writeUInt32BE(crc(body), body.length + 4);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** CRC-32 bit by bit, as the PNG specification defines it. */
function crc(bytes: Uint8Array): number {
  let c = 0xffff_ffff;
  for (const byte of bytes) {
    c ^= byte;
    for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb8_8320 : c >>> 1;
  }
  return ~c >>> 0;
}

const decode = (bytes: Uint8Array) => decodePng(bytes, SIDE, SIDE).rgba;

const test = suite('png');

test('pngjs reads what we write', () => {
  fc.assert(
    fc.property(pixels, (rgba) => {
      const bytes = encodePng({ width: SIDE, height: SIDE, rgba });
      const image = PNG.sync.read(Buffer.from(bytes));
      assert.is(image.width, SIDE);
      assert.is(image.height, SIDE);
      assert.ok(image.data.equals(rgba));
      assert.ok(Buffer.from(decode(bytes)).equals(rgba));
    }),
    runs,
  );
});

for (const filterType of [0, 1, 2, 3, 4]) {
  for (const colorType of [0, 2, 4, 6] as const) {
    test(`reads pngjs's colour type ${colorType} with filter ${filterType}`, () => {
      fc.assert(
        fc.property(pixels, (rgba) => {
          const bytes = withPngjs(rgba, { colorType, filterType });
          assert.ok(Buffer.from(decode(bytes)).equals(PNG.sync.read(bytes).data));
        }),
        { seed: SEED, numRuns: 6 },
      );
    });
  }
}

for (const depth of [1, 2, 4, 8]) {
  test(`reads palette images of ${depth} bits`, () => {
    const stride = (SIDE * depth) / 8;
    const rows = Buffer.alloc((stride + 1) * SIDE);
    for (let y = 0; y < SIDE; y++) {
      for (let i = 0; i < stride; i++) rows[y * (stride + 1) + 1 + i] = (y * 31 + i * 77) & 0xff;
    }
    const palette = Buffer.from(Array.from({ length: 768 }, (_, i) => (i * 5) & 0xff));
    const bytes = pngOf(
      [depth, 3, 0, 0, 0],
      ['PLTE', palette.subarray(0, 3 * 2 ** depth)],
      ['tRNS', Uint8Array.of(7, 9)],
      ['IDAT', deflateSync(rows)],
      ['IEND', new Uint8Array(0)],
    );
    assert.ok(Buffer.from(decode(bytes)).equals(PNG.sync.read(Buffer.from(bytes)).data));
  });
}

test('reads a colour that stands for transparent', () => {
  const rows = Buffer.alloc((SIDE * 3 + 1) * SIDE);
  rows.set([1, 2, 3, 1, 2, 4], 1);
  const bytes = pngOf(
    [8, 2, 0, 0, 0],
    ['tRNS', Uint8Array.of(0, 1, 0, 2, 0, 3)],
    ['IDAT', deflateSync(rows)],
    ['IEND', new Uint8Array(0)],
  );
  assert.equal([...decode(bytes).subarray(0, 8)], [1, 2, 3, 0, 1, 2, 4, 255]);
});

const rgbaRows = deflateSync(Buffer.alloc((SIDE * 4 + 1) * SIDE));
const end: [string, Uint8Array] = ['IEND', new Uint8Array(0)];

const BROKEN: [what: string, bytes: Uint8Array, message: RegExp][] = [
  ['interlaced', pngOf([8, 6, 0, 0, 1], ['IDAT', rgbaRows], end), /interlaced/],
  ['of 16 bits', pngOf([16, 6, 0, 0, 0], ['IDAT', rgbaRows], end), /16 bits/],
  ['of colour type 5', pngOf([8, 5, 0, 0, 0], ['IDAT', rgbaRows], end), /colour type 5/],
  ['without IEND', pngOf([8, 6, 0, 0, 0], ['IDAT', rgbaRows]), /cut short/],
  ['without data', pngOf([8, 6, 0, 0, 0], end), /unpack/],
  [
    'that unpacks to less',
    pngOf([8, 6, 0, 0, 0], ['IDAT', deflateSync(Buffer.alloc(9))], end),
    /unpacks to 9 bytes/,
  ],
  [
    'that unpacks to very much',
    pngOf([8, 6, 0, 0, 0], ['IDAT', deflateSync(Buffer.alloc(50_000_000))], end),
    /cannot be unpacked/,
  ],
  [
    'with filter 5',
    pngOf([8, 6, 0, 0, 0], ['IDAT', deflateSync(Buffer.alloc((SIDE * 4 + 1) * SIDE, 5))], end),
    /filter/,
  ],
  [
    'without a palette',
    pngOf([8, 3, 0, 0, 0], ['IDAT', deflateSync(Buffer.alloc(65 * 64))], end),
    /palette entry 0/,
  ],
  ['of another size', encodePng({ width: 1, height: 1, rgba: new Uint8Array(4) }), /1 x 1/],
  ['that is none', Buffer.from('GIF89a'), /no PNG/],
];

for (const [what, bytes, message] of BROKEN) {
  test(`refuses an image ${what}`, () => {
    assert.throws(
      () => decode(bytes),
      (error: unknown) => error instanceof PngError && message.test(error.message),
    );
  });
}

test('finds every flipped bit', () => {
  const rgba = new Uint8Array(SIDE * SIDE * 4).fill(200);
  const bytes = encodePng({ width: SIDE, height: SIDE, rgba });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(
      () => decode(flipped),
      (error: unknown) => error instanceof PngError,
      `bit ${bit}`,
    );
  }
});

test.run();
