/**
 * Writes ZIP archives (APPNOTE 6.3.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT).
 * A part is packed as its pieces come, and held until its size is known, so that it stands in front
 * of it, where every reader finds it. There are no times in it: the same parts give the same bytes.
 */

import { constants, crc32, deflateRawSync } from 'node:zlib';
import { inPieces } from '../pieces.ts';

const LOCAL = 0x0403_4b50;
const LOCAL_BYTES = 30;
const ENTRY = 0x0201_4b50;
const ENTRY_BYTES = 46;
const END = 0x0605_4b50;
const END_BYTES = 22;
const DEFLATED = 8;
/** 2.0, which knows what is deflated. */
const VERSION = 20;
/** Text of a model is 8 % smaller with zlib's usual one, in half as much time again. */
const LEVEL = 4;
/** Names are UTF-8. */
const UTF_8 = 0x800;
/** The first day of 1980, the least that there is. */
const DATE = 0x21;
/** The end of what is packed in sections that have none. */
const LAST_BLOCK = Buffer.of(3, 0);

interface Entry {
  readonly name: Buffer;
  readonly crc: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly at: number;
}

/** Parts by their names, in the order of the archive; all of them have less than 4 GiB. */
export function* zipped(
  parts: readonly (readonly [string, Iterable<Uint8Array>])[],
): Generator<Uint8Array, void, undefined> {
  const entries: Entry[] = [];
  let at = 0;
  for (const [name, pieces] of parts) {
    const { packed, crc, unpacked } = pack(pieces);
    const size = packed.reduce((sum, { length }) => sum + length, 0);
    const entry = { name: Buffer.from(name), crc, packed: size, unpacked, at };
    entries.push(entry);
    const header = localHeader(entry);
    at += header.length + size;
    yield* inPieces([header, ...packed]);
  }
  const directory = Buffer.concat(entries.map(entryOf));
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  yield Buffer.concat([directory, end]);
}

/** Each piece becomes a section that ends with a whole byte. */
function pack(pieces: Iterable<Uint8Array>) {
  const packed: Uint8Array[] = [];
  let [crc, unpacked] = [0, 0];
  for (const piece of pieces) {
    crc = crc32(piece, crc);
    unpacked += piece.length;
    packed.push(deflateRawSync(piece, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }));
  }
  packed.push(LAST_BLOCK);
  return { packed, crc, unpacked };
}

function localHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES);
  header.writeUInt32LE(LOCAL);
  putFacts(header, 4, entry);
  return Buffer.concat([header, entry.name]);
}

function entryOf(entry: Entry): Buffer {
  const header = Buffer.alloc(ENTRY_BYTES);
  header.writeUInt32LE(ENTRY);
  header.writeUInt16LE(VERSION, 4);
  putFacts(header, 6, entry);
  header.writeUInt32LE(entry.at, 42);
  return Buffer.concat([header, entry.name]);
}

/** What both kinds of headers say. */
function putFacts(header: Buffer, at: number, { name, crc, packed, unpacked }: Entry): void {
  header.writeUInt16LE(VERSION, at);
  header.writeUInt16LE(UTF_8, at + 2);
  header.writeUInt16LE(DEFLATED, at + 4);
  header.writeUInt16LE(DATE, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(packed, at + 14);
  header.writeUInt32LE(unpacked, at + 18);
  header.writeUInt16LE(name.length, at + 22);
}
