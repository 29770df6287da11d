/**
 * The queue of calls into one engine. Sessions with requests waiting stand in line as sources;
 * while one comlink call is in flight the next batch gathers with them, so that the costs of
 * crossing to the worker are paid once a batch. A source gives requests only when asked, which
 * keeps those of a client that does not read its replies where they are.
 *
 * The queue outlives the worker: what arrives while the worker is away waits, what was in flight
 * when it died is answered with an error, since only the worker knew how far it had come.
 */

import { fromCallback } from 'xstate';
import type { ErrorCode } from '../conf/errors.ts';
import { GoxError } from '../conf/errors.ts';
import { EAGER_REQUESTS_MAX } from '../engine/endpoint.ts';
import {
  ANSWER_WORDS,
  type AnswerWithJobs,
  type EngineStats,
  type JobTicket,
  REQUEST_WORDS,
  type STATUS_ERROR,
  STATUS_JOB,
  type STATUS_RESULT,
} from '../engine/port.ts';
import type { CallsCommand, EngineChildInput, EngineEvent } from '../machines/engine.ts';
import type { JobQueue } from './jobs.ts';
import type { Project, Projects } from './projects.ts';
import { reportFigures } from './vitals.ts';

/** Requests in one batch: enough to make the crossing cheap, few enough to be fair to others. */
const BATCH_CALLS_MAX = 512;
/** Bytes of parameters in one batch; a single larger request makes a batch of its own. */
const BATCH_BYTES_MAX = 1024 * 1024;

/** One request on its way to an engine. */
export interface Call {
  /** The word that names the method to the engine, with its flags. */
  readonly method: number;
  /** The encoded parameters. */
  readonly params: Uint8Array;
  /** When it was received, by `performance.now()`. */
  readonly since_ms: number;
  readonly project: Project;
}

export type Status = typeof STATUS_RESULT | typeof STATUS_ERROR;

/** Somebody with calls for an engine: a session. */
export interface Source {
  /** Nobody waits for its answers any more. */
  readonly stopped: boolean;
  /** Hands over calls for `engine`, in order, as long as they fit; none while it is held back. */
  take(engine: number, count_max: number, bytes_max: number): Call[];
  /** Takes calls back that the engine left for the next batch. */
  putBack(calls: readonly Call[]): void;
  /** Answers a call with `bytes[start, end)`. */
  answer(call: Call, status: Status, bytes: Uint8Array, start: number, end: number): void;
  /** Answers a call with an error of our own. */
  fail(call: Call, error: GoxError): void;
  /** Fails the calls that wait with it since before `time_ms`. */
  expire(time_ms: number): void;
  /** Called after a number of answers: sends them. */
  flush(): void;
}

/** The way into a worker, while there is one. */
export interface EngineLink {
  /** @param alone whether there is nothing else to do, so that the answer may be waited for */
  run(batch: ArrayBuffer, alone: boolean): Promise<ArrayBuffer | AnswerWithJobs>;
  close(project: number): Promise<void>;
  setClipboard(content: unknown): void;
  stats(): Promise<EngineStats>;
}

export type CallsEvent =
  | CallsCommand
  | { type: 'work.ready'; source: Source }
  | { type: 'worker.attached'; link: EngineLink }
  | { type: 'clipboard.changed' }
  | { type: 'call.cancel'; call: Call; why: GoxError }
  | { type: 'project.closed'; project: Project };

/** The queue as sessions and workers see it: an actor that takes their events too. */
export interface CallsRef {
  send(event: CallsEvent): void;
}

/** Where sessions and workers find the queues, by the number of the engine. */
export interface CallsRegistry {
  readonly calls: Map<number, CallsRef>;
  readonly projects: Projects;
  readonly jobs: JobQueue;
  /** What was copied last, in any engine. */
  clipboard: unknown;
}

interface Part {
  readonly source: Source;
  readonly calls: readonly Call[];
}

/** The `calls` effect of an engine. */
export function callsEffect(registry: CallsRegistry) {
  return fromCallback<CallsCommand, EngineChildInput>(({ input, receive, sendBack, self }) => {
    const report = sendBack as (event: EngineEvent) => void;
    const queue = new CallQueue(input, registry, report);
    registry.calls.set(input.index, self as unknown as CallsRef);
    reportFigures(self, () => queue.figures());
    receive((event: CallsEvent) => queue.receive(event));
    return () => {
      queue.refuse('the daemon is stopping', 'GOX_SHUTTING_DOWN');
      registry.calls.delete(input.index);
    };
  });
}

class CallQueue {
  readonly #engine: number;
  readonly #timeout_ms: number;
  readonly #report: (event: EngineEvent) => void;
  readonly #registry: CallsRegistry;
  readonly #line: Source[] = [];
  #gathering = false;
  #link: EngineLink | undefined;
  #flight: Part[] = [];
  #flightSince_ms = 0;
  #refusal: GoxError | undefined;
  #answered = 0;
  #stats: EngineStats = { projects: 0, voxel_bytes: 0, requests: 0 };

  constructor(
    { index, config }: EngineChildInput,
    registry: CallsRegistry,
    report: (event: EngineEvent) => void,
  ) {
    this.#engine = index;
    this.#registry = registry;
    this.#timeout_ms = config.limits.request_timeout_ms;
    this.#report = report;
  }

  receive(event: CallsEvent): void {
    switch (event.type) {
      case 'work.ready':
        this.#line.push(event.source);
        if (this.#refusal !== undefined) this.#empty(this.#refusal);
        else this.#depart();
        return;
      case 'worker.attached':
        this.#link = event.link;
        this.#shareClipboard();
        this.#depart();
        return;
      case 'clipboard.changed':
        this.#shareClipboard();
        return;
      case 'project.closed':
        this.#forget(event.project);
        return;
      case 'call.cancel':
        return;
      case 'calls.check':
        this.#check();
        return;
      case 'calls.fail':
        this.#link = undefined;
        this.#registry.projects.lose(this.#engine, event.reason);
        this.#failFlight(new GoxError(event.code, this.#loss(event.reason)));
        return;
      case 'calls.refuse':
        this.refuse(this.#loss(event.reason), 'GOX_ENGINE_FAILED');
    }
  }

  /** Answers everything, now and from now on, with an error. */
  refuse(reason: string, code: ErrorCode): void {
    this.#link = undefined;
    this.#refusal = new GoxError(code, reason);
    this.#failFlight(this.#refusal);
    this.#empty(this.#refusal);
  }

  figures() {
    let in_flight = 0;
    for (const { calls } of this.#flight) in_flight += calls.length;
    return {
      in_flight,
      sessions_waiting: this.#line.length,
      answered: this.#answered,
      projects: this.#stats.projects,
      voxel_bytes: this.#stats.voxel_bytes,
    };
  }

  #loss(reason: string): string {
    return `engine:${this.#engine} ended: ${reason}`;
  }

  /** Sends what has gathered, if there is a worker to send it to and it has nothing to do. */
  #depart(): void {
    const link = this.#link;
    if (link === undefined || this.#gathering || this.#flight.length > 0) return;
    const parts = this.#gather();
    if (parts.length === 0) return;
    this.#flight = parts;
    this.#flightSince_ms = performance.now();
    const calls = parts.flatMap((part) => part.calls);
    const alone = this.#line.length === 0 && calls.length <= EAGER_REQUESTS_MAX;
    link.run(encodeBatch(calls), alone).then(
      (answer) => {
        if (this.#flight !== parts) return;
        if (answer instanceof ArrayBuffer) this.#arrive(answer, []);
        else this.#arriveWithMore(answer);
      },
      (error: unknown) => {
        if (this.#flight === parts) this.#onCrossingDefect(error);
      },
    );
  }

  #gather(): Part[] {
    // Sources that get back in line while they are asked must not set off another batch.
    this.#gathering = true;
    const parts: Part[] = [];
    let count = BATCH_CALLS_MAX;
    let bytes = BATCH_BYTES_MAX;
    while (count > 0 && bytes > 0) {
      const source = this.#line.shift();
      if (source === undefined) break;
      const calls = source.take(this.#engine, count, bytes);
      if (calls.length === 0) continue;
      parts.push({ source, calls });
      count -= calls.length;
      for (const call of calls) bytes -= call.params.length;
    }
    this.#gathering = false;
    return parts;
  }

  #arriveWithMore({ answer, jobs, clipboard }: AnswerWithJobs): void {
    // The other engines have it before any client hears that it was copied.
    if (clipboard !== undefined) {
      this.#registry.clipboard = clipboard;
      for (const [engine, queue] of this.#registry.calls) {
        if (engine !== this.#engine) queue.send({ type: 'clipboard.changed' });
      }
    }
    this.#arrive(answer, jobs);
  }

  #shareClipboard(): void {
    const { clipboard } = this.#registry;
    if (clipboard !== undefined) this.#link?.setClipboard(clipboard);
  }

  #arrive(answer: ArrayBuffer, jobs: readonly JobTicket[]): void {
    const parts = this.#flight;
    this.#flight = [];
    const count = new Uint32Array(answer, 0, 1)[0]!;
    const words = new Uint32Array(answer, 4, count * ANSWER_WORDS);
    const bytes = new Uint8Array(answer);
    let start = 4 * (1 + count * ANSWER_WORDS);
    let next = 0;
    let job = 0;
    for (const { source, calls } of parts) {
      let done = 0;
      while (done < calls.length && next < count) {
        const end = start + words[2 * next + 1]!;
        const status = words[2 * next]!;
        if (status === STATUS_JOB) this.#registry.jobs.submit(jobs[job++]!, calls[done]!, source);
        else source.answer(calls[done]!, status as Status, bytes, start, end);
        start = end;
        next += 1;
        done += 1;
      }
      if (done < calls.length) source.putBack(calls.slice(done));
    }
    this.#answered += count;
    // The worker gets its next batch before the replies of this one are written.
    this.#depart();
    for (const { source } of parts) source.flush();
  }

  #failFlight(error: GoxError): void {
    const parts = this.#flight;
    this.#flight = [];
    for (const { source, calls } of parts) {
      for (const call of calls) source.fail(call, error);
    }
    for (const { source } of parts) source.flush();
  }

  /** Fails whatever stands in line. */
  #empty(error: GoxError): void {
    for (let parts = this.#gather(); parts.length > 0; parts = this.#gather()) {
      for (const { source, calls } of parts) {
        for (const call of calls) source.fail(call, error);
        source.flush();
      }
    }
  }

  /** The heartbeat: looks for calls that take too long, and asks an idle worker for its figures. */
  #check(): void {
    const now = performance.now();
    if (this.#flight.length > 0) {
      const age_ms = now - this.#flightSince_ms;
      if (age_ms > this.#timeout_ms) this.#report({ type: 'call.overdue', age_ms });
    } else {
      this.#link?.stats().then((stats) => {
        this.#stats = stats;
      }, this.#onCrossingDefect);
    }
    for (const source of [...this.#line]) source.expire(now - this.#timeout_ms);
    this.#registry.projects.expire(now - this.#timeout_ms);
  }

  #forget(project: Project): void {
    this.#link?.close(project.number).catch(this.#onCrossingDefect);
  }

  /** The engine answers whatever a client sends; a rejection is a defect of the crossing. */
  readonly #onCrossingDefect = (error: unknown): void => {
    this.#failFlight(new GoxError('GOX_INTERNAL', `The engine refused a call: ${error}`));
    this.#depart();
  };
}

/** What a batch needs to know of a call. */
export interface EncodableCall {
  readonly method: number;
  readonly params: Uint8Array;
  readonly project: { readonly number: number };
}

/** Writes a batch in the layout of `engine/port.ts`. */
function encodeBatch(calls: readonly EncodableCall[]): ArrayBuffer {
  const head = 1 + calls.length * REQUEST_WORDS;
  let length = 0;
  for (const { params } of calls) length += params.length;
  const buffer = new ArrayBuffer(4 * head + length);
  const words = new Uint32Array(buffer, 0, head);
  const bytes = new Uint8Array(buffer);
  words[0] = calls.length;
  let word = 1;
  let at = 4 * head;
  for (const { params, project, method } of calls) {
    words[word++] = project.number;
    words[word++] = method;
    words[word++] = params.length;
    bytes.set(params, at);
    at += params.length;
  }
  return buffer;
}
