/** What is different between two points, of one project or of two. */

import type { diff } from '../catalogue/history.ts';
import { invalidParam } from '../catalogue/params.ts';
import type { Params } from '../catalogue/spec.ts';
import { compared, type DiffInput, type Matching } from '../jobs/diffs.ts';
import { Job } from '../jobs/job.ts';
import {
  checkpointNamed,
  shownAtCheckpoint,
  shownAtStep,
  shownBy,
  shownNow,
} from '../project/points.ts';
import type { Project } from '../project/project.ts';
import { type Shown, shownSnapshot } from '../project/shown.ts';
import { attempt } from './direct.ts';
import type { AnyHandler, Asking } from './handler.ts';

const SIDE = 512;

type Point = Params<typeof diff>['from'];

const compare: Asking<typeof diff> = (project, { from, to = {}, picture }) => {
  const [before, after] = [shownAt(project, from, '.from'), shownAt(project, to, '.to')];
  const matching = matchingOf(from, to);
  if (before !== undefined && after !== undefined && picture === undefined) {
    const result = attempt(() => compared(before, after, matching));
    if (result !== undefined) return result;
  }
  const [width, height] = [sideOf(picture?.width), sideOf(picture?.height)];
  const { camera = 'isometric' } = picture ?? {};
  const input: DiffInput = {
    points: [before && shownSnapshot(before), after && shownSnapshot(after)],
    matching,
    view: picture && { width, height, camera },
  };
  const loans = [
    { point: from, parameter: 'params.from' },
    { point: to, parameter: 'params.to' },
  ].flatMap(({ point: { project: other, ...point }, parameter }) =>
    // What the other engine is asked is a comparison as well, of which it gives one side.
    other === undefined ? [] : { project: other, parameter, params: { from: point } },
  );
  return new Job('diff', 'compare', input, [1], loans);
};

function matchingOf(from: Point, to: Point): Matching {
  if (from.clipboard === true || to.clipboard === true) return 'whole';
  return from.project === to.project ? 'one project' : 'two projects';
}

function sideOf(side = SIDE): number {
  return side > 0 ? side : SIDE;
}

/** Nothing of another project. */
function shownAt(project: Project, point: Point, at: string): Shown | undefined {
  const { project: other, ...own } = point;
  const { checkpoint, step, clipboard } = own;
  if (Object.keys(own).length > 1) {
    throw invalidParam(at, 'a checkpoint, a step or the clipboard, not several', point);
  }
  if (other !== undefined) {
    if (clipboard === undefined) return undefined;
    throw invalidParam(at, 'a project or the clipboard, which is one for all projects', point);
  }
  if (checkpoint !== undefined) return shownAtCheckpoint(checkpointNamed(project, checkpoint));
  if (step !== undefined) return shownAtStep(project, step);
  return clipboard === true ? shownBy(project.clipboard.volume) : shownNow(project);
}

/** What a project lends to a comparison that another one was asked for. */
export const lendPoint: Asking<typeof diff> = (project, { from }) => {
  return new Job('diff', 'lend', shownSnapshot(shownAt(project, from, '.from')!));
};

export const diffHandlers = { 'goxel.diff': compare } satisfies Record<string, AnyHandler>;
