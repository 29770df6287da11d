/**
 * Projects of the store that an engine reads, at the start and when somebody asks for one that was
 * not loaded. Which is next is the engine's business (`actors/engines/recovery.ts`); what follows
 * from what was found is here: what was torn off is cut, and what is damaged is read only.
 */

import type { Logger } from 'pino';
import { GoxError } from '../../conf/errors.ts';
import type { StoreFault } from '../../engine/journal/store-reader.ts';
import type { Rebuilt, StorePlace, StoreReading } from '../../engine/port/layout.ts';
import { ATTEMPTS_MAX, attemptsOf, beginAttempt, endAttempt, withdrawAttempt } from './attempts.ts';
import type { ProjectJournal } from './project-journal.ts';
import type { ProjectLog } from './project-log.ts';

/** Of many projects, how far it is is told so often. */
const PROGRESS_MS = 5000;

/** What is read into; the journal is the one that it is kept in. */
interface Unread {
  readonly name: string;
  readonly number: number;
  readonly log: Pick<ProjectLog, 'begin' | 'refuse'>;
  read_only: GoxError | undefined;
}

/** Who reads; `isThere` says whether the thread is the same still. */
interface Reader {
  readonly isThere: () => boolean;
  /** Whether the daemon ends, and its threads with it. */
  readonly isStopping: () => boolean;
  readonly readStore: (project: number, place: StorePlace) => Promise<StoreReading>;
}

export class Readings {
  readonly #log: Logger;
  readonly #now_ms: () => number;
  /** The directories that are being read, or were when the daemon was told to stop. */
  readonly #underWay = new Set<string>();
  #ended = false;
  #found = 0;
  #read = 0;
  #failed = 0;
  #since_ms = 0;
  #told_ms = 0;

  constructor(log: Logger, now_ms = () => performance.now()) {
    this.#log = log;
    this.#now_ms = now_ms;
  }

  /** So many projects were found in the store. */
  begin(found: number): void {
    this.#ended = false;
    this.#found = found;
    this.#since_ms = this.#now_ms();
    this.#told_ms = this.#since_ms;
  }

  get figures() {
    return { found: this.#found, read: this.#read, not_loaded: this.#failed };
  }

  /**
   * Has a project read, and the journal go on from there.
   *
   * @throws GoxError that says why it is not loaded
   */
  async read(project: Unread, journal: ProjectJournal, reader: Reader): Promise<Rebuilt> {
    const { directory } = journal;
    try {
      if (attemptsOf(directory) >= ATTEMPTS_MAX) throw leftAside(directory);
      const epoch = await journal.own();
      if (!reader.isThere()) throw new Error('the thread that was to read it ended');
      if (this.#ended) throw new Error('the store was closed meanwhile');
      this.#beginAttempt(directory);
      const reading = await reader.readStore(project.number, { directory, epoch });
      this.#goOn(project, journal, reading);
      this.#endAttempt(directory);
      // Nobody is to see what a power cut could still take.
      await journal.ready();
      this.#read += 1;
      return reading;
    } catch (cause) {
      const error = cause instanceof GoxError ? cause : unreadable(journal, cause);
      if (!this.#ended) this.#fail(project, directory, error, reader);
      throw error;
    } finally {
      this.#tellProgress();
    }
  }

  #fail(project: Unread, directory: string, error: GoxError, reader: Reader): void {
    if (reader.isThere()) {
      this.#endAttempt(directory);
      this.#failed += 1;
      this.#log.error({ project: project.name, err: error.cause ?? error }, error.message);
    } else if (!reader.isStopping()) {
      // The thread ended by itself, which counts.
      this.#underWay.delete(directory);
    }
  }

  /** The store is closed, in order: what was not read to its end was no failure. */
  end(): void {
    this.#ended = true;
    for (const directory of this.#underWay) {
      try {
        withdrawAttempt(directory);
      } catch (error) {
        this.#log.warn({ err: error, directory }, 'that a project was being read stays noted');
      }
    }
    this.#underWay.clear();
  }

  /** What cannot be counted, on a full disk, is tried all the same. */
  #beginAttempt(directory: string): void {
    this.#underWay.add(directory);
    try {
      beginAttempt(directory);
    } catch (error) {
      this.#log.warn({ err: error, directory }, 'that a project is being read cannot be noted');
    }
  }

  #endAttempt(directory: string): void {
    if (this.#underWay.delete(directory)) endAttempt(directory);
  }

  #goOn(project: Unread, journal: ProjectJournal, reading: StoreReading): void {
    const { fault, passed, place, epoch } = reading;
    const { name } = project;
    for (const one of passed) {
      this.#log.error({ project: name, ...one }, 'a snapshot of a project cannot be read');
    }
    project.log.begin(reading);
    if (fault !== undefined && fault.kind !== 'torn') {
      const error = damaged(journal, fault);
      project.read_only = error;
      project.log.refuse(error);
      journal.leave();
      this.#log.error({ project: name, ...fault }, error.message);
      return;
    }
    if (fault !== undefined) {
      const text = 'the last write of a project was never finished, and is cut off';
      this.#log.warn({ project: name, ...fault }, text);
    }
    journal.goOn(epoch, place);
  }

  #tellProgress(): void {
    const now_ms = this.#now_ms();
    const { read, not_loaded } = this.figures;
    const left = this.#found - read - not_loaded;
    const facts = { projects: read, not_loaded };
    if (left === 0) {
      const duration_ms = Math.round(now_ms - this.#since_ms);
      this.#log.info({ ...facts, duration_ms }, 'the projects of the store were read');
    } else if (left > 0 && now_ms - this.#told_ms > PROGRESS_MS) {
      this.#told_ms = now_ms;
      this.#log.info({ ...facts, left }, 'the projects of the store are being read');
    }
  }
}

function damaged({ project, directory }: ProjectJournal, fault: StoreFault): GoxError {
  const { path, offset, reason, kind } = fault;
  const command = `goxel-supervisor repair ${quoted(directory)}`;
  const text =
    `The journal of the project "${project}" is damaged at byte ${offset} of ${path}: ${reason}. ` +
    'The project is read only, as it was before that.';
  // What a later version has written is not to be mended by this one.
  const remedy = kind === 'newer' ? {} : { command };
  const how = kind === 'newer' ? '' : ` To mend it: ${command}`;
  return new GoxError('GOX_JOURNAL_DAMAGED', text + how, { project, path, offset, ...remedy });
}

function unreadable({ project, directory }: ProjectJournal, cause: unknown): GoxError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const text = `The project "${project}" is kept in ${directory}, and cannot be read: ${why}`;
  return new GoxError('GOX_PROJECT_UNREADABLE', text, { project, path: directory }, cause);
}

function leftAside(directory: string): Error {
  const why = `the daemon or its thread ended ${ATTEMPTS_MAX} times while it was read`;
  const remedy = `to have it tried again, remove ${quoted(`${directory}/attempt`)}`;
  return new Error(`${why}; ${remedy}`);
}

function quoted(path: string): string {
  return /^[\w./~%-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
