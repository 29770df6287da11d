/**
 * The cameras a caller may ask for. Angles and distances are Goxel's: the vertical field of view
 * is 20°, and a parallel camera at distance d shows 2·d voxels across the width.
 *
 * A preset's name is the side of the model that it shows: `front` is seen from -Y with +X to the
 * right, and from there `right` is the side at +X, `left` the one at -X. Goxel and the v14 daemon
 * have the latter two the other way round. `isometric` and `perspective` see the corner between
 * `front` and `right` from above: +X goes to the right and away, +Y to the left and away.
 */

import { didYouMean } from '../../conf/suggest.ts';
import { sketch } from '../catalogue/sketch.ts';
import type { Document } from '../document/document.ts';
import type { Camera } from '../document/scene.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import type { Extent } from './extent.ts';
import { FOV_DEFAULT_DEGREES, invalid, MARGIN_DEFAULT, type Preset, type View } from './options.ts';
import { cross, type Frame, type Projection, projectionOf, unit } from './projection.ts';

/** Yaw and pitch in degrees, as in `CameraChoice`. */
const PRESETS: Readonly<Record<Preset, readonly [yaw: number, pitch: number]>> = {
  front: [0, 0],
  back: [180, 0],
  left: [-90, 0],
  right: [90, 0],
  top: [0, 90],
  bottom: [0, -90],
  isometric: [45, 30],
  default: [45, 45],
  perspective: [45, 45],
};

/** Goxel's new camera is this far away. */
const DISTANCE_DEFAULT = 128;
const RADIANS = Math.PI / 180;

interface Resolved {
  readonly frame: Frame;
  readonly orthographic: boolean;
  /** From the eye to what it looks at. */
  readonly distance: number;
  readonly fit: boolean;
}

/** The projection of a view, in samples; `content` is what is to be seen. */
export function projectionOfView(
  view: View,
  document: Document,
  content: Extent,
  samples: number,
): Projection {
  const resolved = resolve(view, document, content);
  const { distance } = resolved;
  const orthographic = view.orthographic ?? resolved.orthographic;
  const fov = view.fov_degrees ?? FOV_DEFAULT_DEGREES;
  if (!(fov > 0 && fov < 180)) invalid(`A field of view of ${fov} degrees shows nothing.`);
  const [width, height] = [view.width * samples, view.height * samples];
  const focal = height / 2 / Math.tan((fov / 2) * RADIANS);
  const given = view.pixels_per_voxel;
  if (given !== undefined && !(given > 0 && Number.isFinite(given))) {
    invalid(`A voxel cannot take ${given} pixels.`);
  }
  let { frame } = resolved;
  let scale = orthographic ? width / 2 / distance : focal;
  const fit = view.fit ?? resolved.fit;
  if (fit !== false) {
    const margin = view.margin ?? MARGIN_DEFAULT;
    if (!(margin >= 0 && margin < 0.5)) invalid(`A margin of ${margin} leaves no room.`);
    const [x, y] = [(width / 2) * (1 - 2 * margin), (height / 2) * (1 - 2 * margin)];
    let fitted = scale;
    if (fit === 'turntable') [frame, fitted] = fitBall(frame, content, x, y, focal);
    else if (orthographic) [frame, fitted] = fitParallel(frame, content, x, y);
    else frame = fitPerspective(frame, content, x / focal, y / focal);
    if (orthographic) scale = fitted;
  }
  if (orthographic && given !== undefined) scale = given * samples;
  if (!(scale > 0) || !Number.isFinite(scale)) invalid('The camera sees nothing.');
  return projectionOf(frame, orthographic, width, height, scale);
}

function resolve(view: View, document: Document, content: Extent): Resolved {
  const choice = view.camera ?? 'default';
  if (typeof choice === 'string') {
    const [yaw, pitch] = PRESETS[choice];
    const frame = turntable(yaw, pitch, middle(content.box), DISTANCE_DEFAULT);
    return { frame, orthographic: choice === 'isometric', distance: DISTANCE_DEFAULT, fit: true };
  }
  if ('yaw_degrees' in choice) {
    const { yaw_degrees, pitch_degrees, distance = DISTANCE_DEFAULT } = choice;
    const target = choice.target ?? middle(content.box);
    if (![yaw_degrees, pitch_degrees, ...target].every(Number.isFinite) || !(distance > 0)) {
      invalid('The angles, the distance and the target of a camera must be finite numbers.');
    }
    const frame = turntable(yaw_degrees, pitch_degrees, target, distance);
    return { frame, orthographic: false, distance, fit: choice.distance === undefined };
  }
  if ('eye' in choice) return { ...lookAt(choice), orthographic: false, fit: false };
  return ofDocument(pick(document, choice));
}

function pick(
  document: Document,
  choice: { readonly name: string } | { readonly index: number } | { readonly active: true },
): Camera {
  const { cameras } = document;
  if ('name' in choice) {
    const found = cameras.find(({ name }) => name === choice.name);
    if (found !== undefined) return found;
    const near = didYouMean(
      choice.name,
      cameras.map(({ name }) => name),
    );
    return invalid(`There is no camera named ${sketch(choice.name)}${near || '.'}`);
  }
  if ('index' in choice)
    return cameras[choice.index] ?? invalid(`There is no camera ${choice.index}.`);
  return cameras.find(({ active }) => active) ?? cameras[0] ?? invalid('There is no camera.');
}

/** A camera's matrix may hold anything; its columns are made orthonormal. */
function ofDocument({ mat, dist, ortho, name }: Camera): Resolved {
  const column = (c: number): Vec3 => [mat[4 * c]!, mat[4 * c + 1]!, mat[4 * c + 2]!];
  const eye = column(3);
  const back = unit(column(2));
  const right = back && unit(cross(column(1), back));
  if (!back || !right || !eye.every(Number.isFinite) || !(dist > 0 && dist < Infinity)) {
    invalid(`The camera ${sketch(name)} has no usable matrix.`);
  }
  const forward = scaled(back, -1);
  const frame = { eye, right, up: cross(back, right), forward };
  return { frame, orthographic: ortho, distance: dist, fit: false };
}

function lookAt({ eye, target, up = [0, 0, 1] }: { eye: Vec3; target: Vec3; up?: Vec3 }): {
  frame: Frame;
  distance: number;
} {
  const way: Vec3 = [target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]];
  const forward = unit(way);
  if (!forward || !eye.every(Number.isFinite)) invalid('The camera has no direction.');
  // Straight up or down, `up` says nothing, and Y takes its place.
  const right = unit(cross(forward, up)) ?? unit(cross(forward, [0, 1, 0]));
  if (!right) invalid('The up direction of the camera is none.');
  return {
    frame: { eye, right, up: cross(right, forward), forward },
    distance: Math.hypot(...way),
  };
}

/** Goxel's turntable: rotation by pitch about X, then by yaw about Z, around a target. */
function turntable(yaw: number, pitch: number, target: Vec3, distance: number): Frame {
  const [sinYaw, cosYaw] = [Math.sin(yaw * RADIANS), Math.cos(yaw * RADIANS)];
  const [sin, cos] = [Math.sin(pitch * RADIANS), Math.cos(pitch * RADIANS)];
  const forward: Vec3 = [-sinYaw * cos, cosYaw * cos, -sin];
  const eye: Vec3 = [
    target[0] - forward[0] * distance,
    target[1] - forward[1] * distance,
    target[2] - forward[2] * distance,
  ];
  return { eye, forward, right: [cosYaw, sinYaw, 0], up: [-sinYaw * sin, cosYaw * sin, cos] };
}

function middle({ min, max }: Box): Vec3 {
  return [(min[0] + max[0]) / 2, (min[1] + max[1]) / 2, (min[2] + max[2]) / 2];
}

function scaled(v: Vec3, by: number): Vec3 {
  return [v[0] * by, v[1] * by, v[2] * by];
}

/** The eye and the scale for which the content fills `x` by `y` samples around the middle. */
function fitParallel(frame: Frame, content: Extent, x: number, y: number): [Frame, number] {
  const { right, up, forward } = frame;
  const [left, rightmost] = [-content.reach(scaled(right, -1)), content.reach(right)];
  const [bottom, top] = [-content.reach(scaled(up, -1)), content.reach(up)];
  const scale = Math.min((2 * x) / (rightmost - left), (2 * y) / (top - bottom));
  const before = -content.reach(scaled(forward, -1)) - 1;
  const eye = inFrame(frame, (left + rightmost) / 2, (bottom + top) / 2, before);
  return [{ ...frame, eye }, scale];
}

/**
 * The eye nearest to the content for which all of it is in the picture. A point at (x, y, z) in the
 * axes of the camera is seen from (ex, ey, ez) inside half the angle when |x - ex| <= tan·(z - ez).
 */
function fitPerspective(frame: Frame, content: Extent, tanX: number, tanY: number): Frame {
  const { right, up, forward } = frame;
  const side = (axis: Vec3, tan: number) => {
    const high = content.reach(sum(scaled(axis, 1 / tan), scaled(forward, -1)));
    const low = content.reach(sum(scaled(axis, -1 / tan), scaled(forward, -1)));
    return { place: ((high - low) / 2) * tan, depth: -(high + low) / 2 };
  };
  const [x, y] = [side(right, tanX), side(up, tanY)];
  return { ...frame, eye: inFrame(frame, x.place, y.place, Math.min(x.depth, y.depth)) };
}

/** The eye and scale for which a ball around the content fills the picture, however it turns. */
function fitBall(
  frame: Frame,
  { box }: Extent,
  x: number,
  y: number,
  focal: number,
): [Frame, number] {
  const { min, max } = box;
  const radius = Math.hypot(max[0] - min[0], max[1] - min[1], max[2] - min[2]) / 2;
  const narrow = Math.min(x, y);
  const distance = radius / Math.sin(Math.atan(narrow / focal));
  const eye = sum(middle(box), scaled(frame.forward, -distance));
  return [{ ...frame, eye }, narrow / radius];
}

function sum(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** The point that has these coordinates in the axes of a camera, from the world's origin. */
function inFrame({ right, up, forward }: Frame, x: number, y: number, z: number): Vec3 {
  return sum(sum(scaled(right, x), scaled(up, y)), scaled(forward, z));
}
