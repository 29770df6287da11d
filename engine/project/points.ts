/** Points of a project's history, and what its layers showed there. */

import { GoxError } from '../../conf/errors.ts';
import { interruptible } from '../interrupt.ts';
import { mergeOver } from '../ops/combine.ts';
import { Volume } from '../volume/volume.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { Project } from './project.ts';

/** What the layers show at a point: volumes by the ids of layers, from bottom to top. */
export interface Shown {
  readonly layers: ReadonlyMap<number, Volume>;
  /** Those that can be seen. */
  readonly visible: readonly Volume[];
}

/** Throws GOX_CHECKPOINT_NOT_FOUND. */
export function checkpointNamed({ checkpoints }: Project, checkpoint: string): Checkpoint {
  const found = checkpoints.find(checkpoint);
  if (found !== undefined) return found;
  const names = [...checkpoints.all].map(({ name }) => name);
  const message = `There is no checkpoint ${JSON.stringify(checkpoint)}.`;
  throw new GoxError('GOX_CHECKPOINT_NOT_FOUND', message, { checkpoint, checkpoints: names });
}

/** Goes to a step of the history, or nowhere. Throws GOX_STEP_NOT_FOUND and GOX_MEMORY_LIMIT. */
export function goToStep(project: Project, step: number): void {
  const { history } = project;
  requireStep(project, step);
  const from = history.now;
  try {
    move(project, step);
  } catch (error) {
    goBackTo(project, from);
    throw error;
  }
}

/**
 * Goes to a step where the project has been before in the same request, so there is memory for it;
 * a request that is to stop does not stop half way.
 */
export function goBackTo(project: Project, step: number): void {
  interruptible(undefined, () => move(project, step));
}

function move(project: Project, step: number): void {
  const { history } = project;
  while (history.now > step) project.undo();
  while (history.now < step) project.redo();
}

function requireStep({ history }: Project, step: number): void {
  const { undone, begin } = history;
  const steps = [...history.newest(history.length), ...undone];
  if (step === begin || steps.some(({ number }) => number === step)) return;
  const last = undone[0]?.number ?? history.now;
  const message = `The history goes from step ${begin} to step ${last}, and has no step ${step}.`;
  throw new GoxError('GOX_STEP_NOT_FOUND', message, { step, first: begin, last });
}

export function shownNow({ document }: Project): Shown {
  document.refresh();
  const { layers } = document;
  return {
    layers: new Map(layers.map((layer) => [layer.id, layer.volume.clone()])),
    visible: layers.filter(({ visible }) => visible).map(({ volume }) => volume.clone()),
  };
}

export function shownAtStep(project: Project, step: number): Shown {
  const { now } = project.history;
  goToStep(project, step);
  try {
    return shownNow(project);
  } finally {
    goBackTo(project, now);
  }
}

export function shownAtCheckpoint({ layers }: Checkpoint): Shown {
  return {
    layers: new Map(layers.map(({ layer, shown }) => [layer.id, shown])),
    visible: layers.filter(({ state }) => state.visible).map(({ shown }) => shown),
  };
}

export function shownBy(volume: Volume): Shown {
  return { layers: new Map(), visible: [volume] };
}

/** What can be seen, in one volume, which is not to be written. */
export function mergedOf({ visible }: Shown): Volume {
  const [only] = visible;
  if (only !== undefined && visible.length === 1) return only;
  const merged = new Volume();
  for (const one of visible) mergeOver(merged, one);
  return merged;
}
