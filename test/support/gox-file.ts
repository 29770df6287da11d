/** Builds .gox files byte by byte, and takes them apart, without the code under test. */

export interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** Where it begins in the file. */
  readonly offset: number;
}

/** { 4 byte type, int32 length, data, int32 0 } */
export function chunk(type: string, data: Uint8Array): Buffer {
  const header = Buffer.alloc(8, type, 'latin1');
  header.writeInt32LE(data.length, 4);
  return Buffer.concat([header, data, Buffer.alloc(4)]);
}

/** { int32 key length, key, int32 value length, value } for each member; keys are latin1. */
export function dict(entries: Readonly<Record<string, Uint8Array>>): Buffer {
  const sized = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeInt32LE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return Buffer.concat(
    Object.entries(entries).flatMap(([key, value]) => [
      sized(Buffer.from(key, 'latin1')),
      sized(value),
    ]),
  );
}

export function goxFile(...chunks: Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from('GOX \x02\0\0\0', 'latin1'), ...chunks]);
}

/** The chunks of a sound file. */
export function chunksOf(file: Uint8Array): Chunk[] {
  const bytes = Buffer.from(file);
  const chunks: Chunk[] = [];
  for (let offset = 8; offset < bytes.length; ) {
    const length = bytes.readInt32LE(offset + 4);
    const type = bytes.toString('latin1', offset, offset + 4);
    chunks.push({ type, data: bytes.subarray(offset + 8, offset + 8 + length), offset });
    offset += 12 + length;
  }
  return chunks;
}
