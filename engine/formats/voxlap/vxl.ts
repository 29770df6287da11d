/**
 * Voxlap's maps (.vxl), columns of voxels in rows of equal y after one another. Those of Ace of
 * Spades have no header: they are always 512 x 512 columns of 64 voxels. File x is 255 - x, y is
 * y + 256, and z counts down from 31. Those of Voxlap itself have one (`vxl-header.ts`) and any
 * number of columns, 256 high. They are put around the origin in the same way, and are read only:
 * in them a column cannot be empty, since its last span begins at 255 at most.
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

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import type { Volume } from '../../volume/volume.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { copyBox } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { Format } from '../format.ts';
import { inPieces } from '../pieces.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { type Frame, frameOf, readHeader } from './vxl-header.ts';

const SIZE = 512;
const HEIGHT = 64;
const X_MAX = 255;
const Y_MIN = -256;
const Z_MAX = 31;
const ACE_OF_SPADES = frameOf(SIZE, SIZE, HEIGHT);
const SPAN_BYTES = 4;
/** Solid ground without a colour: 91, 64, 64. */
const GROUND = 0xff40_405b;
const OPAQUE = 0xff00_0000;
/** Voxels of Tiberian Sun and Red Alert 2. */
const WESTWOOD = 'Voxel Animation';

function readVxl(bytes: Uint8Array, source: string, budget: BlockBudget): Document {
  const reader = new ByteReader(bytes, source, 'little');
  refuseOthers(reader);
  const { frame, start } = readHeader(reader) ?? { frame: ACE_OF_SPADES };
  const { width, depth, left, front } = frame;
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  for (let y = front; y < front + depth; y++) {
    checkInterrupt();
    for (let x = left; x > left - width; x--) readColumn(reader, frame, x, y, voxels);
  }
  voxels.finish(document.activeLayer.volume);
  document.set({ box: boxMatrix(contentBox(document.layers)) });
  if (start !== undefined) document.set({ cameras: [...document.cameras, start] });
  return document;
}

/** Another format has the same extension, and would be taken for a damaged map. */
function refuseOthers({ bytes, source: file }: ByteReader): void {
  const head = Buffer.from(bytes.subarray(0, WESTWOOD.length)).toString('latin1');
  if (head !== WESTWOOD) return;
  const message = `${file} is a .vxl of Command & Conquer, another format, which cannot be read.`;
  throw new GoxError('GOX_FORMAT_UNKNOWN', message, { file });
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

function writeVxl(document: Document): Generator<Uint8Array> {
  const volume = document.merged();
  const { min, max } = volume.box() ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const inside =
    min[0] > X_MAX - SIZE &&
    max[0] <= X_MAX + 1 &&
    min[1] >= Y_MIN &&
    max[1] <= Y_MIN + SIZE &&
    min[2] > Z_MAX - HEIGHT &&
    max[2] <= Z_MAX + 1;
  if (!inside) {
    const message =
      'A .vxl map reaches from -256 to 255 in x and y and from -32 to 31 in z; this model lies ' +
      `from ${min.join(' ')} to ${max.map((v) => v - 1).join(' ')}. Move or crop it.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { min, max });
  }
  return inPieces(rowsOf(volume));
}

/** Words of a column with a margin, and of a row of columns with one. */
const PITCH = HEIGHT + 2;
const ROW_WORDS = PITCH * (SIZE + 2);
/** Colours and headers of a column: 64 voxels, and a span can be as short as two of them. */
const COLUMN_BYTES_MAX = HEIGHT * 4 + (HEIGHT / 2 + 1) * SPAN_BYTES;

/** The columns of each y. What lies outside the map is empty. */
function* rowsOf(volume: Volume): Generator<Uint8Array> {
  let [before, now, behind] = [0, 0, 0].map(() => new Int32Array(ROW_WORDS)) as Rows;
  loadRow(volume, Y_MIN, behind);
  const bytes = new Uint8Array(SIZE * COLUMN_BYTES_MAX);
  for (let y = Y_MIN; y < Y_MIN + SIZE; y++) {
    checkInterrupt();
    [before, now, behind] = [now, behind, before];
    loadRow(volume, y + 1, behind);
    let at = 0;
    for (let x = 0; x < SIZE; x++) {
      at = writeColumn(before, now, behind, (x + 1) * PITCH + 1, bytes, at);
    }
    yield bytes.slice(0, at);
  }
}

/** The words of cells, signed. */
type Rows = [Int32Array, Int32Array, Int32Array];

function loadRow(volume: Volume, y: number, out: Int32Array): void {
  out.fill(0);
  if (y >= Y_MIN + SIZE) return;
  const min = [X_MAX + 1 - SIZE, y, Z_MAX + 1 - HEIGHT] as const;
  const max = [X_MAX + 1, y + 1, Z_MAX + 1] as const;
  const start = SIZE * PITCH + HEIGHT;
  copyBox(volume, { min, max }, out, { x: -PITCH, y: 0, z: -1, start });
}

/** Writes the spans of one column at `at`; returns where they end. */
function writeColumn(
  before: Int32Array,
  now: Int32Array,
  behind: Int32Array,
  column: number,
  bytes: Uint8Array,
  at: number,
): number {
  for (let z = 0; z < HEIGHT; ) {
    const air = z;
    while (z < HEIGHT && isClear(now[column + z]!)) z++;
    const top = z;
    while (z < HEIGHT && isSurface(before, now, behind, column + z)) z++;
    const end = z;
    while (z < HEIGHT && isInner(before, now, behind, column + z)) z++;
    // Colours that reach the ground are the top colours of a last span.
    let bottom = z;
    while (bottom < HEIGHT && isSurface(before, now, behind, column + bottom)) bottom++;
    if (bottom === HEIGHT) bottom = z;
    const span = at;
    bytes[span + 1] = top;
    bytes[span + 2] = end - 1;
    bytes[span + 3] = air;
    at = writeColors(now, column, top, end, bytes, at + SPAN_BYTES);
    at = writeColors(now, column, z, bottom, bytes, at);
    z = bottom;
    bytes[span] = z === HEIGHT ? 0 : (at - span) / 4;
  }
  return at;
}

/**
 * Goxel's threshold here lies one above that of its other formats: alpha 128, from which on a
 * signed word is negative.
 */
function isClear(word: number): boolean {
  return word >= 0;
}

/** Whether a cell is solid and one beside it is not. */
function isSurface(before: Int32Array, now: Int32Array, behind: Int32Array, cell: number): boolean {
  return !isClear(now[cell]!) && !isInner(before, now, behind, cell);
}

/** Whether a cell and all beside it are solid. */
function isInner(before: Int32Array, now: Int32Array, behind: Int32Array, cell: number): boolean {
  return (
    !isClear(now[cell]!) &&
    !isClear(now[cell - 1]!) &&
    !isClear(now[cell + 1]!) &&
    !isClear(now[cell - PITCH]!) &&
    !isClear(now[cell + PITCH]!) &&
    !isClear(before[cell]!) &&
    !isClear(behind[cell]!)
  );
}

function writeColors(
  now: Int32Array,
  column: number,
  from: number,
  to: number,
  bytes: Uint8Array,
  at: number,
): number {
  for (let z = from; z < to; z++) {
    const rgba = now[column + z]!;
    bytes[at++] = (rgba >>> 16) & 0xff;
    bytes[at++] = (rgba >>> 8) & 0xff;
    bytes[at++] = rgba & 0xff;
    bytes[at++] = rgba >>> 24;
  }
  return at;
}

export const vxl: Format = {
  name: 'vxl',
  extensions: ['vxl'],
  read: budgeted(readVxl),
  write: writeVxl,
};
