/** A program in a file of its own, which tests put others in the place of, as an installer does. */

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DAEMON_MAIN } from './daemon.ts';
import { temporaryDirectory } from './tmp.ts';

export interface SwappedProgram {
  readonly path: string;
  /** Puts other code in its place, in one step. */
  put(code: string): void;
  /** The daemon is there again. @param before is run first */
  restore(before?: string): void;
}

export function swappedProgram(): SwappedProgram {
  // By its name commands know the processes of daemons.
  const path = join(temporaryDirectory(), 'goxel-supervisor.mjs');
  const put = (code: string) => {
    writeFileSync(`${path}~`, code);
    renameSync(`${path}~`, path);
  };
  const restore = (before = '') =>
    put(`${before}\nawait import(${JSON.stringify(pathToFileURL(DAEMON_MAIN).href)});\n`);
  restore();
  return { path, put, restore };
}
