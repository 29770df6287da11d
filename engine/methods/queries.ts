/** Reads of voxels. */

import type {
  getBoundingBox,
  getLayerVoxels,
  getVoxel,
  getVoxels,
  getVoxelsRegion,
} from '../catalogue/queries.ts';
import { VOXELS_PER_CALL_MAX } from '../catalogue/schemas.ts';
import { EVERYWHERE, type Region } from '../inquiries/region.ts';
import { over } from '../ops/combine.ts';
import type { Project } from '../project/project.ts';
import { channels } from '../volume/color.ts';
import type { Volume } from '../volume/volume.ts';
import { ask } from './ask.ts';
import { boundsOfAll } from './bounds.ts';
import { regionBetween } from './boxes.ts';
import type { AnyHandler, Asking, Handler } from './handler.ts';
import { packedColor, positionOf, spotOf } from './voxel-params.ts';

const PAGE_LENGTH = 10_000;

const getOne: Handler<typeof getVoxel> = (project, params) => {
  const [x, y, z] = positionOf(params);
  return probe(project.views(params.layer_id), x, y, z);
};

const getMany: Handler<typeof getVoxels> = (project, { positions, layer_id }) => {
  const volumes = project.views(layer_id);
  const voxels = positions.map((spot, i) => {
    const [x, y, z] = spotOf(spot, () => `.positions[${i}]`);
    return probe(volumes, x, y, z);
  });
  return { voxels, count: voxels.length };
};

const getRegion: Asking<typeof getVoxelsRegion> = (project, params) => {
  return page(project, regionBetween(params), params);
};

const getLayer: Asking<typeof getLayerVoxels> = (project, params) =>
  page(project, EVERYWHERE, params);

const getBounds: Handler<typeof getBoundingBox> = (project, { layer_id, exact = true }) =>
  boundsOfAll(project.views(layer_id), exact);

export const queryHandlers = {
  'goxel.get_voxel': getOne,
  'goxel.get_voxels': getMany,
  'goxel.get_voxels_region': getRegion,
  'goxel.get_layer_voxels': getLayer,
  'goxel.get_bounding_box': getBounds,
} satisfies Record<string, AnyHandler>;

/** What is at a position of volumes that are laid one over another. */
function probe(volumes: readonly Volume[], x: number, y: number, z: number) {
  let rgba = 0;
  for (const volume of volumes) {
    const above = volume.get(x, y, z);
    if (above !== 0) rgba = over(rgba, above);
  }
  const [r, g, b, a] = channels(rgba);
  return { x, y, z, exists: rgba !== 0, color: [r, g, b, a] as [number, number, number, number] };
}

type Paging = Pick<
  Parameters<typeof getLayer>[1],
  'layer_id' | 'color_filter' | 'offset' | 'limit'
>;

function page(project: Project, region: Region, paging: Paging): object {
  const { layer_id, color_filter, offset = 0, limit = PAGE_LENGTH } = paging;
  const filter =
    color_filter === undefined ? undefined : packedColor(color_filter, () => '.color_filter');
  const voxels_max = limit > 0 ? limit : VOXELS_PER_CALL_MAX;
  return ask(project, layer_id, { kind: 'page', region, filter, offset, limit: voxels_max });
}
