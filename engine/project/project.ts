/** What an engine keeps of one project. */

import { GoxError } from '../../conf/errors.ts';
import { Noted } from '../changes/noted.ts';
import { type Entry, Recorder, type Recording } from '../changes/recorder.ts';
import { Document } from '../document/document.ts';
import type { Layer } from '../document/layer.ts';
import { nothingSelected, type Selection, sameSelection } from '../document/selection.ts';
import type { ResultLimits } from '../inquiries/limits.ts';
import { OpWindow } from '../port/op-window.ts';
import { Kept } from '../prepared/kept.ts';
import { ProjectRecords } from '../replay/records.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import type { Volume } from '../volume/volume.ts';
import { type Checkpoint, Checkpoints, checkpointOf, comeBack } from './checkpoints.ts';
import type { Clipboard } from './clipboard.ts';
import { Done } from './done.ts';
import type { Files } from './files.ts';
import { History, type Origin, type Step } from './history.ts';
import type { ProjectHome, Scripting } from './home.ts';
import { boundDerived, ProjectMemory } from './memory.ts';
import { newNumbers, type ProjectNumbers } from './numbers.ts';
import { changedNothing, type Summary, summaryOf } from './summary.ts';

/** The sides of a project that nobody gave a size, as in the v14 daemon. */
export const DEFAULT_SIDE = 64;

/** `layer_id` that means all visible layers, merged. */
const ALL_LAYERS = -2;

/** What can be changed of a project beside its document. */
interface ProjectState {
  readonly selection: Selection;
}

export class Project extends Noted<ProjectState> {
  name = 'New Project';
  /** What it was opened as: the name it was made by, or the absolute path of its file. */
  title: string | undefined;
  readonly history = new History();
  readonly checkpoints = new Checkpoints();
  readonly pictures: Kept;
  /** Of the request that runs. */
  #origin: Origin = { method: '', client: 0 };
  #document = Document.empty(DEFAULT_SIDE, DEFAULT_SIDE, DEFAULT_SIDE);
  /** Where save_project writes when it is given no path, and in which format. */
  path: string | undefined;
  format: string | undefined;
  readonly memory: ProjectMemory;
  readonly files: Files;
  readonly clipboard: Clipboard;
  readonly scripting: Scripting;
  readonly job_threads: number;
  /** For one result, and for the memory of one job beside the voxels. */
  readonly limits: ResultLimits;
  /** What its requests leave to be done again. */
  readonly records = new ProjectRecords();
  /** Those of its edits that are not done again when they are sent again. */
  readonly ops: OpWindow;
  readonly #recorder = new Recorder();
  #numbers = newNumbers();
  /** When the running request began, by the wall clock; while it is replayed, by its record. */
  #at_ms = 0;
  #done = new Done();

  constructor(home: ProjectHome) {
    super({ selection: nothingSelected() });
    this.record(this.#recorder);
    this.#document.record(this.#recorder);
    const { budget, files, clipboard, scripting, job_threads, limits } = home;
    this.memory = new ProjectMemory(budget);
    this.pictures = new Kept(this.memory.pictures_bytes_max);
    this.files = files;
    this.clipboard = clipboard;
    this.scripting = scripting;
    this.job_threads = job_threads;
    this.limits = limits;
    this.ops = new OpWindow(home.op_limits);
  }

  get document(): Document {
    return this.#document;
  }

  /** Cleared when another document comes in its place. */
  get selection(): Selection {
    return this.state.selection;
  }

  /**
   * The number of what it is now, so that a save knows whether it holds the last edit: another one
   * with every edit, and the one from before when the edit is undone.
   */
  get revision(): number {
    return this.#numbers.revision;
  }

  /** Grows when another document comes in place of this one. */
  get documentNumber(): number {
    return this.#numbers.document_number;
  }

  get numbers(): Readonly<ProjectNumbers> {
    return this.#numbers;
  }

  /** Becomes what was kept of it; the history and the checkpoints are for others to bring. */
  goOn(numbers: ProjectNumbers, selection: Selection): void {
    this.#numbers = { ...numbers };
    this.exchange({ selection });
  }

  /** Whether it was edited since it was saved, loaded or made. */
  get unsaved(): boolean {
    const edits = this.#recorder.current?.entries.length ?? 0;
    return this.#numbers.kept_revision !== this.#numbers.revision || edits > 0;
  }

  /** Remembers that what it was at a revision is in a file. */
  keptAt(revision: number, path: string | undefined, format: string | undefined): void {
    if (revision === this.#numbers.kept_revision && path === this.path && format === this.format)
      return;
    this.#numbers.stamp++;
    this.#done.kept = true;
    this.#numbers.kept_revision = revision;
    this.path = path;
    this.format = format;
  }

  /** The same as long as nothing happens that would have to be done again to come to this point. */
  get stamp(): number {
    return this.#numbers.stamp;
  }

  /** When the running request began, by the wall clock. */
  get at_ms(): number {
    return this.#at_ms;
  }

  /** What it has done. */
  get done(): Done {
    return this.#done;
  }

  /** Due before every request, of which the history remembers the method and the client. */
  begin(method: string, client: number, at_ms = Date.now()): void {
    this.#at_ms = at_ms;
    this.#done = new Done();
    const last = this.#origin;
    // Steps keep it, and most requests are like the one before.
    if (last.method !== method || last.client !== client) this.#origin = { method, client };
    this.boundDerived();
  }

  /** Due before what may grow: what clones and shapes may grow to depends on what is free. */
  boundDerived(): void {
    boundDerived(this.document, this.memory.bytes_free);
  }

  /**
   * Puts another document in the place of this one, of which nothing is kept. Throws
   * GOX_MEMORY_LIMIT when it is too large; then all is as it was.
   */
  replace(document: Document): void {
    boundDerived(document, this.memory.bytesAllowed - document.voxelBytes());
    document.refresh();
    this.memory.require(document.voxelBytes());
    document.record(this.#recorder);
    this.#numbers.stamp++;
    this.#done.replaced = true;
    this.#document = document;
    this.#numbers.document_number++;
    this.#numbers.revision = ++this.#numbers.last_revision;
    this.write({ selection: nothingSelected() });
    this.history.clear();
    this.checkpoints.clear();
    this.pictures.drop();
    this.memory.accountPictures(this.pictures);
  }

  /** Makes a layer the active one. That is no edit, so undo does not know of it. */
  activate(layer: Layer): void {
    if (this.document.state.active === layer) return;
    this.#numbers.stamp++;
    this.document.activeLayer = layer;
  }

  /** Puts another selection in the place of this one. Throws GOX_MEMORY_LIMIT. */
  select(selection: Selection): void {
    if (sameSelection(this.selection, selection)) return;
    this.memory.require(this.document.voxelBytes() + selection.mask.byteLength);
    this.choose(() => this.write({ selection }));
  }

  /** Bytes of its voxels and its selection. */
  get bytes(): number {
    return this.document.voxelBytes() + this.selection.mask.byteLength;
  }

  override keptBytes({ selection }: ProjectState): number {
    return selection.mask === this.selection.mask ? 0 : selection.mask.byteLength;
  }

  /** Brings the budget up to date; due after every request. */
  account(): void {
    this.memory.account(this.bytes);
  }

  /** Gives the memory back; the project must not be used after it. */
  end(): void {
    this.memory.account(0);
    this.memory.accountHistory(0);
    this.memory.forgetPictures(this.pictures);
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
    return layer.volume;
  }

  /**
   * Makes an edit that happens as a whole or not at all: when it throws, the project is as it was.
   * Clone and shape layers are part of it. It becomes a step of the history, unless it changes
   * nothing, or a part of the edit that it is made within. Throws GOX_MEMORY_LIMIT when the project
   * has grown past what is free.
   */
  transact<T>(edit: () => T): T {
    return this.#record(edit);
  }

  /** As `transact`, for what no file holds: it leaves the project as saved as it was. */
  choose<T>(edit: () => T): T {
    return this.#record(edit, this.#numbers.revision);
  }

  /** Makes an edit that was made before, and is known to be a step that is told of so. */
  makeAgain(edit: () => void, summary: Summary, chosen: boolean): void {
    this.#record(edit, chosen ? this.#numbers.revision : undefined, summary);
  }

  /** Undoes the last step, if there is one, and gives it. Throws GOX_MEMORY_LIMIT. */
  undo(): Step | undefined {
    const step = this.history.undo();
    if (step !== undefined) this.#settle(step.before, -1);
    return step;
  }

  /** Does again what was undone last, if anything was, and gives it. Throws GOX_MEMORY_LIMIT. */
  redo(): Step | undefined {
    const step = this.history.redo();
    if (step !== undefined) this.#settle(step.after, 1);
    return step;
  }

  /** Gives what it is now a name to come back to; a checkpoint of the same name goes. */
  keep(name: string): Checkpoint {
    this.#numbers.stamp++;
    const about = {
      name,
      at_ms: this.#at_ms,
      step: this.history.now,
      revision: this.#numbers.revision,
    };
    const checkpoint = checkpointOf(this.document, { ...about, selection: this.selection });
    this.checkpoints.add(checkpoint);
    this.memory.accountHistory(this.history.bytes + this.checkpoints.bytes);
    return checkpoint;
  }

  /** Gives up a checkpoint. */
  forget(name: string): void {
    this.#numbers.stamp++;
    this.checkpoints.delete(name, this.document);
  }

  /** Comes back to a checkpoint, which is an edit like others. Throws GOX_MEMORY_LIMIT. */
  comeBack(checkpoint: Checkpoint): void {
    const { selection, revision } = checkpoint;
    let active = this.document.activeLayer;
    const edit = () => {
      comeBack(this.document, checkpoint);
      if (!sameSelection(this.selection, selection)) this.write({ selection });
      active = this.document.activeLayer;
    };
    this.#record(edit, revision);
    // Where all else was as it is there, no step was made of these.
    if (active !== this.document.activeLayer) this.activate(active);
    if (revision !== this.#numbers.revision) {
      this.#numbers.stamp++;
      this.#numbers.revision = revision;
    }
  }

  /** After a step back or forth, which is taken back when there is no memory for it. */
  #settle(revision: number, moves: -1 | 1): void {
    try {
      this.boundDerived();
      this.document.refresh();
      this.memory.require(this.bytes);
    } catch (error) {
      if (moves < 0) this.history.redo();
      else this.history.undo();
      throw error;
    }
    this.#numbers.stamp++;
    this.#done.moves += moves;
    this.#numbers.revision = revision;
    const { history, checkpoints } = this;
    this.memory.accountHistory(history.bytes + checkpoints.bytes);
  }

  /**
   * @param after the number of what the edit makes of the project; a new one if undefined
   * @param told what it has changed, of an edit that is made again
   */
  #record<T>(edit: () => T, after?: number, told?: Summary): T {
    const blocks_free = Math.floor(this.memory.bytes_free / BLOCK_BYTES);
    const whole = () => {
      const result = edit();
      this.document.refresh();
      this.memory.require(this.bytes);
      return result;
    };
    return this.#recorder.record(blocks_free, whole, (recording) => {
      if (told === undefined) this.#push(recording, after);
      else this.step(recording.entries, told, after);
    });
  }

  #push(recording: Recording, after?: number): void {
    const { entries } = recording;
    if (entries.length === 0) return;
    // What can be stopped comes before all that changes something.
    const summary = summaryOf(recording, this.document);
    // No number tells of the active layer: what leads to one is no step by that alone.
    if (changedNothing(recording, summary, this.document, after === undefined)) {
      recording.takeBack();
      return;
    }
    this.#done.recording = recording;
    this.step(entries, summary, after);
  }

  /** Makes a step of what an edit has replaced, however it was noted. */
  step(entries: readonly Entry[], summary: Summary, revision?: number): void {
    const numbers = this.#numbers;
    const { revision: before, last_revision } = numbers;
    const after = revision ?? last_revision + 1;
    numbers.stamp++;
    numbers.revision = after;
    if (after > last_revision) numbers.last_revision = after;
    this.#done.edits++;
    this.#done.chosen = after === before;
    this.#done.summary = summary;
    const edit = { entries, summary, origin: this.#origin, before, after };
    this.boundHistory(this.history.push(edit, this.#at_ms));
  }

  /**
   * Keeps what can be undone and done again within its bounds; so many bytes of it are gone
   * already. Due after steps back and forth too, as soon as none of them need be taken back.
   */
  boundHistory(left_bytes = 0): void {
    const { history, checkpoints, memory } = this;
    const { history_bytes_max } = memory;
    const left = left_bytes + history.bound(history_bytes_max);
    checkpoints.bound(left, history_bytes_max, this.document);
    memory.accountHistory(history.bytes + checkpoints.bytes);
  }
}

export function layerNotFound(which: string): GoxError {
  return new GoxError('GOX_LAYER_NOT_FOUND', `There is no layer with ${which}.`);
}
