/**
 * Which work an engine does at once, and which it leaves to a job thread. A job takes a snapshot
 * and two messages (half a millisecond, and a place in the queue of jobs), so small work is done
 * where it is asked for; but other requests wait for what an engine does, so it must be small.
 */

import { interruptible } from '../interrupt.ts';
import type { Volume } from '../volume/volume.ts';

/**
 * A pass over so many blocks takes some 50 ms where each word costs most (a colour to be counted,
 * a voxel to be packed), and one where words are only looked at.
 */
export const DIRECT_BLOCKS_MAX = 256;

/** What an attempt may take, since all of it is lost when it was too short. */
const ATTEMPT_MS = 30;

/** Whether to walk through all of some volumes is small work. */
export function isSmall(volumes: readonly Volume[]): boolean {
  return volumes.reduce((sum, { blockCount }) => sum + blockCount, 0) <= DIRECT_BLOCKS_MAX;
}

class Overrun extends Error {}

/**
 * Does at once what changes nothing until it is done, if that takes a few milliseconds; undefined
 * when it takes longer, and then a job begins it anew.
 */
export function attempt<T>(action: () => T): T | undefined {
  const until = performance.now() + ATTEMPT_MS;
  const stop = () => {
    if (performance.now() > until) throw new Overrun();
  };
  try {
    return interruptible(stop, action);
  } catch (error) {
    if (error instanceof Overrun) return undefined;
    throw error;
  }
}
