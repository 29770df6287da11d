/**
 * An engine: the projects of one worker thread, and the running of batches on them. It answers
 * every request that a client can send; only a defect of ours shows as GOX_INTERNAL, and is
 * reported.
 */

import { GoxError } from '../conf/errors.ts';
import { AnswerWriter, BatchReader, type Request } from './batch.ts';
import { METHODS } from './catalogue/methods.ts';
import type { MethodSpec } from './catalogue/spec.ts';
import { type Defect, Encoder, messagePack } from './encode.ts';
import { Files } from './files.ts';
import { JobControl } from './jobs/control.ts';
import { Job } from './jobs/job.ts';
import { runJob } from './jobs/kinds.ts';
import type { AnyHandler } from './methods/handler.ts';
import { handlers } from './methods/index.ts';
import { Budget, Project } from './methods/project.ts';
import { decodeParams } from './params.ts';
import {
  type AnswerWithJobs,
  type EngineApi,
  type EngineOptions,
  type EngineStats,
  type JobTicket,
  STATUS_ERROR,
  STATUS_JOB,
  STATUS_RESULT,
} from './port.ts';

interface Method {
  readonly spec: MethodSpec;
  readonly run: AnyHandler;
}

/**
 * An answer covers no more requests than are done in this time: the others have had no time of
 * their own yet, and those of other clients should get their turn. It is enough for thousands of
 * small requests.
 */
const ANSWER_MS = 20;

export class Engine implements EngineApi {
  readonly #options: EngineOptions;
  readonly #encoder: Encoder;
  readonly #now_ms: () => number;
  readonly #budget: Budget;
  readonly #files: Files;
  readonly #projects = new Map<number, Project>();
  /** By their place in `METHODS`; nothing where the main thread answers. */
  readonly #methods: readonly (Method | undefined)[];
  #requests = 0;
  /** Those that requests of this batch have become. */
  #jobs: JobTicket[] = [];

  /** @param now_ms a clock that only runs forward */
  constructor(
    options: EngineOptions,
    onDefect: (defect: Defect) => void,
    now_ms: () => number = () => performance.now(),
  ) {
    this.#options = options;
    this.#encoder = new Encoder(options.result_bytes_max, onDefect);
    this.#now_ms = now_ms;
    this.#budget = new Budget(options.voxel_bytes_max);
    this.#files = new Files(options);
    this.#methods = METHODS.map((spec) => {
      const run = handlers[spec.name];
      return run === undefined ? undefined : { spec, run };
    });
  }

  run(batch: ArrayBuffer): ArrayBuffer | AnswerWithJobs {
    const reader = new BatchReader(batch);
    this.#jobs = [];
    const answer = new AnswerWriter();
    // One result of the largest size is enough for an answer: the sum must fit into memory too.
    const { result_bytes_max } = this.#options;
    const until = this.#now_ms() + ANSWER_MS;
    for (let place = 0; place < reader.count && answer.length < result_bytes_max; place++) {
      if (place > 0 && this.#now_ms() > until) break;
      this.#answer(reader, reader.request(place), answer);
    }
    const jobs = this.#jobs;
    return jobs.length === 0 ? answer.finish() : { answer: answer.finish(), jobs };
  }

  close(project: number): void {
    this.#projects.get(project)?.end();
    this.#projects.delete(project);
  }

  stats(): EngineStats {
    return {
      projects: this.#projects.size,
      voxel_bytes: this.#budget.bytes,
      requests: this.#requests,
    };
  }

  #answer(reader: BatchReader, request: Request, answer: AnswerWriter): void {
    this.#requests++;
    try {
      const result = this.#execute(reader, request);
      if (result instanceof Job) {
        const { kind, title, input, stages } = result;
        this.#jobs.push({ kind, title, input, stages, method: request.word });
        answer.push(STATUS_JOB, '');
      } else {
        answer.push(STATUS_RESULT, request.quiet ? '' : this.#encoder.result(request, result));
      }
    } catch (error) {
      answer.push(STATUS_ERROR, request.quiet ? '' : this.#encoder.error(request, error));
    }
  }

  #execute(reader: BatchReader, request: Request): unknown {
    const method = this.#methods[request.method];
    if (method === undefined) {
      const message = `There is no method ${request.method} in an engine.`;
      throw new GoxError('GOX_METHOD_NOT_FOUND', message);
    }
    const params = decodeParams(method.spec, parse(reader, request));
    const project = this.#project(request.project);
    try {
      // The catalogue's schema has been checked, which is the type the handler was written for.
      const result = method.run(project, params as never);
      if (!(result instanceof Job) || !this.#options.jobs_inline) return result;
      return runJob(result, { files: this.#files, control: new JobControl() });
    } finally {
      project.account();
      if (method.spec.project === 'closes') this.close(request.project);
    }
  }

  #project(number: number): Project {
    let project = this.#projects.get(number);
    if (project === undefined) {
      project = new Project(this.#budget, this.#files);
      this.#projects.set(number, project);
    }
    return project;
  }
}

/** The parameters as a value; nothing for no bytes. Throws GOX_PARSE. */
function parse(reader: BatchReader, request: Request): unknown {
  if (request.start === request.end) return undefined;
  try {
    if (request.msgpack) return messagePack.unpack(reader.bytes(request));
    return JSON.parse(reader.text(request));
  } catch (error) {
    if (error instanceof GoxError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new GoxError('GOX_PARSE', `The parameters cannot be read: ${why}`, undefined, error);
  }
}
