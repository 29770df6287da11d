/** Goxel's extrude tool: a face of connected voxels pulled out or pushed in. */

import { checkInterrupt } from '../interrupt.ts';
import { copyBlockData, newBlockData } from '../volume/block.ts';
import type { Vec3 } from '../volume/box.ts';
import { requireLeast } from '../volume/least.ts';
import { requireReach } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';
import { blockData } from './bits.ts';
import { over } from './combine.ts';
import { fuzzySelect } from './select.ts';

type Axis = 0 | 1 | 2;

/** Goxel's numbers of faces: the axis across each and the way it looks. */
const FACES: readonly { readonly axis: Axis; readonly way: 1 | -1 }[] = [
  { axis: 1, way: -1 },
  { axis: 1, way: 1 },
  { axis: 2, way: -1 },
  { axis: 2, way: 1 },
  { axis: 0, way: 1 },
  { axis: 0, way: -1 },
];

/**
 * Extrudes the face (0 -y, 1 +y, 2 -z, 3 +z, 4 +x, 5 -x) of the voxel at `at`: all voxels of its
 * plane that have nothing before that face and are connected with it over steps whose colours
 * differ by at most `threshold` (as for `fuzzySelect`). A positive `delta` lays that many copies
 * before them; a negative one removes that many layers, their own first. Does nothing when the
 * voxel is not there or covered. Throws GOX_MEMORY_LIMIT beyond the blocks or coordinates there
 * may be.
 */
export function extrude(
  volume: Volume,
  at: Vec3,
  face: number,
  delta: number,
  threshold: number,
): void {
  const { axis, way } = FACES[face]!;
  const plane = uncovered(volume, axis, way, at[axis]);
  const mask = fuzzySelect(plane, at, threshold);
  if (delta > 0) pull(volume, mask, plane, { axis, way, from: at[axis], delta });
  else if (delta < 0) push(volume, mask, { axis, way, from: at[axis], delta });
}

interface Pull {
  readonly axis: Axis;
  readonly way: 1 | -1;
  /** The coordinate of the plane. */
  readonly from: number;
  readonly delta: number;
}

/** Words between neighbours in the plane, and along the axis. */
function strides(axis: Axis): { u: number; v: number; along: number } {
  if (axis === 0) return { u: 16, v: 256, along: 1 };
  return axis === 1 ? { u: 1, v: 256, along: 16 } : { u: 1, v: 16, along: 256 };
}

/** The voxels of a plane that have none next to them on one side. */
function uncovered(volume: Volume, axis: Axis, way: 1 | -1, coordinate: number): Volume {
  const { u, v, along } = strides(axis);
  const plane = new Volume();
  const layer = coordinate & 15;
  for (const block of volume.blocks()) {
    const corner: Vec3 = [block.x, block.y, block.z];
    if (coordinate - layer !== corner[axis]) continue;
    const inside = layer + way >= 0 && layer + way < 16;
    const beside = [block.x / 16, block.y / 16, block.z / 16];
    if (!inside) beside[axis] = beside[axis]! + way;
    const before = inside ? block.data : blockData(volume, beside[0]!, beside[1]!, beside[2]!);
    const data = newBlockData();
    for (let cell = 0; cell < 256; cell++) {
      const place = (cell & 15) * u + (cell >> 4) * v;
      const rgba = block.data[place + layer * along]!;
      const cover = before === undefined ? 0 : before[place + ((layer + way) & 15) * along]!;
      if (rgba > 0xff_ffff && cover <= 0xff_ffff) data[place + layer * along] = rgba;
    }
    plane.giveBlock(...corner, data);
  }
  return plane;
}

function pull(volume: Volume, mask: Volume, plane: Volume, { axis, way, from, delta }: Pull): void {
  const { u, v, along } = strides(axis);
  const first = way > 0 ? from + 1 : from - delta;
  const end = first + delta;
  // Each block of the mask is pulled through as many, and all of them get voxels.
  const place = (other: number, value: number) =>
    [0, 1, 2].map((i) => (i === axis ? value : other)) as unknown as Vec3;
  requireReach(place(0, first), place(1, end));
  const deep = Math.floor((end - 1) / 16) - Math.floor(first / 16) + 1;
  const columns = [...mask.blocks()].length;
  requireLeast(columns * deep, volume.blocks_max, 'What is pulled');
  for (const { x, y, z, data: chosen } of mask.blocks()) {
    const corner = [x, y, z];
    const colors = plane.blockAt(x, y, z)!;
    const layer = (from & 15) * along;
    let column: Uint32Array | undefined;
    for (let at = Math.floor(first / 16) * 16; at < end; at += 16) {
      checkInterrupt();
      const target = corner.map((value, i) => (i === axis ? at : value)) as unknown as Vec3;
      const before = volume.blockAt(...target);
      const [low, high] = [Math.max(first - at, 0), Math.min(end - at, 16)];
      const whole = before === undefined && low === 0 && high === 16;
      if (whole && column !== undefined) {
        volume.setBlock(...target, column);
        continue;
      }
      const data = before === undefined ? newBlockData() : copyBlockData(before);
      for (let cell = 0; cell < 256; cell++) {
        const place = (cell & 15) * u + (cell >> 4) * v;
        if (chosen[place + layer]! <= 0xff_ffff) continue;
        const rgba = colors[place + layer]!;
        for (let k = low; k < high; k++) {
          data[place + k * along] = over(data[place + k * along]!, rgba);
        }
      }
      if (whole) column = data;
      volume.giveBlock(...target, data);
    }
  }
}

function push(volume: Volume, mask: Volume, { axis, way, from, delta }: Pull): void {
  const { u, v, along } = strides(axis);
  const first = way > 0 ? from + delta + 1 : from;
  const end = first - delta;
  const layer = from & 15;
  for (const block of [...volume.blocks()]) {
    const corner: Vec3 = [block.x, block.y, block.z];
    const low = Math.max(first - corner[axis], 0);
    const high = Math.min(end - corner[axis], 16);
    if (low >= high) continue;
    const column = corner.map((value, i) => (i === axis ? from - layer : value));
    const chosen = mask.blockAt(column[0]!, column[1]!, column[2]!);
    if (chosen === undefined) continue;
    const data = copyBlockData(block.data);
    for (let cell = 0; cell < 256; cell++) {
      const place = (cell & 15) * u + (cell >> 4) * v;
      if (chosen[place + layer * along]! <= 0xff_ffff) continue;
      for (let k = low; k < high; k++) data[place + k * along] = 0;
    }
    volume.giveBlock(...corner, data);
  }
}
