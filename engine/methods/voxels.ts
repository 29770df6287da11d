/**
 * Edits of voxels. Each request is first understood as a whole and its memory reserved; from there
 * on nothing can fail but what clones make of it, so it happens as a whole or not at all.
 */

import { invalidParam, paramProblem } from '../catalogue/params.ts';
import { VOXELS_PER_CALL_MAX } from '../catalogue/schemas.ts';
import type { Params } from '../catalogue/spec.ts';
import type {
  addVoxel,
  addVoxels,
  batchOperations,
  removeVoxel,
  removeVoxels,
} from '../catalogue/voxels.ts';
import type { Layer } from '../document/layer.ts';
import type { Project } from '../project/project.ts';
import { putVoxel } from '../project/voxel-edit.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import type { Vec3 } from '../volume/box.ts';
import { channels } from '../volume/color.ts';
import { Places } from '../volume/places.ts';
import { Volume } from '../volume/volume.ts';
import { changesOf, volumesOf } from './changes.ts';
import type { AnyHandler, Handler } from './handler.ts';
import {
  colorOf,
  positionOf,
  spotOf,
  type Tint,
  WHITE,
  type Where,
  wordOf,
} from './voxel-params.ts';

const add: Handler<typeof addVoxel> = (project, params) => {
  const [x, y, z] = positionOf(params);
  const rgba = colorOf(params);
  const layer = project.layer(params.layer_id);
  const before = layer.volume.get(x, y, z);
  putVoxel(project, layer, x, y, z, rgba);
  const [r, g, b, a] = channels(rgba);
  const changed = before === wordOf(rgba) ? 0 : 1;
  return { success: true, x, y, z, layer_id: layer.id, color: [r, g, b, a], changed };
};

const remove: Handler<typeof removeVoxel> = (project, params) => {
  const [x, y, z] = positionOf(params);
  const layer = project.layer(params.layer_id);
  const removed = layer.volume.get(x, y, z) === 0 ? 0 : 1;
  putVoxel(project, layer, x, y, z, 0);
  return { success: true, x, y, z, layer_id: layer.id, removed };
};

type Many = Params<typeof addVoxels>;

/** Those of the list, or the one that the parameters themselves are. */
function given(params: Many): readonly (Where & Tint)[] {
  const { voxels, layer_id: _, project: __, ...one } = params;
  const [extra] = Object.keys(one);
  if (voxels === undefined) {
    if (extra === undefined) {
      throw invalidParam('.voxels', `an array of at most ${VOXELS_PER_CALL_MAX}`, undefined);
    }
    return [one];
  }
  if (extra !== undefined) throw paramProblem(`.${extra}`, 'there are voxels in the list already');
  return voxels;
}

const addMany: Handler<typeof addVoxels> = (project, params) => {
  const layer = project.layer(params.layer_id);
  const edits = given(params).map((voxel, i): Edit => {
    const at = () => (params.voxels === undefined ? '' : `.voxels[${i}]`);
    return { layer, position: positionOf(voxel, at), rgba: colorOf(voxel, at), paints: false };
  });
  // The last one at a position wins, so the others need not be done, nor be counted.
  const places = new Places();
  const lasting = edits
    .toReversed()
    .filter(({ position }) => places.add(...position))
    .reverse();
  let changed = 0;
  project.transact(() => {
    reserve(project, lasting);
    for (const { position, rgba } of lasting) {
      const volume = project.edit(layer);
      if (volume.get(...position) === wordOf(rgba)) continue;
      volume.set(...position, rgba);
      changed++;
    }
  });
  const added = lasting.filter(({ rgba }) => wordOf(rgba) !== 0).length;
  return { success: true, added, failed: 0, changed, layer_id: layer.id };
};

const removeMany: Handler<typeof removeVoxels> = (project, { positions, layer_id }) => {
  const spots = positions.map((spot, i) => spotOf(spot, () => `.positions[${i}]`));
  const layer = project.layer(layer_id);
  const removed = project.transact(() => {
    const volume = project.edit(layer);
    const before = volume.count();
    for (const [x, y, z] of spots) volume.set(x, y, z, 0);
    return before - volume.count();
  });
  return { success: true, removed, layer_id: layer.id };
};

const batch: Handler<typeof batchOperations> = (project, { operations, layer_id = 0 }) => {
  const edits = operations.map((operation, i): Edit => {
    const at = () => `.operations[${i}]`;
    const layer = project.layer(operation.layer_id ?? layer_id);
    const position = positionOf(operation, at);
    const rgba = operation.type.startsWith('remove') ? 0 : colorOf(operation, at);
    return { layer, position, rgba, paints: operation.type.startsWith('paint') };
  });
  const layers = [...new Set(edits.map(({ layer }) => layer))];
  const before = volumesOf(project.document);
  return project.transact(() => {
    reserve(project, edits);
    const done = edits.filter((edit) => apply(project, edit)).length;
    const changes = layers.map((layer) => changesOf(before(layer), layer));
    return {
      success: done === edits.length,
      total_operations: edits.length,
      successful_operations: done,
      failed_operations: edits.length - done,
      changed: changes.reduce((sum, { changed }) => sum + changed, 0),
      layer_ids: layers.map(({ id }) => id),
    };
  });
};

export const voxelHandlers = {
  'goxel.add_voxel': add,
  'goxel.remove_voxel': remove,
  'goxel.add_voxels': addMany,
  'goxel.remove_voxels': removeMany,
  'goxel.batch_operations': batch,
} satisfies Record<string, AnyHandler>;

/** One voxel to be set, once everything about it is known to be right. */
interface Edit {
  readonly layer: Layer;
  readonly position: Vec3;
  /** Packed; 0 removes. */
  readonly rgba: number;
  /** Whether it only changes a voxel that is there. */
  readonly paints: boolean;
}

/** Whether it did what it says: painting does nothing where no voxel is. */
function apply(project: Project, { layer, position: [x, y, z], rgba, paints }: Edit): boolean {
  const volume = project.edit(layer);
  if (paints && volume.get(x, y, z) === 0) return false;
  volume.set(x, y, z, rgba);
  return true;
}

/** Throws GOX_MEMORY_LIMIT when there is no memory for the blocks that edits would add. */
function reserve(project: Project, edits: readonly Edit[]): void {
  // Each edit adds a block at most, so mostly there is nothing to count.
  if (edits.length * BLOCK_BYTES <= project.memory.ceiling.bytes_free) return;
  const added = new Map<Layer, Volume>();
  let blocks = 0;
  for (const { layer, position, rgba, paints } of edits) {
    if (paints || rgba >>> 24 === 0 || layer.volume.slotAt(...position) >= 0) continue;
    let seen = added.get(layer);
    if (seen === undefined) {
      seen = new Volume();
      added.set(layer, seen);
    }
    // One voxel for a block, in a volume of a sixteenth of the size, marks it as seen.
    const [x, y, z] = position;
    if (seen.get(x >> 4, y >> 4, z >> 4) !== 0) continue;
    seen.set(x >> 4, y >> 4, z >> 4, WHITE);
    blocks++;
  }
  project.memory.reserve(blocks);
}
