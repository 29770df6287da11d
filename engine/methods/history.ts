/** Undo, redo, checkpoints, and coming back to points of the history. */

import { GoxError } from '../../conf/errors.ts';
import type {
  createCheckpoint,
  deleteCheckpoint,
  getHistory,
  redo,
  restore,
  undo,
} from '../catalogue/history.ts';
import { invalidParam } from '../catalogue/params.ts';
import { checkInterrupt, interruptible } from '../interrupt.ts';
import { CHECKPOINTS_MAX, type Checkpoint } from '../project/checkpoints.ts';
import type { Step } from '../project/history.ts';
import { checkpointNamed, goBackTo, goToStep, shownNow } from '../project/points.ts';
import type { Project } from '../project/project.ts';
import { differences } from '../project/shown.ts';
import { sumOf } from '../project/summary.ts';
import { changesView, layerView } from './change-views.ts';
import type { AnyHandler, Handler } from './handler.ts';

const LIST_LENGTH = 50;

const undoSteps: Handler<typeof undo> = (project, { steps = 1 }) => {
  const undone = repeat(project, steps, () => project.undo());
  if (undone.length > 0) {
    project.boundHistory();
    const shown = undone.slice(0, LIST_LENGTH).map(stepView);
    return { success: true, count: undone.length, undone: shown, ...left(project) };
  }
  const { forgotten } = project.history;
  const message = 'There is no step to be undone.';
  throw nothingLeft('GOX_NOTHING_TO_UNDO', message, project, 'older ones', forgotten);
};

const redoSteps: Handler<typeof redo> = (project, { steps = 1 }) => {
  const redone = repeat(project, steps, () => project.redo());
  if (redone.length > 0) {
    project.boundHistory();
    const shown = redone.slice(0, LIST_LENGTH).map(stepView);
    return { success: true, count: redone.length, redone: shown, ...left(project) };
  }
  const { lost } = project.history;
  const message =
    lost === 0 ? 'Nothing was undone since the last edit.' : 'There is no step to be done again.';
  throw nothingLeft('GOX_NOTHING_TO_REDO', message, project, 'undone ones', lost);
};

/** Says how many steps there were, had there been memory for them. */
function nothingLeft(
  code: 'GOX_NOTHING_TO_UNDO' | 'GOX_NOTHING_TO_REDO',
  message: string,
  { memory }: Project,
  which: string,
  forgotten: number,
): GoxError {
  const bytes_max = memory.history_bytes_max;
  const why =
    forgotten === 0
      ? ''
      : ` ${forgotten} ${which} were forgotten, since the history may hold ${bytes_max} bytes` +
        ' (history.bytes_max, and what the histories of other projects leave).';
  return new GoxError(code, `${message}${why}`, { forgotten, bytes_max });
}

/** Without the last of them when there are fewer, or no memory for more. */
function repeat(project: Project, count: number, move: () => Step | undefined): Step[] {
  const from = project.history.now;
  const moved: Step[] = [];
  while (moved.length < count) {
    try {
      checkInterrupt();
      const step = move();
      if (step === undefined) break;
      moved.push(step);
    } catch (error) {
      if (moved.length > 0 && isMemoryLimit(error)) break;
      goBackTo(project, from);
      throw error;
    }
  }
  return moved;
}

function isMemoryLimit(error: unknown): boolean {
  return error instanceof GoxError && error.code === 'GOX_MEMORY_LIMIT';
}

function left({ history }: Project) {
  return { can_undo: history.length, can_redo: history.undone.length };
}

const list: Handler<typeof getHistory> = (project, { limit = LIST_LENGTH }) => {
  const { history, checkpoints, memory } = project;
  return {
    step: history.now,
    done: history.newest(limit).map(stepView),
    undone: history.undone.slice(-limit).toReversed().map(stepView),
    ...left(project),
    checkpoints: [...checkpoints.all].map(checkpointView),
    forgotten: history.forgotten,
    bytes: history.bytes + checkpoints.bytes,
    bytes_max: memory.history_bytes_max,
  };
};

const keep: Handler<typeof createCheckpoint> = (project, { checkpoint }) => {
  const { checkpoints, memory } = project;
  const more = checkpoints.find(checkpoint) === undefined;
  if (more && checkpoints.size >= CHECKPOINTS_MAX && !memory.boundless) {
    const message = `The project has ${CHECKPOINTS_MAX} checkpoints, which is the most.`;
    throw new GoxError('GOX_CHECKPOINT_LIMIT', message, { checkpoints_max: CHECKPOINTS_MAX });
  }
  return { success: true, ...checkpointView(project.keep(checkpoint)) };
};

const forget: Handler<typeof deleteCheckpoint> = (project, { checkpoint }) => {
  checkpointNamed(project, checkpoint);
  project.forget(checkpoint);
  return { success: true, checkpoint };
};

const comeBack: Handler<typeof restore> = (project, { checkpoint, step }) => {
  if ((checkpoint === undefined) === (step === undefined)) {
    throw invalidParam('.checkpoint', 'either a checkpoint or a step', checkpoint);
  }
  const before = shownNow(project);
  if (step === undefined) project.comeBack(checkpointNamed(project, checkpoint!));
  else goToStep(project, step);
  // It is there by now, so it does not fail any more.
  const layers = interruptible(undefined, () => {
    return differences(before, shownNow(project));
  });
  project.boundHistory();
  return {
    success: true,
    step: project.history.now,
    ...changesView(sumOf(layers)),
    layers: layers.map(layerView),
    ...left(project),
  };
};

export const historyHandlers = {
  'goxel.undo': undoSteps,
  'goxel.redo': redoSteps,
  'goxel.get_history': list,
  'goxel.create_checkpoint': keep,
  'goxel.delete_checkpoint': forget,
  'goxel.restore': comeBack,
} satisfies Record<string, AnyHandler>;

function stepView({ number, origin, at_ms, summary }: Step) {
  const { method, client } = origin;
  const at = new Date(at_ms).toISOString();
  const { layers, parts } = summary;
  const what = { ...changesView(sumOf(layers)), layers: layers.map(layerView), parts: [...parts] };
  return { step: number, method, client, at, ...what };
}

function checkpointView({ name, at_ms, step }: Checkpoint) {
  return { checkpoint: name, at: new Date(at_ms).toISOString(), step };
}
