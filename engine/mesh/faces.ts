/**
 * The faces of a volume as Goxel's exporters make them: one quad for each face of a solid voxel
 * (alpha 127 or more) whose neighbour is not solid. Order: blocks as inserted, in a block z outer,
 * then y, then x, faces -y +y -z +z +x -x; corners run counter-clockwise seen from outside. Voxel
 * (x, y, z) fills the cube from that point to one further on each axis; Z is up.
 */

import { BLOCK_VOXELS } from '../volume/block.ts';
import { SOLID_ALPHA } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';

export interface Mesh {
  readonly vertexCount: number;
  /** x, y, z of each vertex. Doubles, since a corner can lie one beyond the last coordinate. */
  readonly positions: Float64Array;
  /** Packed colour of each vertex. */
  readonly colors: Uint32Array;
  readonly faceCount: number;
  /** Four vertices of each face. */
  readonly corners: Uint32Array;
  /** Direction of each face: 0 -y, 1 +y, 2 -z, 3 +z, 4 +x, 5 -x. */
  readonly directions: Uint8Array;
}

/** Unit normals by direction. */
export const NORMALS = [
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
  [1, 0, 0],
  [-1, 0, 0],
] as const;

/** Corner offsets by direction: four times x, y, z. */
const CORNERS = [
  [0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1],
  [1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1],
  [0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0],
  [1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1],
  [1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1],
  [0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0],
] as const;

/** A vertex is merged only with an equal one among this many before it, as in Goxel. */
const WINDOW = 1024;
const BUCKETS = 4096;

const SOLID = (SOLID_ALPHA << 24) >>> 0;

/** A block and the layer of voxels around it: 18³ flags, 1 where solid. */
const SIDE = 18;
const STEP = { x: 1, y: SIDE, z: SIDE * SIDE } as const;
const NEIGHBOUR = [-STEP.y, STEP.y, -STEP.z, STEP.z, STEP.x, -STEP.x] as const;

export function meshOf(volume: Volume): Mesh {
  const builder = new MeshBuilder();
  const solid = new Uint8Array(SIDE ** 3);
  for (const { x, y, z, data } of volume.blocks()) {
    markSolid(solid, volume, x, y, z, data);
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const rgba = data[i]!;
      if (rgba < SOLID) continue;
      const [dx, dy, dz] = [i & 15, (i >> 4) & 15, i >> 8];
      const at = (dx + 1) * STEP.x + (dy + 1) * STEP.y + (dz + 1) * STEP.z;
      for (let direction = 0; direction < 6; direction++) {
        if (solid[at + NEIGHBOUR[direction]!] === 1) continue;
        builder.addFace(x + dx, y + dy, z + dz, direction, rgba);
      }
    }
  }
  return builder.finish();
}

/** Fills the flags for a block at (x, y, z) and the faces of its six neighbours. */
function markSolid(
  solid: Uint8Array,
  volume: Volume,
  x: number,
  y: number,
  z: number,
  data: Uint32Array,
): void {
  for (let i = 0; i < BLOCK_VOXELS; i++) {
    const at = ((i & 15) + 1) * STEP.x + (((i >> 4) & 15) + 1) * STEP.y + ((i >> 8) + 1) * STEP.z;
    solid[at] = data[i]! >= SOLID ? 1 : 0;
  }
  // One step below the lowest coordinate wraps to the highest, where such a neighbour is not.
  const beside = (dx: number, dy: number, dz: number) => {
    const [nx, ny, nz] = [x + dx * 16, y + dy * 16, z + dz * 16];
    const inside = nx === (nx | 0) && ny === (ny | 0) && nz === (nz | 0);
    return inside ? volume.blockAt(nx, ny, nz) : undefined;
  };
  const [low, high, back, front, bottom, top] = [
    beside(-1, 0, 0),
    beside(1, 0, 0),
    beside(0, -1, 0),
    beside(0, 1, 0),
    beside(0, 0, -1),
    beside(0, 0, 1),
  ];
  for (let a = 0; a < 16; a++) {
    for (let b = 0; b < 16; b++) {
      const [onX, onY, onZ] = [
        (a + 1) * STEP.y + (b + 1) * STEP.z,
        (a + 1) * STEP.x + (b + 1) * STEP.z,
        (a + 1) * STEP.x + (b + 1) * STEP.y,
      ];
      solid[onX] = flag(low, 15 + a * 16 + b * 256);
      solid[onX + 17 * STEP.x] = flag(high, a * 16 + b * 256);
      solid[onY] = flag(back, a + 15 * 16 + b * 256);
      solid[onY + 17 * STEP.y] = flag(front, a + b * 256);
      solid[onZ] = flag(bottom, a + b * 16 + 15 * 256);
      solid[onZ + 17 * STEP.z] = flag(top, a + b * 16);
    }
  }
}

function flag(data: Uint32Array | undefined, index: number): number {
  return data !== undefined && data[index]! >= SOLID ? 1 : 0;
}

class MeshBuilder {
  #positions = new Float64Array(3 * WINDOW);
  #colors = new Uint32Array(WINDOW);
  #vertexCount = 0;
  #corners = new Uint32Array(4 * WINDOW);
  #directions = new Uint8Array(WINDOW);
  #faceCount = 0;
  /** Latest vertex + 1 by hash, and the one before it in the same bucket, newest first. */
  readonly #buckets = new Uint32Array(BUCKETS);
  readonly #older = new Uint32Array(WINDOW);

  addFace(x: number, y: number, z: number, direction: number, rgba: number): void {
    if (this.#faceCount === this.#directions.length) {
      this.#directions = doubled(this.#directions, Uint8Array);
      this.#corners = doubled(this.#corners, Uint32Array);
    }
    const offsets = CORNERS[direction]!;
    const at = this.#faceCount * 4;
    for (let c = 0; c < 4; c++) {
      const [dx, dy, dz] = [offsets[c * 3]!, offsets[c * 3 + 1]!, offsets[c * 3 + 2]!];
      this.#corners[at + c] = this.#vertex(x + dx, y + dy, z + dz, rgba);
    }
    this.#directions[this.#faceCount++] = direction;
  }

  finish(): Mesh {
    return {
      vertexCount: this.#vertexCount,
      positions: this.#positions,
      colors: this.#colors,
      faceCount: this.#faceCount,
      corners: this.#corners,
      directions: this.#directions,
    };
  }

  /** The number of an equal vertex among the last ones, or that of a new one. */
  #vertex(x: number, y: number, z: number, rgba: number): number {
    let hash =
      Math.imul(x ^ Math.imul(y, 0x85ebca77) ^ Math.imul(z, 0xc2b2ae3d), 0x9e3779b1) ^ rgba;
    hash = (hash ^ (hash >>> 13)) & (BUCKETS - 1);
    const count = this.#vertexCount;
    const oldest = count - WINDOW;
    const positions = this.#positions;
    // Links lead from newer to older vertices; one that has left the window ends the search.
    for (let v = this.#buckets[hash]! - 1; v >= 0 && v >= oldest; ) {
      if (
        positions[v * 3] === x &&
        positions[v * 3 + 1] === y &&
        positions[v * 3 + 2] === z &&
        this.#colors[v] === rgba
      ) {
        return v;
      }
      v = this.#older[v & (WINDOW - 1)]! - 1;
    }
    if (count === this.#colors.length) {
      this.#positions = doubled(this.#positions, Float64Array);
      this.#colors = doubled(this.#colors, Uint32Array);
    }
    this.#positions.set([x, y, z], count * 3);
    this.#colors[count] = rgba;
    this.#older[count & (WINDOW - 1)] = this.#buckets[hash]!;
    this.#buckets[hash] = count + 1;
    this.#vertexCount++;
    return count;
  }
}

function doubled<T extends Uint8Array | Uint32Array | Float64Array>(
  values: T,
  Kind: new (length: number) => T,
): T {
  const copy = new Kind(values.length * 2);
  copy.set(values);
  return copy;
}
