/** What an engine keeps of one project. */

import { GoxError } from '../../conf/errors.ts';
import { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { nothingSelected, type Selection } from '../document/selection.ts';
import type { ResultLimits } from '../inquiries/limits.ts';
import type { Scripts } from '../script/script.ts';
import { boxCorners, isNullBox } from '../volume/matrix.ts';
import type { Volume } from '../volume/volume.ts';
import type { Clipboard } from './clipboard.ts';
import type { Files } from './files.ts';
import { type Budget, boundDerived, ProjectMemory } from './memory.ts';
import { alter, type Editable, transact } from './transaction.ts';

/** The sides of a project that nobody gave a size, as in the v14 daemon. */
export const DEFAULT_SIDE = 64;

/** `layer_id` that means all visible layers, merged. */
const ALL_LAYERS = -2;

/** What all projects of an engine share. */
export interface ProjectHome {
  readonly budget: Budget;
  readonly files: Files;
  readonly clipboard: Clipboard;
  readonly limits: ResultLimits;
  readonly scripting: Scripting;
  /** How many threads share a job. */
  readonly job_threads: number;
}

/** What scripts run in, and their ceilings. */
export interface Scripting {
  readonly script_timeout_ms: number;
  readonly script_memory_bytes_max: number;
  /** There while a request is run that needs it. */
  scripts: Scripts | undefined;
  /** Why there are none. */
  failure: unknown;
}

export class Project implements Editable {
  name = 'New Project';
  document = Document.empty(DEFAULT_SIDE, DEFAULT_SIDE, DEFAULT_SIDE);
  /** Where save_project writes when it is given no path, and in which format. */
  path: string | undefined;
  format: string | undefined;
  /** Cleared when another document comes in its place. */
  selection = nothingSelected();
  readonly memory: ProjectMemory;
  readonly files: Files;
  readonly clipboard: Clipboard;
  readonly scripting: Scripting;
  readonly job_threads: number;
  /** For one result, and for the memory of one job beside the voxels. */
  readonly limits: ResultLimits;
  #revision = 0;
  /** The revision that was saved, loaded or made last. */
  #kept_revision = 0;
  #document_number = 0;

  constructor(home: ProjectHome) {
    const { budget, files, clipboard, scripting, job_threads, limits } = home;
    this.memory = new ProjectMemory(budget);
    this.files = files;
    this.clipboard = clipboard;
    this.scripting = scripting;
    this.job_threads = job_threads;
    this.limits = limits;
  }

  /** Grows with every edit, so that a save knows whether it holds the last one. */
  get revision(): number {
    return this.#revision;
  }

  /** Grows when another document comes in place of this one. */
  get documentNumber(): number {
    return this.#document_number;
  }

  /** Whether it was edited since it was saved, loaded or made. */
  get unsaved(): boolean {
    return this.#kept_revision !== this.#revision;
  }

  /** Notes an edit. */
  edited(): void {
    this.#revision++;
  }

  /** Remembers that what it was at a revision is in a file, unless a later one is already. */
  keptAt(revision: number): void {
    this.#kept_revision = Math.max(this.#kept_revision, revision);
  }

  /** Due before every request: what clones and shapes may grow to depends on what is free. */
  begin(): void {
    boundDerived(this.document, this.memory.ceiling.bytes_free);
  }

  /**
   * Puts another document in the place of this one, of which nothing is kept. Throws
   * GOX_MEMORY_LIMIT when it is too large; then all is as it was.
   */
  replace(document: Document): void {
    boundDerived(document, this.memory.bytesAllowed - document.voxelBytes());
    document.refresh();
    this.memory.require(document.voxelBytes());
    this.document = document;
    this.#document_number++;
    this.selection = nothingSelected();
  }

  /** Puts another selection in the place of this one. Throws GOX_MEMORY_LIMIT. */
  select(selection: Selection): void {
    this.memory.require(this.document.voxelBytes() + selection.mask.byteLength);
    this.selection = selection;
  }

  /** Throws GOX_RESULT_TOO_LARGE unless a result may hold so many bytes. */
  requireResult(bytes: number): void {
    const { result_bytes_max } = this.limits;
    if (bytes <= result_bytes_max) return;
    const message =
      `The result would have ${bytes} bytes; limits.result_bytes_max allows ` +
      `${result_bytes_max}.`;
    throw new GoxError('GOX_RESULT_TOO_LARGE', message, { bytes, result_bytes_max });
  }

  /** Bytes of its voxels and its selection. */
  get bytes(): number {
    return this.document.voxelBytes() + this.selection.mask.byteLength;
  }

  /** Brings the budget up to date; due after every request. */
  account(): void {
    this.memory.account(this.bytes);
  }

  /** Gives the memory back; the project must not be used after it. */
  end(): void {
    this.memory.account(0);
  }

  /** The sides of the image box, in voxels; 0 when it has none. */
  get size(): [width: number, height: number, depth: number] {
    if (isNullBox(this.document.box)) return [0, 0, 0];
    const { min, max } = boxCorners(this.document.box);
    return [Math.round(max[0] - min[0]), Math.round(max[1] - min[1]), Math.round(max[2] - min[2])];
  }

  /**
   * The layer of an id, its voxels up to date; 0, -1 and nothing are the active one. Throws
   * GOX_LAYER_NOT_FOUND.
   */
  layer(id = 0): Layer {
    const layer = id > 0 ? this.document.layerById(id) : this.document.activeLayer;
    if (layer === undefined) throw layerNotFound(`id ${id}`);
    if (layer.derived) this.document.refresh();
    return layer;
  }

  /**
   * The voxels to read for a `layer_id`: of one layer, or of all visible ones from bottom to top,
   * which are to be laid one over another. Not to be written.
   */
  views(id = -1): Volume[] {
    return id === ALL_LAYERS ? this.document.shownVolumes() : [this.layer(id).volume];
  }

  /** What `views` reads: the id of a layer, or -2 for all. */
  viewId(id = -1): number {
    return id === ALL_LAYERS ? id : this.layer(id).id;
  }

  /** The voxels of a layer, to be written: a clone or shape layer becomes a plain one. */
  edit(layer: Layer): Volume {
    if (layer.derived) layer.makePlain();
    this.edited();
    return layer.volume;
  }

  /** Remembers all that an edit can change; what it returns puts it back. */
  checkpoint(): () => void {
    const { document, selection } = this;
    const revision = this.#revision;
    const restore = document.checkpoint();
    return () => {
      restore();
      this.selection = selection;
      this.#revision = revision;
    };
  }

  /** Makes an edit that happens as a whole or not at all; see `transaction.ts`. */
  transact<T>(edit: () => T): T {
    return transact(this, edit);
  }

  /** Makes an edit that cannot fail half way by itself; see `transaction.ts`. */
  alter<T>(edit: () => T): T {
    return alter(this, edit);
  }
}

export function layerNotFound(which: string): GoxError {
  return new GoxError('GOX_LAYER_NOT_FOUND', `There is no layer with ${which}.`);
}
