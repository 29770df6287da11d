import { ascii, BYTE_ORDER_MARK, CARRIAGE_RETURN, EMPTY, LINE_FEED, SPACE, TAB } from './bytes.ts';
import { beginsTls, ForeignFraming } from './framing-foreign.ts';
import { GoxeFraming } from './framing-goxe.ts';
import { HeaderFraming } from './framing-header.ts';
import { beginsHttp } from './framing-http.ts';
import { type Shortcut, TextFraming } from './framing-text.ts';
import type { Frame, Framing, FramingError, FramingEvent } from './jsonrpc.ts';
import type { FramingLimits, Limited } from './limits.ts';
import { parseError } from './refusals.ts';

const GOXE_START = ascii('GOXE');
/** `Content-Length` or `Content-Type`, in lower case. */
const HEADER_START = ascii('content-');

const TLS = 'this is TLS, which this socket does not speak; see sockets.tcp.tls.certificate.';

type Reader<Message> = TextFraming<Message> | HeaderFraming | GoxeFraming | ForeignFraming;

/**
 * Splits the bytes of one connection into messages. The first bytes choose how: `GOXE`,
 * `Content-` in any case, a request of HTTP or a handshake of TLS, which are refused, or anything
 * else for JSON texts. The choice holds until the connection ends.
 *
 * Given a shortcut, a framer of JSON texts takes it, and `Message`s come out beside frames.
 *
 * However the bytes are cut into chunks, the same events come out. Chunks must not be written to
 * after they were pushed: frames point into them.
 */
export class Framer<Message = never> {
  readonly #config: Limited<FramingLimits>;
  readonly #shortcut: Shortcut<Message> | undefined;
  #framing: Framing | undefined;
  #reader: Reader<Message> | undefined;
  /** First bytes that do not tell the framing yet; fewer than eight. */
  #first = EMPTY;

  constructor(config: Limited<FramingLimits>, shortcut?: Shortcut<Message>) {
    this.#config = config;
    this.#shortcut = shortcut;
  }

  /** How replies must be framed; JSON texts before the client has shown what it speaks. */
  get framing(): Framing {
    return this.#framing ?? 'text';
  }

  /**
   * The frames and errors that end in this chunk, in the order of their bytes. After a fatal error
   * nothing more comes.
   */
  push(chunk: Uint8Array): (FramingEvent | Message)[] {
    const events: (FramingEvent | Message)[] = [];
    if (this.#reader !== undefined) this.#reader.push(chunk, 0, events);
    else this.#choose(chunk, events);
    return events;
  }

  /**
   * Bytes held of a message that has not ended: at least 1 while there is one, 0 between
   * messages. A client that leaves them lying is waiting for an answer that cannot come.
   */
  pending(): number {
    return this.#reader === undefined ? this.#first.length : this.#reader.pending_bytes;
  }

  /**
   * Whether it is a text, not at the end of a line: nothing tells how much is to come, but it is to
   * come now.
   */
  get midLine(): boolean {
    return this.#reader instanceof TextFraming && this.#reader.mid_line;
  }

  /** The text that is half there, and short, with the one bracket more that would end it. */
  closed(): Frame | undefined {
    return this.#reader instanceof TextFraming ? this.#reader.closed() : undefined;
  }

  /** What the end of the connection makes of an unfinished message. */
  end(): FramingError | undefined {
    if (this.pending() === 0) return undefined;
    const error = parseError('the connection ended inside a request.');
    return { kind: 'error', error, fatal: true };
  }

  #choose(chunk: Uint8Array, events: (FramingEvent | Message)[]): void {
    const bytes = this.#first.length === 0 ? chunk : Buffer.concat([this.#first, chunk]);
    let at = 0;
    while (at < bytes.length && isFiller(bytes[at]!)) at++;
    this.#first = bytes.subarray(at, at + HEADER_START.length);
    const tls = beginsTls(this.#first);
    const framing = tls === false ? framingOf(this.#first) : 'text';
    if (framing === undefined || tls === undefined) return;
    this.#first = EMPTY;
    this.#framing = framing;
    this.#reader = tls ? new ForeignFraming(TLS) : this.#readerOf(framing);
    this.#reader.push(bytes, at, events);
  }

  #readerOf(framing: Framing): Reader<Message> {
    if (framing === 'goxe') return new GoxeFraming(this.#config);
    if (framing === 'http') return new ForeignFraming('this is an HTTP request.');
    if (framing === 'header') return new HeaderFraming(this.#config);
    return new TextFraming(this.#config, this.#shortcut);
  }
}

/** What the first bytes choose; undefined while they tell nothing yet. */
function framingOf(first: Uint8Array): Framing | undefined {
  if (first.length === 0) return undefined;
  if (first.every((byte, i) => byte === GOXE_START[i] || i >= GOXE_START.length)) {
    return first.length < GOXE_START.length ? undefined : 'goxe';
  }
  if (first.every((byte, i) => (byte | 0x20) === HEADER_START[i] || byte === HEADER_START[i])) {
    return first.length < HEADER_START.length ? undefined : 'header';
  }
  const http = beginsHttp(first);
  if (http === undefined) return undefined;
  return http ? 'http' : 'text';
}

/** Blanks, line ends, NUL bytes and a byte order mark may come before the first message. */
const FILLER = [SPACE, LINE_FEED, CARRIAGE_RETURN, TAB, 0, ...BYTE_ORDER_MARK];

function isFiller(byte: number): boolean {
  return FILLER.includes(byte);
}
