/**
 * The visible faces of a block, coplanar ones joined to rectangles whatever their colours. A face
 * is of direction 0 -x, 1 +x, 2 -y, 3 +y, 4 -z, 5 +z; its plane has coordinates u and v, which are
 * (y, z), (x, z) and (x, y) for x, y and z.
 *
 * Each cell of a rectangle gets one byte that says which of the eight cells around the one before
 * it are solid, for ambient occlusion: bits 0-2 are v - 1 and u - 1, u, u + 1; bits 3 and 4 are v
 * and u - 1, u + 1; bits 5-7 are v + 1.
 */

import { PADDED } from './occupancy.ts';

/** Axes of u and v by the axis of the normal. */
export const U_AXIS = [1, 0, 0] as const;
export const V_AXIS = [2, 2, 1] as const;

const ROOM = 1024;

/** Numbers of a rectangle: the place of its block, its shape, and its first cell. */
export const RECT = 3;

/**
 * Rectangles of blocks. The shape of one has its direction, slice and bounds: bits 0-2, 3-6, then u
 * and v from and to (inclusive). The cells of one lie in order, u fastest; each has the packed
 * colour of its voxel and the byte of what is around.
 */
export interface Faces {
  readonly rects: Int32Array;
  readonly colors: Uint32Array;
  readonly around: Uint8Array;
}

/** Faces in the memory of one thread. */
export class Rectangles implements Faces {
  count = 0;
  cellCount = 0;
  rects = new Int32Array(ROOM * RECT);
  colors = new Uint32Array(ROOM);
  around = new Uint8Array(ROOM);
  readonly #slices = new Uint16Array(256);

  clear(): void {
    this.count = 0;
    this.cellCount = 0;
  }

  /** Adds the faces of a block in one direction. */
  add(place: number, direction: number, padded: Int32Array, words: Uint32Array): void {
    const slices = this.#slices;
    if (!findFaces(slices, direction, padded)) return;
    for (let slice = 0; slice < 16; slice++) {
      for (let v = 0; v < 16; v++) {
        for (let bits = slices[slice * 16 + v]!; bits !== 0; ) {
          const u0 = 31 - Math.clz32(bits & -bits);
          // The ones from u0 on.
          const length = 31 - Math.clz32(~(bits >> u0) & -~(bits >> u0));
          const run = ((1 << length) - 1) << u0;
          bits &= ~run;
          let v1 = v;
          while (v1 < 15 && (slices[slice * 16 + v1 + 1]! & run) === run) {
            slices[slice * 16 + ++v1]! &= ~run;
          }
          const u1 = u0 + length - 1;
          this.#push(
            place,
            direction | (slice << 3) | (u0 << 7) | (v << 11) | (u1 << 15) | (v1 << 19),
          );
          this.#fillCells(direction, slice, u0, v, u1, v1, padded, words);
        }
      }
    }
  }

  #push(place: number, shape: number): void {
    let at = this.count++ * RECT;
    if (at === this.rects.length) this.rects = doubled(this.rects, Int32Array);
    this.rects[at++] = place;
    this.rects[at++] = shape;
    this.rects[at] = this.cellCount;
  }

  #fillCells(
    direction: number,
    slice: number,
    u0: number,
    v0: number,
    u1: number,
    v1: number,
    padded: Int32Array,
    words: Uint32Array,
  ): void {
    while (this.cellCount + 256 > this.around.length) {
      this.around = doubled(this.around, Uint8Array);
      this.colors = doubled(this.colors, Uint32Array);
    }
    const { around, colors } = this;
    // The layer of cells before the faces, in padded coordinates.
    const before = slice + ((direction & 1) === 1 ? 2 : 0);
    let at = this.cellCount;
    const axis = direction >> 1;
    for (let v = v0; v <= v1; v++) {
      if (axis === 0) {
        for (let u = u0; u <= u1; u++) {
          colors[at] = words[slice + 16 * u + 256 * v]!;
          around[at++] = aroundX(padded, before, u, v);
        }
        continue;
      }
      const step = axis === 1 ? PADDED : 1;
      const row = axis === 1 ? v * PADDED + before : before * PADDED + v;
      const word = axis === 1 ? 16 * slice + 256 * v : 16 * v + 256 * slice;
      const [low, same, high] = [padded[row]!, padded[row + step]!, padded[row + 2 * step]!];
      for (let u = u0; u <= u1; u++) {
        const beside = (same >> u) & 5;
        colors[at] = words[word + u]!;
        around[at++] =
          ((low >> u) & 7) | ((beside & 1) << 3) | ((beside & 4) << 2) | (((high >> u) & 7) << 5);
      }
    }
    this.cellCount = at;
  }
}

function aroundX(padded: Int32Array, x: number, y: number, z: number): number {
  const row = z * PADDED + y;
  const [low, same, high] = [row, row + PADDED, row + 2 * PADDED];
  return (
    ((padded[low]! >> x) & 1) |
    (((padded[low + 1]! >> x) & 1) << 1) |
    (((padded[low + 2]! >> x) & 1) << 2) |
    (((padded[same]! >> x) & 1) << 3) |
    (((padded[same + 2]! >> x) & 1) << 4) |
    (((padded[high]! >> x) & 1) << 5) |
    (((padded[high + 1]! >> x) & 1) << 6) |
    (((padded[high + 2]! >> x) & 1) << 7)
  );
}

/** Bits of the visible faces by slice and v, bit u. Tells whether there are any. */
function findFaces(slices: Uint16Array, direction: number, padded: Int32Array): boolean {
  const axis = direction >> 1;
  const up = (direction & 1) === 1;
  if (axis === 0) return findFacesX(slices, up, padded);
  const step = (axis === 1 ? 1 : PADDED) * (up ? 1 : -1);
  let found = 0;
  for (let z = 0; z < 16; z++) {
    for (let y = 0; y < 16; y++) {
      const row = (z + 1) * PADDED + y + 1;
      const faces = ((padded[row]! & ~padded[row + step]!) >> 1) & 0xffff;
      slices[axis === 1 ? y * 16 + z : z * 16 + y] = faces;
      found |= faces;
    }
  }
  return found !== 0;
}

function findFacesX(slices: Uint16Array, up: boolean, padded: Int32Array): boolean {
  slices.fill(0);
  let found = 0;
  for (let z = 0; z < 16; z++) {
    for (let y = 0; y < 16; y++) {
      const row = padded[(z + 1) * PADDED + y + 1]!;
      let faces = ((row & ~(up ? row >> 1 : row << 1)) >> 1) & 0xffff;
      found |= faces;
      while (faces !== 0) {
        const x = 31 - Math.clz32(faces & -faces);
        faces &= faces - 1;
        slices[x * 16 + z]! |= 1 << y;
      }
    }
  }
  return found !== 0;
}

function doubled<T extends Uint8Array | Uint32Array | Int32Array>(
  values: T,
  Kind: new (length: number) => T,
): T {
  const copy = new Kind(values.length * 2);
  copy.set(values);
  return copy;
}
