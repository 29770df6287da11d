/**
 * The catalogue of methods: every method the daemon answers, and the index by every name. A
 * method's number is its place in `METHODS`; it is only good within one process (see
 * `engine/port/layout.ts`).
 */

import { RANKS } from '../../conf/levels.ts';
import { ACCESS_METHODS } from './access.ts';
import { COLOR_METHODS } from './colors.ts';
import { DAEMON_METHODS } from './daemon.ts';
import { getDurability } from './durability.ts';
import { EDITING_METHODS } from './editing.ts';
import { HEALTH_METHODS } from './health.ts';
import { HISTORY_METHODS } from './history.ts';
import { IMAGE_LAYER_METHODS } from './image-layers.ts';
import { INSIDE_METHODS } from './inside.ts';
import { inspect } from './inspect.ts';
import { LAYER_EDIT_METHODS } from './layer-edits.ts';
import { LAYER_METHODS } from './layers.ts';
import { MEMORY_METHODS } from './memory.ts';
import { PAINTING_METHODS } from './painting.ts';
import { PROCEDURAL_METHODS } from './procedural.ts';
import { PROJECT_METHODS } from './projects.ts';
import { QUERY_METHODS } from './queries.ts';
import { RENDER_METHODS } from './render.ts';
import { RENDERS_METHODS } from './renders.ts';
import { SCENE_METHODS } from './scene.ts';
import { SCRIPT_METHODS } from './scripts.ts';
import type { MethodSpec } from './spec.ts';
import { STROKE_METHODS } from './strokes.ts';
import { TRACING_METHODS } from './tracing.ts';
import { VOXEL_METHODS } from './voxels.ts';

export const METHODS: readonly MethodSpec[] = [
  ...DAEMON_METHODS,
  ...HEALTH_METHODS,
  inspect,
  ...TRACING_METHODS,
  ...INSIDE_METHODS,
  ...MEMORY_METHODS,
  ...ACCESS_METHODS,
  ...PROJECT_METHODS,
  getDurability,
  ...VOXEL_METHODS,
  ...QUERY_METHODS,
  ...COLOR_METHODS,
  ...LAYER_METHODS,
  ...LAYER_EDIT_METHODS,
  ...IMAGE_LAYER_METHODS,
  ...SCENE_METHODS,
  ...PAINTING_METHODS,
  ...STROKE_METHODS,
  ...PROCEDURAL_METHODS,
  ...EDITING_METHODS,
  ...HISTORY_METHODS,
  ...RENDER_METHODS,
  ...RENDERS_METHODS,
  ...SCRIPT_METHODS,
];

export interface MethodEntry {
  /** The place in `METHODS`. */
  readonly index: number;
  readonly spec: MethodSpec;
  /** That of its level. */
  readonly rank: number;
}

const BY_NAME = new Map<string, MethodEntry>();
for (const [index, spec] of METHODS.entries()) {
  const entry = { index, spec, rank: RANKS[spec.level] };
  for (const name of [spec.name, ...spec.aliases]) BY_NAME.set(name, entry);
}

/** The method of that name or alias, if there is one. */
export function findMethod(name: string): MethodEntry | undefined {
  return BY_NAME.get(name);
}
