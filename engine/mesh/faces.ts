/**
 * The faces of a volume as Goxel's exporters make them: one quad for each face of a solid voxel
 * (alpha 127 or more) whose neighbour is not solid. Order: blocks as inserted, in a block z outer,
 * then y, then x, faces -y +y -z +z +x -x; corners run counter-clockwise seen from outside. Voxel
 * (x, y, z) fills the cube from that point to one further on each axis; Z is up.
 */

import type { Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';
import { Occupancy, ROWS } from './occupancy.ts';
import { GrowingBatch, type Surface } from './surface.ts';

/** Unit normals by direction: 0 -y, 1 +y, 2 -z, 3 +z, 4 +x, 5 -x. */
export const DIRECTIONS: readonly Vec3[] = [
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
  [1, 0, 0],
  [-1, 0, 0],
];

/** Corner offsets by direction: six times four times x, y, z. */
// biome-ignore format: a row is a direction
export const CORNERS = Uint8Array.of(
  0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 1,
  1, 1, 0, 0, 1, 0, 0, 1, 1, 1, 1, 1,
  0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0,
  1, 0, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1,
  1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1,
  0, 0, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0,
);

/** What most blocks need; a batch grows to the most a block can have, 13056. */
const FACES_USUAL = 1024;

/** Numbers the directions of faces in the order in which they come. */
export class DirectionNormals {
  readonly normals: Vec3[] = [];
  readonly #numbers = new Int8Array(DIRECTIONS.length).fill(-1);

  number(direction: number): number {
    const known = this.#numbers[direction]!;
    if (known >= 0) return known;
    this.#numbers[direction] = this.normals.length;
    return this.normals.push(DIRECTIONS[direction]!) - 1;
  }
}

/** A batch of one block, whose slot it names. */
export class BlockFaces extends GrowingBatch {
  readonly directions = new DirectionNormals();
  slot = 0;
}

/** One quad for each visible face. */
export class FaceSurface implements Surface {
  readonly corners = 4;
  readonly occupancy: Occupancy;
  readonly #batch = new BlockFaces(this.corners, FACES_USUAL);

  constructor(volume: Volume) {
    this.occupancy = new Occupancy(volume);
  }

  get normals(): readonly Vec3[] {
    return this.#batch.directions.normals;
  }

  /** A batch for each block that has faces. */
  *batches(): Generator<BlockFaces, void, undefined> {
    const { blocks } = this.occupancy;
    const visible = new Uint16Array(DIRECTIONS.length * ROWS);
    const batch = this.#batch;
    for (let slot = 0; slot < blocks.length; slot++) {
      if (!this.occupancy.visible(slot, visible)) continue;
      const { x, y, z, data } = blocks[slot]!;
      batch.count = 0;
      batch.slot = slot;
      for (let row = 0; row < ROWS; row++) addRow(batch, x, y, z, row, visible, data);
      yield batch;
    }
  }
}

function addRow(
  batch: BlockFaces,
  x: number,
  y: number,
  z: number,
  row: number,
  visible: Uint16Array,
  data: Uint32Array,
): void {
  const back = visible[row]!;
  const front = visible[ROWS + row]!;
  const bottom = visible[2 * ROWS + row]!;
  const top = visible[3 * ROWS + row]!;
  const right = visible[4 * ROWS + row]!;
  const left = visible[5 * ROWS + row]!;
  const vy = y + (row & 15);
  const vz = z + (row >> 4);
  for (let rest = back | front | bottom | top | right | left; rest !== 0; rest &= rest - 1) {
    const bit = rest & -rest;
    const dx = 31 - Math.clz32(bit);
    const vx = x + dx;
    const rgba = data[row * 16 + dx]!;
    if ((back & bit) !== 0) addFace(batch, vx, vy, vz, 0, rgba);
    if ((front & bit) !== 0) addFace(batch, vx, vy, vz, 1, rgba);
    if ((bottom & bit) !== 0) addFace(batch, vx, vy, vz, 2, rgba);
    if ((top & bit) !== 0) addFace(batch, vx, vy, vz, 3, rgba);
    if ((right & bit) !== 0) addFace(batch, vx, vy, vz, 4, rgba);
    if ((left & bit) !== 0) addFace(batch, vx, vy, vz, 5, rgba);
  }
}

function addFace(
  batch: BlockFaces,
  x: number,
  y: number,
  z: number,
  direction: number,
  rgba: number,
): void {
  const face = batch.add();
  batch.normals[face] = batch.directions.number(direction);
  const { positions, colors } = batch;
  const from = direction * 12;
  for (let corner = 0, at = face * 12; corner < 12; corner += 3, at += 3) {
    positions[at] = x + CORNERS[from + corner]!;
    positions[at + 1] = y + CORNERS[from + corner + 1]!;
    positions[at + 2] = z + CORNERS[from + corner + 2]!;
  }
  for (let at = face * 4; at < face * 4 + 4; at++) colors[at] = rgba;
}
