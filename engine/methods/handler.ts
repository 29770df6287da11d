/** What a method's code looks like: synchronous, on checked parameters, throwing GoxError. */

import type { MethodSpec, Params, Result } from '../catalogue/spec.ts';
import type { WithBytes } from '../encode.ts';
import type { Job } from '../jobs/job.ts';
import type { Project } from '../project/project.ts';

/** The result at once, with bytes in it, or a job that will give it. */
export type Handler<M extends MethodSpec> = (
  project: Project,
  params: Params<M>,
) => Result<M> | WithBytes | Job;

/** A handler whose result somebody else makes and types, at once or in a job (`ask.ts`). */
export type Asking<M extends MethodSpec> = (project: Project, params: Params<M>) => object;

/** A handler whose parameters nobody but the catalogue knows. */
export type AnyHandler = (project: Project, params: never) => unknown;

/**
 * Takes over in the engine what a method's job made (`Handover`), and gives the result. What it is
 * given, nobody but the job knows. Throws GoxError.
 */
export type Finisher = (project: Project, handover: never) => unknown;
