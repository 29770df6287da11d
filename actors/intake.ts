/**
 * What becomes of the frames of one read: answered on the spot, or grouped by the project they are
 * for. Plain functions over plain data, since every request passes here.
 */

import { isUtf8 } from 'node:buffer';
import { Packr } from 'msgpackr';
import { GoxError } from '../conf/errors.ts';
import type { Config } from '../conf/schema.ts';
import { methodNotFound } from '../engine/catalogue/method-not-found.ts';
import { findMethod, type MethodEntry } from '../engine/catalogue/methods.ts';
import { MSGPACK_FLAG, QUIET_FLAG } from '../engine/port.ts';
import type { EnvelopeReader } from '../transport/envelope.ts';
import type { Encoding, Envelope, FramingEvent, Invalid, Request } from '../transport/jsonrpc.ts';
import { errorReply } from '../transport/reply.ts';
import { CURRENT_PROJECT } from './projects.ts';
import type { SessionRequest } from './session.ts';
import type { PendingBatch, PendingReply, Wire } from './wire.ts';

/**
 * Answers a method of the daemon itself.
 *
 * @throws GoxError
 */
export type DaemonDispatch = (method: string, params: unknown) => unknown;

/** Requests since the start, for `status`. */
export interface Counters {
  requests: number;
}

export interface IntakeDeps {
  readonly dispatch: DaemonDispatch;
  readonly counters: Counters;
  /** Hears of a method that failed in a way it must not. */
  readonly onDefect: (method: string, error: unknown) => void;
}

/** The requests of one read for one project. */
interface Group {
  readonly session: string;
  readonly requests: SessionRequest[];
}

export class Intake {
  readonly #deps: IntakeDeps;
  readonly #wire: Wire;
  readonly #limits: Config['limits'];
  readonly #reader: EnvelopeReader;
  #groups: Group[] = [];
  #now_ms = 0;

  constructor(deps: IntakeDeps, wire: Wire, limits: Config['limits'], reader: EnvelopeReader) {
    this.#deps = deps;
    this.#wire = wire;
    this.#limits = limits;
    this.#reader = reader;
  }

  /**
   * Takes the events of one read. Returns true when what follows on the connection means nothing.
   */
  take(events: readonly (FramingEvent | Request)[]): boolean {
    this.#groups = [];
    this.#now_ms = performance.now();
    let fatal = false;
    for (const event of events) {
      if (event.kind === 'error') {
        this.refuse(event.error);
        fatal ||= event.fatal;
      } else {
        this.#takeEnvelope(this.#reader.read(event));
      }
    }
    for (const { session, requests } of this.#groups) this.#wire.deliver(session, requests);
    return fatal;
  }

  /** Answers what could not even be read as a request. */
  refuse(error: GoxError): void {
    this.#wire.say(errorReply(error));
  }

  #takeEnvelope(envelope: Envelope): void {
    if (envelope.kind !== 'batch') {
      this.#takeOne(envelope, undefined, 0);
      return;
    }
    const { elements } = envelope;
    const batch: PendingBatch = {
      replies: new Array(elements.length),
      left: elements.length,
    };
    for (const [place, element] of elements.entries()) this.#takeOne(element, batch, place);
  }

  #takeOne(request: Request | Invalid, batch: PendingBatch | undefined, place: number): void {
    this.#deps.counters.requests += 1;
    const reply = this.#wire.place(request, batch, place);
    if (request.kind === 'invalid') {
      this.#wire.fail(reply, request.error);
      return;
    }
    const { requests_in_flight_max } = this.#limits;
    if (this.#wire.open > requests_in_flight_max) {
      const text =
        `The connection has ${requests_in_flight_max} requests under way, as many as ` +
        'limits.requests_in_flight_max allows.';
      this.#wire.fail(reply, new GoxError('GOX_OVERLOADED', text, { requests_in_flight_max }));
      return;
    }
    const method = findMethod(request.method);
    if (method === undefined) {
      this.#wire.fail(reply, methodNotFound(request.method));
    } else if (method.spec.scope === 'daemon') {
      this.#dispatch(method, request, reply);
    } else {
      this.#pass(method, request, reply);
    }
  }

  #dispatch({ spec }: MethodEntry, { params, encoding }: Request, reply: PendingReply): void {
    try {
      const value = this.#deps.dispatch(spec.name, decodeParams(params, encoding));
      this.#wire.answer(reply, false, encodeResult(value, encoding));
    } catch (error) {
      this.#wire.fail(reply, this.#errorOf(spec.name, error));
    }
  }

  #errorOf(method: string, error: unknown): GoxError {
    if (error instanceof GoxError) return error;
    this.#deps.onDefect(method, error);
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
    let method = index;
    if (request.encoding === 'msgpack') method |= MSGPACK_FLAG;
    if (request.id === undefined) method |= QUIET_FLAG;
    group.requests.push({
      method,
      params: request.params,
      since_ms: this.#now_ms,
      project: undefined,
      spec,
      reply,
    });
  }
}

/** Plain maps and doubles, as in the engines. */
const messagePack = new Packr({ useRecords: false, int64AsType: 'number' });

function encodeResult(value: unknown, encoding: Encoding): Uint8Array {
  return encoding === 'msgpack' ? messagePack.pack(value) : Buffer.from(JSON.stringify(value));
}

function decodeParams(params: Uint8Array, encoding: Encoding): unknown {
  if (params.length === 0) return undefined;
  try {
    if (encoding === 'msgpack') return messagePack.unpack(params);
    if (!isUtf8(params)) throw new Error('the parameters are not UTF-8');
    return JSON.parse(Buffer.from(params).toString());
  } catch (error) {
    throw new GoxError('GOX_PARSE', `Parse error: ${(error as Error).message}`);
  }
}
