/**
 * Reads MagicaVoxel files (`VOX `, int32 version, then the chunk MAIN with all others inside) as
 * Goxel imports them: a layer for each model, named and placed by the first shape of it. Chunks are
 * { 4 byte type, int32 content length, int32 length of the chunks inside, both }. Palette indices
 * count from 1. The palette of the file becomes the document's. IMAP orders the palette only in
 * MagicaVoxel's window, and materials, cameras and notes are passed over.
 *
 * Files that do not begin so are read as the format that came before: three int32 for the sizes
 * along z, y and x, an index for each position, x fastest, 255 for none, 256 RGB colours.
 */

import { GoxError } from '../../../conf/errors.ts';
import { magicaVoxelColors, unnamed } from '../../document/built-in-palettes.ts';
import { Document } from '../../document/document.ts';
import { Layer } from '../../document/layer.ts';
import { PACKABLE_MAX } from '../../volume/block-store.ts';
import { pack } from '../../volume/color.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { contentBox } from '../fit.ts';
import type { ImportOptions } from '../format.ts';
import { naming } from '../naming.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { broken, ChunkReader } from './vox-chunks.ts';
import { type Model, placeModel, readModel } from './vox-model.ts';
import { ofMiddles } from './vox-move.ts';
import { Scene } from './vox-scene.ts';

const MAGIC = 'VOX ';
const HEADER_BYTES = 8;
const CHUNK_HEADER_BYTES = 12;
const PALETTE_LENGTH = 256;

/** A model of no voxel takes 40 bytes of a file, and a layer many times that of memory. */
const LAYERS_MAX = 16384;

const OLD_HEADER_BYTES = 12;
const OLD_PALETTE_BYTES = 768;
const OLD_EMPTY = 255;

/** Throws GOX_FORMAT_BROKEN (details: file, chunk, offset) or GOX_MEMORY_LIMIT. */
export const readVox = budgeted(readWithin);

function readWithin(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  options: ImportOptions,
): Document {
  const { instances = false } = options;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const document = Document.empty();
  if (buffer.toString('latin1', 0, MAGIC.length) === MAGIC) {
    new VoxReader(buffer, source).read(document, budget, instances);
  } else {
    naming(source, () => readOld(buffer, source, document, budget));
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

class VoxReader {
  readonly #bytes: Buffer;
  readonly #source: string;
  readonly #scene = new Scene();
  readonly #models: Model[] = [];
  #size: readonly [number, number, number] | undefined;
  #palette = magicaVoxelColors();

  constructor(bytes: Buffer, source: string) {
    this.#bytes = bytes;
    this.#source = source;
  }

  read(document: Document, budget: BlockBudget, instances: boolean): void {
    if (this.#bytes.length < HEADER_BYTES) this.#fail('header', 4, 'its version is cut short');
    const main = this.#chunk(HEADER_BYTES, this.#bytes.length);
    if (main.content.type !== 'MAIN') this.#fail('header', HEADER_BYTES, 'it has no chunk MAIN');
    for (let at = main.content.end; at < main.end; ) {
      const { content, end } = this.#chunk(at, main.end);
      this.#readKnown(content);
      at = end;
    }
    if (this.#size !== undefined) this.#fail('MAIN', main.end, 'a SIZE without voxels');
    if (this.#models.length === 0) this.#fail('MAIN', main.end, 'it has no model');
    this.#place(document, budget, instances);
  }

  /** The content of the chunk at an offset, and where the next one begins. */
  #chunk(at: number, limit: number): { content: ChunkReader; end: number } {
    const left = limit - at - CHUNK_HEADER_BYTES;
    if (left < 0) this.#fail('header', at, 'a chunk header is cut short');
    const type = this.#bytes.toString('latin1', at, at + 4);
    const length = this.#bytes.readInt32LE(at + 4);
    const inside = this.#bytes.readInt32LE(at + 8);
    if (length < 0 || inside < 0 || length + inside > left) {
      this.#fail(type, at, `${length} and ${inside} bytes do not fit into the ${left} left`);
    }
    const start = at + CHUNK_HEADER_BYTES;
    const content = new ChunkReader(this.#bytes, this.#source, type, start, start + length);
    return { content, end: start + length + inside };
  }

  #readKnown(chunk: ChunkReader): void {
    if (chunk.type === 'SIZE') this.#readSize(chunk);
    else if (chunk.type === 'XYZI' || chunk.type === 'TDCZ') this.#readVoxels(chunk);
    else if (chunk.type === 'RGBA') this.#readPalette(chunk);
    else if (chunk.type === 'nTRN') this.#scene.readTransform(chunk);
    else if (chunk.type === 'nGRP') this.#scene.readGroup(chunk);
    else if (chunk.type === 'nSHP') this.#scene.readShape(chunk);
    else if (chunk.type === 'LAYR') this.#scene.readLayer(chunk);
  }

  #readSize(chunk: ChunkReader): void {
    if (this.#size !== undefined) chunk.fail('the SIZE before it has no voxels');
    const side = () => {
      const value = chunk.int32('size');
      return value < 0 ? chunk.fail(`a size of ${value}`, chunk.offset - 4) : value;
    };
    this.#size = [side(), side(), side()];
  }

  #readVoxels(chunk: ChunkReader): void {
    if (this.#size === undefined) chunk.fail('voxels without a SIZE before them');
    if (this.#models.length >= LAYERS_MAX) this.#tooMany();
    this.#models.push(readModel(this.#size, chunk));
    this.#size = undefined;
  }

  /** The last entry is not used, and some files leave it out. */
  #readPalette(chunk: ChunkReader): void {
    const entries = chunk.rest();
    if (entries.length < (PALETTE_LENGTH - 1) * 4) chunk.fail('it has fewer than 255 colours');
    const palette = new Uint32Array(PALETTE_LENGTH);
    for (let i = 0; i < PALETTE_LENGTH && 4 * i + 4 <= entries.length; i++) {
      palette[i] = entries.readUInt32LE(4 * i);
    }
    this.#palette = palette;
  }

  /** Makes a layer of each model, or of each instance of one. */
  #place(document: Document, budget: BlockBudget, instances: boolean): void {
    const colors = new Uint32Array(PALETTE_LENGTH);
    colors.set(this.#palette.subarray(0, PALETTE_LENGTH - 1), 1);
    const placements = instances
      ? this.#scene.all(this.#models.length, LAYERS_MAX)
      : this.#scene.single(this.#models.length);
    let blocks = 0;
    const layers = placements.map(({ model, name, hidden, move }, i) => {
      const layer = new Layer(i + 1, name === '' ? `Layer.${i + 1}` : name);
      const moved = instances ? ofMiddles(move) : move;
      const volume = placeModel(this.#models[model]!, moved, colors, budget);
      layer.set({ material: 0, visible: !hidden, volume });
      blocks += volume.blockCount;
      if (blocks > PACKABLE_MAX) volume.pack();
      return layer;
    });
    const palette = unnamed('MagicaVoxel', this.#palette);
    document.set({ layers, active: layers.at(-1), palette });
  }

  #tooMany(): never {
    const message = `${this.#source} holds more than ${LAYERS_MAX} models.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { file: this.#source, models_max: LAYERS_MAX });
  }

  #fail(chunk: string, offset: number, message: string): never {
    return broken(this.#source, chunk, offset, message);
  }
}

/** Fills a document's layer from a file of the older format. */
function readOld(bytes: Buffer, source: string, document: Document, budget: BlockBudget): void {
  const fail = (offset: number, message: string) => broken(source, 'header', offset, message);
  const count = bytes.length - OLD_HEADER_BYTES - OLD_PALETTE_BYTES;
  if (count < 0) fail(0, 'it is no MagicaVoxel file, and too short for an older one');
  const [height, depth, width] = [0, 4, 8].map((at) => bytes.readInt32LE(at)) as [
    number,
    number,
    number,
  ];
  if (height < 0 || depth < 0 || width < 0 || width * depth * height > count) {
    fail(0, `it is no MagicaVoxel file, and has no ${width} x ${depth} x ${height} voxels`);
  }
  const start = OLD_HEADER_BYTES + width * depth * height;
  const colors = Uint32Array.from({ length: PALETTE_LENGTH }, (_, i) => {
    const at = start + 3 * i;
    return pack(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, 255);
  });
  const voxels = new VoxelBuilder(budget);
  const [x0, y0, z0] = [width, depth, height].map((side) => -Math.trunc(side / 2)) as [
    number,
    number,
    number,
  ];
  let [x, y, z] = [0, 0, 0];
  for (let at = OLD_HEADER_BYTES; at < start; at++) {
    const index = bytes[at]!;
    if (index !== OLD_EMPTY) voxels.set(x + x0, y + y0, z + z0, colors[index]!);
    if (++x < width) continue;
    x = 0;
    if (++y < depth) continue;
    y = 0;
    z++;
  }
  voxels.finish(document.activeLayer.volume);
  document.set({ palette: unnamed('VOX', colors) });
}
