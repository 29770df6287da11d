/**
 * Which engine owns which project. Names are the clients'; engines know numbers. A project belongs
 * to one engine for its whole life. When that has it no more, it is made anew from what is kept of
 * it, and who asks for it waits; one for which that fails is lost until it is created or loaded
 * again, or closed: better a clear error than an empty project in its place.
 *
 * A request that opens or closes a project bars it until it is answered: whatever any client asks
 * of that project meanwhile waits, since only then is known what the name means. The states are
 * those of the projects' machines. This is the directory: what a request needs is found by a key.
 *
 * Engines come and go while the daemon runs. One that is to go retires: no project begins there any
 * more, those that it has stay, and it is free when the last of them is closed or lost.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { CURRENT_PROJECT } from '../../engine/catalogue/schemas.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { Rebuilt } from '../../engine/port/layout.ts';
import type { ProjectActor, ProjectEvent, ProjectInput } from '../../machines/project.ts';
import { Project } from './project.ts';

/** How soon to ask again for a project whose engine is being replaced. */
const RETRY_AFTER_MS = 1000;

/** Starts the machine of a project; nothing once the daemon ends. */
export type StartProject = (input: ProjectInput) => ProjectActor | undefined;

/** In the place of what was called; the engine still retires. */
const SAID = () => {};

/** An engine, as the owner of projects. */
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

interface ProjectsConfig {
  readonly limits: Pick<Config['limits'], 'projects_max'>;
}

export class Projects {
  readonly #start: StartProject;
  readonly #byName = new Map<string, Project>();
  readonly #byTitle = new Map<string, Set<Project>>();
  /** By their numbers. */
  readonly #owners = new Map<number, Owner>();
  readonly #lost = new Map<string, Project>();
  readonly #config: ProjectsConfig;
  #next = 1;

  /** @param engines how many there are at first */
  constructor(engines: number, config: ProjectsConfig, start: StartProject) {
    this.#start = start;
    this.#config = config;
    for (let engine = 0; engine < engines; engine += 1) this.#owners.set(engine, newOwner());
  }

  get #limit(): number {
    return this.#config.limits.projects_max;
  }

  /**
   * The project that a request for `method` is about: of that name or, when none has it, the only
   * one of that title. For methods that open a project, and for the current project, it is a new
   * one when there is none, which is nobody else's until `ask` or `begin`.
   *
   * @throws GoxError GOX_PROJECT_NOT_FOUND, GOX_PROJECT_LOST, GOX_OVERLOADED, GOX_ENGINE_FAILED
   */
  find(name: string, method: Pick<MethodSpec, 'project'>): Project {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (method.project === 'opens') return this.#make(name);
    const lost = this.#lost.get(name);
    if (lost !== undefined) throw lostError(lost);
    if (name === CURRENT_PROJECT) return this.#make(name);
    const [titled, other] = this.#byTitle.get(name) ?? [];
    if (titled !== undefined && other === undefined) return titled;
    throw notFound(name, titled, other);
  }

  /** A new project begins, with nothing in it. Throws GOX_SHUTTING_DOWN. */
  begin(project: Project): void {
    this.#begin(project, false);
  }

  /**
   * A request that opens or closes the project leaves: all others wait, until `opened`, `closed` or
   * `refused`. Throws GOX_SHUTTING_DOWN.
   */
  ask(project: Project, request: object, what: 'opens' | 'closes'): void {
    const opening = what === 'opens';
    if (project.state === 'new') this.#begin(project, opening);
    project.ask(request, what);
  }

  /** The request that was to open it did. */
  opened(project: Project, title: string): void {
    this.forget(project.name);
    this.#untitle(project);
    this.#tell(project, { type: 'project.opened', title });
    this.#entitle(project);
  }

  /** The request that was to close it did; its name is free again. */
  closed(project: Project): void {
    this.#tell(project, { type: 'project.closed' });
  }

  /** The request that was to open or close it did not: it is as before, or closed. */
  refused(project: Project): void {
    this.#tell(project, { type: 'project.refused' });
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
    const lost = this.#lost.get(name);
    if (lost === undefined) return;
    this.#lost.delete(name);
    lost.tell({ type: 'project.closed' });
  }

  /** Ends what has waited for projects since before `time_ms`. */
  expire(time_ms: number): void {
    for (const { waiters, replaying } of this.#byName.values()) {
      if (waiters.size === 0) continue;
      const why = replaying ? 'its project is being made anew' : undefined;
      for (const waiter of [...waiters]) waiter.expire(time_ms, why);
    }
  }

  /** Those of an engine. */
  of(engine: number): Iterable<Project> {
    return this.#owners.get(engine)?.projects ?? [];
  }

  /**
   * An engine has the project no more, or not as it is kept: what is asked of it waits until it was
   * made anew.
   *
   * @param undone why what was recorded of it last is not kept, if that is so
   */
  replay(project: Project, undone?: GoxError): void {
    project.undone ??= undone;
    project.tell({ type: 'project.replay' });
  }

  /** It was made anew. */
  replayed(project: Project, { title, unsaved }: Pick<Rebuilt, 'title' | 'unsaved'>): void {
    project.undone = undefined;
    project.deaths = 0;
    project.tell({ type: 'project.replayed', title });
    project.heard(unsaved);
    this.#settle(project);
    this.#entitle(project);
    // One that a request opens or closes is still barred, and that request waits as well.
    project.release();
  }

  /** No thread can make it anew. */
  lose(project: Project, reason: string): void {
    this.#tell(project, { type: 'project.lost', reason });
  }

  /** An engine takes requests. */
  engineCame(engine: number): void {
    const owner = this.#owners.get(engine);
    if (owner === undefined) this.#owners.set(engine, newOwner());
    else owner.missing = undefined;
  }

  /** An engine takes no more requests, until it comes again: no project begins there. */
  engineLeft(engine: number, reason: string): void {
    const owner = this.#owners.get(engine);
    if (owner !== undefined) owner.missing = reason;
  }

  /**
   * No project begins any more at an engine. `free` is called, once and not at once, when it has
   * none left, unless it is taken back before.
   */
  retire(engine: number, free: () => void): void {
    const owner = this.#owners.get(engine);
    if (owner === undefined) return;
    owner.free = free;
    this.#sayFree(owner);
  }

  /** Projects begin there again. */
  takeBack(engine: number): void {
    const owner = this.#owners.get(engine);
    if (owner !== undefined) owner.free = undefined;
  }

  /** An engine is gone for good. */
  forgetEngine(engine: number): void {
    this.#owners.delete(engine);
  }

  /** Which engines there are, and which of them retire. */
  get engines(): readonly EngineUse[] {
    return [...this.#owners].map(([engine, { projects, free }]) => ({
      ...{ engine, projects: projects.size, retiring: free !== undefined },
    }));
  }

  /** What to answer for the projects of an engine that is not there. */
  missing(engine: number): GoxError {
    const reason = this.#owners.get(engine)?.missing ?? 'it is being replaced';
    return engineFailed(`engine:${engine} is not there: ${reason}`);
  }

  /** Those that are there or being made, and those that were lost. */
  *all(): Iterable<Project> {
    yield* this.#byName.values();
    for (const [name, lost] of this.#lost) if (!this.#byName.has(name)) yield lost;
  }

  get count(): number {
    return this.#byName.size;
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
    return new Project(name, this.#next++, this.#leastLoaded());
  }

  #begin(project: Project, opening: boolean): void {
    const { name, engine } = project;
    const actor = this.#start({ name, engine, opening });
    if (actor === undefined) throw new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
    project.attach(actor, () => this.#settle(project));
    this.#byName.set(name, project);
    this.#owners.get(engine)?.projects.add(project);
  }

  /** Has a project change, and those go on who waited for that. */
  #tell(project: Project, event: ProjectEvent): void {
    const { barred } = project;
    project.tell(event);
    this.#settle(project);
    if (barred && !project.barred) project.release();
  }

  /** Puts a project where its state has it. */
  #settle(project: Project): void {
    const { name, state } = project;
    if (state !== 'lost' && state !== 'closed') return;
    this.#untitle(project);
    const owner = this.#owners.get(project.engine);
    owner?.projects.delete(project);
    if (owner !== undefined) this.#sayFree(owner);
    if (this.#byName.get(name) !== project) return;
    this.#byName.delete(name);
    if (state === 'lost') this.#remember(project);
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

  /** Lost ones take no memory but their names; the oldest go when there are many. */
  #remember(project: Project): void {
    this.forget(project.name);
    this.#lost.set(project.name, project);
    const [oldest] = this.#lost.keys();
    if (this.#lost.size > this.#limit && oldest !== undefined) this.forget(oldest);
  }

  #entitle(project: Project): void {
    const { title } = project;
    if (title === '' || project.state === 'lost' || project.state === 'closed') return;
    const others = this.#byTitle.get(title);
    if (others === undefined) this.#byTitle.set(title, new Set([project]));
    else others.add(project);
  }

  #untitle(project: Project): void {
    const { title } = project;
    const titled = this.#byTitle.get(title);
    if (titled?.delete(project) && titled.size === 0) this.#byTitle.delete(title);
  }

  /** Of the engines that are there, the one with the fewest projects; of several, the first. */
  #leastLoaded(): number {
    let least: number | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    const reasons: string[] = [];
    for (const [engine, { projects, missing, free }] of this.#owners) {
      if (free !== undefined) continue;
      if (missing !== undefined) reasons.push(missing);
      else if (projects.size < fewest) [least, fewest] = [engine, projects.size];
    }
    if (least !== undefined) return least;
    throw engineFailed(`No engine is there: ${reasons.join('; ')}`);
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

export function lostError({ name, reason }: Project): GoxError {
  const text = `The project "${name}" was lost with its engine: ${reason}`;
  return new GoxError('GOX_PROJECT_LOST', text, { project: name });
}

function notFound(name: string, titled?: Project, other?: Project): GoxError {
  const hint =
    titled !== undefined && other !== undefined
      ? `; several have this title, among them "${titled.name}" and "${other.name}"`
      : '';
  const message = `There is no project named "${name}"${hint}.`;
  return new GoxError('GOX_PROJECT_NOT_FOUND', message, { project: name });
}
