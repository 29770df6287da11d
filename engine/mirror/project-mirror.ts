/**
 * What the main thread was told of a project, and with that what it has to be told next. After each
 * time all blocks of the project are copied before they are written, so that nobody ever writes
 * into what the main thread has.
 */

import { randomUUID } from 'node:crypto';
import type { Recorder } from '../changes/recorder.ts';
import type {
  Mirror,
  MirrorDelta,
  MirrorSteps,
  MirrorValues,
  StepsChange,
} from '../port/mirror.ts';
import type { Project } from '../project/project.ts';
import { lastVersion, versionsAfter } from '../volume/trail.ts';
import { packed, unpacked } from './pack.ts';
import { MirrorReader } from './reader.ts';
import { type Root, rootOf } from './root.ts';
import { SentStack } from './stack.ts';
import { StepReader } from './step-reader.ts';
import { StepWriter } from './steps.ts';
import { TableWriter } from './tables.ts';
import { Ids, type Item, ValueWriter } from './values.ts';

/**
 * What nobody refers to any more is only found by a look at all there is, which is due once as much
 * has come as there was, and this much at least.
 */
export interface MirrorBounds {
  readonly value_bytes_min: number;
  readonly blocks_min: number;
}

const BOUNDS: MirrorBounds = { value_bytes_min: 256 * 1024, blocks_min: 4096 };

export class ProjectMirror {
  readonly #project: Project;
  /** Of all its mirrors; other threads and other daemons may have made some of the same project. */
  readonly #name = randomUUID();
  #count = 0;
  #stamp: string | undefined;
  #ids = new Ids();
  #tables = new TableWriter(this.#ids);
  #values = new ValueWriter(this.#ids, (volume) => this.#tables.visit(volume));
  #steps = new StepWriter(this.#ids, this.#values);
  readonly #done = new SentStack();
  readonly #undone = new SentStack();
  #document_number = 0;
  /** Edits with an `op_id`, as many as came between two deltas; and how many ever came. */
  #ops: (readonly object[])[] = [];
  #ops_count = 0;
  #value_bytes = 0;
  readonly #bounds: MirrorBounds;
  #value_bytes_max: number;
  #blocks_max: number;

  constructor(project: Project, bounds = BOUNDS) {
    this.#project = project;
    this.#bounds = bounds;
    this.#value_bytes_max = bounds.value_bytes_min;
    this.#blocks_max = bounds.blocks_min;
  }

  /** What has changed since this was last called, or all there is; as of a sequence. */
  delta(sequence: number): MirrorDelta {
    try {
      return this.#delta(sequence);
    } catch (error) {
      // What was noted as sent was not.
      this.#begin();
      throw error;
    }
  }

  /** Makes the project, a new one, what a mirror says, and goes on from there. */
  restore(mirror: Mirror): void {
    const project = this.#project;
    const root = unpacked(mirror.root) as Root;
    versionsAfter(root.last_version);
    this.#begin(root.last_id);
    const writers = { ids: this.#ids, values: this.#values, tables: this.#tables };
    const reader = new MirrorReader(mirror, recorderOf(project), writers);
    restoreProject(project, root, reader);
    const { history, checkpoints } = project;
    const steps = new StepReader(project, reader);
    // A step may be counted anew, and is not sent again for that.
    const bytes = sizeOf(mirror.done) + sizeOf(mirror.undone);
    const facts = { ...root.history, bytes };
    history.goOn(facts, steps.runs(mirror.done), steps.steps(mirror.undone));
    checkpoints.goOn(
      root.checkpoint_facts,
      root.checkpoints.map((item) => reader.value(item) as never),
    );
    this.#stamp = mirror.stamp;
    this.#tables.known(mirror.volumes);
    this.#ops = root.ops.map((item) => reader.value(item) as readonly object[]);
    for (const op of this.#ops.flat()) project.ops.add(op as never);
    this.#ops_count = project.ops.count;
    this.#document_number = project.documentNumber;
    this.#done.sent(history.forgotten, 0, 0, numbersOf(mirror.done));
    this.#undone.sent(history.lost, 0, 0, numbersOf(mirror.undone));
    this.#value_bytes = mirror.values.reduce((sum, { data }) => sum + data.length, 0);
    this.#bound();
    project.account();
    project.memory.accountHistory(history.bytes + checkpoints.bytes);
  }

  /** Knows of nothing that was sent. */
  #begin(last_id = 0): void {
    this.#stamp = undefined;
    this.#ids = new Ids(last_id);
    this.#tables = new TableWriter(this.#ids);
    this.#values = new ValueWriter(this.#ids, (volume) => this.#tables.visit(volume));
    this.#steps = new StepWriter(this.#ids, this.#values);
    this.#done.clear();
    this.#undone.clear();
    this.#ops = [];
    this.#ops_count = 0;
    this.#value_bytes = 0;
  }

  #bound(): void {
    this.#value_bytes_max = Math.max(this.#bounds.value_bytes_min, 2 * this.#value_bytes);
    this.#blocks_max = Math.max(this.#bounds.blocks_min, 2 * this.#tables.blocks);
  }

  #delta(sequence: number): MirrorDelta {
    const { documentNumber, history } = this.#project;
    const after = this.#stamp;
    if (this.#document_number !== documentNumber) {
      this.#done.clear();
      this.#undone.clear();
    }
    const anew =
      this.#document_number !== documentNumber ||
      this.#value_bytes > this.#value_bytes_max ||
      this.#tables.blocks > this.#blocks_max;
    this.#document_number = documentNumber;
    if (anew) this.#values.forget();
    this.#values.visitKnown();
    const untouched = history.takeUntouched();
    const done = this.#doneChange(untouched.done);
    const undone = this.#undoneChange(untouched.undone);
    if (anew) this.#steps.trace([...history.doneFrom(0), ...history.undone]);
    this.#noteOps();
    const root = rootOf(this.#project, this.#ops, this.#values);
    const values = this.#takeValues(anew);
    // By now all was made that a mirror had, as far as it is still there.
    const gone = anew ? this.#tables.dropOthers() : [];
    const volumes = this.#tables.take();
    if (anew) this.#bound();
    // Not before all have got theirs.
    const last = { last_id: this.#ids.last, last_version: lastVersion() };
    const stamp = `${this.#name}.${++this.#count}`;
    this.#stamp = stamp;
    return {
      ...{ sequence, stamp, after, root: packed({ ...root, ...last }), values, all_values: anew },
      ...{ volumes, gone, done, undone },
    };
  }

  #doneChange(untouched: number): StepsChange {
    const { history } = this.#project;
    const { forgotten, length } = history;
    const numberAt = (place: number) => history.numberAt(place);
    const { dropped, kept } = this.#done.compare(untouched, forgotten, length, numberAt);
    const added = history.doneFrom(kept);
    this.#done.sent(forgotten, dropped, kept, numbersIn(added));
    return { dropped, kept, runs: this.#steps.runs(added) };
  }

  #undoneChange(untouched: number): StepsChange {
    const { undone, lost } = this.#project.history;
    const numberAt = (place: number) => undone[place]!.number;
    const { dropped, kept } = this.#undone.compare(untouched, lost, undone.length, numberAt);
    const added = undone.slice(kept);
    this.#undone.sent(lost, dropped, kept, numbersIn(added));
    return { dropped, kept, runs: this.#steps.runs(added) };
  }

  #noteOps(): void {
    const { ops } = this.#project;
    const added = ops.after(this.#ops_count);
    if (added.length > 0) this.#ops = [...this.#ops, added];
    this.#ops_count = ops.count;
    // Parts that have gone as a whole.
    const [oldest] = ops.after();
    while (this.#ops.length > 1 && oldest !== undefined && !has(this.#ops[0]!, oldest)) {
      this.#ops = this.#ops.slice(1);
    }
  }

  #takeValues(anew: boolean): MirrorValues[] {
    const defined = this.#values.take();
    if (anew) this.#value_bytes = 0;
    if (defined.length === 0) return [];
    const data = packed(defined.map(([, content]) => content));
    this.#value_bytes += data.length;
    return [{ ids: Float64Array.from(defined, ([id]) => id), data }];
  }
}

function has(part: readonly object[], op: object): boolean {
  return part.some((one) => (one as { id: string }).id === (op as { id: string }).id);
}

function recorderOf({ recorder }: Project): Recorder {
  if (recorder === undefined) throw new Error('a project that notes no edits');
  return recorder;
}

function numbersOf({ runs, start, end }: MirrorSteps): number[] {
  const all: number[] = [];
  for (const { numbers } of runs) for (const number of numbers) all.push(number);
  return all.slice(start, end);
}

function sizeOf({ runs, start, end }: MirrorSteps): number {
  let sum = 0;
  let at = 0;
  for (const { bytes } of runs) {
    for (const one of bytes) {
      if (at >= start && at < end) sum += one;
      at++;
    }
  }
  return sum;
}

function numbersIn(steps: readonly { readonly number: number }[]): number[] {
  return steps.map(({ number }) => number);
}

function restoreProject(project: Project, root: Root, reader: MirrorReader): void {
  const { name, title, path, format, numbers } = root;
  project.name = name;
  project.title = title;
  project.path = path;
  project.format = format;
  const { document } = project;
  const item = (value: Item) => reader.value(value) as never;
  document.exchange(item(root.document));
  document.keptPreview = item(root.preview);
  for (const layer of document.layers) layer.record(recorderOf(project));
  project.goOn(numbers, item(root.selection));
}
