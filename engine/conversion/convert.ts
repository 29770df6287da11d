/**
 * Files made of others, by who does nothing else: what the methods that read and write files do,
 * without a project around them.
 */

import { mkdirSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { GoxError } from '../../conf/errors.ts';
import { READING_FORMATS, type ReadingOptions } from '../catalogue/reading.ts';
import type { WritingOptions } from '../catalogue/writing.ts';
import { addLayersOf } from '../document/arrange.ts';
import type { Document } from '../document/document.ts';
import { formatFor } from '../formats/index.ts';
import type { Warning } from '../formats/report.ts';
import type {
  SoloFailure,
  SoloFile,
  SoloOptions,
  SoloOutput,
  SoloResult,
  SoloSizing,
  SoloTask,
  SoloWarning,
} from '../port/solo.ts';
import type { Files } from '../project/files.ts';
import { type Ceiling, explainedBy } from '../project/memory.ts';
import { isEmpty, type Read, readDocument } from '../project/reading.ts';
import { formatOf, readerOf } from '../project/recognised.ts';
import { type Whole, type Writing, writeDocument, writerOf } from '../project/writing.ts';
import { BLOCK_BYTES } from '../volume/block.ts';
import { describe } from './describe.ts';
import { frameTasks, gathered, isFramed } from './frames.ts';
import { layersAsked } from './layer-names.ts';
import type { writePicture } from './pictures.ts';
import { namedFormat, route, unpackedName } from './route.ts';
import { isStream, nameOf, readStream, wholeStream, writeStream } from './streams.ts';

export interface Tools {
  readonly files: Files;
  readonly options: SoloOptions;
  onStage(stage: 'reading' | 'writing', path: string): void;
  /** Called before bytes go where they cannot be taken back; may throw. */
  onStream(): void;
  /** For outputs that are pictures. */
  readonly pictures?: { readonly writePicture: typeof writePicture } | undefined;
  readonly whole?: Whole;
}

/** What ends a task that cannot be done. */
export class TaskError extends Error {
  readonly failure: SoloFailure;

  constructor(failure: SoloFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Meshes are nothing but what is to become voxels. */
const MESHES = READING_FORMATS.size;

/** Throws TaskError, and whatever `onStream` throws. */
export function runTask(task: SoloTask, tools: Tools): SoloResult {
  const sources: Sources = new Map();
  if (!task.outputs.some(isFramed)) return runOne(task, tools, sources);
  // They are read once for each frame.
  for (const input of task.inputs) if (isStream(input.path)) keepStream(input, sources, tools);
  const tasks = frameTasks(task, framesOf(task, tools, sources));
  return gathered(tasks.map((one) => runOne(one, tools, sources)));
}

/**
 * The frames of which files are to be made: that which is asked for, or all that there are; of what
 * is not read by frames none.
 */
function framesOf(task: SoloTask, tools: Tools, sources: Sources): readonly number[] {
  const { frame } = task.reading;
  if (typeof frame === 'number') return [frame];
  const isAnimated = (input: SoloFile) =>
    READING_FORMATS.frame.includes(formatRead(input, sources, tools));
  if (!task.inputs.some(isAnimated)) return [];
  const asked = { ...task, reading: { ...task.reading, frame: 0 } };
  const { reading } = route(asked, (input) => formatRead(input, sources, tools));
  const found = task.inputs.flatMap((input, place) => {
    return readOne(input, reading[place]!, task, tools, sources).frames ?? [];
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

function runOne(task: SoloTask, tools: Tools, sources: Sources): SoloResult {
  const warnings: SoloWarning[] = [];
  const sizings: SoloSizing[] = [];
  const tell = (stage: SoloWarning['stage'], path: string, found: readonly Warning[] = []) => {
    for (const warning of found) warnings.push({ ...warning, stage, path });
  };
  const routed = route(task, (input) => formatRead(input, sources, tools));
  const [first, ...more] = task.inputs.map((input, place) => {
    const read = readOne(input, routed.reading[place]!, task, tools, sources);
    const { sizing } = read;
    tell('reading', input.path, read.warnings);
    if (sizing !== undefined) sizings.push({ ...sizing, path: input.path });
    return { input, ...read };
  });
  if (first === undefined) throw new Error('a task has no input');
  const { document } = first;
  if (more.length > 0) nameLayers(document, first.input);
  for (const { input, document: other } of more) {
    nameLayers(other, input);
    at('reading', input.path, () => addLayersOf(document, other));
  }
  const outputs = task.outputs.map((output, place) => {
    const options = routed.writing[place]!;
    tools.onStage('writing', output.path);
    const { warnings: found, ...written } = at('writing', output.path, () =>
      writeOne(document, output, options, task, tools),
    );
    tell('writing', output.path, found);
    return written;
  });
  return {
    ...{ outputs, warnings, sizings },
    layer_count: document.layers.length,
    voxel_count: document.layers.reduce((sum, { volume }) => sum + volume.count(), 0),
    ...(task.describe ? { described: describe(first, tools) } : {}),
  };
}

/** Whether a task draws, for which more is to be loaded. */
export function drawsPictures({ outputs }: SoloTask): boolean {
  return outputs.some((output) => isPicture(output));
}

function isPicture({ path, format }: SoloFile): boolean {
  try {
    return ['png', 'jpeg'].includes(formatFor(path, format).name);
  } catch {
    return false;
  }
}

/** Runs a part of a task. Throws TaskError for a GoxError. */
function at<T>(stage: 'reading' | 'writing', path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof GoxError)) throw error;
    const { code, message, details } = error;
    throw new TaskError({ stage, path, code, message, details });
  }
}

/** What streams gave that are needed more than once. */
type Sources = Map<SoloFile, { readonly data: Uint8Array }>;

/** So much of a file tells what it is, if its name does at all. */
const START_BYTES = 4096;

/** The format of an input by what it holds. */
function formatRead(input: SoloFile, sources: Sources, tools: Tools): string {
  const { path, format } = input;
  if (format !== undefined) return namedFormat(input);
  if (isStream(path)) return formatOf(keepStream(input, sources, tools), nameOf(path));
  try {
    const { files } = tools;
    const start = files.startOf(path, START_BYTES);
    if (start === undefined) return namedFormat(input);
    const isEnough = start.length < START_BYTES || namedFormat(input) !== '';
    return formatOf(isEnough ? start : files.read(path), path);
  } catch {
    // Who reads it is told what is wrong.
    return namedFormat(input);
  }
}

function keepStream(input: SoloFile, sources: Sources, tools: Tools): Uint8Array {
  const { path } = input;
  const kept = sources.get(input);
  if (kept !== undefined) return kept.data;
  tools.onStage('reading', path);
  const { file_bytes_max } = tools.options;
  const data = at('reading', path, () => wholeStream(path, file_bytes_max));
  sources.set(input, { data });
  return data;
}

function readOne(
  input: SoloFile,
  options: ReadingOptions,
  task: SoloTask,
  tools: Tools,
  sources: Sources,
): Read {
  const { path } = input;
  tools.onStage('reading', path);
  return at('reading', path, () => {
    const reading = { ...options, ...input };
    // Said before anything is read.
    const reader = input.format === undefined ? undefined : readerOf(reading);
    const { files, options: limits } = tools;
    const ceiling = ceilingOf(limits);
    const stream = () => sources.get(input) ?? readStream(path, limits.file_bytes_max, reader);
    const source = isStream(path) ? { ...reading, path: nameOf(path), ...stream() } : reading;
    const read = explainedBy(
      () => ceiling,
      () => {
        const found = readDocument(files, source, ceiling.bytes_max);
        computeWithin(found.document, ceiling.bytes_max);
        return found;
      },
    );
    if (!task.allow_empty) refuseEmpty(read, nameOf(path));
    return read;
  });
}

function ceilingOf({ voxel_bytes_max, project_voxel_bytes_max }: SoloOptions): Ceiling {
  if (project_voxel_bytes_max < voxel_bytes_max) {
    const bytes_max = project_voxel_bytes_max;
    return { key: 'limits.project_voxel_bytes_max', bytes_max, bytes_free: bytes_max };
  }
  const bytes_max = voxel_bytes_max;
  return { key: 'limits.voxel_bytes_max', bytes_max, bytes_free: bytes_max };
}

function computeWithin(document: Document, bytes_max: number): void {
  const blocks = Math.floor((bytes_max - document.voxelBytes()) / BLOCK_BYTES);
  document.derived_blocks_max = Math.max(blocks, 0);
  document.refresh();
}

/** Throws GOX_EMPTY where nothing came of something. A project without a voxel is one. */
function refuseEmpty({ format, document, warnings }: Read, name: string): void {
  if (!isEmpty(document)) return;
  const warned = warnings.some(({ code }) => code === 'WARN_EMPTY');
  if (!warned && !MESHES.includes(format)) return;
  const why = warnings.find(({ code }) => code !== 'WARN_EMPTY')?.message;
  const message = `No voxel came of ${JSON.stringify(name)}.${why === undefined ? '' : ` ${why}`}`;
  throw new GoxError('GOX_EMPTY', message, { path: name, warnings });
}

/** Throws GOX_EMPTY where all that there is is hidden, and would be left out. */
function refuseHidden({ layers }: Document, { path, format }: SoloFile, options: WritingOptions) {
  if (options.hidden === true || options.layers !== undefined) return;
  const filled = layers.filter((layer) => !isEmpty({ layers: [layer] }));
  if (filled.length === 0 || filled.some(({ visible }) => visible)) return;
  // It always has them.
  if (formatFor(path, format).name === 'gox') return;
  const message = 'All layers that hold something are hidden, and these are left out.';
  throw new GoxError('GOX_EMPTY', `${message} --hidden writes them.`, { path });
}

/** A file of one layer gives it its name, by which the layers are told apart. */
function nameLayers({ layers }: Document, { path }: SoloFile): void {
  const [only, ...more] = layers;
  if (only === undefined || more.length > 0 || path === '-') return;
  const whole = unpackedName(path);
  only.set({ name: basename(whole, extname(whole)) });
}

type Found = SoloOutput & { readonly warnings?: Warning[] };

function writeOne(
  document: Document,
  output: SoloFile,
  options: WritingOptions,
  task: SoloTask,
  tools: Tools,
): Found {
  const { path, format } = output;
  const kept = new Set([...task.inputs, ...task.outputs].map((file) => file.path));
  const { files, pictures, whole } = tools;
  if (!task.allow_empty) refuseHidden(document, output, options);
  const ceiling = ceilingOf(tools.options);
  const refuse_empty = !task.allow_empty;
  const { layers } = options;
  const named =
    layers === undefined ? options : { ...options, layers: layersAsked(document, layers) };
  const writing: Writing = { path, format, options: named, kept, ceiling, refuse_empty };
  if (isPicture(output)) {
    if (pictures === undefined) throw new Error('a task that draws has no means to');
    return { path, ...pictures.writePicture(document, { ...writing, path }, tools) };
  }
  const { name } = writerOf(path, format);
  if (isStream(path)) {
    return { path, format: name, ...writeStream(document, { ...writing, path }, tools) };
  }
  if (task.make_directories) makeDirectory(path);
  return {
    path,
    format: name,
    ...writeDocument(files, document, { ...writing, path, whole: whole && told(whole, path) }),
  };
}

/** The same, whose files throw TaskError. */
function told(whole: Whole, path: string): Whole {
  return {
    ...whole,
    made: (files) =>
      whole.made({
        stage: () => at('writing', path, () => files.stage()),
        commit: () => at('writing', path, () => files.commit()),
        discard: () => files.discard(),
      }),
  };
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch {
    // What is in the way is told when the file is made.
  }
}
