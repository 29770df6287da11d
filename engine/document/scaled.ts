/** A whole document made larger or smaller: layers, marks, cameras, the box. */

import { resampled, scaledBox } from '../ops/resample.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import {
  boxCorners,
  boxMatrix,
  identity,
  isNullBox,
  type Matrix,
  product,
} from '../volume/matrix.ts';
import { Document } from './document.ts';
import type { Layer } from './layer.ts';
import { copyOfLayer } from './rigid.ts';

/**
 * The document, `factor` times as large around the origin, in a copy. Shapes stay shapes, and
 * clones stay clones where their movement is one of whole voxels still. Throws GOX_MEMORY_LIMIT
 * when the voxels would take more than `bytes_max` bytes or leave the coordinates.
 */
export function scaledDocument(document: Document, factor: number, bytes_max: number): Document {
  document.refresh();
  let blocks_left = Math.floor(bytes_max / BLOCK_BYTES);
  const layers = document.layers.map((layer) => {
    const copy = scaledLayer(layer, factor, blocks_left);
    blocks_left -= copy.volume.blockCount;
    return copy;
  });
  const cameras = document.cameras.map((camera) => ({
    ...camera,
    dist: camera.dist * factor,
    mat: moved(camera.mat, factor),
  }));
  const box = grownBox(document.box, factor);
  const copy = new Document(box);
  const active = layers[document.layers.indexOf(document.activeLayer)];
  copy.set({ ...document.state, layers, active, cameras, box });
  copy.derived_blocks_max = Math.max(blocks_left, 0);
  copy.refresh();
  return copy;
}

function scaledLayer(layer: Layer, factor: number, blocks_max: number): Layer {
  const copy = copyOfLayer(layer);
  const mat = scaledMark(layer, factor);
  if (layer.box !== undefined) copy.set({ box: grownBox(layer.box, factor) });
  if (layer.shape !== undefined) {
    // Computed anew, and smoother for being larger.
    copy.derivation = undefined;
    copy.set({ mat });
    return copy;
  }
  const volume = resampled(layer.volume, factor, blocks_max);
  if (layer.baseId === 0) copy.set({ volume, mat });
  else if (isStep(mat)) {
    copy.derivation = { volume, inputs: 'kept', version: 0 };
    copy.set({ mat });
  } else {
    copy.derivation = undefined;
    copy.set({ volume, baseId: 0, mat: identity() });
  }
  return copy;
}

/** Whether a movement is one by whole voxels along the axes, and nothing else. */
function isStep(mat: Matrix): boolean {
  return identity().every((value, i) =>
    i >= 12 && i < 15 ? Number.isInteger(mat[i]) : mat[i] === value,
  );
}

/** A box grows, with a shape or a picture in it; a mark and the movement of a clone go farther. */
function scaledMark({ mat, shape, imagePath }: Layer, factor: number): Matrix {
  if (shape === undefined && imagePath === '') return moved(mat, factor);
  const scale = Float32Array.of(factor, 0, 0, 0, 0, factor, 0, 0, 0, 0, factor, 0, 0, 0, 0, 1);
  return product(scale, mat);
}

function moved(mat: Matrix, factor: number): Matrix {
  const copy = mat.slice();
  for (const i of [12, 13, 14]) copy[i]! *= factor;
  return copy;
}

function grownBox(box: Matrix, factor: number): Matrix {
  return isNullBox(box) ? box : boxMatrix(scaledBox(boxCorners(box), factor));
}
