/**
 * Programs that a test needs and a machine may lack. `test/setup.sh` installs them where it may; a
 * test of one that is missing is skipped, says so, and is never counted as passed. Where CI=true it
 * fails.
 */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { uvu } from 'uvu';

type Suite<T> = uvu.Test<T>;
type Register<T> = (name: string, test: uvu.Callback<T>) => void;

/** Where a program is; undefined when it is not there. */
export function whereIs(program: string): string | undefined {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    if (directory === '') continue;
    const path = join(directory, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/** Adds tests to a suite that need a program. */
export function withTool<T>(suite: Suite<T>, program: string): Register<T> {
  if (whereIs(program) !== undefined) return suite;
  return withoutTool(suite, `there is no ${program} here; test/setup.sh installs it`);
}

/** Adds tests that cannot run here, and why. */
export function withoutTool<T>(suite: Suite<T>, reason: string): Register<T> {
  return (name, test) => {
    if (process.env.CI === 'true') {
      suite(name, () => {
        throw new Error(reason);
      });
      return;
    }
    process.stderr.write(`skipped: ${name}: ${reason}\n`);
    suite.skip(name, test);
  };
}
