/**
 * Loaded into a daemon before all else (`node --import`): the child that is to be the daemon in the
 * background does nothing and hears nothing until the file of `GATE` is there.
 */

import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The variable that names the file. */
export const GATE = 'GX_TEST_GATE';

const path = process.env[GATE];
if (isMainThread && path !== undefined && '_GOXEL_BACKGROUND' in process.env) {
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  while (!existsSync(path)) Atomics.wait(sleeper, 0, 0, 20);
}
