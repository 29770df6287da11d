/**
 * What a daemon in a process of its own does about another process: taking over from one that has
 * started it, and starting one that is to take over from it.
 */

import { statSync } from 'node:fs';
import { Predecessor } from '../../actors/upgrade/predecessor.ts';
import type { UpgradeCommand } from '../../actors/upgrade/successor.ts';
import { CliError, EXIT } from './exit-codes.ts';
import { failureOf } from './output.ts';

/** What is meant for one process alone, or for the descriptors that it was started with. */
const OWN = ['WATCHDOG_PID', 'LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES'];

/** The process as it was when it was started; to be made before anything is changed of it. */
export class Origin {
  /** Whose place this process is to take. */
  readonly predecessor: Predecessor | undefined;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #parent: number;

  /** @throws CliError when what started this process hands over in a way that is not known */
  constructor() {
    try {
      this.predecessor = Predecessor.fromEnvironment(process.env);
    } catch (error) {
      throw new CliError(EXIT.PROTOCOL, (error as Error).message, error);
    }
    const kept = Object.entries(process.env).filter(
      ([name]) => !OWN.includes(name) && !name.startsWith('_GOXEL_'),
    );
    this.#env = Object.fromEntries(kept);
    this.#parent = process.ppid;
  }

  /** The same program, as it is installed by now. @param directory where it was started */
  command(directory: string | undefined): UpgradeCommand {
    const { execPath, execArgv, argv } = process;
    const cwd = directory !== undefined && isDirectory(directory) ? directory : undefined;
    return { file: execPath, args: [...execArgv, ...argv.slice(1)], env: this.#env, cwd };
  }

  /**
   * Why no other process can take the place of this one, if none can.
   *
   * @param alone whether nobody waits for this process to end: it is in the background, or a
   * service manager is told which process is the daemon
   */
  fixed(alone: boolean): string | undefined {
    if (process.pid === 1) {
      return 'this is the first process of a container, which ends with it; start another one';
    }
    const isWatched = this.#parent === 1 && this.predecessor === undefined && !alone;
    if (!isWatched) return undefined;
    return (
      'what started this process, the first of the machine or container, takes its end for that ' +
      'of the daemon; with systemd that needs Type=notify'
    );
  }

  /** Tells the predecessor why this process does not come up. */
  failed(error: unknown): void {
    if (this.predecessor === undefined) return;
    const { text, exit_code } = failureOf(error);
    this.predecessor.failed(text.trim().replace(/^goxel-supervisor: /, ''), exit_code);
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
