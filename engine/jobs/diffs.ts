/** Jobs that compare two points, of one project or of two, and draw what is different. */

import { changesView, comparedView, layerView } from '../methods/change-views.ts';
import { diffDocument } from '../project/diff-document.ts';
import {
  differences,
  differencesOfProjects,
  mergedOf,
  type Shown,
  type ShownSnapshot,
  shownOf,
} from '../project/shown.ts';
import { sumOf } from '../project/summary.ts';
import { prepareRender } from '../render/direct.ts';
import type { View } from '../render/options.ts';
import { changesBetween } from '../volume/changes.ts';
import type { JobTools } from './job.ts';
import { drawPictures } from './pictures.ts';

/**
 * Which layers are compared with which: of one project those of the same id, of two those that
 * `differencesOfProjects` says. `whole`: none, since one side has no layers.
 */
export type Matching = 'one project' | 'two projects' | 'whole';

export interface DiffInput {
  /** Those that are missing are lent by their projects, in this order. */
  readonly points: readonly [from: ShownSnapshot | undefined, to: ShownSnapshot | undefined];
  readonly matching: Matching;
  readonly view: View | undefined;
}

export function runDiff(
  { points, matching, view }: DiffInput,
  _stage: number,
  _part: number,
  tools: JobTools,
): unknown {
  // The engines of the projects made what they lend for this.
  const lent = [...tools.lent] as ShownSnapshot[];
  const [before, after] = points.map((point) => shownOf(point ?? lent.shift()!)) as [Shown, Shown];
  const result = compared(before, after, matching);
  if (view === undefined) return result;
  const document = diffDocument(mergedOf(before), mergedOf(after));
  const job = prepareRender(document, { views: [view], threads: 1 });
  const sinks = [{ width: view.width, height: view.height, path: undefined }];
  const work = { renderer: 'raster', job } as const;
  return drawPictures({ work, format: 'png', sinks, many: false, result }, tools);
}

/** What is different between two points. */
export function compared(before: Shown, after: Shown, matching: Matching) {
  if (matching === 'one project') {
    const layers = differences(before, after);
    return { ...changesView(sumOf(layers)), layers: layers.map(layerView) };
  }
  const layers = matching === 'whole' ? [] : differencesOfProjects(before, after);
  const alone = matching !== 'whole' && [before, after].every(showsOneLayer);
  const all = alone ? sumOf(layers) : changesBetween(mergedOf(before), mergedOf(after));
  return { ...changesView(all), layers: layers.map(comparedView) };
}

/** Then what is different in that layer is all that is different. */
function showsOneLayer([only, ...others]: Shown): boolean {
  return only?.visible === true && others.length === 0;
}
