/**
 * The cameras of a MagicaVoxel file: chunks rCAM of int32 id and a dictionary, with `_mode` (pers,
 * free, pano, orth, iso), `_focus` (x y z of what it looks at), `_angle` (degrees: pitch -180…180,
 * yaw 0…360, roll 0…360) and `_radius`, how far from the focus it is
 * (https://github.com/jpaver/opengametools/blob/master/src/ogt_vox.h). Without an angle it looks
 * along y; a pitch lets it look down. `_fov` and `_frustum` have no counterpart and are kept.
 *
 * MagicaVoxel writes ten, one for each place of its list. Those that nobody has saved a camera in
 * have no angle, no focus and a radius of 0 or 1. What is written here has `_name`, too.
 */

import type { DictEntry } from '../../document/layer.ts';
import { type Camera, newCamera } from '../../document/scene.ts';
import type { Matrix } from '../../volume/matrix.ts';
import type { Report } from '../report.ts';
import { chunk, dict, int32 } from './vox-bytes.ts';
import type { ChunkReader, Dict } from './vox-chunks.ts';

type Triple = [number, number, number];

const PLACES = 10;
const DEGREES = 180 / Math.PI;
const DISTANCE_MAX = 1e6;

/** What MagicaVoxel says of a new one. */
const FOV: Dict = { _frustum: '0.414214', _fov: '45' };
const KEPT = ['_mode', '_frustum', '_fov'];

/** Reads an rCAM chunk; undefined for a place without a camera. */
export function readCamera(chunk: ChunkReader): Camera | undefined {
  const id = chunk.int32('camera id');
  const said = chunk.dict();
  const { _mode, _focus = '', _angle = '', _radius = '', _name } = said;
  const dist = Number(_radius);
  const [focus, angle] = [triple(_focus), triple(_angle)];
  const unset = dist === 1 && [...focus, ...angle].every((value) => value === 0);
  if (!(dist > 0 && dist < DISTANCE_MAX) || unset) return undefined;
  const [right, up, back] = axesOf(angle);
  const mat = new Float32Array(16);
  for (const axis of [0, 1, 2] as const) {
    mat[axis] = right[axis];
    mat[4 + axis] = up[axis];
    mat[8 + axis] = back[axis];
    mat[12 + axis] = focus[axis] + back[axis] * dist;
  }
  mat[15] = 1;
  const ortho = _mode === 'orth' || _mode === 'iso';
  const extra = KEPT.flatMap((key): DictEntry[] => {
    const value = said[key];
    return value === undefined ? [] : [{ key, value: Buffer.from(value) }];
  });
  return { name: _name ?? `Camera ${id}`, dist, ortho, mat, active: false, extra };
}

/** Its directions right, up, and away from what it looks at. */
function axesOf(angle: Triple): [Triple, Triple, Triple] {
  const [pitch, yaw, roll] = angle.map((degrees) => degrees / DEGREES) as Triple;
  const [sinP, cosP, sinY, cosY] = [Math.sin(pitch), Math.cos(pitch), Math.sin(yaw), Math.cos(yaw)];
  const [sinR, cosR] = [Math.sin(roll), Math.cos(roll)];
  const back: Triple = [sinY * cosP, -cosY * cosP, sinP];
  const level: Triple = [cosY, sinY, 0];
  const upright: Triple = [-sinY * sinP, cosY * sinP, cosP];
  const each = (f: (axis: 0 | 1 | 2) => number): Triple => [f(0), f(1), f(2)];
  return [
    each((axis) => level[axis] * cosR + upright[axis] * sinR),
    each((axis) => upright[axis] * cosR - level[axis] * sinR),
    back,
  ];
}

/**
 * The chunks of the first ten, for which MagicaVoxel has places; tells of the others. That of a new
 * project, which nobody has moved, is none of them.
 */
export function cameraChunks(all: readonly Camera[], report: Report): Buffer[] {
  const { mat, dist, name } = newCamera('Camera.1');
  const cameras = all.filter(
    (one) => one.name !== name || one.dist !== dist || one.mat.some((value, i) => value !== mat[i]),
  );
  const message = `A .vox file has places for ${PLACES} cameras.`;
  report.warn('WARN_CAMERAS_LOST', message, undefined, cameras.length - PLACES);
  return cameras.slice(0, PLACES).map((camera, id) => chunk('rCAM', int32(id), dictOf(camera, id)));
}

function dictOf(camera: Camera, id: number): Buffer {
  const { name, dist, ortho, mat, extra } = camera;
  const angle = shortest(angleOf(mat), mat);
  const back = axesOf(angle)[2];
  const focus = back.map((value, axis) => mat[12 + axis]! - value * dist);
  const kept = Object.fromEntries(
    extra
      .filter(({ key }) => KEPT.includes(key))
      .map(({ key, value }) => [key, Buffer.from(value).toString()]),
  );
  const { _mode = '' } = kept;
  const mode = ortho ? 'orth' : 'pers';
  const fits = ortho === (_mode === 'orth' || _mode === 'iso') && _mode !== '';
  return dict({
    ...(name === `Camera ${id}` ? {} : { _name: name }),
    _focus: focus.map((value) => String(rounded(value, 3))).join(' '),
    _angle: angle.join(' '),
    _radius: String(rounded(dist, 3)),
    ...{ ...FOV, ...kept, _mode: fits ? _mode : mode },
  });
}

/** The angles of a camera's matrix, in degrees. */
function angleOf(mat: Matrix): Triple {
  const column = (at: number): Triple => [mat[at]!, mat[at + 1]!, mat[at + 2]!];
  const [right, up, back] = [column(0), column(4), column(8)];
  const pitch = Math.asin(Math.min(Math.max(back[2], -1), 1));
  // Straight up or down only the sum of yaw and roll can be seen.
  const steep = Math.hypot(back[0], back[1]) < 1e-6;
  const yaw = steep ? Math.atan2(right[1], right[0]) : Math.atan2(back[0], -back[1]);
  const level: Triple = [Math.cos(yaw), Math.sin(yaw), 0];
  const roll = steep ? 0 : Math.atan2(-dot(up, level), dot(right, level));
  return [pitch * DEGREES, yaw * DEGREES, roll * DEGREES];
}

/** As few decimals as say the same of a matrix of float32. */
function shortest([pitch, yaw, roll]: Triple, mat: Matrix): Triple {
  const turn = (angle: number, digits: number) =>
    rounded((rounded(angle, digits) + 360) % 360, digits);
  for (let digits = 0; ; digits++) {
    const angle: Triple = [rounded(pitch, digits), turn(yaw, digits), turn(roll, digits)];
    const made = axesOf(angle).flatMap((axis, i) =>
      axis.map((value, k) => value - mat[4 * i + k]!),
    );
    if (digits === 6 || made.every((difference) => Math.abs(difference) < 1e-6)) return angle;
  }
}

function dot(a: Triple, b: Triple): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Never -0. */
function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0;
}

/** Three numbers; 0 for what is none. */
function triple(text: string): Triple {
  const numbers = text.trim().split(/\s+/, 3).map(Number);
  const number = (i: number) => (Math.abs(numbers[i] ?? 0) < 1e9 ? (numbers[i] ?? 0) : 0);
  return [number(0), number(1), number(2)];
}
