/**
 * What the start has made while it could still make everything: files and directories that are
 * handed to the user that the daemon goes on as.
 */

import { makeDirectories } from './make-directory.ts';
import { giveTo, trustedPath } from './trusted-path.ts';

export class Belongings {
  readonly #paths = new Set<string>();

  /** A file that the daemon uses, whoever made it. */
  add(path: string): void {
    this.#paths.add(path);
  }

  /**
   * Makes a directory and those above it where they are not there. Throws what the system says.
   *
   * @param mode of each that is made
   */
  makeDirectory(path: string, mode: number): void {
    for (const made of makeDirectories(trustedPath(path), mode)) this.add(made);
  }

  /** Throws what the system says. */
  handOver(uid: number, gid: number): void {
    for (const path of this.#paths) {
      try {
        giveTo(path, uid, gid);
      } catch (error) {
        // Somebody was faster; it is made again by whoever needs it.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}
