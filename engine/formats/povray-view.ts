/** The camera and the light of a scene for POV-Ray, of exact numbers. */

import type { Document } from '../document/document.ts';
import { type Camera, newCamera } from '../document/scene.ts';
import { boundsOf } from '../mesh/placement.ts';
import type { Vec3 } from '../volume/box.ts';
import type { Volume } from '../volume/volume.ts';

/** Vertical field of view of Goxel's cameras, in degrees. */
const FOV = 20;
/** So much of the picture's half is left free around a model that is brought into view. */
const ROOM = 1.05;
const DIGITS = 9;

interface View {
  readonly eye: Vec3;
  readonly back: Vec3;
  readonly up: Vec3;
}

/** `camera { … }`: looking as the active camera does, from further off if nobody has placed it. */
export function cameraText(document: Document, volumes: readonly Volume[]): string {
  const { cameras, box } = document;
  const camera = cameras.find(({ active }) => active) ?? cameras[0] ?? newCamera('');
  const usual = [newCamera(''), newCamera('', box)];
  const view = viewOf(camera) ?? viewOf(newCamera(''))!;
  const { eye, back, up } = usual.some(({ mat }) => same(mat, camera.mat))
    ? aroundAll(view, volumes)
    : view;
  const target = eye.map((value, axis) => value - back[axis]!);
  // The handedness of the axes is that of `right` and `direction`; look_at must come last.
  return (
    'camera {\n    perspective\n    direction <0, 0, -1>\n' +
    '    right x*image_width/image_height\n    up y\n' +
    `    sky ${vector(up)}\n    location ${vector(eye)}\n` +
    `    angle 2*degrees(atan(tan(radians(${FOV / 2}))*image_width/image_height))\n` +
    `    look_at ${vector(target)}\n}\n\n\n`
  );
}

/** Undefined where a matrix is none of a camera. */
function viewOf({ mat }: Camera): View | undefined {
  const column = (c: number): Vec3 => [mat[4 * c]!, mat[4 * c + 1]!, mat[4 * c + 2]!];
  const [up, back, eye] = [unit(column(1)), unit(column(2)), column(3)];
  if (up === undefined || back === undefined || !eye.every(Number.isFinite)) return undefined;
  const along = Math.abs(up[0] * back[0] + up[1] * back[1] + up[2] * back[2]);
  return along > 0.999 ? undefined : { eye, back, up };
}

function unit(vector: Vec3): Vec3 | undefined {
  const length = Math.hypot(...vector);
  if (!(length > 1e-6 && length < 1e18)) return undefined;
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}

/** The same direction, and the ball around all voxels in the picture. */
function aroundAll(view: View, volumes: readonly Volume[]): View {
  const box = boundsOf(volumes);
  if (box === undefined) return view;
  const { min, max } = box;
  const radius = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2;
  const distance = (radius * ROOM) / Math.sin(((FOV / 2) * Math.PI) / 180);
  const along = (axis: 0 | 1 | 2) => (min[axis] + max[axis]) / 2 + view.back[axis] * distance;
  return { ...view, eye: [along(0), along(1), along(2)] };
}

function vector(values: readonly number[]): string {
  return `<${values.map((value) => Number(value.toFixed(DIGITS))).join(', ')}>`;
}
