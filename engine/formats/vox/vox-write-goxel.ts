/**
 * Writes MagicaVoxel files as Goxel does: the solid voxels of all visible layers merged. A model of
 * at most 256 voxels a side comes out alone and without its place in the world. A larger one, whose
 * coordinates Goxel wraps around, is cut into pieces of 256³, which a scene graph puts where they
 * were.
 */

import { GoxError } from '../../../conf/errors.ts';
import { magicaVoxelColors } from '../../document/built-in-palettes.ts';
import type { Document } from '../../document/document.ts';
import { nearestIndices } from '../../image/nearest.ts';
import { ColorCounter, medianCut } from '../../image/quantize.ts';
import { newScratch } from '../../volume/block.ts';
import type { ExportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { chunk, dict, header, int32 } from './vox-bytes.ts';
import { type Piece, piecesOf } from './vox-pieces.ts';
import { VoxelWriter } from './vox-voxels.ts';

const VERSION = 150;
const CHUNK_HEADER_BYTES = 12;
const SIZE_BYTES = 12;
const VOXEL_BYTES = 4;
const LENGTH_MAX = 0x7fff_ffff;

/** A palette has 256 entries; 0 is no voxel, and Goxel uses no entry past 254. */
const PALETTE_LENGTH = 256;
const INDEX_MIN = 1;
const INDEX_MAX = 254;

/** Throws GOX_FORMAT_LIMIT when the file would be longer than its length fields can say. */
export function* writeLikeGoxel(
  document: Document,
  { exact_colors = false }: ExportOptions = {},
): Generator<Uint8Array> {
  const volume = document.merged();
  const counter = ColorCounter.ofSolid(volume);
  const { palette, indices } = paletteFor(counter, exact_colors);
  const pieces = piecesOf(volume.blocks(newScratch()));
  const graph = pieces.length > 1 ? sceneGraph(pieces) : Buffer.alloc(0);
  const colors = palette === undefined ? Buffer.alloc(0) : chunk('RGBA', paletteBytes(palette));
  let length = graph.length + colors.length;
  for (const { count } of pieces) {
    length += 2 * CHUNK_HEADER_BYTES + SIZE_BYTES + 4 + count * VOXEL_BYTES;
  }
  if (length > LENGTH_MAX) {
    const message = `The model takes ${length} bytes, more than a .vox file can have.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { bytes: length, bytes_max: LENGTH_MAX });
  }
  const writer = new VoxelWriter(counter, indices);
  const parts = function* (): Generator<Uint8Array> {
    yield Buffer.concat([Buffer.from('VOX '), int32(VERSION), header('MAIN', 0, length)]);
    for (const piece of pieces) {
      yield chunk('SIZE', int32(...piece.size));
      yield Buffer.concat([header('XYZI', 4 + piece.count * VOXEL_BYTES, 0), int32(piece.count)]);
      yield* writer.write(piece);
    }
    yield graph;
    yield colors;
  };
  yield* inPieces(parts());
}

/**
 * A palette for distinct colours, none when MagicaVoxel's own has them all, and the index of each.
 */
function paletteFor(
  counter: ColorCounter,
  exact_colors: boolean,
): { palette?: Uint32Array; indices: Uint8Array } {
  const { colors, counts } = counter;
  const usable = magicaVoxelColors().subarray(0, INDEX_MAX);
  if (colors.every((color) => usable.includes(color))) {
    return { indices: Uint8Array.from(colors, (color) => usable.indexOf(color) + INDEX_MIN) };
  }
  const palette = new Uint32Array(PALETTE_LENGTH);
  const exact = exact_colors && colors.length <= usable.length;
  const entries = exact ? colors : medianCut(colors, counts, PALETTE_LENGTH - INDEX_MIN);
  palette.set(entries, INDEX_MIN);
  return { palette, indices: nearestIndices(palette, colors, INDEX_MIN, INDEX_MAX) };
}

/** The entries from 1 on, and an unused one. */
function paletteBytes(palette: Uint32Array): Buffer {
  const entries = new Uint32Array(PALETTE_LENGTH);
  entries.set(palette.subarray(INDEX_MIN));
  return Buffer.from(entries.buffer);
}

/**
 * A root with a group of one transform and shape for each piece, in the one layer 0. A transform
 * moves the middle of its model, which is its size halved and truncated.
 */
function sceneGraph(pieces: readonly Piece[]): Buffer {
  const group = 1;
  const children = pieces.map((_, model) => 2 + 2 * model);
  const nodes = pieces.flatMap(({ min, size }, model) => {
    const place = min.map((low, axis) => low + (size[axis]! >> 1)).join(' ');
    const transform = children[model]!;
    const shape = transform + 1;
    return [
      chunk('nTRN', int32(transform, 0, shape, -1, 0, 1), dict({ _t: place })),
      chunk('nSHP', int32(shape, 0, 1, model, 0)),
    ];
  });
  return Buffer.concat([
    chunk('nTRN', int32(0, 0, group, -1, -1, 1, 0)),
    chunk('nGRP', int32(group, 0, children.length), Buffer.from(Int32Array.from(children).buffer)),
    ...nodes,
    chunk('LAYR', int32(0, 0, -1)),
  ]);
}
