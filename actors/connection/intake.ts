/**
 * What becomes of the frames of one read: answered on the spot, or grouped by the project they are
 * for. Plain functions over plain data, since every request passes here.
 *
 * Requests about the daemon are answered in their order, as long as the client reads what it is
 * given and others get their turn: the rest waits here, as those for projects wait in sessions. One
 * whose answer takes time (`under-way.ts`) holds up nobody behind it.
 */

import { GoxError } from '../../conf/errors.ts';
import { admission, authenticate } from '../../engine/catalogue/access.ts';
import { methodNotFound } from '../../engine/catalogue/method-not-found.ts';
import { findMethod, type MethodEntry } from '../../engine/catalogue/methods.ts';
import { CURRENT_PROJECT, isProjectName } from '../../engine/catalogue/schemas.ts';
import { META_FLAG, MSGPACK_FLAG, QUIET_FLAG } from '../../engine/port/layout.ts';
import { EMPTY } from '../../transport/bytes.ts';
import type { Rights } from '../../transport/caller.ts';
import type {
  Encoding,
  Envelope,
  Framing,
  FramingEvent,
  Invalid,
  PendingBatch,
  PendingReply,
  Request,
} from '../../transport/jsonrpc.ts';
import { soundMeta } from '../../transport/meta.ts';
import type { Replies } from '../../transport/replies.ts';
import { errorReply } from '../../transport/reply.ts';
import { decoded, encoded, idValue, requestId } from '../../transport/values.ts';
import { ORIGIN_MS } from '../tracing/moment.ts';
import type { Share } from './admission.ts';
import { type CallerConnection, DaemonCall } from './daemon-call.ts';
import type { Gate } from './gate.ts';
import type { IntakeConnection, IntakeDeps } from './intake-deps.ts';
import {
  forbidden,
  GONE,
  noProjectName,
  requestOverdue,
  tokenWithdrawn,
  tooManyConnections,
} from './refusals.ts';
import { projectNamed, type SessionRequest } from './request.ts';
import type { Sessions } from './sessions.ts';
import { Standing } from './standing.ts';
import { Turns } from './turns.ts';
import { UnderWay } from './under-way.ts';

/** The requests of one read for one project. */
interface Group {
  readonly session: string;
  readonly requests: SessionRequest[];
}

export class Intake implements CallerConnection {
  readonly name: string;
  /** Requests of the connection since it was opened. */
  asked = 0;
  readonly #deps: IntakeDeps;
  readonly #connection: IntakeConnection;
  readonly #standing: Standing;
  readonly #replies: Replies;
  readonly #sessions: Sessions;
  readonly #underWay: UnderWay;
  readonly #share: Share;
  #groups: Group[] = [];
  readonly #turns: Turns;
  #refusal: GoxError | undefined;
  #over = false;
  /** That of the last message. */
  #encoding: Encoding = 'json';
  /** A notification waits for a flush of its own. */
  #noted = false;
  #now_ms = 0;
  /** When the last read was, as Unix time. */
  #received_ms = 0;

  constructor(deps: IntakeDeps, connection: IntakeConnection) {
    this.#deps = deps;
    this.#connection = connection;
    const { replies, sessions, name } = connection;
    this.name = name;
    this.#replies = replies;
    this.#sessions = sessions;
    this.#standing = new Standing(deps, connection, () => this.#withdrawn());
    const { config, clock } = deps;
    this.#share = deps.admission.open();
    this.#turns = new Turns({
      roomy: () => replies.roomy,
      dispatch: (call) => this.#dispatch(call),
      flush: () => replies.flush(),
    });
    const failed = (error: unknown) => connection.failed(error);
    const errorOf = (call: DaemonCall, error: unknown) => this.#errorOf(call, error);
    this.#underWay = new UnderWay({ config, clock, replies, errorOf, failed });
  }

  /**
   * Takes the events of one read. Returns true when what follows on the connection means nothing.
   */
  take(events: readonly (FramingEvent | Request)[]): boolean {
    this.#now_ms = this.#deps.clock.now_ms();
    const now_ms = performance.now();
    this.#received_ms = ORIGIN_MS + now_ms;
    this.#turns.begin(now_ms);
    this.#replies.touch(now_ms);
    let fatal = false;
    for (const event of events) {
      if (event.kind === 'error') {
        this.refuse(event.error);
        this.#standing.gate?.end();
        fatal ||= event.fatal;
      } else {
        this.#takeEnvelope(this.#deps.reader.read(event));
      }
      if (this.#standing.gate?.over !== true) continue;
      // What a stranger sends beyond its chances is not even answered.
      this.#over = true;
      break;
    }
    this.#deliver();
    return fatal || this.#over;
  }

  /** Answers what could not even be read as a request. */
  refuse(error: GoxError): void {
    this.#replies.say(errorReply(error));
  }

  /** From now on every request is answered with this error. */
  refuseAll(error: GoxError): void {
    this.#refusal = error;
  }

  /** The client has read what blocked its connection. */
  resume(): void {
    this.#turns.resume();
  }

  /** Answers what waits here, or is under way, with this error. */
  giveUp(error: GoxError): void {
    for (const { reply } of this.#turns.drop()) this.#replies.fail(reply, error);
    this.#underWay.giveUp(error);
  }

  /** The client is gone: what wants no answer is done, the rest of no use. */
  abandon(): void {
    this.#underWay.abandon();
    for (const call of this.#turns.drop()) {
      if (call.reply.id === undefined) this.#dispatch(call);
      else this.#replies.fail(call.reply, GONE);
    }
  }

  /** Nothing that waits here or is under way is answered any more. */
  end(): void {
    this.#turns.drop();
    this.#underWay.end();
    this.#share.end();
    this.#standing.end();
  }

  /** Requests that wait for an engine. */
  get queued(): number {
    return this.#share.waiting;
  }

  get framing(): Framing {
    return this.#replies.framing;
  }

  get rights(): Rights {
    return this.#standing.rights;
  }

  /** What of its connection is to be seen in the tree. */
  get standing(): Omit<Standing, 'admit' | 'end' | 'rank'> {
    return this.#standing;
  }

  /** @param encoding that of the last message, unless it is given */
  notify(method: string, params: unknown, encoding = this.#encoding): boolean {
    const body = params === undefined ? EMPTY : encoded(params, encoding);
    const taken = this.#replies.notify(method, body, encoding);
    if (taken && !this.#noted) {
      // Together with what else is said in this turn.
      this.#noted = true;
      queueMicrotask(() => this.#flushNoted());
    }
    return taken;
  }

  cancel(id: unknown): boolean {
    const is = (reply: PendingReply) => reply.id !== undefined && idValue(reply) === id;
    const why = new GoxError('GOX_CANCELLED', 'The client cancelled the request.');
    const waiting = this.#turns.takeOut(({ reply }) => is(reply));
    if (waiting === undefined)
      return this.#underWay.cancel(is, why) || this.#sessions.cancel(is, why);
    this.#replies.fail(waiting.reply, why);
    return true;
  }

  #takeEnvelope(envelope: Envelope): void {
    this.#encoding = envelope.encoding;
    if (envelope.kind !== 'batch') {
      this.#takeOne(envelope, undefined, 0);
      return;
    }
    const { elements } = envelope;
    const refusal = this.#standing.gate?.refusalOfBatch(elements.length);
    if (refusal !== undefined) {
      this.refuse(refusal);
      return;
    }
    const batch: PendingBatch = {
      replies: new Array(elements.length),
      left: elements.length,
    };
    for (const [place, element] of elements.entries()) this.#takeOne(element, batch, place);
  }

  #takeOne(request: Request | Invalid, batch: PendingBatch | undefined, place: number): void {
    this.#deps.counters.requests += 1;
    this.asked += 1;
    const reply = this.#replies.place(request, batch, place);
    const method = request.kind === 'invalid' ? undefined : findMethod(request.method);
    this.#note(request, method, reply);
    const { gate } = this.#standing;
    if (gate !== undefined) {
      this.#takeAt(gate, request, reply);
      return;
    }
    if (request.kind === 'invalid') {
      this.#replies.fail(reply, request.error);
      return;
    }
    const refusal = this.#refusal ?? this.#refusalOf(request, method);
    if (refusal !== undefined) this.#replies.fail(reply, refusal);
    else if (method!.spec.scope === 'daemon') this.#queue(this.#callOf(method!, request, reply));
    else this.#pass(method!, request, reply);
  }

  /** Has the way of a request noted, if anybody wants to know. */
  #note(request: Request | Invalid, method: MethodEntry | undefined, reply: PendingReply): void {
    const { trail } = this.#connection;
    if (trail === undefined) return;
    let name = method?.spec.name;
    let project: string | undefined;
    if (request.kind === 'invalid') name = '(invalid)';
    else if (method?.spec.scope === 'project') project = projectNamed(request);
    reply.way = trail.begin(request, name ?? '(unknown)', project, this.#received_ms);
  }

  /** From a connection that has not shown a token: if this one does, all that follow count. */
  #takeAt(gate: Gate, request: Request | Invalid, reply: PendingReply): void {
    try {
      if (this.#refusal !== undefined) throw this.#refusal;
      const token = gate.check(request);
      if (token === undefined) {
        reply.way?.started(undefined);
        const call = new DaemonCall(authenticate, EMPTY, reply, this.#now_ms, undefined, this);
        this.#underWay.begin(call, gate.hold(call.signal));
        return;
      }
      this.#standing.admit(token);
      this.#connection.authenticated();
      this.#replies.answer(reply, false, encoded(admission(this.rights), reply.encoding));
    } catch (error) {
      this.#replies.fail(reply, this.#errorOf({ spec: authenticate, reply }, error));
    }
  }

  /** Its token is no longer there. */
  #withdrawn(): void {
    this.refuse(tokenWithdrawn());
    this.#replies.flush();
    this.#connection.finish();
  }

  #deliver(): void {
    const groups = this.#groups;
    this.#groups = [];
    for (const { session, requests } of groups) this.#sessions.deliver(session, requests);
  }

  /** Why a request is not even begun. */
  #refusalOf(request: Request, method: MethodEntry | undefined): GoxError | undefined {
    // Cancelling must be possible when everything else is full.
    if (method?.spec.urgent === true) return undefined;
    const { requests_in_flight_max } = this.#deps.config.limits;
    // A notification could not be told of it; its bytes are counted all the same.
    if (this.#replies.open > requests_in_flight_max && request.id !== undefined) {
      const text =
        `The connection has ${requests_in_flight_max} requests under way, as many as ` +
        'limits.requests_in_flight_max allows.';
      return new GoxError('GOX_OVERLOADED', text, { requests_in_flight_max });
    }
    if (method === undefined) {
      return methodNotFound(request.method);
    }
    if (method.rank > this.#standing.rank) return forbidden(method.spec, this.rights);
    if (request.meta instanceof GoxError) return request.meta;
    if (method.spec.scope === 'daemon') return undefined;
    if (this.rights.guest) {
      this.#over = true;
      return tooManyConnections(this.#deps.config.performance.max_connections);
    }
    if (request.project === undefined || isProjectName(request.project)) {
      return request.id === undefined ? undefined : this.#queueRefusal();
    }
    return noProjectName();
  }

  /** Why there is no room for one more to wait for an engine. */
  #queueRefusal(): GoxError | undefined {
    // Some of this read may leave at once.
    if (!this.#share.roomy && this.#groups.length > 0) this.#deliver();
    return this.#share.refusal(this.#now_ms);
  }

  #callOf({ spec }: MethodEntry, request: Request, reply: PendingReply): DaemonCall {
    return new DaemonCall(spec, request.params, reply, this.#now_ms, soundMeta(request), this);
  }

  #queue(call: DaemonCall): void {
    // What it is about may have come in the same read.
    if (call.spec.urgent === true) this.#deliver();
    this.#turns.add(call);
  }

  #dispatch(call: DaemonCall): void {
    const { spec, reply } = call;
    const { clock, config, dispatch } = this.#deps;
    const own_ms = call.meta?.timeout_ms;
    if (own_ms !== undefined && clock.now_ms() - call.since_ms >= own_ms) {
      this.#replies.fail(reply, requestOverdue(own_ms, config.performance.request_timeout_ms));
      return;
    }
    reply.way?.started(undefined);
    try {
      const answered = dispatch(spec.name, decoded(call.params, reply.encoding), call);
      if (answered instanceof Promise) this.#underWay.begin(call, answered);
      else this.#replies.answer(reply, false, answered);
    } catch (error) {
      this.#replies.fail(reply, this.#errorOf(call, error));
    }
  }

  #flushNoted(): void {
    this.#noted = false;
    try {
      this.#replies.flush();
    } catch (error) {
      this.#connection.failed(error);
    }
  }

  #errorOf({ spec, reply }: Pick<DaemonCall, 'spec' | 'reply'>, error: unknown): GoxError {
    if (error instanceof GoxError) return error;
    const method = spec.name;
    const about = { connection: Number(this.name), request: requestId(reply), method };
    this.#deps.onDefect(about, error);
    return new GoxError('GOX_INTERNAL', `${method} failed inside the daemon.`);
  }

  #pass({ index, spec }: MethodEntry, request: Request, reply: PendingReply): void {
    const session = request.project ?? CURRENT_PROJECT;
    // Nearly always the last one: clients work on one project at a time.
    let group = this.#groups.at(-1);
    if (group?.session !== session) {
      group = this.#groups.find((one) => one.session === session);
      if (group === undefined) {
        group = { session, requests: [] };
        this.#groups.push(group);
      }
    }
    const meta = soundMeta(request);
    const op_id = spec.edits ? meta?.op_id : undefined;
    let method = request.encoding === 'msgpack' ? index | MSGPACK_FLAG : index;
    if (request.id === undefined) method |= QUIET_FLAG;
    if (op_id !== undefined || meta?.durability === true) method |= META_FLAG;
    const one: SessionRequest = {
      method,
      params: request.params,
      since_ms: this.#now_ms,
      project: undefined,
      spec,
      reply,
      timeout_ms: meta?.timeout_ms,
      op_id,
      share: this.#share,
      waits: false,
    };
    this.#share.enter(one);
    if (one.timeout_ms !== undefined) this.#deps.deadlines.watch(one, this.#sessions);
    group.requests.push(one);
  }
}
