/** Runs the path tracer in this thread, for tests and benchmarks. */

import type { Document } from '../../engine/document/document.ts';
import { prepareTrace, type TraceJob } from '../../engine/trace/job.ts';
import type { TraceControl, TraceOptions } from '../../engine/trace/options.ts';
import { runTracePart } from '../../engine/trace/trace.ts';
import { decodePicture, type Pixels } from './pictures.ts';

/** Never cancels. */
export function freeControl(): TraceControl {
  return { check: () => {}, progress: 0, now_ms: () => performance.now() };
}

/** All stages of a job, part after part. */
export function runTrace(job: TraceJob, control = freeControl()): Uint8Array[] {
  const pictures: Uint8Array[] = [];
  for (const [stage, parts] of job.stages.entries()) {
    for (let part = 0; part < parts; part++) {
      const bytes = runTracePart(job, stage, part, control);
      if (typeof bytes === 'object') pictures.push(bytes);
    }
  }
  return pictures;
}

/** The first picture of a document. */
export function trace(document: Document, options: TraceOptions): Pixels {
  return decodePicture(runTrace(prepareTrace(document, options))[0]!);
}
