/**
 * Voxlap's maps (.vxl), columns of voxels in rows of equal y after one another. Those of Ace of
 * Spades have no header: they are always 512 x 512 columns of 64 voxels. File x is 255 - x, y is
 * y + 256, and z counts down from 31. Those of Voxlap itself have one (`vxl-header.ts`) and any
 * number of columns, 256 high. They are put around the origin in the same way. In them a column
 * cannot be empty, since its last span begins at 255 at most. A file without a header that holds
 * exactly as many columns as a square of another size, a power of two, is taken for that.
 *
 * A column is a list of spans. A span has four bytes: N, its length in words (0 for the last one);
 * S and E, the first and last voxel of its top colours; A, where the air above begins. Then come
 * colours (B, G, R, A): those from S to E, and the rest for the voxels above the air of the next
 * span. In between, and below E in the last span, lies solid ground without colours of its own;
 * it gets Goxel's brown. A map holds the colours of the surface only.
 *
 * Goxel writes file x as 256 - x and reads it as 255 - x, so that its own models move by one voxel
 * each time. It is 255 - x here both ways: what is written is Goxel's file of the model moved by
 * -1 in x, and Goxel reads it in its place.
 */

import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { budgeted } from '../block-budget.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { Format } from '../format.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { MAGIC, readVoxelAnimation } from '../westwood/voxel-animation.ts';
import { type Frame, frameOf, readHeader, VOXLAP_HEIGHT } from './vxl-header.ts';
import { ACE_OF_SPADES, GROUND, writeVxl } from './vxl-write.ts';

const SPAN_BYTES = 4;
const OPAQUE = 0xff00_0000;
/** Smaller ones are rather the beginning of a map that is cut short. */
const SIDE_MIN = 32;

const readMap = budgeted((bytes, source, budget, { report }) => {
  const reader = new ByteReader(bytes, source, 'little');
  const { frame, start } = readHeader(reader) ?? { frame: frameBySize(bytes) };
  const { width, depth, left, front } = frame;
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  for (let y = front; y < front + depth; y++) {
    checkInterrupt();
    for (let x = left; x > left - width; x--) readColumn(reader, frame, x, y, voxels);
  }
  voxels.finish(document.activeLayer.volume);
  if (reader.left > 0) {
    const message = `There are ${reader.left} bytes behind the columns of ${source}.`;
    report?.warn('WARN_TRAILING_BYTES', message, { byte: reader.at });
  }
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  if (start !== undefined) document.set({ cameras: [...document.cameras, start] });
  return document;
});

/** That of Ace of Spades, but for a file that is a whole map of another size. */
function frameBySize(bytes: Uint8Array): Frame {
  let columns = 0;
  let deepest = 0;
  for (let at = 0; at < bytes.length; ) {
    if ((columns & 0xffff) === 0) checkInterrupt();
    const [words, top, end] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]! + 1];
    deepest = Math.max(deepest, end);
    if (words === 0) columns++;
    at += words === 0 ? SPAN_BYTES + Math.max(end - top, 0) * 4 : words * 4;
    if (!(at <= bytes.length)) return ACE_OF_SPADES;
  }
  const side = Math.sqrt(columns);
  const known = side >= SIDE_MIN && Math.log2(side) % 1 === 0;
  if (!known) return ACE_OF_SPADES;
  return frameOf(side, side, deepest > ACE_OF_SPADES.height ? VOXLAP_HEIGHT : ACE_OF_SPADES.height);
}

/** Whether it is of Command & Conquer, whose files have the same extension. */
function isWestwood(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, MAGIC.length)).toString('latin1') === MAGIC;
}

function readColumn(
  reader: ByteReader,
  { top: z_max, height }: Frame,
  x: number,
  y: number,
  voxels: VoxelBuilder,
): void {
  const { bytes } = reader;
  const floor = z_max + 1 - height;
  let air = bytes[reader.at + 3]!;
  let ground = 0;
  for (let length = -1; length !== 0; ) {
    reader.need(SPAN_BYTES, 'a span');
    const span = reader.at;
    length = bytes[span]!;
    const top = bytes[span + 1]!;
    const end = bytes[span + 2]! + 1;
    if (air < ground || top < air || end < top || end > height) {
      reader.fail(`a span from ${top} to ${end - 1} below air from ${air} is out of order`);
    }
    reader.skip(SPAN_BYTES + (end - top) * 4, 'the colours of a span');
    putColors(bytes, span + SPAN_BYTES, x, y, z_max - top, end - top, voxels);
    ground = end;
    if (length === 0) {
      voxels.fillZ(x, y, floor, z_max + 1 - ground, GROUND);
      return;
    }
    const bottom = length - 1 - (end - top);
    if (bottom < 0) reader.fail(`a span of ${length} words is too short for its colours`, span);
    const colors = reader.at;
    reader.skip(bottom * 4, 'the lower colours of a span');
    reader.need(SPAN_BYTES, 'a span');
    air = bytes[reader.at + 3]!;
    if (air - bottom < ground || air > height) {
      reader.fail(`${bottom} colours do not fit between ${ground} and air from ${air}`, span);
    }
    voxels.fillZ(x, y, z_max + 1 - air + bottom, z_max + 1 - ground, GROUND);
    putColors(bytes, colors, x, y, z_max + bottom - air, bottom, voxels);
    ground = air;
  }
}

/** Puts so many colours at `at` from z downwards. */
function putColors(
  bytes: Uint8Array,
  at: number,
  x: number,
  y: number,
  z: number,
  count: number,
  voxels: VoxelBuilder,
): void {
  for (let i = 0; i < count; i++, at += 4) {
    const rgb = bytes[at + 2]! | (bytes[at + 1]! << 8) | (bytes[at]! << 16);
    voxels.set(x, y, z - i, (OPAQUE | rgb) >>> 0);
  }
}

export const vxl: Format = {
  name: 'vxl',
  extensions: ['vxl'],
  read: (bytes, source, options) => {
    return (isWestwood(bytes) ? readVoxelAnimation : readMap)(bytes, source, options);
  },
  write: writeVxl,
};
