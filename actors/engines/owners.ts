/**
 * The engines as owners of projects. They come and go while the daemon runs. One that is to go
 * retires: no project begins there any more, those that it has stay, and it is free when the last
 * of them is closed or lost.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Project } from './project.ts';

/** How soon to ask again for a project whose engine is being replaced. */
const RETRY_AFTER_MS = 1000;

/** In the place of what was called; the engine still retires. */
const SAID = () => {};

interface Owner {
  readonly projects: Set<Project>;
  /** Why it is not there, while it is not. */
  missing: string | undefined;
  /** To be called when it has no projects any more, while it retires. */
  free: (() => void) | undefined;
}

/** How an engine is used. */
export interface EngineUse {
  readonly engine: number;
  readonly projects: number;
  readonly retiring: boolean;
}

type Load = (projects: ReadonlySet<Project>, engine: number) => number;

export class Owners {
  /** By their numbers. */
  readonly #owners = new Map<number, Owner>();

  /** @param engines how many there are at first */
  constructor(engines: number) {
    for (let engine = 0; engine < engines; engine += 1) this.#owners.set(engine, newOwner());
  }

  of(engine: number): ReadonlySet<Project> {
    return this.#owners.get(engine)?.projects ?? new Set();
  }

  add(project: Project): void {
    this.#owners.get(project.engine)?.projects.add(project);
  }

  remove(project: Project): void {
    const owner = this.#owners.get(project.engine);
    owner?.projects.delete(project);
    if (owner !== undefined) this.#sayFree(owner);
  }

  engineCame(engine: number): void {
    const owner = this.#owners.get(engine);
    if (owner === undefined) this.#owners.set(engine, newOwner());
    else owner.missing = undefined;
  }

  engineLeft(engine: number, reason: string): void {
    const owner = this.#owners.get(engine);
    if (owner !== undefined) owner.missing = reason;
  }

  retire(engine: number, free: () => void): void {
    const owner = this.#owners.get(engine);
    if (owner === undefined) return;
    owner.free = free;
    this.#sayFree(owner);
  }

  takeBack(engine: number): void {
    const owner = this.#owners.get(engine);
    if (owner !== undefined) owner.free = undefined;
  }

  forgetEngine(engine: number): void {
    this.#owners.delete(engine);
  }

  get engines(): readonly EngineUse[] {
    return [...this.#owners].map(([engine, { projects, free }]) => ({
      ...{ engine, projects: projects.size, retiring: free !== undefined },
    }));
  }

  missing(engine: number): GoxError {
    const reason = this.#owners.get(engine)?.missing ?? 'it is being replaced';
    return engineFailed(`engine:${engine} is not there: ${reason}`);
  }

  /**
   * Of the engines that are there, the one with the least to do; of several, the first. Throws
   * GOX_ENGINE_FAILED when there is none.
   *
   * @param load of an engine with these projects
   */
  leastLoaded(load: Load = (projects) => projects.size): number {
    let least: number | undefined;
    let lightest = Number.POSITIVE_INFINITY;
    const reasons: string[] = [];
    for (const [engine, { projects, missing, free }] of this.#owners) {
      if (free !== undefined) continue;
      if (missing !== undefined) reasons.push(missing);
      else if (load(projects, engine) < lightest) {
        [least, lightest] = [engine, load(projects, engine)];
      }
    }
    if (least !== undefined) return least;
    throw engineFailed(`No engine is there: ${reasons.join('; ')}`);
  }

  /** What follows must not begin while its last project is being closed. */
  #sayFree(owner: Owner): void {
    const { free } = owner;
    if (free === undefined || owner.projects.size > 0) return;
    setImmediate(() => {
      if (owner.free !== free || owner.projects.size > 0) return;
      owner.free = SAID;
      free();
    });
  }
}

function newOwner(): Owner {
  return { projects: new Set(), missing: undefined, free: undefined };
}

/** An engine that failed comes again, or the daemon ends. */
export function engineFailed(text: string): GoxError {
  return new GoxError('GOX_ENGINE_FAILED', text, {
    retryable: true,
    retry_after_ms: RETRY_AFTER_MS,
  });
}
