/** Painting and filling many voxels at once. */

import { type AxisBox, type Point, pointOf } from '../catalogue/geometry.ts';
import type {
  clearVoxels,
  extrude,
  fillRegion,
  floodFill,
  getPacked,
  paintShape,
  paintVoxels,
  replaceColor,
  setPacked,
} from '../catalogue/painting.ts';
import { invalidParam } from '../catalogue/params.ts';
import { COORDINATE_MAX } from '../catalogue/schemas.ts';
import type { Layer } from '../document/layer.ts';
import { requireResult } from '../inquiries/limits.ts';
import type { Region } from '../inquiries/region.ts';
import { merge } from '../ops/combine.ts';
import { extrude as extrudeFace } from '../ops/extrude.ts';
import { floodFill as fillConnected } from '../ops/fill.ts';
import { type Painter, paintShape as paint } from '../ops/paint.ts';
import { replaceColor as recolor } from '../ops/replace.ts';
import type { Project } from '../project/project.ts';
import { putVoxel } from '../project/voxel-edit.ts';
import type { Box, Vec3 } from '../volume/box.ts';
import { isNullBox, type Matrix } from '../volume/matrix.ts';
import { Places } from '../volume/places.ts';
import { writeRegion } from '../volume/region.ts';
import { Volume } from '../volume/volume.ts';
import { ask } from './ask.ts';
import { boxBetween, boxFault, boxOf, cornersOf, wholeBox } from './boxes.ts';
import { bytesOf } from './bytes-param.ts';
import { changeOf } from './changes.ts';
import type { AnyHandler, Asking, Handler } from './handler.ts';
import { colorOf, cornerOf, packedColor, positionOf, spotOf, wordOf } from './voxel-params.ts';

interface PaintedWhere {
  readonly symmetry?: readonly ('x' | 'y' | 'z')[];
  readonly symmetry_origin?: Point;
  readonly clip?: AxisBox;
}

/** Bits of `Painter.symmetry`. */
const SYMMETRY = { x: 1, y: 2, z: 4 } as const;

/** Goxel's numbers of the faces. */
const FACES = ['-y', '+y', '-z', '+z', '+x', '-x'] as const;

const THRESHOLD = 255;

const shape: Handler<typeof paintShape> = (project, params) => {
  const { shape, mode = 'over', smoothness = 0 } = params;
  const box = boxOf(params.box, '.box');
  const color = colorOf(params);
  const painter = { shape, mode, color, smoothness, ...whereOf(project, params) };
  return change(project, params.layer_id, (volume) => paint(volume, box, painter));
};

/** What a painter needs to know of its mirrors and its clip box. */
export function whereOf(
  { document }: Project,
  { symmetry = [], symmetry_origin, clip }: PaintedWhere,
): Pick<Painter, 'symmetry' | 'symmetryOrigin' | 'clip'> {
  return {
    symmetry: symmetry.reduce((bits, axis) => bits | SYMMETRY[axis], 0),
    symmetryOrigin: symmetry_origin === undefined ? middle(document.box) : pointOf(symmetry_origin),
    ...(clip === undefined ? {} : { clip: cornersOf(clip, '.clip') }),
  };
}

function middle(box: Matrix): Vec3 {
  return isNullBox(box) ? [0, 0, 0] : [box[12]!, box[13]!, box[14]!];
}

const fill: Handler<typeof fillRegion> = (project, params) => {
  const box = boxBetween(params);
  const rgba = colorOf(params);
  return change(project, params.layer_id, (volume) => {
    if (rgba >>> 24 !== 0) requireRoom(project, volume, box);
    volume.fillBox(box.min, box.max, rgba);
  });
};

/** Before a fill that is hopeless is begun; blocks are counted again as they are made. */
function requireRoom(project: Project, volume: Volume, { min, max }: Box): void {
  const blocks = Volume.blocksIn(min, max);
  if (blocks > volume.blocks_max) project.memory.reserve(blocks - volume.blockCount);
}

const paintMany: Handler<typeof paintVoxels> = (project, params) => {
  const spots =
    params.positions === undefined
      ? [positionOf(params)]
      : params.positions.map((spot, i) => spotOf(spot, () => `.positions[${i}]`));
  const rgba = colorOf(params);
  const layer = project.layer(params.layer_id);
  const places = new Places();
  const there = spots.filter(([x, y, z]) => layer.volume.get(x, y, z) !== 0 && places.add(x, y, z));
  const changed = there.filter(([x, y, z]) => layer.volume.get(x, y, z) !== wordOf(rgba)).length;
  const [only] = there;
  if (only !== undefined && there.length === 1) putVoxel(project, layer, ...only, rgba);
  else if (there.length > 1) {
    project.transact(() => {
      const volume = project.edit(layer);
      for (const [x, y, z] of there) volume.set(x, y, z, rgba);
    });
  }
  return { success: true, painted: there.length, changed, layer_id: layer.id };
};

const flood: Handler<typeof floodFill> = (project, params) => {
  const at = positionOf(params);
  const rgba = colorOf(params);
  const { threshold = 0, region, layer_id } = params;
  const bounds = region === undefined ? imageBox(project) : boxBetween(region);
  return edit(project, layer_id, (volume, layer) => {
    const voxels_filled = fillConnected(volume, at, rgba, { threshold, bounds });
    return { success: true, voxels_filled, changed: voxels_filled, layer_id: layer.id };
  });
};

const clear: Handler<typeof clearVoxels> = (project, { layer_id, region }) =>
  change(project, layer_id, (volume) => {
    const { mask } = project.selection;
    if (region !== undefined) {
      const { min, max } = boxBetween(region);
      volume.fillBox(min, max, 0);
    } else if (mask.count() > 0) merge(volume, mask, 'sub');
    else volume.clear();
  });

const replace: Handler<typeof replaceColor> = (project, params) => {
  const { tolerance = 0, layer_id } = params;
  const from = packedColor(params.from, () => '.from');
  const to = packedColor(params.to, () => '.to');
  return edit(project, layer_id, (volume, layer) => {
    const replaced = recolor(volume, from, to, tolerance);
    return { success: true, replaced, changed: replaced, layer_id: layer.id };
  });
};

const extrudeOne: Handler<typeof extrude> = (project, params) => {
  const at = positionOf(params);
  const { distance, threshold = THRESHOLD, layer_id } = params;
  const face = FACES.indexOf(params.face);
  if (project.layer(layer_id).volume.get(...at) === 0) {
    throw invalidParam('.position', 'the position of a voxel', at);
  }
  return change(project, layer_id, (volume) => extrudeFace(volume, at, face, distance, threshold));
};

const BYTES_PER_VOXEL = 4;

const getBytes: Asking<typeof getPacked> = (project, params) => {
  const { min, max } = boxBetween(params);
  const size = sizeOf({ min, max });
  requireResult(project.limits, size[0] * size[1] * size[2] * BYTES_PER_VOXEL);
  const region: Region = { min, max: [max[0] - 1, max[1] - 1, max[2] - 1] };
  return ask(project, params.layer_id, { kind: 'packed', region, size });
};

const setBytes: Handler<typeof setPacked> = (project, params) => {
  const min = cornerOf(params.min);
  const { size, keep = false } = params;
  const data = bytesOf(params.data, '.data');
  const expected = size[0] * size[1] * size[2] * BYTES_PER_VOXEL;
  if (data.length !== expected) {
    throw invalidParam('.data', `${expected} bytes, as size says`, `${data.length} bytes`);
  }
  const [x, y, z] = min;
  const max: Vec3 = [x + size[0], y + size[1], z + size[2]];
  if (Math.max(...max) - 1 > COORDINATE_MAX) {
    throw boxFault('.size', 'a region inside the coordinates there are', min, max);
  }
  return change(project, params.layer_id, (volume) => writeRegion(volume, min, size, data, keep));
};

export const paintingHandlers = {
  'goxel.paint_shape': shape,
  'goxel.fill_region': fill,
  'goxel.paint_voxels': paintMany,
  'goxel.flood_fill': flood,
  'goxel.clear_voxels': clear,
  'goxel.replace_color': replace,
  'goxel.extrude': extrudeOne,
  'goxel.get_packed_region': getBytes,
  'goxel.set_packed_region': setBytes,
} satisfies Record<string, AnyHandler>;

/** Edits a layer's voxels as a whole or not at all; says how many changed and how many it has. */
export function change(
  project: Project,
  layer_id: number | undefined,
  work: (volume: Volume, layer: Layer) => void,
) {
  const { volume: before } = project.layer(layer_id);
  return edit(project, layer_id, (volume, layer) => {
    work(volume, layer);
    return { success: true, ...changeOf(before, layer) };
  });
}

function edit<T>(
  project: Project,
  layer_id: number | undefined,
  work: (volume: Volume, layer: Layer) => T,
): T {
  const layer = project.layer(layer_id);
  return project.transact(() => work(project.edit(layer), layer));
}

function sizeOf({ min, max }: Box): [number, number, number] {
  return [max[0] - min[0], max[1] - min[1], max[2] - min[2]];
}

/** Whole voxels inside the image box. */
function imageBox({ document: { box } }: Project): Box {
  if (!isNullBox(box)) return wholeBox(box, '.region');
  throw invalidParam('.region', 'a region, since the project has no image box', undefined);
}
