/**
 * The jobs of all engines: requests that became long work on a snapshot. Here a request becomes a
 * job, and jobs are found again by their number or their request; their lives are those of
 * `machines/job.ts`, below the session that asked.
 */

import type { Logger } from 'pino';
import type { AnyActorRef } from 'xstate';
import { GoxError } from '../../conf/errors.ts';
import type { Config } from '../../conf/schema.ts';
import type { JobTicket } from '../../engine/port/layout.ts';
import { QUICK_JOB_THREADS } from '../../machines/engine.ts';
import { type JobEnd, type JobInput, jobMachine } from '../../machines/job.ts';
import { requestId } from '../../transport/values.ts';
import type { About } from '../about.ts';
import type { Call, Source } from '../engines/call.ts';
import type { JobSink } from '../engines/registry.ts';
import type { ServiceClock } from '../service-clock.ts';
import { withVitals } from '../vitals.ts';
import { noThread, PartScheduler } from './parts.ts';
import { type Borrow, Work, type WorkDeps, type WorkRegistry, workEffect } from './work.ts';

/** What `goxel.list_jobs` calls the states of a job. */
export type JobState = 'waiting' | 'running' | 'handing over' | 'cancelling';

/** A job as `goxel.list_jobs` tells of it. */
export interface JobInfo {
  readonly job: number;
  readonly kind: string;
  readonly title: string;
  readonly project: string;
  /** As the tree of actors numbers it. */
  readonly connection: number;
  readonly state: JobState;
  /** From 1 to `stages`. */
  readonly stage: number;
  readonly stages: number;
  /** From 0 to 1. */
  readonly progress: number;
  readonly age_ms: number;
}

/** A session, as somebody whose requests become jobs. */
export interface JobHome {
  /** The number of its connection. */
  readonly connection: number;
  /** Has the machine of a job started. */
  start(job: JobInput): void;
  /** A job of it has ended, so that it may have become idle. */
  turned(): void;
  /** Asks another project for what the job of a call needs; see `borrow`. */
  readonly borrow: Borrow;
}

export interface JobsDeps extends Pick<WorkDeps, 'handOver' | 'takeBack' | 'judge' | 'renders'> {
  readonly clock: Pick<ServiceClock, 'now_ms'>;
  readonly log: Pick<Logger, 'debug' | 'error'>;
}

export class Jobs implements JobSink, WorkRegistry {
  /** Which thread does what. */
  readonly parts: PartScheduler;
  readonly #config: Pick<Config, 'limits' | 'performance'>;
  readonly #deps: JobsDeps & WorkDeps;
  readonly #homes = new Map<Source, JobHome>();
  readonly #works = new Map<number, Work>();
  readonly #byCall = new Map<Call, Work>();
  readonly #actors = new Map<number, AnyActorRef>();
  readonly #ends: Record<JobEnd, number> = { done: 0, cancelled: 0, failed: 0, abandoned: 0 };
  #next = 1;

  constructor(config: Pick<Config, 'limits' | 'performance' | 'workers'>, deps: JobsDeps) {
    const { workers } = config;
    this.#config = config;
    this.parts = new PartScheduler(workers.jobs + QUICK_JOB_THREADS, workers.jobs, deps.clock);
    this.#deps = {
      ...{ ...deps, parts: this.parts },
      ended: (work, as, reason) => this.#ended(work, as, reason),
    };
  }

  /** The machine of a job, which can be found here. */
  get logic() {
    return jobMachine.provide({
      actors: { work: withVitals(workEffect(this)) },
      actions: {
        introduce: ({ context, self }) => void this.#actors.set(context.number, self),
      },
    });
  }

  /** Requests of this source may become jobs. */
  open(source: Source, home: JobHome): void {
    this.#homes.set(source, home);
  }

  /** No request of the source becomes a job any more. */
  close(source: Source): void {
    this.#homes.delete(source);
    for (const work of [...this.#works.values()]) {
      // Its machine was never started, and never will be.
      if (work.asked.source === source && !work.begun) work.leave(closed(), 'cancelled');
    }
  }

  /** Whether a job of the source lives, be it one that only has to stop. */
  hasJobs(source: Source): boolean {
    for (const { asked } of this.#works.values()) if (asked.source === source) return true;
    return false;
  }

  take(ticket: JobTicket, call: Call, source: Source): void {
    const refusal = this.#refusal(ticket, source);
    if (refusal !== undefined) {
      source.fail(call, refusal);
      return;
    }
    const { connection, start, borrow } = this.#homes.get(source)!;
    const since_ms = this.#deps.clock.now_ms();
    const number = this.#next++;
    const asked = { ticket, call, source, connection, since_ms, borrow };
    const work = new Work(number, asked, this.#deps);
    this.#works.set(number, work);
    this.#byCall.set(call, work);
    start({
      number,
      patience_ms: this.#config.performance.request_timeout_ms,
      ...this.#limitOf(call, since_ms),
    });
    call.reply?.way?.becameJob(number);
  }

  work(number: number): Work | undefined {
    return this.#works.get(number);
  }

  /** Stops a job and answers its request with the error; false when there is none to be stopped. */
  cancel(number: number, why: GoxError): boolean {
    const work = this.#works.get(number);
    if (work === undefined || work.stopping) return false;
    work.say({ type: 'job.cancel', why });
    return true;
  }

  /** The same for the job that a call has become; false when it has become none. */
  cancelCall(call: Call, why: GoxError): boolean {
    const work = this.#byCall.get(call);
    if (work === undefined) return false;
    work.say({ type: 'job.cancel', why });
    return true;
  }

  /** Whether the call has become a job that the engine does not have again by now. */
  runs(call: Call): boolean {
    return this.#byCall.get(call)?.handed === false;
  }

  /** The number of the job that a call has become, if it has become one. */
  numberOf(call: Call): number | undefined {
    return this.#byCall.get(call)?.number;
  }

  /** Cancels everything that is there. */
  refuse(why: GoxError): void {
    for (const work of [...this.#works.values()]) work.say({ type: 'job.cancel', why });
  }

  list(): JobInfo[] {
    const now = this.#deps.clock.now_ms();
    return [...this.#works.values()].map(({ number, asked, progress }) => ({
      job: number,
      kind: asked.ticket.kind,
      title: asked.ticket.title,
      project: asked.call.project.name,
      connection: asked.connection,
      ...this.#stateOf(number),
      stages: asked.ticket.stages.length,
      progress,
      age_ms: Math.round(now - asked.since_ms),
    }));
  }

  figures() {
    return { jobs: this.#works.size, ...this.#ends };
  }

  defect(work: Work, error: unknown): void {
    this.#deps.log.error({ ...aboutOf(work), err: error }, 'a defect ended a job');
    work.leave(new GoxError('GOX_INTERNAL', 'The job failed by a defect of the daemon.'), 'failed');
  }

  #refusal(ticket: JobTicket, source: Source): GoxError | undefined {
    if (!this.#homes.has(source)) return closed();
    const { jobs_max } = this.#config.limits;
    let count = 0;
    for (const { stopping } of this.#works.values()) if (!stopping) count += 1;
    if (count >= jobs_max) {
      const message = `There are ${jobs_max} jobs, as many as limits.jobs_max allows.`;
      return new GoxError('GOX_OVERLOADED', message, { jobs_max });
    }
    if (!this.parts.isHopeless(ticket)) return undefined;
    return noThread('all of them died again and again');
  }

  /** How long a job may take: as the request said, counted from its arrival, if that is less. */
  #limitOf(call: Call, now_ms: number) {
    const { job_timeout_ms } = this.#config.limits;
    const own_ms =
      call.timeout_ms === undefined ? Infinity : call.since_ms + call.timeout_ms - now_ms;
    return own_ms < job_timeout_ms
      ? { timeout_ms: Math.max(own_ms, 0), limit: 'timeout_ms of the request' as const }
      : { timeout_ms: job_timeout_ms, limit: 'limits.job_timeout_ms' as const };
  }

  #stateOf(number: number): { state: JobState; stage: number } {
    const snapshot = this.#actors.get(number)?.getSnapshot() as
      | { readonly value: unknown; readonly context: { readonly stage: number } }
      | undefined;
    if (snapshot === undefined) return { state: 'waiting', stage: 1 };
    const { value, context } = snapshot;
    const { running = value } = typeof value === 'object' ? (value as { running?: unknown }) : {};
    const state = running === 'stage' ? 'running' : (running as JobState);
    return { state, stage: context.stage + 1 };
  }

  #ended(work: Work, as: JobEnd, reason: string): void {
    const { number, asked } = work;
    this.#works.delete(number);
    this.#byCall.delete(asked.call);
    this.#actors.delete(number);
    this.#ends[as] += 1;
    this.#homes.get(asked.source)?.turned();
    const ran_ms = Math.round(this.#deps.clock.now_ms() - asked.since_ms);
    const { kind } = asked.ticket;
    const about = aboutOf(work);
    this.#deps.log.debug({ ...about, kind, state: as, ran_ms, reason }, 'a job ended');
  }
}

function aboutOf({ number, asked: { call, connection } }: Work): About {
  const { project, reply } = call;
  const request = reply === undefined ? undefined : requestId(reply);
  return { job: number, connection, request, project: project.name };
}

function closed(): GoxError {
  return new GoxError('GOX_CANCELLED', 'The connection was closed.');
}
