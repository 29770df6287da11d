/** The pieces of a Qubicle Binary file; see `qb.ts`. */

import type { Layer } from '../../document/layer.ts';
import type { Box } from '../../volume/box.ts';
import { copyBox, sizeOf } from '../box-copy.ts';
import type { ExportOptions } from '../format.ts';
import { PIECE_BYTES } from '../pieces.ts';

const VERSION = 0x101;
export const RIGHT_HANDED = 1;
const LEFT_HANDED = 0;
export const RUN = 2;
export const NEXT_SLICE = 6;
const NAME_BYTES_MAX = 255;
/** A run takes three words. */
const RUN_MIN = 4;
/** Below it a cell is no voxel; its colour could be taken for the start of a run. */
const VOXEL_MIN = 0x0100_0000;

/** What becomes a matrix. */
export interface QbPart {
  readonly layer: Layer;
  readonly box: Box;
}

export function* qbPieces(
  parts: readonly QbPart[],
  { rle = false, hand = 'right' }: ExportOptions,
): Generator<Uint8Array> {
  const left = hand === 'left';
  yield words(VERSION, 0, left ? LEFT_HANDED : RIGHT_HANDED, rle ? 1 : 0, 0, parts.length);
  for (const { layer, box } of parts) {
    const name = new Uint8Array(1 + NAME_BYTES_MAX);
    name[0] = new TextEncoder().encodeInto(layer.name, name.subarray(1)).written;
    yield name.subarray(0, 1 + name[0]);
    const [width, depth, height] = sizeOf(box);
    // Of the left hand z is -y, and the highest y comes first.
    const z = left ? 1 - box.max[1] : box.min[1];
    yield words(width, height, depth, box.min[0], box.min[2], z);
    if (rle) yield* runsOf(layer, box, left);
    else yield* cellsOf(layer, box, left);
  }
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

/** The cells of a layer: y slowest, then z, then x. */
function* cellsOf({ volume }: Layer, box: Box, left: boolean): Generator<Uint8Array> {
  const [x0, y0, z0] = box.min;
  const [x1, y1, z1] = box.max;
  const width = x1 - x0;
  // As many whole slices as fit into a piece; of a slice that does not, as many rows.
  const rows = Math.max(1, Math.min(z1 - z0, Math.floor(PIECE_BYTES / 4 / width)));
  const slice = width * rows;
  const slices = rows < z1 - z0 ? 1 : Math.max(1, Math.floor(PIECE_BYTES / 4 / slice));
  for (let done = 0; done < y1 - y0; done += slices) {
    const count = Math.min(slices, y1 - y0 - done);
    const y = left ? y1 - done - count : y0 + done;
    for (let z = z0; z < z1; z += rows) {
      const end = Math.min(z1, z + rows);
      const out = new Uint32Array(width * (end - z) * count);
      const part = { min: [x0, y, z], max: [x1, y + count, end] } as const;
      const along = left ? { y: -slice, start: (count - 1) * slice } : { y: slice, start: 0 };
      copyBox(volume, part, out, { x: 1, z: width, ...along });
      yield new Uint8Array(out.buffer);
    }
  }
}

/** The same, compressed; a run ends where a piece does. */
function* runsOf({ volume }: Layer, box: Box, left: boolean): Generator<Uint8Array> {
  const [x0, y0, z0] = box.min;
  const [x1, y1, z1] = box.max;
  const width = x1 - x0;
  const rows = Math.max(1, Math.min(z1 - z0, Math.floor(PIECE_BYTES / 4 / width)));
  for (let slice = 0; slice < y1 - y0; slice++) {
    const y = left ? y1 - 1 - slice : y0 + slice;
    for (let z = z0; z < z1; z += rows) {
      const end = Math.min(z1, z + rows);
      const cells = new Uint32Array(width * (end - z));
      const part = { min: [x0, y, z], max: [x1, y + 1, end] } as const;
      copyBox(volume, part, cells, { x: 1, y: 0, z: width, start: 0 });
      yield packed(cells);
    }
    yield words(NEXT_SLICE);
  }
}

function packed(cells: Uint32Array): Uint8Array {
  // No way to pack cells takes more than they do.
  const out = new Uint32Array(cells.length);
  let length = 0;
  for (let at = 0; at < cells.length; ) {
    const word = cells[at]! < VOXEL_MIN ? 0 : cells[at]!;
    let end = at + 1;
    while (end < cells.length && (cells[end]! < VOXEL_MIN ? 0 : cells[end]!) === word) end++;
    if (end - at >= RUN_MIN) {
      out[length++] = RUN;
      out[length++] = end - at;
      out[length++] = word;
    } else {
      out.fill(word, length, length + end - at);
      length += end - at;
    }
    at = end;
  }
  return new Uint8Array(out.buffer, 0, length * 4);
}
