/** Goxel's Move tool: layers moved about their origin. */

import type { Layer } from '../document/layer.ts';
import { boxCorners, boxMatrix, isNullBox, type Matrix, product } from '../volume/matrix.ts';
import { moved } from './move.ts';

/**
 * Moves a layer by a matrix. The voxels of a plain layer are moved about its origin, the middle of
 * the voxel that `mat` marks; the mark is moved by the matrix's translation, and the layer's box
 * around the voxels' cubes follows, fitted to the axes again. A clone or a shape layer only has its
 * `mat` multiplied; the document computes its voxels. Throws GOX_MEMORY_LIMIT when the result would
 * touch more than `blocks_max` blocks; the layer is then as it was.
 */
export function moveLayer(layer: Layer, matrix: Matrix, blocks_max: number): void {
  if (layer.derived) {
    layer.set({ mat: product(matrix, layer.mat) });
    return;
  }
  const origin = [12, 13, 14].map((i) => Math.floor(layer.mat[i]!) + 0.5);
  layer.set({ volume: moved(layer.volume, about(matrix, origin), blocks_max) });
  if (layer.box !== undefined && !isNullBox(layer.box)) {
    // Voxels are moved by their corners, so their cubes turn about half a voxel further on.
    const middle = origin.map((value) => value + 0.5);
    layer.set({ box: boxMatrix(boxCorners(product(about(matrix, middle), layer.box))) });
  }
  const mat = layer.mat.slice();
  for (let i = 12; i < 15; i++) mat[i] = mat[i]! + matrix[i]!;
  layer.set({ mat });
}

/**
 * Puts a plain layer's origin into the middle of its voxels (the upper one of two, away from zero).
 * A layer without voxels, and one whose `mat` says more than the origin, is left alone.
 */
export function recenter(layer: Layer): void {
  const box = layer.volume.box();
  if (box === undefined || layer.derived) return;
  const mat = layer.mat.slice();
  for (let i = 0; i < 3; i++) {
    const middle = (box.min[i]! + box.max[i]! - 1) / 2;
    mat[12 + i] = Math.trunc(middle < 0 ? middle - 0.5 : middle + 0.5);
  }
  layer.set({ mat });
}

/** The movement with a fixed point where the matrix has it at 0. */
function about(matrix: Matrix, point: readonly number[]): Matrix {
  const m = matrix.slice();
  for (let i = 0; i < 3; i++) {
    // How far the matrix's own columns take the point; 0 exactly when they are the identity's.
    let drift = 0;
    for (let axis = 0; axis < 3; axis++) {
      drift += ((i === axis ? 1 : 0) - matrix[4 * axis + i]!) * point[axis]!;
    }
    m[12 + i] = matrix[12 + i]! + drift;
  }
  return m;
}
