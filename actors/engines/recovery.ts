/**
 * The projects of one engine that have to be made anew from what is kept of them: after its thread
 * died, after what they recorded last could not be kept, and when the daemon begins with projects
 * of an earlier life. One at a time, those first for which somebody waits, between the batches of
 * the others. Whoever asks for one waits until it is there.
 *
 * A thread may die of that, too. That counts for the project that it was at; one that has ended
 * several is lost for this life of the daemon, and the others go on.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Mirrored, Rebuilt, Records } from '../../engine/port/layout.ts';
import type { Call } from './call.ts';
import type { Project } from './project.ts';
import type { CallsRegistry } from './registry.ts';
import type { EngineLink } from './thread.ts';

/** So many threads may die of making a project anew. */
const DEATHS_MAX = 2;

/**
 * What has not been made anew by then never will be, and its thread is taken for hanging. Some ms
 * are what it takes, as a rule; a large project from a slow disk takes seconds.
 */
const REPLAY_MS_MAX = 300_000;

type Registry = Pick<CallsRegistry, 'calls' | 'projects' | 'clock' | 'readings' | 'stopping'>;

/** What the queue of the engine has to do with it. */
interface Keeper {
  /** Whether calls of the project are with the engine at this moment. */
  readonly isAway: (project: Project) => boolean;
  /** Something has become of one, so that others may go on. */
  readonly turned: () => void;
  /** The first begins, or the last has come to its end. */
  readonly changed: (replaying: boolean) => void;
}

export class Recovery {
  readonly #registry: Registry;
  readonly #keeper: Keeper;
  readonly #waiting = new Set<Project>();
  #link: EngineLink | undefined;
  #underWay: { readonly project: Project; readonly since_ms: number } | undefined;
  #replaying = false;

  constructor(registry: Registry, keeper: Keeper) {
    this.#registry = registry;
    this.#keeper = keeper;
  }

  /** How many have not been made anew yet. */
  get size(): number {
    return this.#waiting.size + (this.#underWay === undefined ? 0 : 1);
  }

  /** Has one made anew, also when that is under way: what is kept of it has changed. */
  add(project: Project): void {
    this.#waiting.add(project);
    this.look();
  }

  /** There is a thread, which has no project. */
  attach(link: EngineLink): void {
    this.#link = link;
    this.look();
  }

  /** The thread is gone. @param died of what it was made to do here, as far as is known */
  detach(died: boolean): void {
    this.#link = undefined;
    const project = this.#underWay?.project;
    this.#underWay = undefined;
    if (project === undefined) return;
    if (died) project.deaths += 1;
    if (project.deaths < DEATHS_MAX) this.#waiting.add(project);
    else this.#lose(project, `${project.deaths} threads died while they made it anew`);
  }

  /** For how long the present one is being made anew, when that is longer than it may take. */
  overdue(now_ms: number): number | undefined {
    const age_ms = now_ms - (this.#underWay?.since_ms ?? now_ms);
    return age_ms > REPLAY_MS_MAX ? age_ms : undefined;
  }

  /** Has the next made anew, if there is one that can be. */
  look(): void {
    const link = this.#link;
    while (link !== undefined && this.#underWay === undefined) {
      const project = this.#next();
      if (project === undefined) break;
      this.#waiting.delete(project);
      if (!project.replaying) continue;
      // No engine ever had it: the request that makes it is still to come.
      if (project.known) this.#begin(project, link);
      else this.#registry.projects.replayed(project, { unsaved: false });
    }
    const replaying = this.size > 0;
    if (replaying === this.#replaying) return;
    this.#replaying = replaying;
    this.#keeper.changed(replaying);
  }

  /** The first that somebody waits for, else the first. */
  #next(): Project | undefined {
    let first: Project | undefined;
    for (const project of this.#waiting) {
      if (this.#keeper.isAway(project)) continue;
      if (project.waiters.size > 0) return project;
      first ??= project;
    }
    return first;
  }

  #begin(project: Project, link: EngineLink): void {
    const underWay = { project, since_ms: this.#registry.clock.now_ms() };
    this.#underWay = underWay;
    const end = (action: () => void) => {
      if (this.#underWay !== underWay) return;
      this.#underWay = undefined;
      // Otherwise it is closed by now, or to be made anew once more.
      if (project.replaying && !this.#waiting.has(project)) action();
      this.look();
      this.#keeper.turned();
    };
    const how = project.journal?.isUnread === true ? 'read' : 'recovered';
    // What it was before; a new thread has nothing of it.
    if (project.undone !== undefined || project.isUnread)
      link.close(project.number).catch(() => {});
    this.#make(project, link, () => this.#underWay === underWay).then(
      (rebuilt: Rebuilt) =>
        end(() => {
          this.#registry.projects.remade[how] += 1;
          this.#registry.projects.replayed(project, rebuilt);
        }),
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        const why = error instanceof GoxError ? error : undefined;
        end(() => this.#lose(project, `it could not be made anew: ${reason}`, why));
      },
    );
  }

  #make(project: Project, link: EngineLink, isThere: () => boolean): Promise<Rebuilt> {
    const { journal, number } = project;
    const { readings, stopping } = this.#registry;
    if (journal?.isUnread !== true || readings === undefined) {
      return link.recover(number, project.log.recovery());
    }
    return readings.read(project, journal, {
      ...{ isThere, isStopping: stopping },
      readStore: link.readStore,
    });
  }

  #lose(project: Project, reason: string, error?: GoxError): void {
    this.#link?.close(project.number).catch(() => {});
    this.#registry.projects.lose(project, reason, error);
  }
}

/** Notes what requests left to be done again, and has their projects made anew when that fails. */
export function keepRecords(
  calls: readonly Call[],
  records: readonly Records[],
  mirrors: readonly Mirrored[],
  registry: Registry,
): void {
  const projectOf = (number: number) => {
    const found = calls.find((call) => call.project.number === number)?.project;
    if (found !== undefined) return found;
    // One that was made anew is told of with whatever is answered next.
    for (const other of registry.projects.of(calls[0]?.project.engine ?? -1)) {
      if (other.number === number) return other;
    }
    return undefined;
  };
  const logOf = (number: number) => {
    const project = projectOf(number);
    // What was left to one that is to be made anew is not part of what is kept.
    if (project === undefined || project.replaying) return undefined;
    const { log } = project;
    log.onFailure ??= (error) => undo(project, error, registry);
    if (log.failure === undefined) return log;
    // A save may be made still, and leaves only that it was. Before the project is changed again it
    // is made anew, without that.
    if (calls.every((call) => call.project !== project || call.spec?.edits === false)) {
      return undefined;
    }
    // It had left its session before that, or is the end of a job.
    undo(project, log.failure, registry);
    return undefined;
  };
  for (const { project, ...made } of records) logOf(project)?.add(made);
  for (const { project, delta } of mirrors) logOf(project)?.mirrored(delta);
}

/** What is kept of a project is less than its engine has. */
function undo(project: Project, error: GoxError, { calls, projects }: Registry): void {
  project.read_only = error;
  projects.replay(project, error);
  calls.get(project.engine)?.send({ type: 'project.replay', project });
}
