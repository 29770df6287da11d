/** What other users than the test's may enter, and the program where they may run it. */

import { chmodSync, cpSync, existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DAEMON_MAIN } from './daemon.ts';
import { ROOT } from './modules.ts';
import { temporaryDirectory } from './tmp.ts';

/** The program, what tells its version, and the one package that is not in its bundle. */
const NEEDED = ['dist/bundle', 'package.json', 'node_modules/koffi', 'node_modules/@koromix'];

const PASS = 0o001;

/** A directory and all that it lies in. */
function* upwards(path: string): Generator<string> {
  for (let one = path; one !== '/'; one = dirname(one)) yield one;
}

/** A directory that others may pass through, as they may those above it, which are the runner's. */
export function openDirectory(): string {
  const directory = temporaryDirectory();
  for (const one of upwards(directory)) {
    if ((statSync(one).mode & PASS) === 0) chmodSync(one, 0o711);
  }
  return directory;
}

let made: string | undefined;

/** `DAEMON_MAIN`, or that of a copy when it lies where others may not go. */
export function openMain(): string {
  made ??= [...upwards(dirname(DAEMON_MAIN))].every((one) => (statSync(one).mode & PASS) !== 0)
    ? DAEMON_MAIN
    : copiedMain();
  return made;
}

function copiedMain(): string {
  const directory = openDirectory();
  for (const path of NEEDED) {
    const from = join(ROOT, path);
    if (!existsSync(from)) continue;
    const filter = (one: string) => !one.endsWith('.map');
    cpSync(from, join(directory, path), { recursive: true, dereference: true, filter });
  }
  return join(directory, relative(ROOT, DAEMON_MAIN));
}
