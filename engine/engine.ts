/**
 * An engine: the projects of one worker thread, and the running of batches on them. It answers
 * every request that a client can send; only a defect of ours shows as GOX_INTERNAL, and is
 * reported.
 */

import { GoxError } from '../conf/errors.ts';
import { diff } from './catalogue/history.ts';
import { METHODS } from './catalogue/methods.ts';
import { decodeParams } from './catalogue/params.ts';
import { executeScript } from './catalogue/scripts.ts';
import { type Defect, Encoder, partAnswer } from './encode.ts';
import { interruptible } from './interrupt.ts';
import { Handover, Job } from './jobs/job.ts';
import { runJob } from './jobs/kinds.ts';
import { nodeFiles, readStore } from './journal/store-reader.ts';
import { lendPoint } from './methods/diff.ts';
import { finishers, type Method, methods } from './methods/index.ts';
import { Mirrors } from './mirror/mirrors.ts';
import { parse } from './parse.ts';
import {
  AnswerWriter,
  type Asked,
  askedBy,
  BatchReader,
  type EngineRequest,
  firstMethod,
} from './port/engine-side.ts';
import { FlightControl } from './port/flight.ts';
import { JobControl } from './port/job-control.ts';
import {
  type BatchAnswer,
  type EngineApi,
  type EngineOptions,
  type EngineStats,
  type JobTicket,
  type Kept,
  LEND,
  type OpTag,
  type PartAnswer,
  type Rebuilt,
  type Refused,
  STATUS_ERROR,
  STATUS_JOB,
  STATUS_RESULT,
  type StorePlace,
  type StoreReading,
  UNSAVED_FLAG,
} from './port/layout.ts';
import { Clipboard } from './project/clipboard.ts';
import { Files } from './project/files.ts';
import type { Scripting } from './project/home.ts';
import { Budget } from './project/memory.ts';
import { Project } from './project/project.ts';
import { BatchRecords } from './replay/batch-records.ts';
import { doneBefore, opIdIn, opTag, resultOf } from './replay/ops.ts';
import { replay } from './replay/replay.ts';
import { createScripts } from './script/script.ts';
import { StoodStill } from './stopwatch.ts';
import { runningAgain, Unfinished } from './turns.ts';
import type { VolumeSnapshot } from './volume/volume.ts';

/**
 * An answer covers no more requests than are done in this time: the others have had no time of
 * their own yet, and those of other clients should get their turn. It is enough for thousands of
 * small requests.
 */
const ANSWER_MS = 20;

/** Who stops the process again and again gets no further by yet another try. */
const REPEATS_MAX = 3;

/** The method that needs a sandbox, by its place in `METHODS`. */
const SCRIPT = METHODS.indexOf(executeScript);

/** Comparisons are what asks for loans. */
const LENDING: Method = { spec: diff, run: lendPoint };

export class Engine implements EngineApi {
  readonly #options: EngineOptions;
  readonly #encoder: Encoder;
  readonly #now_ms: () => number;
  readonly #flight: FlightControl;
  /** What `checkInterrupt` does while a request runs. */
  readonly #stop: () => void;
  readonly #budget: Budget;
  readonly #files: Files;
  readonly #clipboard = new Clipboard();
  readonly #scripting: Scripting;
  readonly #projects = new Map<number, Project>();
  /** By their place in `METHODS`; nothing where the main thread answers. */
  readonly #methods: readonly (Method | undefined)[];
  #requests = 0;
  /** How often in a row a request was begun again because the process stood still. */
  #repeats = 0;
  /** Those that requests of this batch have become. */
  #jobs: JobTicket[] = [];
  readonly #records = new BatchRecords();
  readonly #mirrors: Mirrors;

  /**
   * @param flight says which requests are to stop
   * @param now_ms a clock that only runs forward
   */
  constructor(
    options: EngineOptions,
    onDefect: (defect: Defect) => void,
    flight = new FlightControl(),
    now_ms: () => number = () => performance.now(),
  ) {
    this.#options = options;
    this.#encoder = new Encoder(options.result_bytes_max, onDefect);
    this.#now_ms = now_ms;
    this.#flight = flight;
    this.#stop = () => flight.check();
    this.#budget = new Budget(options);
    this.#files = new Files(options);
    const { script_timeout_ms, script_memory_bytes_max } = options;
    this.#scripting = {
      ...{ script_timeout_ms, script_memory_bytes_max },
      ...{ scripts: undefined, failure: undefined },
    };
    this.#methods = methods();
    this.#mirrors = new Mirrors(now_ms, (error) => onDefect({ method: 'a mirror', error }));
  }

  run(batch: ArrayBuffer): BatchAnswer | Promise<BatchAnswer> {
    return firstMethod(batch) === SCRIPT ? this.#runScript(batch) : this.#run(batch);
  }

  /** The sandbox may have to be loaded first; a run may use it up. */
  async #runScript(batch: ArrayBuffer): Promise<BatchAnswer> {
    const scripting = this.#scripting;
    try {
      scripting.scripts = await createScripts();
    } catch (error) {
      // The request that needs it answers so, and is reported as a defect.
      scripting.scripts = undefined;
      scripting.failure = error;
    }
    return this.#run(batch);
  }

  #run(batch: ArrayBuffer): BatchAnswer {
    const reader = new BatchReader(batch);
    this.#jobs = [];
    const answer = new AnswerWriter();
    // All of them at once, since a function for each would cost as much as a small request.
    const runEach = () => interruptible(this.#stop, () => this.#runEach(reader, answer));
    if (this.#options.jobs_inline) runEach();
    else runningAgain(runEach);
    const jobs = this.#jobs;
    const clipboard = this.#clipboard.takeCopied();
    const [records, durabilities] = [this.#records.take(), this.#records.takeTold()];
    const mirrors = this.#mirrors.take(records);
    const finished = answer.finish();
    const more = jobs.length + records.length + durabilities.length + mirrors.length;
    if (more === 0 && clipboard === undefined) return finished;
    return { answer: finished, records, mirrors, durabilities, jobs, clipboard };
  }

  #runEach(reader: BatchReader, answer: AnswerWriter): void {
    // One result of the largest size is enough for an answer: the sum must fit into memory too.
    const { result_bytes_max } = this.#options;
    let now = this.#now_ms();
    const until = now + ANSWER_MS;
    this.#flight.enter(reader.slot);
    for (let place = 0; place < reader.count && answer.length < result_bytes_max; place++) {
      if (place > 0 && now > until) break;
      const request = reader.request(place);
      // It is sent again, and then comes first.
      if (place > 0 && request.method === SCRIPT) break;
      this.#flight.begin(place);
      this.#records.place = place;
      // It is sent again as well, and ends the answer.
      if (!this.#answer(reader, request, answer)) break;
      const began = now;
      now = this.#now_ms();
      this.#mirrors.ran(request.project, now - began);
    }
  }

  takeOver(
    project: number,
    word: number,
    client: number,
    handover: unknown,
    slot: number,
    op?: OpTag,
  ): PartAnswer {
    const asked = { ...askedBy(word), client };
    const began = this.#now_ms();
    this.#records.op = op;
    this.#flight.enter(slot);
    this.#flight.begin(0);
    try {
      const result = interruptible(this.#stop, () => {
        return this.#finish(project, asked, handover);
      });
      const encoded = asked.quiet ? '' : this.#encoder.result(asked, result);
      const answer = partAnswer(this.#flagged(STATUS_RESULT, project), encoded);
      const [durability] = this.#records.takeTold();
      const records = this.#records.take();
      this.#mirrors.ran(project, this.#now_ms() - began);
      return { ...answer, durability, records, mirrors: this.#mirrors.take(records) };
    } catch (error) {
      const encoded = asked.quiet ? '' : this.#encoder.error(asked, error);
      const answer = partAnswer(this.#flagged(STATUS_ERROR, project), encoded);
      // What it has done before it failed is to be kept all the same.
      return { ...answer, records: this.#records.take() };
    }
  }

  recover(number: number, kept: Kept): Rebuilt {
    const { epoch, mirror, tail } = kept;
    const began = this.#now_ms();
    this.close(number);
    const project = this.#make(number, kept);
    const sequence = Math.max(mirror?.sequence ?? 0, replay(project, tail, this.#methods));
    project.records.goOn(sequence, epoch);
    this.#mirrors.recovered(number, this.#now_ms() - began);
    const { title, unsaved } = project;
    return { sequence, unsaved, ...(title === undefined ? {} : { title }) };
  }

  readStore(number: number, { directory, epoch: own }: StorePlace): StoreReading | Refused {
    const { mirror, tail, place, fault, passed } = readStore(nodeFiles(directory));
    // Its owner has counted on, unless what it counts in was damaged.
    const epoch = Math.max(own, place.epoch + 1);
    const kept = { epoch, mirror, tail };
    try {
      const rebuilt = this.recover(number, kept);
      this.#projects.get(number)?.memory.requireHeld();
      return { ...kept, ...rebuilt, place, fault, passed };
    } catch (error) {
      this.close(number);
      if (!(error instanceof GoxError)) throw error;
      const { code, message, details } = error;
      return { refused: { code, message, details } };
    }
  }

  setClipboard(content: unknown): void {
    // Another engine's `takeCopied` made it.
    this.#clipboard.receive(content as VolumeSnapshot);
  }

  close(project: number): void {
    this.#projects.get(project)?.end();
    this.#projects.delete(project);
    this.#mirrors.forget(project);
  }

  stats(): EngineStats {
    return {
      projects: this.#projects.size,
      voxel_bytes: this.#budget.bytes,
      requests: this.#requests,
    };
  }

  /** False for a request that has to be done again. */
  #answer(reader: BatchReader, request: EngineRequest, answer: AnswerWriter): boolean {
    this.#requests++;
    try {
      const result = this.#execute(reader, request);
      if (result instanceof Job) {
        this.#jobs.push(this.#ticketOf(result, request));
        answer.push(this.#flagged(STATUS_JOB, request.project), '');
      } else {
        const encoded = request.quiet ? '' : this.#encoder.result(request, result);
        answer.push(this.#flagged(STATUS_RESULT, request.project), encoded);
      }
      this.#repeats = 0;
    } catch (error) {
      if (error instanceof Unfinished) return false;
      if (error instanceof StoodStill && this.#repeats++ < REPEATS_MAX) return false;
      this.#repeats = 0;
      const encoded = request.quiet ? '' : this.#encoder.error(request, failure(error));
      answer.push(this.#flagged(STATUS_ERROR, request.project), encoded);
    }
    return true;
  }

  #ticketOf({ loans, ...job }: Job, request: EngineRequest): JobTicket {
    const ticket = { ...job, method: request.word, op: this.#records.op };
    if (loans.length === 0) return ticket;
    const orders = loans.map(({ params, ...loan }) => {
      const encoded = Buffer.from(this.#encoder.result(request, params));
      return { ...loan, params: new Uint8Array(encoded) };
    });
    return { ...ticket, loans: orders };
  }

  /** What became of a request, with what is to be known of its project after it. */
  #flagged(status: number, project: number): number {
    return this.#projects.get(project)?.unsaved === true ? status + UNSAVED_FLAG : status;
  }

  #execute(reader: BatchReader, request: EngineRequest): unknown {
    const method = request.method === LEND ? LENDING : this.#methods[request.method];
    if (method === undefined) {
      const message = `There is no method ${request.method} in an engine.`;
      throw new GoxError('GOX_METHOD_NOT_FOUND', message);
    }
    // Even when this request fails: those behind it count on the project, and do not say so.
    const project = this.#find(request.project, request);
    this.#stop();
    const given = parse(reader, request);
    const id = request.has_meta ? opIdIn(method.spec, given) : undefined;
    const params = decodeParams(method.spec, given);
    const op = id === undefined ? undefined : opTag(id, method.spec, params);
    const before = op && doneBefore(project, op);
    if (before !== undefined) {
      this.#records.tell(before.sequence, true);
      return resultOf(before);
    }
    this.#records.op = op;
    this.#records.begin(request.project, project, method.spec, request.client);
    try {
      // The catalogue's schema has been checked, which is the type the handler was written for.
      const result = project.memory.explained(() => method.run(project, params as never));
      if (!(result instanceof Job)) {
        this.#records.done(request, result, reader);
        return result;
      }
      if (!this.#options.jobs_inline) return result;
      const done = runJob(result, { files: this.#files, control: new JobControl() });
      return done instanceof Handover ? this.#finish(request.project, request, done.value) : done;
    } catch (error) {
      this.#records.failed(request);
      throw error;
    } finally {
      project.account();
      if (method.spec.project === 'closes') this.close(request.project);
    }
  }

  /** The end of a request whose job handed something over. */
  #finish(number: number, asked: Asked & { readonly client: number }, handover: unknown): unknown {
    const project = this.#find(number, asked);
    const spec = METHODS[asked.method];
    const finish = finishers[spec?.name ?? ''];
    if (spec === undefined || finish === undefined) {
      throw new Error(`nothing takes over from a job of ${spec?.name}`);
    }
    this.#stop();
    this.#records.begin(number, project, spec, asked.client);
    try {
      // The job's kind made it for this method.
      const result = project.memory.explained(() => finish(project, handover as never));
      this.#records.done(asked, result);
      return result;
    } catch (error) {
      this.#records.failed(asked);
      throw error;
    } finally {
      project.account();
    }
  }

  /** Throws GOX_PROJECT_NOT_FOUND for a number that was not given to this engine, or closed. */
  #find(number: number, { may_be_new }: Asked): Project {
    const found = this.#projects.get(number);
    if (found !== undefined) return found;
    if (!may_be_new) {
      const message = `The engine has no project of the number ${number}: it was closed.`;
      throw new GoxError('GOX_PROJECT_NOT_FOUND', message);
    }
    return this.#make(number);
  }

  #make(number: number, kept?: Kept): Project {
    const project = new Project({
      budget: this.#budget,
      files: this.#files,
      clipboard: this.#clipboard,
      limits: this.#options,
      op_limits: this.#options,
      scripting: this.#scripting,
      job_threads: this.#options.jobs_inline ? 1 : this.#options.job_threads,
    });
    this.#projects.set(number, project);
    this.#mirrors.follow(number, project, kept);
    return project;
  }
}

function failure(error: unknown): unknown {
  if (!(error instanceof StoodStill)) return error;
  const message = 'The script was stopped, since the process stood still while it ran,';
  return new GoxError('GOX_SCRIPT_TIMEOUT', `${message} each time that it was tried.`);
}
