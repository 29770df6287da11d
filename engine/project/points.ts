/** Points of a project's history, and what its layers showed there. */

import { GoxError } from '../../conf/errors.ts';
import { checkInterrupt, interruptible } from '../interrupt.ts';
import type { Volume } from '../volume/volume.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { Project } from './project.ts';
import type { Shown } from './shown.ts';

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
  while (history.now > step) {
    checkInterrupt();
    project.undo();
  }
  while (history.now < step) {
    checkInterrupt();
    project.redo();
  }
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
  return document.layers.map(({ id, name, visible, volume }) => ({
    ...{ id, name, visible, volume: volume.clone() },
  }));
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
  return layers.map(({ layer: { id }, state: { name, visible }, shown }) => ({
    ...{ id, name, visible, volume: shown },
  }));
}

/** A volume that is of no layer. */
export function shownBy(volume: Volume): Shown {
  return [{ id: 0, name: '', visible: true, volume }];
}
