/** Strokes of the brush, and the laser. */

import { pointOf } from '../catalogue/geometry.ts';
import { invalidParam, paramProblem } from '../catalogue/params.ts';
import type { laser, paintStroke } from '../catalogue/strokes.ts';
import { paintShape } from '../ops/paint.ts';
import {
  type Path,
  paintStroke as paint,
  STAMPS_MAX,
  stampsOn,
  VISITS_MAX,
  visitsOf,
} from '../ops/stroke.ts';
import type { Vec3 } from '../volume/box.ts';
import { boxOf } from './boxes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { change, whereOf } from './painting.ts';
import { colorOf, WHITE } from './voxel-params.ts';

/** As in Goxel: the smallest brush, and how far the laser reaches. */
const RADIUS = 0.5;
const LASER_LENGTH = 2048;

const AXES = { x: 0, y: 1, z: 2 } as const;

const stroke: Handler<typeof paintStroke> = (project, params) => {
  const { shape = 'cube', radius = RADIUS, axis = 'y', mode = 'over', smoothness = 0 } = params;
  const path: Path = { points: params.points.map(pointOf), radius, axis: AXES[axis] };
  const color = colorOf(params);
  const painter = { shape, mode, color, smoothness, ...whereOf(project, params) };
  const stamps = stampsOn(path);
  if (stamps > STAMPS_MAX) throw tooLong(`takes ${stamps} stamps, more than ${STAMPS_MAX}`);
  return change(project, params.layer_id, (volume) => {
    if (visitsOf(volume, path, painter) > VISITS_MAX) {
      throw tooLong(`draws into blocks more than ${VISITS_MAX} times`);
    }
    paint(volume, path, painter);
  });
};

function tooLong(how: string): Error {
  const advice = 'paint it in parts, or give another radius';
  return paramProblem('.points', `the stroke ${how}; ${advice}`);
}

const shoot: Handler<typeof laser> = (project, params) => {
  const { radius = RADIUS, length = LASER_LENGTH } = params;
  const from = pointOf(params.from);
  const to = farFrom(from, pointOf(params.direction), length);
  const box = boxOf({ from, to, radius }, '.direction');
  const where = whereOf(project, params);
  const painter = { shape: 'cylinder', mode: 'sub_clamp', color: WHITE, smoothness: 0 } as const;
  return change(project, params.layer_id, (volume) => {
    paintShape(volume, box, { ...painter, ...where });
  });
};

function farFrom(from: Vec3, direction: Vec3, length: number): [number, number, number] {
  const size = Math.hypot(...direction);
  if (size === 0) throw invalidParam('.direction', 'a direction that is not 0', direction);
  const far = (axis: 0 | 1 | 2) => from[axis] + (direction[axis] / size) * length;
  return [far(0), far(1), far(2)];
}

export const strokeHandlers = {
  'goxel.paint_stroke': stroke,
  'goxel.laser': shoot,
} satisfies Record<string, AnyHandler>;
