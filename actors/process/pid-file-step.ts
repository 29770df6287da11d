/** The PID file as a step: taken at the start, looked after, and removed at the end. */

import { dirname } from 'node:path';
import type { Logger } from 'pino';
import type { HandedPidFile } from '../upgrade/estate.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import type { Belongings } from './belongings.ts';
import { type Finding, fileError, PidFile } from './pid-file.ts';
import type { Step } from './step.ts';

/** Between two looks whether the file is still there. */
const LOOK_MS = 1000;
const DIRECTORY_MODE = 0o755;

export interface PidFileDeps {
  /** Empty for none. */
  readonly path: string;
  readonly belongings: Belongings;
  readonly log: Logger;
  /** Whose PID file this is until all is ours. */
  readonly predecessor?: Predecessor | undefined;
}

export interface PidFileStep extends Step {
  /** What another process needs to have it as well. */
  handed(): HandedPidFile | undefined;
  /** That process has it from now on. */
  leave(): void;
}

export function pidFileStep({ path, belongings, log, predecessor }: PidFileDeps): PidFileStep {
  let file: PidFile | undefined;
  let timer: NodeJS.Timeout | undefined;
  let finding: Finding = 'ours';
  const look = () => {
    const found = file?.renew() ?? 'ours';
    if (found !== finding && found !== 'ours') tell(log, path, found);
    finding = found === 'made again' ? 'ours' : found;
  };
  return {
    begin: async () => {
      if (path === '') return { path: 'none' };
      const handed = predecessor?.pidFile;
      if (predecessor !== undefined && handed?.path === path) {
        const shared = PidFile.share(handed);
        file = shared;
        predecessor.whenOurs(() => {
          sign(shared, log);
          timer = setInterval(look, LOOK_MS).unref();
        });
        return { path };
      }
      try {
        belongings.makeDirectory(dirname(path), DIRECTORY_MODE);
      } catch (error) {
        throw fileError(path, error);
      }
      file = await PidFile.take(path);
      belongings.add(path);
      if (file.lock === 'number') {
        const remedy = 'install koffi or the program flock';
        log.warn({ path }, `no lock of the kernel can be had on the PID file; ${remedy}`);
      }
      timer = setInterval(look, LOOK_MS).unref();
      return { path };
    },
    end: () => {
      clearInterval(timer);
      if (predecessor?.ours === false && file?.path === predecessor.pidFile?.path) file?.leave();
      else file?.release();
      file = undefined;
    },
    handed: () => file?.handed,
    leave: () => {
      clearInterval(timer);
      file?.leave();
      file = undefined;
    },
    figures: () => ({ path: path === '' ? 'none' : path, ...(path === '' ? {} : { finding }) }),
  };
}

function sign(file: PidFile, log: Logger): void {
  try {
    file.sign();
  } catch (error) {
    log.error({ path: file.path, err: error }, 'the PID file has the number of another process');
  }
}

function tell(log: Logger, path: string, found: Exclude<Finding, 'ours'>): void {
  switch (found) {
    case 'made again':
      log.warn({ path }, 'the PID file was removed or replaced, and is made again');
      return;
    case 'taken by another':
      log.error({ path }, 'the PID file was removed, and another daemon has it now');
      return;
    case 'cannot be made':
      log.warn({ path }, 'the PID file was removed, and this user may not make it again');
  }
}
