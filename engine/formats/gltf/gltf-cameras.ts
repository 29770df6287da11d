/**
 * The cameras of a project, in a glTF file. Like those of glTF they look down their own -Z with Y
 * up. A project with one camera only has it because every project has; that is not written, since
 * some programs would show the model by it.
 */

import type { Document } from '../../document/document.ts';
import type { Camera } from '../../document/scene.ts';
import type { Vec3 } from '../../volume/box.ts';
import { listed, type Report } from '../report.ts';
import { type Frame, placed, turned } from './gltf-pieces.ts';

/** Goxel's cameras have this field of view. */
const FOV = (20 * Math.PI) / 180;
/** How near and how far something is seen, in distances to what a camera looks at. */
const NEAR = 1e-3;
const FAR = 100;

export interface GltfCameras {
  readonly cameras: readonly object[];
  /** A node for each, by its number. */
  readonly nodes: readonly object[];
}

export function camerasOf(document: Document, frame: Frame, report?: Report): GltfCameras {
  const all = document.cameras.length > 1 ? document.cameras : [];
  const found = all.map((camera) => ({ camera, matrix: matrixOf(camera, frame) }));
  const lost = found.filter(({ matrix }) => matrix === undefined).map(({ camera }) => camera.name);
  const message = `These cameras look nowhere, and were left out: ${listed(lost)}.`;
  report?.warn('WARN_CAMERAS_LOST', message, undefined, lost.length);
  const kept = found.filter(({ matrix }) => matrix !== undefined);
  return {
    cameras: kept.map(({ camera }) => cameraJson(camera, frame.scale)),
    nodes: kept.map(({ camera: { name }, matrix }, camera) => ({ name, camera, matrix })),
  };
}

function cameraJson({ name, dist, ortho }: Camera, scale: number): object {
  const distance = scale * (dist > 0 && Number.isFinite(dist) ? dist : 1);
  const znear = distance * NEAR;
  if (!ortho) return { name, type: 'perspective', perspective: { yfov: FOV, znear } };
  const [xmag, ymag, zfar] = [distance, distance, distance * FAR];
  return { name, type: 'orthographic', orthographic: { xmag, ymag, znear, zfar } };
}

/** By columns; undefined for a camera that does not stand somewhere and look in some direction. */
function matrixOf({ mat }: Camera, frame: Frame): number[] | undefined {
  const column = (i: number): Vec3 => [mat[i * 4]!, mat[i * 4 + 1]!, mat[i * 4 + 2]!];
  const back = unit(column(2));
  const right = unit(cross(column(1), back));
  const up = cross(back, right);
  const axes = [right, up, back].flatMap((axis) => [...turned(axis, frame.y_up), 0]);
  const matrix = [...axes, ...placed(column(3), frame), 1];
  return matrix.every(Number.isFinite) ? matrix : undefined;
}

function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** NaN of a vector without a length. */
function unit(vector: Vec3): Vec3 {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length) as unknown as Vec3;
}
