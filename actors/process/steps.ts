/** The steps of the start that are about the process; `supervisor/children.ts` has their order. */

import type { Logger } from 'pino';
import type { Config } from '../../conf/schema.ts';
import { watchLog } from '../log.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import type { UpgradeCommand } from '../upgrade/successor.ts';
import { Belongings } from './belongings.ts';
import { detachStep } from './detach.ts';
import { environmentStep } from './environment.ts';
import { type PidFileStep, pidFileStep } from './pid-file-step.ts';
import { privilegesStep } from './privileges.ts';
import type { ServiceManager } from './service-manager.ts';
import { type Step, StepError } from './step.ts';

/** What whoever starts a process of its own for the daemon gives. */
export interface ProcessOptions {
  /** Opens the log; returns the files and directories of it. Throws StepError. */
  readonly openLog: () => readonly string[];
  /** Whether it was started to be in the background. */
  readonly background: boolean;
  /** Who wants to hear of the daemon's life, if there is one. */
  readonly manager: ServiceManager | undefined;
  /** Whose place it is to take. */
  readonly predecessor: Predecessor | undefined;
  /** How another process is started that is to take its place. */
  readonly upgrade: () => UpgradeCommand;
  /** How long that process may take to start, if that is said. */
  readonly start_ms: number | undefined;
  /** Why no other process can take its place, if none can. */
  readonly fixed: () => string | undefined;
  /** Where projects may be kept in memory only when there is no store to be had: is told why. */
  readonly onMemoryOnly: ((text: string) => void) | undefined;
}

export type ProcessSteps = Readonly<Record<Exclude<StepName, 'pid file'>, Step>> & {
  readonly 'pid file': PidFileStep;
};
export type StepName = 'environment' | 'pid file' | 'log' | 'detach' | 'privileges' | 'takeover';

export function processSteps(options: ProcessOptions, config: Config, log: Logger): ProcessSteps {
  const belongings = new Belongings();
  const { predecessor } = options;
  return {
    environment: environmentStep({ config, log }),
    'pid file': pidFileStep({ path: config.pid_file, belongings, log, predecessor }),
    log: logStep(log, () => {
      for (const path of options.openLog()) belongings.add(path);
    }),
    detach: detachStep({ config, background: options.background }),
    privileges: privilegesStep({ config, belongings, log }),
    takeover: takeoverStep(predecessor, config),
  };
}

/** This process could take over; what comes after it has to be given up by the other before. */
function takeoverStep(predecessor: Predecessor | undefined, { journal }: Config): Step {
  return {
    begin: async () => {
      const store = predecessor?.estate.store;
      if (store !== undefined && journal.ephemeral) {
        const text = `journal.ephemeral: the projects are kept in ${store.directory}, and would be`;
        throw new StepError('wrong', `${text} nowhere; that takes a stop and a start`);
      }
      await predecessor?.ready();
      return { from: predecessor?.estate.pid };
    },
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
