/** Builds MagicaVoxel files chunk by chunk, without the code under test. */

type Dict = Readonly<Record<string, string>>;
type Triple = readonly [number, number, number];

export function int32(...values: number[]): Buffer {
  return Buffer.from(Int32Array.from(values).buffer);
}

/** { 4 byte type, int32 content length, int32 length of the chunks inside, both } */
export function chunk(type: string, content: Uint8Array, ...inside: Uint8Array[]): Buffer {
  const chunks = Buffer.concat(inside);
  const lengths = int32(content.length, chunks.length);
  return Buffer.concat([Buffer.from(type, 'latin1'), lengths, content, chunks]);
}

/** int32 number of entries, then int32 length and text of every key and value. */
export function dict(entries: Dict = {}): Buffer {
  const texts = Object.entries(entries)
    .flat()
    .map((text) => Buffer.from(text));
  return Buffer.concat([
    int32(texts.length / 2),
    ...texts.flatMap((text) => [int32(text.length), text]),
  ]);
}

export function voxFile(...chunks: Uint8Array[]): Buffer {
  return Buffer.concat([
    Buffer.from('VOX '),
    int32(150),
    chunk('MAIN', Buffer.alloc(0), ...chunks),
  ]);
}

/** SIZE and XYZI; a voxel is x, y, z and palette index. */
export function model(size: Triple, ...voxels: number[][]): Buffer {
  return Buffer.concat([
    chunk('SIZE', int32(...size)),
    chunk('XYZI', Buffer.concat([int32(voxels.length), Buffer.from(voxels.flat())])),
  ]);
}

export function transform(id: number, child: number, frame: Dict = {}, attributes: Dict = {}) {
  const content = [int32(id), dict(attributes), int32(child, -1, 0, 1), dict(frame)];
  return chunk('nTRN', Buffer.concat(content));
}

export function group(id: number, ...children: number[]): Buffer {
  return chunk('nGRP', Buffer.concat([int32(id), dict(), int32(children.length, ...children)]));
}

export function shape(id: number, ...models: number[]): Buffer {
  const list = models.flatMap((index) => [int32(index), dict()]);
  return chunk('nSHP', Buffer.concat([int32(id), dict(), int32(models.length), ...list]));
}

/** The content of the chunks of a sound file, in their order. */
export function chunksOf(file: Buffer): { type: string; offset: number; content: Buffer }[] {
  const chunks = [];
  for (let offset = 20; offset < file.length; ) {
    const length = file.readInt32LE(offset + 4);
    const type = file.toString('latin1', offset, offset + 4);
    chunks.push({ type, offset, content: file.subarray(offset + 12, offset + 12 + length) });
    offset += 12 + length;
  }
  return chunks;
}
