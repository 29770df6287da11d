/**
 * Which engine owns which project. Names are the clients'; engines know numbers. A project belongs
 * to one engine for its whole life. When that has it no more, it is made anew from what is kept of
 * it, and who asks for it waits; one for which that fails is lost until it is created or loaded
 * again, or closed: better a clear error than an empty project in its place.
 *
 * A request that opens or closes a project bars it until it is answered: whatever any client asks
 * of that project meanwhile waits, since only then is known what the name means. The states are
 * those of the projects' machines. This is the directory: what a request needs is found by a key.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { CURRENT_PROJECT } from '../../engine/catalogue/schemas.ts';
import type { MethodSpec } from '../../engine/catalogue/spec.ts';
import type { Rebuilt } from '../../engine/port/layout.ts';
import type { ProjectActor, ProjectEvent, ProjectInput } from '../../machines/project.ts';
import type { ProjectJournal } from '../journal/project-journal.ts';
import type { Found, ProjectStore } from '../journal/store.ts';
import { type EngineUse, Owners } from './owners.ts';
import { Project } from './project.ts';
import { lostError, notFound } from './project-errors.ts';
import { Unloaded } from './unloaded.ts';

/** Starts the machine of a project; nothing once the daemon ends. */
export type StartProject = (input: ProjectInput) => ProjectActor | undefined;

/** Where projects are kept on the disk. */
type ProjectJournals = Pick<ProjectStore, 'begin' | 'found' | 'discard'>;

interface ProjectsConfig {
  readonly limits: Pick<Config['limits'], 'projects_max'>;
}

export class Projects {
  /** Hears of a project that its engine is to make anew, or to read from the store. */
  onReplay: (project: Project) => void = () => {};
  readonly #start: StartProject;
  readonly #byName = new Map<string, Project>();
  readonly #byTitle = new Map<string, Set<Project>>();
  readonly #owners: Owners;
  readonly #lost = new Map<string, Project>();
  readonly #unloaded = new Unloaded();
  /** How many were made anew: read from the store, or after what their engine had was gone. */
  readonly remade = { read: 0, recovered: 0 };
  readonly #config: ProjectsConfig;
  readonly #store: ProjectJournals | undefined;
  #next = 1;

  /** @param engines how many there are at first */
  constructor(
    engines: number,
    config: ProjectsConfig,
    start: StartProject,
    store?: ProjectJournals,
  ) {
    this.#start = start;
    this.#store = store;
    this.#config = config;
    this.#owners = new Owners(engines);
  }

  get #limit(): number {
    return this.#config.limits.projects_max;
  }

  /**
   * The project that a request for `method` is about: of that name or, when none has it, the only
   * one of that title. For methods that open a project, and for the current project, it is a new
   * one when there is none, which is nobody else's until `ask` or `begin`.
   *
   * @throws GoxError GOX_PROJECT_NOT_FOUND, GOX_PROJECT_LOST, GOX_OVERLOADED, GOX_ENGINE_FAILED,
   * and why one is not loaded
   */
  find(name: string, method: Pick<MethodSpec, 'project'>): Project {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    if (this.#unloaded.has(name)) return this.#again(name);
    if (method.project === 'opens') return this.#make(name);
    const lost = this.#lost.get(name);
    if (lost !== undefined) throw lostError(lost);
    if (name === CURRENT_PROJECT) return this.#make(name);
    const [titled, other] = this.#byTitle.get(name) ?? [];
    if (titled !== undefined && other === undefined) return titled;
    // What one is called is known once it is read; who asks waits, and asks again then.
    const unread = titled === undefined ? this.#unread() : undefined;
    if (unread !== undefined) return unread;
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
    if (this.#unloaded.has(name)) return { title: '' };
    return this.#lost.get(name) ?? (name === CURRENT_PROJECT ? { title: '' } : undefined);
  }

  /** Forgets a lost project; one that is not loaded is gone from the store too. */
  forget(name: string): void {
    const unloaded = this.#unloaded.remove(name);
    if (unloaded !== undefined) {
      this.#store?.discard(name);
      unloaded.tell({ type: 'project.closed' });
    }
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
    return this.#owners.of(engine);
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
    // Otherwise no engine ever had it, and the next request has to make it.
    if (project.known) project.heard(unsaved);
    this.#settle(project);
    this.#entitle(project);
    // One that a request opens or closes is still barred, and that request waits as well.
    project.release();
  }

  /** No thread can make it anew; what the store has of it stays there. */
  lose(project: Project, reason: string, error = lostError(project, reason)): void {
    if (project.journal?.made === true) this.#unload(project, error);
    else this.#tell(project, { type: 'project.lost', reason });
  }

  /**
   * Has projects of the store be read, spread over the engines by their size, the small ones first;
   * those for which there is no place are left where they are.
   */
  restore(found: readonly Found[]): void {
    const loads = new Map<number, number>();
    const placed = [...found]
      .sort((a, b) => b.bytes - a.bytes)
      .map((one) => {
        const engine = this.#owners.leastLoaded((_, number) => loads.get(number) ?? 0);
        loads.set(engine, (loads.get(engine) ?? 0) + one.bytes);
        return { ...one, engine };
      });
    for (const { engine, ...one } of placed.reverse()) {
      const full = this.#byName.size >= this.#limit ? this.#full() : undefined;
      const made = this.#restore(one, engine);
      if (full !== undefined) this.#unload(made, full);
    }
  }

  /** Another process had what is kept of all of them: each is to be read again. */
  readAgain(found: readonly Found[]): void {
    for (const one of found) {
      const project = this.#byName.get(one.project);
      if (project === undefined) continue;
      this.#keep(project, this.#store?.found(one));
      this.replay(project);
      this.onReplay(project);
    }
  }

  /** An engine takes requests. */
  engineCame(engine: number): void {
    this.#owners.engineCame(engine);
  }

  /** An engine takes no more requests, until it comes again: no project begins there. */
  engineLeft(engine: number, reason: string): void {
    this.#owners.engineLeft(engine, reason);
  }

  /**
   * No project begins any more at an engine. `free` is called, once and not at once, when it has
   * none left, unless it is taken back before.
   */
  retire(engine: number, free: () => void): void {
    this.#owners.retire(engine, free);
  }

  /** Projects begin there again. */
  takeBack(engine: number): void {
    this.#owners.takeBack(engine);
  }

  /** An engine is gone for good. */
  forgetEngine(engine: number): void {
    this.#owners.forgetEngine(engine);
  }

  /** Which engines there are, and which of them retire. */
  get engines(): readonly EngineUse[] {
    return this.#owners.engines;
  }

  /** What to answer for the projects of an engine that is not there. */
  missing(engine: number): GoxError {
    return this.#owners.missing(engine);
  }

  /** Those that are there or being made, and those that were lost. */
  *all(): Iterable<Project> {
    yield* this.#byName.values();
    yield* this.#unloaded.projects;
    for (const [name, lost] of this.#lost) if (!this.#byName.has(name)) yield lost;
  }

  get count(): number {
    return this.#byName.size;
  }

  #make(name: string): Project {
    if (this.#byName.size >= this.#limit) throw this.#full();
    return new Project(name, this.#next++, this.#owners.leastLoaded());
  }

  #full(): GoxError {
    return new GoxError(
      'GOX_OVERLOADED',
      `There are ${this.#byName.size} projects, as many as limits.projects_max allows; ` +
        'close one, or raise limits.projects_max.',
      { projects_max: this.#limit },
    );
  }

  /** Has a project be read again that is in the store. Throws why it is not there. */
  #again(name: string): Project {
    if (this.#byName.size >= this.#limit) throw this.#full();
    const engine = this.#owners.leastLoaded();
    const before = this.#unloaded.take(name);
    before.tell({ type: 'project.closed' });
    return this.#restore({ project: name, bytes: before.kept_bytes }, engine);
  }

  /** A project of the store is to be read. */
  #restore({ project: name, bytes }: Found, engine: number): Project {
    const project = new Project(name, this.#next++, engine);
    this.#keep(project, this.#store?.found({ project: name, bytes }));
    project.known = true;
    this.#add(project, { opening: false, replaying: true });
    this.onReplay(project);
    return project;
  }

  /** What is recorded of a project goes there from now on. */
  #keep(project: Project, journal: ProjectJournal | undefined): void {
    project.journal = journal;
    project.log.goOn(journal);
    if (journal === undefined) return;
    journal.onChange = (state, error) => {
      if (this.#byName.get(project.name) !== project) return;
      if (error !== undefined) project.read_only = error;
      else if (state === 'writing') this.#writeAgain(project);
    };
  }

  /** What is recorded of a project can be kept again, and so it can be changed. */
  #writeAgain(project: Project): void {
    const { read_only, journal } = project;
    if (read_only === undefined) return;
    project.read_only = undefined;
    project.log.goOn(journal);
    // Its engine may have counted what was not kept.
    this.replay(project, read_only);
    this.onReplay(project);
  }

  /** A project cannot be had now, and is in the store still. */
  #unload(project: Project, error: GoxError): void {
    this.#unloaded.add(project, error);
    this.#tell(project, { type: 'project.unloaded', reason: error.message });
    // Whoever reads it next takes it then. What cannot be closed is dead, and is told of.
    project.journal?.close().catch(() => {});
    project.release();
  }

  #unread(): Project | undefined {
    for (const project of this.#byName.values()) if (project.isUnread) return project;
    return undefined;
  }

  #begin(project: Project, opening: boolean): void {
    this.#keep(project, this.#store?.begin(project.name));
    this.#add(project, { opening });
  }

  #add(project: Project, how: Pick<ProjectInput, 'opening' | 'replaying'>): void {
    const { name, engine } = project;
    const actor = this.#start({ name, engine, ...how });
    if (actor === undefined) throw new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.');
    project.attach(actor, () => this.#settle(project));
    this.#byName.set(name, project);
    this.#owners.add(project);
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
    if (state !== 'lost' && state !== 'closed' && state !== 'unloaded') return;
    this.#untitle(project);
    this.#owners.remove(project);
    if (this.#byName.get(name) !== project) return;
    this.#byName.delete(name);
    if (state === 'lost') this.#remember(project);
    // As a rule it is gone by now: who closed it has waited for that.
    if (state === 'closed') project.journal?.remove(() => {});
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
}
