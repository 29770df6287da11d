/** What a request that opens or closes a project ends, as its reply tells it. */

import { GoxError } from '../../conf/errors.ts';
import { CURRENT_PROJECT } from '../catalogue/schemas.ts';
import type { Project } from '../project/project.ts';

interface Opening {
  readonly project?: string;
  readonly overwrite?: boolean;
}

/** What a project holds, in short. */
export function contentsOf({ name, document, unsaved }: Project) {
  const voxel_count = document.layers.reduce((sum, { volume }) => sum + volume.count(), 0);
  return { name, voxel_count, unsaved };
}

/**
 * Which project a request opens, and what it puts itself in the place of, unless that is nothing.
 * Due before it does. Throws GOX_UNSAVED when voxels would be lost and `overwrite` is false.
 */
export function openingOf(project: Project, { project: asked, overwrite = true }: Opening) {
  const name = nameOf(asked);
  const replaced = contentsOf(project);
  const { voxel_count, unsaved } = replaced;
  if (!overwrite && unsaved && voxel_count > 0) {
    const message =
      `The project "${name}", titled ${JSON.stringify(replaced.name)}, has ${voxel_count} voxels ` +
      'and changes that were not saved.';
    throw new GoxError('GOX_UNSAVED', message, { project: name, ...replaced });
  }
  return { project: name, ...(voxel_count > 0 || unsaved ? { replaced } : {}) };
}

/** The name that a project is found by, of a request that may leave it out. */
export function nameOf(asked: string | undefined): string {
  return asked ?? CURRENT_PROJECT;
}
