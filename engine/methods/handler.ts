/** What a method's code looks like: synchronous, on checked parameters, throwing GoxError. */

import type { MethodSpec, Params, Result } from '../catalogue/spec.ts';
import type { Project } from './project.ts';

export type Handler<M extends MethodSpec> = (project: Project, params: Params<M>) => Result<M>;

/** A handler whose parameters nobody but the catalogue knows. */
export type AnyHandler = (project: Project, params: never) => unknown;
