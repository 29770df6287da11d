/**
 * A volume moved by a matrix, as Goxel moves one: the voxel at p becomes the source's voxel at
 * round(M⁻¹·p), in integer corner coordinates, half rounded away from zero, nothing blended.
 */

import { BLOCK_SIZE, BLOCK_VOXELS, newBlockData } from '../volume/block.ts';
import { inverse, type Matrix, transform } from '../volume/matrix.ts';
import { requireBlocks } from '../volume/reach.ts';
import { Volume } from '../volume/volume.ts';

/** Throws GOX_MEMORY_LIMIT when the result would touch more than `blocks_max` blocks. */
export function moved(source: Volume, matrix: Matrix, blocks_max: number): Volume {
  const back = inverse(matrix);
  const target = new Volume();
  if (back === undefined || !matrix.every(Number.isFinite)) return target;
  for (const [x, y, z] of reached(source, matrix, blocks_max)) {
    const data = newBlockData();
    for (let i = 0; i < BLOCK_VOXELS; i++) {
      const [px, py, pz] = [x + (i & 15), y + ((i >> 4) & 15), z + (i >> 8)];
      const sx = back[0]! * px + back[4]! * py + back[8]! * pz + back[12]!;
      const sy = back[1]! * px + back[5]! * py + back[9]! * pz + back[13]!;
      const sz = back[2]! * px + back[6]! * py + back[10]! * pz + back[14]!;
      data[i] = source.get(rounded(sx), rounded(sy), rounded(sz));
    }
    target.setBlock(x, y, z, data);
  }
  return target;
}

/** The corners of all blocks that a moved voxel may lie in, x fastest, then y, then z. */
function reached(source: Volume, matrix: Matrix, blocks_max: number): [number, number, number][] {
  const corners = new Map<string, [number, number, number]>();
  // A voxel is found by rounding, so it reaches half a source voxel beyond its corner coordinates.
  const half = BLOCK_SIZE / 2;
  const reach = (axis: number) =>
    half * (Math.abs(matrix[axis]!) + Math.abs(matrix[axis + 4]!) + Math.abs(matrix[axis + 8]!));
  const [rx, ry, rz] = [reach(0) + 1, reach(1) + 1, reach(2) + 1];
  for (const block of source.blocks()) {
    const mid = half - 0.5;
    const [cx, cy, cz] = transform(matrix, block.x + mid, block.y + mid, block.z + mid);
    const [x0, y0, z0] = [Math.floor(cx - rx), Math.floor(cy - ry), Math.floor(cz - rz)];
    const [x1, y1, z1] = [Math.ceil(cx + rx), Math.ceil(cy + ry), Math.ceil(cz + rz)];
    requireBlocks([x0, y0, z0], [x1 + 1, y1 + 1, z1 + 1], blocks_max - corners.size);
    for (let z = z0 & ~15; z <= z1; z += BLOCK_SIZE) {
      for (let y = y0 & ~15; y <= y1; y += BLOCK_SIZE) {
        for (let x = x0 & ~15; x <= x1; x += BLOCK_SIZE) corners.set(`${x},${y},${z}`, [x, y, z]);
      }
    }
  }
  return [...corners.values()].sort((a, b) => a[2] - b[2] || a[1] - b[1] || a[0] - b[0]);
}

function rounded(value: number): number {
  return value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5);
}
