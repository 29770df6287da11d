/** Scenes whose pictures show how small a PNG is, and the ways to pack it that are compared. */

import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { decodePng } from '../../engine/image/png.ts';
import type { SceneRequest } from './readme-scenes.ts';

type Given = readonly SceneRequest[];

const created: SceneRequest = { method: 'goxel.create_project', params: { name: 'small' } };

/** What clients draw first: a voxel, a few, a shape, a house. */
export const SMALL_SCENES: Readonly<Record<string, Given>> = {
  'one voxel': [created, { method: 'goxel.add_voxel', params: { x: 0, y: 0, z: 0, r: 255 } }],
  'a row of colours': [
    created,
    ...[0, 1, 2, 3, 4].map((x) => ({
      method: 'goxel.add_voxel',
      params: { x: 3 * x, y: x, z: 0, color: [50 * x, 255 - 50 * x, 128] },
    })),
  ],
  'a cube': [
    created,
    { method: 'goxel.fill_region', params: { min: [0, 0, 0], max: [9, 9, 9], color: '#3366CC' } },
  ],
  'a house': [
    created,
    { method: 'goxel.fill_region', params: { min: [0, 0, 0], max: [9, 7, 5], color: '#B5651D' } },
    { method: 'goxel.fill_region', params: { min: [4, 0, 0], max: [5, 0, 3], color: '#402010' } },
    ...[0, 1, 2, 3].map((step) => ({
      method: 'goxel.fill_region',
      params: {
        min: [-1 + step, -1 + step, 6 + step],
        max: [10 - step, 8 - step, 6 + step],
        color: '#8B0000',
      },
    })),
  ],
};

/** As small, but shaded in many ways: no picture of them is as small. */
export const SHADED_SCENES: Readonly<Record<string, Given>> = {
  ...Object.fromEntries(
    [3, 5, 10].map((radius): [string, Given] => [
      `a ball of radius ${radius}`,
      [
        created,
        {
          method: 'goxel.procedural_shape',
          params: { shape_type: 'sphere', radius, color: '#CC6633' },
        },
      ],
    ]),
  ),
  'a heap of 200 colours': [
    created,
    {
      method: 'goxel.add_voxels',
      params: {
        voxels: Array.from({ length: 200 }, (_, i) => ({
          ...{ x: (i * 7) % 16, y: (i * 11) % 13, z: (i * 5) % 9 },
          color: [(i * 37) % 256, (i * 91) % 256, (i * 151) % 256],
        })),
      },
    },
  ],
};

/** The pixels of a PNG; of which of them alpha is written. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly rgba: Uint8Array;
}

export function pixelsOf(png: Uint8Array): Pixels {
  const view = new DataView(png.buffer, png.byteOffset);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const { rgba } = decodePng(png, width, height);
  return { width, height, channels: png[25] === 6 ? 4 : 3, rgba };
}

/** Signature, IHDR, IEND, and what is around the data in IDAT. */
const FRAME_BYTES = 57;

const FILTERS = [0, 1, 2, 3, 4] as const;

/**
 * So few bytes zlib needs, whatever it costs: the best of one filter for all rows and of the least
 * sum of absolute differences in each, all in one stream of level 9.
 */
export function smallest(pixels: Pixels): number {
  const rows = FILTERS.map((filter) => filtered(pixels, filter));
  const tried = [...rows, leastOf(rows, pixels.width * pixels.channels + 1)];
  const packed = tried.map((raw) => deflateSync(raw, { level: 9, memLevel: 9 }).length);
  return Math.min(...packed) + FRAME_BYTES;
}

/** As pictures were packed before: "Sub", runs only, bands of 32 rows. */
export function packedBefore(pixels: Pixels): number {
  const { width, height, channels } = pixels;
  const stride = width * channels + 1;
  let bytes = FRAME_BYTES;
  for (let top = 0; top < height; top += 32) {
    const rows = Math.min(32, height - top);
    const raw = new Uint8Array(stride * rows);
    subRows(pixels, top, rows, raw);
    const finishFlush = top + rows === height ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
    const { Z_BEST_SPEED: level, Z_RLE: strategy } = constants;
    bytes += deflateRawSync(raw, { level, strategy, finishFlush }).length;
    sum(raw);
  }
  return bytes;
}

function subRows(pixels: Pixels, top: number, rows: number, raw: Uint8Array): void {
  const { width, channels, rgba } = pixels;
  let at = 0;
  for (let y = top; y < top + rows; y++) {
    const line = rgba.subarray(y * width * 4, (y + 1) * width * 4);
    raw[at++] = 1;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        raw[at++] = line[x * 4 + c]! - (x === 0 ? 0 : line[x * 4 - 4 + c]!);
      }
    }
  }
}

/** As traced pictures were packed before: "Paeth", small differences, bands of 1 MiB. */
export function tracedBefore(pixels: Pixels): number {
  const { width, height, channels } = pixels;
  const stride = width * channels + 1;
  const bandRows = Math.max(Math.floor(2 ** 20 / stride), 1);
  let bytes = FRAME_BYTES;
  for (let top = 0; top < height; top += bandRows) {
    const rows = Math.min(bandRows, height - top);
    const raw = new Uint8Array(stride * rows);
    for (let y = 0; y < rows; y++) {
      paethRow(pixels, top + y, raw.subarray(y * stride, (y + 1) * stride));
    }
    const finishFlush = top + rows === height ? constants.Z_FINISH : constants.Z_SYNC_FLUSH;
    bytes += deflateRawSync(raw, { strategy: constants.Z_FILTERED, finishFlush }).length;
    sum(raw);
  }
  return bytes;
}

function paethRow({ width, channels, rgba }: Pixels, y: number, raw: Uint8Array): void {
  const size = width * 4;
  const line = rgba.subarray(y * size, (y + 1) * size);
  const above = y === 0 ? new Uint8Array(size) : rgba.subarray((y - 1) * size, y * size);
  raw[0] = 4;
  for (let x = 0, at = 1; x < size; x += 4) {
    for (let c = x; c < x + channels; c++) {
      const left = x === 0 ? 0 : line[c - 4]!;
      const corner = x === 0 ? 0 : above[c - 4]!;
      raw[at++] = line[c]! - predicted(4, left, above[c]!, corner);
    }
  }
}

/** Adler-32, a byte at a time. */
function sum(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(at + 3800, bytes.length);
    for (; at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

function filtered({ width, height, channels, rgba }: Pixels, filter: number): Uint8Array {
  const raw = new Uint8Array((width * channels + 1) * height);
  const from = (x: number, y: number, c: number) =>
    x < 0 || y < 0 ? 0 : rgba[(y * width + x) * 4 + c]!;
  let at = 0;
  for (let y = 0; y < height; y++) {
    raw[at++] = filter;
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const near = [from(x - 1, y, c), from(x, y - 1, c), from(x - 1, y - 1, c)] as const;
        raw[at++] = from(x, y, c) - predicted(filter, ...near);
      }
    }
  }
  return raw;
}

function predicted(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const guess = left + up - corner;
  const [byLeft, byUp] = [Math.abs(guess - left), Math.abs(guess - up)];
  const byCorner = Math.abs(guess - corner);
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}

/** Of each row the filter whose bytes, as signed ones, are nearest to 0. */
function leastOf(tried: readonly Uint8Array[], stride: number): Uint8Array {
  const raw = new Uint8Array(tried[0]!.length);
  for (let at = 0; at < raw.length; at += stride) {
    let least = Infinity;
    for (const rows of tried) {
      const row = rows.subarray(at, at + stride);
      const size = row.reduce(
        (all, byte, i) => all + (i === 0 ? 0 : Math.min(byte, 256 - byte)),
        0,
      );
      if (size >= least) continue;
      least = size;
      raw.set(row, at);
    }
  }
  return raw;
}
