/**
 * Long work on a snapshot of a document, done in a thread of its own kind, so that the engine goes
 * on with other requests meanwhile. A method's handler answers with a `Job` instead of a result.
 *
 * A job runs in stages, one after the other; the parts of a stage run side by side, each in
 * whichever thread is free. What parts hand to later stages lies in shared memory inside the input.
 * The only part of the last stage gives the method's result, or a `Handover`.
 */

import type { JobControl } from '../port/job-control.ts';
import type { ManagedRender, RendersPlace } from '../port/renders.ts';
import type { Files } from '../project/files.ts';

/** What kinds of work there are; `kinds.ts` has the code. */
export type JobKind = 'export' | 'save' | 'load' | 'inquiry' | 'diff' | 'render';

/** What a part may use of its thread. */
export interface JobTools {
  readonly files: Files;
  readonly control: JobControl;
  /** What other projects lent, in the order of the job's loans. */
  readonly lent: readonly unknown[];
  /** Where managed renders go, for a job that makes some. */
  readonly place?: RendersPlace | undefined;
}

/** What a job needs of another project before it can begin; an engine knows no names. */
export interface Loan {
  /** Its name. */
  readonly project: string;
  /** The parameter that names it, for errors. */
  readonly parameter: string;
  /** What the engine of that project is asked, in the form of this method's parameters. */
  readonly params: unknown;
}

/**
 * What a job's last part returns when the engine has to end the request: a load, for one, whose
 * document has to come into the project. The value is posted to the engine as a plain one, with
 * bulk data in shared memory; `finishers` of `methods/index.ts` has the code that takes it.
 */
export class Handover {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

/** A result with the managed renders that were put in place for it. */
export class Managed {
  readonly result: object;
  readonly renders: readonly ManagedRender[];

  constructor(result: object, renders: readonly ManagedRender[]) {
    this.result = result;
    this.renders = renders;
  }
}

/**
 * What a part returns that has given its thread back because others need it: the rest of it is run
 * later, by the same call.
 */
export const YIELDED = Symbol('yielded');

/** The input is posted to other threads: plain values, with bulk data in shared memory. */
export class Job {
  readonly kind: JobKind;
  readonly input: unknown;
  /** How many parts each stage has; the last has one. */
  readonly stages: readonly number[];
  /** One line for people: what is made. */
  readonly title: string;
  readonly loans: readonly Loan[];
  /** Whether parts add to what others have done, so that none can be run twice. */
  readonly adds: boolean;
  /** Whether it makes managed renders, so that it needs `JobTools.place`. */
  readonly managed: boolean;

  constructor(
    kind: JobKind,
    title: string,
    input: unknown,
    stages: readonly number[] = [1],
    loans: readonly Loan[] = [],
    { adds = false, managed = false } = {},
  ) {
    if (stages.at(-1) !== 1) throw new Error('the last stage of a job has one part');
    // Nobody would ever end it, nor begin the next.
    if (stages.some((parts) => parts < 1)) throw new Error('a stage of a job has no parts');
    this.kind = kind;
    this.title = title;
    this.input = input;
    this.stages = stages;
    this.loans = loans;
    this.adds = adds;
    this.managed = managed;
  }
}
