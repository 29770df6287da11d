/** Streams packed with zlib within a file, unpacked, and packed again after damage. */

import { deflateSync, inflateSync } from 'node:zlib';
import { mutateBytes } from './mutate-bytes.ts';
import type { Random } from './random.ts';

interface Stream {
  readonly from: number;
  readonly to: number;
  readonly content: Uint8Array;
}

const PACKED_MIN = 8;
const CONTENT_MAX = 2 ** 20;

/** A small bomb: enough to see that a reader stops, and not enough to make a campaign slow. */
const BOMB_BYTES = 2 ** 22;
const bomb = deflateSync(Buffer.alloc(BOMB_BYTES));

const known = new WeakMap<Uint8Array, readonly Stream[]>();

/** Undefined when there are none. */
export function mutateStream(
  bytes: Uint8Array,
  random: Random,
  other: Uint8Array,
): Buffer | undefined {
  const streams = streamsOf(bytes);
  if (streams.length === 0) return undefined;
  const { from, to, content } = random.pick(streams);
  const others = streamsOf(other);
  const donor = others.length === 0 ? content : random.pick(others).content;
  let packed: Buffer;
  if (random.chance(0.03)) packed = bomb;
  else {
    const changed = random.chance(0.1) ? Buffer.from(donor) : mutateBytes(content, random, donor);
    packed = deflateSync(changed, { level: random.pick([0, 1, 1, 9]) });
  }
  return replaced(bytes, from, to, packed, random.chance(0.9));
}

/** The file with each of its first streams in turn replaced by another one. */
export function replaceStreams(bytes: Uint8Array, packed: Uint8Array): Buffer[] {
  return streamsOf(bytes)
    .slice(0, 4)
    .map(({ from, to }) => replaced(bytes, from, to, packed, true));
}

/** Many formats put the packed length before the stream; it is kept right with `fit`. */
function replaced(
  bytes: Uint8Array,
  from: number,
  to: number,
  packed: Uint8Array,
  fit: boolean,
): Buffer {
  const file = Buffer.concat([bytes.subarray(0, from), packed, bytes.subarray(to)]);
  if (from >= 4 && fit) {
    if (file.readUInt32LE(from - 4) === to - from) file.writeUInt32LE(packed.length, from - 4);
    else if (file.readUInt32BE(from - 4) === to - from) file.writeUInt32BE(packed.length, from - 4);
  }
  return file;
}

function streamsOf(bytes: Uint8Array): readonly Stream[] {
  let streams = known.get(bytes);
  if (streams === undefined) {
    streams = [...find(bytes)];
    known.set(bytes, streams);
  }
  return streams;
}

function* find(bytes: Uint8Array): Generator<Stream> {
  for (let at = 0; at + PACKED_MIN <= bytes.length; at++) {
    if (!isHeader(bytes[at]!, bytes[at + 1]!)) continue;
    const stream = unpack(bytes, at);
    if (stream === undefined) continue;
    yield stream;
    at = stream.to - 1;
  }
}

/** Whether a stream may begin so (RFC 1950, 2.2): deflate, no dictionary, and a check of both. */
function isHeader(method: number, flags: number): boolean {
  const known = (method & 0x0f) === 8 && method >> 4 <= 7 && (flags & 0x20) === 0;
  return known && (method * 256 + flags) % 31 === 0;
}

function unpack(bytes: Uint8Array, from: number): Stream | undefined {
  try {
    const options = { info: true, maxOutputLength: CONTENT_MAX };
    // With `info` it also gives its engine, which knows where the stream ended.
    const { buffer, engine } = inflateSync(bytes.subarray(from), options) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    const to = from + engine.bytesWritten;
    return to - from < PACKED_MIN ? undefined : { from, to, content: buffer };
  } catch {
    return undefined;
  }
}
