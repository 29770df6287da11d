/** The methods of the catalogue as scripts call them: checked and run as a request would be. */

import { GoxError } from '../../conf/errors.ts';
import { methodNotFound } from '../catalogue/method-not-found.ts';
import { findMethod } from '../catalogue/methods.ts';
import { decodeParams, paramProblem } from '../catalogue/params.ts';
import { whyUnscripted } from '../catalogue/scripts.ts';
import { jsonOf } from '../encode.ts';
import { requireResult } from '../inquiries/limits.ts';
import { Job } from '../jobs/job.ts';
import { runJob } from '../jobs/kinds.ts';
import { JobControl } from '../port/job-control.ts';
import type { Project } from '../project/project.ts';
import type { ScriptProject } from '../script/host.ts';
import { boxMatrix, type Matrix } from '../volume/matrix.ts';
import type { AnyHandler } from './handler.ts';

export class ScriptCalls implements ScriptProject {
  readonly #project: Project;
  readonly #handlers: Readonly<Record<string, AnyHandler>>;

  constructor(project: Project, handlers: Readonly<Record<string, AnyHandler>>) {
    this.#project = project;
    this.#handlers = handlers;
  }

  get selectionBox(): Matrix | undefined {
    const { box } = this.#project.selection;
    return box === undefined ? undefined : boxMatrix(box);
  }

  call(name: string, params: unknown, held_bytes: number): string {
    const project = this.#project;
    const spec = findMethod(name)?.spec;
    if (spec === undefined) throw methodNotFound(name);
    const run = this.#handlers[spec.name];
    const why = whyUnscripted(spec);
    if (run === undefined || why !== undefined) {
      throw new GoxError('GOX_METHOD_NOT_FOUND', `Scripts cannot call ${spec.name}: ${why}.`);
    }
    const decoded = decodeParams(spec, params);
    if (Object.hasOwn(decoded, 'project')) {
      throw paramProblem('.project', 'a script works on the project that it was run on');
    }
    project.memory.account(project.bytes + held_bytes);
    project.boundDerived();
    // The catalogue's schema has been checked, which is the type the handler was written for.
    const result = project.memory.explained(() => run(project, decoded as never));
    const json = jsonOf(result instanceof Job ? done(project, result) : result);
    requireResult(project.limits, Buffer.byteLength(json));
    return json;
  }
}

/** A script waits for what it asked: nothing else is done meanwhile on the engine's thread. */
function done({ files }: Project, job: Job): unknown {
  return runJob(job, { files, control: new JobControl() });
}
