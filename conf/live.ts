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

  get pid_file(): Config['pid_file'] {
    return this.#current.pid_file;
  }

  get working_directory(): Config['working_directory'] {
    return this.#current.working_directory;
  }

  get user(): Config['user'] {
    return this.#current.user;
  }

  get group(): Config['group'] {
    return this.#current.group;
  }

  get sockets(): Config['sockets'] {
    return this.#current.sockets;
  }

  get transport(): Config['transport'] {
    return this.#current.transport;
  }

  get security(): Config['security'] {
    return this.#current.security;
  }

  get workers(): Config['workers'] {
    return this.#current.workers;
  }

  get performance(): Config['performance'] {
    return this.#current.performance;
  }

  get supervisor(): Config['supervisor'] {
    return this.#current.supervisor;
  }

  get health(): Config['health'] {
    return this.#current.health;
  }

  get logging(): Config['logging'] {
    return this.#current.logging;
  }

  get resources(): Config['resources'] {
    return this.#current.resources;
  }

  get limits(): Config['limits'] {
    return this.#current.limits;
  }

  get history(): Config['history'] {
    return this.#current.history;
  }

  get journal(): Config['journal'] {
    return this.#current.journal;
  }

  get files(): Config['files'] {
    return this.#current.files;
  }

  get renders(): Config['renders'] {
    return this.#current.renders;
  }

  get dump(): Config['dump'] {
    return this.#current.dump;
  }

  get inspector(): Config['inspector'] {
    return this.#current.inspector;
  }

  get http(): Config['http'] {
    return this.#current.http;
  }

  get tracing(): Config['tracing'] {
    return this.#current.tracing;
  }

  get leaks(): Config['leaks'] {
    return this.#current.leaks;
  }

  /** For whoever prints the state of a machine. */
  toJSON(): Config {
    return this.#current;
  }
}
