/** The code of every method of scope "project", by its name in the catalogue. */

import type { AnyHandler } from './handler.ts';
import { layerHandlers } from './layers.ts';
import { projectHandlers } from './projects.ts';
import { queryHandlers } from './queries.ts';
import { voxelHandlers } from './voxels.ts';

export const handlers: Readonly<Record<string, AnyHandler>> = {
  ...projectHandlers,
  ...voxelHandlers,
  ...queryHandlers,
  ...layerHandlers,
};
