/**
 * The way of one request through the daemon, noted as it goes. It ends once, whatever happens: with
 * its answer, or with its connection. Of its message it holds nothing but a short id.
 */

import type { Encoding, Invalid, Request, RequestWay } from '../../transport/jsonrpc.ts';
import { soundMeta, traceOf, traceStateOf } from '../../transport/meta.ts';
import { decoded } from '../../transport/values.ts';
import type { HookEvent, RequestTrace } from '../hooks.ts';
import { moment_ms } from './moment.ts';

/** Longer ids are told of by their beginning. */
const ID_BYTES_MAX = 64;
/** The most digits of a number that is read here. */
const DIGITS_MAX = 15;
const ZERO = 0x30;

export type Stage = HookEvent['type'] & `request.${string}`;

/** Hears of the stages of a way, and of its end after which it is let go. */
interface WayKeeper {
  readonly connection: number;
  stage(type: Stage, way: Way): void;
  ended(way: Way): void;
}

export class Way implements RequestTrace, RequestWay {
  readonly number: number;
  readonly connection: number;
  readonly method: string;
  readonly project: string | undefined;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly bytes_in: number;
  readonly received_ms: number;
  session: number | undefined = undefined;
  engine: number | undefined = undefined;
  job: number | undefined = undefined;
  bytes_out: number | undefined = undefined;
  queued_ms: number | undefined = undefined;
  started_ms: number | undefined = undefined;
  journaled_ms: number | undefined = undefined;
  answered_ms: number | undefined = undefined;
  code: string | undefined = undefined;
  /** Somebody heard that it was received, and hears the rest: asked once, for its cost. */
  heard = false;
  /** It was told of as slow while it was under way. */
  told = false;
  /** Its neighbours among those of its connection that are under way, in order of arrival. */
  earlier: Way | undefined = undefined;
  later: Way | undefined = undefined;
  /** The encoded id, or its value. */
  #id: Uint8Array | number | undefined;
  readonly #encoding: Encoding;
  #keeper: WayKeeper | undefined;

  /** @param method its canonical name */
  constructor(
    number: number,
    keeper: WayKeeper,
    request: Request | Invalid,
    method: string,
    project: string | undefined,
    received_ms: number,
  ) {
    const { id, encoding } = request;
    const sent = request.kind === 'request' ? request : undefined;
    const meta = sent?.meta === undefined ? undefined : soundMeta(sent);
    this.number = number;
    this.connection = keeper.connection;
    this.method = method;
    this.project = project;
    this.traceparent = meta === undefined ? undefined : traceOf(meta);
    this.tracestate = this.traceparent === undefined ? undefined : traceStateOf(meta);
    this.bytes_in = sent === undefined ? 0 : sent.params.length;
    this.received_ms = received_ms;
    this.#encoding = encoding;
    this.#id = id === undefined ? undefined : shortNumber(id, encoding);
    this.#keeper = keeper;
  }

  /** As a value; the beginning of one that is long, as text. */
  get id(): unknown {
    const id = this.#id;
    if (typeof id !== 'object') return id;
    try {
      if (id.length <= ID_BYTES_MAX) return decoded(id, this.#encoding);
    } catch {
      // The beginning of a longer one, which was let go.
    }
    return Buffer.from(id.subarray(0, ID_BYTES_MAX)).toString('latin1');
  }

  /** How long it took, or is under way, in milliseconds. */
  took_ms(now_ms: number): number {
    return (this.answered_ms ?? now_ms) - this.received_ms;
  }

  queued(session: number | undefined): void {
    if (this.#keeper === undefined) return;
    this.session = session ?? this.session;
    this.queued_ms ??= moment_ms();
    // What comes back from its engine was not begun there.
    this.started_ms = undefined;
    this.engine = undefined;
    this.#keeper.stage('request.queued', this);
  }

  started(engine: number | undefined): void {
    if (this.#keeper === undefined) return;
    this.engine = engine;
    this.started_ms = moment_ms();
    this.#keeper.stage('request.started', this);
  }

  becameJob(job: number): void {
    this.job = job;
    this.#keeper?.stage('request.became_job', this);
  }

  journaled(): void {
    this.journaled_ms = moment_ms();
  }

  answered(code: string | undefined, bytes: number): void {
    const keeper = this.#keeper;
    if (keeper === undefined) return;
    this.#keeper = undefined;
    this.code = code;
    this.bytes_out = bytes;
    this.answered_ms = moment_ms();
    // What is kept of it must not hold the chunk that it came in.
    if (typeof this.#id === 'object') this.#id = copied(this.#id);
    keeper.ended(this);
  }
}

function copied(id: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(id, 0, ID_BYTES_MAX);
}

/** The id as a number, for what nearly all ids are; as it came for all others. */
function shortNumber(id: Uint8Array, encoding: Encoding): Uint8Array | number {
  if (encoding !== 'json' || id.length > DIGITS_MAX) return id;
  let number = 0;
  for (const byte of id) {
    const digit = byte - ZERO;
    if (digit < 0 || digit > 9) return id;
    number = number * 10 + digit;
  }
  return number;
}
