/**
 * Reads MagicaVoxel files (`VOX `, int32 version, then the chunk MAIN with all others inside) as
 * MagicaVoxel shows them: a layer for each object in its scene, hidden ones invisible, of one frame
 * of an animation. Chunks are { 4 byte type, int32 content length, int32 length of the chunks
 * inside, both }. Palette indices count from 1. The palette of the file becomes the document's, in
 * the order of MagicaVoxel's window. The format is that of the two pages that MagicaVoxel
 * publishes, `MagicaVoxel-file-format-vox.txt` and `-extension.txt`.
 *
 * Like Goxel: a layer for each model, named and placed by the first shape of it, turned around the
 * corner of a voxel; and no materials, cameras and hidden objects.
 *
 * Files that do not begin so are read as Voxlap's (`vox-old.ts`).
 */

import { GoxError } from '../../../conf/errors.ts';
import { magicaVoxelColors, unnamed } from '../../document/built-in-palettes.ts';
import { Document } from '../../document/document.ts';
import { Layer } from '../../document/layer.ts';
import type { Palette } from '../../document/palette.ts';
import type { Camera } from '../../document/scene.ts';
import { PACKABLE_MAX } from '../../volume/block-store.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { contentBox } from '../fit.ts';
import type { ImportOptions } from '../format.ts';
import { naming } from '../naming.ts';
import { Report } from '../report.ts';
import { readCamera } from './vox-cameras.ts';
import { type ChunkReader, chunksOf, type Dict } from './vox-chunks.ts';
import { placementsOf } from './vox-frames.ts';
import { LAYERS_MAX, LayerMaker, paintOf, usedMaterials } from './vox-layers.ts';
import { materialOf, readMaterial, readOldMaterial } from './vox-materials.ts';
import { emptyIn, emptyModel, indicesIn, type Model, placeModel, readModel } from './vox-model.ts';
import { readOld } from './vox-old.ts';
import { Scene } from './vox-scene.ts';

const MAGIC = 'VOX ';
const PALETTE_LENGTH = 256;

/** What is known and has no counterpart here. */
const MEANINGLESS = new Set(['rOBJ', 'rLIT', 'META']);

/** Throws GOX_FORMAT_BROKEN (details: file, chunk, offset) or GOX_MEMORY_LIMIT. */
export const readVox = budgeted(readWithin);

function readWithin(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  options: ImportOptions,
): Document {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const document = Document.empty();
  if (buffer.toString('latin1', 0, MAGIC.length) === MAGIC) {
    new VoxReader(buffer, source, options).read(document, budget);
  } else {
    const { report = new Report(), like } = options;
    naming(source, () => readOld(buffer, source, document, budget, report, like === 'goxel'));
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

class VoxReader {
  readonly #bytes: Buffer;
  readonly #source: string;
  readonly #options: ImportOptions;
  readonly #report: Report;
  readonly #scene: Scene;
  readonly #models: Model[] = [];
  readonly #materials = new Map<number, Dict>();
  readonly #cameras: Camera[] = [];
  #size: readonly [number, number, number] | undefined;
  #palette = magicaVoxelColors();
  /** The place in the palette of each place in MagicaVoxel's window. */
  #order: Uint8Array | undefined;
  #notes: string[] = [];
  #packed = false;

  constructor(bytes: Buffer, source: string, options: ImportOptions) {
    this.#bytes = bytes;
    this.#source = source;
    this.#options = options;
    this.#report = options.report ?? new Report();
    this.#scene = new Scene(source, this.#report);
  }

  read(document: Document, budget: BlockBudget): void {
    let first: GoxError | undefined;
    let sound = 0;
    for (const chunk of chunksOf(this.#bytes, this.#source, this.#report)) {
      try {
        this.#readKnown(chunk);
        this.#tellKeys(chunk);
        if (chunk.type === 'XYZI' || chunk.type === 'TDCZ') sound++;
      } catch (error) {
        if (!(error instanceof GoxError && error.code === 'GOX_FORMAT_BROKEN')) throw error;
        first ??= error;
        this.#passOver(chunk, error);
      }
    }
    if (sound === 0 && first !== undefined) throw first;
    if (this.#size !== undefined) {
      const message = `The last SIZE of ${this.#source} has no voxels.`;
      this.#report.warn('WARN_BROKEN_PART', message, { chunk: 'SIZE' });
    }
    if (this.#models.length === 0) this.#refuse('it has no model');
    const { like, instances = like !== 'goxel' } = this.#options;
    if (instances) this.#show(document, budget);
    else this.#place(document, budget);
  }

  #readKnown(chunk: ChunkReader): void {
    const { type } = chunk;
    if (type === 'SIZE') this.#readSize(chunk);
    else if (type === 'XYZI' || type === 'TDCZ') this.#readVoxels(chunk);
    else if (type === 'RGBA') this.#readPalette(chunk);
    else if (type === 'PACK') this.#packed = true;
    else if (type === 'MATL') this.#materials.set(...readMaterial(chunk));
    else if (type === 'MATT') this.#materials.set(...readOldMaterial(chunk));
    else if (type === 'IMAP') this.#order = chunk.rest();
    else if (type === 'NOTE') this.#readNotes(chunk);
    else if (type === 'rCAM') {
      const camera = readCamera(chunk);
      if (camera !== undefined) this.#cameras.push(camera);
    } else if (!this.#scene.read(chunk) && !MEANINGLESS.has(type)) {
      const what = JSON.stringify(type);
      const message = `A chunk ${what} of ${this.#source} is not known here.`;
      this.#report.warn('WARN_UNKNOWN_PART', message, { chunk: type, byte: chunk.start });
    }
  }

  #tellKeys({ unknown, type, start }: ChunkReader): void {
    for (const key of unknown) {
      const message = `What ${JSON.stringify(key)} says in ${type} is not known here.`;
      this.#report.warn('WARN_UNKNOWN_PART', message, { chunk: type, byte: start });
    }
  }

  #readSize(chunk: ChunkReader): void {
    const lost = this.#size !== undefined;
    this.#size = undefined;
    const side = () => {
      const value = chunk.int32('size');
      return value < 0 ? chunk.fail(`a size of ${value}`, chunk.offset - 4) : value;
    };
    this.#size = [side(), side(), side()];
    if (lost) chunk.fail('the SIZE before it has no voxels');
  }

  #readVoxels(chunk: ChunkReader): void {
    if (this.#models.length >= LAYERS_MAX) this.#tooMany();
    const size = this.#size;
    this.#size = undefined;
    const place = this.#models.push(emptyModel(chunk)) - 1;
    if (size === undefined) chunk.fail('voxels without a SIZE before them');
    const model = readModel(size, chunk, (says, has) => {
      const message = `A model of ${this.#source} says that it has ${says} voxels, and has ${has}.`;
      this.#report.warn('WARN_BROKEN_PART', message, { chunk: chunk.type, byte: chunk.start });
    });
    const none = 'Voxels of colour 0 are none in .vox files, and were left out.';
    const where = { chunk: chunk.type, byte: chunk.start };
    this.#report.warn('WARN_DETAIL_SKIPPED', none, where, emptyIn(model));
    // What cannot be unpacked is found out here, where another model may stand for the file.
    if (model.listed === undefined) indicesIn(model);
    this.#models[place] = model;
  }

  /** MagicaVoxel writes 256 entries; other programs fewer. Those that lack are its own. */
  #readPalette(chunk: ChunkReader): void {
    const entries = chunk.rest();
    for (let i = 0; i < PALETTE_LENGTH && 4 * i + 4 <= entries.length; i++) {
      this.#palette[i] = entries.readUInt32LE(4 * i);
    }
  }

  /** Names of the rows of MagicaVoxel's palette. */
  #readNotes(chunk: ChunkReader): void {
    const count = chunk.count('notes', 4);
    this.#notes = Array.from({ length: Math.min(count, PALETTE_LENGTH) }, () => chunk.string());
  }

  /** Makes a layer of each model, as Goxel does. */
  #place(document: Document, budget: BlockBudget): void {
    const colors = this.#indexed();
    let blocks = 0;
    const placements = this.#scene.single(this.#models.length);
    const made = placements.map(({ model, name, move }, i) => {
      const layer = new Layer(i + 1, name === '' ? `Layer.${i + 1}` : name);
      const volume = placeModel(this.#models[model]!, move, colors, budget, () => {
        const message = `Voxels of ${this.#source} are out of the range of coordinates.`;
        this.#report.warn('WARN_CLIPPED', message, { object: layer.name });
      });
      layer.set({ material: 0, volume });
      blocks += volume.blockCount;
      if (blocks > PACKABLE_MAX) volume.pack();
      return layer;
    });
    const palette = unnamed('MagicaVoxel', this.#palette);
    const layers = layersOr(document, made);
    document.set({ layers, active: layers.at(-1), palette });
    this.#tellLeftOut();
  }

  /** What is not read without instances. */
  #tellLeftOut(): void {
    const report = this.#report;
    const source = this.#source;
    const { copies, hidden } = this.#scene.leftOut();
    let message = `Of models that stand several times in ${source} one copy was read.`;
    report.warn('WARN_INSTANCES_LEFT_OUT', message, undefined, copies);
    message = `What is hidden in ${source} was read as if it were visible.`;
    report.warn('WARN_DETAIL_SKIPPED', message, undefined, hidden);
    message = `The cameras of ${source} were not read.`;
    report.warn('WARN_CAMERAS_LOST', message, undefined, this.#cameras.length);
    const opaque = 0xffff_ffff;
    const said = [...this.#materials].filter(([, dict]) => materialOf(dict, opaque) !== undefined);
    message = `The materials of ${source} were not read.`;
    report.warn('WARN_MATERIALS_LOST', message, undefined, said.length);
    const frames = this.#scene.frames().length - 1;
    message = `${source} is animated, and all of its frames were read as one.`;
    report.warn('WARN_FRAMES_LEFT_OUT', message, undefined, frames);
  }

  /** Makes a layer of each instance of a model, as MagicaVoxel shows them. */
  #show(document: Document, budget: BlockBudget): void {
    const report = this.#report;
    const shown = {
      source: this.#source,
      scene: this.#scene,
      models: this.#models.length,
      solid: (model: number) => indicesIn(this.#models[model]!).some((is, index) => is * index > 0),
      packed: this.#packed,
      framed: this.#options.framed,
    };
    const placements = placementsOf(shown, this.#options.frame, report, LAYERS_MAX);
    report.groupNames(this.#scene.groupNames(placements), this.#source);
    const colors = this.#indexed();
    this.#makeOpaque(colors);
    const paint = paintOf(colors, (index) => {
      const dict = this.#materials.get(index);
      return dict === undefined ? undefined : materialOf(dict, colors[index]!);
    });
    const maker = new LayerMaker(this.#models, paint, budget, report, this.#source);
    const layers = layersOr(document, maker.make(placements));
    const materials = usedMaterials(paint, layers);
    const cameras = [...document.cameras, ...this.#cameras];
    const active = layers.findLast(({ visible }) => visible) ?? layers.at(-1);
    document.set({ layers, active, materials, cameras, palette: this.#paletteInOrder() });
  }

  /** Colours by index. */
  #indexed(): Uint32Array {
    const colors = new Uint32Array(PALETTE_LENGTH);
    colors.set(this.#palette.subarray(0, PALETTE_LENGTH - 1), 1);
    return colors;
  }

  /** MagicaVoxel heeds no alpha of a palette, and some programs leave it out. */
  #makeOpaque(colors: Uint32Array): void {
    const clear = Array.from(colors.keys()).filter((i) => i > 0 && colors[i]! >>> 24 < 255);
    if (clear.length === 0) return;
    const used = new Uint8Array(PALETTE_LENGTH);
    for (const model of this.#models) {
      for (const [index, is] of indicesIn(model).entries()) used[index]! |= is;
    }
    for (const index of clear) colors[index] = (colors[index]! | 0xff00_0000) >>> 0;
    const count = clear.filter((index) => used[index] === 1).length;
    const message = `Colours of ${this.#source} have an alpha, which MagicaVoxel does not heed.`;
    this.#report.warn('WARN_OPACITY', message, { chunk: 'RGBA' }, count);
  }

  /** As the palette is seen in MagicaVoxel's window, with the names of its rows. */
  #paletteInOrder(): Palette {
    const order = this.#order;
    const known = order !== undefined && new Set(order).size === PALETTE_LENGTH;
    const places = known ? Uint8Array.from(order, (index) => index - 1) : this.#palette.keys();
    const opaque = (place: number) => (this.#palette[place]! | 0xff00_0000) >>> 0;
    const palette = unnamed('MagicaVoxel', Array.from(places, opaque));
    if (this.#notes.every((note) => note === '')) return palette;
    const row = Math.ceil(PALETTE_LENGTH / this.#notes.length);
    const names = palette.names.map((_, i) => this.#notes[Math.floor(i / row)] ?? '');
    return { ...palette, names };
  }

  #passOver({ type, start }: ChunkReader, { message }: GoxError): void {
    const where = { chunk: type, byte: start };
    this.#report.warn('WARN_BROKEN_PART', `${message} It is passed over.`, where);
  }

  #tooMany(): never {
    const message = `${this.#source} holds more than ${LAYERS_MAX} models.`;
    throw new GoxError('GOX_MEMORY_LIMIT', message, { file: this.#source, models_max: LAYERS_MAX });
  }

  #refuse(message: string): never {
    const file = this.#source;
    const details = { file, chunk: 'MAIN', offset: this.#bytes.length };
    const text = `${file} is damaged in chunk "MAIN": ${message}.`;
    throw new GoxError('GOX_FORMAT_BROKEN', text, details);
  }
}

/** A scene that shows nothing has still a layer, as every project has. */
function layersOr({ layers }: Document, made: readonly Layer[]): readonly Layer[] {
  return made.length === 0 ? layers : made;
}
