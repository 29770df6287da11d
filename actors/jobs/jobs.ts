/**
 * The jobs of all engines: requests that became long work on a snapshot. Their parts are handed to
 * the job threads one at a time, those of the oldest job first; the stages of a job follow each
 * other. The request is answered when the last part is, or with the first error; or the engine of
 * its project takes over what the last part made, and answers it.
 *
 * A part whose thread died is not run again, since it may have been what killed it. One whose
 * thread never came to be, for want of descriptors or memory, waits for another.
 */

import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import { JobControl } from '../../engine/port/job-control.ts';
import type { JobTicket, PartAnswer, PartOrder } from '../../engine/port/layout.ts';
import { QUICK_JOB_THREADS } from '../../machines/engine.ts';
import type { Call, HandedOver, Source, Status } from '../engines/call.ts';
import type { JobLink } from '../engines/thread.ts';
import type { ServiceClock } from '../service-clock.ts';

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
  /** Those of them that no thread has after all. */
  readonly again: number[];
  done: number;
}

/** Kinds that take seconds at most, and that clients wait for before they go on. */
const QUICK_KINDS: readonly string[] = ['save', 'load', 'inquiry'];

/** A job thread's place in the queue. */
export interface JobRunner {
  /** Whether it takes the quick kinds only. */
  readonly quick: boolean;
  readonly link: JobLink;
  /** The jobs the thread holds. */
  readonly known: Set<number>;
  job: number | undefined;
  /** Which part of the stage of that job. */
  part: number;
  /** When the job ended whose part still runs. */
  since_ms: number;
}

/**
 * How long a part may go on whose job has ended before its thread is ended. Loops look once a
 * block, but the largest of files are read and packed in pieces that take seconds.
 */
const GRACE_MS = 5000;

export class JobQueue {
  readonly #limits: () => Config['limits'];
  readonly #threads: number;
  /** The first of them take any kind. */
  readonly #long_threads: number;
  readonly #clock: Pick<ServiceClock, 'now_ms'>;
  readonly #handOver: (one: HandedOver) => void;
  readonly #jobs = new Map<number, JobState>();
  readonly #runners = new Set<JobRunner>();
  /** The threads that died too often, which are left alone for a while. */
  readonly #resting = new Set<number>();
  /** Why the last thread could not be started, until one has been. */
  #shortage: string | undefined;
  #next = 1;
  #ended = 0;

  /** @param handOver gives a job to the queue of its project's engine */
  constructor(
    config: Pick<Config, 'limits' | 'workers'>,
    clock: Pick<ServiceClock, 'now_ms'>,
    handOver: (one: HandedOver) => void,
  ) {
    const { workers } = config;
    this.#limits = () => config.limits;
    this.#threads = workers.jobs + QUICK_JOB_THREADS;
    this.#long_threads = workers.jobs;
    this.#clock = clock;
    this.#handOver = handOver;
  }

  /** Takes a job in; answers its request at once when it cannot be run. */
  submit(ticket: JobTicket, call: Call, source: Source): void {
    const { jobs_max } = this.#limits();
    if (this.#jobs.size >= jobs_max) {
      const message = `There are ${jobs_max} jobs, as many as limits.jobs_max allows.`;
      source.fail(call, new GoxError('GOX_OVERLOADED', message, { jobs_max }));
      return;
    }
    if (this.#isHopeless(ticket)) {
      source.fail(call, noThread('all of them died again and again'));
      return;
    }
    const number = this.#next++;
    this.#jobs.set(number, {
      ...{ number, ticket, call, source, control: new JobControl(), again: [] },
      ...{ since_ms: this.#clock.now_ms(), stage: 0, begun: 0, done: 0 },
    });
    this.#dispatch();
  }

  /** A thread, by its number, is there to run parts. */
  attach(thread: number, link: JobLink): JobRunner {
    const quick = thread >= this.#long_threads;
    const runner = { quick, link, known: new Set<number>(), job: undefined, part: 0, since_ms: 0 };
    this.#resting.delete(thread);
    this.#runners.add(runner);
    this.#dispatch();
    return runner;
  }

  /** A thread is not to be had for some time; when that is true of all, nothing waits for one. */
  rest(thread: number, reason: string): void {
    this.#resting.add(thread);
    for (const job of [...this.#jobs.values()]) {
      if (this.#isHopeless(job.ticket)) this.#fail(job, noThread(reason));
    }
  }

  /** A thread could not be started; what it was to run, it has not begun. */
  release(runner: JobRunner, reason: string): void {
    this.#shortage = reason;
    this.#runners.delete(runner);
    const job = runner.job === undefined ? undefined : this.#jobs.get(runner.job);
    if (job === undefined) return;
    job.again.push(runner.part);
    this.#dispatch();
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

  /** The same for the job that a call has become. */
  cancelCall(call: Call, why: GoxError): boolean {
    for (const job of this.#jobs.values()) {
      if (job.call === call) return this.cancel(job.number, why);
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

  /** Cancels what takes too long, or has waited in vain for a thread to be started. */
  expire(): void {
    const now_ms = this.#clock.now_ms();
    const short = this.#runners.size === 0 ? this.#shortage : undefined;
    for (const job of [...this.#jobs.values()]) {
      const age_ms = now_ms - job.since_ms;
      if (age_ms > this.#limits().job_timeout_ms) {
        const message = 'The job took longer than limits.job_timeout_ms allows.';
        this.#fail(job, new GoxError('GOX_REQUEST_TIMEOUT', message));
      } else if (short !== undefined && age_ms > this.#limits().request_timeout_ms) {
        const message = `The job was not begun in time: no thread could be started: ${short}`;
        this.#fail(job, new GoxError('GOX_ENGINE_BUSY', message));
      }
    }
  }

  /**
   * How long the runner's part has gone on since it should have stopped, beyond the grace, or
   * nothing.
   */
  overdue(runner: JobRunner): number | undefined {
    if (runner.job === undefined || this.#jobs.has(runner.job)) return undefined;
    const late_ms = this.#clock.now_ms() - runner.since_ms;
    return late_ms > GRACE_MS ? late_ms : undefined;
  }

  list(): JobInfo[] {
    const now = this.#clock.now_ms();
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

  /** Whether all threads that take the kind are left alone for now. */
  #isHopeless({ kind }: JobTicket): boolean {
    const threads = QUICK_KINDS.includes(kind) ? this.#threads : this.#long_threads;
    let resting = 0;
    for (const thread of this.#resting) if (thread < threads) resting += 1;
    return resting >= threads;
  }

  /** Gives idle threads something to do. */
  #dispatch(): void {
    for (const runner of this.#runners) {
      if (runner.job !== undefined) continue;
      const job = this.#nextJob(runner);
      if (job !== undefined) this.#run(runner, job);
    }
  }

  /** The oldest job of its kinds whose stage has a part that no thread has. */
  #nextJob({ quick }: JobRunner): JobState | undefined {
    for (const job of this.#jobs.values()) {
      if (quick && !QUICK_KINDS.includes(job.ticket.kind)) continue;
      if (job.again.length > 0 || job.begun < job.ticket.stages[job.stage]!) return job;
    }
    return undefined;
  }

  #run(runner: JobRunner, job: JobState): void {
    const { number, stage, control, ticket } = job;
    const part = job.again.pop() ?? job.begun++;
    const order: PartOrder = {
      ...{ job: number, stage, part, control: control.memory },
      ticket: runner.known.has(number) ? undefined : ticket,
    };
    runner.known.add(number);
    runner.job = number;
    runner.part = part;
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
    this.#shortage = undefined;
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

  #settle(job: JobState, { status, bytes, handover }: PartAnswer): void {
    this.#end(job);
    if (handover !== undefined) {
      this.#handOver({ call: job.call, source: job.source, handover });
      return;
    }
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
    const now_ms = this.#clock.now_ms();
    for (const runner of this.#runners) {
      if (runner.job === job.number) runner.since_ms = now_ms;
      else this.#forget(runner, job);
    }
  }

  #forget(runner: JobRunner, job: JobState): void {
    if (runner.known.delete(job.number)) runner.link.forget(job.number);
  }
}

function noThread(reason: string): GoxError {
  const message = `No thread can run jobs at present, and another try comes later: ${reason}`;
  return new GoxError('GOX_ENGINE_FAILED', message);
}

/** As the job says, else by the stages and parts that are done. */
function progressOf({ control, done, stage, ticket: { stages } }: JobState): number {
  return control.progress || (stage + done / stages[stage]!) / stages.length;
}
