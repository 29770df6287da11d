/**
 * Qubicle Binary Tree (.qbt; format by Minddesk, getqubicle.com "Qubicle Binary Tree File
 * Specifications"). Little-endian. Goxel has neither way.
 *
 * - `QB 2`, u8 version 1, u8 0, f32 scale x, y, z; `COLORMAP`, u32 count, RGBA colours; `DATATREE`;
 *   one node.
 * - A node: u32 kind, u32 bytes that follow. Kind 1 is a model: u32 count, children. Kind 0 is a
 *   matrix: u32 length, name, i32 position (from that of its parent), u32 scale, f32 pivot, u32
 *   size, each x, y, z; u32 length, cells packed with zlib. Kind 2, a compound, is a matrix of all
 *   its children merged, u32 count, the children. Other kinds are passed over.
 * - Cells are columns (see `qb-tree.ts`) of R, G, B and a mask of visible sides, 0 for no voxel.
 *   With a colour map, R is a number in it.
 *
 * Every layer with voxels is written, as a matrix of one model; what is hidden stays hidden
 * nowhere, since the format has no visibility.
 */

import { deflateSync } from 'node:zlib';
import { GoxError } from '../../../conf/errors.ts';
import type { Document } from '../../document/document.ts';
import type { Layer } from '../../document/layer.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { copyBox, sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import type { Format, ImportOptions } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { type Group, type PutRun, ROOT, TreeLayers, vector } from './qb-tree.ts';

const MAGIC = 'QB 2';
const VERSION = 1;
const MATRIX = 0;
const MODEL = 1;
const COMPOUND = 2;
/** Every side visible: the sides' bits and the one for the voxel itself. */
const VISIBLE = 0x7f;
/** Position, scale, pivot and size. */
const PLACE_BYTES = 48;
/** A layer is packed in one go; these are 128 MiB. */
const CELLS_MAX = 2 ** 25;

function readQbt(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  { report }: ImportOptions,
): Document {
  const reader = new ByteReader(bytes, source, 'little');
  reader.magic(MAGIC, 'Qubicle Binary Tree');
  if (reader.u8('version') !== VERSION) reader.fail('only version 1 is supported', 4);
  reader.skip(1 + 12, 'header');
  reader.magic('COLORMAP', 'colour map of a Qubicle Binary Tree');
  const count = reader.u32('number of colours');
  const colors = reader.take(count * 4, 'colours');
  reader.magic('DATATREE', 'data of a Qubicle Binary Tree');
  const layers = new TreeLayers(reader, budget, report);
  readNode(reader, layers, ROOT, colors);
  return layers.finish();
}

function readNode(reader: ByteReader, layers: TreeLayers, group: Group, colors: Uint8Array): void {
  const kind = reader.u32('kind of a node');
  const length = reader.u32('length of a node');
  reader.need(length, 'a node');
  const end = reader.at + length;
  const children = (own: Group): number => {
    const count = reader.u32('number of nodes');
    for (let i = 0; i < count; i++) readNode(reader, layers, own, colors);
    return count;
  };
  if (kind === MODEL) children(layers.inside(group, [0, 0, 0], true));
  if (kind === MATRIX || kind === COMPOUND) {
    const name = reader.text(reader.u32('length of a name'), 'a name');
    const own = layers.inside(
      group,
      vector(() => reader.i32('position')),
      true,
    );
    reader.skip(12 + 12, 'scale and pivot');
    const size = vector(() => reader.u32('size'));
    const packed = reader.take(reader.u32('length of cells'), 'cells');
    const add = () =>
      layers.add(name, own, size, (put) => {
        const cells = layers.unpack(packed, size[0] * size[1] * size[2] * 4);
        readColumns(cells, reader, size, colors, put);
      });
    // A compound shows its children, and its own cells only when it has none.
    if (kind === MATRIX || children(own) === 0) add();
    else layers.group(name);
  }
  if (kind > COMPOUND) layers.unknown(kind, end - length);
  if (reader.at > end) reader.fail('a node is longer than it says', end);
  reader.at = end;
}

function readColumns(
  cells: Uint8Array,
  reader: ByteReader,
  [width, height, depth]: Vec3,
  colors: Uint8Array,
  put: PutRun,
): void {
  const expected = width * height * depth * 4;
  if (cells.length !== expected) {
    reader.fail(`cells unpack to ${cells.length} bytes, not ${expected}`);
  }
  if (expected === 0) return;
  let at = 0;
  for (let x = 0; x < width; x++) {
    for (let z = 0; z < depth; z++) {
      checkInterrupt();
      for (let y = 0; y < height; y++, at += 4) {
        if (cells[at + 3] === 0) continue;
        let rgb = cells[at]! | (cells[at + 1]! << 8) | (cells[at + 2]! << 16);
        if (colors.length > 0) {
          const color = cells[at]! * 4;
          if (color >= colors.length) reader.fail(`there is no colour ${cells[at]}`);
          rgb = colors[color]! | (colors[color + 1]! << 8) | (colors[color + 2]! << 16);
        }
        put(x, y, z, 1, rgb);
      }
    }
  }
}

function writeQbt(document: Document): Generator<Uint8Array> {
  document.refresh();
  const layers: { layer: Layer; box: Box }[] = [];
  for (const layer of document.layers) {
    const box = layer.volume.box();
    if (box === undefined) continue;
    const size = sizeOf(box);
    if (size[0] * size[1] * size[2] > CELLS_MAX) {
      const message =
        `A .qbt file stores every cell of a layer's box; layer "${layer.name}" has ` +
        `${size.join(' x ')}, more than ${CELLS_MAX} cells. Crop or split it.`;
      throw new GoxError('GOX_FORMAT_LIMIT', message, { layer: layer.id, size });
    }
    layers.push({ layer, box });
  }
  return inPieces([qbtOf(layers.map(matrixOf))]);
}

function qbtOf(matrices: readonly Uint8Array[]): Uint8Array {
  const length = matrices.reduce((sum, { length }) => sum + length, 4);
  return Buffer.concat([
    Buffer.from(MAGIC),
    Uint8Array.of(VERSION, 0),
    new Uint8Array(Float32Array.of(1, 1, 1).buffer),
    Buffer.from('COLORMAP\0\0\0\0DATATREE'),
    new Uint8Array(Uint32Array.of(MODEL, length, matrices.length).buffer),
    ...matrices,
  ]);
}

function matrixOf({ layer, box }: { layer: Layer; box: Box }): Uint8Array {
  const [width, depth, height] = sizeOf(box);
  const words = new Uint32Array(width * depth * height);
  const start = (depth - 1) * height;
  copyBox(layer.volume, box, words, { x: depth * height, y: -height, z: 1, start });
  for (let i = 0; i < words.length; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const rgba = words[i]!;
    words[i] = rgba > 0xff_ffff ? (rgba & 0xff_ffff) | (VISIBLE << 24) : 0;
  }
  const cells = deflateSync(new Uint8Array(words.buffer));
  const name = Buffer.from(layer.name);
  const place = new ArrayBuffer(PLACE_BYTES);
  new Int32Array(place).set([box.min[0], box.min[2], 1 - box.max[1], 1, 1, 1], 0);
  new Int32Array(place).set([width, height, depth], 9);
  const length = 4 + name.length + PLACE_BYTES + 4 + cells.length;
  return Buffer.concat([
    new Uint8Array(Uint32Array.of(MATRIX, length, name.length).buffer),
    name,
    new Uint8Array(place),
    new Uint8Array(Uint32Array.of(cells.length).buffer),
    cells,
  ]);
}

export const qbt: Format = {
  name: 'qbt',
  extensions: ['qbt'],
  read: budgeted(readQbt),
  write: writeQbt,
};
