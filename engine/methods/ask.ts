/** Reads of voxels: at once when they are little work, else as jobs on a snapshot of them. */

import type { WithBytes } from '../encode.ts';
import { blocksOf, blocksTouched, type Region } from '../inquiries/region.ts';
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
  const volumes = project.views(layer_id);
  const { limits } = project;
  const { region } = question;
  const touched = blocksTouched(region);
  const held = volumes.reduce((sum, { blockCount }) => sum + Math.min(blockCount, touched), 0);
  if (isLittle(question, volumes, held)) {
    const volume =
      volumes.length > 1 ? mergedOf(volumes.map((one) => within(one, region))) : volumes[0];
    return answerTo(question, volume ?? new Volume(), limits);
  }
  const snapshots = volumes.map((volume) => within(volume, region).snapshot());
  const input: InquiryInput = { volumes: snapshots, question, limits };
  return new Job('inquiry', TITLES[question.kind], input);
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

/** The blocks of a volume that a region touches: itself when that is likely to be all of them. */
function within(volume: Volume, region: Region): Volume {
  if (blocksTouched(region) >= volume.blockCount) return volume;
  const part = new Volume();
  for (const { x, y, z, data, count } of blocksOf(volume, region)) {
    part.setBlock(x, y, z, data, count);
  }
  return part;
}
