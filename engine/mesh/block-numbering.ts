/**
 * Numbers the vertices of a surface of unit faces so that no two agree in position, colour and, if
 * that is asked, normal, as Goxel does for glTF. A vertex is forgotten when the last block that
 * touches it is done, so memory follows the blocks still open, not the size of the mesh.
 */

import { checkInterrupt } from '../interrupt.ts';
import type { BlockFaces } from './faces.ts';
import { hash, type Numbering } from './numbering.ts';
import type { Occupancy } from './occupancy.ts';

const CAPACITY_MIN = 16384;

/** Places of a vertex in a block on one axis: at the low side, between, at the high side. */
const [LOW, BETWEEN, HIGH] = [0, 1, 2];

export class BlockNumbering implements Numbering {
  count = 0;
  readonly #occupancy: Occupancy;
  readonly #byNormal: boolean;
  #capacity = CAPACITY_MIN;
  /** Vertices that are remembered: entry + 1 by hash, 0 is free; twice as long as the entries. */
  #table = new Int32Array(CAPACITY_MIN * 2);
  #length = 0;
  #positions = new Float64Array(CAPACITY_MIN * 3);
  #colors = new Uint32Array(CAPACITY_MIN);
  #normals = new Uint8Array(CAPACITY_MIN);
  #numbers = new Uint32Array(CAPACITY_MIN);
  /** The last block in whose turn the vertex can come again. */
  #lasts = new Int32Array(CAPACITY_MIN);
  /** For a vertex at each place of the block at hand, the last block that touches it. */
  readonly #around = new Int32Array(27);

  /** Without `byNormal` vertices that agree in position and colour are one. */
  constructor(occupancy: Occupancy, byNormal = true) {
    this.#occupancy = occupancy;
    this.#byNormal = byNormal;
  }

  number(batch: BlockFaces, corners: number, numbers: Uint32Array): void {
    checkInterrupt();
    const { positions, colors, normals, slot } = batch;
    const { x, y, z } = this.#occupancy.blocks[slot]!;
    this.#lookAround(slot, x >> 4, y >> 4, z >> 4);
    const corners_max = batch.count * corners;
    if (this.#length + corners_max > this.#capacity) this.#makeRoom(slot, corners_max);
    for (let face = 0, corner = 0; face < batch.count; face++) {
      const normal = this.#byNormal ? normals[face]! : 0;
      for (const end = corner + corners; corner < end; corner++) {
        const vx = positions[corner * 3]!;
        const vy = positions[corner * 3 + 1]!;
        const vz = positions[corner * 3 + 2]!;
        const place = placeOf(vx - x) + 3 * placeOf(vy - y) + 9 * placeOf(vz - z);
        const last = this.#around[place]!;
        numbers[corner] = this.#vertex(vx, vy, vz, colors[corner]!, normal, last);
      }
    }
  }

  #vertex(x: number, y: number, z: number, rgba: number, normal: number, last: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    const positions = this.#positions;
    let at = hash(x, y, z, rgba, normal) & mask;
    for (let entry = table[at]! - 1; entry >= 0; entry = table[at]! - 1) {
      if (
        positions[entry * 3] === x &&
        positions[entry * 3 + 1] === y &&
        positions[entry * 3 + 2] === z &&
        this.#colors[entry] === rgba &&
        this.#normals[entry] === normal
      ) {
        return this.#numbers[entry]!;
      }
      at = (at + 1) & mask;
    }
    const entry = this.#length++;
    table[at] = entry + 1;
    positions[entry * 3] = x;
    positions[entry * 3 + 1] = y;
    positions[entry * 3 + 2] = z;
    this.#colors[entry] = rgba;
    this.#normals[entry] = normal;
    this.#lasts[entry] = last;
    this.#numbers[entry] = this.count;
    return this.count++;
  }

  #lookAround(slot: number, bx: number, by: number, bz: number): void {
    const around = this.#around;
    around.fill(slot);
    for (let place = 0; place < 27; place++) {
      const [dx, dy, dz] = [
        (place % 3) - 1,
        (Math.floor(place / 3) % 3) - 1,
        Math.floor(place / 9) - 1,
      ];
      const beside = this.#occupancy.slotAt(bx + dx, by + dy, bz + dz);
      if (beside <= slot) continue;
      // A neighbour across a side touches every vertex on it, one across an edge fewer.
      for (let other = 0; other < 27; other++) {
        const [px, py, pz] = [other % 3, Math.floor(other / 3) % 3, Math.floor(other / 9)];
        const touches =
          (dx === 0 || px === dx + 1) && (dy === 0 || py === dy + 1) && (dz === 0 || pz === dz + 1);
        if (touches && around[other]! < beside) around[other] = beside;
      }
    }
  }

  /** Forgets the vertices that cannot come again, and grows if that is too little. */
  #makeRoom(slot: number, needed: number): void {
    let kept = 0;
    for (let entry = 0; entry < this.#length; entry++) {
      if (this.#lasts[entry]! < slot) continue;
      for (let i = 0; i < 3; i++) this.#positions[kept * 3 + i] = this.#positions[entry * 3 + i]!;
      this.#colors[kept] = this.#colors[entry]!;
      this.#normals[kept] = this.#normals[entry]!;
      this.#numbers[kept] = this.#numbers[entry]!;
      this.#lasts[kept] = this.#lasts[entry]!;
      kept++;
    }
    this.#length = kept;
    while (kept + needed > this.#capacity / 2) this.#capacity *= 2;
    if (this.#capacity > this.#colors.length) this.#grow();
    const table = this.#table.fill(0);
    const mask = table.length - 1;
    for (let entry = 0; entry < kept; entry++) {
      const x = this.#positions[entry * 3]!;
      const y = this.#positions[entry * 3 + 1]!;
      const z = this.#positions[entry * 3 + 2]!;
      let at = hash(x, y, z, this.#colors[entry]!, this.#normals[entry]!) & mask;
      while (table[at] !== 0) at = (at + 1) & mask;
      table[at] = entry + 1;
    }
  }

  #grow(): void {
    const capacity = this.#capacity;
    const longer = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#table = new Int32Array(capacity * 2);
    this.#positions = longer(this.#positions, new Float64Array(capacity * 3));
    this.#colors = longer(this.#colors, new Uint32Array(capacity));
    this.#normals = longer(this.#normals, new Uint8Array(capacity));
    this.#numbers = longer(this.#numbers, new Uint32Array(capacity));
    this.#lasts = longer(this.#lasts, new Int32Array(capacity));
  }
}

function placeOf(offset: number): number {
  if (offset === 0) return LOW;
  return offset === 16 ? HIGH : BETWEEN;
}
