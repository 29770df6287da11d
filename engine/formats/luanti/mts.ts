/**
 * Schematics of Luanti, once Minetest (.mts; "Minetest Schematic", its schematic.h). Big-endian.
 *
 * - `MTSM`, u16 version (up to 4), u16 size x, y, z, from version 3 on a u8 probability for each y
 *   slice, u16 number of names, and the names (u16 length, bytes).
 * - Packed with zlib: for each node, z slowest and x fastest, u16 number of its name; then a u8
 *   probability each; then a u8 parameter each.
 * - y is up and becomes our z; z becomes y.
 *
 * Nodes have names and no colours: a name gives the colour of `mts-nodes.ts`, white when it is
 * unknown; `air` and `ignore` are no voxels. On the way out a voxel becomes the node that the
 * document's palette names for just its colour (`mod:node`), else the building node nearest to it.
 * Air is written with probability 0: it leaves the world as it is. Goxel only reads the format.
 */

import { deflateSync, inflateSync } from 'node:zlib';
import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { copyBox, sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { Format } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { nearestNode, nodeColor } from './mts-nodes.ts';

const MAGIC = 'MTSM';
const VERSION = 4;
/** The version that brought probabilities of slices. */
const SLICES_VERSION = 3;
const NODE_BYTES = 4;
const AIR = 'air';
const EMPTY = new Set([AIR, 'ignore']);
const WHITE = 0xffff_ffff;
const NEVER = 0;
const ALWAYS = 0x7f;
const SOLID = (SOLID_ALPHA << 24) >>> 0;
const LENGTH_MAX = 0xffff;
const NAMES_MAX = 0xffff;
/** Nodes are packed in one go; these are 128 MiB. */
const NODES_MAX = 2 ** 25;

function readMts(bytes: Uint8Array, source: string, budget: BlockBudget): Document {
  const reader = new ByteReader(bytes, source, 'big');
  reader.magic(MAGIC, 'Luanti schematic');
  const version = reader.u16('version');
  if (version < 1 || version > VERSION) reader.fail(`version ${version} is not supported`, 4);
  const [width, height, depth] = [reader.u16('size'), reader.u16('size'), reader.u16('size')];
  if (version >= SLICES_VERSION) reader.skip(height, 'probabilities of slices');
  const colors = readNames(reader);
  const nodes = width * height * depth;
  budget.requireBytes(nodes * NODE_BYTES);
  const document = Document.empty();
  if (nodes > 0) {
    const packed = unpack(reader, nodes * NODE_BYTES);
    const voxels = new VoxelBuilder(budget);
    for (let at = 0, y = 0; y < depth; y++) {
      for (let z = 0; z < height; z++) {
        checkInterrupt();
        for (let x = 0; x < width; x++, at += 2) {
          const name = (packed[at]! << 8) | packed[at + 1]!;
          const rgba = colors[name];
          if (rgba === undefined) return reader.fail(`no name ${name}, only ${colors.length}`);
          if (rgba !== 0) voxels.set(x, y, z, rgba);
        }
      }
    }
    voxels.finish(document.activeLayer.volume);
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

/** The colour of each name; 0 for air. */
function readNames(reader: ByteReader): Uint32Array {
  const count = reader.u16('number of names');
  reader.need(count * 2, 'names');
  const colors = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const name = reader.text(reader.u16('length of a name'), 'a name');
    colors[i] = EMPTY.has(name) ? 0 : (nodeColor(name) ?? WHITE);
  }
  return colors;
}

function unpack(reader: ByteReader, length: number): Uint8Array {
  const offset = reader.at;
  let nodes: Uint8Array;
  try {
    nodes = inflateSync(reader.bytes.subarray(offset), { maxOutputLength: length });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return reader.fail(`the nodes cannot be unpacked: ${reason}`, offset);
  }
  if (nodes.length !== length) {
    reader.fail(`the nodes unpack to ${nodes.length} bytes, not ${length}`, offset);
  }
  return nodes;
}

function writeMts(document: Document): Generator<Uint8Array> {
  const box = document.merged().box() ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const [width, depth, height] = sizeOf(box);
  const nodes = width * depth * height;
  if (Math.max(width, depth, height) > LENGTH_MAX || nodes > NODES_MAX) {
    const message =
      `A schematic may have ${NODES_MAX} nodes, up to ${LENGTH_MAX} along each axis; this model ` +
      `is ${width} x ${depth} x ${height}. Crop or split it.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, depth, height] });
  }
  return inPieces([schematic(document, box)]);
}

function schematic(document: Document, box: Box): Uint8Array {
  const [width, depth, height] = sizeOf(box);
  const count = width * depth * height;
  const words = new Uint32Array(count);
  const layout = { x: 1, y: width * height, z: width, start: 0 };
  copyBox(document.merged(), box, words, layout);
  const names = new NodeNames(document);
  const nodes = new Uint8Array(count * NODE_BYTES);
  for (let i = 0; i < count; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const number = words[i]! < SOLID ? 0 : names.number(words[i]! & 0xff_ffff);
    nodes[i * 2] = number >> 8;
    nodes[i * 2 + 1] = number & 0xff;
    nodes[count * 2 + i] = number === 0 ? NEVER : ALWAYS;
  }
  const listed = names.list.map((name) => Buffer.from(name));
  const header = Buffer.alloc(14 + height);
  header.write(MAGIC, 'latin1');
  for (const [i, value] of [VERSION, width, height, depth].entries()) {
    header.writeUInt16BE(value, 4 + i * 2);
  }
  header.fill(ALWAYS, 12, 12 + height);
  header.writeUInt16BE(listed.length, 12 + height);
  const parts: Uint8Array[] = [header];
  for (const name of listed) parts.push(Uint8Array.of(name.length >> 8, name.length & 0xff), name);
  return Buffer.concat([...parts, deflateSync(nodes)]);
}

/** Gives names and numbers to the colours of voxels as they come; air has number 0. */
class NodeNames {
  readonly list: string[] = [AIR];
  readonly #numbers = new Map<string, number>([[AIR, 0]]);
  readonly #named = new Map<number, string>();
  readonly #byColor = new Map<number, number>();

  constructor({ palette }: Document) {
    for (const [i, name] of palette.names.entries()) {
      const rgb = palette.colors[i]! & 0xff_ffff;
      // Luanti's names are of these characters.
      if (/^\w{1,64}:\w{1,64}$/.test(name) && !this.#named.has(rgb)) this.#named.set(rgb, name);
    }
  }

  number(rgb: number): number {
    const known = this.#byColor.get(rgb);
    if (known !== undefined) return known;
    const name = this.#named.get(rgb) ?? nearestNode(rgb);
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.list.length;
      if (number > NAMES_MAX) {
        const message = `A schematic may have ${NAMES_MAX} names of nodes; use fewer colours.`;
        throw new GoxError('GOX_FORMAT_LIMIT', message, { names_max: NAMES_MAX });
      }
      this.list.push(name);
      this.#numbers.set(name, number);
    }
    this.#byColor.set(rgb, number);
    return number;
  }
}

export const mts: Format = {
  name: 'mts',
  extensions: ['mts'],
  read: budgeted(readMts),
  write: writeMts,
};
