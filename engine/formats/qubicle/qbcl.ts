/**
 * Qubicle projects (.qbcl 2.0; layout by tostc, "Reverse engineered Qubicle file format").
 * Little-endian. Read only.
 *
 * - `QBCL`, u32 program version, u32 file version, u32 width and height of a BGRA picture, and it;
 *   seven texts (u32 length, bytes); 16 bytes; one node.
 * - A node: u32 kind, u32 1, text name, u8 visible, u8, u8 locked. Kind 0 is a matrix; 1 a model: 9
 *   floats, u32 count, children; 2 a compound: a matrix of all its children merged, u32 count, the
 *   children.
 * - A matrix: u32 size x, y, z, i32 position, f32 pivot x, y, z, u32 length, cells packed with
 *   zlib. They are columns (see `qb-tree.ts`) of a u16 count of words and the words: a colour whose
 *   fourth byte is 0 for no voxel, or a run, whose fourth byte is 2: its first byte counts, the
 *   next word is the colour.
 */

import type { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Vec3 } from '../../volume/box.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { ByteReader } from '../bytes.ts';
import type { Format, ImportOptions } from '../format.ts';
import { type Group, type PutRun, ROOT, TreeLayers, vector } from './qb-tree.ts';

const MAGIC = 'QBCL';
const TEXTS = 7;
const GUID_BYTES = 16;
const MATRIX = 0;
const MODEL = 1;
const COMPOUND = 2;
const ROTATION_BYTES = 36;
const RUN = 2;

function readQbcl(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  { report }: ImportOptions,
): Document {
  const reader = new ByteReader(bytes, source, 'little');
  reader.magic(MAGIC, 'Qubicle project');
  reader.skip(8, 'versions');
  const pixels = reader.u32('width of the picture') * reader.u32('height of the picture');
  reader.skip(pixels * 4, 'the picture');
  for (let i = 0; i < TEXTS; i++) reader.skip(reader.u32('length of a text'), 'a text');
  reader.skip(GUID_BYTES, 'times');
  const layers = new TreeLayers(reader, budget, report);
  readNode(reader, layers, ROOT);
  return layers.finish();
}

function readNode(reader: ByteReader, layers: TreeLayers, group: Group): void {
  const kind = reader.u32('kind of a node');
  reader.skip(4, 'a node');
  const name = reader.text(reader.u32('length of a name'), 'a name');
  const visible = reader.u8('a node') !== 0;
  reader.skip(2, 'a node');
  if (kind === MODEL) {
    reader.skip(ROTATION_BYTES, 'a model');
    readChildren(reader, layers, layers.inside(group, [0, 0, 0], visible));
    return;
  }
  if (kind !== MATRIX && kind !== COMPOUND) reader.fail(`an unknown kind of node, ${kind}`);
  const size = vector(() => reader.u32('size'));
  const own = layers.inside(
    group,
    vector(() => reader.i32('position')),
    visible,
  );
  reader.skip(12, 'pivot');
  const packed = reader.take(reader.u32('length of cells'), 'cells');
  const empty = size[0] === 0 || size[1] === 0 || size[2] === 0;
  const add = () =>
    layers.add(name, own, size, (put) => {
      if (empty) return;
      // No cell takes more than a run of its own.
      const unpacked = layers.unpack(packed, size[0] * size[2] * (2 + 8 * size[1]));
      readColumns(unpacked, reader, size, put);
    });
  // A compound shows its children, and its own cells only when it has none.
  if (kind === MATRIX || readChildren(reader, layers, own) === 0) add();
  else layers.group(name);
}

function readChildren(reader: ByteReader, layers: TreeLayers, group: Group): number {
  const count = reader.u32('number of nodes');
  for (let i = 0; i < count; i++) readNode(reader, layers, group);
  return count;
}

function readColumns(bytes: Uint8Array, reader: ByteReader, size: Vec3, put: PutRun): void {
  const [width, height, depth] = size;
  const cells = new ByteReader(bytes, reader.source, 'little', ' of the unpacked cells');
  for (let x = 0; x < width; x++) {
    for (let z = 0; z < depth; z++) {
      checkInterrupt();
      const words = cells.u16('length of a column');
      let y = 0;
      for (let i = 0; i < words; i++) {
        let word = cells.u32('a cell');
        let count = 1;
        if (word >>> 24 === RUN) {
          if (++i === words) cells.fail('a run leaves its column');
          count = word & 0xff;
          word = cells.u32('the colour of a run');
        }
        if (count > height - y) cells.fail(`${count} cells leave the height of ${height}`);
        if (word >>> 24 !== 0) put(x, y, z, count, word);
        y += count;
      }
    }
  }
}

export const qbcl: Format = { name: 'qbcl', extensions: ['qbcl'], read: budgeted(readQbcl) };
