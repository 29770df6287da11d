/**
 * The bytes of a snapshot: a mirror of a project in a file, with the voxels that it points to. The
 * file is the 8 characters of `SNAPSHOT_MAGIC` and sections, one after the other, each of a head of
 * 16 bytes and a body; numbers are little-endian:
 *
 *     u32 length    of the body
 *     u32 crc32     of all that follows it: the rest of the head, and the body
 *     u32 type      see `SECTIONS`
 *     u32 unpacked  the length of the content, when the body is that deflated; else 0
 *
 * The first section is the header and the last one the end, so that a file that was cut off is
 * known. Contents are MessagePack, but for blocks: each a u32 of how many words it has, its id as a
 * f64, and the words. A block stands once in a file, before what it is in.
 */

import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';
import { Packr } from 'msgpackr';
import type { Mirror, MirrorBlocks, MirrorPage, MirrorRun, MirrorSteps } from '../port/mirror.ts';
import {
  type ByteSource,
  HEAD_BYTES,
  nameOf,
  SECTIONS,
  type Section,
  SNAPSHOT_MAGIC,
  sectionsIn,
  snapshotError,
} from './sections.ts';
import { FORMAT, NewerFormat } from './version.ts';

/** Blocks of one section have so many bytes and some more at most, which take a millisecond. */
const BLOCKS_BYTES = 512 * 1024;
/** Less is not worth to be deflated. */
const DEFLATED_MIN = 256;

const packr = new Packr({ useRecords: false, int64AsType: 'number' });

/** What a snapshot is of, beside the project itself. */
export interface SnapshotAbout {
  /** The name of the project. */
  readonly project: string;
  /** Of who wrote it. */
  readonly epoch: number;
}

export interface Snapshot extends SnapshotAbout {
  readonly mirror: Mirror;
}

/**
 * The bytes of a file, bit by bit: between two of them the thread does something else, and what
 * takes time is done by others.
 */
export async function* snapshotChunks(
  mirror: Mirror,
  about: SnapshotAbout,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield SNAPSHOT_MAGIC;
  for (const section of sections(mirror, about)) yield await bytesOf(section);
}

const deflated = promisify(deflate) as (content: Buffer, how: object) => Promise<Buffer>;

async function bytesOf({ type, content }: Section): Promise<Uint8Array> {
  const small = content.length < DEFLATED_MIN ? content : await deflated(content, { level: 1 });
  const packed = small.length < content.length;
  const body = packed ? small : content;
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  bytes.writeUInt32LE(body.length, 0);
  bytes.writeUInt32LE(type, 8);
  bytes.writeUInt32LE(packed ? content.length : 0, 12);
  bytes.set(body, HEAD_BYTES);
  bytes.writeUInt32LE(crc32(bytes.subarray(8)), 4);
  return bytes;
}

function* sections(mirror: Mirror, about: SnapshotAbout): Generator<Section, void, undefined> {
  const { sequence, stamp, root, done, undone } = mirror;
  const of = (type: number, content: unknown): Section => {
    return { type, content: packr.pack(content) };
  };
  yield of(SECTIONS.header, { format: FORMAT, ...about, sequence, stamp });
  const written = new Set<number>();
  for (const { ids, data } of mirror.values) {
    yield of(SECTIONS.values, { ids: bytesIn(ids), data });
  }
  for (const { id, about, pages } of mirror.volumes) {
    yield of(SECTIONS.volume, { id, about });
    for (const page of pages) {
      yield* newBlocks(page, written);
      const positions = bytesIn(page.positions);
      yield of(SECTIONS.page, { id, positions, ...placesOf(page) });
    }
  }
  for (const [steps, which] of [
    [done, 'done'],
    [undone, 'undone'],
  ] as const) {
    for (const run of steps.runs) {
      yield* newBlocks(run.blocks, written);
      const [numbers, bytes] = [bytesIn(run.numbers), bytesIn(run.bytes)];
      yield of(SECTIONS.run, { which, numbers, bytes, data: run.data, ...placesOf(run.blocks) });
    }
  }
  yield of(SECTIONS.root, { root, done: spanOf(done), undone: spanOf(undone) });
  yield of(SECTIONS.end, { blocks: written.size });
}

function spanOf({ start, end }: MirrorSteps): readonly number[] {
  return [start, end];
}

function placesOf({ ids, counts }: MirrorBlocks) {
  return { ids: bytesIn(ids), counts: bytesIn(counts) };
}

function bytesIn(values: Int32Array | Uint16Array | Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Those that no section has so far. */
function* newBlocks(
  { ids, words }: MirrorBlocks,
  written: Set<number>,
): Generator<Section, void, undefined> {
  let parts: Buffer[] = [];
  let bytes = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (written.has(id)) continue;
    written.add(id);
    const block = words[i]!;
    const head = Buffer.allocUnsafe(12);
    head.writeUInt32LE(block.length, 0);
    head.writeDoubleLE(id, 4);
    parts.push(head, Buffer.from(block.buffer, block.byteOffset, block.byteLength));
    bytes += head.length + block.byteLength;
    if (bytes < BLOCKS_BYTES) continue;
    yield { type: SECTIONS.blocks, content: Buffer.concat(parts) };
    parts = [];
    bytes = 0;
  }
  if (parts.length > 0) yield { type: SECTIONS.blocks, content: Buffer.concat(parts) };
}

/**
 * Reads a snapshot. Throws an Error that says what is wrong and where, whatever the bytes are;
 * `NewerFormat` when a later version wrote them; and what the source throws.
 */
export function readSnapshot(source: ByteSource): Snapshot {
  const reader = new SnapshotReader();
  let offset = 0;
  const sections = sectionsIn(source, (at) => {
    offset = at;
  });
  try {
    for (const section of sections) reader.take(section);
    return reader.finish();
  } catch (error) {
    throw snapshotError(error, offset, source);
  }
}

/** What is in a snapshot, without its voxels. */
export interface SnapshotSummary extends SnapshotAbout {
  readonly sequence: number;
  /** How many sections there are of each kind. */
  readonly sections: Readonly<Record<string, number>>;
}

/** Goes through a snapshot, a section at a time; throws as `readSnapshot`. */
export function summarizeSnapshot(source: ByteSource): SnapshotSummary {
  const counts: Record<string, number> = {};
  let header: HeaderContent | undefined;
  let [offset, last] = [0, 0];
  const sections = sectionsIn(source, (at) => {
    offset = at;
  });
  try {
    for (const { type, content } of sections) {
      const name = nameOf(type);
      if (name === 'header') header ??= packr.unpack(content) as HeaderContent;
      counts[name] = (counts[name] ?? 0) + 1;
      last = type;
    }
    if (header === undefined || last !== SECTIONS.end) throw new Error('the file is cut off');
    const { project, epoch, sequence } = header;
    return { project, epoch, sequence, sections: counts };
  } catch (error) {
    throw snapshotError(error, offset, source);
  }
}

interface PlacesContent {
  readonly ids: Uint8Array;
  readonly counts: Uint8Array;
}

interface HeaderContent extends SnapshotAbout, Pick<Mirror, 'sequence' | 'stamp'> {
  readonly format: number;
}

interface RootContent {
  readonly root: Uint8Array;
  /** Where the steps begin and end. */
  readonly done: readonly [number, number];
  readonly undone: readonly [number, number];
}

/** Puts the sections together, in their order. */
class SnapshotReader {
  #header: HeaderContent | undefined;
  #root: RootContent | undefined;
  #complete = false;
  readonly #blocks = new Map<number, Uint32Array>();
  readonly #values: { ids: Float64Array; data: Uint8Array }[] = [];
  readonly #volumes = new Map<number, { id: number; about: Uint8Array; pages: MirrorPage[] }>();
  readonly #runs = { done: [] as MirrorRun[], undone: [] as MirrorRun[] };

  take({ type, content }: Section): void {
    if (this.#complete) throw new Error('there is more after the end');
    if ((type === SECTIONS.header) !== (this.#header === undefined)) {
      throw new Error('the header is not the first section, and the only one');
    }
    if (type === SECTIONS.blocks) this.#takeBlocks(content);
    else this.#takeOther(type, packr.unpack(content));
  }

  finish(): Snapshot {
    const [header, root] = [this.#header, this.#root];
    if (header === undefined) throw new Error('the file has no header');
    if (root === undefined || !this.#complete) throw new Error('the file is cut off');
    const { project, epoch, sequence, stamp } = header;
    const steps = (which: 'done' | 'undone'): MirrorSteps => {
      const [start, end] = root[which];
      return { runs: this.#runs[which], start, end };
    };
    const mirror: Mirror = {
      ...{ sequence, stamp, root: copyOf(root.root) },
      ...{ values: this.#values, volumes: [...this.#volumes.values()] },
      ...{ done: steps('done'), undone: steps('undone') },
    };
    return { project, epoch, mirror };
  }

  #takeOther(type: number, content: unknown): void {
    switch (type) {
      case SECTIONS.header:
        this.#header = content as HeaderContent;
        if (this.#header.format > FORMAT) {
          throw new NewerFormat('the snapshot', `the format ${this.#header.format}`);
        }
        return;
      case SECTIONS.values: {
        const { ids, data } = content as { ids: Uint8Array; data: Uint8Array };
        this.#values.push({ ids: doubles(ids), data: copyOf(data) });
        return;
      }
      case SECTIONS.volume: {
        const { id, about } = content as { id: number; about: Uint8Array };
        this.#volumes.set(id, { id, about: copyOf(about), pages: [] });
        return;
      }
      case SECTIONS.page: {
        const page = content as PlacesContent & { id: number; positions: Uint8Array };
        const positions = new Int32Array(copyOf(page.positions).buffer);
        const volume = this.#volumes.get(page.id);
        if (volume === undefined) throw new Error('a page stands before its volume');
        volume.pages.push({ positions, ...this.#blocksAt(page) });
        return;
      }
      case SECTIONS.run: {
        const run = content as PlacesContent & {
          which: 'done' | 'undone';
          numbers: Uint8Array;
          bytes: Uint8Array;
          data: Uint8Array;
        };
        const [numbers, bytes] = [doubles(run.numbers), doubles(run.bytes)];
        const [data, blocks] = [copyOf(run.data), this.#blocksAt(run)];
        this.#runs[run.which].push({ numbers, bytes, data, blocks });
        return;
      }
      case SECTIONS.root:
        this.#root = content as RootContent;
        return;
      case SECTIONS.end: {
        const { blocks } = content as { blocks: number };
        if (blocks !== this.#blocks.size) throw new Error('blocks are missing');
        this.#complete = true;
        return;
      }
      default:
        nameOf(type);
    }
  }

  #takeBlocks(content: Buffer): void {
    for (let at = 0; at < content.length; ) {
      const length = content.readUInt32LE(at);
      const id = content.readDoubleLE(at + 4);
      const end = at + 12 + 4 * length;
      if (end > content.length) throw new Error('a block is cut off');
      const words = new Uint32Array(new SharedArrayBuffer(4 * length));
      new Uint8Array(words.buffer).set(content.subarray(at + 12, end));
      this.#blocks.set(id, words);
      at = end;
    }
  }

  #blocksAt(places: PlacesContent): MirrorBlocks {
    const ids = doubles(places.ids);
    const words = Array.from(ids, (id) => {
      const found = this.#blocks.get(id);
      if (found === undefined) throw new Error(`the block ${id} is missing`);
      return found;
    });
    return { ids, counts: new Uint16Array(copyOf(places.counts).buffer), words };
  }
}

/** In memory of its own, which begins where it must for numbers of any size. */
function copyOf(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}

function doubles(bytes: Uint8Array): Float64Array {
  return new Float64Array(copyOf(bytes).buffer);
}
