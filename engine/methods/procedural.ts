/** Shapes by their numbers. */

import { pointOf } from '../catalogue/geometry.ts';
import { invalidParam } from '../catalogue/params.ts';
import type { proceduralShape } from '../catalogue/procedural.ts';
import type { Params } from '../catalogue/spec.ts';
import { merge } from '../ops/combine.ts';
import { hollow } from '../ops/hollow.ts';
import { paintShape } from '../ops/paint.ts';
import { line } from '../procedural/line.ts';
import { box, pyramid, sphere, torus } from '../procedural/solids.ts';
import { type RampStop, terrain } from '../procedural/terrain.ts';
import { text } from '../procedural/text.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { boxMatrix, type Matrix } from '../volume/matrix.ts';
import { Volume } from '../volume/volume.ts';
import { changesOf } from './changes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { colorOf, cornerOf, packedColor } from './voxel-params.ts';

type ShapeParams = Params<typeof proceduralShape>;

/** As in the v14 daemon. */
const SIZE = 10;

const AXES = { x: 0, y: 1, z: 2 } as const;

const BOXES = ['cube', 'box'];

/** The shapes that each fill is for. */
const FILLS = {
  solid: [...BOXES, 'sphere', 'cylinder', 'pyramid', 'torus', 'line', 'text', 'noise', 'terrain'],
  shell: [...BOXES, 'sphere', 'cylinder', 'pyramid'],
  frame: BOXES,
};

/** What a terrain is when nothing is said: rolling hills, blue below, white on top. */
const TERRAIN = { size: 64, amplitude: 12, frequency: 0.02, octaves: 4 } as const;

const make: Handler<typeof proceduralShape> = (project, params) => {
  const { shape_type = params.radius === undefined ? 'cube' : 'sphere', layer_id } = params;
  const { fill, mode = 'over' } = params;
  if (fill !== undefined && !FILLS[fill].includes(shape_type)) {
    throw invalidParam('.fill', `a fill for ${FILLS[fill].join(', ')}`, fill);
  }
  const layer = project.layer(layer_id);
  const { volume: before } = layer;
  return project.transact(() => {
    const volume = project.edit(layer);
    const made = MAKERS[shape_type](params, volume.blocks_max);
    merge(volume, made, mode);
    const { changed, created } = changesOf(before, layer);
    return { success: true, shape_type, voxels_created: created, changed, layer_id: layer.id };
  });
};

export const proceduralHandlers = {
  'goxel.procedural_shape': make,
} satisfies Record<string, AnyHandler>;

type Maker = (params: ShapeParams, blocks_max: number) => Volume;

const makeBox: Maker = (params, blocks_max) => {
  const { fill: style = 'solid' } = params;
  const shape = { box: boxFor(params), style, thickness: wallOf(params), color: colorOf(params) };
  return box(shape, blocks_max);
};

/** Of walls and bars, in whole voxels. */
function wallOf({ thickness = 1 }: ShapeParams): number {
  return Math.round(thickness);
}

const makeSphere: Maker = (params, blocks_max) => {
  const { radius, fill, thickness = 1 } = params;
  const sized = params.size !== undefined || SIDES.some((side) => params[side] !== undefined);
  if (radius === undefined && sized) return makeRound('sphere', params, blocks_max);
  const shape = { center: centerOf(params), radius: radius ?? SIZE / 2, color: colorOf(params) };
  return sphere({ ...shape, ...(fill === 'shell' ? { thickness } : {}) }, blocks_max);
};

const makeCylinder: Maker = (params, blocks_max) => {
  const { radius, axis = 'z' } = params;
  if (radius === undefined) return makeRound('cylinder', params, blocks_max);
  const around = sizeOf(params).map((side, i) => (i === AXES[axis] ? side : 2 * radius));
  return makeRound('cylinder', { ...params, ...sidesOf(around) }, blocks_max);
};

/** Ellipsoids and cylinders are those of the shape tool. */
function makeRound(shape: 'sphere' | 'cylinder', params: ShapeParams, blocks_max: number): Volume {
  const volume = new Volume();
  volume.blocks_max = blocks_max;
  const painter = { mode: 'over', smoothness: 0, symmetry: 0, symmetryOrigin: ORIGIN } as const;
  const standing = turnedTo(boxMatrix(boxFor(params)), AXES[params.axis ?? 'z']);
  paintShape(volume, standing, { ...painter, shape, color: colorOf(params) });
  if (params.fill === 'shell') hollow(volume, wallOf(params));
  volume.blocks_max = Number.POSITIVE_INFINITY;
  return volume;
}

const ORIGIN: Vec3 = [0, 0, 0];

/** A box along the axes, with its own Z axis along another one. */
function turnedTo(box: Matrix, axis: 0 | 1 | 2): Matrix {
  const turned = box.slice();
  for (let column = 0; column < 3; column++) {
    const source = (column + axis + 1) % 3;
    for (let row = 0; row < 3; row++) turned[4 * column + row] = box[4 * source + row]!;
  }
  return turned;
}

const makePyramid: Maker = (params, blocks_max) => {
  const { min, max } = boxFor(params);
  return pyramid(
    {
      min,
      size: [max[0] - min[0], max[1] - min[1]],
      height: max[2] - min[2],
      color: colorOf(params),
      ...(params.fill === 'shell' ? { thickness: wallOf(params) } : {}),
    },
    blocks_max,
  );
};

const makeTorus: Maker = (params, blocks_max) => {
  const { radius = SIZE, thickness = 2, axis = 'z' } = params;
  const size = { radius, tube: Math.min(thickness, radius), axis: AXES[axis] };
  return torus({ center: centerOf(params), ...size, color: colorOf(params) }, blocks_max);
};

const makeLine: Maker = (params, blocks_max) => {
  const from = cornerOf(params.from ?? needs('from', 'a line'));
  const to = cornerOf(params.to ?? needs('to', 'a line'));
  return line({ from, to, thickness: params.thickness ?? 1, color: colorOf(params) }, blocks_max);
};

const makeText: Maker = (params, blocks_max) => {
  const { scale = 1, depth = 1 } = params;
  const [x, y, z] = centerOf(params);
  return text(
    {
      text: params.text ?? needs('text', 'a text'),
      origin: [Math.floor(x), Math.floor(y), Math.floor(z)],
      size: scale,
      depth,
      align: 'left',
      facing: FACING[params.axis ?? 'y'],
      color: colorOf(params),
    },
    blocks_max,
  );
};

/** Texts are read from the front, the right or the top. */
const FACING = { x: '+x', y: '-y', z: '+z' } as const;

const makeTerrain: Maker = (params, blocks_max) => {
  const { min, max } = boxFor(params, TERRAIN.size);
  const { seed = 0, octaves = TERRAIN.octaves, frequency = TERRAIN.frequency } = params;
  const amplitude = params.amplitude ?? TERRAIN.amplitude;
  const base = params.base ?? amplitude;
  return terrain(
    {
      min: [min[0], min[1]],
      max: [max[0], max[1]],
      floor: Math.floor(base - amplitude),
      base,
      amplitude,
      octaves: { seed, scale: 1 / frequency, count: octaves, persistence: 0.5, lacunarity: 2 },
      ramp: rampOf(params, base - amplitude, base + amplitude),
    },
    blocks_max,
  );
};

const LAND = ['#2A5D8A', '#C8B878', '#5E9A3E', '#3E7A32', '#80807A', '#F4F4F8'];

/** The colours, lowest first, at equal steps of height. */
function rampOf(params: ShapeParams, low: number, high: number): RampStop[] {
  const tints = [params.color, params.r, params.g, params.b, params.a];
  const single = tints.some((tint) => tint !== undefined);
  const colors = params.colors ?? (single ? undefined : LAND);
  if (colors === undefined) return [{ z: low, color: colorOf(params) }];
  return colors.map((color, i) => ({
    z: low + ((high - low) * i) / Math.max(colors.length - 1, 1),
    color: packedColor(color, () => `.colors[${i}]`),
  }));
}

const MAKERS: Readonly<Record<NonNullable<ShapeParams['shape_type']>, Maker>> = {
  cube: makeBox,
  box: makeBox,
  sphere: makeSphere,
  cylinder: makeCylinder,
  pyramid: makePyramid,
  torus: makeTorus,
  line: makeLine,
  text: makeText,
  noise: makeTerrain,
  terrain: makeTerrain,
};

function centerOf({ center, center_x = 0, center_y = 0, center_z = 0 }: ShapeParams): Vec3 {
  return center === undefined ? [center_x, center_y, center_z] : pointOf(center);
}

/** [centre - size/2, centre + size/2), on whole voxels. */
function boxFor(params: ShapeParams, size?: number): Box {
  const [cx, cy, cz] = centerOf(params);
  const [sx, sy, sz] = sizeOf(params, size);
  const min: Vec3 = [Math.round(cx - sx / 2), Math.round(cy - sy / 2), Math.round(cz - sz / 2)];
  return { min, max: [min[0] + sx, min[1] + sy, min[2] + sz] };
}

const SIDES = ['size_x', 'size_y', 'size_z'] as const;

function sidesOf([size_x = 0, size_y = 0, size_z = 0]: readonly number[]) {
  return { size_x, size_y, size_z };
}

/** Whole voxels; a side that is not given has `size`. */
function sizeOf(params: ShapeParams, size = SIZE): Vec3 {
  const { size: given = size } = params;
  const all = typeof given === 'number' ? ([given, given, given] as const) : pointOf(given);
  const side = (axis: 0 | 1 | 2): number => {
    const length = Math.round(params[SIDES[axis]] ?? all[axis]);
    if (length >= 1) return length;
    throw invalidParam(`.${SIDES[axis]}`, 'a side of 1 voxel at least', length);
  };
  return [side(0), side(1), side(2)];
}

function needs(name: string, what: string): never {
  throw invalidParam(`.${name}`, `${name} for ${what}`, undefined);
}
