/**
 * The header of Voxlap's own maps (by Ken Silverman), little-endian: u32 0x09072000, u32 columns
 * along x and y, f64 x, y, z of where the visitor starts, and of the directions right, down and
 * forward. The columns follow, 256 voxels high. Maps of Ace of Spades have no header; their first
 * column cannot begin with these bytes, since a span of it would end before it begins.
 */

import type { Camera } from '../../document/scene.ts';
import type { Vec3 } from '../../volume/box.ts';
import type { ByteReader } from '../bytes.ts';

const MAGIC = '\0\x20\x07\x09';
const HEADER_BYTES = 108;
export const VOXLAP_HEIGHT = 256;
/** A column has one span at least. */
const COLUMN_BYTES_MIN = 4;

/** How large a map is, and where it lies: around the origin, as Goxel places it. */
export interface Frame {
  readonly width: number;
  readonly depth: number;
  readonly height: number;
  /** Of the file's x 0, y 0 and z 0; x and z count down from there, y counts up. */
  readonly left: number;
  readonly front: number;
  readonly top: number;
}

export function frameOf(width: number, depth: number, height: number): Frame {
  const [left, front] = [Math.floor(width / 2) - 1, -Math.floor(depth / 2)];
  return { width, depth, height, left, front, top: height / 2 - 1 };
}

export interface Header {
  readonly frame: Frame;
  /** The view from where the visitor starts; undefined when the numbers give none. */
  readonly start: Camera | undefined;
}

/** Nothing where no header is. Throws GOX_FORMAT_BROKEN. */
export function readHeader(reader: ByteReader): Header | undefined {
  if (Buffer.from(reader.bytes.subarray(0, 4)).toString('latin1') !== MAGIC) return undefined;
  reader.magic(MAGIC, 'map of Voxlap');
  const [width, depth] = [reader.u32('size'), reader.u32('size')];
  if (width === 0 || depth === 0) reader.fail(`a map of ${width} x ${depth} columns`, 4);
  const frame = frameOf(width, depth, VOXLAP_HEIGHT);
  const point = (what: string): Vec3 => [reader.f64(what), reader.f64(what), reader.f64(what)];
  const [at, right, down, forward] = ['place', 'right', 'down', 'forward'].map(point) as Point4;
  // So a map that fits into a file fits into the coordinates there are, too.
  reader.need(width * depth * COLUMN_BYTES_MIN, 'columns');
  return { frame, start: cameraAt(frame, at, right, down, forward) };
}

type Point4 = [Vec3, Vec3, Vec3, Vec3];

/** How far from 1 a length, and from 0 the cosine of a right angle, may be. */
const TOLERANCE = 0.01;
const START = 'Start';
/** As of Goxel's first camera. */
const DIST = 128;

function cameraAt(
  frame: Frame,
  at: Vec3,
  right: Vec3,
  down: Vec3,
  forward: Vec3,
): Camera | undefined {
  const place = [frame.left + 1 - at[0], frame.front + at[1], frame.top + 1 - at[2]];
  const [x, y, z] = [turned(right, 1), turned(down, -1), turned(forward, -1)];
  const level = [dot(x, x) - 1, dot(y, y) - 1, dot(z, z) - 1, dot(x, y), dot(x, z), dot(y, z)];
  const sound = level.every((value) => Math.abs(value) < TOLERANCE);
  if (!(sound && dot(cross(x, y), z) > 0)) return undefined;
  const mat = Float32Array.of(...x, 0, ...y, 0, ...z, 0, ...place, 1);
  if (!mat.every(Number.isFinite)) return undefined;
  return { name: START, dist: DIST, ortho: false, mat, active: false, extra: [] };
}

/** What a visitor without a camera sees: from the middle, along the file's -y. */
const RIGHT: Vec3 = [1, 0, 0];
const DOWN: Vec3 = [0, 0, 1];
const FORWARD: Vec3 = [0, -1, 0];

/** The header of a map, which begins with the camera called "Start", or with the active one. */
export function headerOf(frame: Frame, cameras: readonly Camera[]): Uint8Array {
  const { width, depth, left, front, top } = frame;
  const camera = cameras.find(({ name }) => name === START) ?? cameras.find((one) => one.active);
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write(MAGIC, 'latin1');
  bytes.writeUInt32LE(width, 4);
  bytes.writeUInt32LE(depth, 8);
  const axis = (i: number): Vec3 => [...camera!.mat.subarray(i * 4, i * 4 + 3)] as unknown as Vec3;
  const [x, y, z] = camera === undefined ? [0, 0, 0] : axis(3);
  const at: Vec3 = [left + 1 - x, y - front, top + 1 - z];
  const [right, down, forward] =
    camera === undefined
      ? [RIGHT, DOWN, FORWARD]
      : [turned(axis(0), 1), turned(axis(1), -1), turned(axis(2), -1)];
  for (const [i, value] of [...at, ...right, ...down, ...forward].entries()) {
    bytes.writeDoubleLE(value, 12 + 8 * i);
  }
  return bytes;
}

/** From the file's directions to ours, or to the opposite ones. */
function turned([x, y, z]: Vec3, sign: 1 | -1): Vec3 {
  return [-sign * x, sign * y, -sign * z];
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
