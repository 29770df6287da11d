/**
 * The jobs of all engines: requests that became long work on a snapshot. Their parts are handed to
 * the job threads one at a time, those of the oldest job first; the stages of a job follow each
 * other. The request is answered when the last part is, or with the first error.
 */

import { GoxError } from '../conf/errors.ts';
import type { Config } from '../conf/schema.ts';
import { JobControl } from '../engine/jobs/control.ts';
import type { JobTicket, PartAnswer, PartOrder } from '../engine/port.ts';
import type { Call, Source, Status } from './calls.ts';
import type { JobLink } from './thread.ts';

/** A job as `goxel.list_jobs` tells of it. */
export interface JobInfo {
  readonly job: number;
  readonly kind: string;
  readonly title: string;
  readonly project: string;
  readonly state: 'waiting' | 'running';
  /** From 0 to 1. */
  readonly progress: number;
  readonly age_ms: number;
}

interface JobState {
  readonly number: number;
  readonly ticket: JobTicket;
  readonly call: Call;
  readonly source: Source;
  readonly control: JobControl;
  readonly since_ms: number;
  stage: number;
  /** Parts of the stage that a thread has, or has done. */
  begun: number;
  done: number;
}

/** A job thread's place in the queue. */
export interface JobRunner {
  readonly link: JobLink;
  /** The jobs the thread holds. */
  readonly known: Set<number>;
  job: number | undefined;
  since_ms: number;
}

/** How long a job that was cancelled may go on before its thread is ended. */
const GRACE_MS = 5000;

export class JobQueue {
  readonly #timeout_ms: number;
  readonly #limit: number;
  readonly #jobs = new Map<number, JobState>();
  readonly #runners = new Set<JobRunner>();
  #next = 1;
  #ended = 0;

  constructor({ limits }: Pick<Config, 'limits'>) {
    this.#timeout_ms = limits.job_timeout_ms;
    this.#limit = limits.jobs_max;
  }

  /** Takes a job in; answers its request at once when there are too many. */
  submit(ticket: JobTicket, call: Call, source: Source): void {
    if (this.#jobs.size >= this.#limit) {
      const message = `There are ${this.#limit} jobs, as many as limits.jobs_max allows.`;
      source.fail(call, new GoxError('GOX_OVERLOADED', message, { jobs_max: this.#limit }));
      return;
    }
    const number = this.#next++;
    this.#jobs.set(number, {
      ...{ number, ticket, call, source, control: new JobControl() },
      ...{ since_ms: performance.now(), stage: 0, begun: 0, done: 0 },
    });
    this.#dispatch();
  }

  /** A thread is there to run parts. */
  attach(link: JobLink): JobRunner {
    const runner: JobRunner = { link, known: new Set(), job: undefined, since_ms: 0 };
    this.#runners.add(runner);
    this.#dispatch();
    return runner;
  }

  /** A thread is gone; the job it had a part of fails. */
  detach(runner: JobRunner, error: GoxError): void {
    this.#runners.delete(runner);
    const job = runner.job === undefined ? undefined : this.#jobs.get(runner.job);
    if (job !== undefined) this.#fail(job, error);
  }

  /** Stops a job and answers its request with the error; false when there is no such job. */
  cancel(number: number, why: GoxError): boolean {
    const job = this.#jobs.get(number);
    if (job === undefined) return false;
    this.#fail(job, why);
    return true;
  }

  /** Stops the job that a call has become; false when there is none. */
  cancelCall(call: Call, why: GoxError): boolean {
    for (const job of this.#jobs.values()) {
      if (job.call !== call) continue;
      this.#fail(job, why);
      return true;
    }
    return false;
  }

  /** Cancels what nobody waits for any more. */
  abandon(source: Source): void {
    for (const job of [...this.#jobs.values()]) {
      if (job.source !== source) continue;
      this.#fail(job, new GoxError('GOX_CANCELLED', 'The connection was closed.'));
    }
  }

  /** Fails everything that is there. */
  refuse(error: GoxError): void {
    for (const job of [...this.#jobs.values()]) this.#fail(job, error);
  }

  /**
   * Cancels what takes too long; returns how long the runner's part has gone on since it should
   * have stopped, beyond the grace, or nothing.
   */
  check(runner: JobRunner): number | undefined {
    const now = performance.now();
    const message = 'The job took longer than limits.job_timeout_ms allows.';
    for (const job of [...this.#jobs.values()]) {
      if (now - job.since_ms <= this.#timeout_ms) continue;
      this.#fail(job, new GoxError('GOX_REQUEST_TIMEOUT', message));
    }
    if (runner.job === undefined || this.#jobs.has(runner.job)) return undefined;
    const late_ms = now - runner.since_ms;
    return late_ms > GRACE_MS ? late_ms : undefined;
  }

  list(): JobInfo[] {
    const now = performance.now();
    return [...this.#jobs.values()].map((job) => ({
      job: job.number,
      kind: job.ticket.kind,
      title: job.ticket.title,
      project: job.call.project.name,
      state: job.begun === 0 && job.stage === 0 ? 'waiting' : 'running',
      progress: progressOf(job),
      age_ms: Math.round(now - job.since_ms),
    }));
  }

  figures() {
    return { jobs: this.#jobs.size, ended: this.#ended };
  }

  /** Gives idle threads something to do. */
  #dispatch(): void {
    for (const runner of this.#runners) {
      if (runner.job !== undefined) continue;
      const job = this.#nextJob();
      if (job === undefined) return;
      this.#run(runner, job);
    }
  }

  /** The oldest job whose stage has a part that no thread has. */
  #nextJob(): JobState | undefined {
    for (const job of this.#jobs.values()) {
      if (job.begun < job.ticket.stages[job.stage]!) return job;
    }
    return undefined;
  }

  #run(runner: JobRunner, job: JobState): void {
    const { number, stage, control, ticket } = job;
    const part = job.begun++;
    const order: PartOrder = {
      ...{ job: number, stage, part, control: control.memory },
      ticket: runner.known.has(number) ? undefined : ticket,
    };
    runner.known.add(number);
    runner.job = number;
    runner.link.run(order).then(
      (answer) => this.#partEnded(runner, job, answer),
      (error: unknown) => {
        this.#fail(job, new GoxError('GOX_INTERNAL', `A job thread refused a part: ${error}`));
        this.#partEnded(runner, job, undefined);
      },
    );
  }

  #partEnded(runner: JobRunner, job: JobState, answer: PartAnswer | undefined): void {
    runner.job = undefined;
    if (!this.#jobs.has(job.number)) this.#forget(runner, job);
    else if (answer !== undefined) this.#settle(job, answer);
    else this.#partDone(job);
    this.#dispatch();
  }

  #partDone(job: JobState): void {
    job.done += 1;
    if (job.done < job.ticket.stages[job.stage]!) return;
    job.stage += 1;
    job.begun = 0;
    job.done = 0;
  }

  #settle(job: JobState, { status, bytes }: PartAnswer): void {
    this.#end(job);
    job.source.answer(job.call, status as Status, new Uint8Array(bytes), 0, bytes.byteLength);
    job.source.flush();
  }

  #fail(job: JobState, error: GoxError): void {
    if (!this.#jobs.has(job.number)) return;
    this.#end(job);
    job.source.fail(job.call, error);
    job.source.flush();
  }

  /** Other parts of it may still run: they see that it was cancelled, and nobody hears of them. */
  #end(job: JobState): void {
    job.control.cancel();
    this.#jobs.delete(job.number);
    this.#ended += 1;
    const now = performance.now();
    for (const runner of this.#runners) {
      if (runner.job === job.number) runner.since_ms = now;
      else this.#forget(runner, job);
    }
  }

  #forget(runner: JobRunner, job: JobState): void {
    if (runner.known.delete(job.number)) runner.link.forget(job.number);
  }
}

/** As the job says, else by the stages and parts that are done. */
function progressOf({ control, done, stage, ticket: { stages } }: JobState): number {
  return control.progress || (stage + done / stages[stage]!) / stages.length;
}
