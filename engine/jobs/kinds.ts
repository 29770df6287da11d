/** The code behind each kind of job: one part of one stage at a time. */

import { type DocumentSnapshot, documentOf } from '../document/snapshot.ts';
import type { Files } from '../files.ts';
import { type ExportOptions, formatFor } from '../formats/index.ts';
import type { JobControl } from './control.ts';
import type { Job, JobKind } from './job.ts';
import { runPictures } from './pictures.ts';

/** What a part may use of its thread. */
export interface JobTools {
  readonly files: Files;
  readonly control: JobControl;
}

export interface ExportInput {
  readonly document: DocumentSnapshot;
  readonly path: string;
  readonly format: string | undefined;
  readonly options: ExportOptions;
  readonly result: object;
}

type Run = (input: never, stage: number, part: number, tools: JobTools) => unknown;

const KINDS: Readonly<Record<JobKind, Run>> = {
  export: runExport,
  render: runPictures,
};

/** Runs one part; the result of the last stage's is the method's. Throws GoxError. */
export function runPart(
  { kind, input }: Pick<Job, 'kind' | 'input'>,
  stage: number,
  part: number,
  tools: JobTools,
): unknown {
  // Whoever made the job made its input for this kind.
  return KINDS[kind](input as never, stage, part, tools);
}

/** Runs the whole of a job in this thread. */
export function runJob(job: Job, tools: JobTools): unknown {
  let result: unknown;
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) result = runPart(job, stage, part, tools);
  }
  return result;
}

function runExport(input: ExportInput, _stage: number, _part: number, tools: JobTools): unknown {
  const { path, format, options, result } = input;
  const document = documentOf(input.document);
  const bytes = tools.files.write(
    path,
    checked(formatFor(path, format).write!(document, options), tools.control),
  );
  return { ...result, bytes };
}

function* checked(pieces: Iterable<Uint8Array>, control: JobControl): Generator<Uint8Array> {
  for (const piece of pieces) {
    control.check();
    yield piece;
  }
}
