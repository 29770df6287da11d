/**
 * Which engine owns which project. Names are the clients'; engines know numbers. A project belongs
 * to one engine for its whole life, and when the engine's thread dies the project is lost until it
 * is created or loaded again: better a clear error than an empty project in its place.
 */

import { GoxError } from '../conf/errors.ts';
import { CURRENT_PROJECT } from '../engine/catalogue/schemas.ts';
import type { MethodSpec } from '../engine/catalogue/spec.ts';

export interface Project {
  readonly name: string;
  /** What engines know it by; never used again. */
  readonly number: number;
  /** The index of the engine that owns it. */
  readonly engine: number;
  state: 'open' | 'lost' | 'closed';
  /** Whether something is in it by now: a request to open it that fails leaves nothing behind. */
  opened: boolean;
  /** Why it was lost. */
  reason: string;
}

export class Projects {
  readonly #byName = new Map<string, Project>();
  readonly #engines: number;
  readonly #limit: number;
  #next = 1;

  /** @param engines how many there are  @param limit `limits.projects_max` */
  constructor(engines: number, limit: number) {
    this.#engines = engines;
    this.#limit = limit;
  }

  /**
   * The project that a request for `method` is about. Methods that open a project make the named
   * one when there is none; the current project always is.
   *
   * @throws GoxError GOX_PROJECT_NOT_FOUND, GOX_PROJECT_LOST, GOX_OVERLOADED
   */
  find(name: string, method: Pick<MethodSpec, 'project'>): Project {
    const found = this.#byName.get(name);
    if (found?.state === 'open') return found;
    if (method.project === 'opens') return this.#make(name);
    if (found !== undefined) {
      throw new GoxError(
        'GOX_PROJECT_LOST',
        `The project "${name}" was lost when its engine died: ${found.reason}`,
        { project: name },
      );
    }
    if (name === CURRENT_PROJECT) return this.#make(name);
    throw new GoxError('GOX_PROJECT_NOT_FOUND', `There is no project named "${name}".`, {
      project: name,
    });
  }

  /** Ends a project; its name is free again. */
  close(project: Project): void {
    project.state = 'closed';
    if (this.#byName.get(project.name) === project) this.#byName.delete(project.name);
  }

  /** Marks all projects of an engine as lost. */
  lose(engine: number, reason: string): void {
    for (const project of this.#byName.values()) {
      if (project.engine !== engine || project.state !== 'open') continue;
      project.state = 'lost';
      project.reason = reason;
    }
  }

  all(): Iterable<Project> {
    return this.#byName.values();
  }

  #make(name: string): Project {
    if (this.#byName.size >= this.#limit && !this.#byName.has(name)) {
      throw new GoxError(
        'GOX_OVERLOADED',
        `There are ${this.#byName.size} projects, as many as limits.projects_max allows.`,
        { limit: this.#limit },
      );
    }
    const project: Project = {
      name,
      number: this.#next++,
      engine: this.#leastLoaded(),
      state: 'open',
      opened: name === CURRENT_PROJECT,
      reason: '',
    };
    this.#byName.set(name, project);
    return project;
  }

  /** The engine with the fewest projects; of several, the first. */
  #leastLoaded(): number {
    const counts = new Array<number>(this.#engines).fill(0);
    for (const { engine } of this.#byName.values()) counts[engine]! += 1;
    return counts.indexOf(Math.min(...counts));
  }
}
