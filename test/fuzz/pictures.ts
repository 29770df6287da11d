/** Pictures of every kind, to start from. */

import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'jpeg-js';
import { encodePng } from '../../engine/image/png.ts';

interface PngHeader {
  readonly width: number;
  readonly height: number;
  readonly depth?: number;
  /** Colour type; RGBA without it. */
  readonly type?: number;
  readonly interlace?: number;
}

/** A PNG image whose header and packed data need not agree. */
export function pngOf(header: PngHeader, packed: Uint8Array): Buffer {
  const { width, height, depth = 8, type = 6, interlace = 0 } = header;
  const content = Buffer.alloc(13);
  content.writeUInt32BE(width, 0);
  content.writeUInt32BE(height, 4);
  content.set([depth, type, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', content),
    pngChunk('IDAT', packed),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(content.length);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

const SIZE = { width: 4, height: 4 };

/** Pixels of every opacity. */
const RGBA = Uint8Array.from({ length: 64 }, (_, i) => (i * 37) & 0xff);
export const PNG = encodePng({ ...SIZE, rgba: RGBA });
export const JPEG = encode({ ...SIZE, data: RGBA }, 60).data;

/** Packed rows without a filter, each of so many bytes. */
function rows(...lengths: number[]): Buffer {
  const noise = (length: number) => Array.from({ length }, (_, i) => (i * 29) & 0xff);
  return deflateSync(Buffer.from(lengths.flatMap((length) => [0, ...noise(length)])));
}

export const PNGS = [
  { name: 'our.png', bytes: PNG },
  { name: '16 bits.png', bytes: pngOf({ ...SIZE, depth: 16 }, rows(32, 32, 32, 32)) },
  { name: '4 bits grey.png', bytes: pngOf({ ...SIZE, depth: 4, type: 0 }, rows(2, 2, 2, 2)) },
  // Its five passes are of 1, 1, 2, 2 x 2 and 2 x 4 pixels.
  { name: 'interlaced.png', bytes: pngOf({ ...SIZE, interlace: 1 }, rows(4, 4, 8, 8, 8, 16, 16)) },
];

export const JPEGS = [
  { name: 'our.jpg', bytes: JPEG },
  {
    name: 'wide.jpg',
    bytes: encode({ width: 40, height: 9, data: Buffer.alloc(1440, 77) }, 90).data,
  },
];
