/** The code behind each kind of job: one part of one stage at a time. */

import { GoxError } from '../../conf/errors.ts';
import { invalidParam } from '../catalogue/params.ts';
import { runDiff } from './diffs.ts';
import { runExport, runLoad, runSave } from './documents.ts';
import { runInquiry } from './inquiries.ts';
import type { Job, JobKind, JobTools } from './job.ts';
import { runPictures } from './pictures.ts';

type Run = (input: never, stage: number, part: number, tools: JobTools) => unknown;

const KINDS: Readonly<Record<JobKind, Run>> = {
  export: runExport,
  save: runSave,
  load: runLoad,
  inquiry: runInquiry,
  diff: runDiff,
  render: runPictures,
};

/** Runs one part; the last stage's gives the method's result or a handover. Throws GoxError. */
export function runPart(
  { kind, input }: Pick<Job, 'kind' | 'input'>,
  stage: number,
  part: number,
  tools: JobTools,
): unknown {
  // Whoever made the job made its input for this kind.
  return KINDS[kind](input as never, stage, part, tools);
}

/**
 * Runs the whole of a job in this thread, where nobody is who could lend or keep anything. Throws
 * GOX_PROJECT_NOT_FOUND for one with loans, GOX_INVALID_PARAMS for one that makes managed renders.
 */
export function runJob(job: Job, tools: Omit<JobTools, 'lent'>): unknown {
  for (const { project, parameter } of job.loans) {
    const message = `${parameter}: There is no project named "${project}" here.`;
    throw new GoxError('GOX_PROJECT_NOT_FOUND', message, { project, parameter });
  }
  if (job.managed) throw invalidParam('.output_path', 'a path: no renders are managed', undefined);
  let result: unknown;
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) {
      result = runPart(job, stage, part, { ...tools, lent: [] });
    }
  }
  return result;
}
