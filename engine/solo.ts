/**
 * The entry of a thread that converts one file and ends: what the methods do, without the engine
 * around them. It loads neither the other methods nor a sandbox, and blocks while it works; the
 * command that starts it hears signals meanwhile.
 */

import { extname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { GoxError } from '../conf/errors.ts';
import { Handover, Job } from './jobs/job.ts';
import { runJob } from './jobs/kinds.ts';
import type { Finisher } from './methods/handler.ts';
import { projectFinishers, projectHandlers } from './methods/projects.ts';
import { JobControl } from './port/job-control.ts';
import type { SoloOrder, SoloReport } from './port/layout.ts';
import { Clipboard } from './project/clipboard.ts';
import { Files } from './project/files.ts';
import { Budget } from './project/memory.ts';
import { Project } from './project/project.ts';

// Only the command starts this file, and it types what it gives.
const { options, from, to } = workerData as SoloOrder;

function report(event: SoloReport): void {
  parentPort?.postMessage(event);
}

function convert(): void {
  const { script_timeout_ms, script_memory_bytes_max } = options;
  // Whoever converts a file has the one that it was made from, and need not wait for the disk.
  const files = new Files(options, false);
  const project = new Project({
    budget: new Budget(options),
    files,
    clipboard: new Clipboard(),
    ...{ limits: options, op_limits: options },
    scripting: {
      script_timeout_ms,
      script_memory_bytes_max,
      scripts: undefined,
      failure: undefined,
    },
    job_threads: 1,
  });
  report({ type: 'reading' });
  call('goxel.load_project', from);
  report({ type: 'writing' });
  call(extname(to) === '.gox' ? 'goxel.save_project' : 'goxel.export_model', to);

  function call(
    method: 'goxel.load_project' | 'goxel.save_project' | 'goxel.export_model',
    path: string,
  ) {
    const job = project.memory.explained(() => projectHandlers[method](project, { path }));
    if (!(job instanceof Job)) return;
    const done = runJob(job, { files, control: new JobControl() });
    if (!(done instanceof Handover)) return;
    const finish: Finisher = projectFinishers[method as keyof typeof projectFinishers];
    finish(project, done.value as never);
  }
}

try {
  convert();
} catch (error) {
  // Anything else is a defect, and the thread's own `error` event.
  if (!(error instanceof GoxError)) throw error;
  const { code, message, details } = error;
  report({ type: 'failed', code, message, details });
}
