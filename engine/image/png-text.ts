/** Texts in PNG images (chunks `tEXt`; PNG specification, third edition, 11.3.3.3). */

import { crc32 } from 'node:zlib';

/** Behind the signature and the header. */
const FIRST_CHUNK = 33;
const CHUNK_OVERHEAD = 12;
/** What is longer is no text of ours. */
const TEXT_BYTES_MAX = 1024;
/** Nor is one that comes after so many other chunks. */
const CHUNKS_MAX = 64;

/** The image with a text; both are Latin-1. */
export function withText(png: Uint8Array, keyword: string, text: string): Uint8Array {
  const data = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const chunk = Buffer.alloc(data.length + 8);
  chunk.writeUInt32BE(data.length - 4);
  chunk.set(data, 4);
  chunk.writeUInt32BE(crc32(data), data.length + 4);
  return Buffer.concat([png.subarray(0, FIRST_CHUNK), chunk, png.subarray(FIRST_CHUNK)]);
}

/** The text of a keyword that stands before the pixels; undefined without one. */
export function textIn(png: Uint8Array, keyword: string): string | undefined {
  const file = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  let at = FIRST_CHUNK;
  for (let i = 0; i < CHUNKS_MAX && at + CHUNK_OVERHEAD <= file.length; i++) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT' || length > file.length - at - CHUNK_OVERHEAD) return undefined;
    if (type === 'tEXt' && length <= TEXT_BYTES_MAX) {
      const text = file.toString('latin1', at + 8, at + 8 + length);
      if (text.startsWith(`${keyword}\0`)) return text.slice(keyword.length + 1);
    }
    at += CHUNK_OVERHEAD + length;
  }
  return undefined;
}
