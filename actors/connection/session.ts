/**
 * The requests of one connection for one project, in the order they came: the `requests` effect of
 * a session. It stands in line at the queue of the engine that owns the project and hands its
 * requests over when asked; while the client does not read its replies it hands over none.
 *
 * Which project a name means is settled when a request leaves, not when it arrives: one before it
 * may create, replace or close the project. So one that opens or closes a project holds back all
 * that anybody asks of it (`projects.ts`). Within the session, one that reads a file into the
 * project holds back what follows, which may be about what was read; one that writes a file holds
 * back what works on files.
 */

import { GoxError } from '../../conf/errors.ts';
import { NEW_PROJECT_FLAG, QUIET_FLAG, STATUS_ERROR } from '../../engine/port/layout.ts';
import { isDefect } from '../../transport/failures.ts';
import type { PendingReply } from '../../transport/jsonrpc.ts';
import type { Replies } from '../../transport/replies.ts';
import type { Call, Source, Status } from '../engines/call.ts';
import type { Project, Waiter } from '../engines/project.ts';
import { closedRemains, metaOf, resultOf, titleIn } from '../engines/project-answers.ts';
import type { Projects } from '../engines/projects.ts';
import type { CallsRegistry } from '../engines/registry.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Deadlines } from './deadlines.ts';
import { GONE, notBegun, requireAdmissible } from './refusals.ts';
import {
  type DepartedRequest,
  type HeldRequest,
  heldOf,
  holdsBackAll,
  type SessionHandle,
  type SessionRequest,
  worksOnFiles,
} from './request.ts';
import type { OpenConnections } from './sessions.ts';
import { WaitingRequests } from './waiting.ts';

export interface SessionDeps extends CallsRegistry {
  readonly jobs: Jobs;
  readonly projects: Projects;
  readonly connections: OpenConnections;
  readonly deadlines: Pick<Deadlines, 'forget'>;
}

export class Session implements Source, Waiter, SessionHandle {
  readonly client: number;
  readonly #deps: SessionDeps;
  readonly #name: string;
  readonly #replies: Replies;
  readonly #turned: () => void;
  readonly #onDefect: (request: DepartedRequest) => void;
  readonly #waiting = new WaitingRequests();
  /** Those that have left and are not answered. */
  readonly #departed = new Set<DepartedRequest>();
  /** The engine in whose line this session stands. */
  #inLine: number | undefined;
  /** The barred project that the first waiting request is for. */
  #waitsFor: Project | undefined;
  /** Away with a request of this session that holds back others of it. */
  #bar: DepartedRequest | undefined;
  /** When the last such request was answered: those behind it have waited since then. */
  #unbarred_ms = 0;
  /** Replies that were given and not sent yet. */
  #unsent = false;
  #stopped = false;
  /** Why everything is given up, once it is. */
  #givenUp: GoxError | undefined;

  /**
   * @param client see `Sessions.client`
   * @param turned is called when it may have become idle, or busy
   * @param onDefect hears of a request that is answered with GOX_INTERNAL
   */
  constructor(
    deps: SessionDeps,
    client: number,
    name: string,
    replies: Replies,
    turned: () => void,
    onDefect: (request: DepartedRequest) => void = () => {},
  ) {
    this.#turned = turned;
    this.#onDefect = onDefect;
    this.#deps = deps;
    this.client = client;
    this.#name = name;
    this.#replies = replies;
  }

  wants(call: Call): boolean {
    const { reply } = call as DepartedRequest;
    // Nobody ever waits for a notification's answer: its effect is what is wanted.
    return !this.#stopped && (!this.#replies.gone || reply.id === undefined);
  }

  idle(): boolean {
    if (this.#departed.size > 0 || this.#waiting.length > 0) return false;
    return !this.#deps.jobs.hasJobs(this);
  }

  held(most: number): HeldRequest[] {
    return heldOf(this.#departed, this.#waiting.oldest(most), most);
  }

  submit(requests: readonly SessionRequest[]): void {
    for (const request of requests) this.#waiting.add(request);
    this.resume();
  }

  resume(): void {
    this.#standInLine();
    this.#settle();
  }

  unbarred(): void {
    this.#waitsFor = undefined;
    this.resume();
  }

  figures() {
    const { size } = this.#departed;
    return { project: this.#name, waiting: this.#waiting.length, in_flight: size };
  }

  stop(): void {
    this.#stopped = true;
    this.#waitsFor?.waiters.delete(this);
    for (const request of this.#waiting.takeOut(() => true)) this.#end(request);
    for (const call of [...this.#departed]) this.#cancelCall(call, GONE);
  }

  cancel(is: (reply: PendingReply) => boolean, why: GoxError): boolean {
    if (this.#refuseWaiting(({ reply }) => is(reply), why)) {
      this.resume();
      return true;
    }
    for (const call of this.#departed) {
      if (!is(call.reply)) continue;
      this.#cancelCall(call, why);
      this.#settle();
      return true;
    }
    return false;
  }

  abandon(): void {
    this.#refuseWaiting(({ spec, reply }) => !spec.edits && reply.id !== undefined, GONE);
    for (const call of [...this.#departed]) {
      if (call.reply.id === undefined) continue;
      // An edit that runs in its engine goes on; a job does not.
      if (!call.spec.edits || this.#deps.jobs.runs(call)) this.#cancelCall(call, GONE);
    }
    this.resume();
  }

  giveUp(why: GoxError): void {
    this.#givenUp = why;
    this.#refuseWaiting(() => true, why);
    for (const call of [...this.#departed]) this.#cancelCall(call, why);
    this.#settle();
  }

  refuseRest(why: GoxError): void {
    this.giveUp(why);
    const left = [...this.#departed];
    this.#departed.clear();
    for (const call of left) this.#refuse(call, why);
    this.#settle();
  }

  take(engine: number, count_max: number, bytes_max: number): Call[] {
    this.#inLine = undefined;
    const calls: Call[] = [];
    let bytes = 0;
    while (calls.length < count_max) {
      const request = this.#next();
      if (request === undefined) break;
      bytes += request.params.length;
      if (bytes > bytes_max && calls.length > 0) break;
      const project = this.#find(request);
      if (project === undefined) continue;
      if (project.engine !== engine || project.bars(request)) break;
      if (this.#begins(request, project)) calls.push(this.#depart(request, project));
    }
    this.#standInLine();
    if (calls.length === 0) this.#settle(); // There comes no flush, and some may be refused.
    return calls;
  }

  putBack(calls: readonly Call[]): void {
    const again: DepartedRequest[] = [];
    for (const request of calls as readonly DepartedRequest[]) {
      if (this.#bar === request) this.#bar = undefined;
      const answered = !this.#departed.delete(request);
      if (answered || this.#stopped) this.#end(request);
      else if (request.stopped !== undefined) this.#refuse(request, request.stopped);
      else {
        // What it bars stays barred, but to what this session asked before it.
        if (again.length > 0) this.#release(request);
        request.project.letGo(request);
        request.share.enter(request);
        request.reply.way?.queued(undefined);
        again.push(request);
      }
    }
    this.#waiting.putBack(again);
    this.#standInLine();
  }

  answer(call: Call, status: Status, bytes: Uint8Array, start: number, end: number): void {
    const request = call as DepartedRequest;
    const body = bytes.subarray(start, end);
    const failed = status === STATUS_ERROR;
    this.#end(request, failed ? undefined : body);
    this.#lift(request);
    // Otherwise it has been answered already: the daemon would not wait for it.
    if (!this.#departed.delete(request)) return;
    // That it was cancelled is only how it ended; why is what the client has to know.
    if (failed && this.#givenUp !== undefined) {
      this.#refuse(request, this.#givenUp);
      return;
    }
    const { reply } = request;
    if (failed && isDefect(reply.encoding, body)) this.#onDefect(request);
    if (failed) this.#replies.answer(reply, true, body);
    else this.#replies.answer(reply, false, resultOf(request, body, this.#name), metaOf(request));
    this.#unsent = true;
  }

  fail(call: Call, error: GoxError): void {
    const request = call as DepartedRequest;
    this.#end(request);
    this.#lift(request);
    if (this.#departed.delete(request)) this.#refuse(request, error);
  }

  expire(time_ms: number, why = 'its project is being opened or closed'): void {
    const now_ms = this.#deps.clock.now_ms();
    // Since when one waits that has waited long enough.
    const before_ms = ({ spec }: SessionRequest) =>
      spec.timeout_ms === undefined ? time_ms : now_ms - spec.timeout_ms;
    const late = (one: SessionRequest) =>
      one.timeout_ms === undefined && Math.max(one.since_ms, this.#unbarred_ms) <= before_ms(one);
    this.#refuseWaiting(late, notBegun(why));
    this.#settle();
  }

  flush(): void {
    this.#standInLine();
    this.#settle();
  }

  /** The first waiting request, unless something holds it back. */
  #next(): SessionRequest | undefined {
    if (this.#replies.blocked && !this.#replies.gone) return undefined;
    const { first: request } = this.#waiting;
    if (request === undefined || this.#bar === undefined) return request;
    return holdsBackAll(this.#bar) || worksOnFiles(request) ? undefined : request;
  }

  /** Has the project begin, or bars it, as the first waiting request needs; else answers that. */
  #begins(request: SessionRequest, project: Project): boolean {
    const [{ projects, quarantine }, { spec, reply }] = [this.#deps, request];
    try {
      requireAdmissible(request, project, quarantine);
      if (spec.project !== undefined) projects.ask(project, request, spec.project);
      else if (project.state === 'new') projects.begin(project);
    } catch (error) {
      this.#refuseFirst(request, error);
      return false;
    }
    // Though nobody reads the answer, it tells what the project is called.
    if (spec.project === 'opens' && reply.id === undefined) request.method &= ~QUIET_FLAG;
    return true;
  }

  #depart(request: SessionRequest, project: Project): Call {
    this.#waiting.shift();
    request.share.depart(request);
    request.project = project;
    // Until the engine has answered for it: what is sent first may be put back, or never begin.
    if (project.known) request.method &= ~NEW_PROJECT_FLAG;
    else request.method |= NEW_PROJECT_FLAG;
    const departed = request as DepartedRequest;
    this.#departed.add(departed);
    project.hold(request);
    if (worksOnFiles(request)) this.#bar = departed;
    return departed;
  }

  /** Lets those go on that a request held back in this session. */
  #lift(request: DepartedRequest): void {
    if (this.#bar !== request) return;
    this.#bar = undefined;
    this.#unbarred_ms = this.#deps.clock.now_ms();
  }

  /** Gets in line at the engine of the first waiting request, unless there already. */
  #standInLine(): void {
    if (this.#inLine !== undefined || this.#waitsFor !== undefined) return;
    for (;;) {
      const request = this.#next();
      if (request === undefined) return;
      const project = this.#find(request);
      if (project === undefined) continue;
      if (project.bars(request)) {
        this.#waitsFor = project;
        project.waiters.add(this);
        return;
      }
      const calls = this.#deps.calls.get(project.engine);
      if (calls !== undefined) {
        this.#inLine = project.engine;
        calls.send({ type: 'work.ready', source: this });
        return;
      }
      this.#refuseFirst(request, this.#deps.projects.missing(project.engine));
    }
  }

  /** The project of the first waiting request; answers that request when it needs none. */
  #find(request: SessionRequest): Project | undefined {
    const { projects } = this.#deps;
    const { spec, project } = request;
    if (project?.isBarredBy(request)) return project;
    try {
      const remains = spec.project === 'closes' ? projects.remains(this.#name) : undefined;
      if (remains === undefined) return projects.find(this.#name, spec);
      this.#closeRemains(request, remains.title);
    } catch (error) {
      this.#refuseFirst(request, error);
    }
    return undefined;
  }

  /** Answers the first waiting request with what was thrown for it. */
  #refuseFirst(request: SessionRequest, error: unknown): void {
    if (!(error instanceof GoxError)) throw error;
    this.#waiting.shift();
    this.#refuse(request, error);
  }

  /** Closes a project that no engine has. Throws GOX_INVALID_PARAMS, as an engine does. */
  #closeRemains(request: SessionRequest, title: string): void {
    const body = closedRemains(this.#name, title, request);
    this.#deps.projects.forget(this.#name);
    this.#waiting.shift();
    this.#end(request);
    this.#replies.answer(request.reply, false, body);
    this.#unsent = true;
  }

  /** A request neither waits nor is under way any more. */
  #end(request: SessionRequest, body?: Uint8Array): void {
    request.share.leave(request);
    if (request.timeout_ms !== undefined) this.#deps.deadlines.forget(request);
    this.#release(request, body);
  }

  /** Lets go of the project that a request was to open or close: it is answered, or not begun. */
  #release(request: SessionRequest, body?: Uint8Array): void {
    const { spec, project, reply, durability } = request;
    project?.letGo(request);
    if (!project?.isBarredBy(request)) return;
    const { projects, calls } = this.#deps;
    // One that was carried out before opens nothing this time.
    if (body === undefined || durability?.repeated === true) projects.refused(project);
    else if (spec.project === 'closes') projects.closed(project);
    else projects.opened(project, titleIn(body, reply.encoding));
    if (project.state !== 'closed') return;
    calls.get(project.engine)?.send({ type: 'project.closed', project });
  }

  #cancelCall(call: DepartedRequest, why: GoxError): void {
    call.stopped ??= why;
    if (this.#deps.jobs.cancelCall(call, why)) return;
    this.#deps.calls.get(call.project.engine)?.send({ type: 'call.cancel', call, why });
  }

  /** Refuses those of the waiting requests for which `is` holds; whether there were any. */
  #refuseWaiting(is: (request: SessionRequest) => boolean, why: GoxError): boolean {
    const refused = this.#waiting.takeOut(is);
    for (const request of refused) this.#refuse(request, why);
    return refused.length > 0;
  }

  #refuse(request: SessionRequest, error: GoxError): void {
    this.#end(request);
    this.#replies.fail(request.reply, error);
    this.#unsent = true;
  }

  /** Sends the replies that are there. */
  #settle(): void {
    this.#turned();
    if (!this.#unsent) return;
    this.#unsent = false;
    this.#replies.flush();
  }
}
