/** A process that is the daemon's own: its steps, and who was in its place before and is after. */

import type { Logger } from 'pino';
import type { AnyActorLogic } from 'xstate';
import { storeBelonging } from '../../actors/journal/store-step.ts';
import {
  type ProcessOptions,
  type ProcessSteps,
  processSteps,
} from '../../actors/process/steps.ts';
import type { Config } from '../../conf/schema.ts';
import { type ProcessFacts, UPGRADE } from '../children.ts';
import { type Shared, storeDeps } from '../logics.ts';
import { stepLogics } from '../step-logics.ts';
import { type Farewell, upgradeLogic } from './upgrade.ts';

export class OwnProcess {
  readonly #options: ProcessOptions;
  readonly #log: Logger;
  readonly #steps: ProcessSteps;
  #successor: Farewell | undefined;

  constructor(options: ProcessOptions, config: Config, log: Logger) {
    this.#options = options;
    this.#log = log;
    this.#steps = processSteps(options, config, log);
  }

  /** Who has taken its place, if somebody has. */
  get successor(): Farewell | undefined {
    return this.#successor;
  }

  get facts(): Omit<ProcessFacts, 'kept'> {
    const { manager, predecessor } = this.#options;
    return { own: true, managed: manager !== undefined, successor: predecessor !== undefined };
  }

  /** All is started. */
  running(): void {
    this.#options.predecessor?.running();
  }

  /** It ends: what is not its own by now will not be. */
  stopping(): void {
    this.#options.predecessor?.giveUp();
  }

  /** @param stop ends the daemon */
  logics(shared: Shared, stop: (by: string) => void): Readonly<Record<string, AnyActorLogic>> {
    const store = storeDeps(shared);
    const belongings = store === undefined ? [] : [storeBelonging(store)];
    const jobs = () => shared.jobs.list().length;
    const upgrade = upgradeLogic(
      { ...shared, process: this.#options, steps: this.#steps, belongings, jobs, stop },
      (successor) => {
        this.#successor = successor;
      },
    );
    return { ...stepLogics(this.#steps, this.#log), [UPGRADE]: upgrade };
  }
}
