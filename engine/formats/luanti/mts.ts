/**
 * Schematics of Luanti, once Minetest (.mts; "Minetest Schematic", its schematic.h). Big-endian.
 *
 * - `MTSM`, u16 version (up to 4), u16 size x, y, z, from version 3 on a u8 probability for each y
 *   slice, u16 number of names, and the names (u16 length, bytes).
 * - Packed with zlib: for each node, z slowest and x fastest, u16 number of its name; then a u8
 *   probability each; then a u8 parameter each.
 * - y is up and becomes our z; z becomes y.
 *
 * Nodes have names and no colours: a name gives the colour of the file that `blocks` names, or of
 * `mts-nodes.ts`; one that neither knows gets one made of its name, or white as in Goxel. `air` and
 * `ignore` are no voxels, nor is what the game never places, of probability 0 (which said nothing
 * in version 1; up to version 3 probabilities were twice as large). Goxel takes them for placed.
 *
 * On the way out a voxel becomes the node that the document's palette names for just its colour
 * (`mod:node`), else the nearest one of the file, or of the building nodes. Air is written with
 * probability 0: it leaves the world as it is. Goxel only reads the format.
 */

import { deflateSync, inflateSync } from 'node:zlib';
import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box, Vec3 } from '../../volume/box.ts';
import { SOLID_ALPHA } from '../../volume/color.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { blockFile } from '../blocks/block-file.ts';
import { NearestBlock } from '../blocks/nearest.ts';
import { tellNearest, tellUnknown } from '../blocks/told.ts';
import { copyBox, sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { ExportOptions, Format, ImportOptions } from '../format.ts';
import { lookOf } from '../minecraft/block-colors.ts';
import { inPieces } from '../pieces.ts';
import type { Report } from '../report.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { buildingNodes, nodeColor } from './mts-nodes.ts';

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
const OPAQUE = 0xff00_0000;
/** Luanti's names are of these characters. */
const NODE_NAME = /^\w{1,64}:\w{1,64}$/;
/** Nodes are packed in one go; these are 128 MiB. */
const NODES_MAX = 2 ** 25;

/** Where voxels come to be, by the nodes of a file. */
interface Nodes {
  readonly size: Vec3;
  readonly version: number;
  /** For each y; nothing before they were there. */
  readonly slices: Uint8Array | undefined;
  readonly names: readonly string[];
  readonly packed: Uint8Array;
}

function readMts(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  options: ImportOptions,
): Document {
  const reader = new ByteReader(bytes, source, 'big');
  reader.magic(MAGIC, 'Luanti schematic');
  const version = reader.u16('version');
  if (version < 1 || version > VERSION) reader.fail(`version ${version} is not supported`, 4);
  const size = [reader.u16('size'), reader.u16('size'), reader.u16('size')] as const;
  const [width, height, depth] = size;
  const what = 'probabilities of slices';
  const slices = version >= SLICES_VERSION ? reader.take(height, what) : undefined;
  const names = readNames(reader);
  const count = width * height * depth;
  budget.requireBytes(count * NODE_BYTES);
  const document = Document.empty();
  if (count > 0) {
    const packed = unpack(reader, count * NODE_BYTES);
    const voxels = new VoxelBuilder(budget);
    const nodes = { size, version, slices, names, packed };
    putNodes(nodes, reader, voxels, budget, options);
    voxels.finish(document.activeLayer.volume);
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

function readNames(reader: ByteReader): string[] {
  const count = reader.u16('number of names');
  reader.need(count * 2, 'names');
  return Array.from({ length: count }, (_, i) => {
    if ((i & 0xfff) === 0) checkInterrupt();
    return reader.text(reader.u16('length of a name'), 'a name');
  });
}

function putNodes(
  nodes: Nodes,
  reader: ByteReader,
  voxels: VoxelBuilder,
  budget: BlockBudget,
  options: ImportOptions,
): void {
  const { names, packed } = nodes;
  const [width, height, depth] = nodes.size;
  const likeGoxel = options.like === 'goxel';
  const looks = new NodeLooks(names, options);
  const probabilities = packed.length / 2;
  for (let at = 0, y = 0; y < depth; y++) {
    for (let z = 0; z < height; z++) {
      checkInterrupt();
      const placed = likeGoxel || isPlaced(nodes.slices?.[z], nodes.version, SLICES_VERSION);
      for (let x = 0; x < width; x++, at += 2) {
        const name = (packed[at]! << 8) | packed[at + 1]!;
        if (name >= names.length) reader.fail(`no name ${name}, only ${names.length}`);
        const probability = packed[probabilities + at / 2];
        if (!placed || !(likeGoxel || isPlaced(probability, nodes.version, 2))) continue;
        const rgba = looks.take(name);
        if (rgba !== 0) voxels.set(x, y, z, rgba);
      }
    }
  }
  if (!budget.counting) looks.tell(options.report);
}

/** Whether the game ever places what has this probability, which counts from a version on. */
function isPlaced(probability: number | undefined, version: number, since: number): boolean {
  if (probability === undefined || version < since) return true;
  return (version < VERSION ? probability >> 1 : probability & ALWAYS) !== NEVER;
}

/** The colours of a file's nodes, and how many are of no known one. */
class NodeLooks {
  readonly #names: readonly string[];
  readonly #colors: Uint32Array;
  readonly #unknown = new Map<number, number>();

  constructor(names: readonly string[], options: ImportOptions) {
    this.#names = names;
    const file = blockFile(options);
    this.#colors = Uint32Array.from(names, (name, i) => {
      if (EMPTY.has(name)) return 0;
      const known = file?.get(name.toLowerCase()) ?? nodeColor(name);
      if (known !== undefined) return known;
      if (options.like === 'goxel') return WHITE;
      this.#unknown.set(i, 0);
      return lookOf(name).rgba;
    });
  }

  /** The packed colour of a voxel; 0 for none. */
  take(name: number): number {
    const count = this.#unknown.get(name);
    if (count !== undefined) this.#unknown.set(name, count + 1);
    return this.#colors[name]!;
  }

  tell(report: Report | undefined): void {
    const unknown = [...this.#unknown].map(([i, count]) => [this.#names[i]!, count] as const);
    if (report !== undefined) tellUnknown(new Map(unknown), report);
  }
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

function writeMts(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const box = document.merged().box() ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const [width, depth, height] = sizeOf(box);
  const nodes = width * depth * height;
  if (Math.max(width, depth, height) > LENGTH_MAX || nodes > NODES_MAX) {
    const message =
      `A schematic may have ${NODES_MAX} nodes, up to ${LENGTH_MAX} along each axis; this model ` +
      `is ${width} x ${depth} x ${height}. Crop or split it.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, depth, height] });
  }
  return inPieces([schematic(document, box, options)]);
}

function schematic(document: Document, box: Box, options: ExportOptions): Uint8Array {
  const [width, depth, height] = sizeOf(box);
  const count = width * depth * height;
  const words = new Uint32Array(count);
  const layout = { x: 1, y: width * height, z: width, start: 0 };
  copyBox(document.merged(), box, words, layout);
  const names = new NodeNames(document, options);
  const nodes = new Uint8Array(count * NODE_BYTES);
  for (let i = 0; i < count; i++) {
    if ((i & 0xfff) === 0) checkInterrupt();
    const number = words[i]! < SOLID ? 0 : names.number(words[i]! & 0xff_ffff);
    nodes[i * 2] = number >> 8;
    nodes[i * 2 + 1] = number & 0xff;
    nodes[count * 2 + i] = number === 0 ? NEVER : ALWAYS;
  }
  names.tell(options.report);
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

  readonly #nearest: NearestBlock;
  readonly #usable: ReadonlyMap<string, number>;
  #inexact = 0;

  constructor({ palette }: Document, options: ExportOptions) {
    for (const [i, name] of palette.names.entries()) {
      const rgb = palette.colors[i]! & 0xff_ffff;
      if (NODE_NAME.test(name) && !this.#named.has(rgb)) this.#named.set(rgb, name);
    }
    const nodes = [...(blockFile(options) ?? buildingNodes())];
    this.#usable = new Map(nodes.filter(([name, rgba]) => rgba !== 0 && NODE_NAME.test(name)));
    if (this.#usable.size === 0) {
      const message = 'The file of blocks names no node, such as "default:stone #615e5d".';
      throw new GoxError('GOX_FORMAT_LIMIT', message, { file: options.blocks });
    }
    this.#nearest = new NearestBlock(this.#usable);
  }

  number(rgb: number): number {
    const known = this.#byColor.get(rgb);
    if (known !== undefined) return known;
    const name = this.#named.get(rgb) ?? this.#nearestTo(rgb);
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

  /** Tells how many colours have no node of just that colour. */
  tell(report: Report | undefined): void {
    tellNearest(this.#inexact, report);
  }

  #nearestTo(rgb: number): string {
    const rgba = (OPAQUE | rgb) >>> 0;
    const name = this.#nearest.of(rgba)!;
    if (this.#usable.get(name) !== rgba) this.#inexact++;
    return name;
  }
}

export const mts: Format = {
  name: 'mts',
  extensions: ['mts'],
  read: budgeted(readMts),
  write: writeMts,
};
