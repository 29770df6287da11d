/** Pictures of the kinds that textures are. */

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodePicture } from '../../../engine/image/any-picture.ts';
import { Damage } from '../../../engine/image/damage.ts';

const PIXELS_MAX = 1 << 20;

/** The pixels as "rrggbbaa", row by row. */
function pixels(bytes: Uint8Array): string[] {
  const { width, height, rgba } = decodePicture(bytes, PIXELS_MAX);
  assert.is(rgba.length, width * height * 4);
  return Array.from({ length: width * height }, (_, i) =>
    Buffer.from(rgba.subarray(i * 4, i * 4 + 4)).toString('hex'),
  );
}

const word = (value: number) => [value & 255, value >> 8];
const long = (value: number) => [...word(value & 0xffff), ...word(value >>> 16)];

interface Tga {
  readonly type: number;
  readonly bits: number;
  readonly descriptor?: number;
  readonly palette?: readonly number[];
  readonly width?: number;
}

/** A picture of two rows with the pixels as they stand in the file. */
function tga({ type, bits, descriptor = 0x20, palette, width = 2 }: Tga, data: number[]): Buffer {
  const map = palette === undefined ? [0, 0, 0] : [...word(0), ...word(palette.length / 3)];
  const head = [0, palette === undefined ? 0 : 1, type, ...map];
  if (palette === undefined) head.push(0);
  return Buffer.from([
    ...[...head, palette === undefined ? 0 : 24, 0, 0, 0, 0, ...word(width), ...word(2)],
    ...[bits, descriptor, ...(palette ?? []), ...data],
  ]);
}

const RGBW = ['ff0000ff', '00ff00ff', '0000ffff', 'ffffffff'];
const BGR = [0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255, 255];

const test = suite('pictures of textures');

test('TGA of true colours, plain and packed, from every corner', () => {
  assert.equal(pixels(tga({ type: 2, bits: 24 }, BGR)), RGBW);
  const [a, b, c, d] = RGBW;
  assert.equal(pixels(tga({ type: 2, bits: 24, descriptor: 0 }, BGR)), [c, d, a, b]);
  assert.equal(pixels(tga({ type: 2, bits: 24, descriptor: 0x30 }, BGR)), [b, a, d, c]);
  assert.equal(pixels(tga({ type: 10, bits: 24 }, [0x83, 0, 0, 255])), Array(4).fill(a));
  assert.equal(pixels(tga({ type: 10, bits: 24 }, [3, ...BGR])), RGBW);
  const clear = [1, 2, 3, 0, 1, 2, 3, 128, 1, 2, 3, 255, 1, 2, 3, 9];
  const alphas = ['00', '80', 'ff', '09'].map((alpha) => `030201${alpha}`);
  assert.equal(pixels(tga({ type: 2, bits: 32, descriptor: 0x28 }, clear)), alphas);
  assert.equal(pixels(tga({ type: 2, bits: 32 }, clear)), Array(4).fill('030201ff'));
  const five = [0x7c00, 0x03e0, 0x001f, 0xffff].flatMap(word);
  assert.equal(pixels(tga({ type: 2, bits: 16 }, five)), RGBW);
});

test('TGA of grey and of palettes', () => {
  const greys = ['000000ff', '010101ff', '808080ff', 'ffffffff'];
  assert.equal(pixels(tga({ type: 3, bits: 8 }, [0, 1, 128, 255])), greys);
  assert.equal(pixels(tga({ type: 1, bits: 8, palette: BGR }, [0, 1, 2, 3])), RGBW);
  assert.equal(pixels(tga({ type: 9, bits: 8, palette: BGR }, [0x83, 1])), Array(4).fill(RGBW[1]));
  assert.is(pixels(tga({ type: 1, bits: 8, palette: BGR }, [9, 1, 2, 3]))[0], '000000ff');
});

/** A picture of two rows with the rows as they stand in the file, which are of four bytes. */
function bmp(
  bits: number,
  data: number[],
  { width = 2, packing = 0, tall = 2, more = [] as number[] } = {},
) {
  const at = 54 + more.length;
  return Buffer.from([
    ...[0x42, 0x4d, ...long(at + data.length), ...long(0), ...long(at)],
    ...[...long(40), ...long(width), ...long(tall), ...word(1), ...word(bits), ...long(packing)],
    ...[...long(0), ...long(0), ...long(0), ...long(more.length >> 2), ...long(0)],
    ...[...more, ...data],
  ]);
}

const PALETTE = [0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0];

test('BMP of every depth, from the bottom and from the top', () => {
  const [a, b, c, d] = RGBW;
  const rows = [...BGR.slice(0, 6), 0, 0, ...BGR.slice(6), 0, 0];
  assert.equal(pixels(bmp(24, rows)), [c, d, a, b]);
  assert.equal(pixels(bmp(24, rows, { tall: -2 })), RGBW);
  const top = { tall: -2, more: PALETTE };
  assert.equal(pixels(bmp(8, [0, 1, 0, 0, 2, 3, 0, 0], top)), RGBW);
  assert.equal(pixels(bmp(4, [0x01, 0, 0, 0, 0x23, 0, 0, 0], top)), RGBW);
  assert.equal(pixels(bmp(1, [0b0100_0000, 0, 0, 0, 0b1000_0000, 0, 0, 0], top)), [a, b, b, a]);
  assert.equal(pixels(bmp(8, [2, 2, 0, 0, 1, 0, 1, 1, 0, 1], { more: PALETTE, packing: 1 })), [
    ...[a, b, c, c],
  ]);
  assert.equal(pixels(bmp(4, [2, 0x01, 0, 0, 2, 0x23, 0, 1], { more: PALETTE, packing: 2 })), [
    ...[c, d, a, b],
  ]);
  const five = [0x7c00, 0x03e0, 0x001f, 0x7fff].flatMap(word);
  assert.equal(pixels(bmp(16, five, { tall: -2 })), RGBW);
  const wide = [0xff_0000, 0xff00, 0xff, 0xff_ffff].flatMap(long);
  assert.equal(pixels(bmp(32, wide, { tall: -2 })), RGBW);
  const masks = [0xff00_0000, 0xff_0000, 0xff00].flatMap((mask) => long(mask));
  const moved = [0xff00_0000, 0xff_0000, 0xff00, 0xffff_ff00].flatMap((value) => long(value));
  const fields = bmp(32, moved, { tall: -2, packing: 3, more: masks });
  assert.equal(pixels(fields), RGBW);
});

test('WebP', () => {
  const webp = Buffer.from('UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA', 'base64');
  assert.is(pixels(webp).length, 1);
  assert.throws(
    () => pixels(webp.subarray(0, 40)),
    (error: unknown) => error instanceof Damage,
  );
});

test('what is none, too large or cut is damage, before it is unpacked', () => {
  const refused = (bytes: Uint8Array, message: RegExp) =>
    assert.throws(
      () => decodePicture(bytes, 1000),
      (error: unknown) => error instanceof Damage && message.test(error.message),
    );
  refused(Buffer.alloc(0), /no PNG, JPEG/);
  refused(Buffer.from('GIF89a'), /a GIF picture, which is not read/);
  refused(Buffer.from('DDS |'), /DDS/);
  refused(tga({ type: 2, bits: 24, width: 60_000 }, BGR), /more than/);
  refused(bmp(24, BGR, { width: 60_000 }), /more than/);
  refused(tga({ type: 2, bits: 24 }, BGR.slice(1)), /missing/);
  refused(tga({ type: 10, bits: 24 }, [0]), /missing/);
  refused(bmp(24, [], {}), /missing/);
  refused(bmp(7, BGR), /7 bits/);
  refused(bmp(24, BGR, { packing: 4 }), /compression 4/);
});

test.run();
