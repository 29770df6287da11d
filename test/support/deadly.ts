/**
 * Loaded into a daemon before all else (`node --import`): a thread of it that parses the marker is
 * busy for a moment, and then ends at once. So a test can have an engine die in the middle of a
 * request, and nothing but that engine.
 */

import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The variable that names a file; with it, the thread is busy until the file is there. */
export const DEATH_GATE = 'GX_TEST_DEATH_GATE';

const BUSY_MS = 200;

/** In the text of a request's parameters. */
export const MARKER = '"this ends the thread"';

if (!isMainThread) {
  const { parse } = JSON;
  JSON.parse = (text, reviver) => {
    if (typeof text === 'string' && text.includes(MARKER)) die();
    return parse(text, reviver);
  };
}

function die(): never {
  const gate = process.env[DEATH_GATE];
  const until = performance.now() + BUSY_MS;
  while (gate === undefined ? performance.now() < until : !existsSync(gate));
  process.exit(9);
}
