/**
 * The format of Voxlap's and Slab6's models (.vox; "slab6.txt" by Ken Silverman): three int32 for
 * the sizes along x, y and z, an index for each position, z fastest and x slowest, 255 for none,
 * 256 colours in 6 bits a channel. y and z point against ours.
 *
 * Goxel takes the first size for that along z, x for the fastest, and the colours as they are.
 */

import { unnamed } from '../../document/built-in-palettes.ts';
import type { Document } from '../../document/document.ts';
import { pack } from '../../volume/color.ts';
import type { BlockBudget } from '../block-budget.ts';
import type { Report } from '../report.ts';
import { VoxelBuilder } from '../voxel-builder.ts';
import { broken } from './vox-chunks.ts';

const HEADER_BYTES = 12;
const PALETTE_BYTES = 768;
const PALETTE_LENGTH = 256;
const EMPTY = 255;
const SIX_BITS = 63;

interface OldModel {
  readonly bytes: Buffer;
  /** As they stand in the file, slowest first. */
  readonly sizes: readonly [number, number, number];
  /** Where the palette begins. */
  readonly end: number;
}

/** Fills a document's layer. Throws GOX_FORMAT_BROKEN for what cannot be such a file. */
export function readOld(
  bytes: Buffer,
  source: string,
  document: Document,
  budget: BlockBudget,
  report: Report,
  goxel: boolean,
): void {
  const model = checked(bytes, source);
  const { sizes, end } = model;
  const over = bytes.length - end - PALETTE_BYTES;
  if (over > 0) {
    const message = `There are ${over} bytes behind the palette of ${source}.`;
    report.warn('WARN_TRAILING_BYTES', message, { byte: end + PALETTE_BYTES });
  }
  const colors = paletteOf(bytes.subarray(end, end + PALETTE_BYTES), goxel);
  const voxels = new VoxelBuilder(budget);
  const [slow, middle, fast] = sizes;
  const [a0, b0, c0] = sizes.map((side) => -Math.trunc(side / 2)) as [number, number, number];
  let [a, b, c] = [0, 0, 0];
  for (let at = HEADER_BYTES; at < end; at++) {
    const index = bytes[at]!;
    if (index !== EMPTY) {
      const color = colors[index]!;
      if (goxel) voxels.set(c + c0, b + b0, a + a0, color);
      else voxels.set(a + a0, middle - 1 - b + b0, fast - 1 - c + c0, color);
    }
    if (++c < fast) continue;
    c = 0;
    if (++b < middle) continue;
    b = 0;
    if (++a === slow) break;
  }
  voxels.finish(document.activeLayer.volume);
  document.set({ palette: unnamed('VOX', colors) });
}

function checked(bytes: Buffer, source: string): OldModel {
  const fail = (message: string) => broken(source, 'header', 0, message);
  const count = bytes.length - HEADER_BYTES - PALETTE_BYTES;
  if (count < 0) fail('it is no MagicaVoxel file, and too short for an older one');
  const sizes = [0, 4, 8].map((at) => bytes.readInt32LE(at)) as [number, number, number];
  const [slow, middle, fast] = sizes;
  if (sizes.some((side) => side < 0) || slow * middle * fast > count) {
    fail(`it is no MagicaVoxel file, and has no ${fast} x ${middle} x ${slow} voxels`);
  }
  return { bytes, sizes, end: HEADER_BYTES + slow * middle * fast };
}

/** Some programs write eight bits, which shows where a channel has more than six. */
function paletteOf(bytes: Buffer, goxel: boolean): Uint32Array {
  const plain = goxel || bytes.some((value) => value > SIX_BITS);
  const channel = (at: number) => (plain ? bytes[at]! : Math.round((bytes[at]! * 255) / SIX_BITS));
  return Uint32Array.from({ length: PALETTE_LENGTH }, (_, i) =>
    pack(channel(3 * i), channel(3 * i + 1), channel(3 * i + 2), 255),
  );
}
