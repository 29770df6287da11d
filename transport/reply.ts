import { Packr } from 'msgpackr';
import type { GoxError } from '../conf/errors.ts';
import { ascii, CLOSE_BRACKET, COMMA, LINE_FEED, OPEN_BRACKET } from './bytes.ts';
import { HTTP_ANSWER } from './framing-http.ts';
import {
  type Encoding,
  type Framing,
  GOXE_FLAG_MSGPACK,
  GOXE_HEADER_BYTES,
  GOXE_MAGIC,
  GOXE_VERSION,
  type Headed,
  nullId,
  type Outgoing,
  type Reply,
} from './jsonrpc.ts';

/** The constant bytes of one encoding of replies and notifications, batches aside. */
interface Pattern {
  readonly start: Uint8Array;
  readonly result: Uint8Array;
  readonly error: Uint8Array;
  readonly meta: Uint8Array;
  readonly end: Uint8Array;
}

/** Compact, and the id before the result: v14 clients search for both. */
const JSON_PATTERN: Pattern = {
  start: ascii('{"jsonrpc":"2.0","id":'),
  result: ascii(',"result":'),
  error: ascii(',"error":'),
  meta: ascii(',"_meta":'),
  end: ascii('}'),
};

/** 0x83 begins a map of three pairs, 0xa0 + n a string of n bytes. */
const MSGPACK_PATTERN: Pattern = {
  start: Buffer.from('\x83\xa7jsonrpc\xa32.0\xa2id', 'latin1'),
  result: Buffer.from('\xa6result', 'latin1'),
  error: Buffer.from('\xa5error', 'latin1'),
  meta: Buffer.from('\xa5_meta', 'latin1'),
  end: new Uint8Array(0),
};

/** That of a reply with `_meta`, which is one pair more. */
const MSGPACK_START_OF_FOUR = Buffer.from(MSGPACK_PATTERN.start);
MSGPACK_START_OF_FOUR[0]! += 1;

/** Plain maps, so that every MessagePack library reads them. */
const packr = new Packr({ useRecords: false });

/** A body of this length is not copied; a write of its own costs as much as copying so many. */
const LARGE_BODY_BYTES = 64 * 1024;

/** Spans up to this length are copied byte by byte, which beats the call of `set`. */
const LOOP_BYTES_MAX = 48;

/** An error object, encoded to be the body of a reply. */
export function errorBody(error: GoxError, encoding: Encoding): Uint8Array {
  const object = error.toObject();
  return encoding === 'json' ? Buffer.from(JSON.stringify(object)) : packr.pack(object);
}

/** The reply to a request that failed here; a null id when the request's own could not be read. */
export function errorReply(
  error: GoxError,
  encoding: Encoding = 'json',
  id = nullId(encoding),
): Reply {
  return { encoding, id, failed: true, body: errorBody(error, encoding) };
}

/** A notification with encoded parameters, or without any: then they are of no bytes. */
export function notification(method: string, params: Uint8Array, encoding: Encoding): Headed {
  return { encoding, head: notificationHead(method, params.length > 0, encoding), body: params };
}

function notificationHead(method: string, hasParams: boolean, encoding: Encoding): Uint8Array {
  if (encoding === 'json') {
    const head = `{"jsonrpc":"2.0","method":${JSON.stringify(method)}`;
    return Buffer.from(hasParams ? `${head},"params":` : head);
  }
  const start = Buffer.from('\x83\xa7jsonrpc\xa32.0\xa6method', 'latin1');
  if (!hasParams) start[0] = 0x82;
  const parts = [start, packr.pack(method)];
  if (hasParams) parts.push(packr.pack('params'));
  return Buffer.concat(parts);
}

/** One error that answers no request in particular, ready to be written. */
export function composeStandalone(error: GoxError, framing: Framing = 'text'): Uint8Array {
  return composeReplies([errorReply(error)], framing);
}

/**
 * All replies and notifications in one buffer. A batch comes out as one array; when it asked for no
 * reply it is empty and nothing is written for it. Ids and bodies are copied as they are.
 */
export function composeReplies(replies: readonly Outgoing[], framing: Framing): Uint8Array {
  const pieces = replyPieces(replies, framing);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}

/**
 * The same in pieces, to be written one after the other: a large body is a piece of its own, not
 * copied; what lies between two of them is one piece.
 */
export function replyPieces(replies: readonly Outgoing[], framing: Framing): Uint8Array[] {
  if (framing === 'http') return [HTTP_ANSWER];
  let length = 0;
  const lengths: number[] = [];
  for (const outgoing of replies) {
    const payload = payloadBytes(outgoing);
    lengths.push(payload);
    if (payload > 0) length += payload + frameBytes(payload, framing) - largeBytes(outgoing);
  }
  const writer = new Writer(length);
  for (let i = 0; i < replies.length; i++) {
    const outgoing = replies[i]!;
    const payload = lengths[i]!;
    if (payload === 0) continue;
    openFrame(writer, payload, encodingOf(outgoing), framing);
    if (isBatch(outgoing)) writeBatch(writer, outgoing);
    else if ('head' in outgoing) writeHeaded(writer, outgoing);
    else writeReply(writer, outgoing);
    if (framing === 'text') writer.byte(LINE_FEED);
  }
  return writer.finish();
}

/** Fills a buffer of exactly the length that was computed for what is copied. */
class Writer {
  readonly #bytes: Buffer;
  readonly #pieces: Uint8Array[] = [];
  #start = 0;
  #at = 0;

  constructor(length: number) {
    this.#bytes = Buffer.allocUnsafe(length);
  }

  byte(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  word(value: number): void {
    this.#at = this.#bytes.writeUInt32BE(value, this.#at);
  }

  span(bytes: Uint8Array): void {
    const length = bytes.length;
    const at = this.#at;
    if (length > LOOP_BYTES_MAX) this.#bytes.set(bytes, at);
    else for (let i = 0; i < length; i++) this.#bytes[at + i] = bytes[i]!;
    this.#at = at + length;
  }

  body(bytes: Uint8Array): void {
    if (bytes.length < LARGE_BODY_BYTES) {
      this.span(bytes);
      return;
    }
    this.#cut();
    this.#pieces.push(bytes);
  }

  finish(): Uint8Array[] {
    this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    if (this.#at === this.#start) return;
    this.#pieces.push(this.#bytes.subarray(this.#start, this.#at));
    this.#start = this.#at;
  }
}

function isBatch(outgoing: Outgoing): outgoing is readonly Reply[] {
  return Array.isArray(outgoing);
}

function encodingOf(outgoing: Outgoing): Encoding {
  return isBatch(outgoing) ? (outgoing[0]?.encoding ?? 'json') : outgoing.encoding;
}

function patternOf(encoding: Encoding): Pattern {
  return encoding === 'json' ? JSON_PATTERN : MSGPACK_PATTERN;
}

function payloadBytes(outgoing: Outgoing): number {
  if (!isBatch(outgoing)) {
    return 'head' in outgoing ? headedBytes(outgoing) : replyBytes(outgoing);
  }
  if (outgoing.length === 0) return 0;
  let length = encodingOf(outgoing) === 'json' ? outgoing.length + 1 : arrayBytes(outgoing.length);
  for (const reply of outgoing) length += replyBytes(reply);
  return length;
}

/** Bytes of the bodies that are pieces of their own. */
function largeBytes(outgoing: Outgoing): number {
  if (!isBatch(outgoing)) return largeBody(outgoing);
  let length = 0;
  for (const reply of outgoing) length += largeBody(reply);
  return length;
}

function largeBody({ body }: Reply | Headed): number {
  return body.length < LARGE_BODY_BYTES ? 0 : body.length;
}

function replyBytes({ encoding, id, failed, body, meta }: Reply): number {
  const { start, result, error, meta: name, end } = patternOf(encoding);
  const member = failed ? error : result;
  const more = meta === undefined ? 0 : name.length + meta.length;
  return start.length + id.length + member.length + body.length + more + end.length;
}

function headedBytes({ encoding, head, body }: Headed): number {
  return head.length + body.length + patternOf(encoding).end.length;
}

/** Bytes that the head of a MessagePack array takes. */
function arrayBytes(count: number): number {
  if (count < 16) return 1;
  return count < 0x1_0000 ? 3 : 5;
}

/** Bytes that the framing adds to a payload. */
function frameBytes(payload: number, framing: Framing): number {
  if (framing === 'text') return 1;
  return framing === 'goxe' ? GOXE_HEADER_BYTES : header(payload).length;
}

function header(payload: number): string {
  return `Content-Length: ${payload}\r\n\r\n`;
}

function openFrame(writer: Writer, payload: number, encoding: Encoding, framing: Framing): void {
  if (framing === 'header') writer.span(ascii(header(payload)));
  if (framing !== 'goxe') return;
  writer.word(GOXE_MAGIC);
  writer.word(GOXE_VERSION);
  writer.word(payload);
  writer.word(encoding === 'json' ? 0 : GOXE_FLAG_MSGPACK);
}

function writeReply(writer: Writer, { encoding, id, failed, body, meta }: Reply): void {
  const { start, result, error, meta: name, end } = patternOf(encoding);
  if (meta === undefined || encoding === 'json') writer.span(start);
  else writer.span(MSGPACK_START_OF_FOUR);
  writer.span(id);
  writer.span(failed ? error : result);
  writer.body(body);
  if (meta !== undefined) {
    writer.span(name);
    writer.span(meta);
  }
  writer.span(end);
}

function writeHeaded(writer: Writer, { encoding, head, body }: Headed): void {
  writer.span(head);
  writer.body(body);
  writer.span(patternOf(encoding).end);
}

function writeBatch(writer: Writer, replies: readonly Reply[]): void {
  if (encodingOf(replies) === 'json') {
    for (const [i, reply] of replies.entries()) {
      writer.byte(i === 0 ? OPEN_BRACKET : COMMA);
      writeReply(writer, reply);
    }
    writer.byte(CLOSE_BRACKET);
    return;
  }
  const count = replies.length;
  if (count < 16) writer.byte(0x90 | count);
  else {
    writer.byte(count < 0x1_0000 ? 0xdc : 0xdd);
    if (count >= 0x1_0000) writer.word(count);
    else {
      writer.byte(count >> 8);
      writer.byte(count & 0xff);
    }
  }
  for (const reply of replies) writeReply(writer, reply);
}

/** How many bytes results, errors and parameters take, without what is around them. */
export function bodyBytes(outgoing: Outgoing): number {
  if (!('length' in outgoing)) return outgoing.body.length;
  let bytes = 0;
  for (const { body } of outgoing) bytes += body.length;
  return bytes;
}
