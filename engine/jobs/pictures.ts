/** Jobs that make pictures: stages of a renderer, and then files or bytes. */

import { WithBytes } from '../encode.ts';
import { JobControl } from '../port/job-control.ts';
import type { Files } from '../project/files.ts';
import type { RenderJob } from '../render/job.ts';
import { runRenderPart } from '../render/render.ts';
import type { TraceJob } from '../trace/job.ts';
import type { TraceControl } from '../trace/options.ts';
import { runTracePart } from '../trace/trace.ts';
import { Job, type JobTools, Managed, YIELDED } from './job.ts';
import { type FileFacts, PictureFiles } from './picture-files.ts';

/** Where a picture goes: a file, the result, or to the managed renders. */
export interface Sink {
  readonly width: number;
  readonly height: number;
  readonly path: string | undefined;
}

/** Either renderer's work; the last of its stages makes the pictures, a part each. */
export type PicturesWork =
  | { readonly renderer: 'raster'; readonly job: RenderJob }
  | { readonly renderer: 'tracer'; readonly job: TraceJob };

export interface PicturesInput {
  readonly work: PicturesWork;
  /** The stages of the renderer that have parts, by their numbers, but for its last. */
  readonly plan: readonly number[];
  readonly format: 'png' | 'jpeg';
  readonly sinks: readonly Sink[];
  /** Whether several pictures were asked for, even if it was one. */
  readonly many: boolean;
  /** Whether the files are to be described; without paths they are managed renders. */
  readonly described?: boolean;
  /** What the request gets, when it is not what the pictures are. */
  readonly result?: object;
  /** Whether the picture is an export, whose bytes are called `data`. */
  readonly exported?: boolean;
}

type Tools = Pick<JobTools, 'files' | 'control' | 'place'>;

/** The job of a rendering; its pictures are encoded and delivered by one last part. */
export function picturesJob(title: string, input: Omit<PicturesInput, 'plan'>): Job {
  const plan = planOf(input.work);
  const parts = plan.map((stage) => input.work.job.stages[stage]!);
  const kind = { adds: input.work.renderer === 'tracer', managed: isManaged(input) };
  return new Job('render', title, { ...input, plan }, [...parts, 1], [], kind);
}

/** The result of a rendering whose pictures are drawn already; undefined when they are not. */
export function drawnPictures(input: Omit<PicturesInput, 'plan'>, files: Files) {
  // Where managed renders go, only a job is told.
  if (planOf(input.work).length > 0 || isManaged(input)) return undefined;
  return deliver({ ...input, plan: [] }, { files, control: new JobControl() });
}

/** The result of a rendering that this thread draws by itself. */
export function drawPictures(input: Omit<PicturesInput, 'plan'>, tools: Tools) {
  const { work } = input;
  for (const stage of planOf(work)) {
    const parts = work.job.stages[stage]!;
    for (let part = 0; part < parts; part++) {
      tools.control.check();
      run(work, stage, part, tools.control);
    }
  }
  return deliver({ ...input, plan: [] }, tools);
}

function planOf({ job: { stages } }: PicturesWork): number[] {
  return [...stages.keys()].filter((stage) => stage < stages.length - 1 && stages[stage]! > 0);
}

export function runPictures(input: PicturesInput, stage: number, part: number, tools: Tools) {
  tools.control.check();
  const planned = input.plan[stage];
  if (planned === undefined) return deliver(input, tools);
  return run(input.work, planned, part, tools.control) === 'yielded' ? YIELDED : undefined;
}

function run(work: PicturesWork, stage: number, part: number, control: JobControl) {
  return work.renderer === 'raster'
    ? runRenderPart(work.job, stage, part)
    : runTracePart(work.job, stage, part, traceControl(stage, control));
}

/** The stage of the tracer that takes nearly all of the time, and its share of the whole. */
const TRACING = 1;
const TRACING_SHARE = 0.95;
const BEGUN = 0.001;

/** What parts say of their own progress becomes that of the job. */
function traceControl(stage: number, control: JobControl): TraceControl {
  control.progress = BEGUN;
  return {
    check: () => control.check(),
    takeYield: () => control.takeYield(),
    now_ms: () => control.now_ms(),
    get progress() {
      return control.progress;
    },
    set progress(share) {
      if (stage === TRACING) control.progress = share * TRACING_SHARE;
    },
  };
}

function isManaged({ described = false, sinks }: Omit<PicturesInput, 'plan'>): boolean {
  return described && sinks[0]?.path === undefined;
}

function drawn(work: PicturesWork, part: number, control: JobControl): Uint8Array {
  control.check();
  const image = run(work, work.job.stages.length - 1, part, control);
  if (typeof image !== 'object') throw new Error('the last stage of a renderer gave no picture');
  return image;
}

function deliver(input: PicturesInput, tools: Tools) {
  if (input.described === true) return deliverFiles(input, tools);
  const { work, format, sinks, many, result, exported = false } = input;
  const pictures = sinks.map(({ width, height, path }, part) => {
    const image = drawn(work, part, tools.control);
    const facts = { width, height, format, bytes: image.length };
    if (path === undefined) return { ...facts, image };
    tools.files.write(path, [image]);
    return { ...facts, path };
  });
  const [first] = pictures as [(typeof pictures)[number]];
  const { bytes } = first;
  if (exported && 'image' in first) return new WithBytes({ ...result, data: first.image, bytes });
  if (result !== undefined) {
    return 'image' in first ? new WithBytes({ ...result, picture: first }) : { ...result, bytes };
  }
  const [{ width, height }] = sinks as [Sink];
  const shared = { success: true, width, height, format };
  if (many) return new WithBytes({ ...shared, pictures });
  return 'image' in first
    ? new WithBytes({ ...shared, image: first.image, bytes })
    : { ...shared, output_path: first.path, bytes };
}

/** To files of which the client is told all that clients of the v14 daemon are. */
function deliverFiles(input: PicturesInput, { files, control, place }: Tools): object {
  const { work, format, sinks, many } = input;
  const written = new PictureFiles({ format, files, place });
  try {
    for (const [part, { width, height, path }] of sinks.entries()) {
      written.add(drawn(work, part, control), width, height, path);
    }
    written.commit();
  } finally {
    written.discard();
  }
  const [file] = written.facts as [FileFacts];
  const [{ width, height }] = sinks as [Sink];
  const shared = { success: true, file, width, height, format };
  const rest = many
    ? { files: written.facts, pictures: written.facts.map(asPicture) }
    : { output_path: file.path, bytes: file.size };
  const result = { ...shared, ...rest };
  // What the client has named is its own, and takes no room of the managed ones.
  return place === undefined ? result : new Managed(result, written.managed);
}

/** As it is told of where nobody asked for the facts of files. */
function asPicture({ path, size, format, dimensions }: FileFacts) {
  return { ...dimensions, format, bytes: size, path };
}
