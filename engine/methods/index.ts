/** The code of every method of scope "project", by its name in the catalogue. */

import { METHODS } from '../catalogue/methods.ts';
import type { MethodSpec } from '../catalogue/spec.ts';
import { colorHandlers } from './colors.ts';
import { diffHandlers } from './diff.ts';
import { durabilityHandlers } from './durability.ts';
import { editingHandlers } from './editing.ts';
import type { AnyHandler, Finisher } from './handler.ts';
import { historyHandlers } from './history.ts';
import { imageLayerFinishers, imageLayerHandlers } from './image-layers.ts';
import { layerEditHandlers } from './layer-edits.ts';
import { layerHandlers } from './layers.ts';
import { paintingHandlers } from './painting.ts';
import { proceduralHandlers } from './procedural.ts';
import { projectFinishers, projectHandlers } from './projects.ts';
import { queryHandlers } from './queries.ts';
import { renderHandlers } from './render.ts';
import { sceneHandlers } from './scene.ts';
import { scriptHandlers } from './scripts.ts';
import { strokeHandlers } from './strokes.ts';
import { voxelHandlers } from './voxels.ts';

const requestHandlers: Readonly<Record<string, AnyHandler>> = {
  ...projectHandlers,
  ...durabilityHandlers,
  ...voxelHandlers,
  ...queryHandlers,
  ...colorHandlers,
  ...layerHandlers,
  ...layerEditHandlers,
  ...imageLayerHandlers,
  ...sceneHandlers,
  ...paintingHandlers,
  ...strokeHandlers,
  ...editingHandlers,
  ...historyHandlers,
  ...diffHandlers,
  ...renderHandlers,
  ...proceduralHandlers,
};

export const handlers: Readonly<Record<string, AnyHandler>> = {
  ...requestHandlers,
  ...scriptHandlers(requestHandlers),
};

/** What takes over the handovers of their jobs, by the same names. */
export const finishers: Readonly<Record<string, Finisher>> = {
  ...projectFinishers,
  ...imageLayerFinishers,
};

/** A method as an engine has it. */
export interface Method {
  readonly spec: MethodSpec;
  readonly run: AnyHandler;
}

/** By their place in `METHODS`; nothing where the main thread answers. */
export function methods(): readonly (Method | undefined)[] {
  return METHODS.map((spec) => {
    const run = handlers[spec.name];
    return run === undefined ? undefined : { spec, run };
  });
}
