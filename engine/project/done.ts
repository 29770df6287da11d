/** What the request that runs has done to its project by now, for the record of it. */

import type { Recording } from '../changes/recorder.ts';
import type { Summary } from './summary.ts';

/** A voxel that was put, or removed by alpha 0. */
export interface PutVoxel {
  readonly layer_id: number;
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** Packed. */
  readonly rgba: number;
}

const NOTHING: Summary = { layers: [], parts: [] };

export class Done {
  /** Edits that were made, and the last of them; `chosen` says of it that no file holds it. */
  edits = 0;
  recording: Recording | undefined;
  chosen = false;
  /** What it has changed. */
  summary: Summary = NOTHING;
  /** The edit, when it was of a single voxel. */
  voxel: PutVoxel | undefined;
  /** Steps of the history that were done again, less those that were undone. */
  moves = 0;
  /** Whether another document came in the place of the one before. */
  replaced = false;
  /** Whether it is in a file from now on, or in another one. */
  kept = false;
}
