/** The store as a step of the start: opened, what is in it to be read, and closed at the end. */

import type { Logger } from 'pino';
import type { Projects } from '../engines/projects.ts';
import type { Step } from '../process/step.ts';
import type { Belonging } from '../upgrade/handing-over.ts';
import type { Predecessor } from '../upgrade/predecessor.ts';
import type { Readings } from './readings.ts';
import type { ProjectStore } from './store.ts';

export interface StoreStepDeps {
  readonly store: ProjectStore;
  readonly readings: Readings;
  readonly projects: Projects;
  /** Where this daemon is to be found. */
  readonly address: string;
  readonly log: Logger;
  /** Who has the store until it gives up its projects. */
  readonly predecessor: Predecessor | undefined;
}

export function storeStep(deps: StoreStepDeps): Step {
  const { store, readings, projects, address, log, predecessor } = deps;
  const open = () => {
    const found = store.openIfPossible(address);
    const { directory } = store;
    readings.begin(found.length);
    projects.restore(found);
    if (found.length > 0) {
      log.info({ directory, projects: found.length }, 'projects were found, and are being read');
    }
    return { directory, projects: found.length };
  };
  return {
    begin: () => {
      if (predecessor === undefined) return open();
      store.check(predecessor.estate.store);
      predecessor.whenGivenUp(open);
      return { from: predecessor.estate.pid };
    },
    end: () => close(deps),
    figures: () => ({ directory: store.directory, ...readings.figures }),
  };
}

/**
 * What is kept of projects, for another process. When that will not have it after all, each project
 * is read again, since the other one may have written what it read in another way.
 */
export function storeBelonging(deps: StoreStepDeps): Belonging {
  const { store, readings, projects, address } = deps;
  return {
    handOver: () => close(deps),
    takeBack: () => {
      const found = store.open(address);
      readings.begin(found.length);
      projects.readAgain(found);
      return Promise.resolve();
    },
  };
}

function close({ store, readings }: StoreStepDeps): Promise<void> {
  readings.end();
  return store.close();
}
