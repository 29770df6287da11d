/** The code of every method of scope "project", by its name in the catalogue. */

import { colorHandlers } from './colors.ts';
import { editingHandlers } from './editing.ts';
import type { AnyHandler } from './handler.ts';
import { layerEditHandlers } from './layer-edits.ts';
import { layerHandlers } from './layers.ts';
import { paintingHandlers } from './painting.ts';
import { proceduralHandlers } from './procedural.ts';
import { projectHandlers } from './projects.ts';
import { queryHandlers } from './queries.ts';
import { renderHandlers } from './render.ts';
import { sceneHandlers } from './scene.ts';
import { scriptHandlers } from './scripts.ts';
import { voxelHandlers } from './voxels.ts';

export const handlers: Readonly<Record<string, AnyHandler>> = {
  ...projectHandlers,
  ...voxelHandlers,
  ...queryHandlers,
  ...colorHandlers,
  ...layerHandlers,
  ...layerEditHandlers,
  ...sceneHandlers,
  ...paintingHandlers,
  ...editingHandlers,
  ...renderHandlers,
  ...proceduralHandlers,
  ...scriptHandlers,
};
