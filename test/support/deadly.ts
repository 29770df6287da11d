/**
 * Loaded into a daemon before all else (`node --import`): a thread of it that parses the marker is
 * busy for a moment, and then ends at once. So a test can have an engine die in the middle of a
 * request, and nothing but that engine.
 */

import { existsSync, writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The variable that names a file; with it, the thread is busy until the file is there. */
export const DEATH_GATE = 'GX_TEST_DEATH_GATE';

/** The variable that names a file, which the thread that dies of `ONCE_MARKER` makes. */
export const DEATH_ONCE = 'GX_TEST_DEATH_ONCE';

const BUSY_MS = 200;

/** In the text of a request's parameters. */
export const MARKER = '"this ends the thread"';
/** The same; only the first thread that comes to it dies. */
export const ONCE_MARKER = '"this ends one thread"';

if (!isMainThread) {
  const { parse } = JSON;
  JSON.parse = (text, reviver) => {
    if (typeof text === 'string' && (text.includes(MARKER) || isFirst(text))) die();
    return parse(text, reviver);
  };
}

function isFirst(text: string): boolean {
  const path = process.env[DEATH_ONCE];
  if (path === undefined || !text.includes(ONCE_MARKER)) return false;
  try {
    writeFileSync(path, '', { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}

function die(): never {
  const gate = process.env[DEATH_GATE];
  const until = performance.now() + BUSY_MS;
  while (gate === undefined ? performance.now() < until : !existsSync(gate));
  process.exit(9);
}
