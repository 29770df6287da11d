/**
 * The configuration that a running daemon goes by. It looks like a `Config`, and whoever is given
 * one reads it where it is used: `config.limits.depth_max`, each time. So a reload is one call of
 * `replace`, and from then on everybody reads the new values. What copies a value or a section
 * (`const { limits } = config` in a constructor) goes on with the old one.
 *
 * Which keys may be replaced, and from when each counts, is in the README of this room.
 */

import type { Config } from './schema.ts';

export class LiveConfig implements Config {
  #current: Config;

  constructor(first: Config) {
    this.#current = first;
  }

  /** Puts another configuration, which was checked as a whole, in the place of this one. */
  replace(next: Config): void {
    this.#current = next;
  }

  get sockets(): Config['sockets'] {
    return this.#current.sockets;
  }

  get workers(): Config['workers'] {
    return this.#current.workers;
  }

  get supervisor(): Config['supervisor'] {
    return this.#current.supervisor;
  }

  get health(): Config['health'] {
    return this.#current.health;
  }

  get limits(): Config['limits'] {
    return this.#current.limits;
  }

  get files(): Config['files'] {
    return this.#current.files;
  }

  get logging(): Config['logging'] {
    return this.#current.logging;
  }

  get dump(): Config['dump'] {
    return this.#current.dump;
  }

  /** For whoever prints the state of a machine. */
  toJSON(): Config {
    return this.#current;
  }
}
