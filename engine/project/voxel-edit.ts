/** Edits of single voxels: most of all edits, so they go a shorter way where they can. */

import type { Layer } from '../document/layer.ts';
import { indexInBlock } from '../volume/block.ts';
import type { Project } from './project.ts';
import { VoxelSummary } from './summary.ts';

/** Puts a packed colour at a position, as an edit; alpha 0 removes. Throws GOX_MEMORY_LIMIT. */
export function putVoxel(
  project: Project,
  layer: Layer,
  x: number,
  y: number,
  z: number,
  rgba: number,
): void {
  if (!putWord(project, layer, x, y, z, rgba)) {
    project.transact(() => {
      if (rgba >>> 24 !== 0 && layer.volume.slotAt(x, y, z) < 0) project.memory.reserve(1);
      project.edit(layer).set(x, y, z, rgba);
    });
  }
  project.done.voxel = { layer_id: layer.id, x, y, z, rgba };
}

/** The same where one word is all that changes; false where that is not so, and nothing is done. */
function putWord(
  project: Project,
  layer: Layer,
  x: number,
  y: number,
  z: number,
  rgba: number,
): boolean {
  // Within another edit it is a part of that, and clones may follow it.
  if (project.recorder?.current !== undefined || project.document.derives) return false;
  const { volume } = layer;
  const slot = volume.slotAt(x, y, z);
  if (slot < 0) return false;
  const word = rgba >>> 24 === 0 ? 0 : rgba | 0;
  const entry = volume.table.putWord(slot, indexInBlock(x, y, z), word);
  if (entry === undefined) return false;
  try {
    project.memory.require(project.bytes);
  } catch (error) {
    entry.swap();
    throw error;
  }
  project.step([entry], new VoxelSummary(layer.id, entry));
  return true;
}
