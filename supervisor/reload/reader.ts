/**
 * Reads the configuration of a daemon that runs once more, from where it came from at the start:
 * the same command line, the file where it is found now, and the environment, which of a process
 * that runs never changes.
 */

import { statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigError } from '../../conf/config-error.ts';
import { type ConfigSources, type LoadedConfig, loadConfig } from '../../conf/load.ts';

/** Finds the file anew, and gives it with all else that the configuration is made of. */
export type FindSources = () => ConfigSources;

/** How a file must have stayed as it is before it counts as written, and how long that may take. */
const QUIET_MS = 100;
const QUIET_TRIES_MAX = 20;

export class ConfigReader {
  readonly #find: FindSources;
  /** Whose the file was that is in force, if there is one. */
  #owner: number | undefined;
  #file: string | undefined;

  readonly #now_ms: () => number;

  /**
   * To be made when the configuration of the start has just been read.
   *
   * @param now_ms Unix time, by the clock of files
   */
  constructor(find: FindSources, now_ms = Date.now) {
    this.#find = find;
    this.#now_ms = now_ms;
    this.#file = find().file;
    this.#owner = this.#file === undefined ? undefined : ownerOf(this.#file);
  }

  /** Rejects with ConfigError. What is accepted is told by `accepted`. */
  async read(): Promise<LoadedConfig> {
    const sources = this.#find();
    if (sources.file === undefined) {
      if (this.#file !== undefined) throw new ConfigError([gone(this.#file)]);
      return loadConfig(sources);
    }
    const { file } = sources;
    await this.#look(file);
    const loaded = await loadConfig(sources);
    const moved =
      file === this.#file ? [] : [`${file} is read from now on, ${instead(this.#file)}`];
    this.#owner = ownerOf(file);
    this.#file = file;
    return { ...loaded, warnings: [...moved, ...loaded.warnings] };
  }

  /** Waits until nobody writes it, and sees whose it is. */
  async #look(file: string): Promise<void> {
    for (let tries = 0; tries < QUIET_TRIES_MAX; tries += 1) {
      const stats = statSync(file, { throwIfNoEntry: false });
      // What is wrong with it is told by reading it.
      if (stats === undefined || !stats.isFile()) return;
      this.#checkOwner(file, stats.uid);
      const age_ms = this.#now_ms() - stats.mtimeMs;
      if (age_ms < 0 || age_ms > QUIET_MS) return;
      await sleep(QUIET_MS);
    }
    throw new ConfigError([`${file}: somebody goes on writing to it; ask again when it is done`]);
  }

  #checkOwner(file: string, uid: number): void {
    const trusted = [0, process.getuid?.(), this.#owner];
    if (trusted.includes(uid)) return;
    const who = `it belongs to user ${uid}, who is neither root nor who runs the daemon`;
    throw new ConfigError([
      `${file}: ${who}, and it did not before; see who changed it, and chown it`,
    ]);
  }
}

function instead(file: string | undefined): string {
  return file === undefined ? 'where there was no file before' : `in the place of ${file}`;
}

function gone(file: string): string {
  const text = 'it was read before and is not there any more';
  return `${file}: ${text}; put it back, or restart the daemon`;
}

function ownerOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.uid;
}
