/**
 * One project in the caller's own thread, for a program that converts a file and ends: what the
 * methods do, without the engine around them. It loads neither the other methods nor a sandbox,
 * starts no thread, and blocks while it works.
 */

import { Files } from './files.ts';
import { JobControl } from './jobs/control.ts';
import { Job } from './jobs/job.ts';
import { runJob } from './jobs/kinds.ts';
import { Clipboard } from './methods/clipboard.ts';
import { Budget, Project } from './methods/project.ts';
import { projectHandlers } from './methods/projects.ts';
import type { EngineOptions } from './port.ts';

export class SoloProject {
  readonly #files: Files;
  readonly #project: Project;

  constructor(options: Omit<EngineOptions, 'jobs_inline' | 'job_threads'>) {
    const { result_bytes_max, script_timeout_ms, script_memory_bytes_max } = options;
    // Whoever converts a file has the one that it was made from, and need not wait for the disk.
    this.#files = new Files(options, false);
    this.#project = new Project({
      budget: new Budget(options.voxel_bytes_max, options.project_voxel_bytes_max),
      files: this.#files,
      clipboard: new Clipboard(),
      result_bytes_max,
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
    projectHandlers['goxel.load_project'](this.#project, { path });
  }

  /** As `goxel.save_project`. */
  save(path: string): void {
    projectHandlers['goxel.save_project'](this.#project, { path });
  }

  /** As `goxel.export_model`. */
  export(path: string): void {
    const job = projectHandlers['goxel.export_model'](this.#project, { path });
    if (job instanceof Job) runJob(job, { files: this.#files, control: new JobControl() });
  }
}
