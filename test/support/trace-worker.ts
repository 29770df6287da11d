/** A thread that does one part of one stage of a tracing job. */

import { parentPort, workerData } from 'node:worker_threads';
import type { TraceJob } from '../../engine/trace/job.ts';
import { runTracePart } from '../../engine/trace/trace.ts';
import { freeControl } from './trace.ts';

const { job, stage, part } = workerData as { job: TraceJob; stage: number; part: number };
runTracePart(job, stage, part, freeControl());
parentPort!.postMessage('done');
