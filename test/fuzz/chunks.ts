/**
 * Files made of chunks, taken apart and put together again with lengths and checksums that are
 * right, so that damage reaches what is behind them.
 */

import { crc32 } from 'node:zlib';

export interface Chunk {
  /** Four characters, one a byte. */
  readonly type: string;
  readonly data: Uint8Array;
}

/** A file in parts: what comes before the first chunk, and the chunks. */
export interface Chunked {
  readonly head: Uint8Array;
  readonly chunks: readonly Chunk[];
  build(chunks: readonly Chunk[]): Buffer;
}

/** How a format frames its chunks. */
interface Framing {
  readonly magic: string;
  readonly head_bytes: number;
  /** From the first byte of a chunk's frame to its data, and from its data to the next frame. */
  readonly before: number;
  readonly after: number;
  readonly bigEndian: boolean;
  readonly lengthAt: number;
  readonly typeAt: number;
  /** Fills in what depends on the data: checksums and such, in a frame, or in the whole file. */
  finishChunk?(frame: Buffer): void;
  finishFile?(file: Buffer): void;
}

const FRAMINGS: readonly Framing[] = [
  {
    magic: 'GOX ',
    head_bytes: 8,
    before: 8,
    after: 4,
    bigEndian: false,
    lengthAt: 4,
    typeAt: 0,
  },
  {
    // The chunk MAIN, whose own content is empty, counts as the head.
    magic: 'VOX ',
    head_bytes: 20,
    before: 12,
    after: 0,
    bigEndian: false,
    lengthAt: 4,
    typeAt: 0,
    finishFile: (file) => {
      file.writeInt32LE(file.length - 20, 16);
    },
  },
  {
    magic: '\x89PNG',
    head_bytes: 8,
    before: 8,
    after: 4,
    bigEndian: true,
    lengthAt: 0,
    typeAt: 4,
    finishChunk: (frame) => {
      frame.writeUInt32BE(crc32(frame.subarray(4, -4)), frame.length - 4);
    },
  },
  {
    magic: 'glTF',
    head_bytes: 12,
    before: 8,
    after: 0,
    bigEndian: false,
    lengthAt: 0,
    typeAt: 4,
    finishFile: (file) => {
      file.writeUInt32LE(file.length, 8);
    },
  },
];

const known = new WeakMap<Uint8Array, Chunked | undefined>();

/** Undefined when the bytes are of no such format, or are damaged already. */
export function takeApart(bytes: Uint8Array): Chunked | undefined {
  if (!known.has(bytes)) known.set(bytes, parse(bytes));
  return known.get(bytes);
}

function parse(bytes: Uint8Array): Chunked | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = buffer.toString('latin1', 0, 4);
  const framing = FRAMINGS.find((candidate) => candidate.magic === magic);
  if (framing === undefined) return undefined;
  const { head_bytes, before, after, bigEndian, lengthAt, typeAt } = framing;
  const chunks: Chunk[] = [];
  for (let at = head_bytes; at < buffer.length; ) {
    if (buffer.length - at < before) return undefined;
    const length = bigEndian
      ? buffer.readUInt32BE(at + lengthAt)
      : buffer.readUInt32LE(at + lengthAt);
    const start = at + before;
    if (length > buffer.length - start) return undefined;
    const type = buffer.toString('latin1', at + typeAt, at + typeAt + 4);
    chunks.push({ type, data: buffer.subarray(start, start + length) });
    at = start + length + after;
  }
  const head = buffer.subarray(0, head_bytes);
  return { head, chunks, build: (parts) => build(framing, head, parts) };
}

function build(framing: Framing, head: Uint8Array, chunks: readonly Chunk[]): Buffer {
  const { before, after, bigEndian, lengthAt, typeAt } = framing;
  const frames = chunks.map(({ type, data }) => {
    const frame = Buffer.alloc(before + data.length + after);
    if (bigEndian) frame.writeUInt32BE(data.length, lengthAt);
    else frame.writeUInt32LE(data.length, lengthAt);
    frame.write(type, typeAt, 'latin1');
    frame.set(data, before);
    framing.finishChunk?.(frame);
    return frame;
  });
  const file = Buffer.concat([head, ...frames]);
  framing.finishFile?.(file);
  return file;
}
