/** Reads of voxels. */

import type {
  getBoundingBox,
  getLayerVoxels,
  getVoxel,
  getVoxels,
  getVoxelsRegion,
} from '../catalogue/queries.ts';
import { type FoundVoxel, VOXELS_PER_CALL_MAX } from '../catalogue/schemas.ts';
import { channels } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';
import { bounds } from './bounds.ts';
import { regionBetween } from './boxes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import { EVERYWHERE, type Region, voxelsIn } from './region.ts';
import { packedColor, positionOf, spotOf } from './voxel-params.ts';

const PAGE_LENGTH = 10_000;

const getOne: Handler<typeof getVoxel> = (project, params) => {
  const [x, y, z] = positionOf(params);
  return probe(project.view(params.layer_id), x, y, z);
};

const getMany: Handler<typeof getVoxels> = (project, { positions, layer_id }) => {
  const volume = project.view(layer_id);
  const voxels = positions.map((spot, i) => {
    const [x, y, z] = spotOf(spot, () => `.positions[${i}]`);
    return probe(volume, x, y, z);
  });
  return { voxels, count: voxels.length };
};

const getRegion: Handler<typeof getVoxelsRegion> = (project, params) => {
  return page(project.view(params.layer_id), regionBetween(params), params);
};

const getLayer: Handler<typeof getLayerVoxels> = (project, params) =>
  page(project.view(params.layer_id), EVERYWHERE, params);

const getBounds: Handler<typeof getBoundingBox> = (project, { layer_id, exact = true }) =>
  bounds(project.view(layer_id), exact);

export const queryHandlers = {
  'goxel.get_voxel': getOne,
  'goxel.get_voxels': getMany,
  'goxel.get_voxels_region': getRegion,
  'goxel.get_layer_voxels': getLayer,
  'goxel.get_bounding_box': getBounds,
} satisfies Record<string, AnyHandler>;

function probe(volume: Volume, x: number, y: number, z: number) {
  const rgba = volume.get(x, y, z);
  const [r, g, b, a] = channels(rgba);
  return { x, y, z, exists: rgba !== 0, color: [r, g, b, a] as [number, number, number, number] };
}

type Paging = Pick<Parameters<typeof getLayer>[1], 'color_filter' | 'offset' | 'limit'>;

/** One page of the voxels in a region, and the box around those. */
function page(volume: Volume, region: Region, paging: Paging): ReturnType<typeof getLayer> {
  const { color_filter, offset = 0, limit = PAGE_LENGTH } = paging;
  const filter =
    color_filter === undefined ? undefined : packedColor(color_filter, () => '.color_filter');
  const voxels_max = limit > 0 ? limit : VOXELS_PER_CALL_MAX;
  const voxels: FoundVoxel[] = [];
  const min: Corner = [Infinity, Infinity, Infinity];
  const max: Corner = [-Infinity, -Infinity, -Infinity];
  let skipped = 0;
  let truncated = false;
  for (const { x, y, z, rgba } of voxelsIn(volume, region)) {
    if (filter !== undefined && rgba !== filter) continue;
    if (skipped < offset) {
      skipped++;
      continue;
    }
    if (voxels.length === voxels_max) {
      truncated = true;
      break;
    }
    const [r, g, b, a] = channels(rgba);
    voxels.push({ x, y, z, color: [r, g, b, a] });
    widen(min, max, x, y, z);
  }
  const found = { voxels, count: voxels.length, truncated };
  return voxels.length === 0 ? found : { ...found, bbox: { min, max } };
}

type Corner = [x: number, y: number, z: number];

function widen(min: Corner, max: Corner, x: number, y: number, z: number): void {
  min[0] = Math.min(min[0], x);
  min[1] = Math.min(min[1], y);
  min[2] = Math.min(min[2], z);
  max[0] = Math.max(max[0], x);
  max[1] = Math.max(max[1], y);
  max[2] = Math.max(max[2], z);
}
