/** Reads of voxels: at once when they are little work, else as jobs on a snapshot of them. */

import type { WithBytes } from '../encode.ts';
import { keptColors } from '../inquiries/kept-colors.ts';
import { blocksOf, blocksTouched, EVERYWHERE, type Region } from '../inquiries/region.ts';
import { answerTo, type InquiryInput, mergedOf, type Question } from '../jobs/inquiries.ts';
import { Job } from '../jobs/job.ts';
import type { Project } from '../project/project.ts';
import { BLOCK_VOXELS } from '../volume/block.ts';
import { Volume } from '../volume/volume.ts';
import { DIRECT_BLOCKS_MAX } from './direct.ts';

/** To list so many voxels and encode them takes some 20 ms. */
const DIRECT_VOXELS_MAX = 10_000;

/** So many words are copied and encoded in some 10 ms. */
const DIRECT_WORDS_MAX = 64 * BLOCK_VOXELS;

/** Asks something of the voxels that a `layer_id` means. Throws GOX_LAYER_NOT_FOUND. */
export function ask(
  project: Project,
  layer_id: number | undefined,
  question: Question,
): object | WithBytes | Job {
  const views = project.views(layer_id);
  const { limits } = project;
  const { region } = question;
  const kept = colorsOf(question, views);
  if (kept !== undefined) return answerTo(question, views[0]!, limits, kept);
  // Of one volume the blocks are found as they are needed.
  const volumes = views.length > 1 ? partsOf(views, region, false) : views;
  const touched = blocksTouched(region);
  const held = volumes.reduce((sum, { blockCount }) => sum + Math.min(blockCount, touched), 0);
  if (isLittle(question, volumes, held)) return answerTo(question, mergedOf(volumes), limits);
  const snapshots = partsOf(views, region, true).map((part) => part.snapshot());
  const input: InquiryInput = { volumes: snapshots, question, limits };
  return new Job('inquiry', TITLES[question.kind], input);
}

/** The colours of all voxels, when those are asked for and known. */
function colorsOf({ kind, region }: Question, [only, ...others]: readonly Volume[]) {
  if (only === undefined || others.length > 0 || region !== EVERYWHERE) return undefined;
  if (kind !== 'histogram' && kind !== 'unique') return undefined;
  return keptColors(only, DIRECT_BLOCKS_MAX);
}

const TITLES: Readonly<Record<Question['kind'], string>> = {
  histogram: 'count colours',
  unique: 'list colours',
  find: 'find voxels by colour',
  page: 'read voxels',
  packed: 'read voxels as bytes',
};

function isLittle(question: Question, volumes: readonly Volume[], held: number): boolean {
  if (question.kind === 'packed') {
    const [width, height, depth] = question.size;
    return width * height * depth <= DIRECT_WORDS_MAX && held <= DIRECT_BLOCKS_MAX;
  }
  if (question.kind !== 'page') return held <= DIRECT_BLOCKS_MAX;
  const voxels = volumes.reduce((sum, volume) => sum + volume.count(), 0);
  if (Math.min(question.limit, voxels, held * BLOCK_VOXELS) > DIRECT_VOXELS_MAX) return false;
  // Blocks before and after a page are not looked into.
  return held <= DIRECT_BLOCKS_MAX || (volumes.length === 1 && question.filter === undefined);
}

/**
 * What volumes have in the blocks that a region touches, without those that have nothing there.
 * Unless the parts are `lasting`, they are good until the next write, which then copies no block.
 */
function partsOf(volumes: readonly Volume[], region: Region, lasting: boolean): Volume[] {
  return volumes.flatMap((volume) => {
    if (volume.count() === 0) return [];
    if (region === EVERYWHERE) return volume;
    let part: Volume | undefined;
    for (const { x, y, z } of blocksOf(volume, region, false)) {
      part ??= new Volume();
      if (lasting) part.shareBlock(x, y, z, volume);
      else part.borrowBlock(x, y, z, volume);
    }
    return part ?? [];
  });
}
