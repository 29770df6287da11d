/** The code of the methods on a project of its own, without the engine around it. */

import { createHash } from 'node:crypto';
import { METHODS } from '../../engine/catalogue/methods.ts';
import { decodeParams } from '../../engine/catalogue/params.ts';
import { Handover, type Job } from '../../engine/jobs/job.ts';
import { runJob } from '../../engine/jobs/kinds.ts';
import { finishers, handlers } from '../../engine/methods/index.ts';
import { JobControl } from '../../engine/port/job-control.ts';
import { Clipboard } from '../../engine/project/clipboard.ts';
import { Files } from '../../engine/project/files.ts';
import { Budget } from '../../engine/project/memory.ts';
import { Project } from '../../engine/project/project.ts';
import { temporaryDirectory } from './tmp.ts';

export class LooseProject {
  readonly directory: string;
  readonly files: Files;
  readonly project: Project;

  readonly voxel_bytes_max: number;
  readonly history_bytes_max: number;
  /** Of the requests that are run. */
  client = 0;

  /** @param history_bytes_max as much as it needs, so that no step is forgotten, unless said */
  constructor(
    voxel_bytes_max = 2 ** 28,
    directory = temporaryDirectory(),
    history_bytes_max = 2 ** 28,
  ) {
    this.directory = directory;
    this.voxel_bytes_max = voxel_bytes_max;
    this.history_bytes_max = history_bytes_max;
    this.files = new Files({ roots: [directory], file_bytes_max: 2 ** 26 });
    this.project = new Project({
      budget: new Budget({
        voxel_bytes_max,
        project_voxel_bytes_max: voxel_bytes_max,
        history_bytes_max,
      }),
      files: this.files,
      clipboard: new Clipboard(),
      limits: { result_bytes_max: 2 ** 24, job_bytes_max: 2 ** 27 },
      op_limits: { op_ids_max: 1000, op_results_bytes_max: 2 ** 20 },
      scripting: {
        script_timeout_ms: 60_000,
        script_memory_bytes_max: 2 ** 25,
        scripts: undefined,
        failure: undefined,
      },
      job_threads: 1,
    });
  }

  /** The result of a method, or the job that it becomes. */
  run(method: string, params: object): unknown {
    const spec = METHODS.find(({ name }) => name === method)!;
    this.project.begin(method, this.client);
    try {
      const run = handlers[method]!;
      return this.project.memory.explained(() =>
        run(this.project, decodeParams(spec, params) as never),
      );
    } finally {
      this.project.account();
    }
  }

  /** Does a job as another thread does, from a copy of it, and has the engine finish it. */
  finish(method: string, { ...given }: Job): unknown {
    const job = structuredClone(given);
    const done = runJob(job, { files: this.files, control: new JobControl() });
    if (!(done instanceof Handover)) return done;
    this.project.begin(method, this.client);
    const value = structuredClone(done.value);
    const result = this.project.memory.explained(() =>
      finishers[method]!(this.project, value as never),
    );
    this.project.account();
    return result;
  }

  /** What is in the layers, and whether that was saved. */
  get state(): unknown {
    const { document, unsaved, revision } = this.project;
    const layers = document.layers.map(({ id, name, volume }) => {
      const hash = createHash('sha1');
      for (const { x, y, z, data } of volume.blocks()) hash.update(`${[x, y, z]}`).update(data);
      return [id, name, volume.count(), hash.digest('hex')];
    });
    return { layers, unsaved, revision };
  }
}
