/**
 * Loaded into a daemon before all else (`node --import`): a thread of it that parses the marker is
 * busy for a moment, and then ends at once. So a test can have an engine die in the middle of a
 * request, and nothing but that engine.
 */

import { isMainThread } from 'node:worker_threads';

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
  const until = performance.now() + BUSY_MS;
  while (performance.now() < until);
  process.exit(9);
}
