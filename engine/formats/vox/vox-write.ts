/**
 * Writes MagicaVoxel files: an object in the scene for each layer that is visible and has solid
 * voxels, with its name and in its place, hidden ones only when that is asked; up to 255 colours as
 * they are, materials and cameras. A layer of more than 256 voxels a side is a group of several
 * objects. Of layers that are alike the model is written once, and stands there several times.
 * The format is that of the two pages that MagicaVoxel publishes, `MagicaVoxel-file-format-vox.txt`
 * and `-extension.txt`. Like Goxel: one model (`vox-write-goxel.ts`).
 */

import { createHash } from 'node:crypto';
import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { newScratch } from '../../volume/block.ts';
import type { ExportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { Report } from '../report.ts';
import { chunk, dict, header, int32 } from './vox-bytes.ts';
import { cameraChunks } from './vox-cameras.ts';
import { type Joined, joinParts } from './vox-join.ts';
import { writeOld } from './vox-old-write.ts';
import { type Colors, type Paint, paintFor } from './vox-paint.ts';
import { type Piece, piecesOf } from './vox-pieces.ts';
import { VoxelWriter } from './vox-voxels.ts';
import { writeLikeGoxel } from './vox-write-goxel.ts';

const VERSION = 150;
const MODEL_BYTES = 2 * 12 + 12 + 4;
const VOXEL_BYTES = 4;
const LENGTH_MAX = 0x7fff_ffff;

/** A layer, or several that are parts of one, and the models that it becomes. */
interface Thing {
  readonly name: string;
  readonly visible: boolean;
  readonly models: readonly Model[];
}

/** What is written as one model: all voxels of some pieces, counted from one corner. */
interface Model extends Omit<Piece, 'slabs'> {
  readonly parts: readonly { readonly piece: Piece; readonly layer: Layer }[];
}

/** Throws GOX_FORMAT_LIMIT when the file would be longer than its length fields can say. */
export function* writeVox(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const { like, hidden = false, report = new Report() } = options;
  if (like === 'goxel') return yield* writeLikeGoxel(document, options);
  if (options.voxlap_header === true) return yield* writeOld(document, report);
  document.refresh();
  const layers = document.layers.filter(({ visible }) => visible || hidden);
  const things = joinParts(layers, document.materials)
    .map((joined) => thingOf(joined))
    .filter(({ models }) => models.some(({ count }) => count > 0));
  const written = things.flatMap(({ models }) => models[0]!.parts.map(({ layer }) => layer));
  const paint = paintFor(document, written, report);
  const models = new Models(things, paint);
  const cameras = cameraChunks(document.cameras, report);
  yield* inPieces(fileParts(things, models, [...paintChunks(paint), ...cameras]));
}

function thingOf({ name, layers }: Joined): Thing {
  const { visible } = layers[0]!;
  const cut = layers.map((layer) =>
    piecesOf(layer.volume.blocks(newScratch())).map((piece) => ({ piece, layer })),
  );
  const solid = cut.flat().filter(({ piece: { count } }) => count > 0);
  // What was joined fits into one model.
  if (layers.length > 1 && solid.length > 0) return { name, visible, models: [modelOf(solid)] };
  return { name, visible, models: cut[0]!.map((part) => modelOf([part])) };
}

function modelOf(parts: Model['parts']): Model {
  const boxes = parts.map(({ piece: { min, size } }) => ({ min, size }));
  const of = (axis: 0 | 1 | 2) => ({
    low: Math.min(...boxes.map(({ min }) => min[axis])),
    high: Math.max(...boxes.map(({ min, size }) => min[axis] + size[axis])),
  });
  const [x, y, z] = [of(0), of(1), of(2)];
  return {
    min: [x.low, y.low, z.low],
    size: [x.high - x.low, y.high - y.low, z.high - z.low],
    count: parts.reduce((sum, { piece: { count } }) => sum + count, 0),
    parts,
  };
}

/** The different ones of models, in the order in which they first come. */
class Models {
  readonly list: Model[] = [];
  readonly #paint: Paint;
  readonly #places = new Map<Model, number>();
  /** That of the colours written last. */
  #writer: { colors: Colors; voxels: VoxelWriter } | undefined;

  constructor(things: readonly Thing[], paint: Paint) {
    this.#paint = paint;
    const alike = new Map<string, number>();
    const models = things.flatMap(({ models }) => models);
    const keyOf = ({ size, count }: Model) => `${size} ${count}`;
    for (const model of models) alike.set(keyOf(model), (alike.get(keyOf(model)) ?? 0) + 1);
    const known = new Map<string, number>();
    for (const model of models) {
      const key = keyOf(model);
      // What no other is like needs no look at its voxels.
      const content = alike.get(key) === 1 ? key : `${key} ${this.#digestOf(model)}`;
      const place = known.get(content) ?? this.list.push(model) - 1;
      known.set(content, place);
      this.#places.set(model, place);
    }
  }

  placeOf(model: Model): number {
    return this.#places.get(model)!;
  }

  *voxelsOf({ min, parts }: Model): Generator<Uint8Array> {
    for (const { piece, layer } of parts) {
      const colors = this.#paint.colorsOf(layer);
      if (this.#writer?.colors !== colors) {
        this.#writer = { colors, voxels: new VoxelWriter(colors.counter, colors.indices) };
      }
      yield* this.#writer.voxels.write({ ...piece, min });
    }
  }

  /** Of the voxels as they are written. */
  #digestOf(model: Model): string {
    const hash = createHash('sha256');
    for (const part of this.voxelsOf(model)) hash.update(part);
    return hash.digest('base64');
  }
}

function* fileParts(
  things: readonly Thing[],
  models: Models,
  others: readonly Buffer[],
): Generator<Uint8Array> {
  const nothing = { size: [1, 1, 1], count: 0 } as const;
  const graph = things.length === 0 ? Buffer.alloc(0) : sceneGraph(things, models);
  const tail = Buffer.concat([graph, ...others]);
  const bytes = models.list.reduce((sum, { count }) => sum + MODEL_BYTES + count * VOXEL_BYTES, 0);
  const length = tail.length + (things.length === 0 ? MODEL_BYTES : bytes);
  if (length > LENGTH_MAX) {
    const message = `The model takes ${length} bytes, more than a .vox file can have.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { bytes: length, bytes_max: LENGTH_MAX });
  }
  yield Buffer.concat([Buffer.from('VOX '), int32(VERSION), header('MAIN', 0, length)]);
  if (things.length === 0) yield modelHead(nothing);
  for (const model of models.list) {
    yield modelHead(model);
    yield* models.voxelsOf(model);
  }
  yield tail;
}

function modelHead({ size, count }: Pick<Model, 'size' | 'count'>): Buffer {
  const voxels = header('XYZI', 4 + count * VOXEL_BYTES, 0);
  return Buffer.concat([chunk('SIZE', int32(...size)), voxels, int32(count)]);
}

/** Entries from 1 on; the last one is not used. */
function paintChunks({ palette, materials }: Paint): Buffer[] {
  const colors = Buffer.from(palette.buffer, palette.byteOffset, palette.byteLength);
  const known = [...materials].map(([index, about]) => chunk('MATL', int32(index), dict(about)));
  return [chunk('RGBA', colors), ...known];
}

/**
 * A root with a group of a transform and shape for each layer, or of a transform and a group for
 * one of several pieces, which says so by `_pieces` (nothing to MagicaVoxel); all in the one
 * MagicaVoxel layer 0. A transform moves the middle of its model, which is its size halved and
 * truncated.
 */
function sceneGraph(things: readonly Thing[], models: Models): Buffer {
  const nodes: Buffer[] = [];
  let next = 2;
  const shape = (model: Model, attributes: Record<string, string>): number => {
    const id = next;
    next += 2;
    const place = model.min.map((low, axis) => low + (model.size[axis]! >> 1)).join(' ');
    nodes.push(
      transform(id, attributes, id + 1, { _t: place }),
      chunk('nSHP', int32(id + 1), dict({}), int32(1, models.placeOf(model)), dict({})),
    );
    return id;
  };
  const children = things.map(({ name, visible, models }) => {
    const attributes = { _name: name, ...(visible ? {} : { _hidden: '1' }) };
    if (models.length === 1) return shape(models[0]!, attributes);
    const id = next;
    next += 2;
    nodes.push(transform(id, { ...attributes, _pieces: '1' }, id + 1, {}));
    const at = nodes.push(Buffer.alloc(0)) - 1;
    const parts = models.map((model, i) => shape(model, { _name: `${name}.${i + 1}` }));
    nodes[at] = group(id + 1, parts);
    return id;
  });
  return Buffer.concat([
    transform(0, {}, 1, {}, -1),
    group(1, children),
    ...nodes,
    chunk('LAYR', int32(0), dict({}), int32(-1)),
  ]);
}

function transform(
  id: number,
  attributes: Record<string, string>,
  child: number,
  frame: Record<string, string>,
  layer = 0,
): Buffer {
  return chunk('nTRN', int32(id), dict(attributes), int32(child, -1, layer, 1), dict(frame));
}

function group(id: number, children: readonly number[]): Buffer {
  return chunk('nGRP', int32(id), dict({}), int32(children.length, ...children));
}
