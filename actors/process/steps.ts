/** The steps of the start that are about the process; `supervisor/children.ts` has their order. */

import type { Logger } from 'pino';
import type { Config } from '../../conf/schema.ts';
import { watchLog } from '../log.ts';
import { Belongings } from './belongings.ts';
import { detachStep } from './detach.ts';
import { environmentStep } from './environment.ts';
import { pidFileStep } from './pid-file-step.ts';
import { privilegesStep } from './privileges.ts';
import type { ServiceManager } from './service-manager.ts';
import type { Step } from './step.ts';

/** What whoever starts a process of its own for the daemon gives. */
export interface ProcessOptions {
  /** Opens the log; returns the files and directories of it. Throws StepError. */
  readonly openLog: () => readonly string[];
  /** Whether it was started to be in the background. */
  readonly background: boolean;
  /** Who wants to hear of the daemon's life, if there is one. */
  readonly manager: ServiceManager | undefined;
}

export type ProcessSteps = Readonly<Record<StepName, Step>>;
export type StepName = 'environment' | 'pid file' | 'log' | 'detach' | 'privileges';

export function processSteps(options: ProcessOptions, config: Config, log: Logger): ProcessSteps {
  const belongings = new Belongings();
  return {
    environment: environmentStep({ config, log }),
    'pid file': pidFileStep({ path: config.pid_file, belongings, log }),
    log: logStep(log, () => {
      for (const path of options.openLog()) belongings.add(path);
    }),
    detach: detachStep({ config, background: options.background }),
    privileges: privilegesStep({ config, belongings, log }),
  };
}

function logStep(log: Logger, open: () => void): Step {
  let turnAway = () => {};
  return {
    begin: ({ system }) => {
      open();
      turnAway = watchLog(log, system);
      return { level: log.level };
    },
    // What comes after it in the stop is still written: the process closes the log.
    end: () => turnAway(),
    figures: () => ({ level: log.level }),
  };
}
