/** Reads replies off the wire, in each framing, and keeps the bytes of their ids. */

import { Unpackr } from 'msgpackr';
import { ERRORS } from '../../../conf/error-catalogue.ts';
import type { ErrorCode } from '../../../conf/errors.ts';
import type { Arrival, Reply } from './due.ts';

export type Framing = 'text' | 'header' | 'goxe';

const unpackr = new Unpackr({ useRecords: false, int64AsType: 'bigint' });

const GOXE_BYTES = 16;
const START = '{"jsonrpc":"2.0","id":';
/** How the reply to the call of a tool begins, and what stands for the id that it has not. */
const TOOL_START = '{"success":';
export const TOOL_ID = 'tool';

/** Takes the bytes of a connection as they come. Throws for what is no reply in the framing. */
export class ReplyReader {
  readonly framing: Framing;
  readonly arrivals: Arrival[] = [];
  #rest: Buffer = Buffer.alloc(0);

  constructor(framing: Framing) {
    this.framing = framing;
  }

  /** Bytes of a reply that has not ended. */
  get pending_bytes(): number {
    return this.#rest.length;
  }

  push(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const end = this.#take(bytes);
      if (end === 0) break;
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes;
  }

  /** Reads the first reply; gives the place behind it, or 0 when it has not ended. */
  #take(bytes: Buffer): number {
    if (this.framing === 'text') {
      const end = bytes.indexOf('\n') + 1;
      if (end > 0) this.arrivals.push(jsonArrival(bytes.toString('utf8', 0, end - 1)));
      return end;
    }
    return this.framing === 'header' ? this.#takeHeader(bytes) : this.#takeGoxe(bytes);
  }

  #takeHeader(bytes: Buffer): number {
    const start = bytes.indexOf('\r\n\r\n') + 4;
    if (start < 4) return 0;
    const match = /^Content-Length: (\d+)$/.exec(bytes.toString('latin1', 0, start - 4));
    if (match === null) throw new Error(`no header: ${bytes.toString('latin1', 0, start)}`);
    const end = start + Number(match[1]);
    if (bytes.length < end) return 0;
    this.arrivals.push(jsonArrival(bytes.toString('utf8', start, end)));
    return end;
  }

  #takeGoxe(bytes: Buffer): number {
    if (bytes.length < GOXE_BYTES) return 0;
    const version = bytes.readUInt32BE(4);
    const flags = bytes.readUInt32BE(12);
    if (bytes.toString('latin1', 0, 4) !== 'GOXE' || version !== 1 || flags > 1) {
      throw new Error(`no GOXE header: ${bytes.toString('hex', 0, GOXE_BYTES)}`);
    }
    const end = GOXE_BYTES + bytes.readUInt32BE(8);
    if (bytes.length < end) return 0;
    const payload = bytes.subarray(GOXE_BYTES, end);
    this.arrivals.push(flags === 0 ? jsonArrival(payload.toString()) : packedArrival(payload));
    return end;
  }
}

function packedArrival(payload: Buffer): Arrival {
  const value: unknown = unpackr.unpack(payload);
  const reply = (one: unknown): Reply => {
    return { encoding: 'msgpack', id: packedId((one as { id?: unknown } | null)?.id), value: one };
  };
  return Array.isArray(value) ? value.map(reply) : reply(value);
}

/** The id of a MessagePack message, as a text that tells its type. */
export function packedId(id: unknown): string {
  return `${id === null ? 'null' : typeof id} ${String(id)}`;
}

function jsonArrival(text: string): Arrival {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return jsonReply(text, value);
  if (!text.startsWith('[{') || !text.endsWith('}]')) throw new Error(`no batch: ${text}`);
  const replies: Reply[] = [];
  let at = 1;
  for (const one of value) {
    const end = valueEnd(text, at);
    replies.push(jsonReply(text.slice(at, end), one));
    at = end + 1;
  }
  return replies;
}

/** The id comes first, where clients search for it, and as it was sent. */
function jsonReply(text: string, value: unknown): Reply {
  if (text.startsWith(TOOL_START)) return toolReply(text, value as Record<string, unknown>);
  if (!text.startsWith(START)) throw new Error(`no reply: ${text.slice(0, 300)}`);
  const id = text.slice(START.length, valueEnd(text, START.length));
  return { encoding: 'json', id, value };
}

/** The reply to the call of a tool, as that to a request. Throws for another shape. */
function toolReply(text: string, value: Record<string, unknown>): Reply {
  const { success, content, error_code, error_message, error_data } = value;
  const names = Object.keys(value).join();
  const common = { jsonrpc: '2.0', id: null };
  if (success === true && names === 'success,content') {
    return { encoding: 'json', id: TOOL_ID, value: { ...common, result: content } };
  }
  const { code: name } = (error_data ?? {}) as { code?: ErrorCode };
  const code = name === undefined ? undefined : ERRORS[name]?.number;
  const sound = names === 'success,error_code,error_message,error_data' && code !== undefined;
  if (success !== false || !sound || error_code !== toolCode(code)) {
    throw new Error(`no reply to a tool: ${text.slice(0, 300)}`);
  }
  const error = { code, message: error_message, data: error_data };
  return { encoding: 'json', id: TOOL_ID, value: { ...common, error } };
}

function toolCode(number: number): number {
  if (number === -32601) return -1001;
  return [-32700, -32600, -32602].includes(number) ? -1002 : -1003;
}

/** The place behind the JSON value that begins at `at`. */
function valueEnd(text: string, at: number): number {
  let depth = 0;
  for (let next = at; next < text.length; next++) {
    const letter = text[next]!;
    if (letter === '"') {
      for (next++; text[next] !== '"'; next++) if (text[next] === '\\') next++;
    } else if ('[{'.includes(letter)) depth++;
    else if (']}'.includes(letter)) {
      if (depth === 0) return next;
      depth--;
    } else if (depth > 0 || letter !== ',') continue;
    else return next;
    if (depth === 0 && '"]}'.includes(letter)) return next + 1;
  }
  return text.length;
}
