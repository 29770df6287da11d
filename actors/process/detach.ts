/**
 * Standing alone: the working directory, and for a daemon in the background the mask of new files.
 * It is in a session of its own already, without a terminal: the process that started it saw to
 * that (`supervisor/cli/background.ts`), since one cannot leave its session by itself in Node.
 */

import type { Config } from '../../conf/schema.ts';
import { type Step, StepError } from './step.ts';

/** Files are read by the own group at most. */
const UMASK = 0o027;

export interface DetachDeps {
  readonly config: Pick<Config, 'working_directory'>;
  /** Whether it was started to be in the background. */
  readonly background: boolean;
}

export function detachStep({ config, background }: DetachDeps): Step {
  return {
    begin: () => {
      if (background) process.umask(UMASK);
      if (config.working_directory !== '') enter(config.working_directory);
      return { background };
    },
    figures: () => ({ background: background ? 'yes' : 'no' }),
  };
}

function enter(directory: string): void {
  try {
    process.chdir(directory);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such directory; make it',
      ENOTDIR: 'it is no directory',
      EACCES: 'this user may not',
    };
    const text = `working_directory: cannot enter ${directory}: ${reasons[code] ?? message}`;
    throw new StepError(code === 'EACCES' ? 'forbidden' : 'wrong', text, error);
  }
}
