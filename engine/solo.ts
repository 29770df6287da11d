/**
 * One project in the caller's own thread, for a program that converts a file and ends: what the
 * methods do, without the engine around them. It loads neither the other methods nor a sandbox,
 * starts no thread, and blocks while it works.
 */

import { Files } from './files.ts';
import { JobControl } from './jobs/control.ts';
import { Handover, Job } from './jobs/job.ts';
import { runJob } from './jobs/kinds.ts';
import { Clipboard } from './methods/clipboard.ts';
import type { Finisher } from './methods/handler.ts';
import { Budget, Project } from './methods/project.ts';
import { projectFinishers, projectHandlers } from './methods/projects.ts';
import type { EngineOptions } from './port.ts';

export class SoloProject {
  readonly #files: Files;
  readonly #project: Project;

  constructor(options: Omit<EngineOptions, 'jobs_inline' | 'job_threads'>) {
    const { script_timeout_ms, script_memory_bytes_max } = options;
    // Whoever converts a file has the one that it was made from, and need not wait for the disk.
    this.#files = new Files(options, false);
    this.#project = new Project({
      budget: new Budget(options.voxel_bytes_max, options.project_voxel_bytes_max),
      files: this.#files,
      clipboard: new Clipboard(),
      limits: options,
      scripting: {
        script_timeout_ms,
        script_memory_bytes_max,
        scripts: undefined,
        failure: undefined,
      },
      job_threads: 1,
    });
  }

  /** As `goxel.load_project`; throws what it answers with. */
  load(path: string): void {
    this.#call('goxel.load_project', path);
  }

  /** As `goxel.save_project`. */
  save(path: string): void {
    this.#call('goxel.save_project', path);
  }

  /** As `goxel.export_model`. */
  export(path: string): void {
    this.#call('goxel.export_model', path);
  }

  #call(method: 'goxel.load_project' | 'goxel.save_project' | 'goxel.export_model', path: string) {
    const job = projectHandlers[method](this.#project, { path });
    if (!(job instanceof Job)) return;
    const done = runJob(job, { files: this.#files, control: new JobControl() });
    if (!(done instanceof Handover)) return;
    const finish: Finisher = projectFinishers[method as keyof typeof projectFinishers];
    finish(this.#project, done.value as never);
  }
}
