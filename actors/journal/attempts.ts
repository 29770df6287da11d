/**
 * Projects whose reading ended the process, or the thread that read. While a project is read a file
 * beside its journal says how often that was begun; one that is there again and again is left as it
 * is, so that the others can be served.
 */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION } from '../../engine/catalogue/version.ts';

/**
 * So often may reading begin and not end. Once is an accident, such as a power cut, twice may be
 * one; what happens each time does so by then.
 */
export const ATTEMPTS_MAX = 3;

const NAME = 'attempt';

/** How often reading was begun and not ended, by this version. */
export function attemptsOf(directory: string): number {
  let text: string;
  try {
    text = readFileSync(join(directory, NAME), 'utf8');
  } catch {
    return 0;
  }
  // Another version may have mended what there was.
  const [version, count] = text.trim().split(' ');
  return version === VERSION ? Number(count) || 0 : 0;
}

/** Throws what the system says. */
export function beginAttempt(directory: string): void {
  const count = attemptsOf(directory) + 1;
  writeFileSync(join(directory, NAME), `${VERSION} ${count}\n`, { mode: 0o600 });
}

export function endAttempt(directory: string): void {
  rmSync(join(directory, NAME), { force: true });
}

/** Takes back one that was begun: that it did not end is the fault of nothing that was read. */
export function withdrawAttempt(directory: string): void {
  const count = attemptsOf(directory) - 1;
  if (count <= 0) endAttempt(directory);
  else writeFileSync(join(directory, NAME), `${VERSION} ${count}\n`, { mode: 0o600 });
}
