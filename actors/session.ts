/**
 * The requests of one connection for one project, in the order they came. A session stands in line
 * at the queue of the engine that owns the project and hands its requests over when asked; while
 * the client does not read its replies it hands over none.
 *
 * Which project a name means is settled when a request leaves, not when it arrives, since a request
 * before it may create, replace or close the project. For the same reason nothing leaves behind
 * such a request until it is answered, nor behind one that writes a file, which the next may read.
 */

import { fromCallback } from 'xstate';
import { GoxError } from '../conf/errors.ts';
import type { MethodSpec } from '../engine/catalogue/spec.ts';
import { NEW_PROJECT_FLAG, STATUS_ERROR } from '../engine/port.ts';
import type { SessionCommand, SessionInput } from '../machines/connection.ts';
import type { Call, CallsRegistry, Source, Status } from './calls.ts';
import { CURRENT_PROJECT, type Project, type Projects } from './projects.ts';
import { reportFigures } from './vitals.ts';
import type { PendingReply, Wire } from './wire.ts';

/** A request for an engine, with the place of its reply. */
export interface SessionRequest extends Omit<Call, 'project' | 'method'> {
  /** Set when it leaves: whether the engine may not have the project yet. */
  method: number;
  /** Set when it leaves. */
  project: Project | undefined;
  readonly spec: MethodSpec;
  readonly reply: PendingReply;
}

type DepartedRequest = SessionRequest & Call;

export interface SessionDeps extends CallsRegistry {
  readonly projects: Projects;
  readonly wires: ReadonlyMap<number, Wire>;
}

/** The `session` effect of a connection. */
export function sessionEffect(deps: SessionDeps) {
  return fromCallback<SessionCommand, SessionInput>(({ input, receive, self }) => {
    const wire = deps.wires.get(input.number);
    if (wire === undefined) throw new Error(`connection ${input.number} has no socket`);
    const session = new Session(deps, input.session, wire);
    reportFigures(self, () => session.figures());
    receive(({ requests }) => session.submit(requests as readonly SessionRequest[]));
    wire.attach(input.session, {
      submit: (requests) => self.send({ type: 'session.submit', requests }),
      resume: () => session.resume(),
      idle: () => session.idle,
    });
    return () => {
      wire.detach(input.session);
      session.stop();
    };
  });
}

class Session implements Source {
  readonly #deps: SessionDeps;
  readonly #name: string;
  readonly #wire: Wire;
  #waiting: SessionRequest[] = [];
  /** The requests of `#waiting` before this place have left. */
  #head = 0;
  /** The engine in whose line this session stands. */
  #inLine: number | undefined;
  /** Away with a request that opens or closes the project, or works on a file. */
  #barred = false;
  #away = 0;
  #stopped = false;
  /** Replies that the wire has and has not been told to send. */
  #unsent = false;

  constructor(deps: SessionDeps, name: string, wire: Wire) {
    this.#deps = deps;
    this.#name = name;
    this.#wire = wire;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  get idle(): boolean {
    return this.#away === 0 && this.#head === this.#waiting.length;
  }

  submit(requests: readonly SessionRequest[]): void {
    if (this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
    for (const request of requests) this.#waiting.push(request);
    this.resume();
  }

  resume(): void {
    this.#standInLine();
    this.#settle();
  }

  figures() {
    return { waiting: this.#waiting.length - this.#head, in_flight: this.#away };
  }

  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#head = 0;
    this.#deps.jobs.abandon(this);
  }

  take(engine: number, count_max: number, bytes_max: number): Call[] {
    this.#inLine = undefined;
    const calls: Call[] = [];
    let bytes = 0;
    while (calls.length < count_max && !this.#wire.held && !this.#barred) {
      const request = this.#waiting[this.#head];
      if (request === undefined) break;
      bytes += request.params.length;
      if (bytes > bytes_max && calls.length > 0) break;
      const project = this.#find(request);
      if (project === undefined) continue;
      if (project.engine !== engine) break;
      request.project = project;
      if (request.spec.project === 'opens' || project.name === CURRENT_PROJECT) {
        request.method |= NEW_PROJECT_FLAG;
      }
      this.#head += 1;
      this.#away += 1;
      this.#barred = bars(request);
      calls.push(request as DepartedRequest);
    }
    this.#standInLine();
    // Without calls there comes no flush, and some may have been refused here.
    if (calls.length === 0) this.#settle();
    return calls;
  }

  putBack(calls: readonly Call[]): void {
    this.#away -= calls.length;
    this.#waiting = [...(calls as DepartedRequest[]), ...this.#waiting.slice(this.#head)];
    this.#head = 0;
    this.#barred = false;
    this.#standInLine();
  }

  answer(call: Call, status: Status, bytes: Uint8Array, start: number, end: number): void {
    const request = call as DepartedRequest;
    this.#away -= 1;
    const failed = status === STATUS_ERROR;
    if (bars(request)) this.#barred = false;
    if (request.spec.project !== undefined) this.#projectChanged(request, failed);
    this.#wire.answer(request.reply, failed, bytes.subarray(start, end));
    this.#unsent = true;
  }

  fail(call: Call, error: GoxError): void {
    const request = call as DepartedRequest;
    this.#away -= 1;
    if (bars(request)) this.#barred = false;
    this.#refuse(request, error);
  }

  expire(time_ms: number, why = 'its engine is busy'): void {
    while (this.#waiting[this.#head] !== undefined) {
      const request = this.#waiting[this.#head]!;
      if (request.since_ms > time_ms) break;
      this.#head += 1;
      this.#refuse(
        request,
        new GoxError('GOX_ENGINE_BUSY', `The request was not begun in time: ${why}.`),
      );
    }
    this.#settle();
  }

  flush(): void {
    this.#standInLine();
    this.#settle();
  }

  /** Gets in line at the engine of the first waiting request, unless there already. */
  #standInLine(): void {
    if (this.#inLine !== undefined || this.#wire.held || this.#barred) return;
    for (;;) {
      const request = this.#waiting[this.#head];
      if (request === undefined) return;
      const project = this.#find(request);
      if (project === undefined) continue;
      const calls = this.#deps.calls.get(project.engine);
      if (calls !== undefined) {
        this.#inLine = project.engine;
        calls.send({ type: 'work.ready', source: this });
        return;
      }
      this.#head += 1;
      this.#refuse(request, new GoxError('GOX_SHUTTING_DOWN', 'The daemon is stopping.'));
    }
  }

  /** The project of the first waiting request; refuses that request when there is none. */
  #find(request: SessionRequest): Project | undefined {
    try {
      return this.#deps.projects.find(this.#name, request.spec);
    } catch (error) {
      if (!(error instanceof GoxError)) throw error;
      this.#head += 1;
      this.#refuse(request, error);
      return undefined;
    }
  }

  #projectChanged({ spec, project }: DepartedRequest, failed: boolean): void {
    const closes = spec.project === 'closes' && !failed;
    const neverOpened = spec.project === 'opens' && failed && !project.opened;
    if (spec.project === 'opens' && !failed) project.opened = true;
    if (!closes && !neverOpened) return;
    this.#deps.projects.close(project);
    this.#deps.calls.get(project.engine)?.send({ type: 'project.closed', project });
  }

  #refuse(request: SessionRequest, error: GoxError): void {
    this.#wire.fail(request.reply, error);
    this.#unsent = true;
  }

  /** Sends the replies that are there. */
  #settle(): void {
    if (!this.#unsent) return;
    this.#unsent = false;
    this.#wire.flush();
  }
}

/** Whether the requests behind it wait until it is answered. */
function bars({ spec }: SessionRequest): boolean {
  return spec.project !== undefined || spec.files === true;
}
