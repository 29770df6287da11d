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
import type { ErrorCode } from '../../conf/errors.ts';
import { GoxError } from '../../conf/errors.ts';
import { AnswerReader, encodeBatch } from '../../engine/port/daemon-side.ts';
import { EAGER_REQUESTS_MAX } from '../../engine/port/endpoint.ts';
import { FLIGHT_REQUESTS_MAX, type FlightControl } from '../../engine/port/flight.ts';
import {
  type AnswerWithJobs,
  type EngineStats,
  type JobTicket,
  type PartAnswer,
  type STATUS_ERROR,
  STATUS_JOB,
  type STATUS_RESULT,
} from '../../engine/port/layout.ts';
import type { CallsCommand, EngineChildInput, EngineEvent } from '../../machines/engine.ts';
import type { JobQueue } from '../jobs/jobs.ts';
import type { ServiceClock } from '../service-clock.ts';
import { reportFigures } from '../vitals.ts';
import { Flight, type Part } from './flight.ts';
import { type HandedOver, Handovers } from './handovers.ts';
import type { Project, Projects } from './projects.ts';

/** Bytes of parameters in one batch; a single larger request makes a batch of its own. */
const BATCH_BYTES_MAX = 1024 * 1024;

/** One request on its way to an engine. */
export interface Call {
  /** The word that names the method to the engine, with its flags. */
  readonly method: number;
  /** The encoded parameters. */
  readonly params: Uint8Array;
  /** When it was received, by the service clock. */
  readonly since_ms: number;
  readonly project: Project;
  /** Why it is to stop, once it is: the engine may be done with it before it sees that. */
  stopped?: GoxError;
}

export type Status = typeof STATUS_RESULT | typeof STATUS_ERROR;

/** Somebody with calls for an engine: a session. */
export interface Source {
  /** Whether somebody waits for what the call asks for, so that it may become a job. */
  wants(call: Call): boolean;
  /** Hands over calls for `engine`, in order, as long as they fit; none while it is held back. */
  take(engine: number, count_max: number, bytes_max: number): Call[];
  /** Takes calls back that the engine left for the next batch. */
  putBack(calls: readonly Call[]): void;
  /** Answers a call with `bytes[start, end)`. */
  answer(call: Call, status: Status, bytes: Uint8Array, start: number, end: number): void;
  /** Answers a call with an error of our own. */
  fail(call: Call, error: GoxError): void;
  /** Fails the calls that wait with it since before `time_ms`; `why` is said of it, if known. */
  expire(time_ms: number, why?: string): void;
  /** Called after a number of answers: sends them. */
  flush(): void;
}

/** The way into a worker, while there is one. */
export interface EngineLink {
  /** What the engine is told while it runs something. */
  readonly flight: FlightControl;
  /** @param alone whether there is nothing else to do, so that the answer may be waited for */
  run(batch: ArrayBuffer, alone: boolean): Promise<ArrayBuffer | AnswerWithJobs>;
  /** See `EngineApi`. */
  takeOver(project: number, word: number, handover: unknown): Promise<PartAnswer>;
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
  | ({ type: 'call.handover' } & HandedOver)
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
  readonly clock: Pick<ServiceClock, 'now_ms'>;
  /** What was copied last, in any engine. */
  clipboard: unknown;
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
  readonly #handovers = new Handovers();
  #gathering = false;
  #link: EngineLink | undefined;
  #flight: Flight | undefined;
  #refusal: GoxError | undefined;
  /** Why there is no worker, as far as it is known. */
  #away: string | undefined;
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
    this.#guarded(() => this.#receive(event));
  }

  #receive(event: CallsEvent): void {
    switch (event.type) {
      case 'work.ready':
        this.#line.push(event.source);
        if (this.#refusal !== undefined) this.#empty(this.#refusal);
        else this.#depart();
        return;
      case 'call.handover':
        this.#handovers.add(event);
        if (this.#refusal !== undefined) this.#empty(this.#refusal);
        else this.#depart();
        return;
      case 'call.cancel':
        this.#cancel(event.call, event.why);
        return;
      case 'worker.attached':
        this.#link = event.link;
        this.#away = undefined;
        this.#shareClipboard();
        this.#depart();
        return;
      case 'clipboard.changed':
        this.#shareClipboard();
        return;
      case 'project.closed':
        this.#forget(event.project);
        return;
      case 'calls.check':
        this.#check();
        return;
      case 'calls.wait':
        this.#away = event.reason;
        return;
      case 'calls.fail':
        this.#link = undefined;
        this.#away = event.reason;
        this.#registry.projects.lose(this.#engine, event.reason);
        this.#failFlight(new GoxError(event.code, this.#loss(event.reason)));
        this.#handovers.drop();
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
    return {
      in_flight: this.#flight?.calls.length ?? 0,
      sessions_waiting: this.#line.length,
      answered: this.#answered,
      projects: this.#stats.projects,
      voxel_bytes: this.#stats.voxel_bytes,
    };
  }

  #loss(reason: string): string {
    return `engine:${this.#engine} ended: ${reason}`;
  }

  /**
   * Nothing here may fail. If it does, nobody knows what state the queue is in: what is there is
   * answered as far as that goes, and the engine hears of it.
   */
  #guarded(action: () => void): void {
    try {
      action();
    } catch (error) {
      const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#report({ type: 'calls.failed', reason });
      if (this.#refusal !== undefined) return;
      this.#guarded(() => this.refuse('The queue of the engine failed.', 'GOX_INTERNAL'));
    }
  }

  /** Sends what has gathered, if there is a worker to send it to and it has nothing to do. */
  #depart(): void {
    const link = this.#link;
    if (link === undefined || this.#gathering || this.#flight !== undefined) return;
    // Handovers first: the clients have waited for their jobs.
    if (this.#departHandover(link)) return;
    const parts = this.#gather();
    if (parts.length === 0) return;
    const flight = this.#takeOff(parts, link);
    const { calls } = flight;
    const alone = this.#line.length === 0 && calls.length <= EAGER_REQUESTS_MAX;
    this.#land(flight, link.run(encodeBatch(calls), alone), (answer) => {
      if (answer instanceof ArrayBuffer) this.#arrive(flight, answer, []);
      else this.#arriveWithMore(flight, answer);
    });
  }

  /** Whether there was one to be sent. */
  #departHandover(link: EngineLink): boolean {
    const next = this.#handovers.next();
    if (next === undefined) return false;
    const { call, source, handover } = next;
    const flight = this.#takeOff([{ source, calls: [call] }], link);
    const answered = link.takeOver(call.project.number, call.method, handover);
    this.#land(flight, answered, ({ status, bytes }) => {
      source.answer(call, status as Status, new Uint8Array(bytes), 0, bytes.byteLength);
      this.#answered += 1;
      this.#depart();
      source.flush();
    });
    return true;
  }

  #takeOff(parts: readonly Part[], link: EngineLink): Flight {
    const flight = new Flight(parts, link.flight, this.#registry.clock.now_ms());
    this.#flight = flight;
    return flight;
  }

  /** Has `arrive` called with the answer to a flight, unless it was given up by then. */
  #land<T>(flight: Flight, answered: Promise<T>, arrive: (answer: T) => void): void {
    answered.then(
      (answer) => {
        if (this.#flight !== flight) return;
        this.#flight = undefined;
        this.#guarded(() => arrive(answer));
      },
      (error: unknown) => {
        if (this.#flight === flight) this.#onCrossingDefect(error);
      },
    );
  }

  #gather(): Part[] {
    // Sources that get back in line while they are asked must not set off another batch.
    this.#gathering = true;
    const parts: Part[] = [];
    let count = FLIGHT_REQUESTS_MAX;
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

  #arriveWithMore(flight: Flight, { answer, jobs, clipboard }: AnswerWithJobs): void {
    // The other engines have it before any client hears that it was copied.
    if (clipboard !== undefined) {
      this.#registry.clipboard = clipboard;
      for (const [engine, queue] of this.#registry.calls) {
        if (engine !== this.#engine) queue.send({ type: 'clipboard.changed' });
      }
    }
    this.#arrive(flight, answer, jobs);
  }

  #shareClipboard(): void {
    const { clipboard } = this.#registry;
    if (clipboard !== undefined) this.#link?.setClipboard(clipboard);
  }

  #arrive({ parts }: Flight, buffer: ArrayBuffer, jobs: readonly JobTicket[]): void {
    const answer = new AnswerReader(buffer);
    let job = 0;
    for (const { source, calls } of parts) {
      let done = 0;
      while (done < calls.length && answer.next()) {
        const call = calls[done++]!;
        const { status, bytes, start, end } = answer;
        if (status === STATUS_JOB) this.#submit(jobs[job++]!, call, source);
        else source.answer(call, status as Status, bytes, start, end);
      }
      if (done < calls.length) source.putBack(calls.slice(done));
    }
    this.#answered += answer.count;
    // The worker gets its next batch before the replies of this one are written.
    this.#depart();
    for (const { source } of parts) source.flush();
  }

  #submit(ticket: JobTicket, call: Call, source: Source): void {
    if (call.stopped !== undefined) source.fail(call, call.stopped);
    else if (source.wants(call)) this.#registry.jobs.submit(ticket, call, source);
    else source.fail(call, new GoxError('GOX_CANCELLED', 'The connection was closed.'));
  }

  #cancel(call: Call, why: GoxError): void {
    if (this.#flight?.cancel(call) !== true) this.#handovers.cancel(call, why);
  }

  #failFlight(error: GoxError): void {
    const flight = this.#flight;
    this.#flight = undefined;
    flight?.fail(error);
  }

  /** Fails whatever stands in line. */
  #empty(error: GoxError): void {
    this.#handovers.fail(error);
    for (let parts = this.#gather(); parts.length > 0; parts = this.#gather()) {
      for (const { source, calls } of parts) {
        for (const call of calls) source.fail(call, error);
        source.flush();
      }
    }
  }

  /** The heartbeat: looks for calls that take too long, and asks an idle worker for its figures. */
  #check(): void {
    const now_ms = this.#registry.clock.now_ms();
    if (this.#flight !== undefined) {
      const age_ms = this.#flight.check(now_ms, this.#timeout_ms);
      if (age_ms !== undefined) this.#report({ type: 'call.overdue', age_ms });
    } else {
      this.#link?.stats().then((stats) => {
        this.#stats = stats;
      }, this.#onCrossingDefect);
    }
    const since_ms = now_ms - this.#timeout_ms;
    const why = this.#away ?? 'its engine is busy with other requests';
    for (const source of [...this.#line]) source.expire(since_ms, why);
    this.#registry.projects.expire(since_ms);
  }

  #forget(project: Project): void {
    this.#link?.close(project.number).catch(this.#onCrossingDefect);
  }

  /** The engine answers whatever a client sends; a rejection is a defect of the crossing. */
  readonly #onCrossingDefect = (error: unknown): void => {
    this.#guarded(() => {
      this.#failFlight(new GoxError('GOX_INTERNAL', `The engine refused a call: ${error}`));
      this.#depart();
    });
  };
}
