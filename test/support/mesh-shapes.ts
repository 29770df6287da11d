/** Meshes and volumes that the tests of mesh import share, and how they are compared. */

import * as assert from 'uvu/assert';
import { GoxError } from '../../conf/errors.ts';
import type { Document } from '../../engine/document/document.ts';
import type { ImportOptions } from '../../engine/formats/format.ts';
import { Volume } from '../../engine/volume/volume.ts';
import { SEED } from './seed.ts';

export type Read = (bytes: Uint8Array, source: string, options?: ImportOptions) => Document;

export interface Shape {
  readonly points: readonly (readonly [x: number, y: number, z: number])[];
  /** Polygons, counter-clockwise seen from outside, vertices counted from 0. */
  readonly faces: readonly (readonly number[])[];
}

export function objOf({ points, faces }: Shape): Buffer {
  const lines = [
    ...points.map((point) => `v ${point.join(' ')}`),
    ...faces.map((face) => `f ${face.map((vertex) => vertex + 1).join(' ')}`),
  ];
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** A box from one corner to another. */
export function box(min: readonly number[], max: readonly number[]): Shape {
  const points = Array.from({ length: 8 }, (_, i) => {
    const at = (axis: number) => ((i >> axis) & 1 ? max[axis]! : min[axis]!);
    return [at(0), at(1), at(2)] as const;
  });
  const faces = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  return { points, faces };
}

/** A surface of `rings` x `sides` quads closed both ways, z being the axis. */
export function torus(radius: number, tube: number, rings: number, sides: number): Shape {
  const points = Array.from({ length: rings * sides }, (_, i) => {
    const around = (Math.floor(i / sides) / rings) * 2 * Math.PI;
    const across = ((i % sides) / sides) * 2 * Math.PI;
    const reach = radius + tube * Math.cos(across);
    return [reach * Math.cos(around), reach * Math.sin(around), tube * Math.sin(across)] as const;
  });
  const at = (ring: number, side: number) => (ring % rings) * sides + (side % sides);
  const faces = Array.from({ length: rings * sides }, (_, i) => {
    const [ring, side] = [Math.floor(i / sides), i % sides];
    return [at(ring, side), at(ring + 1, side), at(ring + 1, side + 1), at(ring, side + 1)];
  });
  return { points, faces };
}

/** A sphere of quads, with triangles at the poles. */
export function sphere(radius: number, rings: number, sides: number): Shape {
  const points = Array.from({ length: (rings + 1) * sides }, (_, i) => {
    const down = (Math.floor(i / sides) / rings) * Math.PI;
    const around = ((i % sides) / sides) * 2 * Math.PI;
    const reach = radius * Math.sin(down);
    return [reach * Math.cos(around), reach * Math.sin(around), radius * Math.cos(down)] as const;
  });
  const faces = Array.from({ length: rings * sides }, (_, i) => {
    const [ring, side] = [Math.floor(i / sides), i % sides];
    const next = (side + 1) % sides;
    const below = (ring + 1) * sides;
    return [ring * sides + side, below + side, below + next, ring * sides + next];
  });
  return { points, faces };
}

/** The same surface turned inside out. */
export function inverted({ points, faces }: Shape): Shape {
  return { points, faces: faces.map((face) => face.toReversed()) };
}

/** Two shapes in one. */
export function both(a: Shape, b: Shape): Shape {
  const moved = b.faces.map((face) => face.map((vertex) => vertex + a.points.length));
  return { points: [...a.points, ...b.points], faces: [...a.faces, ...moved] };
}

/** What an exporter of meshes shows of a volume: solid voxels, opaque. */
export function shown(volume: Volume): Volume {
  const solid = new Volume();
  for (const { x, y, z, data } of volume.blocks()) {
    for (const [i, rgba] of data.entries()) {
      if (rgba >>> 24 < 127) continue;
      solid.set(x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8), (rgba | 0xff00_0000) >>> 0);
    }
  }
  return solid;
}

const SIDES = [
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
  [0, 0, 1],
  [0, 0, -1],
] as const;

/**
 * The same voxels, and the same colour wherever a side is free: an exported mesh does not say what
 * colour the others have.
 */
export function assertSameOutside(found: Volume, expected: Volume): void {
  assert.is(found.count(), expected.count());
  for (const block of expected.blocks()) {
    for (const [i, rgba] of block.data.entries()) {
      if (rgba === 0) continue;
      const [x, y, z] = [block.x + (i & 15), block.y + ((i >> 4) & 15), block.z + (i >> 8)];
      const color = found.get(x, y, z);
      if (color === rgba) continue;
      const free = SIDES.some(([dx, dy, dz]) => expected.get(x + dx, y + dy, z + dz) === 0);
      if (color === 0 || free) {
        assert.is(`${x} ${y} ${z} ${color.toString(16)}`, `${x} ${y} ${z} ${rgba.toString(16)}`);
      }
    }
  }
}

/** That a call throws the error of a code, with a message. */
export function assertRefused(call: () => unknown, code: string, message = /./): void {
  try {
    call();
  } catch (error) {
    assert.ok(error instanceof GoxError, String(error));
    assert.is(error.code, code);
    assert.match(error.message, message);
    return;
  }
  assert.unreachable('it was read');
}

const MUTATIONS = 400;
const VOXEL_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Reads a file cut short and with changed bytes, many times: whatever is wrong is a GoxError.
 * Returns how many of the variants were refused.
 */
export function readDamaged(read: Read, bytes: Uint8Array): number {
  let state = SEED | 1;
  const random = (below: number) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9;
    state ^= state >>> 13;
    return (state >>> 0) % below;
  };
  let refused = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    let damaged = Buffer.from(bytes);
    if (i % 2 === 0) damaged = damaged.subarray(0, random(bytes.length));
    else for (let n = random(8); n >= 0; n--) damaged[random(bytes.length)] = random(256);
    const options = { solid: i % 4 < 2, voxel_bytes_max: VOXEL_BYTES_MAX, size: 1 + random(40) };
    try {
      read(damaged, 'damaged', options);
    } catch (error) {
      assert.ok(
        error instanceof GoxError,
        `change ${i}: ${error instanceof Error ? error.stack : error}`,
      );
      refused++;
    }
  }
  return refused;
}
