/**
 * A directory of one's own for files and sockets of a test. The runner gives every test file a
 * TMPDIR and fails it when something is left there; these directories go when the process exits.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The kernel takes 107 bytes for a Unix socket's path and Node cuts longer ones off silently. Names
 * below such a directory may take this many of them.
 */
const SOCKET_PATH_BYTES_MAX = 107;
const NAME_BYTES_MAX = 32;

const made: string[] = [];

function removeAll(): void {
  for (const directory of made.splice(0)) {
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Makes an empty directory, removed with all it holds when the process exits. */
export function temporaryDirectory(): string {
  if (made.length === 0) process.once('exit', removeAll);
  const directory = mkdtempSync(join(tmpdir(), 'gx-'));
  made.push(directory);
  if (Buffer.byteLength(directory) + 1 + NAME_BYTES_MAX > SOCKET_PATH_BYTES_MAX) {
    throw new Error(`${directory} is too long for a Unix socket below it: set a shorter TMPDIR`);
  }
  return directory;
}
