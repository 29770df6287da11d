/**
 * The names that the rooms of the transport share: what a frame is, what a request is, and what a
 * reply is made of. Ids, parameters and results stay encoded bytes on their way through: ids are
 * echoed exactly as they came, and the engine alone reads parameters and writes results.
 */
import type { GoxError } from '../conf/errors.ts';

/** How a connection separates its messages; its first bytes choose. `http` is only refused. */
export type Framing = 'text' | 'header' | 'goxe' | 'http';

/** How one message is encoded; only a GOXE frame can hold MessagePack. */
export type Encoding = 'json' | 'msgpack';

export interface Frame {
  readonly kind: 'frame';
  /** One message. It shares its memory with the chunk it came in, unless it crossed chunks. */
  readonly bytes: Uint8Array;
  readonly encoding: Encoding;
  /** It is a JSON text by itself: of those, some that are no JSON-RPC are answered too. */
  readonly lenient?: true;
}

/**
 * What a request is that has no id and is answered all the same, unless `transport.strict` is set:
 * `bare`, an object with a `method` and neither `jsonrpc` nor `id`; `tool`, the call of a tool
 * (`tool-calls.ts`). Replies to such requests come in the order of the requests, since nothing else
 * tells whose they are.
 */
export type Form = 'bare' | 'tool';

export interface FramingError {
  readonly kind: 'error';
  /** To be answered with a null id. */
  readonly error: GoxError;
  /** The bytes that follow mean nothing any more: answer, then close. */
  readonly fatal: boolean;
}

export type FramingEvent = Frame | FramingError;

/** Where the readers of a framing put what they find; a list, usually. */
export interface FramingSink {
  push(event: FramingEvent): unknown;
}

export interface Request {
  readonly kind: 'request';
  readonly encoding: Encoding;
  /** The encoded id; that of null for what has a form; undefined for a notification. */
  readonly id: Uint8Array | undefined;
  /** Undefined for JSON-RPC to the letter. */
  readonly form?: Form | undefined;
  readonly method: string;
  /** The encoded parameters, an array or an object; empty when there are none. */
  readonly params: Uint8Array;
  /** `params.project`, when parameters are an object and it is a string. */
  readonly project: string | undefined;
  /**
   * What `params._meta` says, when parameters are an object and have it; the error to answer when
   * it says what it must not.
   */
  readonly meta: RequestMeta | GoxError | undefined;
}

/** What a request says about itself. */
export interface RequestMeta {
  /** Its own deadline, from when it was received. */
  readonly timeout_ms: number | undefined;
  /** As W3C Trace Context has it, if it is one. */
  readonly traceparent: string | undefined;
  /** What the tracers of its trace want passed on. */
  readonly tracestate: string | undefined;
  /** By which an edit is known when it is sent again. */
  readonly op_id: string | undefined;
  /** Whether its reply is to have `_meta`, of which `ReplyMeta` tells. */
  readonly durability: boolean;
}

/** What a reply says beside its result, where the request asked for it: its `_meta`. */
export interface ReplyMeta {
  /**
   * Of the edit; of a read, of the last edit that it has seen. Counts the edits of the project, and
   * what is kept of one sequence is kept of all before it.
   */
  readonly sequence: number;
  /** Of who answered; grows with each owner of the project, and with each start of the daemon. */
  readonly epoch: number;
  /** Whether the request was carried out before, and this is its first result. */
  readonly repeated?: boolean;
}

/** A message that is to be answered with an error at once. */
export interface Invalid {
  readonly kind: 'invalid';
  readonly encoding: Encoding;
  /** The encoded id; that of null when none could be read. */
  readonly id: Uint8Array;
  readonly form?: Form | undefined;
  readonly error: GoxError;
}

export interface Batch {
  readonly kind: 'batch';
  readonly encoding: Encoding;
  /** In the order of the batch, never empty. */
  readonly elements: readonly (Request | Invalid)[];
}

export type Envelope = Request | Batch | Invalid;

/** One reply, before it is composed. */
export interface Reply {
  readonly encoding: Encoding;
  /** The encoded id, as the request had it. */
  readonly id: Uint8Array;
  /** Whether `body` is an encoded error object rather than an encoded result. */
  readonly failed: boolean;
  readonly body: Uint8Array;
  /** The encoded `_meta`, where it has one. */
  readonly meta?: Uint8Array | undefined;
}

/** Where the reply to one request goes. */
export interface PendingReply {
  readonly encoding: Encoding;
  /** The encoded id; undefined for a notification. */
  readonly id: Uint8Array | undefined;
  readonly batch: PendingBatch | undefined;
  /** The request's place in its batch. */
  readonly place: number;
  /** What the request counts for while it waits. */
  readonly bytes: number;
  /** Its turn among the replies that only their order tells apart. */
  readonly turn?: ReplyTurn | undefined;
  /** Where its way through the daemon is noted, if it is. */
  way: RequestWay | undefined;
  /** The id as a value, once somebody looked: who cancels looks at all that wait. */
  idValue?: unknown;
  /** Who takes the answer, of a request that the daemon makes for one of the client's. */
  readonly taker?: ReplyTaker;
}

/** The place of a reply whose request has a form and so no id. */
export interface ReplyTurn {
  readonly form: Form;
  /** What the request counts for until the reply leaves; undefined where there was none. */
  readonly bytes: number | undefined;
  /** The reply once it is there: it waits for those before it. */
  outgoing: Outgoing | undefined;
}

export interface ReplyTaker {
  answered(failed: boolean, body: Uint8Array): void;
}

/** Whoever notes the way of one request through the daemon; nothing counts after its answer. */
export interface RequestWay {
  /** It waits for its engine, for the first time or again. @param session its slot, if known */
  queued(session: number | undefined): void;
  /** It left for its engine, or is worked at here. */
  started(engine: number | undefined): void;
  becameJob(job: number): void;
  /** What it changed, or was seen by it, is kept. */
  journaled(): void;
  /** @param code that of an error; @param bytes those of the result or error that is sent */
  answered(code: string | undefined, bytes: number): void;
}

/** The replies to one batch, as they come in. */
export interface PendingBatch {
  readonly replies: (Reply | undefined)[];
  left: number;
}

/** A notification, or the reply to the call of a tool, before it is composed. */
export interface Headed {
  readonly encoding: Encoding;
  /** All before the last value, encoded. */
  readonly head: Uint8Array;
  /** The last value, encoded; empty when there is none. */
  readonly body: Uint8Array;
}

/**
 * What is written as one frame: a reply, the replies to a batch in the order of its requests, a
 * notification, or the reply to the call of a tool.
 */
export type Outgoing = Reply | readonly Reply[] | Headed;

const NULL_JSON = Uint8Array.of(0x6e, 0x75, 0x6c, 0x6c);
const NULL_MSGPACK = Uint8Array.of(0xc0);

/** The encoded id of a reply to a message whose own id could not be read. */
export function nullId(encoding: Encoding): Uint8Array {
  return encoding === 'json' ? NULL_JSON : NULL_MSGPACK;
}

/** First bytes of a GOXE frame: the letters, as a number in network byte order. */
export const GOXE_MAGIC = 0x474f_5845;
export const GOXE_VERSION = 1;
export const GOXE_HEADER_BYTES = 16;
/** Bit of a GOXE frame's flags: the payload is MessagePack rather than JSON. */
export const GOXE_FLAG_MSGPACK = 1;
