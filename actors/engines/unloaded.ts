/**
 * Projects that are in the store and in no engine: there was no room for them, or they could not be
 * read. Nothing of them is lost. Whoever asks for one has it tried again, but not at once.
 */

import type { GoxError } from '../../conf/errors.ts';
import type { Project } from './project.ts';

/** Reading may take long, and fail in the end. */
const AGAIN_MS = 1000;

interface Left {
  readonly project: Project;
  readonly error: GoxError;
  readonly since_ms: number;
}

export class Unloaded {
  readonly #byName = new Map<string, Left>();
  readonly #now_ms: () => number;

  constructor(now_ms: () => number = () => performance.now()) {
    this.#now_ms = now_ms;
  }

  get projects(): Iterable<Project> {
    return [...this.#byName.values()].map(({ project }) => project);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  add(project: Project, error: GoxError): void {
    this.#byName.set(project.name, { project, error, since_ms: this.#now_ms() });
  }

  /** Takes one out, to be read again. Throws why it is not there, when that was just seen. */
  take(name: string): Project {
    const left = this.#byName.get(name)!;
    if (this.#now_ms() - left.since_ms < AGAIN_MS) throw left.error;
    this.#byName.delete(name);
    return left.project;
  }

  /** Takes one out that is to be no more. */
  remove(name: string): Project | undefined {
    const left = this.#byName.get(name);
    this.#byName.delete(name);
    return left?.project;
  }
}
