/** A whole document moved by whole voxels and quarter turns: layers, marks, cameras, the box. */

import { type Turn, turned } from '../ops/turn.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import type { Vec3 } from '../volume/box.ts';
import {
  boxCorners,
  boxMatrix,
  identity,
  inverse,
  isNullBox,
  type Matrix,
  product,
} from '../volume/matrix.ts';
import { Document } from './document.ts';
import { Layer } from './layer.ts';

/** Along axis `i` a point p of space goes to `signs[i] · p[axes[i]] + by[i]`, by whole numbers. */
export interface Motion {
  readonly axes: Vec3;
  readonly signs: Vec3;
  readonly by: Vec3;
}

export const STAYS: Motion = { axes: [0, 1, 2], signs: [1, 1, 1], by: [0, 0, 0] };

/** One motion and then another. */
export function then(first: Motion, second: Motion): Motion {
  const each = (make: (i: 0 | 1 | 2) => number): Vec3 => [make(0), make(1), make(2)];
  return {
    axes: each((i) => first.axes[second.axes[i]]!),
    signs: each((i) => second.signs[i]! * first.signs[second.axes[i]]!),
    by: each((i) => second.signs[i]! * first.by[second.axes[i]]! + second.by[i]!),
  };
}

/** A quarter turn around an axis, counterclockwise as seen from its far end, so many times. */
export function quarterTurns(axis: 0 | 1 | 2, times: number): Motion {
  const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
  const axes: [number, number, number] = [0, 1, 2];
  const signs: [number, number, number] = [1, 1, 1];
  axes[next] = last;
  signs[next] = -1;
  axes[last] = next;
  const once: Motion = { axes, signs, by: [0, 0, 0] } as Motion;
  let motion = STAYS;
  for (let i = 0; i < ((times % 4) + 4) % 4; i++) motion = then(motion, once);
  return motion;
}

/** A layer of the same content, whose voxels are shared, for a document that nobody edits. */
export function copyOfLayer(layer: Layer): Layer {
  const copy = new Layer(layer.id, layer.name);
  copy.set(layer.state);
  const { derived, derivation, volume } = layer;
  if (derived && derivation !== undefined) {
    copy.derivation = { volume, inputs: 'kept', version: 0 };
  }
  return copy;
}

/**
 * The document as it is after a motion, in a copy; what shows is what showed, whole voxels turned
 * exactly. Clones stay clones where their matrix is of whole numbers. Throws GOX_MEMORY_LIMIT when
 * voxels would leave the coordinates or take more than `bytes_max` bytes.
 */
export function movedDocument(
  document: Document,
  motion: Motion,
  bytes_max = Number.POSITIVE_INFINITY,
): Document {
  document.refresh();
  const moves = { ...matricesOf(motion), turn: turnOf(motion) };
  let blocks_left = Math.floor(bytes_max / BLOCK_BYTES);
  const layers = document.layers.map((layer) => {
    const copy = movedLayer(layer, moves, blocks_left);
    blocks_left -= copy.volume.blockCount;
    return copy;
  });
  const cameras = document.cameras.map((camera) => ({
    ...camera,
    mat: product(moves.space, camera.mat),
  }));
  const box = movedBox(document.box, moves.space);
  const copy = new Document(box);
  const active = layers[document.layers.indexOf(document.activeLayer)];
  copy.set({ ...document.state, layers, active, cameras, box });
  return copy;
}

interface Moves {
  /** Of points of space, and of voxels by their least corners. */
  readonly space: Matrix;
  readonly voxels: Matrix;
  readonly turn: Turn;
}

function movedLayer(layer: Layer, { space, voxels, turn }: Moves, blocks_max: number): Layer {
  const copy = copyOfLayer(layer);
  const volume = turned(layer.volume, turn, blocks_max);
  if (layer.box !== undefined) copy.set({ box: movedBox(layer.box, space) });
  const isClone = layer.baseId !== 0;
  if (isClone && !layer.mat.every(Number.isInteger)) {
    copy.derivation = undefined;
    copy.set({ volume, baseId: 0, mat: identity() });
    return copy;
  }
  if (layer.derived) copy.derivation = { volume, inputs: 'kept', version: 0 };
  else copy.set({ volume });
  copy.set({ mat: movedMatrix(layer, space, voxels) });
  return copy;
}

/** The mark of a plain layer is the place of a voxel; a clone's says where voxels go. */
function movedMatrix(layer: Layer, space: Matrix, voxels: Matrix): Matrix {
  const { mat, baseId, shape, imagePath } = layer;
  if (shape !== undefined || imagePath !== '') return product(space, mat);
  if (baseId !== 0) {
    const back = Float32Array.from(inverse(voxels)!);
    return product(product(voxels, mat), back);
  }
  const marked = product(voxels, mat);
  const moved = mat.slice();
  moved.set(marked.subarray(12, 15), 12);
  return moved;
}

function movedBox(box: Matrix, space: Matrix): Matrix {
  return isNullBox(box) ? box : boxMatrix(boxCorners(product(space, box)));
}

function matricesOf({ axes, signs, by }: Motion): { space: Matrix; voxels: Matrix } {
  const space = new Float32Array(16);
  for (let i = 0; i < 3; i++) {
    space[4 * axes[i]! + i] = signs[i]!;
    space[12 + i] = by[i]!;
  }
  space[15] = 1;
  const voxels = space.slice();
  // The least corner of a voxel is another one once an axis is turned round.
  for (let i = 0; i < 3; i++) if (signs[i]! < 0) voxels[12 + i]! -= 1;
  return { space, voxels };
}

/** Where each voxel comes from. */
function turnOf({ axes, signs, by }: Motion): Turn {
  const turn = { axes: [0, 0, 0], signs: [0, 0, 0], offsets: [0, 0, 0] };
  for (let i = 0; i < 3; i++) {
    const from = axes[i]!;
    const sign = signs[i]!;
    const start = by[i]! + (sign < 0 ? -1 : 0);
    turn.axes[from] = i;
    turn.signs[from] = sign;
    // Not -0, which matrices of Goxel do not have.
    turn.offsets[from] = 0 - sign * start;
  }
  return turn as unknown as Turn;
}
