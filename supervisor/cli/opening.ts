/** The opening of the log, which is a step of the start; until then its lines are kept. */

import { dirname } from 'node:path';
import { makeDirectories } from '../../actors/process/make-directory.ts';
import { StepError } from '../../actors/process/step.ts';
import { trustedPath } from '../../actors/process/trusted-path.ts';
import type { Config } from '../../conf/schema.ts';
import type { Log } from '../log/log.ts';
import { CliError, EXIT } from './exit-codes.ts';

/** Of the directory of the log of a daemon in the background: only its own user looks in there. */
const STATE_MODE = 0o700;

export class Opening {
  /** Known once the configuration is read. */
  logging: Config['logging'] | undefined;
  /** Whether nobody has named the file, so that its directory is for this daemon alone. */
  ownPlace = false;
  readonly #log: Log;
  #done = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** @returns the files of it @throws StepError */
  open(): readonly string[] {
    const { logging } = this;
    if (this.#done || logging === undefined) return this.#log.paths;
    let made: readonly string[] = [];
    try {
      made = this.#makeDirectory(logging.file);
      this.#log.open(logging);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const code = error.exit_code === EXIT.CONFIG ? 'wrong' : 'uncreatable';
      throw new StepError(code, error.message, error);
    }
    this.#done = true;
    return [...made, ...this.#log.paths];
  }

  #makeDirectory(file: string): readonly string[] {
    if (!this.ownPlace) return [];
    try {
      return makeDirectories(dirname(trustedPath(file)), STATE_MODE);
    } catch {
      // The opening of the file says why.
      return [];
    }
  }

  /** For what is to be said at the end, when the start did not come so far. */
  openAnyway(): boolean {
    try {
      this.open();
    } catch {
      // Then standard error alone says it.
    }
    return this.#done;
  }
}
