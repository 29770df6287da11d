/**
 * Which engine owns which project. Names are the clients'; engines know numbers. A project belongs
 * to one engine for its whole life, and when the engine's thread dies the project is lost until it
 * is created or loaded again, or closed: better a clear error than an empty project in its place.
 *
 * A request that opens or closes a project bars it until it is answered: whatever any client asks
 * of that project meanwhile waits, since only then is known what the name means.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { CURRENT_PROJECT } from '../../engine/catalogue/schemas.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';

/** Somebody whose request waits for a project that is barred. */
export interface Waiter {
  /** The bar is gone. */
  unbarred(): void;
  /** Fails the requests that wait since before `time_ms`. */
  expire(time_ms: number): void;
}

export interface Project {
  readonly name: string;
  /** What engines know it by; never used again. */
  readonly number: number;
  /** The index of the engine that owns it. */
  readonly engine: number;
  state: 'open' | 'lost' | 'closed';
  /** What it was called when it was created, or the file it was loaded from. */
  title: string;
  /** Whether something is in it by now: a request to open it that fails leaves nothing behind. */
  opened: boolean;
  /** Whether a request for it has left for its engine: it goes when that dies. */
  sent: boolean;
  /** Whether its engine has answered for it, and so has it. */
  known: boolean;
  /** Why it was lost. */
  reason: string;
  /** The request that opens or closes it at this moment. */
  bar: object | undefined;
  readonly waiters: Set<Waiter>;
}

export class Projects {
  readonly #byName = new Map<string, Project>();
  readonly #lost = new Map<string, Project>();
  readonly #barred = new Set<Project>();
  readonly #engines: number;
  readonly #config: { readonly limits: Pick<Config['limits'], 'projects_max'> };
  #next = 1;

  /** @param engines how many there are */
  constructor(
    engines: number,
    config: { readonly limits: Pick<Config['limits'], 'projects_max'> },
  ) {
    this.#engines = engines;
    this.#config = config;
  }

  get #limit(): number {
    return this.#config.limits.projects_max;
  }

  /**
   * The project that a request for `method` is about: of that name or, when none has it, the only
   * one of that title. Methods that open a project make the named one when there is none; the
   * current project always is.
   *
   * @throws GoxError GOX_PROJECT_NOT_FOUND, GOX_PROJECT_LOST, GOX_OVERLOADED
   */
  find(name: string, method: Pick<MethodSpec, 'project'>): Project {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (method.project === 'opens') return this.#make(name);
    const lost = this.#lost.get(name);
    if (lost !== undefined) {
      throw new GoxError(
        'GOX_PROJECT_LOST',
        `The project "${name}" was lost when its engine died: ${lost.reason}`,
        { project: name },
      );
    }
    if (name === CURRENT_PROJECT) return this.#make(name);
    const [titled, other] = this.#titled(name);
    if (titled !== undefined && other === undefined) return titled;
    throw this.#notFound(name, titled, other);
  }

  /**
   * What to tell of a project that is closed and that no engine has, being lost, or the current one
   * and not there; nothing of others.
   */
  remains(name: string): { readonly title: string } | undefined {
    if (this.#byName.has(name)) return undefined;
    return this.#lost.get(name) ?? (name === CURRENT_PROJECT ? { title: '' } : undefined);
  }

  /** Forgets a lost project. */
  forget(name: string): void {
    this.#lost.delete(name);
  }

  /** Holds back all requests for the project but this one, until `unbar`. */
  bar(project: Project, request: object): void {
    project.bar = request;
    this.#barred.add(project);
  }

  unbar(project: Project): void {
    project.bar = undefined;
    this.#barred.delete(project);
    const waiters = [...project.waiters];
    project.waiters.clear();
    for (const waiter of waiters) waiter.unbarred();
  }

  /** Ends what has waited for barred projects since before `time_ms`. */
  expire(time_ms: number): void {
    for (const { waiters } of this.#barred) {
      for (const waiter of [...waiters]) waiter.expire(time_ms);
    }
  }

  /** Ends a project; its name is free again. */
  close(project: Project): void {
    project.state = 'closed';
    if (this.#byName.get(project.name) === project) this.#byName.delete(project.name);
  }

  /** Marks all projects of an engine as lost. */
  lose(engine: number, reason: string): void {
    for (const project of [...this.#byName.values()]) {
      if (project.engine !== engine || !project.sent) continue;
      project.state = 'lost';
      project.reason = reason;
      this.#byName.delete(project.name);
      // One that was only about to be opened held nothing yet.
      if (project.opened) this.#remember(project);
    }
  }

  /** Those that are open, and those that were lost. */
  *all(): Iterable<Project> {
    yield* this.#byName.values();
    yield* this.#lost.values();
  }

  get count(): number {
    return this.#byName.size;
  }

  /** Lost ones take no memory but their names; the oldest go when there are many. */
  #remember(project: Project): void {
    this.#lost.delete(project.name);
    this.#lost.set(project.name, project);
    const [oldest] = this.#lost.keys();
    if (this.#lost.size > this.#limit && oldest !== undefined) this.#lost.delete(oldest);
  }

  #titled(title: string): Project[] {
    return [...this.#byName.values()].filter((project) => project.title === title);
  }

  #notFound(name: string, titled?: Project, other?: Project): GoxError {
    const hint =
      titled !== undefined && other !== undefined
        ? `; several have this title, among them "${titled.name}" and "${other.name}"`
        : '';
    const message = `There is no project named "${name}"${hint}.`;
    return new GoxError('GOX_PROJECT_NOT_FOUND', message, { project: name });
  }

  #make(name: string): Project {
    if (this.#byName.size >= this.#limit) {
      throw new GoxError(
        'GOX_OVERLOADED',
        `There are ${this.#byName.size} projects, as many as limits.projects_max allows; ` +
          'close one, or raise limits.projects_max.',
        { projects_max: this.#limit },
      );
    }
    this.#lost.delete(name);
    const project: Project = {
      ...{ name, number: this.#next++, engine: this.#leastLoaded(), state: 'open', title: '' },
      ...{ opened: name === CURRENT_PROJECT, sent: false, known: false },
      ...{ reason: '', bar: undefined, waiters: new Set() },
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

/** Whether another request opens or closes the project. */
export function isBarred({ bar }: Project, request: object): boolean {
  return bar !== undefined && bar !== request;
}

/** What a project is called by the result of the request that opened it. */
export function titleIn(result: unknown): string {
  if (typeof result !== 'object' || result === null) return '';
  if ('name' in result && typeof result.name === 'string') return result.name;
  return 'path' in result && typeof result.path === 'string' ? result.path : '';
}
