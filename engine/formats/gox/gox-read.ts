/**
 * Reads a .gox file as Goxel's File > Open does, except that damage is an error: nothing is loaded
 * then. Every size is checked against what is left of the file, and every block against the memory
 * allowed, before anything is allocated. What we do not know is kept for writing.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document, type UnknownChunk } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import {
  type Camera,
  type Material,
  newCamera,
  newLight,
  newMaterial,
} from '../../document/scene.ts';
import { decodePng, PngError } from '../../image/png.ts';
import { BLOCK_BYTES, countVoxels, newBlockData } from '../../volume/block.ts';
import { BlockStore } from '../../volume/block-store.ts';
import { boxMatrix, isNullBox } from '../../volume/matrix.ts';
import { Block, newToken } from '../../volume/stored-block.ts';
import { contentBox, DEFAULT_BOX } from '../fit.ts';
import { type ImportOptions, READ_VOXEL_BYTES_MAX } from '../format.ts';
import { naming } from '../naming.ts';
import { type Fail, Fields, readDict } from './dict.ts';
import { LayerReader } from './gox-layer.ts';

const MAGIC = 'GOX ';
const VERSION_MAX = 2;
const HEADER_BYTES = 8;
const CHUNK_HEADER_BYTES = 8;
const CHECKSUM_BYTES = 4;

/** Pixels of a BL16 image a side: 64 x 64 pixels are 16³ voxels, in the same order. */
const BLOCK_IMAGE_SIDE = 64;

/** Throws GOX_FORMAT_BROKEN (details: file, chunk, offset) or GOX_MEMORY_LIMIT. */
export function readGox(
  bytes: Uint8Array,
  source: string,
  { voxel_bytes_max = READ_VOXEL_BYTES_MAX }: ImportOptions = {},
): Document {
  return new GoxReader(bytes, source, voxel_bytes_max).read();
}

class GoxReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #source: string;
  readonly #blocks_max: number;
  readonly #document = new Document(boxMatrix(DEFAULT_BOX).with(15, 0));
  /** Comes into the document at the end: a file may have millions of any. */
  readonly #parts = {
    layers: [] as Layer[],
    materials: [] as Material[],
    cameras: [] as Camera[],
    unknownChunks: [] as UnknownChunk[],
  };
  readonly #blocks = new BlockStore();
  readonly #token = newToken();
  #preview: Uint8Array | undefined;
  /** Known chunk types come in a fixed order; unknown ones are kept behind the one before them. */
  #after = '';

  constructor(bytes: Uint8Array, source: string, voxel_bytes_max: number) {
    // A Buffer's slice() shares memory, where that of a plain array copies.
    this.#bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#source = source;
    this.#blocks_max = Math.floor(voxel_bytes_max / BLOCK_BYTES);
  }

  read(): Document {
    const version = this.#readHeader();
    this.#requireRoom();
    const document = this.#document;
    document.derived_blocks_max = this.#blocks_max;
    const layers = new LayerReader(
      this.#source,
      this.#parts,
      this.#bytes,
      version,
      this.#blocks,
      this.#blocks_max,
    );
    for (let at = HEADER_BYTES; at < this.#bytes.length; ) at = this.#readChunk(at, layers);
    layers.finish();
    if (this.#parts.layers.length === 0) {
      this.#fail('LAYR', 'it ends before its first layer', this.#bytes.length);
    }
    this.#complete();
    return document;
  }

  #readHeader(): number {
    if (this.#bytes.length < HEADER_BYTES || this.#type(0) !== MAGIC) {
      this.#fail('header', 'it does not begin as a .gox file', 0);
    }
    const version = this.#view.getInt32(4, true);
    if (version < 1 || version > VERSION_MAX) {
      this.#fail('header', `version ${version} is not supported, only 1 and ${VERSION_MAX}`, 4);
    }
    return version;
  }

  /** Counts the blocks before any is unpacked, which takes most of the time. */
  #requireRoom(): void {
    let blocks = 0;
    for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= this.#bytes.length; ) {
      const length = this.#view.getInt32(at + 4, true);
      // What is wrong with it is told by who reads it.
      if (length < 0) break;
      if (this.#type(at) === 'BL16') blocks++;
      at += CHUNK_HEADER_BYTES + length + CHECKSUM_BYTES;
    }
    if (blocks <= this.#blocks_max) return;
    const bytes = blocks * BLOCK_BYTES;
    const message = `The ${blocks} blocks of ${this.#source} take ${bytes} bytes.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { file: this.#source, bytes });
  }

  /** Reads the chunk at an offset and returns that of the next. */
  #readChunk(at: number, layers: LayerReader): number {
    const left = this.#bytes.length - at;
    if (left < CHUNK_HEADER_BYTES) this.#fail('header', 'a chunk header is cut short', at);
    const type = this.#type(at);
    const length = this.#view.getInt32(at + 4, true);
    if (length < 0 || length > left - CHUNK_HEADER_BYTES - CHECKSUM_BYTES) {
      this.#fail(type, `a chunk of ${length} bytes does not fit into the ${left} left`, at);
    }
    const start = at + CHUNK_HEADER_BYTES;
    const end = start + length;
    const fail: Fail = (message, offset) => this.#fail(type, message, offset);
    const known = this.#readKnown(type, start, end, layers, fail);
    if (known) this.#after = type;
    else {
      const data = this.#bytes.slice(start, end);
      this.#parts.unknownChunks.push({ type, data, after: this.#after });
    }
    return end + CHECKSUM_BYTES;
  }

  #readKnown(type: string, start: number, end: number, layers: LayerReader, fail: Fail): boolean {
    const fields = () => new Fields(readDict(this.#bytes, start, end, fail));
    if (type === 'IMG ') this.#readImage(fields());
    else if (type === 'PREV') this.#preview = this.#bytes.slice(start, end);
    else if (type === 'BL16') this.#readBlock(start, end, fail);
    else if (type === 'MATE') this.#readMaterial(fields());
    else if (type === 'LAYR') layers.read(start, end, fail);
    else if (type === 'CAMR') this.#readCamera(fields());
    else if (type === 'LIGH') this.#readLight(fields());
    else return false;
    return true;
  }

  #readImage(fields: Fields): void {
    const document = this.#document;
    document.set({ box: fields.floats('box', 16) ?? document.box, boxExtra: fields.rest() });
  }

  #readBlock(start: number, end: number, fail: Fail): void {
    try {
      const png = this.#bytes.subarray(start, end);
      const words = newBlockData();
      const pixels = new Uint8Array(words.buffer, words.byteOffset, BLOCK_BYTES);
      decodePng(png, BLOCK_IMAGE_SIDE, BLOCK_IMAGE_SIDE, pixels);
      const block = new Block(words, this.#token, countVoxels(words));
      this.#blocks.push(block, this.#token);
    } catch (error) {
      if (!(error instanceof PngError)) throw error;
      fail(error.message, start + error.offset);
    }
  }

  #readMaterial(fields: Fields): void {
    const { materials } = this.#parts;
    const known = newMaterial(fields.text('name') ?? `Material.${materials.length + 1}`);
    materials.push({
      name: known.name,
      color: fields.floats('color', 4) ?? known.color,
      metallic: fields.float('metallic') ?? known.metallic,
      roughness: fields.float('roughness') ?? known.roughness,
      emission: fields.floats('emission', 3) ?? known.emission,
      extra: fields.rest(),
    });
  }

  #readCamera(fields: Fields): void {
    const { cameras } = this.#parts;
    const known = newCamera(fields.text('name') ?? `Camera.${cameras.length + 1}`);
    cameras.push({
      name: known.name,
      dist: fields.float('dist') ?? known.dist,
      ortho: fields.bool('ortho') ?? known.ortho,
      mat: fields.floats('mat', 16) ?? known.mat,
      active: fields.has('active'),
      extra: fields.rest(),
    });
  }

  #readLight(fields: Fields): void {
    const known = newLight();
    const light = {
      pitch: fields.float('pitch') ?? known.pitch,
      yaw: fields.float('yaw') ?? known.yaw,
      intensity: fields.float('intensity') ?? known.intensity,
      fixed: fields.bool('fixed') ?? known.fixed,
      ambient: fields.float('ambient') ?? known.ambient,
      shadow: fields.float('shadow') ?? known.shadow,
      extra: fields.rest(),
    };
    this.#document.set({ light });
  }

  /** Adds what the file leaves out: camera, box, and the voxels of clones and shapes. */
  #complete(): void {
    const document = this.#document;
    const unboxed = isNullBox(document.box);
    const { cameras } = this.#parts;
    if (cameras.length === 0) {
      cameras.push(newCamera('Camera.1', unboxed ? undefined : document.box));
    }
    document.set(this.#parts);
    naming(this.#source, () => document.refresh());
    if (unboxed) document.set({ box: boxMatrix(contentBox(document.layers)) });
    if (this.#preview !== undefined) document.preview = this.#preview;
  }

  #type(at: number): string {
    const bytes = this.#bytes;
    return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
  }

  #fail(chunk: string, message: string, offset: number): never {
    const file = this.#source;
    const where = `chunk ${JSON.stringify(chunk)}, byte ${offset}`;
    const text = `${file} is damaged in ${where}: ${message}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', text, { file, chunk, offset });
  }
}
