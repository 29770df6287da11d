/** Schemas of boxes, matrices and numbers that methods about layers, scenes and shapes share. */

import type { Static } from 'typebox';
import { Type } from '../../conf/type.ts';
import { COORDINATE_MAX, described, Last, Position } from './schemas.ts';

/** As far as voxels can be. */
export const LENGTH_MAX = 2 ** 31;

export const Length = Type.Number({ minimum: -LENGTH_MAX, maximum: LENGTH_MAX });

export const PositiveLength = Type.Number({ exclusiveMinimum: 0, maximum: LENGTH_MAX });

/** Smaller ones leave nothing of a model. */
export const SCALE_MIN = 2 ** -10;

/** A part of one. */
export const Share = Type.Number({ minimum: 0, maximum: 1 });

export const Angle = Type.Number({
  minimum: -36_000,
  maximum: 36_000,
  description: 'Degrees.',
});

/** A point or a direction, between voxels too. */
export const Point = Type.Union(
  [Type.Tuple([Length, Length, Length]), Type.Object({ x: Length, y: Length, z: Length })],
  { 'x-name': 'Point', title: 'a point ([x, y, z] or {x, y, z})' },
);
export type Point = Static<typeof Point>;

export function pointOf(point: Point): [x: number, y: number, z: number] {
  return Array.isArray(point) ? point : [point.x, point.y, point.z];
}

export const MatrixOf16 = Type.Array(Length, {
  minItems: 16,
  maxItems: 16,
  'x-name': 'Matrix',
  title: 'an array of 16 numbers',
  description:
    'Four columns of four, as in Goxel: X axis, Y axis, Z axis, origin. The last row is 0, 0, 0,' +
    ' 1, and the axes span a volume. As a box it maps the cube from -1 to 1, so its axes are' +
    ' half extents.',
});

/** A box along the axes. */
export const AxisBox = Type.Object(
  { min: Point, max: Point },
  {
    'x-name': 'AxisBox',
    title: 'a box ({min, max})',
    description:
      'Two opposite corners, in either order. Half open: voxel (x, y, z) fills the cube from that' +
      ' point to one further on each axis, so {min: [0, 0, 0], max: [4, 4, 4]} has 64 voxels,' +
      ' and the box of one voxel has max = min + 1.',
  },
);
export type AxisBox = Static<typeof AxisBox>;

/** From a point to another, as wide as Goxel's line tool makes it. */
const LineBox = Type.Object({ from: Point, to: Point, radius: PositiveLength });
export type LineBox = Static<typeof LineBox>;

/** A box along the axes, or a box turned in any way. */
export const BoxParam = Type.Union([AxisBox, LineBox, Type.Object({ matrix: MatrixOf16 })], {
  'x-name': 'Box',
  title: 'a box ({min, max}, {from, to, radius} or {matrix})',
  description:
    '{min, max}: two opposite corners; half open, so the box of one voxel has max = min + 1, and' +
    ' {min: [0, 0, 0], max: [4, 4, 4]} has 64 voxels. {from, to, radius}: its Z' +
    ' axis runs from a point to another, for lines. {matrix}: a box that may be turned.',
});
export type BoxParam = Static<typeof BoxParam>;

/** Of a region's corners, wherever a method takes them. */
const INCLUSIVE =
  'Both corners belong to it, in either order: {min: [0, 0, 0], max: [3, 3, 3]} has 64 voxels.';

/** The two corners of a region as parameters of their own. */
export const RegionCorners = {
  min: described(Position, `A corner of the region. ${INCLUSIVE}`),
  max: described(Position, `The opposite corner. ${INCLUSIVE}`),
};

/** Voxels between two corners, both inclusive. */
export const RegionParam = Type.Object(
  { min: Position, max: Position },
  {
    'x-name': 'Region',
    description: `The voxels between two opposite corners. ${INCLUSIVE}`,
  },
);

/** A box as results give it: `min` and `max` of the box around it, and the matrix itself. */
export const BoxView = Type.Object(
  {
    min: Type.Tuple([Type.Number(), Type.Number(), Type.Number()]),
    max: Type.Tuple([Type.Number(), Type.Number(), Type.Number()]),
    matrix: Type.Array(Type.Number()),
    last: Last,
  },
  { 'x-name': 'BoxView' },
);
export type BoxView = Static<typeof BoxView>;

/** The id of something that is there. */
export const Id = Type.Integer({ minimum: 1, maximum: COORDINATE_MAX });

/** A place in a list, from 0. */
export const Index = Type.Integer({ minimum: 0, maximum: COORDINATE_MAX });
