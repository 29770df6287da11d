/** Jobs that read voxels and change nothing. */

import type { WithBytes } from '../encode.ts';
import {
  type FindQuestion,
  foundIn,
  type HistogramQuestion,
  histogramOf,
  type UniqueQuestion,
  uniqueIn,
} from '../inquiries/colors.ts';
import type { ColorTable } from '../inquiries/kept-colors.ts';
import type { ResultLimits } from '../inquiries/limits.ts';
import { type PackedQuestion, packedIn } from '../inquiries/packed.ts';
import { type PageQuestion, pageOf } from '../inquiries/page.ts';
import { mergeOver } from '../ops/combine.ts';
import { Volume, type VolumeSnapshot } from '../volume/volume.ts';

export type Question =
  | HistogramQuestion
  | UniqueQuestion
  | FindQuestion
  | PageQuestion
  | PackedQuestion;

export interface InquiryInput {
  /** One, or the visible layers from bottom to top. */
  readonly volumes: readonly VolumeSnapshot[];
  readonly question: Question;
  readonly limits: ResultLimits;
}

export function runInquiry({ volumes, question, limits }: InquiryInput): unknown {
  return answerTo(question, mergedOf(volumes.map((volume) => Volume.of(volume))), limits);
}

/** All of some volumes, the later over the earlier. Not to be written. */
export function mergedOf(volumes: readonly Volume[]): Volume {
  const [only] = volumes;
  if (volumes.length === 1 && only !== undefined) return only;
  const merged = new Volume();
  for (const volume of volumes) mergeOver(merged, volume);
  return merged;
}

/**
 * The result of the method that asks. `kept` has the colours of all voxels, where they are known.
 * Throws GOX_RESULT_TOO_LARGE and GOX_MEMORY_LIMIT.
 */
export function answerTo(
  question: Question,
  volume: Volume,
  limits: ResultLimits,
  kept?: ColorTable,
): object | WithBytes {
  switch (question.kind) {
    case 'histogram':
      return histogramOf(volume, question, limits, kept);
    case 'unique':
      return uniqueIn(volume, question, limits, kept);
    case 'find':
      return foundIn(volume, question, limits);
    case 'page':
      return pageOf(volume, question, limits);
    case 'packed':
      return packedIn(volume, question);
  }
}
