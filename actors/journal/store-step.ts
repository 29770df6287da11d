/** The store as a step of the start: opened, what is in it to be read, and closed at the end. */

import type { Logger } from 'pino';
import type { Projects } from '../engines/projects.ts';
import type { Step } from '../process/step.ts';
import type { Readings } from './readings.ts';
import type { ProjectStore } from './store.ts';

export interface StoreStepDeps {
  readonly store: ProjectStore;
  readonly readings: Readings;
  readonly projects: Projects;
  /** Where this daemon is to be found. */
  readonly address: string;
  readonly log: Logger;
}

export function storeStep({ store, readings, projects, address, log }: StoreStepDeps): Step {
  return {
    begin: () => {
      const found = store.open(address);
      const { directory } = store;
      readings.begin(found.length);
      projects.restore(found);
      if (found.length > 0) {
        log.info({ directory, projects: found.length }, 'projects were found, and are being read');
      }
      return { directory, projects: found.length };
    },
    end: () => store.close(),
    figures: () => ({ directory: store.directory, ...readings.figures }),
  };
}
