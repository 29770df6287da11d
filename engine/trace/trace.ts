/**
 * Pictures of a document by tracing paths of light: for final images, where soft shadows and light
 * that surfaces give each other are worth the wait. Without a time budget the same options give the
 * same bytes on every machine and for any number of threads.
 */

import { develop } from './develop.ts';
import { MARKED, type TraceJob } from './job.ts';
import { listLamps } from './lamps.ts';
import type { TraceControl } from './options.ts';
import { traceTiles } from './passes.ts';
import { smoothRows } from './smooth.ts';
import { markSolid } from './world.ts';

/** Slots that are marked between two looks at the control. */
const SLOTS_AT_ONCE = 256;

/**
 * Does one part of a stage; the last stage gives pictures. `yielded`: the part was interrupted, and
 * is to be called again some time. Throws what `control.check` throws; the job cannot be finished
 * after that.
 */
export function runTracePart(
  job: TraceJob,
  stage: number,
  part: number,
  control: TraceControl,
): Uint8Array | 'yielded' | undefined {
  control.check();
  if (stage === 1) return traceTiles(job, control) ? undefined : 'yielded';
  if (stage === 0) mark(job, part, control);
  else if (stage < job.stages.length - 1) smoothRows(job, stage - 2, part, control);
  else return develop(job, job.views[part]!, control);
  return undefined;
}

/** Marks solid voxels; the last part to end also lists the lamps among them. */
function mark(job: TraceJob, part: number, control: TraceControl): void {
  const { world, settings, state } = job;
  const slots = world.starts.length - 1;
  const from = Math.floor((slots * part) / settings.threads);
  const to = Math.floor((slots * (part + 1)) / settings.threads);
  for (let slot = from; slot < to; slot += SLOTS_AT_ONCE) {
    control.check();
    control.progress = (slot - from) / (to - from);
    markSolid(world, slot, Math.min(slot + SLOTS_AT_ONCE, to));
  }
  if (Atomics.add(state, MARKED, 1) + 1 === settings.threads) listLamps(job, control);
}
