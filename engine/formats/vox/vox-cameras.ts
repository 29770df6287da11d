/**
 * The cameras of a MagicaVoxel file: chunks rCAM of int32 id and a dictionary, with `_mode` (pers,
 * free, pano, orth, iso), `_focus` (x y z), `_angle` (degrees: pitch, yaw, roll) and `_radius`, how
 * far from the focus it is. Without an angle it looks along y, and a pitch lets it look down.
 * Places that nobody has saved a camera in have no radius.
 */

import type { Camera } from '../../document/scene.ts';
import type { ChunkReader } from './vox-chunks.ts';

/** Reads an rCAM chunk; undefined for a place without a camera. */
export function readCamera(chunk: ChunkReader): Camera | undefined {
  const id = chunk.int32('camera id');
  const { _mode, _focus = '', _angle = '', _radius = '', _name } = chunk.dict();
  const dist = Number(_radius);
  if (!(dist > 0 && dist < 1e6)) return undefined;
  const [x, y, z] = triple(_focus);
  const [pitch, yaw, roll] = triple(_angle).map((degrees) => (degrees * Math.PI) / 180) as Triple;
  const [sinP, cosP, sinY, cosY] = [Math.sin(pitch), Math.cos(pitch), Math.sin(yaw), Math.cos(yaw)];
  // Away from what it looks at, to the right, and up, of a camera that does not lean.
  const back: Triple = [sinY * cosP, -cosY * cosP, sinP];
  const right: Triple = [cosY, sinY, 0];
  const up: Triple = [-sinY * sinP, cosY * sinP, cosP];
  const [sinR, cosR] = [Math.sin(roll), Math.cos(roll)];
  const mat = new Float32Array(16);
  for (const axis of [0, 1, 2] as const) {
    mat[axis] = right[axis] * cosR + up[axis] * sinR;
    mat[4 + axis] = up[axis] * cosR - right[axis] * sinR;
    mat[8 + axis] = back[axis];
    mat[12 + axis] = [x, y, z][axis]! + back[axis] * dist;
  }
  mat[15] = 1;
  const ortho = _mode === 'orth' || _mode === 'iso';
  return { name: _name ?? `Camera ${id}`, dist, ortho, mat, active: false, extra: [] };
}

type Triple = [number, number, number];

/** Three numbers; 0 for what is none. */
function triple(text: string): Triple {
  const numbers = text.trim().split(/\s+/, 3).map(Number);
  const number = (i: number) => (Math.abs(numbers[i] ?? 0) < 1e9 ? (numbers[i] ?? 0) : 0);
  return [number(0), number(1), number(2)];
}
