/**
 * The store: the journals of all projects of a daemon, each in a directory of its own.
 *
 *     .lock              who has the store
 *     tower/             the project "tower"; see `directory-names.ts`
 *       lock             who serves the project, and its epoch; see `owner.ts`
 *       name             the project's name, where the directory's does not tell it
 *       attempt          while it is being read; see `attempts.ts`
 *       …                see `engine/journal/files.ts`
 *     .closed-N-tower/   of a project that was closed, being removed
 *
 * What a start finds is listed, and not read: that is for `readings.ts`.
 */

import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { numbered, TEMPORARY_NAME } from '../../engine/journal/files.ts';
import { FORMAT } from '../../engine/journal/version.ts';
import { StepError } from '../process/step.ts';
import type { HandedStore } from '../upgrade/estate.ts';
import { directoryName, hashed, projectOf } from './directory-names.ts';
import type { JournalFs } from './fs.ts';
import type { JournalMeter } from './journal-meter.ts';
import { type JournalDeps, ProjectJournal } from './project-journal.ts';
import { prepareStore } from './store-directory.ts';
import { StoreLock } from './store-lock.ts';

const CLOSED = '.closed-';
const NAME = 'name';
/** What stands beside a journal. */
const BESIDE = ['lock', NAME, 'attempt', TEMPORARY_NAME];

/** A project that a start found. */
export interface Found {
  readonly project: string;
  /** Of all its files. */
  readonly bytes: number;
}

export class ProjectStore {
  readonly #place: string | StepError;
  readonly #deps: JournalDeps;
  #directory = '';
  #lock: StoreLock | undefined;
  #journals = new Set<ProjectJournal>();
  /** What must be gone before a directory of the name can be made. */
  readonly #leaving = new Map<string, Promise<void>>();
  #removals = 0;
  #abandoned = false;
  readonly #without: ((why: string) => void) | undefined;

  /**
   * @param place its directory, or why there is none, which `open` throws
   * @param without is told why nothing is kept, where the daemon may do without its store
   */
  constructor(
    place: string | StepError,
    deps: JournalDeps,
    without: ((why: string) => void) | undefined,
  ) {
    this.#place = place;
    this.#deps = deps;
    this.#without = without;
  }

  /** Whether anything is kept: not where the daemon does without. */
  get keeps(): boolean {
    return !this.#abandoned;
  }

  /** Where it is, once it is open; empty before. */
  get directory(): string {
    return this.#directory;
  }

  /** Where requests go that are given up, beside the store. */
  get quarantine(): string | undefined {
    return this.#directory === '' ? undefined : join(dirname(this.#directory), 'quarantine');
  }

  /** What its journals have done. */
  get meter(): JournalMeter {
    return this.#deps.meter;
  }

  /** Of the projects that have one. */
  get journals(): Iterable<ProjectJournal> {
    return this.#journals;
  }

  /** As `open`, but for a daemon that may do without. Throws StepError for others. */
  openIfPossible(address: string): Found[] {
    try {
      return this.open(address);
    } catch (error) {
      if (this.#without === undefined || !(error instanceof StepError)) throw error;
      this.#abandoned = true;
      this.#without(error.message);
      return [];
    }
  }

  /**
   * Takes the store, removes what was being removed, and lists what there is.
   *
   * @param address where this daemon is to be found, for who wants the store too
   * @throws StepError
   */
  open(address: string): Found[] {
    if (this.#abandoned) return [];
    if (this.#place instanceof StepError) throw this.#place;
    const directory = prepareStore(this.#place);
    this.#lock = StoreLock.take(directory, address);
    this.#directory = directory;
    if (!this.#lock.isKernels) {
      const remedy = 'install koffi or the program flock';
      this.#deps.log.warn({ directory }, `no lock of the kernel can be had here; ${remedy}`);
    }
    try {
      return this.#list();
    } catch (error) {
      this.#lock.release();
      const { message } = error as Error;
      throw new StepError('system', `journal: cannot read ${directory}: ${message}`, error);
    }
  }

  /**
   * Sees whether it is the store that another process is to leave to this one, and can be read.
   *
   * @throws StepError
   */
  check(other: HandedStore | undefined): void {
    if (this.#place instanceof StepError) throw this.#place;
    if (other === undefined) return;
    const { directory, format } = other;
    const here = prepareStore(this.#place);
    if (here !== directory) {
      const text = `journal: the projects are in ${directory}, and this process would keep them in`;
      throw new StepError('wrong', `${text} ${here}; that takes a stop and a start`);
    }
    if (format <= FORMAT) return;
    const text = `journal: what is in ${directory} has the format ${format}, newer than ${FORMAT}`;
    throw new StepError('wrong', text);
  }

  /** As `check` needs it. */
  get handed(): HandedStore | undefined {
    if (this.#abandoned) return undefined;
    return { directory: this.#directory, format: FORMAT };
  }

  /** The journal of a project that begins, if it is kept. */
  begin(project: string): ProjectJournal | undefined {
    return this.#abandoned ? undefined : this.#journal(project, undefined);
  }

  /** That of one that was found. */
  found({ project, bytes }: Found): ProjectJournal {
    return this.#journal(project, bytes);
  }

  /** Makes the directory of a project that begins, once one of the same name is gone. */
  async makeDirectory(project: string, directory: string, fs: JournalFs): Promise<void> {
    await this.#leaving.get(directory);
    await fs.mkdir(directory);
    if (projectOf(basename(directory)) === hashed) await writeName(project, directory, fs);
    await fs.fsyncDir(this.#directory);
  }

  /** Takes a directory out of the store, if it is there; it is gone for good when this resolves. */
  async setAside(directory: string): Promise<void> {
    const { fs } = this.#deps;
    const aside = this.#asideOf(directory);
    const gone = (async () => {
      await fs.rename(directory, aside).catch((error: NodeJS.ErrnoException) => {
        // Somebody has removed it; or the whole store is away, and may come back with it.
        if (error.code !== 'ENOENT' || !existsSync(this.#directory)) throw error;
      });
      await fs.fsyncDir(this.#directory);
    })();
    const settled = gone.catch(() => {});
    this.#leaving.set(directory, settled);
    try {
      await gone;
    } finally {
      if (this.#leaving.get(directory) === settled) this.#leaving.delete(directory);
    }
    this.#remove(aside);
  }

  /** Removes a project that nobody has. Throws what the system says. */
  discard(project: string): void {
    const directory = join(this.#directory, directoryName(project));
    this.#discard(directory);
    const root = openSync(this.#directory, 'r');
    try {
      fsyncSync(root);
    } finally {
      closeSync(root);
    }
  }

  /** A journal is nobody's any more. */
  forget(journal: ProjectJournal): void {
    this.#journals.delete(journal);
  }

  /** Everything is on the disk, as far as that can be, and another daemon may have the store. */
  async close(): Promise<void> {
    const journals = [...this.#journals];
    this.#journals = new Set();
    const closed = await Promise.allSettled(journals.map((journal) => journal.close()));
    for (const one of closed) {
      if (one.status === 'fulfilled') continue;
      this.#deps.log.error({ err: one.reason }, 'the journal of a project could not be closed');
    }
    this.#lock?.release();
    this.#lock = undefined;
  }

  #journal(project: string, found_bytes: number | undefined): ProjectJournal {
    const directory = join(this.#directory, directoryName(project));
    const journal = new ProjectJournal(project, directory, found_bytes, this, this.#deps);
    this.#journals.add(journal);
    return journal;
  }

  #asideOf(directory: string): string {
    this.#removals += 1;
    const number = `${process.pid}-${this.#removals}`;
    return join(this.#directory, `${CLOSED}${number}-${basename(directory)}`);
  }

  #list(): Found[] {
    const found: Found[] = [];
    for (const entry of readdirSync(this.#directory, { withFileTypes: true })) {
      const path = join(this.#directory, entry.name);
      if (!entry.isDirectory()) continue;
      if (entry.name.startsWith(CLOSED)) {
        this.#remove(path);
        continue;
      }
      const project = projectIn(path, entry.name);
      if (project === undefined) {
        this.#deps.log.warn({ path }, 'nobody knows which project this is of; it is left as it is');
        continue;
      }
      const bytes = bytesOf(path);
      if (bytes !== undefined) found.push({ project, bytes });
      else if (holdsNothing(path)) this.#discard(path);
      else this.#deps.log.warn({ path }, 'there is no journal among these files; they are left');
    }
    return found;
  }

  #discard(directory: string): void {
    const aside = this.#asideOf(directory);
    renameSync(directory, aside);
    this.#remove(aside);
  }

  /** Beside all else: what is left of it goes with the next start. */
  #remove(path: string): void {
    rm(path, { recursive: true, force: true }).catch((error: unknown) => {
      this.#deps.log.warn({ err: error, path }, 'what is left of a project cannot be removed');
    });
  }
}

function projectIn(path: string, directory: string): string | undefined {
  const project = projectOf(directory);
  if (project !== hashed) return project;
  try {
    const name: unknown = JSON.parse(readFileSync(join(path, NAME), 'utf8'));
    return typeof name === 'string' && directoryName(name) === directory ? name : undefined;
  } catch {
    return undefined;
  }
}

/** Of the files of a journal; undefined when there are none. */
function bytesOf(path: string): number | undefined {
  const names = readdirSync(path);
  const files = [...numbered(names, 'journal'), ...numbered(names, 'snapshot')];
  if (files.length === 0) return undefined;
  return files.reduce((sum, { name }) => sum + statSync(join(path, name)).size, 0);
}

/** Its first record was never there; what nobody knows may be all that somebody has. */
function holdsNothing(path: string): boolean {
  return readdirSync(path).every((name) => BESIDE.includes(name));
}

/** Read by the next start only; without it nobody could tell what the directory is of. */
async function writeName(project: string, directory: string, fs: JournalFs): Promise<void> {
  const file = await fs.open(join(directory, NAME), { create: true });
  try {
    await fs.write(file, [Buffer.from(`${JSON.stringify(project)}\n`)], 0);
    await fs.fdatasync(file);
  } finally {
    await fs.close(file);
  }
  await fs.fsyncDir(directory);
}
