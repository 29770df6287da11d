/** The code of every method of scope "project", by its name in the catalogue. */

import { colorHandlers } from './colors.ts';
import { editingHandlers } from './editing.ts';
import type { AnyHandler } from './handler.ts';
import { layerEditHandlers } from './layer-edits.ts';
import { layerHandlers } from './layers.ts';
import { paintingHandlers } from './painting.ts';
import { proceduralHandlers } from './procedural.ts';
import type { Project } from './project.ts';
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

/**
 * For methods whose job ends with a `Handover`: the code that makes the result of it, in the
 * engine, by the method's name. Errors that it throws are the request's.
 */
export const finishers: Readonly<Record<string, (project: Project, handover: never) => unknown>> =
  {};
