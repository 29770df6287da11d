/**
 * Voxlap's models (.kv6; format by Ken Silverman). Little-endian.
 *
 * - `Kvxl`, u32 size x, y, z, f32 pivot x, y, z, u32 number of voxels; the voxels, eight bytes
 *   each: blue, green, red, a byte that programs use as they like, u16 z, u8 sides that can be seen
 *   (as in .kvx), u8 number of a normal; u32 voxels of each x slice; u16 voxels of each column. A
 *   palette (`SPal`) may follow; the colours above do not need it.
 * - y and z point against ours.
 *
 * Only voxels that can be seen are stored. What lies inside, between a voxel closed below and one
 * closed above, gets the colour of the topmost voxel of that solid part, as in Goxel. The pivot
 * becomes the origin (`pivot.ts`), and all is opaque. Like Goxel the model is centred, whatever its
 * pivot, and the fourth byte is the alpha. Goxel cannot write the format: here all voxels that can
 * be seen are written, without normals.
 */

import { GoxError } from '../../../conf/errors.ts';
import { Document } from '../../document/document.ts';
import { checkInterrupt } from '../../interrupt.ts';
import type { Box } from '../../volume/box.ts';
import { boxMatrix } from '../../volume/matrix.ts';
import { type BlockBudget, budgeted } from '../block-budget.ts';
import { exportBox, sizeOf } from '../box-copy.ts';
import { ByteReader } from '../bytes.ts';
import { contentBox } from '../fit.ts';
import type { ExportOptions, Format, ImportOptions } from '../format.ts';
import { inPieces, PIECE_BYTES } from '../pieces.ts';
import type { Report } from '../report.ts';
import { requireReach, VoxelBuilder } from '../voxel-builder.ts';
import { tellInside } from './inside.ts';
import { pivotOf, placeOf, setPlace } from './pivot.ts';
import { BOTTOM, type Surface, surfaceOf, TOP } from './surface.ts';

const MAGIC = 'Kvxl';
const HEADER_BYTES = 32;
const VOXEL_BYTES = 8;
const PIECE_VOXELS = PIECE_BYTES / VOXEL_BYTES;
/** Before 256 colours in 6 bits a channel. */
const PALETTE_MAGIC = 'SPal';
const PALETTE_BYTES = 768;
/** The fourth byte as Slab6 and Voxlap write it. */
const OPACITY = 128;
const NO_NORMAL = 255;
const OPAQUE = 0xff00_0000;
/** z is 16 bits wide, and so is the count of a column. */
const HEIGHT_MAX = 0xffff;
/** The table has a number for each column, voxels or not. */
const COLUMNS_MAX = 2 ** 24;

function readKv6(
  bytes: Uint8Array,
  source: string,
  budget: BlockBudget,
  { like, report }: ImportOptions,
): Document {
  const goxel = like === 'goxel';
  const reader = new ByteReader(bytes, source, 'little');
  reader.magic(MAGIC, '.kv6 model');
  const size = [reader.u32('size'), reader.u32('size'), reader.u32('size')] as const;
  const [width, depth, height] = size;
  const pivot = [reader.f32('pivot'), reader.f32('pivot'), reader.f32('pivot')] as const;
  const count = reader.u32('number of voxels');
  const first = reader.at;
  reader.skip(count * VOXEL_BYTES, 'voxels');
  reader.skip(width * 4, 'table of slices');
  const columns = reader.at;
  reader.need(width * depth * 2, 'table of columns');
  const half = (length: number) => Math.floor(length / 2);
  const place = placeOf(pivot, size, report);
  const centred = [-half(width), -half(depth), -half(height)] as const;
  const min = goxel ? centred : place.box.min;
  const end = columns + width * depth * 2;
  tellTrailing(reader, end, report);
  requireReach(reader, min, size);
  const document = Document.empty();
  const voxels = new VoxelBuilder(budget);
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset, reader.bytes.length);
  const top = min[2] + height - 1;
  let at = first;
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < depth; y++) {
      checkInterrupt();
      const entry = columns + (x * depth + y) * 2;
      const end = at + view.getUint16(entry, true) * VOXEL_BYTES;
      if (end > first + count * VOXEL_BYTES) reader.fail('a column has too many voxels', entry);
      let below = 0;
      let open = true;
      let fill = 0;
      for (; at < end; at += VOXEL_BYTES) {
        const z = view.getUint16(at + 4, true);
        const sides = bytes[at + 6]!;
        if (z < below || z >= height) reader.fail(`a voxel at depth ${z} is out of order`, at);
        const [wx, wy] = [min[0] + x, min[1] + depth - 1 - y];
        const rgba = colorAt(view, at, goxel);
        if (open) fill = (rgba | OPAQUE) >>> 0;
        else if ((sides & TOP) === 0 && z > below) {
          voxels.fillZ(wx, wy, top - z + 1, top - below + 1, fill);
        }
        voxels.set(wx, wy, top - z, rgba);
        open = (sides & BOTTOM) !== 0;
        below = z + 1;
      }
    }
  }
  voxels.finish(document.activeLayer.volume);
  if (!goxel && width > 0 && depth > 0 && height > 0) setPlace(document, place);
  else document.set({ box: boxMatrix(contentBox(document.layers)) });
  return document;
}

/** A palette may follow, which repeats the colours. */
function tellTrailing({ bytes, source }: ByteReader, end: number, report?: Report): void {
  const palette = Buffer.from(bytes.subarray(end, end + 4)).toString('latin1') === PALETTE_MAGIC;
  const over = bytes.length - end - (palette ? 4 + PALETTE_BYTES : 0);
  if (over <= 0) return;
  const message = `There are ${over} bytes behind the end of ${source}.`;
  report?.warn('WARN_TRAILING_BYTES', message, { byte: bytes.length - over });
}

/** From blue, green, red, and what Goxel takes for alpha. */
function colorAt(view: DataView, at: number, goxel: boolean): number {
  const word = view.getUint32(at, true);
  const bgra = goxel && word > 0xff_ffff ? word : word | OPAQUE;
  return ((bgra & 0xff00_ff00) | ((bgra >>> 16) & 0xff) | ((bgra & 0xff) << 16)) >>> 0;
}

function writeKv6(document: Document, options: ExportOptions = {}): Generator<Uint8Array> {
  const box = exportBox(document) ?? { min: [0, 0, 0], max: [0, 0, 0] };
  const [width, depth, height] = sizeOf(box);
  if (height > HEIGHT_MAX || width * depth > COLUMNS_MAX) {
    const message =
      `A .kv6 model may be ${HEIGHT_MAX} high and have ${COLUMNS_MAX} columns; this one is ` +
      `${width} x ${depth} x ${height}. Crop it or its image box, or save as .vox.`;
    throw new GoxError('GOX_FORMAT_LIMIT', message, { size: [width, depth, height] });
  }
  return inPieces(kv6Parts(document, box, options.report));
}

function* kv6Parts(document: Document, box: Box, report?: Report): Generator<Uint8Array> {
  const [width, depth, height] = sizeOf(box);
  const volume = document.merged();
  const surface = surfaceOf(volume, box);
  tellInside(volume, box, surface, 'top', report);
  const { starts } = surface;
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  for (const [i, length] of [width, depth, height].entries())
    header.writeUInt32LE(length, 4 + i * 4);
  const pivot = pivotOf(document, box);
  for (const [i, value] of pivot.entries()) header.writeFloatLE(value, 16 + i * 4);
  header.writeUInt32LE(starts.at(-1)!, 28);
  yield header;
  yield* voxelsOf(surface);
  const inColumns = Uint16Array.from(
    { length: width * depth },
    (_, i) => starts[i + 1]! - starts[i]!,
  );
  const inSlices = Uint32Array.from(
    { length: width },
    (_, x) => starts[(x + 1) * depth]! - starts[x * depth]!,
  );
  yield new Uint8Array(inSlices.buffer);
  yield new Uint8Array(inColumns.buffer);
}

function* voxelsOf({ places, colors }: Surface): Generator<Uint8Array> {
  for (let from = 0; from < places.length; from += PIECE_VOXELS) {
    checkInterrupt();
    const count = Math.min(PIECE_VOXELS, places.length - from);
    const words = new Uint32Array(count * 2);
    for (let i = 0; i < count; i++) {
      const rgba = colors[from + i]!;
      const bgr = ((rgba >>> 16) & 0xff) | (rgba & 0xff00) | ((rgba & 0xff) << 16);
      words[2 * i] = bgr | (OPACITY << 24);
      words[2 * i + 1] = places[from + i]! | (NO_NORMAL << 24);
    }
    yield new Uint8Array(words.buffer);
  }
}

export const kv6: Format = {
  name: 'kv6',
  extensions: ['kv6'],
  read: budgeted(readKv6),
  write: writeKv6,
};
